#include "services/athena/write_properties.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/athena/bucket_store.h"
#include "services/athena/query_failure.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

std::unexpected<Failure> Refused(std::string_view code, const sql::WriteProperty& property, std::string_view message) {
  return std::unexpected(EngineFailure(
      fmt::format("{}: line {}:{}: {}", code, property.position.line, property.position.column, message)));
}

std::unexpected<Failure> Invalid(const sql::WriteProperty& property, std::string_view why) {
  return Refused("INVALID_TABLE_PROPERTY", property,
                 fmt::format("Invalid value for catalog 'awsdatacatalog' table property '{}': {}", property.name, why));
}

const std::string* TextOf(const sql::WriteProperty& property) { return std::get_if<std::string>(&property.value); }

using Read = std::expected<void, Failure>;

// Reads one property into the settings; each is a method of its name.
class SettingsReader {
 public:
  explicit SettingsReader(WriteSettings& settings) : settings_(settings) {}

  Read Format(const sql::WriteProperty& property) {
    const std::string* name = TextOf(property);
    if (name == nullptr) return Invalid(property, "a text is expected");
    settings_.format_name = *name;
    std::ranges::transform(settings_.format_name, settings_.format_name.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (settings_.format_name == "PARQUET") return {};
    if (settings_.format_name == "JSON") {
      settings_.format.form = formats::JsonFormat{};
      return {};
    }
    if (settings_.format_name == "TEXTFILE") {
      settings_.format.form = formats::DelimitedFormat{};
      return {};
    }
    if (settings_.format_name == "ORC" || settings_.format_name == "AVRO" || settings_.format_name == "ION") {
      return Refused("NOT_SUPPORTED", property, fmt::format("Writing {} is not supported yet", settings_.format_name));
    }
    return Invalid(property, fmt::format("[{}] is not one of [ORC, PARQUET, AVRO, JSON, TEXTFILE]", *name));
  }

  Read Compression(const sql::WriteProperty& property) {
    const std::string* name = TextOf(property);
    const auto compression = name == nullptr ? std::nullopt : formats::ParseCompression(*name);
    if (!compression) return Invalid(property, fmt::format("[{}]", name == nullptr ? "" : *name));
    settings_.format.compression = *compression;
    return {};
  }

  Read PartitionedBy(const sql::WriteProperty& property) {
    const auto* keys = std::get_if<std::vector<std::string>>(&property.value);
    if (keys == nullptr) return Invalid(property, "an array of texts is expected");
    for (const std::string& key : *keys) settings_.partitioned_by.push_back(sql::LowerCase(key));
    return {};
  }

  Read Location(const sql::WriteProperty& property) {
    const std::string* location = TextOf(property);
    if (location == nullptr || !S3Location::Parse(*location)) return Invalid(property, "an S3 location is expected");
    settings_.external_location = *location;
    return {};
  }

  Read Delimiter(const sql::WriteProperty& property) {
    const std::string* delimiter = TextOf(property);
    if (delimiter == nullptr || delimiter->size() != 1) return Invalid(property, "one character is expected");
    delimiter_ = delimiter->front();
    return {};
  }

  // Once all are read: some depend on others.
  Read Finish(const sql::WriteProperties& properties) {
    auto* delimited = std::get_if<formats::DelimitedFormat>(&settings_.format.form);
    if (delimiter_ && delimited == nullptr) {
      const auto property = std::ranges::find(properties, "field_delimiter", &sql::WriteProperty::name);
      return Refused(
          "INVALID_TABLE_PROPERTY", *property,
          fmt::format("Cannot specify field_delimiter table property for storage format: {}", settings_.format_name));
    }
    if (delimiter_) delimited->separators[0] = *delimiter_;
    if (formats::IsWritable(settings_.format)) return {};
    return std::unexpected(EngineFailure(
        fmt::format("NOT_SUPPORTED: {} files of this compression are not supported yet", settings_.format_name)));
  }

 private:
  WriteSettings& settings_;
  std::optional<char> delimiter_;
};

struct KnownProperty {
  std::string_view name;
  Read (SettingsReader::*read)(const sql::WriteProperty& property);  // nullptr: it changes nothing here
  bool is_of_unload = false;
};
constexpr KnownProperty kKnown[] = {
    {"format", &SettingsReader::Format, true},
    {"compression", &SettingsReader::Compression, true},
    {"write_compression", &SettingsReader::Compression},
    {"parquet_compression", &SettingsReader::Compression},
    {"compression_level", nullptr, true},
    {"partitioned_by", &SettingsReader::PartitionedBy, true},
    {"external_location", &SettingsReader::Location},
    {"field_delimiter", &SettingsReader::Delimiter, true},
    {"is_external", nullptr},
};

Read ReadOne(const sql::WriteProperty& property, WriteKind kind, SettingsReader& reader) {
  const auto* const known = std::ranges::find(kKnown, property.name, &KnownProperty::name);
  const bool is_known = known != std::end(kKnown) && (kind == WriteKind::kTable || known->is_of_unload);
  if (is_known) return known->read == nullptr ? Read() : (reader.*known->read)(property);
  if (kind == WriteKind::kTable && property.name == "table_type") {
    const std::string* type = TextOf(property);
    if (type != nullptr && sql::LowerCase(*type) == "hive") return {};
    return Refused("NOT_SUPPORTED", property, "Tables of other types than HIVE are not supported yet");
  }
  if (kind == WriteKind::kTable && (property.name == "bucketed_by" || property.name == "bucket_count")) {
    return Refused("NOT_SUPPORTED", property, "Writing tables in buckets is not supported yet");
  }
  return Refused("INVALID_TABLE_PROPERTY", property,
                 fmt::format("Catalog 'awsdatacatalog' table property '{}' does not exist", property.name));
}

}  // namespace

std::expected<WriteSettings, Failure> ReadWriteProperties(const sql::WriteProperties& properties, WriteKind kind) {
  WriteSettings settings;
  settings.format_name = "PARQUET";
  SettingsReader reader(settings);
  for (const sql::WriteProperty& property : properties) {
    if (const Read read = ReadOne(property, kind, reader); !read) return std::unexpected(read.error());
  }
  if (const Read finished = reader.Finish(properties); !finished) return std::unexpected(finished.error());
  return settings;
}

}  // namespace opentrail::services::athena
