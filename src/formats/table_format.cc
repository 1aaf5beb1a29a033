#include "formats/table_format.h"

#include <algorithm>
#include <charconv>

namespace opentrail::formats {
namespace {

constexpr std::string_view kCloudTrailInput = "com.amazon.emr.cloudtrail.CloudTrailInputFormat";
constexpr std::string_view kCloudTrailSerde = "com.amazon.emr.hive.serde.CloudTrailSerde";
constexpr std::string_view kOpenxSerde = "org.openx.data.jsonserde.JsonSerDe";
constexpr std::array<std::string_view, 4> kJsonSerdes = {"org.apache.hive.hcatalog.data.JsonSerDe",
                                                         "org.apache.hadoop.hive.serde2.JsonSerDe",
                                                         "org.apache.hcatalog.data.JsonSerDe", kOpenxSerde};
constexpr std::string_view kLazySimpleSerde = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
constexpr std::string_view kCsvSerde = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
constexpr std::array<std::string_view, 2> kRegexSerdes = {"org.apache.hadoop.hive.serde2.RegexSerDe",
                                                          "org.apache.hadoop.hive.contrib.serde2.RegexSerDe"};
constexpr std::string_view kParquetSerde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
constexpr std::string_view kMapping = "mapping.";

const std::string* Find(const Properties& properties, std::string_view name) {
  const auto found = properties.find(name);
  return found == properties.end() ? nullptr : &found->second;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

bool IsTrue(const Properties& properties, std::string_view name, bool otherwise = false) {
  const std::string* value = Find(properties, name);
  return value == nullptr ? otherwise : Lower(*value) == "true";
}

std::unexpected<Error> Invalid(std::string_view name, std::string_view value) {
  return MakeError(ErrorCode::kInvalidArgument, "INVALID_TABLE_PROPERTY: Property '{}' is invalid: '{}'", name, value);
}

// "," or "\t" as it stands, or a byte's number as text ("44"), as Hive reads delimiters.
std::optional<char> Delimiter(const std::string* value) {
  if (value == nullptr || value->empty()) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  const bool is_number = error == std::errc() && end == value->data() + value->size();
  if (is_number && number >= -128 && number <= 127) return static_cast<char>(number);
  return value->front();
}

void SetDelimiter(const Properties& properties, std::string_view name, char& delimiter) {
  if (const auto given = Delimiter(Find(properties, name))) delimiter = *given;
}

JsonFormat JsonFormatOf(std::string_view serde, const Properties& properties) {
  JsonFormat format;
  format.is_openx = serde == kOpenxSerde;
  if (!format.is_openx) return format;
  format.ignores_malformed = IsTrue(properties, "ignore.malformed.json");
  format.ignores_case = IsTrue(properties, "case.insensitive", true);
  format.dots_in_keys = IsTrue(properties, "dots.in.keys");
  for (const auto& [name, value] : properties) {
    if (name.starts_with(kMapping)) format.keys.emplace(Lower(name.substr(kMapping.size())), value);
  }
  return format;
}

DelimitedFormat DelimitedFormatOf(const Properties& properties) {
  DelimitedFormat format;
  SetDelimiter(properties, "serialization.format", format.separators[0]);
  SetDelimiter(properties, "field.delim", format.separators[0]);
  SetDelimiter(properties, "collection.delim", format.separators[1]);
  SetDelimiter(properties, "colelction.delim", format.separators[1]);  // as Hive spells it
  SetDelimiter(properties, "mapkey.delim", format.separators[2]);
  if (const std::string* null = Find(properties, "serialization.null.format")) format.null_text = *null;
  format.escape = Delimiter(Find(properties, "escape.delim"));
  format.last_takes_rest = IsTrue(properties, "serialization.last.column.takes.rest");
  return format;
}

CsvFormat CsvFormatOf(const Properties& properties) {
  CsvFormat format;
  const auto take = [&](std::string_view name, char& character) {
    if (const std::string* value = Find(properties, name); value != nullptr && !value->empty()) {
      character = value->front();
    }
  };
  take("separatorChar", format.separator);
  take("quoteChar", format.quote);
  take("escapeChar", format.escape);
  // The SerDe takes a quotation mark, its own default, for the parser's default, which is the backslash.
  if (format.escape == '"') format.escape = '\\';
  return format;
}

Result<uint32_t> LineCount(const StorageDescription& storage, std::string_view name) {
  const std::string* value = Find(storage.table_properties, name);
  if (value == nullptr) value = Find(storage.serde_properties, name);
  if (value == nullptr || value->empty()) return 0;
  uint32_t count = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), count);
  if (error != std::errc() || end != value->data() + value->size() || count > kMaxSkippedLines) {
    return Invalid(name, *value);
  }
  return count;
}

Result<TableFormat> FormOf(const StorageDescription& storage) {
  const std::string_view serde = storage.serde;
  const Properties& properties = storage.serde_properties;
  const bool is_json = std::ranges::find(kJsonSerdes, serde) != kJsonSerdes.end();
  if (serde == kCloudTrailSerde || (is_json && storage.input_format == kCloudTrailInput)) {
    return TableFormat{CloudTrailFormat{}};
  }
  if (is_json) return TableFormat{JsonFormatOf(serde, properties)};
  if (serde == kLazySimpleSerde) return TableFormat{DelimitedFormatOf(properties)};
  if (serde == kCsvSerde) return TableFormat{CsvFormatOf(properties)};
  if (serde == kParquetSerde) return TableFormat{ParquetFormat{}};
  if (std::ranges::find(kRegexSerdes, serde) != kRegexSerdes.end()) {
    const std::string* pattern = Find(properties, "input.regex");
    if (pattern == nullptr || pattern->empty()) return Invalid("input.regex", "");
    return TableFormat{RegexFormat{*pattern, IsTrue(properties, "input.regex.case.insensitive")}};
  }
  return MakeError(ErrorCode::kUnsupported, "NOT_SUPPORTED: SerDe {} is not supported yet", serde);
}

}  // namespace

Result<TableFormat> TableFormatOf(const StorageDescription& storage) {
  auto format = FormOf(storage);
  if (!format) return format;
  const auto header = LineCount(storage, "skip.header.line.count");
  if (!header) return std::unexpected(header.error());
  const auto footer = LineCount(storage, "skip.footer.line.count");
  if (!footer) return std::unexpected(footer.error());
  format->header_lines = *header;
  format->footer_lines = *footer;
  format->null_for_invalid = IsTrue(storage.table_properties, "use.null.for.invalid.data");
  return format;
}

}  // namespace opentrail::formats
