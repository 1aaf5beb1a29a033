#pragma once

#include "duckdb/common/types.hpp"
#include "sql/type.h"

namespace opentrail::engine {

// How the engine stores a type: what Type::EngineName() spells.
[[nodiscard]] duckdb::LogicalType PhysicalType(const sql::Type& type);

}  // namespace opentrail::engine
