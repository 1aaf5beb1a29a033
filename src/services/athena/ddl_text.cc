#include "services/athena/ddl_text.h"

#include <exception>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "engine/functions/regexp_pattern.h"
#include "services/athena/glue_table.h"

namespace opentrail::services::athena {
namespace {

void AppendRow(std::string& text, std::string_view row) {
  if (!text.empty()) text += '\n';
  text += row;
}

// '*' that follows nothing it could repeat stands for any text.
std::string RegexOf(std::string_view pattern) {
  std::string regex;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool repeats = i > 0 && (pattern[i - 1] == '.' || pattern[i - 1] == ']' || pattern[i - 1] == ')');
    if (pattern[i] == '*' && !repeats) regex += '.';
    regex += pattern[i];
  }
  return regex;
}

class NamePattern {
 public:
  explicit NamePattern(const std::optional<std::string>& pattern) {
    if (!pattern) return;
    try {
      pattern_.emplace(fmt::format("^(?i:{})$", RegexOf(*pattern)));
    } catch (const std::exception&) {
      is_broken_ = true;
    }
  }
  [[nodiscard]] bool Matches(std::string_view name) {
    if (!pattern_) return !is_broken_;
    try {
      return pattern_->Search(name, 0);
    } catch (const std::exception&) {  // it needs more steps than it is given
      return false;
    }
  }

 private:
  std::optional<engine::RegexpPattern> pattern_;
  bool is_broken_ = false;  // it matches nothing
};

void AppendColumns(std::string& text, const Value& columns) {
  for (const Value& column : columns.elements()) {
    AppendRow(text, DescribeRow(column["Name"].Text(), column["Type"].Text(), column["Comment"].Text()));
  }
}

constexpr std::string_view kBlankRow = "\t \t ";

void AppendDetail(std::string& text, std::string_view name, std::string_view value) {
  AppendRow(text, fmt::format("{:<20}\t{:<20}\t ", name, value));
}

void AppendParameters(std::string& text, std::string_view title, const Value& parameters) {
  AppendRow(text, fmt::format("{}\t \t ", title));
  for (const Value::Member& each : parameters.members()) {
    AppendRow(text, fmt::format("\t{:<20}\t{:<20}", each.name, each.value.Text()));
  }
}

std::string ListText(const Value& names) {
  std::string text;
  for (const Value& name : names.elements()) text += fmt::format("{}{}", text.empty() ? "" : ", ", name.Text());
  return fmt::format("[{}]", text);
}

// As Java's Date prints itself.
std::string DateText(const Value& time) {
  const auto at = time.Timestamp();
  if (!at) return "UNKNOWN";
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*at);
  return fmt::format("{:%a %b %d %H:%M:%S} UTC {:%Y}", seconds, seconds);
}

// What FORMATTED adds.
void AppendDetails(std::string& text, const Value& table) {
  const Value& storage = table["StorageDescriptor"];
  AppendRow(text, kBlankRow);
  AppendRow(text, "# Detailed Table Information\t \t ");
  AppendDetail(text, "Database:", table["DatabaseName"].Text());
  AppendDetail(text, "Owner:", table["Owner"].Text());
  AppendDetail(text, "CreateTime:", DateText(table["CreateTime"]));
  AppendDetail(text, "LastAccessTime:", DateText(table["LastAccessTime"]));
  AppendDetail(text, "Protect Mode:", "None");
  AppendDetail(text, "Retention:", std::to_string(table["Retention"].Integer(0)));
  AppendDetail(text, "Location:", storage["Location"].Text());
  AppendDetail(text, "Table Type:", table["TableType"].Text());
  AppendParameters(text, "Table Parameters:", table["Parameters"]);
  AppendRow(text, kBlankRow);
  AppendRow(text, "# Storage Information\t \t ");
  AppendDetail(text, "SerDe Library:", storage["SerdeInfo"]["SerializationLibrary"].Text());
  AppendDetail(text, "InputFormat:", storage["InputFormat"].Text());
  AppendDetail(text, "OutputFormat:", storage["OutputFormat"].Text());
  AppendDetail(text, "Compressed:", storage["Compressed"].Boolean() ? "Yes" : "No");
  AppendDetail(text, "Num Buckets:", std::to_string(storage["NumberOfBuckets"].Integer(-1)));
  AppendDetail(text, "Bucket Columns:", ListText(storage["BucketColumns"]));
  AppendDetail(text, "Sort Columns:", ListText(storage["SortColumns"]));
  AppendParameters(text, "Storage Desc Params:", storage["SerdeInfo"]["Parameters"]);
}

