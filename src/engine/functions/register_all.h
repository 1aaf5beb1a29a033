#pragma once

namespace duckdb {
class DatabaseInstance;
}

namespace opentrail::engine {

// Every family of engine/functions/register.h.
void RegisterAllFunctions(duckdb::DatabaseInstance& database);

}  // namespace opentrail::engine
