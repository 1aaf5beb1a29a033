#include "services/s3/tags.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "codec/json_value.h"
#include "http/message.h"
#include "services/s3/errors.h"

namespace opentrail::services::s3 {
namespace {

constexpr size_t kMaxKeyCharacters = 128;
constexpr size_t kMaxValueCharacters = 256;
constexpr std::string_view kPunctuation = "+-=._:/@ ";

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

// Letters, digits, spaces and + - = . _ : / @; past ASCII anything counts as a letter.
bool IsTagText(std::string_view text, size_t max_characters) {
  return Characters(text) <= max_characters && std::ranges::all_of(text, [](unsigned char c) {
           return c >= 0x80 || std::isalnum(c) != 0 ||
                  kPunctuation.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

std::unexpected<AwsError> InvalidTag(std::string message, std::string_view key) {
  return Refusal("InvalidTag", 400, std::move(message), {{"TagKey", std::string(key)}});
}

AwsStatus CheckTag(const Value& tag, std::set<std::string_view>& seen) {
  const std::string_view key = tag["Key"].Text();
  if (key.empty() || !IsTagText(key, kMaxKeyCharacters)) {
    return InvalidTag("The TagKey you have provided is invalid", key);
  }
  if (key.starts_with("aws:")) return InvalidTag("System tags cannot be added/updated by requester", key);
  if (!IsTagText(tag["Value"].Text(), kMaxValueCharacters)) {
    return Refusal("InvalidTag", 400, "The TagValue you have provided is invalid",
                   {{"TagKey", std::string(key)}, {"TagValue", std::string(tag["Value"].Text())}});
  }
  if (!seen.insert(key).second) return InvalidTag("Cannot provide multiple Tags with the same key", key);
  return {};
}

}  // namespace

AwsResult<std::string> CheckTagSet(const Value& tag_set, size_t max_tags) {
  const auto& tags = tag_set.elements();
  if (tags.size() > max_tags) {
    return Refusal(
        "BadRequest", 400,
        fmt::format("{} tags cannot be greater than {}", max_tags == kMaxObjectTags ? "Object" : "Bucket", max_tags));
  }
  if (tags.empty()) return std::string();
  std::set<std::string_view> seen;
  Value stored = Value::List();
  for (const Value& tag : tags) {
    if (AwsStatus status = CheckTag(tag, seen); !status) return std::unexpected(std::move(status.error()));
    stored.Append(Value::Object({{"Key", tag["Key"].Text()}, {"Value", tag["Value"].Text()}}));
  }
  return codec::WriteJson(stored);
}

AwsResult<std::string> ParseTagHeader(std::string_view header) {
  const auto parameters = http::ParseParameters(header, http::PlusSign::kSpace);
  if (!parameters) {
    return InvalidArgument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
        "without tag name duplicates.",
        "x-amz-tagging", header);
  }
  Value tags = Value::List();
  for (const auto& [key, value] : *parameters) tags.Append(Value::Object({{"Key", key}, {"Value", value}}));
  return CheckTagSet(tags, kMaxObjectTags);
}

Value ReadTagSet(std::string_view stored) {
  if (stored.empty()) return Value::List();
  auto tags = codec::ParseJsonValue(stored);
  return tags ? std::move(*tags) : Value::List();
}

}  // namespace opentrail::services::s3
