#pragma once

#include <span>
#include <string_view>

#include "services/ec2/filter.h"
#include "services/service.h"

// The common end of the Describe operations: ids, filters, one page.
namespace opentrail::services::ec2 {

// Keeps those whose `member` is asked for; the first id that is not there is the error `code`, which calls it `what`.
[[nodiscard]] AwsStatus SelectIds(const Value& ids, std::string_view member, std::string_view code,
                                  std::string_view what, Value::Elements& all);

struct Description {
  std::string_view list;  // of the output
  std::span<const FilterPath> filters;
};
// What passes the call's Filters, of that one page.
[[nodiscard]] AwsResult<Reply> Answer(const Call& call, const Description& description, Value::Elements all);

}  // namespace opentrail::services::ec2
