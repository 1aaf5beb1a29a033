#include "services/iam/page.h"

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kBindingBytes = 8;

}  // namespace

std::string Page::Binding() const {
  Value parameters = context_.input;
  if (!parameters.IsObject()) parameters = Value::Object();
  parameters.Remove("Marker");
  parameters.Remove("MaxItems");
  const std::string text = std::string(context_.call.operation->name) + codec::WriteJson(parameters);
  return codec::Sha256(text).substr(0, kBindingBytes);
}

AwsStatus Page::Begin() {
  max_items_ = context_.input["MaxItems"].Integer(max_items_);
  if (!context_.input.Has("Marker")) return {};
  const auto marker = codec::Base64Decode(context_.input["Marker"].Text());
  if (!marker || !marker->starts_with(Binding())) return AwsFailure("ValidationError", "{}", "Invalid Marker.");
  after_ = marker->substr(kBindingBytes);
  return {};
}

void Page::Add(std::string_view key, Value value) {
  if (static_cast<int64_t>(items_.elements().size()) == max_items_) {
    truncated_ = true;
    return;
  }
  last_ = key;
  items_.Append(std::move(value));
}

Reply Page::Finish() {
  Reply reply;
  reply.output.Set(member_, std::move(items_));
  reply.output.Set("IsTruncated", truncated_);
  if (truncated_) reply.output.Set("Marker", codec::Base64Encode(Binding() + last_));
  return reply;
}

}  // namespace opentrail::services::iam
