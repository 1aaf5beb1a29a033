#include "codec/json_value.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/selector_rules.h"
#include "services/cloudtrail/trail_name.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kBasic = "EventSelectors";
constexpr std::string_view kAdvanced = "AdvancedEventSelectors";

// {"EventSelectors": [...]} or {"AdvancedEventSelectors": [...]}: whichever the call has.
AwsResult<Value> CheckedSelectors(const Value& input) {
  const bool basic = input.Has(kBasic);
  if (basic == input.Has(kAdvanced)) {
    return AwsFailure("InvalidEventSelectorsException",
                      "Either EventSelectors or AdvancedEventSelectors must be given, and not both.");
  }
  auto list = basic ? CheckedEventSelectors(input[kBasic]) : CheckedAdvancedSelectors(input[kAdvanced]);
  if (!list) return list;
  return Value::Object({{std::string(basic ? kBasic : kAdvanced), std::move(*list)}});
}

Reply Answer(const Trail& trail, std::string_view account_id) {
  Value output = Value::Object({{"TrailARN", trail.Arn(account_id)}});
  const Value selectors = trail.Selectors();
  for (const auto& [name, list] : selectors.members()) output.Set(name, list);
  return Reply{.output = std::move(output)};
}

}  // namespace

AwsResult<Reply> PutEventSelectors(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto trail = ChangeableTrail(call, state, call.input["TrailName"].Text(), NamedAs::kGiven);
  if (!trail) return std::unexpected(trail.error());
  const auto selectors = CheckedSelectors(call.input);
  if (!selectors) return std::unexpected(selectors.error());
  trail->selectors = codec::WriteJson(*selectors);
  trail->custom_selectors = *selectors != Trail().Selectors();
  UpdateTrail(state, *trail);
  return Answer(*trail, call.account_id);
}

AwsResult<Reply> GetEventSelectors(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  const auto trail = ReadableTrail(call, transaction.connection(), call.input["TrailName"].Text(), NamedAs::kGiven);
  if (!trail) return std::unexpected(trail.error());
  return Answer(*trail, call.account_id);
}

}  // namespace opentrail::services::cloudtrail
