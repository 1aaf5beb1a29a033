#include "engine/functions/register_all.h"

#include "engine/functions/register.h"

namespace opentrail::engine {

void RegisterAllFunctions(duckdb::DatabaseInstance& database) { static_cast<void>(database); }

}  // namespace opentrail::engine
