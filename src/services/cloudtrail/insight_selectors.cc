#include <algorithm>

#include "codec/json_value.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/trail_name.h"

// Insight selectors are kept for those who ask; no Insights events are made here.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutInsightSelectors.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kInsightTypes[] = {"ApiCallRateInsight", "ApiErrorRateInsight"};
constexpr std::string_view kCategories[] = {"Management", "Data"};

template <typename... Args>
std::unexpected<AwsError> Invalid(fmt::format_string<Args...> format, Args&&... args) {
  return AwsFailure("InvalidInsightSelectorsException", format, std::forward<Args>(args)...);
}

AwsResult<Value> CheckedSelector(const Value& selector) {
  const std::string_view type = selector["InsightType"].Text();
  if (std::ranges::find(kInsightTypes, type) == std::end(kInsightTypes)) {
    return Invalid("Value {} for InsightType is invalid.", type);
  }
  Value checked = Value::Object({{"InsightType", type}});
  const Value& categories = selector["EventCategories"];
  for (const Value& category : categories.elements()) {
    if (std::ranges::find(kCategories, category.Text()) == std::end(kCategories)) {
      return Invalid("Value {} for EventCategories is invalid.", category.Text());
    }
  }
  checked.SetIfPresent("EventCategories", categories);
  return checked;
}

AwsResult<Value> CheckedSelectors(const Value& selectors) {
  Value list = Value::List();
  for (const Value& selector : selectors.elements()) {
    auto checked = CheckedSelector(selector);
    if (!checked) return checked;
    const auto same_type = [&](const Value& other) { return other["InsightType"] == (*checked)["InsightType"]; };
    if (std::ranges::any_of(list.elements(), same_type)) {
      return Invalid("InsightType {} is given twice.", (*checked)["InsightType"].Text());
    }
    list.Append(std::move(*checked));
  }
  return list;
}

AwsStatus CheckTarget(const Value& input) {
  if (input.Has("EventDataStore") || input.Has("InsightsDestination")) {
    return AwsFailure("UnsupportedOperationException", "The requested operation is not supported: event data stores");
  }
  if (!input.Has("TrailName")) {
    return AwsFailure("InvalidParameterCombinationException", "TrailName or EventDataStore must be given.");
  }
  return {};
}

Reply Answer(const Trail& trail, std::string_view account_id) {
  return Reply{
      .output = Value::Object({{"TrailARN", trail.Arn(account_id)},
                               {"InsightSelectors", codec::ParseJsonValue(trail.insights).value_or(Value::List())}})};
}

}  // namespace

AwsResult<Reply> PutInsightSelectors(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  if (AwsStatus status = CheckTarget(call.input); !status) return std::unexpected(std::move(status.error()));
  store::Connection& state = transaction.connection();
  auto trail = ChangeableTrail(call, state, call.input["TrailName"].Text(), NamedAs::kGiven);
  if (!trail) return std::unexpected(trail.error());
  const auto selectors = CheckedSelectors(call.input["InsightSelectors"]);
  if (!selectors) return std::unexpected(selectors.error());
  trail->insights = selectors->elements().empty() ? std::string() : codec::WriteJson(*selectors);
  UpdateTrail(state, *trail);
  return Answer(*trail, call.account_id);
}

AwsResult<Reply> GetInsightSelectors(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  if (AwsStatus status = CheckTarget(call.input); !status) return std::unexpected(std::move(status.error()));
  const auto trail = ReadableTrail(call, transaction.connection(), call.input["TrailName"].Text(), NamedAs::kGiven);
  if (!trail) return std::unexpected(trail.error());
  if (trail->insights.empty()) {
    return AwsFailure("InsightNotEnabledException", "The trail {} does not have Insights enabled.",
                      trail->Arn(call.account_id));
  }
  return Answer(*trail, call.account_id);
}

}  // namespace opentrail::services::cloudtrail
