#include "services/athena/metadata_table.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <vector>

#include "codec/json_value.h"
#include "formats/partition_filters.h"
#include "logs/file_store.h"
#include "services/athena/glue_table.h"
#include "services/athena/query_failure.h"
#include "services/glue/presto_view.h"
#include "sql/text.h"
#include "sql/type.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kCatalog = "awsdatacatalog";
constexpr std::string_view kString = "string";

// Texts made for one statement, as the files of a table of JSON lines. Thread-safe once listed.
class GeneratedStore final : public logs::FileStore {
 public:
  struct Part {
    std::string name;
    std::string lines;
    std::shared_ptr<const logs::PartitionFields> partition;
  };
  using Generate = std::function<Result<std::vector<Part>>(std::span<const catalog::KeyFilter>, const CancelToken&)>;

  explicit GeneratedStore(Generate generate) : generate_(std::move(generate)) {}

  Result<logs::Listing> List(std::span<const logs::Predicate> predicates, const CancelToken& cancel) override {
    auto parts = generate_(formats::KeyFiltersOf(predicates), cancel);
    if (!parts) return std::unexpected(std::move(parts.error()));
    logs::Listing listing;
    const std::lock_guard lock(mutex_);
    for (Part& part : *parts) {
      if (part.lines.empty()) continue;
      listing.files.push_back({.path = part.name, .size = part.lines.size(), .partition = part.partition});
      texts_[part.name] = std::move(part.lines);
    }
    return listing;
  }
  Status Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) override {
    if (file.size > max_bytes)
      return MakeError(ErrorCode::kLimitExceeded, "{}: more than {} bytes", file.path, max_bytes);
    content.resize(file.size);
    return ReadRange(file, 0, file.size, content.data());
  }
  Status ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override {
    const std::lock_guard lock(mutex_);
    const std::string& text = texts_[file.path];
    if (offset > text.size() || bytes > text.size() - offset) return MakeError(ErrorCode::kInternal, "out of range");
    std::copy_n(text.data() + offset, bytes, out);
    return {};
  }

 private:
  const Generate generate_;
  std::mutex mutex_;
  std::map<std::string, std::string> texts_;
};

engine::BoundTable Bind(std::string_view database, std::string name, std::vector<catalog::Column> columns,
                        GeneratedStore::Generate generate) {
  engine::BoundTable bound;
  bound.table = {.catalog = std::string(kCatalog),
                 .database = std::string(database),
                 .name = std::move(name),
                 .columns = std::move(columns)};
  bound.source.store = std::make_shared<GeneratedStore>(std::move(generate));
  bound.source.strict = true;
  bound.format = {.form = formats::JsonFormat{.is_openx = true, .keys = {}}};
  return bound;
}

// All pages of a list of Glue's.
AwsResult<Value> ListAll(CallerCalls& calls, std::string_view operation, Value input, std::string_view list,
                         const CancelToken& cancel) {
  Value all = Value::List();
  for (;;) {
    if (cancel.IsCancelled()) return AwsFailure("Cancelled", "cancelled");
    auto page = calls.Invoke("glue", operation, input);
    if (!page) return std::unexpected(std::move(page.error()));
    for (Value& element : page->output.At(list).mutable_elements()) all.Append(std::move(element));
    if (!page->output.Has("NextToken")) return all;
    input.Set("NextToken", page->output["NextToken"]);
  }
}

// --- information_schema ---

struct Relation {
  std::string_view name;
  std::vector<std::string_view> columns;  // the schema's is a partition key, so that predicates on it are known
};

const std::vector<Relation>& Relations() {
  static const std::vector<Relation> relations = {
      {"columns",
       {"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default",
        "is_nullable", "data_type", "comment", "extra_info"}},
      {"schemata", {"catalog_name", "schema_name"}},
      {"tables", {"table_catalog", "table_schema", "table_name", "table_type"}},
      {"views", {"table_catalog", "table_schema", "table_name", "view_definition"}}};
  return relations;
}

