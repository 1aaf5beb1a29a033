#include "codec/stream_cipher.h"

#include <string>

#include <gtest/gtest.h>

namespace opentrail::codec {
namespace {

const std::string kKey(kCipherKeyBytes, 'k');
const std::string kNonce(kCipherNonceBytes, 'n');

std::string Message(size_t size) {
  std::string message;
  while (message.size() < size) message += static_cast<char>(message.size() * 31 % 251);
  return message;
}

std::string Sealed(std::string_view message, size_t piece) {
  StreamSealer sealer(kKey, kNonce);
  std::string sealed;
  for (size_t at = 0; at < message.size(); at += piece) sealer.Write(message.substr(at, piece), sealed);
  return sealed + sealer.Finish();
}

TEST(StreamCipher, SealsAsTheWholeMessageIsSealed) {
  for (const size_t size : {0, 1, 15, 16, 17, 1000, 4096}) {
    const std::string message = Message(size);
    std::string whole;
    Cipher(kKey).Seal(kNonce, "", message, whole);
    for (const size_t piece : {1, 7, 16, 5000}) EXPECT_EQ(Sealed(message, piece), whole) << size << " by " << piece;
  }
}

TEST(StreamCipher, ProvesAWholeMessageAtItsEnd) {
  const std::string message = Message(1000);
  const std::string sealed = Sealed(message, 100);
  const auto is_genuine = [&](std::string text, std::string& opened) {
    const std::string tag = text.substr(text.size() - kCipherTagBytes);
    text.resize(text.size() - kCipherTagBytes);
    StreamVerifier verifier(kKey, kNonce);
    verifier.Read(text.data(), text.size() / 3);
    verifier.Read(text.data() + text.size() / 3, text.size() - text.size() / 3);
    opened = text;
    return verifier.IsGenuine(tag);
  };
  std::string opened;
  EXPECT_TRUE(is_genuine(sealed, opened));
  EXPECT_EQ(opened, message);
  for (const size_t place : {size_t{0}, size_t{500}, sealed.size() - 1}) {
    std::string changed = sealed;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_FALSE(is_genuine(changed, opened)) << place;
  }
  EXPECT_FALSE(is_genuine(sealed.substr(1), opened));
}

TEST(StreamCipher, OpensFromAnyBlock) {
  const std::string message = Message(1000);
  const std::string sealed = Sealed(message, 100);
  for (size_t offset = 0; offset < message.size(); offset += kCipherBlockBytes) {
    std::string part = sealed.substr(offset, message.size() - offset);
    StreamOpener opener(kKey, kNonce, offset);
    const size_t first = part.size() / 3;
    opener.Read(part.data(), first);
    opener.Read(part.data() + first, part.size() - first);
    EXPECT_EQ(part, message.substr(offset)) << offset;
  }
}

}  // namespace
}  // namespace opentrail::codec
