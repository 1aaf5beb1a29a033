#include "services/kms/page.h"

#include "codec/text.h"

namespace opentrail::services::kms {

AwsResult<Page> Page::Of(const Call& call, int64_t default_limit) {
  Page page;
  page.limit_ = call.input["Limit"].Integer(default_limit);
  if (const std::string_view marker = call.input["Marker"].Text(); !marker.empty()) {
    auto after = codec::Base64Decode(marker);
    if (!after || after->empty())
      return AwsFailure("InvalidMarkerException", "Could not deserialize marker '{}'", marker);
    page.after_ = std::move(*after);
  }
  return page;
}

bool Page::Add(Value entry, std::string_view name) {
  truncated_ = entries_.elements().size() >= static_cast<size_t>(limit_);
  if (truncated_) return false;
  entries_.Append(std::move(entry));
  last_ = name;
  return true;
}

Value Page::Finish(std::string_view member) {
  Value output = Value::Object({{std::string(member), std::move(entries_)}, {"Truncated", truncated_}});
  if (truncated_) output.Set("NextMarker", codec::Base64Encode(last_));
  return output;
}

}  // namespace opentrail::services::kms
