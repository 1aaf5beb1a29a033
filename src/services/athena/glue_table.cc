#include "services/athena/glue_table.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "formats/partition_filters.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kFormatProperty = "serialization.format";

// What Hive writes as %XX in the names of folders.
Value SerdeInfo(const sql::StorageFormat& format) {
  Value parameters = GlueProperties(format.serde_properties);
  if (!parameters.Has(kFormatProperty)) parameters.Set(kFormatProperty, "1");
  return Value::Object({{"SerializationLibrary", format.serde}, {"Parameters", std::move(parameters)}});
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

void AppendColumns(std::string& text, const Value& columns) {
  std::string_view separator = "\n";
  for (const Value& column : columns.elements()) {
    text += fmt::format("{}  `{}` {}", separator, column["Name"].Text(), column["Type"].Text());
    if (const std::string_view comment = column["Comment"].Text(); !comment.empty()) {
      text += " COMMENT " + Quoted(comment);
    }
    separator = ", \n";
  }
}

void AppendProperties(std::string& text, const Value& properties) {
  std::string_view separator = "\n";
  for (const Value::Member& each : properties.members()) {
    text += fmt::format("{}  {}={}", separator, Quoted(each.name), Quoted(each.value.Text()));
    separator = ", \n";
  }
}

}  // namespace

Value GlueColumns(const std::vector<sql::HiveColumn>& columns) {
  Value list = Value::List();
  for (const sql::HiveColumn& column : columns) {
    Value one = Value::Object({{"Name", column.name}, {"Type", column.type}});
    if (column.comment) one.Set("Comment", *column.comment);
    list.Append(std::move(one));
  }
  return list;
}

Value GlueProperties(const sql::Properties& properties) {
  Value map = Value::Object();
  for (const auto& [name, value] : properties) map.Set(name, value);
  return map;
}

std::string_view GlueLocation(std::string_view location) {
  while (location.ends_with('/')) location.remove_suffix(1);
  return location;
}

formats::Properties TextMap(const Value& map) {
  formats::Properties properties;
  for (const Value::Member& each : map.members()) properties.emplace(each.name, each.value.Text());
  return properties;
}

Result<formats::TableFormat> GlueFormat(const Value& table) {
  const Value& storage = table["StorageDescriptor"];
  return formats::TableFormatOf({.input_format = storage["InputFormat"].Text(),
                                 .serde = storage["SerdeInfo"]["SerializationLibrary"].Text(),
                                 .serde_properties = TextMap(storage["SerdeInfo"]["Parameters"]),
                                 .table_properties = TextMap(table["Parameters"])});
}

Value GlueTable(const sql::CreateTable& create, Time now) {
  Value parameters = Value::Object({{"EXTERNAL", "TRUE"}});
  for (const auto& [name, value] : create.properties) parameters.Set(name, value);
  if (create.comment) parameters.Set("comment", *create.comment);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  parameters.Set("transient_lastDdlTime", std::to_string(seconds));
  Value bucket_columns = Value::List();
  for (const std::string& column : create.bucket_columns) bucket_columns.Append(column);
  Value storage = Value::Object({{"Columns", GlueColumns(create.columns)},
                                 {"Location", GlueLocation(create.location)},
                                 {"InputFormat", create.format.input_format},
                                 {"OutputFormat", create.format.output_format},
                                 {"Compressed", false},
                                 {"NumberOfBuckets", create.buckets},
                                 {"SerdeInfo", SerdeInfo(create.format)},
                                 {"BucketColumns", std::move(bucket_columns)},
                                 {"SortColumns", Value::List()},
                                 {"Parameters", Value::Object()},
                                 {"SkewedInfo", Value::Object({{"SkewedColumnNames", Value::List()},
                                                               {"SkewedColumnValues", Value::List()},
                                                               {"SkewedColumnValueLocationMaps", Value::Object()}})},
                                 {"StoredAsSubDirectories", false}});
  return Value::Object({{"Name", create.table.name},
                        {"Owner", "hadoop"},
                        {"Retention", 0},
                        {"StorageDescriptor", std::move(storage)},
                        {"PartitionKeys", GlueColumns(create.partition_keys)},
                        {"TableType", "EXTERNAL_TABLE"},
                        {"Parameters", std::move(parameters)}});
}

Value GlueTableInput(const Value& table) {
  Value input = Value::Object();
  for (const std::string_view member :
       {"Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor",
        "PartitionKeys", "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters", "TargetTable"}) {
    input.SetIfPresent(member, table[member]);
  }
  return input;
}

Value GluePartition(const Value& table, const Value& values, const std::optional<std::string>& location) {
  Value storage = table["StorageDescriptor"];
  storage.Set("Location", location ? std::string(GlueLocation(*location))
                                   : fmt::format("{}/{}", storage["Location"].Text(), PartitionPath(table, values)));
  return Value::Object({{"Values", values}, {"StorageDescriptor", std::move(storage)}});
}

bool IsView(const Value& table) { return table["TableType"].Text() == "VIRTUAL_VIEW"; }

std::string PartitionPath(const Value& table, const Value& values) {
  const auto& keys = table["PartitionKeys"].elements();
  std::string path;
  for (size_t i = 0; i < keys.size() && i < values.elements().size(); ++i) {
    if (i > 0) path += '/';
    path += formats::FolderName(keys[i]["Name"].Text(), values.elements()[i].Text());
  }
  return path;
}

std::string UnescapePathName(std::string_view name) {
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    unsigned char byte = 0;
    const char* const hex = name.data() + i + 1;
    if (name[i] == '%' && i + 2 < name.size() && std::from_chars(hex, hex + 2, byte, 16).ptr == hex + 2) {
      text += static_cast<char>(byte);
      i += 2;
    } else {
      text += name[i];
    }
  }
  return text;
}

std::string CreateTableText(const Value& table) {
  const Value& storage = table["StorageDescriptor"];
  std::string text = fmt::format("CREATE EXTERNAL TABLE `{}`(", table["Name"].Text());
  AppendColumns(text, storage["Columns"]);
  text += ")";
  const Value& parameters = table["Parameters"];
  if (const std::string_view comment = parameters["comment"].Text(); !comment.empty()) {
    text += "\nCOMMENT " + Quoted(comment);
  }
  if (!table["PartitionKeys"].elements().empty()) {
    text += "\nPARTITIONED BY ( ";
    AppendColumns(text, table["PartitionKeys"]);
    text += ")";
  }
  const Value& serde = storage["SerdeInfo"];
  text += "\nROW FORMAT SERDE \n  " + Quoted(serde["SerializationLibrary"].Text()) + " ";
  Value serde_properties = serde["Parameters"];
  if (serde_properties.IsObject()) serde_properties.Remove(kFormatProperty);
  if (!serde_properties.members().empty()) {
    text += "\nWITH SERDEPROPERTIES ( ";
    AppendProperties(text, serde_properties);
    text += ") ";
  }
  text += fmt::format("\nSTORED AS INPUTFORMAT \n  {} \nOUTPUTFORMAT \n  {}\nLOCATION\n  {}\nTBLPROPERTIES (",
                      Quoted(storage["InputFormat"].Text()), Quoted(storage["OutputFormat"].Text()),
                      Quoted(storage["Location"].Text()));
  Value shown = Value::Object();
  for (const Value::Member& each : parameters.members()) {
    if (each.name != "EXTERNAL" && each.name != "comment") shown.Set(each.name, each.value);
  }
  std::ranges::sort(shown.mutable_members(), {}, &Value::Member::name);
  AppendProperties(text, shown);
  return text + ")";
}

}  // namespace opentrail::services::athena
