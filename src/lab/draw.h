#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace opentrail::lab {

// What a run of the lab draws for itself; the same for the same seed. What the account issues (ids, access keys, the
// key pair, the web server's address) is new each time: keys that a number repeats would be nobody's secret.
struct Draw {
  uint64_t seed = 0;
  std::string account_id;                    // 12 digits
  std::string bucket;                        // where the website is kept: "cafe-website-4711"
  std::string intruder_address;              // of a range that is nobody's (RFC 5737), as are the others'
  std::vector<std::string> staff_addresses;  // a different one each
  std::string intruder_password;             // at the web server
  std::string student_password;              // at the console
  std::string page_token;                    // of the exercise's page
  int64_t attack_delay_seconds = 0;          // from the trail to the attack: less than a minute
};

inline constexpr size_t kStaff = 3;
inline constexpr uint64_t kMaxSeed = (1ULL << 53) - 1;  // what JSON's readers keep

[[nodiscard]] Draw DrawOf(uint64_t seed);

}  // namespace opentrail::lab
