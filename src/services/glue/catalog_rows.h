#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.h"
#include "services/service.h"
#include "services/token_page.h"
#include "store/connection.h"

// Databases and tables as rows.
namespace opentrail::services::glue {

inline constexpr std::string_view kDefaultDatabase = "default";

// Names are kept and compared in lower case.
[[nodiscard]] std::string CatalogName(const Value& name);

// EntityNotFoundException where the call names another catalog than the account's.
[[nodiscard]] AwsStatus CheckCatalog(const Call& call);
[[nodiscard]] std::unexpected<AwsError> EntityNotFound(std::string message);
[[nodiscard]] std::unexpected<AwsError> InvalidInput(std::string message);
// {ErrorCode, ErrorMessage}, as batches tell what failed.
[[nodiscard]] Value ErrorDetail(const AwsError& error);
// The page of a list that the call asks for.
[[nodiscard]] AwsResult<TokenPage> ListPage(const Call& call, int64_t default_limit = 100);

// Whether there is such a database in the call's region.
[[nodiscard]] bool HasDatabase(store::Connection& state, const Call& call, std::string_view name);

struct Table {
  int64_t id = 0;
  std::string database;
  std::string name;
  Value input;  // TableInput
  int64_t version = 0;
  Time created;
  Time updated;
  std::string created_by;

  // Table of the model.
  [[nodiscard]] Value Describe(const Call& call) const;
  [[nodiscard]] const Value::Elements& partition_keys() const { return input["PartitionKeys"].elements(); }
};

[[nodiscard]] std::optional<Table> FindTable(store::Connection& state, const Call& call, std::string_view database,
                                             std::string_view name);
// The table of input.DatabaseName and the named member; EntityNotFoundException.
[[nodiscard]] AwsResult<Table> GetTableOf(store::Connection& state, const Call& call,
                                          std::string_view member = "TableName");
// The rows of a query that selects kTableColumns.
inline constexpr std::string_view kTableColumns =
    "id, database_name, name, document, version, created, updated, created_by";
[[nodiscard]] Table ReadTable(const store::Rows& rows);

}  // namespace opentrail::services::glue
