#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "services/athena/caller_calls.h"
#include "services/athena/ddl_runner.h"
#include "services/athena/execution.h"
#include "sql/ddl.h"

// What statements of data definition share: the caller's calls of Glue, and failures in Hive's words.
namespace opentrail::services::athena {

// https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
inline constexpr int kDdlCategory = 1;
inline constexpr int kDdlTask = 1003;
inline constexpr int kTableMissing = 1110;
inline constexpr size_t kPartitionsCreatedByCall = 100;  // BatchCreatePartition's bound
inline constexpr const char* kDdlTaskError =
    "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ";

[[nodiscard]] std::unexpected<Failure> DdlFailed(std::string message, int type = kDdlTask);
// What Glue answered, as Hive's task tells it.
[[nodiscard]] std::unexpected<Failure> DdlTaskFailed(const AwsError& error);
[[nodiscard]] std::unexpected<Failure> NoSuchDatabase(std::string_view name);

// One for each execution. Outlived by what it refers to.
class DdlContext {
 public:
  DdlContext(CallerCalls& calls, const std::string& database, Time now)
      : calls_(calls), database_(database), now_(now) {}

  [[nodiscard]] CallerCalls& calls() { return calls_; }
  [[nodiscard]] const std::string& database() const { return database_; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] const std::string& DatabaseOf(const sql::TableName& table) const {
    return table.database ? *table.database : database_;
  }
  // {DatabaseName, TableName}
  [[nodiscard]] Value KeyOf(const sql::TableName& table) const;

  AwsResult<Reply> Glue(std::string_view operation, Value input) {
    return calls_.Invoke("glue", operation, std::move(input));
  }
  // One call that changes what Glue has; nothing to tell.
  TextOutcome Change(std::string_view operation, Value input);
  // Calls of a batch operation with parts of a list. `matters` is asked of each error that one answers.
  TextOutcome ChangeInBatches(std::string_view operation, Value input, std::string_view member,
                              const Value::Elements& all, size_t at_once,
                              const std::function<bool(const AwsError&)>& matters);
  // The table as Glue has it.
  std::expected<Value, Failure> FindTable(const sql::TableName& name);
  // Reads the table, changes its TableInput and writes it back; not where `edit` tells a failure.
  TextOutcome EditTable(const sql::TableName& name, const std::function<std::optional<Failure>(Value& input)>& edit);
  // Every entry of a list of Glue's, page by page.
  AwsResult<Value> ListAll(std::string_view operation, std::string_view member, Value input);

 private:
  CallerCalls& calls_;
  const std::string& database_;
  Time now_;
};

// Rows of a column.
[[nodiscard]] TextResult DdlRows(std::string_view column, std::string text);

// ddl_runner.cc: databases and tables
TextOutcome Run(DdlContext& context, const sql::CreateDatabase& create);
TextOutcome Run(DdlContext& context, const sql::DropDatabase& drop);
TextOutcome Run(DdlContext& context, const sql::AlterDatabase& alter);
TextOutcome Run(DdlContext& context, const sql::CreateTable& create);
TextOutcome Run(DdlContext& context, const sql::DropTable& drop);
TextOutcome Run(DdlContext& context, const sql::AddColumns& add);
TextOutcome Run(DdlContext& context, const sql::ReplaceColumns& replace);
TextOutcome Run(DdlContext& context, const sql::ChangeColumn& change);
TextOutcome Run(DdlContext& context, const sql::SetTableProperties& set);

// ddl_partition.cc
TextOutcome Run(DdlContext& context, const sql::AddPartitions& add);
TextOutcome Run(DdlContext& context, const sql::DropPartitions& drop);
TextOutcome Run(DdlContext& context, const sql::RenamePartition& rename);
TextOutcome Run(DdlContext& context, const sql::SetLocation& set);

// ddl_repair.cc
TextOutcome Run(DdlContext& context, const sql::RepairTable& repair);

// ddl_show.cc
TextOutcome Run(DdlContext& context, const sql::ShowDatabases& show);
TextOutcome Run(DdlContext& context, const sql::ShowTables& show);
TextOutcome Run(DdlContext& context, const sql::ShowColumns& show);
TextOutcome Run(DdlContext& context, const sql::ShowPartitions& show);
TextOutcome Run(DdlContext& context, const sql::ShowTableProperties& show);
TextOutcome Run(DdlContext& context, const sql::ShowCreate& show);
TextOutcome Run(DdlContext& context, const sql::Describe& describe);

}  // namespace opentrail::services::athena
