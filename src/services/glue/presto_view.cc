#include "services/glue/presto_view.h"

#include <algorithm>
#include <set>

#include "codec/json_value.h"
#include "codec/text.h"
#include "sql/text.h"
#include "sql/type.h"

namespace opentrail::services::glue {
namespace {

constexpr std::string_view kBegin = "/* Presto View: ";
constexpr std::string_view kEnd = " */";

// What Glue's columns of a view say: for whoever looks at them there; queries go by the view's own text. Types that
// Hive has not got are its strings.
std::string HiveType(const sql::Type& type) {
  using sql::TypeKind;
  switch (type.kind()) {
    case TypeKind::kBoolean: return "boolean";
    case TypeKind::kTinyint: return "tinyint";
    case TypeKind::kSmallint: return "smallint";
    case TypeKind::kInteger: return "int";
    case TypeKind::kBigint: return "bigint";
    case TypeKind::kReal: return "float";
    case TypeKind::kDouble: return "double";
    case TypeKind::kDecimal: return fmt::format("decimal({},{})", type.precision(), type.scale());
    case TypeKind::kChar: return fmt::format("char({})", type.length());
    case TypeKind::kVarchar:
      return type.length() == sql::Type::kUnbounded ? "string" : fmt::format("varchar({})", type.length());
    case TypeKind::kVarbinary: return "binary";
    case TypeKind::kDate: return "date";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kArray: return fmt::format("array<{}>", HiveType(type.element()));
    case TypeKind::kMap: return fmt::format("map<{},{}>", HiveType(type.key()), HiveType(type.value()));
    case TypeKind::kRow: {
      std::string fields;
      for (size_t i = 0; i < type.arguments().size(); ++i) {
        const std::string& name = type.field_names()[i];
        fields += fmt::format("{}{}:{}", i > 0 ? "," : "", name.empty() ? fmt::format("field{}", i) : name,
                              HiveType(type.arguments()[i]));
      }
      return fmt::format("struct<{}>", fields);
    }
    default: return "string";
  }
}

}  // namespace

Result<catalog::View> ReadPrestoView(const Value& table) {
  std::string_view text = table["ViewOriginalText"].Text();
  const auto broken = [&] {
    return MakeError(ErrorCode::kInvalidArgument, "View '{}.{}' has no text that Athena can read",
                     table["DatabaseName"].Text(), table["Name"].Text());
  };
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return broken();
  text.remove_prefix(kBegin.size());
  text.remove_suffix(kEnd.size());
  const auto json = codec::Base64Decode(text);
  if (!json) return broken();
  const auto definition = codec::ParseJsonValue(*json);
  if (!definition || !(*definition)["originalSql"].IsString()) return broken();
  catalog::View view{.sql = std::string((*definition)["originalSql"].Text()),
                     .catalog = sql::LowerCase((*definition)["catalog"].Text("awsdatacatalog")),
                     .database = std::string((*definition)["schema"].Text(table["DatabaseName"].Text())),
                     .columns = {}};
  for (const Value& column : (*definition)["columns"].elements()) {
    view.columns.push_back({std::string(column["name"].Text()), std::string(column["type"].Text())});
  }
  return view;
}

Value PrestoViewTable(const std::string& name, const catalog::View& view, Time now) {
  Value definition = Value::Object({{"originalSql", view.sql}, {"catalog", view.catalog}, {"schema", view.database}});
  Value columns = Value::List();
  Value glue_columns = Value::List();
  for (const catalog::ViewColumn& column : view.columns) {
    columns.Append(Value::Object({{"name", column.name}, {"type", column.type}}));
    const auto type = sql::ParseType(column.type);
    glue_columns.Append(Value::Object({{"Name", column.name}, {"Type", type ? HiveType(*type) : column.type}}));
  }
  definition.Set("columns", std::move(columns));
  const std::string encoded = codec::Base64Encode(codec::WriteJson(definition));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return Value::Object({{"Name", name},
                        {"Owner", "hadoop"},
                        {"Retention", 0},
                        {"StorageDescriptor", Value::Object({{"Columns", std::move(glue_columns)},
                                                             {"Location", ""},
                                                             {"Compressed", false},
                                                             {"NumberOfBuckets", 0},
                                                             {"SerdeInfo", Value::Object()},
                                                             {"SortColumns", Value::List()},
                                                             {"StoredAsSubDirectories", false}})},
                        {"PartitionKeys", Value::List()},
                        {"ViewOriginalText", fmt::format("{}{}{}", kBegin, encoded, kEnd)},
                        {"ViewExpandedText", "/* Presto View */"},
                        {"TableType", "VIRTUAL_VIEW"},
                        {"Parameters", Value::Object({{"comment", "Presto View"},
                                                      {"presto_view", "true"},
                                                      {"transient_lastDdlTime", std::to_string(seconds)}})}});
}

Result<std::vector<catalog::ViewColumn>> ViewColumnsOf(const std::vector<sql::OutputColumn>& columns) {
  std::vector<catalog::ViewColumn> result;
  std::set<std::string> names;
  for (const sql::OutputColumn& column : columns) {
    std::string name = sql::LowerCase(column.name);
    if (!names.insert(name).second) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "DUPLICATE_COLUMN_NAME: line 1:1: Column name '{}' specified more "
                       "than once",
                       name);
    }
    result.push_back({std::move(name), column.type.Name()});
  }
  return result;
}

}  // namespace opentrail::services::glue
