#include "services/token_page.h"

#include "codec/text.h"

namespace opentrail::services {

std::optional<TokenPage> TokenPage::Of(const Call& call, int64_t default_limit) {
  TokenPage page;
  page.limit_ = std::max<int64_t>(call.input["MaxResults"].Integer(default_limit), 1);
  if (const std::string_view token = call.input["NextToken"].Text(); !token.empty()) {
    auto after = codec::Base64Decode(token);
    if (!after || after->empty()) return std::nullopt;
    page.after_ = std::move(*after);
  }
  return page;
}

bool TokenPage::Add(Value entry, std::string_view name) {
  truncated_ = entries_.elements().size() >= static_cast<size_t>(limit_);
  if (truncated_) return false;
  entries_.Append(std::move(entry));
  last_ = name;
  return true;
}

Value TokenPage::Finish(std::string_view member) {
  Value output = Value::Object({{std::string(member), std::move(entries_)}});
  if (truncated_) output.Set("NextToken", codec::Base64Encode(last_));
  return output;
}

}  // namespace opentrail::services
