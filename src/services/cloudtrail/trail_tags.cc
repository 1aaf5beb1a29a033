#include "services/cloudtrail/trail_tags.h"

#include <algorithm>
#include <variant>

#include "codec/json_value.h"
#include "services/cloudtrail/event_data_store_name.h"
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

// What has the tags: a trail or an event data store.
class Tagged {
 public:
  explicit Tagged(Trail trail) : resource_(std::move(trail)) {}
  explicit Tagged(EventDataStore store) : resource_(std::move(store)) {}

  [[nodiscard]] Value Tags() const {
    const std::string& text =
        std::visit([](const auto& resource) -> const std::string& { return resource.tags; }, resource_);
    return codec::ParseJsonValue(text).value_or(Value::List());
  }
  void Store(store::Connection& state, const Value& tags) {
    std::visit([&](auto& resource) { resource.tags = codec::WriteJson(tags); }, resource_);
    if (auto* trail = std::get_if<Trail>(&resource_)) UpdateTrail(state, *trail);
    if (auto* store = std::get_if<EventDataStore>(&resource_)) UpdateEventDataStoreRow(state, *store);
  }

 private:
  std::variant<Trail, EventDataStore> resource_;
};

AwsResult<Tagged> FindTagged(const Call& call, store::Connection& state, std::string_view arn) {
  if (!arn.starts_with("arn:")) {
    return AwsFailure("CloudTrailARNInvalidException", "{} is not a trail ARN", arn);
  }
  if (arn.find(":eventdatastore/") != std::string_view::npos) {
    auto store = ActiveEventDataStore(call, state, arn);
    if (!store) return std::unexpected(std::move(store.error()));
    return Tagged(*std::move(store));
  }
  const auto reference = ParseTrailReference(call, arn);
  if (!reference) return std::unexpected(reference.error());
  if (reference->region == call.region && reference->account_id == call.account_id) {
    if (auto trail = FindTrail(state, reference->region, reference->name)) return Tagged(*std::move(trail));
  }
  return AwsFailure("ResourceNotFoundException", "The resource {} does not exist in {}", arn, call.region);
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
  auto tagged = FindTagged(call, transaction.connection(), call.input["ResourceId"].Text());
  if (!tagged) return std::unexpected(tagged.error());
  const auto tags = WithTags(tagged->Tags(), call.input["TagsList"]);
  if (!tags) return std::unexpected(tags.error());
  tagged->Store(transaction.connection(), *tags);
  return Reply{};
}

AwsResult<Reply> RemoveTags(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  auto tagged = FindTagged(call, transaction.connection(), call.input["ResourceId"].Text());
  if (!tagged) return std::unexpected(tagged.error());
  Value tags = tagged->Tags();
  for (const Value& tag : call.input["TagsList"].elements()) {
    if (const auto found = FindTag(tags, tag["Key"].Text()); found != tags.mutable_elements().end()) {
      tags.mutable_elements().erase(found);
    }
  }
  tagged->Store(transaction.connection(), tags);
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
    const auto tagged = FindTagged(call, transaction.connection(), id.Text());
    if (!tagged) return std::unexpected(tagged.error());
    list.Append(Value::Object({{"ResourceId", id}, {"TagsList", tagged->Tags()}}));
  }
  return Reply{.output = Value::Object({{"ResourceTagList", std::move(list)}})};
}

}  // namespace opentrail::services::cloudtrail
