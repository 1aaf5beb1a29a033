#include "lab/draw.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"

namespace opentrail::lab {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kFirstDigits = "123456789";
// Without those that look alike: a person types them.
constexpr std::string_view kUpper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kFigures = "23456789";
constexpr int64_t kLeastDelay = 10, kDelays = 30;

uint64_t Number(RandomSource& random, uint64_t below) {
  uint8_t bytes[8];
  random.Fill(bytes);
  uint64_t number = 0;
  for (const uint8_t byte : bytes) number = number << 8 | byte;
  return number % below;
}

std::string Address(RandomSource& random, const std::vector<std::string>& but) {
  for (;;) {
    std::string address =
        fmt::format("{}.{}", Number(random, 2) == 0 ? "203.0.113" : "192.0.2", 1 + Number(random, 254));
    if (std::ranges::find(but, address) == but.end()) return address;
  }
}

// Fits any password policy that an account may have.
std::string Password(RandomSource& random) {
  return fmt::format("{}{}-{}{}", RandomText(random, kUpper, 1), RandomText(random, kLower, 6),
                     RandomText(random, kLower, 5), RandomText(random, kFigures, 3));
}

}  // namespace

Draw DrawOf(uint64_t seed) {
  SeededRandom random(seed);
  Draw draw{.seed = seed};
  draw.attack_delay_seconds = kLeastDelay + static_cast<int64_t>(Number(random, kDelays));
  draw.account_id = RandomText(random, kFirstDigits, 1) + RandomText(random, kDigits, 11);
  draw.bucket = "cafe-website-" + RandomText(random, kDigits, 6);
  std::vector<std::string> addresses;
  while (addresses.size() <= kStaff) addresses.push_back(Address(random, addresses));
  draw.intruder_address = std::move(addresses.back());
  addresses.pop_back();
  draw.staff_addresses = std::move(addresses);
  draw.intruder_password = Password(random);
  draw.student_password = Password(random);
  draw.page_token = RandomText(random, kLower, 24);
  return draw;
}

}  // namespace opentrail::lab