std::string MapText(const Value& map) {
  std::string text;
  for (const Value::Member& each : map.members()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", each.name, each.value.Text());
  }
  return fmt::format("{{{}}}", text);
}

std::string FieldsText(const Value& columns) {
  std::string text;
  for (const Value& column : columns.elements()) {
    text += fmt::format("{}FieldSchema(name:{}, type:{}, comment:{})", text.empty() ? "" : ", ", column["Name"].Text(),
                        column["Type"].Text(), column["Comment"].Text("null"));
  }
  return fmt::format("[{}]", text);
}

// What EXTENDED adds: Hive's table in Thrift's words.
std::string TableInWords(const Value& table) {
  const Value& storage = table["StorageDescriptor"];
  const Value& serde = storage["SerdeInfo"];
  return fmt::format(
      "Table(tableName:{}, dbName:{}, owner:{}, retention:{}, sd:StorageDescriptor(cols:{}, location:{}, "
      "inputFormat:{}, outputFormat:{}, compressed:{}, numBuckets:{}, serdeInfo:SerDeInfo(name:null, "
      "serializationLib:{}, parameters:{}), bucketCols:{}, sortCols:{}, parameters:{{}}), partitionKeys:{}, "
      "parameters:{}, viewOriginalText:null, viewExpandedText:null, tableType:{})",
      table["Name"].Text(), table["DatabaseName"].Text(), table["Owner"].Text(), table["Retention"].Integer(0),
      FieldsText(storage["Columns"]), storage["Location"].Text(), storage["InputFormat"].Text(),
      storage["OutputFormat"].Text(), storage["Compressed"].Boolean(), storage["NumberOfBuckets"].Integer(-1),
      serde["SerializationLibrary"].Text(), MapText(serde["Parameters"]), ListText(storage["BucketColumns"]),
      ListText(storage["SortColumns"]), FieldsText(table["PartitionKeys"]), MapText(table["Parameters"]),
      table["TableType"].Text());
}

}  // namespace

std::string NamesText(const Value& entries, const std::optional<std::string>& pattern) {
  NamePattern names(pattern);
  std::string text;
  for (const Value& entry : entries.elements()) {
    if (names.Matches(entry["Name"].Text())) AppendRow(text, entry["Name"].Text());
  }
  return text;
}

std::string ColumnNamesText(const Value& table) {
  std::string text;
  for (const Value* columns : {&table["StorageDescriptor"]["Columns"], &table["PartitionKeys"]}) {
    for (const Value& column : columns->elements()) AppendRow(text, fmt::format("{:<20}", column["Name"].Text()));
  }
  return text;
}

std::string PartitionsText(const Value& table, const Value& partitions) {
  std::string text;
  for (const Value& partition : partitions.elements()) AppendRow(text, PartitionPath(table, partition["Values"]));
  return text;
}

std::string PropertiesText(const Value& table, const std::optional<std::string>& key) {
  std::string text;
  for (const Value::Member& each : table["Parameters"].members()) {
    if (!key) AppendRow(text, fmt::format("{}\t{}", each.name, each.value.Text()));
    if (key && *key == each.name) return std::string(each.value.Text());
  }
  if (key) {
    return fmt::format("Table {}.{} does not have property: {}", table["DatabaseName"].Text(), table["Name"].Text(),
                       *key);
  }
  return text;
}

std::string DescribeRow(std::string_view name, std::string_view type, std::string_view comment) {
  return fmt::format("{:<20}\t{:<20}\t{:<20}", name, type, comment);
}

std::string DescribeText(const Value& table, sql::Describe::Form form) {
  using Form = sql::Describe::Form;
  std::string text;
  if (form == Form::kFormatted) {
    AppendRow(text, DescribeRow("# col_name", "data_type", "comment"));
    AppendRow(text, kBlankRow);
  }
  const Value& keys = table["PartitionKeys"];
  AppendColumns(text, table["StorageDescriptor"]["Columns"]);
  if (form != Form::kFormatted) AppendColumns(text, keys);
  if (!keys.elements().empty()) {
    AppendRow(text, kBlankRow);
    AppendRow(text, "# Partition Information\t \t ");
    AppendRow(text, DescribeRow("# col_name", "data_type", "comment"));
    AppendRow(text, kBlankRow);
    AppendColumns(text, keys);
  }
  if (form == Form::kFormatted) AppendDetails(text, table);
  if (form == Form::kExtended) {
    AppendRow(text, kBlankRow);
    AppendRow(text, fmt::format("Detailed Table Information\t{}\t", TableInWords(table)));
  }
  return text;
}

}  // namespace opentrail::services::athena
