#include "services/athena/write_target.h"

#include "formats/partition_filters.h"
#include "sql/operators.h"
#include "sql/text.h"
#include "sql/type.h"

namespace opentrail::services::athena {

using sql::Type;

std::expected<WriteTarget, Failure> TargetOf(const sql::QualifiedName& name, const WriteContext& context) {
  const auto& parts = name.parts;
  const auto part = [&](size_t from_end) { return sql::LowerCase(parts[parts.size() - from_end].text); };
  if (parts.size() > 3 || (parts.size() == 3 && part(3) != context.session.catalog)) {
    return WriteFailed("CATALOG_NOT_FOUND: line {}:{}: Catalog '{}' does not exist", name.position.line,
                       name.position.column, part(parts.size()));
  }
  return WriteTarget{parts.size() > 1 ? part(2) : context.session.database, part(1)};
}

// Glue's Table; null: there is none.
std::expected<Value, Failure> FindTable(const WriteTarget& target, CallerCalls& calls) {
  const auto reply =
      calls.Invoke("glue", "GetTable", Value::Object({{"DatabaseName", target.database}, {"Name", target.table}}));
  if (reply) return reply->output["Table"];
  if (reply.error().code == "EntityNotFoundException") return Value();
  return WriteFailed("HIVE_METASTORE_ERROR: {}: {}", reply.error().code, reply.error().message);
}

std::expected<sql::Translation, Failure> TranslateRows(const sql::Query& query, const WriteContext& context,
                                                       std::vector<bool>* named) {
  auto translation = sql::TranslateQuery(query, context.catalog, context.session, named);
  if (!translation) return std::unexpected(EngineFailure(translation.error().Text()));
  return *std::move(translation);
}

// An object's name: a time, the statement, and a number behind it.
std::string ObjectName(const Execution& execution) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(execution.submitted);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  return fmt::format("{:04}{:02}{:02}_{:02}{:02}{:02}_{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), execution.id);
}

// The last columns become texts: what partitions are named by.
std::expected<void, Failure> NamePartitions(size_t keys, sql::Translation& rows) {
  if (keys == 0) return {};
  const size_t first = rows.columns.size() - keys;
  std::string columns;
  std::string names;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    std::string value = fmt::format("c{}", i);
    names += (i == 0 ? "" : ", ") + value;
    if (i >= first) {
      const auto text = sql::ApplyCast({rows.columns[i].type, value}, Type::Varchar(), sql::CastMode::kCast, {});
      if (!text) {
        return WriteFailed("NOT_SUPPORTED: Unsupported partition column type: {}", rows.columns[i].type.Name());
      }
      value = fmt::format("coalesce({}, '{}')", text->sql, formats::kDefaultPartition);
      rows.columns[i].type = Type::Varchar();
    }
    columns += (i == 0 ? "" : ", ") + value;
  }
  rows.engine_sql = fmt::format("SELECT {} FROM ({}) AS source({})", columns, rows.engine_sql, names);
  return {};
}

}  // namespace opentrail::services::athena