bool IsSchema(std::string_view column) { return column == "table_schema" || column == "schema_name"; }

std::string_view TypeOf(std::string_view column) { return column == "ordinal_position" ? "bigint" : kString; }

void AppendLine(std::string& lines, const Value& row) {
  codec::AppendJson(lines, row);
  lines += '\n';
}

std::string TypeName(std::string_view hive_type) {
  const auto type = sql::ParseHiveType(hive_type);
  return type ? type->Name() : std::string(hive_type);
}

// A column of a table: its name, its type, and what else is said of it.
struct Described {
  std::string name, type;
  Value comment;
  std::string_view extra;
};

std::vector<Described> ColumnsOf(const Value& table) {
  std::vector<Described> columns;
  if (IsView(table)) {
    if (const auto view = glue::ReadPrestoView(table)) {
      for (const catalog::ViewColumn& column : view->columns) columns.push_back({column.name, column.type, {}, {}});
      return columns;
    }
  }
  for (const Value& column : table["StorageDescriptor"]["Columns"].elements()) {
    columns.push_back({std::string(column["Name"].Text()), TypeName(column["Type"].Text()), column["Comment"], {}});
  }
  for (const Value& key : table["PartitionKeys"].elements()) {
    columns.push_back({std::string(key["Name"].Text()), TypeName(key["Type"].Text()), key["Comment"], "partition key"});
  }
  return columns;
}

void AppendColumns(std::string& lines, const Value& table) {
  int64_t position = 0;
  for (const Described& column : ColumnsOf(table)) {
    Value row = Value::Object({{"table_catalog", kCatalog},
                               {"table_name", table["Name"]},
                               {"column_name", sql::LowerCase(column.name)},
                               {"ordinal_position", ++position},
                               {"is_nullable", "YES"},
                               {"data_type", column.type}});
    row.SetIfPresent("comment", column.comment);
    if (!column.extra.empty()) row.Set("extra_info", column.extra);
    AppendLine(lines, row);
  }
}

// The rows that a relation has of one table.
void AppendTable(std::string& lines, std::string_view relation, const Value& table) {
  if (relation == "columns") return AppendColumns(lines, table);
  Value row = Value::Object({{"table_catalog", kCatalog}, {"table_name", table["Name"]}});
  if (relation == "tables") {
    row.Set("table_type", IsView(table) ? "VIEW" : "BASE TABLE");
    return AppendLine(lines, row);
  }
  if (!IsView(table)) return;
  if (const auto view = glue::ReadPrestoView(table)) row.Set("view_definition", view->sql);
  AppendLine(lines, row);
}

// The schema that holds these relations is a schema, too.
Value OwnTables() {
  Value tables = Value::List();
  for (const Relation& relation : Relations()) {
    Value columns = Value::List();
    for (const std::string_view column : relation.columns) {
      columns.Append(Value::Object({{"Name", column}, {"Type", TypeOf(column)}}));
    }
    tables.Append(Value::Object(
        {{"Name", relation.name}, {"StorageDescriptor", Value::Object({{"Columns", std::move(columns)}})}}));
  }
  return tables;
}

class InformationSchema {
 public:
  InformationSchema(CallerCalls& calls, FailureNote& note, const Relation& relation)
      : calls_(calls), note_(note), relation_(relation) {}

  Result<std::vector<GeneratedStore::Part>> operator()(std::span<const catalog::KeyFilter> filters,
                                                       const CancelToken& cancel) const {
    const auto databases = ListAll(calls_, "GetDatabases", Value::Object(), "DatabaseList", cancel);
    if (!databases) return Refused(databases.error());
    std::vector<std::string> schemas = {std::string(kInformationSchema)};
    for (const Value& database : databases->elements()) schemas.emplace_back(database["Name"].Text());
    std::vector<GeneratedStore::Part> parts;
    const std::vector<std::string> keys = {relation_.name == "schemata" ? "schema_name" : "table_schema"};
    for (const std::string& schema : schemas) {
      if (!catalog::PassesAll(filters, keys[0], schema)) continue;
      auto lines = LinesOf(schema, cancel);
      if (!lines) return Refused(lines.error());
      const std::vector<std::string> values = {schema};
      parts.push_back(
          {fmt::format("{}/{}", relation_.name, schema), *std::move(lines), formats::PartitionFieldsOf(keys, values)});
    }
    return parts;
  }

