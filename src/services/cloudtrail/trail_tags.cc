#include "services/cloudtrail/trail_tags.h"

#include <algorithm>

#include "codec/json_value.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/trail_name.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr size_t kMaxTags = 50;
constexpr size_t kMaxKeyCharacters = 128;
constexpr size_t kMaxValueCharacters = 256;
constexpr size_t kMaxListedResources = 20;

// Unicode characters of UTF-8 text.
size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

AwsStatus CheckTag(const Value& tag) {
  const std::string_view key = tag["Key"].Text();
  const size_t key_size = Characters(key);
  if (key_size < 1 || key_size > kMaxKeyCharacters) {
    return AwsFailure("InvalidTagParameterException", "A tag's key has 1 to {} characters; this has {}",
                      kMaxKeyCharacters, key_size);
  }
  if (key.starts_with("aws:")) {
    return AwsFailure("InvalidTagParameterException", "Tag keys that begin with aws: are reserved: {}", key);
  }
  if (Characters(tag["Value"].Text()) > kMaxValueCharacters) {
    return AwsFailure("InvalidTagParameterException", "The value of tag {} has more than {} characters", key,
                      kMaxValueCharacters);
  }
  return {};
}

auto FindTag(Value& tags, std::string_view key) {
  return std::ranges::find_if(tags.mutable_elements(), [&](const Value& tag) { return tag["Key"].Text() == key; });
}

AwsResult<Trail> TaggedTrail(const Call& call, store::Connection& state, std::string_view arn) {
  if (!arn.starts_with("arn:")) {
    return AwsFailure("CloudTrailARNInvalidException", "{} is not a trail ARN", arn);
  }
  const auto reference = ParseTrailReference(call, arn);
  if (!reference) return std::unexpected(reference.error());
  if (reference->region == call.region && reference->account_id == call.account_id) {
    if (auto trail = FindTrail(state, reference->region, reference->name)) return std::move(*trail);
  }
  return AwsFailure("ResourceNotFoundException", "The resource {} does not exist in {}", arn, call.region);
}

Value StoredTags(const Trail& trail) { return codec::ParseJsonValue(trail.tags).value_or(Value::List()); }

void StoreTags(store::Connection& state, Trail& trail, const Value& tags) {
  trail.tags = codec::WriteJson(tags);
  UpdateTrail(state, trail);
}

}  // namespace

AwsResult<Value> WithTags(Value tags, const Value& added) {
  for (size_t i = 0; i < added.elements().size(); ++i) {
    const Value& tag = added.elements()[i];
    if (AwsStatus status = CheckTag(tag); !status) return std::unexpected(std::move(status.error()));
    const auto same_key = [&](const Value& other) { return other["Key"].Text() == tag["Key"].Text(); };
    if (std::any_of(added.elements().begin(), added.elements().begin() + static_cast<ptrdiff_t>(i), same_key)) {
      return AwsFailure("InvalidTagParameterException", "The tag key {} is given twice", tag["Key"].Text());
    }
    Value stored = Value::Object({{"Key", tag["Key"]}, {"Value", tag["Value"].Text()}});
    if (const auto found = FindTag(tags, tag["Key"].Text()); found != tags.mutable_elements().end()) {
      *found = std::move(stored);
    } else {
      tags.Append(std::move(stored));
    }
  }
  if (tags.elements().size() > kMaxTags) {
    return AwsFailure("TagsLimitExceededException",
                      "The number of tags per trail has exceeded the permitted amount: {}", kMaxTags);
  }
  return tags;
}

AwsResult<Reply> AddTags(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  auto trail = TaggedTrail(call, transaction.connection(), call.input["ResourceId"].Text());
  if (!trail) return std::unexpected(trail.error());
  const auto tags = WithTags(StoredTags(*trail), call.input["TagsList"]);
  if (!tags) return std::unexpected(tags.error());
  StoreTags(transaction.connection(), *trail, *tags);
  return Reply{};
}

AwsResult<Reply> RemoveTags(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  auto trail = TaggedTrail(call, transaction.connection(), call.input["ResourceId"].Text());
  if (!trail) return std::unexpected(trail.error());
  Value tags = StoredTags(*trail);
  for (const Value& tag : call.input["TagsList"].elements()) {
    if (const auto found = FindTag(tags, tag["Key"].Text()); found != tags.mutable_elements().end()) {
      tags.mutable_elements().erase(found);
    }
  }
  StoreTags(transaction.connection(), *trail, tags);
  return Reply{};
}

AwsResult<Reply> ListTags(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  const Value& ids = call.input["ResourceIdList"];
  if (ids.elements().size() > kMaxListedResources) {
    return AwsFailure("CloudTrailARNInvalidException", "At most {} resources can be asked for at once; here are {}",
                      kMaxListedResources, ids.elements().size());
  }
  Value list = Value::List();
  for (const Value& id : ids.elements()) {
    const auto trail = TaggedTrail(call, transaction.connection(), id.Text());
    if (!trail) return std::unexpected(trail.error());
    list.Append(Value::Object({{"ResourceId", id}, {"TagsList", StoredTags(*trail)}}));
  }
  return Reply{.output = Value::Object({{"ResourceTagList", std::move(list)}})};
}

}  // namespace opentrail::services::cloudtrail
