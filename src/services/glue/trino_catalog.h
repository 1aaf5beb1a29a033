#pragma once

#include <string>
#include <string_view>

#include "services/glue/catalog_rows.h"

// The account's catalog as a Trino cluster is offered it, for hive.metastore.glue.catalogid: "<account>:trino". It can
// only be read. Most tables are what they are. CloudTrail's input format no Trino opens; such a table is two there:
// `t$records`, whose rows are the log files, each an object with an array of records, and under its own name a view
// that has the records for rows. Nobody sees the former in a list.
namespace opentrail::services::glue {

[[nodiscard]] bool IsTrinoCatalog(const Call& call);

// The table that is meant by a name in the call's catalog, in lower case.
[[nodiscard]] std::string StoredName(const Call& call, std::string_view name);

// A table as the call's catalog has it, under the name by which it was asked for. nullopt: that is none there.
[[nodiscard]] std::optional<Value> OfferedTable(const Call& call, const Table& table, std::string_view asked);

// The same of a partition of the table.
[[nodiscard]] Value OfferedPartition(const Call& call, const Table& table, Value partition);

}  // namespace opentrail::services::glue
