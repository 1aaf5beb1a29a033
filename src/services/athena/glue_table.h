#pragma once

#include <string>

#include "codec/value.h"
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
// The statement that makes such a table, a line a row, as SHOW CREATE TABLE words it.
[[nodiscard]] std::string CreateTableText(const Value& table);

}  // namespace opentrail::services::athena
