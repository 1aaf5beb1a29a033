#include <string>
#include <vector>

#include "duckdb/common/types/timestamp.hpp"
#include "engine/functions/java_number.h"
#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"
#include "engine/functions/text_format.h"
#include "engine/functions/time_zone.h"
#include "sql/datetime_text.h"

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

// An instant comes as (packed, the wall clock's timestamp).
void SetInstant(const duckdb::Value& value, ZoneClock& clock, FormatArgument& argument) {
  const auto& parts = duckdb::StructValue::GetChildren(value);
  const auto packed = parts[0].GetValue<int64_t>();
  const sql::TimeZoneKey zone = sql::PackedZone(packed);
  argument.kind = Kind::kZoned;
  argument.local_micros = parts[1].GetValue<duckdb::timestamp_t>().value;
  argument.offset_minutes = static_cast<int>(clock.OffsetMillis(sql::PackedMillis(packed), zone) / 60'000);
  const std::string_view short_name = clock.ShortName(sql::PackedMillis(packed), zone);
  argument.zone = short_name.empty() ? sql::TimeZoneName(zone) : std::string(short_name);
}

// The value as Trino hands it to Java. `text` is the value after the dialect's cast to varchar, which alone knows what
// a BIGINT stands for; Java prints floating point and timestamps in its own way.
FormatArgument ArgumentOf(const duckdb::Value& value, const duckdb::Value& text, ZoneClock& clock) {
  FormatArgument argument;
  if (value.IsNull() || text.IsNull()) return argument;
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
    case duckdb::LogicalTypeId::DATE:
      argument.kind = Kind::kDate;
      argument.local_micros = int64_t{value.GetValue<duckdb::date_t>().days} * sql::kMicrosPerDay;
      break;
    case duckdb::LogicalTypeId::TIME:
      argument.kind = Kind::kTime;
      argument.local_micros = value.GetValue<duckdb::dtime_t>().micros;
      break;
    case duckdb::LogicalTypeId::TIMESTAMP:
      argument.kind = Kind::kTimestamp;
      argument.local_micros = value.GetValue<duckdb::timestamp_t>().value;
      argument.text = JavaTimestamp(value.GetValue<duckdb::timestamp_t>());
      break;
    case duckdb::LogicalTypeId::STRUCT: SetInstant(value, clock, argument); break;
    default: argument.kind = Kind::kText; break;
  }
  return argument;
}

// trino_format(format, value, text of value, value, text of value, …)
void Format(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const bool constant = chunk.AllConstant();
  std::string out;
  std::vector<FormatArgument> arguments;
  ZoneClock clock;
  for (duckdb::idx_t row = 0; row < (constant ? 1 : chunk.size()); row++) {
    const duckdb::Value format = chunk.GetValue(0, row);
    if (format.IsNull()) {
      scalar_detail::SetNull(result, row);
      continue;
    }
    arguments.clear();
    for (duckdb::idx_t i = 1; i + 1 < chunk.ColumnCount(); i += 2) {
      arguments.push_back(ArgumentOf(chunk.GetValue(i, row), chunk.GetValue(i + 1, row), clock));
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
