#include "services/cloudtrail/digest_schedule.h"

#include <algorithm>

namespace opentrail::services::cloudtrail {

std::optional<Time> DueDigestEnd(const Trail& trail, const Chain& chain, std::chrono::seconds interval, Time now) {
  const int64_t length = interval.count();
  const int64_t second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const int64_t since_mark = (second - trail.digest_offset % length) % length;
  const Time end{std::chrono::seconds(second - since_mark)};
  return end > chain.start ? std::optional(end) : std::nullopt;
}

Time FinalDigestEnd(const Chain& chain, Time now) {
  const Time after{std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(1)};
  return std::max<Time>(after, chain.start + std::chrono::seconds(1));
}

}  // namespace opentrail::services::cloudtrail
