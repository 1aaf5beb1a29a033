#include "services/cloudtrail/event_data_store_description.h"
#include "services/cloudtrail/event_data_store_name.h"
#include "services/cloudtrail/handlers.h"
#include "services/token_page.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventDataStore.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListEventDataStores.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr int64_t kMaxListed = 1000;

}  // namespace

Value DescribeEventDataStore(const EventDataStore& store, std::string_view account_id) {
  Value value = Value::Object({{"EventDataStoreArn", store.Arn(account_id)},
                               {"Name", store.name},
                               {"Status", store.Status()},
                               {"AdvancedEventSelectors", store.Selectors()},
                               {"MultiRegionEnabled", store.multi_region},
                               {"OrganizationEnabled", false},
                               {"RetentionPeriod", store.retention_days},
                               {"TerminationProtectionEnabled", store.termination_protection},
                               {"CreatedTimestamp", store.created},
                               {"UpdatedTimestamp", store.updated}});
  if (!store.kms_key.empty()) value.Set("KmsKeyId", store.kms_key);
  value.Set("BillingMode", store.billing_mode);
  return value;
}

AwsResult<Reply> GetEventDataStore(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  const auto store = RequireEventDataStore(call, transaction.connection(), call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(store.error());
  Value output = DescribeEventDataStore(*store, call.account_id);
  output.Set("FederationStatus", "DISABLED");
  return Reply{.output = std::move(output)};
}

// Whole descriptions are what the model keeps as deprecated: a list has ARN and name.
AwsResult<Reply> ListEventDataStores(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  if (const int64_t wanted = call.input["MaxResults"].Integer(kMaxListed); wanted < 1 || wanted > kMaxListed) {
    return AwsFailure("InvalidMaxResultsException", "MaxResults is 1 to {}; this is {}.", kMaxListed, wanted);
  }
  auto page = TokenPage::Of(call, kMaxListed);
  if (!page) return AwsFailure("InvalidNextTokenException", "The token is not valid.");
  for (const EventDataStore& store :
       EventDataStoresAfter(transaction.connection(), call.region, page->after(), page->rows(), call.now)) {
    Value entry = Value::Object({{"EventDataStoreArn", store.Arn(call.account_id)}, {"Name", store.name}});
    if (!page->Add(std::move(entry), store.id)) break;
  }
  return Reply{.output = page->Finish("EventDataStores")};
}

}  // namespace opentrail::services::cloudtrail
