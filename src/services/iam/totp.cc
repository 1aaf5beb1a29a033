#include "services/iam/totp.h"

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::services::iam {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr int64_t kStepSeconds = 30;
constexpr int64_t kWindow = 1;  // steps that a device's clock may be off
constexpr uint32_t kSixDigits = 1'000'000;

}  // namespace

std::string Base32Encode(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) text += kAlphabet[(bits >> (count - 5)) & 31];
  }
  if (count > 0) text += kAlphabet[(bits << (5 - count)) & 31];
  return text;
}

std::string TotpCode(std::string_view seed, int64_t step) {
  std::string counter(8, '\0');
  for (size_t i = 0; i < counter.size(); ++i) counter[7 - i] = static_cast<char>(step >> (8 * i));
  const std::string mac = codec::HmacSha1(seed, counter);
  const size_t offset = static_cast<unsigned char>(mac.back()) & 15U;
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = (number << 8) | static_cast<unsigned char>(mac[offset + i]);
  return fmt::format("{:06}", (number & 0x7FFFFFFFU) % kSixDigits);
}

int64_t TotpStep(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count() / kStepSeconds;
}

std::optional<int64_t> MatchTotp(std::string_view seed, std::string_view code, Time now, int64_t last_step) {
  const int64_t current = TotpStep(now);
  for (int64_t step = current - kWindow; step <= current + kWindow; ++step) {
    if (step > last_step && codec::ConstantTimeEquals(TotpCode(seed, step), code)) return step;
  }
  return std::nullopt;
}

}  // namespace opentrail::services::iam
