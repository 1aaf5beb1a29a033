#include "services/s3/byte_range.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "services/s3/errors.h"

namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kUnit = "bytes=";

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  // Past 64 bits is past every object.
  if (fault == std::errc::result_out_of_range) return UINT64_MAX;
  return number;
}

// "first-last", either of which may be missing.
struct Bounds {
  std::optional<uint64_t> first, last;
};
std::optional<Bounds> ParseBounds(std::string_view field) {
  if (!field.starts_with(kUnit)) return std::nullopt;
  field.remove_prefix(kUnit.size());
  const size_t dash = field.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view first = field.substr(0, dash), last = field.substr(dash + 1);
  Bounds bounds{ParseNumber(first), ParseNumber(last)};
  const bool broken = (!first.empty() && !bounds.first) || (!last.empty() && !bounds.last) ||
                      (first.empty() && last.empty()) || (bounds.first && bounds.last && *bounds.first > *bounds.last);
  return broken ? std::nullopt : std::optional(bounds);
}

}  // namespace

AwsResult<std::optional<ByteRange>> ParseRange(std::string_view field, uint64_t size) {
  const auto bounds = ParseBounds(field);
  if (!bounds) return std::nullopt;
  const bool suffix = !bounds->first;
  const bool absent = size == 0 || (suffix ? *bounds->last == 0 : *bounds->first >= size);
  if (absent) {
    return Refusal("InvalidRange", 416, "The requested range is not satisfiable",
                   {{"RangeRequested", std::string(field)}, {"ActualObjectSize", std::to_string(size)}});
  }
  if (suffix) {
    const uint64_t length = std::min(*bounds->last, size);
    return ByteRange{.offset = size - length, .length = length};
  }
  const uint64_t last = std::min(bounds->last.value_or(size - 1), size - 1);
  return ByteRange{.offset = *bounds->first, .length = last - *bounds->first + 1};
}

AwsResult<ByteRange> ParseCopyRange(std::string_view field, uint64_t size) {
  const auto bounds = ParseBounds(field);
  if (!bounds || !bounds->first || !bounds->last) {
    return InvalidArgument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
        "zero-based offsets of the first and last bytes to copy",
        "x-amz-copy-source-range", field);
  }
  if (*bounds->last >= size) {
    return InvalidArgument(fmt::format("Range specified is not valid for source object of size: {}", size),
                           "x-amz-copy-source-range", field);
  }
  return ByteRange{.offset = *bounds->first, .length = *bounds->last - *bounds->first + 1};
}

}  // namespace opentrail::services::s3
