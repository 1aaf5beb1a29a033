#include <any>

#include "services/cloudtrail/event_data_store_key.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/lake_query.h"
#include "services/cloudtrail/lake_runner.h"
#include "services/cloudtrail/lake_statement.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartQuery.html
namespace opentrail::services::cloudtrail {
namespace {

// Of an account and region, those that wait with those that run.
constexpr int64_t kMaxConcurrent = 10;

AwsStatus CheckParameters(const Call& call) {
  for (const std::string_view member : {"QueryAlias", "QueryParameters", "DeliveryS3Uri"}) {
    if (!call.input.Has(member)) continue;
    return AwsFailure("UnsupportedOperationException", "The requested operation is not supported: {}", member);
  }
  if (!call.input.Has("QueryStatement")) {
    return AwsFailure("InvalidParameterException", "QueryStatement or QueryAlias must be specified.");
  }
  return CheckOwner(call);
}

PreparedStatement Prepare(const Call& call) {
  if (AwsStatus status = CheckParameters(call); !status) return std::unexpected(std::move(status.error()));
  return StoresOfStatement(call, call.input["QueryStatement"].Text());
}

AwsResult<std::vector<EventDataStore>> LoadStores(const Call& call, store::Connection& state,
                                                  const std::vector<EventDataStoreReference>& references) {
  std::vector<EventDataStore> stores;
  for (const EventDataStoreReference& reference : references) {
    auto store = RequireEventDataStore(call, state, reference);
    if (!store) return std::unexpected(std::move(store.error()));
    if (AwsStatus active = CheckActive(*store, call.account_id); !active) {
      return std::unexpected(std::move(active.error()));
    }
    stores.push_back(*std::move(store));
  }
  return stores;
}

// What the result will be encrypted with. Each store's KMS key must be usable: whoever takes it away takes the data.
AwsResult<std::string> MakeKey(CloudTrailService& service, store::Transaction& transaction,
                               const std::vector<EventDataStore>& stores, LakeQuery& query) {
  std::string key;
  for (const EventDataStore& store : stores) {
    if (store.kms_key.empty()) continue;
    auto made = NewDataKey(service.environment(), transaction, store, store.kms_key);
    if (!made) {
      return AwsFailure("InsufficientEncryptionPolicyException", "KMS key {} cannot be used: {}", store.kms_key,
                        made.error().message);
    }
    if (!key.empty()) continue;
    key = std::move(made->plaintext);
    query.content_key = std::move(made->encrypted);
    query.key_store = store.id;
  }
  if (!key.empty()) return key;
  key.resize(store::Secrets::kKeyBytes);
  service.environment().random.Fill({reinterpret_cast<uint8_t*>(key.data()), key.size()});
  query.content_key = service.secrets().Seal(key, ResultKeyPurpose(query.id));
  return key;
}

// The root user has no name, a role's session only that in its ARN.
std::string UserOf(const opentrail::iam::Principal& principal) {
  if (!principal.user_name.empty()) return principal.user_name;
  return principal.arn.substr(principal.arn.find_last_of(":/") + 1);
}

LakeTicket MakeTicket(const Call& call, store::Connection& state, const std::vector<EventDataStore>& stores,
                      LakeQuery query, std::string key) {
  LakeTicket ticket{.query = std::move(query),
                    .stores = {},
                    .principal = call.principal.arn,
                    .user = UserOf(call.principal),
                    .key = std::move(key)};
  for (const EventDataStore& store : stores) {
    ticket.stores[store.id] = {.spans = IngestedSpans(state, store, ticket.query.journal_end),
                               .oldest = store.Oldest(call.now)};
  }
  return ticket;
}

}  // namespace

std::string ResultKeyPurpose(std::string_view query_id) { return fmt::format("cloudtrail.query {}", query_id); }

AwsStatus CheckOwner(const Call& call) {
  const std::string_view owner = call.input["EventDataStoreOwnerAccountId"].Text(call.account_id);
  if (owner == call.account_id) return {};
  return AwsFailure("OperationNotPermittedException", "The event data stores of account {} cannot be used from {}.",
                    owner, call.account_id);
}

// Resolving takes time with a large statement, and needs no transaction. A refusal waits for Handle.
AwsStatus PrepareStartQuery(Service& /*service*/, Call& call) {
  call.prepared = Prepare(call);
  return {};
}

AwsResult<Reply> StartQuery(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto references = std::any_cast<PreparedStatement>(call.prepared);
  if (!references) return std::unexpected(references.error());
  const auto stores = LoadStores(call, state, *references);
  if (!stores) return std::unexpected(stores.error());
  if (CountActiveLakeQueries(state, call.region) >= kMaxConcurrent) {
    return AwsFailure("MaxConcurrentQueriesException",
                      "You are already running the maximum number of concurrent queries: {}.", kMaxConcurrent);
  }
  RemoveOldLakeQueries(transaction, service.objects(), call.now);
  LakeQuery query{.id = RandomUuid(service.environment().random),
                  .region = call.region,
                  .stores = {},
                  .statement = std::string(call.input["QueryStatement"].Text()),
                  .error = {},
                  .created = call.now,
                  .journal_end = transaction.LastJournalEntry()};
  for (const EventDataStore& store : *stores) query.stores.push_back(store.id);
  auto key = MakeKey(service, transaction, *stores, query);
  if (!key) return std::unexpected(std::move(key.error()));
  InsertLakeQuery(state, query);
  Reply reply{.output = Value::Object({{"QueryId", query.id}, {"EventDataStoreOwnerAccountId", call.account_id}})};
  // shared: a function of the commit is copied.
  const auto ticket = std::make_shared<LakeTicket>(MakeTicket(call, state, *stores, std::move(query), *std::move(key)));
  transaction.OnCommit([runner = service.lake_runner(), ticket] {
    if (runner) runner->Enqueue(std::move(*ticket));
  });
  return reply;
}

}  // namespace opentrail::services::cloudtrail
