#pragma once

#include "services/athena/statement.h"

namespace opentrail::services::athena {

// Whether the statement's result may stand for a later execution's of the same text: a query without functions that
// give another value each time, and without a LIMIT that may take other rows.
// https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html
[[nodiscard]] bool IsReusable(const ParsedStatement& statement);

}  // namespace opentrail::services::athena
