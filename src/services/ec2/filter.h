#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"

// Describe operations' Filters and paging, for every resource alike.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
namespace opentrail::services::ec2 {

inline constexpr size_t kMaxFilters = 200;
inline constexpr size_t kMaxFilterValues = 200;

// Where a filter looks: a path of member names through the described resource; lists on the way count each element.
struct FilterPath {
  std::string_view name;
  std::string_view path;  // "Placement.AvailabilityZone"
};

// Keeps the resources that pass: the values of one filter are alternatives, filters must all hold; * and ? are
// wildcards, \ makes the next character plain. `tag:KEY` and `tag-key` need no path. InvalidParameterValue for a name
// that is not in `paths`.
[[nodiscard]] AwsStatus ApplyFilters(const Value& filters, std::span<const FilterPath> paths,
                                     Value::Elements& resources);

// * any run of characters, ? any one, \ the next as it is. Linear in the text for each star.
[[nodiscard]] bool MatchesPattern(std::string_view pattern, std::string_view text);

// Cuts one page out of `resources` by MaxResults and NextToken and sets the answer's NextToken. What is named by ids is
// not paged: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
[[nodiscard]] AwsStatus Page(const Value& input, std::string_view list, Value::Elements resources, Value& output);

}  // namespace opentrail::services::ec2
