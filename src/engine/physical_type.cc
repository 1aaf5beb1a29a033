#include "engine/physical_type.h"

namespace opentrail::engine {

duckdb::LogicalType PhysicalType(const sql::Type& type) {
  return duckdb::TransformStringToLogicalType(type.EngineName());
}

}  // namespace opentrail::engine
