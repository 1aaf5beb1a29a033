#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// UNNEST: arrays and maps side by side, the shorter ones filled up with NULL, as the engine's unnest() in one SELECT
// does it too.
namespace opentrail::sql {

namespace {

// An array to unnest; a map gives two, which are equally long.
struct Source {
  Type element;
  std::string sql;
  bool values_of_map = false;
};

std::string LengthSql(const std::vector<Source>& sources) {
  std::vector<std::string> lengths;
  for (const Source& source : sources) {
    if (!source.values_of_map) lengths.push_back(fmt::format("coalesce(len({}), 0)", source.sql));
  }
  return lengths.size() == 1 ? lengths[0] : fmt::format("greatest({})", fmt::join(lengths, ", "));
}

// The arrays in one SELECT, which is a row source of its own. To keep a row whose arrays are all empty, its first one
// gets an element that is NULL.
std::string UnnestSql(const std::vector<Source>& sources, bool with_ordinality, bool keep_empty, bool lateral,
                      const std::string& alias) {
  const std::string length = with_ordinality || keep_empty ? LengthSql(sources) : "";
  const auto filled = [&](const std::string& array, const Type& element) {
    return fmt::format("CASE WHEN {} = 0 THEN CAST([NULL] AS {}) ELSE {} END", length,
                       Type::Array(element).EngineName(), array);
  };
  std::string columns;
  for (size_t i = 0; i < sources.size(); ++i) {
    const bool fill = keep_empty && i == 0;
    columns += fmt::format("{}unnest({}) AS {}", i == 0 ? "" : ", ",
                           fill ? filled(sources[i].sql, sources[i].element) : sources[i].sql, ColumnName(i));
  }
  if (with_ordinality) {
    const std::string numbers = fmt::format("range(1, {} + 1)", length);
    columns += fmt::format(", unnest({}) AS {}", keep_empty ? filled(numbers, Type(TypeKind::kBigint)) : numbers,
                           ColumnName(sources.size()));
  }
  return fmt::format("{}(SELECT {}) AS {}", lateral ? "LATERAL " : "", columns, QuoteIdentifier(alias));
}

// Which of the two ways to name the columns the alias list means: a column an array, or one a field of its rows.
enum class RowColumns : uint8_t { kWhole, kFields };

RowColumns ChooseColumns(const std::vector<Source>& sources, bool with_ordinality,
                         const std::vector<Identifier>* aliases) {
  if (aliases == nullptr || aliases->empty()) return RowColumns::kWhole;
  const size_t extra = with_ordinality ? 1 : 0;
  size_t fields = extra;
  for (const Source& source : sources) {
    fields += source.element.kind() == TypeKind::kRow ? source.element.arguments().size() : 1;
  }
  if (aliases->size() == sources.size() + extra) return RowColumns::kWhole;
  return aliases->size() == fields ? RowColumns::kFields : RowColumns::kWhole;
}

std::vector<Field> FieldsOfRow(const Type& row, const std::string& sql, bool hidden) {
  std::vector<Field> fields;
  const std::vector<std::string> names = row.EngineFieldNames();
  for (size_t i = 0; i < names.size(); ++i) {
    Field field;
    field.label = row.field_names()[i];
    field.name = LowerCase(field.label);
    field.type = row.arguments()[i];
    field.sql = fmt::format("struct_extract({}, {})", sql, QuoteLiteral(names[i]));
    field.hidden = hidden;
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace

Result<ResolvedRelation> Resolver::ResolveUnnest(const UnnestRelation& unnest, const Scope* outer, const Scope* lateral,
                                                 EmptyArrays empty, const UnnestNames* names) {
  Scope alone;
  alone.outer = outer;
  const ExpressionContext context{lateral != nullptr ? lateral : &alone};
  const CorrelationWatch watch(context.scope);
  std::vector<Source> sources;
  RowUnnest rows;
  for (const ExpressionPointer& expression : unnest.arrays) {
    SQL_CHECK(RefuseAggregates(*expression, "UNNEST"));
    const Resolved value = SQL_TRY(ResolveRoot(*expression, context));
    if (value.type.kind() == TypeKind::kArray) {
      sources.push_back({value.type.element(), value.sql});
      if (value.type.element().kind() == TypeKind::kRow) {
        rows.arguments.push_back(static_cast<size_t>(&expression - unnest.arrays.data()));
      }
    } else if (value.type.kind() == TypeKind::kMap) {
      sources.push_back({value.type.key(), fmt::format("map_keys({})", value.sql)});
      sources.push_back({value.type.value(), fmt::format("map_values({})", value.sql), true});
    } else {
      return std::unexpected(Error{ErrorCode::kInvalidFunctionArgument, std::nullopt,
                                   fmt::format("Cannot unnest type: {}", value.type.Name())});
    }
  }
  correlation_.unnest = correlation_.unnest || watch.Saw();
  const std::string alias = NewAlias("u");
  ResolvedRelation relation;
  relation.alias = alias;
  relation.sql = UnnestSql(sources, unnest.with_ordinality, empty == EmptyArrays::kKeepRow, lateral != nullptr, alias);
  const RowColumns columns =
      ChooseColumns(sources, unnest.with_ordinality, names != nullptr ? &names->columns : nullptr);
  if (columns == RowColumns::kWhole && names != nullptr && !names->columns.empty() && !rows.arguments.empty()) {
    rows.position = names->unnest;
    if (std::ranges::find(row_unnests_, rows) == row_unnests_.end()) row_unnests_.push_back(std::move(rows));
  }
  std::vector<Field> hidden;
  for (size_t i = 0; i < sources.size(); ++i) {
    const std::string sql = ColumnSql(alias, i);
    const bool row = sources[i].element.kind() == TypeKind::kRow;
    // Without column names of its own, a row's fields are found under theirs.
    if (row) {
      const bool shown = columns == RowColumns::kFields;
      std::ranges::move(FieldsOfRow(sources[i].element, sql, !shown),
                        std::back_inserter(shown ? relation.fields : hidden));
      if (shown) continue;
    }
    Field field;
    field.type = sources[i].element;
    field.sql = sql;
    relation.fields.push_back(std::move(field));
  }
  if (unnest.with_ordinality) {
    Field field;
    field.type = Type(TypeKind::kBigint);
    field.sql = ColumnSql(alias, sources.size());
    relation.fields.push_back(std::move(field));
  }
  std::ranges::move(hidden, std::back_inserter(relation.fields));
  return relation;
}

}  // namespace opentrail::sql
