#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "services/athena/caller_calls.h"
#include "services/athena/failure_note.h"

// Tables whose rows are the catalog itself: information_schema, and what partitions a table has.
// https://docs.aws.amazon.com/athena/latest/ug/querying-glue-catalog.html
namespace opentrail::services::athena {

inline constexpr std::string_view kInformationSchema = "information_schema";
inline constexpr std::string_view kPartitionsSuffix = "$partitions";

// information_schema.schemata, tables, columns, views: what the caller may see in Glue (GetDatabases, GetTables), asked
// when the table is read, and only of the databases that predicates on the schema leave. What Glue refuses is told to
// the note. nullopt: there is no such table.
[[nodiscard]] std::optional<engine::BoundTable> InformationSchemaTable(std::string_view name, CallerCalls& calls,
                                                                       FailureNote& note);

// "t$partitions": a row for each partition that Glue has of the table, its keys for columns. `glue_table` is Glue's
// Table. nullopt: it has no partition keys.
[[nodiscard]] std::optional<engine::BoundTable> PartitionsTable(const Value& glue_table, CallerCalls& calls,
                                                                FailureNote& note);

}  // namespace opentrail::services::athena
