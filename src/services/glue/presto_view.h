#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/view.h"
#include "codec/value.h"
#include "sql/translate.h"

// Views as AWS Glue keeps them for Athena: a table of type VIRTUAL_VIEW whose ViewOriginalText holds the query, as
// base64 of Trino's ConnectorViewDefinition in JSON.
namespace opentrail::services::glue {

// Of a table of Glue's that IsView. Error: its text is no view's.
[[nodiscard]] Result<catalog::View> ReadPrestoView(const Value& table);

// TableInput of such a table. `owner` is who made it.
[[nodiscard]] Value PrestoViewTable(const std::string& name, const catalog::View& view, Time now);

// The columns of a query as a view has them. Error: one has no name, or two have the same.
[[nodiscard]] Result<std::vector<catalog::ViewColumn>> ViewColumnsOf(const std::vector<sql::OutputColumn>& columns);

}  // namespace opentrail::services::glue
