#include "services/athena/ddl_text.h"

#include <exception>
#include <string_view>

#include <fmt/format.h>

#include "engine/functions/regexp_pattern.h"

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

std::string DescribeRow(std::string_view name, std::string_view type, std::string_view comment) {
  return fmt::format("{:<20}\t{:<20}\t{:<20}", name, type, comment);
}

void AppendColumns(std::string& text, const Value& columns) {
  for (const Value& column : columns.elements()) {
    AppendRow(text, DescribeRow(column["Name"].Text(), column["Type"].Text(), column["Comment"].Text()));
  }
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
  const auto& keys = table["PartitionKeys"].elements();
  std::string text;
  for (const Value& partition : partitions.elements()) {
    std::string row;
    const auto& values = partition["Values"].elements();
    for (size_t i = 0; i < keys.size() && i < values.size(); ++i) {
      row += fmt::format("{}{}={}", i > 0 ? "/" : "", keys[i]["Name"].Text(), values[i].Text());
    }
    AppendRow(text, row);
  }
  return text;
}

std::string PropertiesText(const Value& properties, const std::optional<std::string>& key) {
  std::string text;
  for (const Value::Member& each : properties.members()) {
    if (!key || *key == each.name) AppendRow(text, fmt::format("{}\t{}", each.name, each.value.Text()));
  }
  return text;
}

std::string DescribeText(const Value& table) {
  std::string text;
  AppendColumns(text, table["StorageDescriptor"]["Columns"]);
  const Value& keys = table["PartitionKeys"];
  if (keys.elements().empty()) return text;
  AppendColumns(text, keys);
  AppendRow(text, "\t \t ");
  AppendRow(text, "# Partition Information\t \t ");
  AppendRow(text, DescribeRow("# col_name", "data_type", "comment"));
  AppendRow(text, "\t \t ");
  AppendColumns(text, keys);
  return text;
}

}  // namespace opentrail::services::athena
