#include "services/cloudtrail/lookup_throttle.h"

namespace opentrail::services::cloudtrail {

bool LookupThrottle::Admit(const std::string& region, Time now) {
  if (calls_per_second_ == 0) return true;
  const int64_t second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  Window& window = windows_[region];
  if (window.second != second) window = {second, 0};
  return window.calls++ < calls_per_second_;
}

}  // namespace opentrail::services::cloudtrail