 private:
  [[nodiscard]] AwsResult<std::string> LinesOf(const std::string& schema, const CancelToken& cancel) const {
    std::string lines;
    if (relation_.name == "schemata") {
      AppendLine(lines, Value::Object({{"catalog_name", kCatalog}}));
      return lines;
    }
    auto tables = schema == kInformationSchema
                      ? AwsResult<Value>(OwnTables())
                      : ListAll(calls_, "GetTables", Value::Object({{"DatabaseName", schema}}), "TableList", cancel);
    if (!tables) return std::unexpected(std::move(tables.error()));
    for (const Value& table : tables->elements()) AppendTable(lines, relation_.name, table);
    return lines;
  }
  [[nodiscard]] std::unexpected<Error> Refused(const AwsError& error) const {
    const Failure failure = CatalogFailure(error);
    note_.Tell(failure);
    return MakeError(ErrorCode::kIo, "{}", failure.message);
  }

  CallerCalls& calls_;
  FailureNote& note_;
  const Relation& relation_;  // of Relations()
};

}  // namespace

std::optional<engine::BoundTable> InformationSchemaTable(std::string_view name, CallerCalls& calls, FailureNote& note) {
  const auto relation = std::ranges::find(Relations(), name, &Relation::name);
  if (relation == Relations().end()) return std::nullopt;
  std::vector<catalog::Column> columns;
  for (const std::string_view column : relation->columns) {
    columns.push_back(
        {.name = std::string(column), .hive_type = std::string(TypeOf(column)), .partition = IsSchema(column)});
  }
  return Bind(kInformationSchema, std::string(name), std::move(columns), InformationSchema(calls, note, *relation));
}

std::optional<engine::BoundTable> PartitionsTable(const Value& glue_table, CallerCalls& calls, FailureNote& note) {
  std::vector<catalog::Column> columns;
  std::vector<std::string> keys;
  for (const Value& key : glue_table["PartitionKeys"].elements()) {
    keys.push_back(sql::LowerCase(key["Name"].Text()));
    columns.push_back({.name = keys.back(), .hive_type = std::string(key["Type"].Text())});
  }
  if (columns.empty()) return std::nullopt;
  const std::string database(glue_table["DatabaseName"].Text());
  const std::string table(glue_table["Name"].Text());
  const Value input = Value::Object({{"DatabaseName", database}, {"TableName", table}, {"ExcludeColumnSchema", true}});
  auto generate = [&calls, &note, input, keys](std::span<const catalog::KeyFilter> /*filters*/,
                                               const CancelToken& cancel) -> Result<std::vector<GeneratedStore::Part>> {
    const auto partitions = ListAll(calls, "GetPartitions", input, "Partitions", cancel);
    if (!partitions) {
      note.Tell(CatalogFailure(partitions.error()));
      return MakeError(ErrorCode::kIo, "{}", partitions.error().message);
    }
    std::string lines;
    for (const Value& partition : partitions->elements()) {
      Value row = Value::Object();
      const auto& values = partition["Values"].elements();
      for (size_t i = 0; i < keys.size() && i < values.size(); ++i) {
        if (values[i].Text() != formats::kDefaultPartition) row.Set(keys[i], values[i]);
      }
      AppendLine(lines, row);
    }
    return std::vector<GeneratedStore::Part>{{"partitions", std::move(lines), nullptr}};
  };
  return Bind(database, table + std::string(kPartitionsSuffix), std::move(columns), std::move(generate));
}

}  // namespace opentrail::services::athena
