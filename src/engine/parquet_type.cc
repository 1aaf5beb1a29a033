#include "engine/parquet_type.h"

#include <fmt/format.h>

#include "duckdb.hpp"
#include "engine/physical_type.h"

namespace opentrail::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

// The physical type of Parquet that such values are stored as, for the error's words.
std::string_view ParquetName(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN: return "BOOLEAN";
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::UTINYINT:
    case LogicalTypeId::USMALLINT:
    case LogicalTypeId::UINTEGER:
    case LogicalTypeId::DATE: return "INT32";
    case LogicalTypeId::FLOAT: return "FLOAT";
    case LogicalTypeId::DOUBLE: return "DOUBLE";
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::BLOB: return "BINARY";
    case LogicalTypeId::DECIMAL: return "DECIMAL";
    case LogicalTypeId::STRUCT: return "group";
    case LogicalTypeId::LIST: return "LIST";
    case LogicalTypeId::MAP: return "MAP";
    default: return "INT64";
  }
}

bool IsWhole(const LogicalType& type) { return type.IsIntegral(); }

bool IsTimestamp(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS:
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_TZ: return true;
    default: return false;
  }
}

bool IsText(const LogicalType& type) { return type.id() == LogicalTypeId::VARCHAR || type.id() == LogicalTypeId::BLOB; }

// Columns of structs are found by name: what the other lacks does no harm.
bool AreStructsReadable(const LogicalType& stored, const LogicalType& declared);

bool IsReadableAs(const LogicalType& stored, const LogicalType& declared) {
  if (declared.id() == LogicalTypeId::STRUCT || declared.id() == LogicalTypeId::LIST ||
      declared.id() == LogicalTypeId::MAP) {
    if (stored.id() != declared.id()) return false;
    if (declared.id() == LogicalTypeId::STRUCT) return AreStructsReadable(stored, declared);
    if (declared.id() == LogicalTypeId::LIST) {
      return IsReadableAs(duckdb::ListType::GetChildType(stored), duckdb::ListType::GetChildType(declared));
    }
    return IsReadableAs(duckdb::MapType::KeyType(stored), duckdb::MapType::KeyType(declared)) &&
           IsReadableAs(duckdb::MapType::ValueType(stored), duckdb::MapType::ValueType(declared));
  }
  if (IsTimestamp(declared)) return IsTimestamp(stored);
  if (IsText(declared)) return IsText(stored);
  if (declared.id() == LogicalTypeId::DOUBLE) return stored.id() == LogicalTypeId::FLOAT || stored == declared;
  if (declared.id() == LogicalTypeId::DECIMAL) return stored.id() == LogicalTypeId::DECIMAL || IsWhole(stored);
  return stored.id() == declared.id() || (IsWhole(declared) && IsWhole(stored));
}

bool AreStructsReadable(const LogicalType& stored, const LogicalType& declared) {
  for (const auto& [name, type] : duckdb::StructType::GetChildTypes(declared)) {
    for (const auto& [other, other_type] : duckdb::StructType::GetChildTypes(stored)) {
      if (duckdb::StringUtil::CIEquals(name, other) && !IsReadableAs(other_type, type)) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> ParquetTypeProblem(const duckdb::vector<duckdb::MultiFileColumnDefinition>& file_columns,
                                              const ScanColumn& column, const std::string& path) {
  for (const auto& stored : file_columns) {
    if (!duckdb::StringUtil::CIEquals(stored.name, column.name)) continue;
    if (IsReadableAs(stored.type, PhysicalType(column.type))) return std::nullopt;
    return fmt::format(
        "HIVE_BAD_DATA: Field {}'s type {} in parquet file {} is incompatible with type {} defined in table schema",
        column.name, ParquetName(stored.type), path, column.type.Name());
  }
  return std::nullopt;
}

}  // namespace opentrail::engine
