#include "cli/ddl_tables.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "formats/partition_filters.h"
#include "formats/table_format.h"
#include "logs/s3_client.h"
#include "sql/ddl_local.h"

namespace opentrail::cli {
namespace {

constexpr size_t kShownBytes = 60;

std::unexpected<Error> Refuse(std::string_view statement, std::string_view message) {
  const size_t begin = std::min(statement.find_first_not_of(" \t\r\n"), statement.size());
  return MakeError(ErrorCode::kInvalidArgument, "{}… : {}", statement.substr(begin, kShownBytes), message);
}

formats::Properties PropertiesOf(const sql::Properties& properties) {
  formats::Properties map;
  for (const auto& [name, value] : properties) map[name] = value;
  return map;
}

// A location as a path, from the text of a statement.
std::string PlaceOf(const std::string& location, const std::string& folder) {
  constexpr std::string_view kFile = "file://";
  if (logs::S3Path::Parse(location)) return location;
  const std::filesystem::path path(location.starts_with(kFile) ? location.substr(kFile.size()) : location);
  std::string place = path.is_absolute() ? path.string() : (std::filesystem::path(folder) / path).string();
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  return place;
}

// One table on its way.
struct Declared {
  catalog::Table table;
  formats::TableFormat format;
  TablePlaces places;
};

class TableReader {
 public:
  TableReader(const std::string& folder, const DdlOptions& options) : folder_(folder), options_(options) {}

  Status Read(const std::string& statement) {
    auto parsed = sql::ParseLocalDdl(statement);
    if (!parsed) return Refuse(statement, parsed.error().Text());
    if (const auto* create = std::get_if<sql::CreateTable>(&*parsed)) return Create(statement, *create);
    if (const auto* add = std::get_if<sql::AddPartitions>(&*parsed)) return Add(statement, *add);
    if (std::holds_alternative<sql::CreateDatabase>(*parsed)) return {};
    return Refuse(statement, "only CREATE DATABASE, CREATE EXTERNAL TABLE and ALTER TABLE ADD PARTITION are read here");
  }
  std::map<std::string, Declared>& tables() { return tables_; }

 private:
  [[nodiscard]] std::string NameOf(const sql::TableName& name) const {
    return name.database.value_or(options_.database) + "." + name.name;
  }
  Status Create(const std::string& statement, const sql::CreateTable& create);
  Status Add(const std::string& statement, const sql::AddPartitions& add);

  const std::string& folder_;
  const DdlOptions& options_;
  std::map<std::string, Declared> tables_;
};

Status TableReader::Create(const std::string& statement, const sql::CreateTable& create) {
  Declared declared;
  declared.table.catalog = "awsdatacatalog";
  declared.table.database = create.table.database.value_or(options_.database);
  declared.table.name = create.table.name;
  for (const sql::HiveColumn& column : create.columns) declared.table.columns.push_back({column.name, column.type});
  for (const sql::HiveColumn& key : create.partition_keys) {
    declared.table.columns.push_back({.name = key.name, .hive_type = key.type, .partition = true});
    declared.places.keys.push_back(key.name);
  }
  catalog::AddFileColumns(declared.table);
  const auto format = formats::TableFormatOf({.input_format = create.format.input_format,
                                              .serde = create.format.serde,
                                              .serde_properties = PropertiesOf(create.format.serde_properties),
                                              .table_properties = PropertiesOf(create.properties)});
  if (!format) return Refuse(statement, format.error().message);
  declared.format = *format;
  declared.places.location = PlaceOf(create.location, folder_);
  declared.places.now = options_.now;
  const auto properties = PropertiesOf(create.properties);
  if (!declared.places.keys.empty() && catalog::Projection::IsEnabled(properties)) {
    auto projection = catalog::Projection::Parse(declared.places.keys, properties, declared.places.location);
    if (!projection) return Refuse(statement, projection.error().message);
    declared.places.projection = *std::move(projection);
  }
  const std::string name = NameOf(create.table);
  if (tables_.contains(name)) {
    return create.if_not_exists ? Status() : Refuse(statement, fmt::format("Table {} already exists", name));
  }
  tables_.emplace(name, std::move(declared));
  return {};
}

Status TableReader::Add(const std::string& statement, const sql::AddPartitions& add) {
  const auto found = tables_.find(NameOf(add.table));
  if (found == tables_.end()) return Refuse(statement, fmt::format("Table {} does not exist", NameOf(add.table)));
  TablePlaces& places = found->second.places;
  for (const auto& partition : add.partitions) {
    catalog::Partition added;
    std::string location = places.location;
    for (const std::string& key : places.keys) {
      const auto value = std::ranges::find(partition.values, key, &std::pair<std::string, std::string>::first);
      if (value == partition.values.end() || partition.values.size() != places.keys.size()) {
        return Refuse(statement, "a partition must have a value for each of the table's keys");
      }
      added.values.push_back(value->second);
      location += "/" + formats::FolderName(key, value->second);
    }
    added.location = partition.location ? PlaceOf(*partition.location, folder_) : location;
    places.partitions.push_back(std::move(added));
  }
  return {};
}

// Where a quote, a name or a comment that begins at `at` ends; `at` itself where none begins there.
size_t SkipQuoted(std::string_view text, size_t at) {
  const auto past = [&](std::string_view end, size_t from) {
    const size_t found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  const char c = text[at];
  if (text.substr(at).starts_with("--")) return past("\n", at);
  if (text.substr(at).starts_with("/*")) return past("*/", at + 2);
  if (c != '\'' && c != '"' && c != '`') return at;
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && c != '`') {
      ++i;
    } else if (text[i] == c) {
      return i + 1;
    }
  }
  return text.size();
}

}  // namespace

std::vector<std::string> SplitStatements(std::string_view text) {
  std::vector<std::string> statements;
  size_t begin = 0;
  bool has_words = false;
  for (size_t at = 0; at <= text.size();) {
    if (at == text.size() || text[at] == ';') {
      if (has_words) statements.emplace_back(text.substr(begin, at - begin));
      has_words = false;
      begin = ++at;
      continue;
    }
    const size_t end = SkipQuoted(text, at);
    const bool is_comment = end > at && (text[at] == '-' || text[at] == '/');
    has_words = has_words || (!is_comment && std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos);
    at = std::max(end, at + 1);
  }
  return statements;
}

Result<std::vector<engine::BoundTable>> TablesOf(std::string_view ddl, const std::string& folder,
                                                 const DdlOptions& options, const StoreMaker& make) {
  TableReader reader(folder, options);
  for (const std::string& statement : SplitStatements(ddl)) {
    if (Status read = reader.Read(statement); !read) return std::unexpected(read.error());
  }
  std::vector<engine::BoundTable> tables;
  for (auto& [name, declared] : reader.tables()) {
    engine::BoundTable& bound = tables.emplace_back();
    bound.table = std::move(declared.table);
    bound.source = options.source;
    bound.source.store = std::make_shared<PlacedStore>(std::move(declared.places), make);
    bound.format = std::move(declared.format);
  }
  return tables;
}

}  // namespace opentrail::cli
