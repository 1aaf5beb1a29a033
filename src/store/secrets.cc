#include "store/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "codec/cipher.h"
#include "codec/digest.h"
#include "codec/text.h"
#include "store/file.h"

namespace opentrail::store {
namespace {

// docs/formats/account-db.md, "Sealed text".
constexpr char kFormat = 1;
constexpr size_t kSaltBytes = 16;
constexpr size_t kHeadBytes = 1 + kSaltBytes + codec::kCipherNonceBytes;
constexpr std::string_view kKeyLabel = "opentrail sealed 1 ";

Result<std::string> ParseKey(const std::string& path, std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  auto key = codec::HexDecode(text);
  if (!key || key->size() != Secrets::kKeyBytes) {
    return MakeError(ErrorCode::kCorrupt, "{}: not a root key: it must be {} hexadecimal digits and nothing else", path,
                     2 * Secrets::kKeyBytes);
  }
  return std::move(*key);
}

Result<std::string> ReadKey(const std::string& path, const File& file) {
  struct stat info{};
  if (fstat(file.descriptor(), &info) != 0) return FileError(path, "fstat");
  if (!S_ISREG(info.st_mode)) return MakeError(ErrorCode::kCorrupt, "{}: not a regular file", path);
  if ((info.st_mode & 077) != 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "{}: others may read the root key (mode {:o}): chmod 600 it, and consider what it protects read",
                     path, info.st_mode & 0777);
  }
  std::string text(2 * Secrets::kKeyBytes + 2, '\0');
  const auto size = file.ReadAt(text.data(), text.size(), 0);
  if (!size) return std::unexpected(size.error());
  text.resize(*size);
  return ParseKey(path, std::move(text));
}

// Written beside and renamed, so that a crash leaves a whole key or none.
Result<std::string> MakeKey(const std::string& path, RandomSource& random) {
  std::string key(Secrets::kKeyBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(key.data()), key.size()});
  if (const Status written = WriteFileDurably(path, codec::HexEncode(key) + "\n"); !written) {
    return std::unexpected(written.error());
  }
  return key;
}

}  // namespace

struct Secrets::Impl {
  std::string key;
  RandomSource& random;

  // A key for each sealed text, so that the number of texts under the root key has no bound to watch.
  [[nodiscard]] codec::Cipher CipherFor(std::string_view salt) const {
    return codec::Cipher(codec::HmacSha256(key, std::string(kKeyLabel).append(salt)));
  }
};

Secrets::Secrets(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Secrets::~Secrets() = default;

Result<std::unique_ptr<Secrets>> Secrets::Open(const std::string& path, RandomSource& random) {
  auto file = File::Open(path, O_RDONLY);
  auto key = file                                        ? ReadKey(path, *file)
             : file.error().code == ErrorCode::kNotFound ? MakeKey(path, random)
                                                         : std::unexpected(file.error());
  if (!key) return std::unexpected(key.error());
  return WithKey(std::move(*key), random);
}

std::unique_ptr<Secrets> Secrets::WithKey(std::string key, RandomSource& random) {
  return std::unique_ptr<Secrets>(new Secrets(std::make_unique<Impl>(std::move(key), random)));
}

std::string Secrets::Seal(std::string_view plaintext, std::string_view purpose) const {
  std::string sealed(kHeadBytes, kFormat);
  sealed.reserve(kHeadBytes + plaintext.size() + codec::kCipherTagBytes);
  impl_->random.Fill({reinterpret_cast<uint8_t*>(sealed.data()) + 1, kHeadBytes - 1});
  const std::string nonce = sealed.substr(1 + kSaltBytes, codec::kCipherNonceBytes);
  impl_->CipherFor(std::string_view(sealed).substr(1, kSaltBytes)).Seal(nonce, purpose, plaintext, sealed);
  return sealed;
}

Result<std::string> Secrets::Unseal(std::string_view sealed, std::string_view purpose) const {
  if (sealed.size() >= kHeadBytes + codec::kCipherTagBytes && sealed.front() == kFormat) {
    auto plaintext =
        impl_->CipherFor(sealed.substr(1, kSaltBytes))
            .Open(sealed.substr(1 + kSaltBytes, codec::kCipherNonceBytes), purpose, sealed.substr(kHeadBytes));
    if (plaintext) return std::move(*plaintext);
  }
  return MakeError(ErrorCode::kCorrupt, "a sealed text does not open: it was changed, or root.key is another one");
}

}  // namespace opentrail::store
