#include <algorithm>

#include "services/athena/glue_table.h"
#include "services/athena/output_folder.h"
#include "services/athena/query_failure.h"
#include "services/athena/query_job.h"

// The statements that write tables: CREATE TABLE AS, INSERT INTO, UNLOAD.
// https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html
namespace opentrail::services::athena {
namespace {

constexpr size_t kPartitionsOfCall = 100;  // what BatchCreatePartition takes
constexpr std::string_view kManifest = "-manifest.csv";

// Nullopt: there is nothing below the location.
std::optional<Failure> CheckIsEmpty(const WritePlan& plan, CallerCalls& calls) {
  const auto place = S3Location::Parse(plan.place.location);
  const auto listed = calls.InvokeOnBucket(
      "ListObjectsV2", Value::Object({{"Bucket", place->bucket}, {"Prefix", place->key}, {"MaxKeys", int64_t{1}}}));
  if (!listed) return ObjectFailure(plan.place.location, listed.error());
  if (listed->output["Contents"].elements().empty()) return std::nullopt;
  return EngineFailure(fmt::format(
      "HIVE_PATH_ALREADY_EXISTS: Target directory for table '{0}' already exists: {1}. You may need to manually "
      "clean the data at location '{1}' before retrying. Athena will not delete data in your account.",
      plan.target_name, plan.place.location));
}

// BatchCreatePartition of those that the catalog has not yet.
void AddPartitionCalls(const WritePlan& plan, const BucketFolder& folder, TableChange& change) {
  Value inputs = Value::List();
  const auto flush = [&] {
    if (inputs.elements().empty()) return;
    change.calls.push_back({"BatchCreatePartition", Value::Object({{"DatabaseName", plan.database},
                                                                   {"TableName", plan.table},
                                                                   {"PartitionInputList", std::move(inputs)}})});
    inputs = Value::List();
  };
  for (const auto& [values, location] : folder.partitions()) {
    if (plan.place.partitions.contains(values)) continue;
    Value list = Value::List();
    for (const std::string& value : values) list.Append(value);
    inputs.Append(GluePartition(plan.table_value, list, location));
    if (inputs.elements().size() == kPartitionsOfCall) flush();
  }
  flush();
}

}  // namespace

QueryJob::Outcome QueryJob::RunWrite(const std::string& statement) {
  const auto parsed = sql::ParseWriteStatement(statement);
  if (!parsed) return Failed(EngineFailure(parsed.error().Text()));
  QuerySession session(calls_, running_, execution_, DatabaseName());
  if (const Status opened = session.Open(engines_); !opened) return Failed(EngineFailure(opened.error().message));
  const Time begin = parts_.clock.Now();
  WriteContext context{calls_, session.engine().Catalog(), session.session(), execution_, is_location_enforced_};
  auto plan = std::visit([&](const auto& node) { return PlanWrite(node, context); }, *parsed);
  planning_ms_ = MillisecondsSince(begin);
  if (!plan) return Failed(session.FailureOf(Error{ErrorCode::kInvalidArgument, plan.error().message}));
  Outcome outcome;
  outcome.failure = WriteTable(*plan, session, outcome);
  engine_ms_ = MillisecondsSince(begin);
  if (outcome.failure) return Failed(*std::move(outcome.failure));
  execution_.columns = Value::List({ColumnInfo("rows", sql::Type(sql::TypeKind::kBigint))});
  execution_.update_count = output_rows_;
  AddManifest(outcome);
  AddMetadata(outcome);
  return outcome;
}

std::optional<Failure> QueryJob::WriteTable(WritePlan& plan, QuerySession& session, Outcome& outcome) {
  if (plan.is_done) return std::nullopt;
  if (plan.must_be_empty) {
    if (auto failure = CheckIsEmpty(plan, calls_)) return failure;
  }
  BucketFolder folder(parts_.s3, calls_, parts_.random, execution_.document["ResultConfiguration"], plan.place);
  if (plan.has_rows) {
    const auto rows = session.engine().Write(plan.rows, plan.output, folder, running_.cancel);
    if (!rows) return session.FailureOf(rows.error());
    output_rows_ = static_cast<int64_t>(*rows);
    output_bytes_ = folder.bytes();
    input_rows_ = static_cast<int64_t>(session.engine().Statistics().events);
  }
  if (!plan.new_table.IsNull()) {
    outcome.change.calls.push_back(
        {"CreateTable", Value::Object({{"DatabaseName", plan.database}, {"TableInput", plan.new_table}})});
  }
  if (!plan.table.empty()) AddPartitionCalls(plan, folder, outcome.change);
  outcome.change.objects = folder.TakeFiles();
  return std::nullopt;
}

// The objects' addresses, a line each.
void QueryJob::AddManifest(Outcome& outcome) {
  manifest_ = std::string(execution_.output()) + std::string(kManifest);
  std::vector<std::string> addresses;
  for (const BucketFolder::Written& object : outcome.change.objects) addresses.push_back(object.uri);
  std::ranges::sort(addresses);
  std::string text;
  for (const std::string& address : addresses) text += address + "\n";
  if (const AwsStatus added = AddFile(outcome, manifest_, text); !added) {
    outcome.failure = OutputFailure(manifest_, added.error());
  }
}

}  // namespace opentrail::services::athena
