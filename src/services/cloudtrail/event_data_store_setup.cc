#include <algorithm>

#include "codec/json_value.h"
#include "services/cloudtrail/event_data_store_description.h"
#include "services/cloudtrail/event_data_store_key.h"
#include "services/cloudtrail/event_data_store_name.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/selector_rules.h"
#include "services/cloudtrail/trail_tags.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateEventDataStore.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html
namespace opentrail::services::cloudtrail {
namespace {

// Of an account and region; those that wait for their deletion count.
constexpr int64_t kMaxEventDataStores = 10;
constexpr int64_t kMinRetentionDays = 7;

struct BillingMode {
  std::string_view name;
  int64_t retention_days;  // by default
  int64_t max_retention_days;
};
constexpr BillingMode kBillingModes[] = {
    {"EXTENDABLE_RETENTION_PRICING", 366, 3653},
    {"FIXED_RETENTION_PRICING", 2557, 2557},
};

AwsResult<BillingMode> BillingModeOf(std::string_view name) {
  for (const BillingMode& mode : kBillingModes) {
    if (mode.name == name) return mode;
  }
  return AwsFailure("InvalidParameterException", "Value {} for BillingMode is invalid.", name);
}

Value DefaultSelectors() {
  Value field = Value::Object({{"Field", "eventCategory"}, {"Equals", Value::List({"Management"})}});
  return Value::List(
      {Value::Object({{"Name", "Default management events"}, {"FieldSelectors", Value::List({std::move(field)})}})});
}

// What a store may be on AWS and is not here.
AwsStatus RefuseWhatIsNotHere(const Value& input) {
  if (!input["OrganizationEnabled"].Boolean()) return {};
  return AwsFailure("OrganizationsNotInUseException",
                    "Your account is not a member of an organization: it cannot have an organization event data "
                    "store.");
}

AwsStatus ApplyRetention(const Value& input, EventDataStore& store) {
  const auto mode = BillingModeOf(input["BillingMode"].Text(store.billing_mode));
  if (!mode) return std::unexpected(mode.error());
  if (store.billing_mode == kBillingModes[0].name && mode->name != store.billing_mode && store.retention_days > 0) {
    return AwsFailure("InvalidParameterException", "BillingMode cannot be changed from {} to {}.", store.billing_mode,
                      mode->name);
  }
  store.billing_mode = mode->name;
  if (store.retention_days == 0) store.retention_days = mode->retention_days;
  if (const auto days = input["RetentionPeriod"].Integer()) store.retention_days = *days;
  if (store.retention_days >= kMinRetentionDays && store.retention_days <= mode->max_retention_days) return {};
  return AwsFailure("InvalidParameterException", "RetentionPeriod is {} to {} days under {}; this is {}.",
                    kMinRetentionDays, mode->max_retention_days, mode->name, store.retention_days);
}

AwsStatus CheckNameIsFree(const Call& call, store::Connection& state, const EventDataStore& wanted) {
  const auto other = FindEventDataStoreByName(state, call.region, wanted.name, call.now);
  if (!other || other->id == wanted.id) return {};
  return AwsFailure("EventDataStoreAlreadyExistsException", "An event data store with the name {} already exists.",
                    wanted.name);
}

// What the call says of the store, put into it; all but the key.
AwsStatus ApplySettings(const Call& call, store::Connection& state, EventDataStore& store) {
  const Value& input = call.input;
  AwsStatus status = RefuseWhatIsNotHere(input);
  if (input.Has("Name")) store.name = input["Name"].Text();
  if (status) status = CheckEventDataStoreName(store.name);
  if (status) status = ApplyRetention(input, store);
  if (!status) return status;
  store.multi_region = input["MultiRegionEnabled"].Boolean(store.multi_region);
  store.termination_protection = input["TerminationProtectionEnabled"].Boolean(store.termination_protection);
  if (input.Has("AdvancedEventSelectors")) {
    const auto selectors = CheckedAdvancedSelectors(input["AdvancedEventSelectors"], SelectorOwner::kEventDataStore);
    if (!selectors) return std::unexpected(selectors.error());
    store.selectors = codec::WriteJson(*selectors);
  }
  return CheckNameIsFree(call, state, store);
}

// A store keeps the key that it was once given.
AwsStatus ApplyKey(CloudTrailService& service, const Call& call, store::Transaction& transaction,
                   EventDataStore& store) {
  const std::string_view key_id = call.input["KmsKeyId"].Text();
  if (key_id.empty()) return {};
  const auto key = NewDataKey(service.environment(), transaction, store, key_id);
  if (!key) return std::unexpected(key.error());
  if (!store.kms_key.empty() && key->kms_key != store.kms_key) {
    return AwsFailure("InvalidKmsKeyIdException", "The KMS key of event data store {} cannot be changed: it is {}.",
                      store.Arn(call.account_id), store.kms_key);
  }
  store.kms_key = key->kms_key;
  return {};
}

// At least one of what can be changed.
AwsStatus CheckHasChange(const Value& input) {
  for (const std::string_view member : {"Name", "AdvancedEventSelectors", "MultiRegionEnabled", "OrganizationEnabled",
                                        "RetentionPeriod", "TerminationProtectionEnabled", "KmsKeyId", "BillingMode"}) {
    if (input.Has(member)) return {};
  }
  return AwsFailure("InvalidParameterException", "At least one optional parameter must be specified.");
}

}  // namespace

AwsResult<Reply> CreateEventDataStore(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  RemoveDeletedEventDataStores(state, call.now);
  EventDataStore store{.id = RandomUuid(service.environment().random),
                       .region = call.region,
                       .name = {},
                       .selectors = codec::WriteJson(DefaultSelectors()),
                       .billing_mode = std::string(kBillingModes[0].name),
                       .ingesting = call.input["StartIngestion"].Boolean(true),
                       .created = call.now,
                       .updated = call.now};
  AwsStatus status = ApplySettings(call, state, store);
  if (status && CountEventDataStores(state, call.region, call.now) >= kMaxEventDataStores) {
    status = AwsFailure("EventDataStoreMaxLimitExceededException",
                        "Your account has used the maximum number of event data stores in {}: {}.", call.region,
                        kMaxEventDataStores);
  }
  if (!status) return std::unexpected(std::move(status.error()));
  const auto tags = WithTags(Value::List(), call.input["TagsList"]);
  if (!tags) return std::unexpected(tags.error());
  store.tags = codec::WriteJson(*tags);
  if (AwsStatus usable = ApplyKey(service, call, transaction, store); !usable) {
    return std::unexpected(std::move(usable.error()));
  }
  InsertEventDataStore(state, store);
  if (store.ingesting) BeginIngestion(transaction, store);
  Value output = DescribeEventDataStore(store, call.account_id);
  output.Set("Status", "CREATED");
  if (!tags->elements().empty()) output.Set("TagsList", *tags);
  return Reply{.output = std::move(output)};
}

AwsResult<Reply> ChangeEventDataStore(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  RemoveDeletedEventDataStores(state, call.now);
  auto store = ActiveEventDataStore(call, state, call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(std::move(store.error()));
  const EventDataStore before = *store;
  AwsStatus status = CheckHasChange(call.input);
  if (status) status = ApplySettings(call, state, *store);
  if (status) status = ApplyKey(service, call, transaction, *store);
  if (!status) return std::unexpected(std::move(status.error()));
  store->updated = call.now;
  if (store->retention_days != before.retention_days) {
    store->removed_before = std::max(before.Oldest(call.now), store->Oldest(call.now));
  }
  const bool takes_others = store->selectors != before.selectors || store->multi_region != before.multi_region;
  if (store->ingesting && takes_others) {
    EndIngestion(state, *store, transaction.LastJournalEntry());
    BeginIngestion(transaction, *store);
  }
  UpdateEventDataStoreRow(state, *store);
  Value output = DescribeEventDataStore(*store, call.account_id);
  output.Set("FederationStatus", "DISABLED");
  return Reply{.output = std::move(output)};
}

}  // namespace opentrail::services::cloudtrail
