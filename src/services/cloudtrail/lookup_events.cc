#include <algorithm>
#include <charconv>

#include "codec/json_value.h"
#include "codec/text.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/lookup_event.h"
#include "services/cloudtrail/lookup_throttle.h"
#include "services/cloudtrail/trail_rows.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr std::chrono::days kHistory{90};
constexpr int64_t kMaxResults = 50;
constexpr size_t kMaxValueBytes = 4 * 2000;  // 2000 characters of UTF-8
constexpr size_t kMaxTokenBytes = 1024;

AwsStatus ReadAttribute(const Value& attributes, trail::LookupQuery& query) {
  if (attributes.elements().empty()) return {};
  const auto fault = [](std::string message) {
    return std::unexpected(AwsError{"InvalidLookupAttributesException", std::move(message)});
  };
  if (attributes.elements().size() > 1) return fault("You can use only one lookup attribute.");
  const Value& attribute = attributes.elements().front();
  query.attribute = trail::ParseLookupAttribute(attribute["AttributeKey"].Text());
  if (!query.attribute) {
    return fault(fmt::format("Lookup attribute key {} is not valid.", attribute["AttributeKey"].Text()));
  }
  query.value = attribute["AttributeValue"].Text();
  if (query.value.empty() || query.value.size() > kMaxValueBytes) {
    return fault("A lookup attribute's value has 1 to 2000 characters.");
  }
  return {};
}

AwsStatus ReadTimes(const Call& call, trail::LookupQuery& query) {
  const Time oldest = call.now - kHistory;
  query.start = call.input["StartTime"].Timestamp().value_or(oldest);
  query.end = call.input["EndTime"].Timestamp().value_or(call.now);
  if (query.start > query.end) {
    return AwsFailure("InvalidTimeRangeException", "The start of the time range must not be after its end.");
  }
  query.start = std::max(query.start, oldest);
  return {};
}

AwsResult<trail::LookupQuery> ReadQuery(const Call& call) {
  trail::LookupQuery query;
  query.region = call.region;
  const Value& category = call.input["EventCategory"];
  if (category.IsString() && category.Text() != "insight") {
    return AwsFailure("InvalidEventCategoryException", "Event category {} is not valid.", category.Text());
  }
  const int64_t max_results = call.input["MaxResults"].Integer(kMaxResults);
  if (max_results < 1 || max_results > kMaxResults) {
    return AwsFailure("InvalidMaxResultsException", "MaxResults is 1 to {}; this is {}.", kMaxResults, max_results);
  }
  query.max_results = static_cast<size_t>(max_results);
  AwsStatus status = ReadAttribute(call.input["LookupAttributes"], query);
  if (status) status = ReadTimes(call, query);
  if (!status) return std::unexpected(std::move(status.error()));
  return query;
}

// A token is sealed for the parameters of its call, so that it fits no other, and nobody can make one up.
std::string TokenPurpose(const Call& call) {
  Value parameters = call.input;
  parameters.Remove("NextToken");
  std::ranges::sort(parameters.mutable_members(), {}, &Value::Member::name);
  return fmt::format("cloudtrail.lookup-events {} {}", call.region, codec::WriteJson(parameters));
}

AwsStatus ReadToken(const CloudTrailService& service, const Call& call, trail::LookupQuery& query) {
  const Value& token = call.input["NextToken"];
  if (token.IsNull()) return {};
  const auto fault = [] {
    return AwsFailure("InvalidNextTokenException", "The token is not valid, or was not given for these parameters.");
  };
  const auto sealed = token.Text().size() <= kMaxTokenBytes ? codec::Base64Decode(token.Text()) : std::nullopt;
  if (!sealed) return fault();
  const auto text = service.secrets().Unseal(*sealed, TokenPurpose(call));
  if (!text) return fault();
  std::pair<int64_t, int64_t> after;
  const char* end = text->data() + text->size();
  const auto time = std::from_chars(text->data(), end, after.first);
  if (time.ec != std::errc() || time.ptr == end) return fault();
  if (std::from_chars(time.ptr + 1, end, after.second).ptr != end) return fault();
  query.after = after;
  return {};
}

AwsResult<Value> Search(CloudTrailService& service, const Call& call) {
  auto query = ReadQuery(call);
  if (!query) return std::unexpected(std::move(query.error()));
  if (AwsStatus status = ReadToken(service, call, *query); !status) return std::unexpected(std::move(status.error()));
  if (!service.lookup_throttle().Admit(call.region, call.now)) {
    return AwsFailure("ThrottlingException", "Rate exceeded");
  }
  Value events = Value::List();
  // No Insights events are made here.
  if (call.input.Has("EventCategory") || query->start > query->end) {
    return Value::Object({{"Events", std::move(events)}});
  }
  const auto page = service.events().Lookup(*query);
  if (!page) return AwsFailure("InternalFailure", "The event history cannot be read: {}", page.error().message);
  for (const std::string& record : page->records) {
    auto event = LookupEvent(record);
    if (!event) return AwsFailure("InternalFailure", "A record cannot be read: {}", event.error().message);
    events.Append(std::move(*event));
  }
  Value output = Value::Object({{"Events", std::move(events)}});
  if (page->next) {
    const std::string place = fmt::format("{} {}", page->next->first, page->next->second);
    output.Set("NextToken", codec::Base64Encode(service.secrets().Seal(place, TokenPurpose(call))));
  }
  return output;
}

}  // namespace

AwsStatus PrepareLookup(Service& service, Call& call) {
  // A refusal waits, too: who may not look up is told so first.
  call.prepared = Search(static_cast<CloudTrailService&>(service), call);
  return {};
}

AwsResult<Reply> LookupEvents(CloudTrailService& service, Call& call, store::Transaction& /*transaction*/) {
  auto* prepared = std::any_cast<AwsResult<Value>>(&call.prepared);
  AwsResult<Value> output = prepared != nullptr ? std::move(*prepared) : Search(service, call);
  if (!output) return std::unexpected(std::move(output.error()));
  return Reply{.output = std::move(*output)};
}

}  // namespace opentrail::services::cloudtrail
