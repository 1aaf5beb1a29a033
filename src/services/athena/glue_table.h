#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.h"
#include "formats/table_format.h"
#include "sql/ddl.h"

// Between statements and what AWS Glue keeps.
namespace opentrail::services::athena {

// Names and types as Glue's Column structures.
[[nodiscard]] Value GlueColumns(const std::vector<sql::HiveColumn>& columns);
[[nodiscard]] Value GlueProperties(const sql::Properties& properties);
// TableInput of CreateTable. https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html
[[nodiscard]] Value GlueTable(const sql::CreateTable& create, Time now);
// TableInput that leaves a table as Glue gave it: without what Glue adds itself.
[[nodiscard]] Value GlueTableInput(const Value& table);
// A map of texts: a table's Parameters, a SerDe's.
[[nodiscard]] formats::Properties TextMap(const Value& map);
// How the table's files are read. Errors as TableFormatOf's.
[[nodiscard]] Result<formats::TableFormat> GlueFormat(const Value& table);
// PartitionInput of CreatePartition. Without a location of its own a partition lies in the folder that its keys and
// `values`, in their order, name.
[[nodiscard]] Value GluePartition(const Value& table, const Value& values, const std::optional<std::string>& location);
// A location as Glue keeps it: without the slash at its end.
[[nodiscard]] std::string_view GlueLocation(std::string_view location);
[[nodiscard]] bool IsView(const Value& table);
// "region=us-east-1/day=2026%2F03%2F01": a partition's folder, and its name in what SHOW PARTITIONS tells.
[[nodiscard]] std::string PartitionPath(const Value& table, const Value& values);
// The value behind "day=" in such a folder.
[[nodiscard]] std::string UnescapePathName(std::string_view name);
// The statement that makes such a table, a line a row, as SHOW CREATE TABLE words it.
[[nodiscard]] std::string CreateTableText(const Value& table);

}  // namespace opentrail::services::athena
