#include "sql/ddl_storage.h"

#include <algorithm>

#include "sql/text.h"

namespace opentrail::sql {
namespace {

struct NamedFormat {
  std::string_view name;
  std::string_view input_format;
  std::string_view output_format;
  std::string_view serde;
};

constexpr std::string_view kTextInput = "org.apache.hadoop.mapred.TextInputFormat";
constexpr std::string_view kTextOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
constexpr std::string_view kLazySimpleSerde = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

// https://docs.aws.amazon.com/athena/latest/ug/create-table.html ("STORED AS")
constexpr NamedFormat kNamedFormats[] = {
    {"textfile", kTextInput, kTextOutput, kLazySimpleSerde},
    {"jsonfile", kTextInput, kTextOutput, "org.apache.hive.hcatalog.data.JsonSerDe"},
    {"sequencefile", "org.apache.hadoop.mapred.SequenceFileInputFormat",
     "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat", kLazySimpleSerde},
    {"rcfile", "org.apache.hadoop.hive.ql.io.RCFileInputFormat", "org.apache.hadoop.hive.ql.io.RCFileOutputFormat",
     "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe"},
    {"orc", "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
     "org.apache.hadoop.hive.ql.io.orc.OrcSerde"},
    {"parquet", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
     "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
     "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    {"avro", "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
     "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat", "org.apache.hadoop.hive.serde2.avro.AvroSerDe"},
    {"ion", "com.amazon.ionhiveserde.formats.IonInputFormat", "com.amazon.ionhiveserde.formats.IonOutputFormat",
     "com.amazon.ionhiveserde.IonHiveSerDe"},
};

}  // namespace

std::optional<StorageFormat> NamedStorageFormat(std::string_view name) {
  const std::string lower = LowerCase(name);
  const auto* const found = std::ranges::find(kNamedFormats, lower, &NamedFormat::name);
  if (found == std::end(kNamedFormats)) return std::nullopt;
  return StorageFormat{
      std::string(found->input_format), std::string(found->output_format), std::string(found->serde), {}};
}

StorageFormat ResolveStorageFormat(StorageClauses clauses) {
  StorageFormat format = clauses.stored_as ? *std::move(clauses.stored_as) : *NamedStorageFormat("textfile");
  if (clauses.row_serde) format.serde = *std::move(clauses.row_serde);
  if (format.serde.empty()) format.serde = kLazySimpleSerde;
  format.serde_properties = std::move(clauses.properties);
  const auto is_format = [](const auto& property) { return property.first == kSerializationFormat; };
  if (std::ranges::none_of(format.serde_properties, is_format)) {
    format.serde_properties.emplace_back(kSerializationFormat, "1");
  }
  return format;
}

}  // namespace opentrail::sql
