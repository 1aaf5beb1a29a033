#include "services/athena/workgroup.h"

#include <array>

#include "codec/json_value.h"
#include "services/athena/bucket_store.h"
#include "services/athena/errors.h"
#include "services/athena/handlers.h"
#include "services/athena/list_page.h"
#include "services/iam/account.h"

// https://docs.aws.amazon.com/athena/latest/ug/workgroups.html
namespace opentrail::services::athena {
namespace {

constexpr int64_t kMaxWorkgroups = 1000;
constexpr std::string_view kSelect =
    "SELECT name, state, description, configuration, created FROM athena_workgroup WHERE region = ?1";

Value EngineVersion() {
  return Value::Object({{"SelectedEngineVersion", "AUTO"}, {"EffectiveEngineVersion", kEngineVersion}});
}

// What a workgroup has that its maker said nothing of.
Value WithDefaults(Value configuration, bool is_enforced) {
  const auto set = [&](std::string_view name, Value value) {
    if (!configuration.Has(name)) configuration.Set(name, std::move(value));
  };
  set("ResultConfiguration", Value::Object());
  set("EnforceWorkGroupConfiguration", is_enforced);
  set("PublishCloudWatchMetricsEnabled", false);
  set("RequesterPaysEnabled", false);
  configuration.Set("EngineVersion", EngineVersion());
  set("EnableMinimumEncryptionConfiguration", false);
  return configuration;
}

Workgroup ReadRow(const store::Rows& rows) {
  auto configuration = codec::ParseJsonValue(rows.Text(3));
  Workgroup workgroup{.name = std::string(rows.Text(0)),
                      .state = std::string(rows.Text(1)),
                      .description = {},
                      .configuration = configuration ? std::move(*configuration) : Value::Object(),
                      .created = Time(std::chrono::milliseconds(rows.Integer(4)))};
  if (!rows.IsNull(2)) workgroup.description = std::string(rows.Text(2));
  return workgroup;
}

Workgroup DefaultPrimary(store::Connection& state) {
  return {.name = std::string(kPrimary),
          .description = {},
          .configuration = WithDefaults(Value::Object(), false),
          .created = iam::AccountCreated(state)};
}

void Write(store::Connection& state, std::string_view region, const Workgroup& workgroup) {
  state.Execute(
      "INSERT INTO athena_workgroup(region, name, state, description, configuration, created) VALUES(?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET state = excluded.state, description = excluded.description, configuration = "
      "excluded.configuration",
      region, workgroup.name, workgroup.state, workgroup.description, codec::WriteJson(workgroup.configuration),
      workgroup.created.time_since_epoch().count());
}

AwsStatus CheckConfiguration(const Value& configuration) {
  const Value& location = configuration["ResultConfiguration"]["OutputLocation"];
  if (location.IsString() && !IsOutputLocation(location.Text())) {
    return InvalidRequest(kInvalidInput, "outputLocation is not a valid S3 path.");
  }
  const std::string_view engine = configuration["EngineVersion"]["SelectedEngineVersion"].Text("AUTO");
  if (engine != "AUTO" && engine != kEngineVersion) {
    return InvalidRequest(kInvalidInput, "Engine version {} is not supported.", engine);
  }
  return {};
}

Value Summary(const Workgroup& workgroup) {
  Value summary = Value::Object({{"Name", workgroup.name}, {"State", workgroup.state}});
  summary.Set("Description", workgroup.description ? Value(*workgroup.description) : Value(""));
  summary.Set("CreationTime", workgroup.created);
  summary.Set("EngineVersion", EngineVersion());
  return summary;
}

// A member that is set is taken over; Remove<member> drops it.
void Update(const Value& updates, std::string_view name, Value& target) {
  if (updates[fmt::format("Remove{}", name)].Boolean()) target.Remove(name);
  target.SetIfPresent(name, updates[name]);
}

Value Updated(Value configuration, const Value& updates) {
  for (const std::string_view name :
       {"EnforceWorkGroupConfiguration", "PublishCloudWatchMetricsEnabled", "BytesScannedCutoffPerQuery",
        "RequesterPaysEnabled", "EnableMinimumEncryptionConfiguration"}) {
    Update(updates, name, configuration);
  }
  Value& results = configuration.At("ResultConfiguration");
  for (const std::string_view name :
       {"OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration"}) {
    Update(updates["ResultConfigurationUpdates"], name, results);
  }
  if (results.IsNull()) results = Value::Object();
  return configuration;
}

}  // namespace

std::optional<Workgroup> FindWorkgroup(store::Connection& state, std::string_view region, std::string_view name) {
  store::Rows rows = state.Query(fmt::format("{} AND name = ?2", kSelect), region, name);
  if (rows.Next()) return ReadRow(rows);
  return name == kPrimary ? std::optional(DefaultPrimary(state)) : std::nullopt;
}

AwsResult<Workgroup> GetWorkgroup(store::Connection& state, std::string_view region, std::string_view name) {
  auto workgroup = FindWorkgroup(state, region, name.empty() ? kPrimary : name);
  if (!workgroup) return InvalidRequest(kInvalidInput, "WorkGroup is not found.");
  return *std::move(workgroup);
}

std::string WorkgroupArn(const Call& call, std::string_view name) {
  return fmt::format("arn:aws:athena:{}:{}:workgroup/{}", call.region, call.account_id, name);
}

bool IsOutputLocation(std::string_view location) {
  const auto parsed = S3Location::Parse(location);
  return parsed && location.find_first_of(" \t\r\n") == std::string_view::npos;
}

AwsResult<Reply> CreateWorkGroup(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["Name"].Text();
  if (FindWorkgroup(state, call.region, name)) {
    return InvalidRequest(kInvalidInput, "WorkGroup is already created");
  }
  store::Rows count = state.Query("SELECT count(*) FROM athena_workgroup WHERE region = ?", call.region);
  if (count.Next() && count.Integer(0) >= kMaxWorkgroups) {
    return InvalidRequest(kInvalidInput, "You have reached the limit of {} workgroups", kMaxWorkgroups);
  }
  if (AwsStatus status = CheckConfiguration(call.input["Configuration"]); !status) {
    return std::unexpected(std::move(status.error()));
  }
  Workgroup workgroup{.name = std::string(name),
                      .description = {},
                      .configuration = WithDefaults(call.input["Configuration"], true),
                      .created = call.now};
  if (call.input.Has("Description")) workgroup.description = std::string(call.input["Description"].Text());
  Write(state, call.region, workgroup);
  for (const Value& tag : call.input["Tags"].elements()) {
    state.Execute("INSERT OR REPLACE INTO athena_tag(region, workgroup, name, value) VALUES(?, ?, ?, ?)", call.region,
                  name, tag["Key"].Text(), tag["Value"].Text());
  }
  return Reply{};
}

AwsResult<Reply> GetWorkGroup(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  auto workgroup = GetWorkgroup(transaction.connection(), call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(std::move(workgroup.error()));
  Value output = Value::Object(
      {{"Name", workgroup->name}, {"State", workgroup->state}, {"Configuration", std::move(workgroup->configuration)}});
  if (workgroup->description) output.Set("Description", *workgroup->description);
  output.Set("CreationTime", workgroup->created);
  return Reply{.output = Value::Object({{"WorkGroup", std::move(output)}})};
}

AwsResult<Reply> ListWorkGroups(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  std::vector<Workgroup> found;
  {
    store::Rows rows = state.Query(fmt::format("{} AND name > ?2 ORDER BY name LIMIT ?3", kSelect), call.region,
                                   page->after(), page->rows());
    while (rows.Next()) found.push_back(ReadRow(rows));
  }
  const bool has_primary = std::ranges::find(found, kPrimary, &Workgroup::name) != found.end();
  if (!has_primary && page->after() < kPrimary &&
      !state.Query(fmt::format("{} AND name = ?2", kSelect), call.region, kPrimary).Next()) {
    found.push_back(DefaultPrimary(state));
  }
  std::ranges::sort(found, {}, &Workgroup::name);
  for (const Workgroup& workgroup : found) {
    if (!page->Add(Summary(workgroup), workgroup.name)) break;
  }
  return Reply{.output = page->Finish("WorkGroups")};
}

AwsResult<Reply> UpdateWorkGroup(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(std::move(workgroup.error()));
  workgroup->configuration = Updated(std::move(workgroup->configuration), call.input["ConfigurationUpdates"]);
  if (AwsStatus status = CheckConfiguration(workgroup->configuration); !status) {
    return std::unexpected(std::move(status.error()));
  }
  if (call.input.Has("Description")) workgroup->description = std::string(call.input["Description"].Text());
  workgroup->state = call.input["State"].Text(workgroup->state);
  Write(state, call.region, *workgroup);
  return Reply{};
}

AwsResult<Reply> DeleteWorkGroup(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["WorkGroup"].Text();
  if (name == kPrimary) return InvalidRequest(kInvalidInput, "The primary workgroup cannot be deleted");
  const auto workgroup = GetWorkgroup(state, call.region, name);
  if (!workgroup) return std::unexpected(workgroup.error());
  const bool is_empty =
      !state.Query("SELECT 1 FROM athena_execution WHERE region = ? AND workgroup = ? LIMIT 1", call.region, name)
           .Next() &&
      !state.Query("SELECT 1 FROM athena_named_query WHERE region = ? AND workgroup = ? LIMIT 1", call.region, name)
           .Next();
  if (!is_empty && !call.input["RecursiveDeleteOption"].Boolean()) {
    return InvalidRequest(kInvalidInput, "WorkGroup {} is not empty", name);
  }
  for (const std::string_view table :
       {"athena_execution", "athena_named_query", "athena_prepared_statement", "athena_tag"}) {
    state.Execute(fmt::format("DELETE FROM {} WHERE region = ? AND workgroup = ?", table), call.region, name);
  }
  state.Execute("DELETE FROM athena_workgroup WHERE region = ? AND name = ?", call.region, name);
  return Reply{};
}

}  // namespace opentrail::services::athena
