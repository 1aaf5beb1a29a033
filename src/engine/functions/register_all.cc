#include "engine/functions/register_all.h"

#include "engine/functions/register.h"

namespace opentrail::engine {

void RegisterAllFunctions(duckdb::DatabaseInstance& database) {
  RegisterStringFunctions(database);
  RegisterRegexpFunctions(database);
  RegisterJsonFunctions(database);
  RegisterNetworkFunctions(database);
  RegisterBinaryFunctions(database);
  RegisterDatetimeFunctions(database);
  RegisterCastFunctions(database);
  RegisterOperatorFunctions(database);
  RegisterMathFunctions(database);
  RegisterConditionalFunctions(database);
  RegisterArrayFunctions(database);
  RegisterMapFunctions(database);
  RegisterAggregateFunctions(database);
  RegisterRelationFunctions(database);
}

}  // namespace opentrail::engine
