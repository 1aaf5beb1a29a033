#pragma once

#include <expected>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "services/athena/query_failure.h"
#include "services/athena/write_plan.h"

// What the plans of all statements that write have in common.
namespace opentrail::services::athena {

// A failure in Trino's words, "CODE: line 1:1: …".
template <typename... Args>
[[nodiscard]] std::unexpected<Failure> WriteFailed(fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(EngineFailure(fmt::format(format, std::forward<Args>(args)...)));
}

// The table that is written, in lower case.
struct WriteTarget {
  std::string database;
  std::string table;
  [[nodiscard]] std::string FullName() const { return fmt::format("awsdatacatalog.{}.{}", database, table); }
};

// CATALOG_NOT_FOUND where the name is of another catalog.
[[nodiscard]] std::expected<WriteTarget, Failure> TargetOf(const sql::QualifiedName& name, const WriteContext& context);

// Glue's Table; null: there is none.
[[nodiscard]] std::expected<Value, Failure> FindTable(const WriteTarget& target, CallerCalls& calls);

// `named` takes of each column whether the query names it.
[[nodiscard]] std::expected<sql::Translation, Failure> TranslateRows(const sql::Query& query,
                                                                     const WriteContext& context,
                                                                     std::vector<bool>* named = nullptr);

// The name that the statement's objects begin with: a time and the execution's id; a number comes behind it.
[[nodiscard]] std::string ObjectName(const Execution& execution);

// Makes texts of the last columns, which partitions are named by.
[[nodiscard]] std::expected<void, Failure> NamePartitions(size_t keys, sql::Translation& rows);

}  // namespace opentrail::services::athena
