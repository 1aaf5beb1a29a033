#include <string>
#include <vector>

#include "duckdb/common/types/timestamp.hpp"
#include "engine/functions/java_number.h"
#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"
#include "engine/functions/text_format.h"

namespace opentrail::engine {
namespace {

using Kind = FormatArgument::Kind;

// java.time.LocalDateTime's text: a T between date and time, seconds and fraction only where they are not zero.
std::string JavaTimestamp(duckdb::timestamp_t timestamp) {
  std::string text = duckdb::Timestamp::ToString(timestamp);
  if (const size_t blank = text.find(' '); blank != std::string::npos) text[blank] = 'T';
  if (text.ends_with(":00")) text.resize(text.size() - 3);
  return text;
}

// The value as Trino hands it to Java. `text` is the value after the dialect's cast to varchar, which alone knows what
// a BIGINT stands for; Java prints floating point and timestamps in its own way.
FormatArgument ArgumentOf(const duckdb::Value& value, const duckdb::Value& text) {
  FormatArgument argument;
  if (value.IsNull()) return argument;
  argument.text = text.IsNull() ? "null" : duckdb::StringValue::Get(text);
  switch (value.type().id()) {
    case duckdb::LogicalTypeId::BOOLEAN:
      argument.kind = Kind::kBoolean;
      argument.integer = value.GetValue<bool>() ? 1 : 0;
      break;
    case duckdb::LogicalTypeId::TINYINT:
    case duckdb::LogicalTypeId::SMALLINT:
    case duckdb::LogicalTypeId::INTEGER:
    case duckdb::LogicalTypeId::BIGINT:
      argument.kind = Kind::kInteger;
      argument.integer = value.GetValue<int64_t>();
      break;
    case duckdb::LogicalTypeId::FLOAT:
      argument.kind = Kind::kReal;
      argument.real = value.GetValue<float>();
      argument.text.clear();
      AppendJavaFloat(value.GetValue<float>(), argument.text);
      break;
    case duckdb::LogicalTypeId::DOUBLE:
      argument.kind = Kind::kReal;
      argument.real = value.GetValue<double>();
      argument.text.clear();
      AppendJavaDouble(argument.real, argument.text);
      break;
    case duckdb::LogicalTypeId::DECIMAL: argument.kind = Kind::kDecimal; break;
    case duckdb::LogicalTypeId::TIMESTAMP:
      argument.kind = Kind::kText;
      argument.text = JavaTimestamp(value.GetValue<duckdb::timestamp_t>());
      break;
    default: argument.kind = Kind::kText; break;
  }
  return argument;
}

// trino_format(format, value, text of value, value, text of value, …)
void Format(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const bool constant = chunk.AllConstant();
  std::string out;
  std::vector<FormatArgument> arguments;
  for (duckdb::idx_t row = 0; row < (constant ? 1 : chunk.size()); row++) {
    const duckdb::Value format = chunk.GetValue(0, row);
    if (format.IsNull()) {
      scalar_detail::SetNull(result, row);
      continue;
    }
    arguments.clear();
    for (duckdb::idx_t i = 1; i + 1 < chunk.ColumnCount(); i += 2) {
      arguments.push_back(ArgumentOf(chunk.GetValue(i, row), chunk.GetValue(i + 1, row)));
    }
    out.clear();
    AppendFormatted(duckdb::StringValue::Get(format), arguments, out);
    scalar_detail::Set(result, row, out);
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void RegisterFormatFunction(duckdb::DatabaseInstance& database) {
  RegisterChunk(database, {.name = "trino_format",
                           .arguments = {duckdb::LogicalType::VARCHAR},
                           .result = duckdb::LogicalType::VARCHAR,
                           .function = Format,
                           .varargs = duckdb::LogicalType::ANY,
                           .null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING});
}

}  // namespace opentrail::engine
