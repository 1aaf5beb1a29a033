#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"

namespace opentrail::services::cloudtrail {

// Lets so many calls through in each second and region. Thread-safe.
class LookupThrottle {
 public:
  // 0: all of them.
  explicit LookupThrottle(unsigned calls_per_second) : calls_per_second_(calls_per_second) {}
  [[nodiscard]] bool Admit(const std::string& region, Time now);

 private:
  struct Window {
    int64_t second = 0;
    unsigned calls = 0;
  };
  const unsigned calls_per_second_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;  // a handful: regions are those of verified signatures
};

}  // namespace opentrail::services::cloudtrail
