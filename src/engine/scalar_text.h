#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "duckdb/common/types/vector.hpp"
#include "sql/type.h"

namespace opentrail::engine {

// Who wrote the texts of scalar values, and so what they mean.
enum class TextDialect : uint8_t {
  kLogs,       // CloudTrail's: only what is exactly of the type
  kJson,       // Hive's JsonSerDe: what is not "true" is false
  kOpenxJson,  // whole numbers may be written as decimals, dates as days, timestamps as seconds or milliseconds
  kHive,       // LazySimpleSerDe, RegexSerDe, names of partitions
  kCsv,        // OpenCSVSerde: dates are days since 1970, timestamps milliseconds
};

// What becomes of a text that is none of its type.
enum class InvalidText : uint8_t { kIsNull, kIsError };

struct TextRules {
  TextDialect dialect = TextDialect::kLogs;
  InvalidText invalid = InvalidText::kIsNull;
  std::string column;  // for the error's words
};

// varchar without a bound: a text is its value as it stands.
[[nodiscard]] bool IsPlainText(const sql::Type& type);

void SetValid(duckdb::Vector& vector, duckdb::idx_t row);
void SetNull(duckdb::Vector& vector, duckdb::idx_t row);

// The text as a value of the scalar `type`, into `target`, a flat vector of PhysicalType(type). False: it is none. The
// text is copied.
bool TrySetScalarText(duckdb::Vector& target, duckdb::idx_t row, std::string_view text, const sql::Type& type,
                      TextDialect dialect);
// The same by the rules. Throws HIVE_BAD_DATA.
void SetScalarText(duckdb::Vector& target, duckdb::idx_t row, std::string_view text, const sql::Type& type,
                   const TextRules& rules);

}  // namespace opentrail::engine
