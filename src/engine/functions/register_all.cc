#include "engine/functions/register_all.h"

#include "engine/functions/register.h"

namespace opentrail::engine {

void RegisterAllFunctions(duckdb::DatabaseInstance& database) {
  RegisterRegexpFunctions(database);
  RegisterJsonFunctions(database);
  RegisterOperatorFunctions(database);
}

}  // namespace opentrail::engine
