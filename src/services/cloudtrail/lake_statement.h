#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/aws_error.h"
#include "base/clock.h"
#include "catalog/catalog.h"
#include "services/cloudtrail/event_data_store_name.h"
#include "services/service.h"
#include "sql/translate.h"

// A query of CloudTrail Lake before it runs.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-limitations.html
namespace opentrail::services::cloudtrail {

inline constexpr size_t kMaxStatementCharacters = 10'000;
// Event data stores that one statement may read.
inline constexpr size_t kMaxStatementStores = 10;

// What a name in FROM stands for: an event data store's id, or its ARN between quotes. nullopt: for none.
[[nodiscard]] std::optional<EventDataStoreReference> StoreOfTableName(const Call& call, std::string_view name);

// An event data store as a table: its documented columns, and no hidden ones, as there are no files to tell of.
[[nodiscard]] catalog::Table LakeTable(std::string_view database, std::string_view name);

// The session that a statement is understood in.
[[nodiscard]] sql::Session LakeSession(Time now);

// The event data stores that a statement reads, each once. InvalidQueryStatementException says what is wrong with the
// statement, as Trino would: it is resolved as a whole, but run nowhere. Pure; thread-safe.
[[nodiscard]] AwsResult<std::vector<EventDataStoreReference>> StoresOfStatement(const Call& call,
                                                                                std::string_view statement);

}  // namespace opentrail::services::cloudtrail
