#include "formats/table_format.h"

#include <gtest/gtest.h>

namespace opentrail::formats {
namespace {

constexpr std::string_view kText = "org.apache.hadoop.mapred.TextInputFormat";

TableFormat FormatOf(std::string_view serde, Properties serde_properties = {}, Properties table_properties = {},
                     std::string_view input = kText) {
  auto format = TableFormatOf({input, serde, std::move(serde_properties), std::move(table_properties)});
  EXPECT_TRUE(format) << format.error().message;
  return format ? *format : TableFormat{};
}

std::string Refusal(std::string_view serde, Properties serde_properties = {}, Properties table_properties = {}) {
  const auto format = TableFormatOf({kText, serde, std::move(serde_properties), std::move(table_properties)});
  return format ? "" : format.error().message;
}

constexpr std::string_view kOpenx = "org.openx.data.jsonserde.JsonSerDe";
constexpr std::string_view kHcatalog = "org.apache.hive.hcatalog.data.JsonSerDe";
constexpr std::string_view kLazy = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
constexpr std::string_view kCsv = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
constexpr std::string_view kRegex = "org.apache.hadoop.hive.serde2.RegexSerDe";

TEST(TableFormatTest, TheInputFormatTellsLogsFromLines) {
  constexpr std::string_view kTrail = "com.amazon.emr.cloudtrail.CloudTrailInputFormat";
  EXPECT_NE(FormatOf(kHcatalog, {}, {}, kTrail).As<CloudTrailFormat>(), nullptr);
  EXPECT_NE(FormatOf("com.amazon.emr.hive.serde.CloudTrailSerde", {}, {}, kTrail).As<CloudTrailFormat>(), nullptr);
  EXPECT_EQ(FormatOf(kHcatalog), TableFormat{JsonFormat{}});
}

TEST(TableFormatTest, OpenxHasProperties) {
  const auto format = FormatOf(kOpenx, {{"ignore.malformed.json", "TRUE"},
                                        {"case.insensitive", "FALSE"},
                                        {"dots.in.keys", "true"},
                                        {"mapping.Ts", "Timestamp"}});
  const auto* json = format.As<JsonFormat>();
  ASSERT_NE(json, nullptr);
  EXPECT_EQ(*json, (JsonFormat{true, true, false, true, {{"ts", "Timestamp"}}}));
  EXPECT_FALSE(FormatOf(kHcatalog, {{"ignore.malformed.json", "true"}}).As<JsonFormat>()->ignores_malformed);
}

TEST(TableFormatTest, DelimitersAreCharactersOrNumbers) {
  const auto format = FormatOf(kLazy, {{"field.delim", "44"},
                                       {"colelction.delim", "|"},
                                       {"mapkey.delim", ":"},
                                       {"escape.delim", "\\"},
                                       {"serialization.null.format", "-"}});
  const auto* delimited = format.As<DelimitedFormat>();
  ASSERT_NE(delimited, nullptr);
  EXPECT_EQ(delimited->separators[0], ',');
  EXPECT_EQ(delimited->separators[1], '|');
  EXPECT_EQ(delimited->separators[2], ':');
  EXPECT_EQ(delimited->separators[3], '\4');
  EXPECT_EQ(delimited->escape, '\\');
  EXPECT_EQ(delimited->null_text, "-");
  EXPECT_EQ(FormatOf(kLazy, {{"serialization.format", "1"}}).As<DelimitedFormat>()->separators[0], '\1');
  EXPECT_EQ(FormatOf(kLazy, {{"serialization.format", "\t"}}).As<DelimitedFormat>()->separators[0], '\t');
}

TEST(TableFormatTest, CsvTakesAQuoteForItsDefaultEscape) {
  EXPECT_EQ(*FormatOf(kCsv).As<CsvFormat>(), (CsvFormat{',', '"', '\\'}));
  EXPECT_EQ(*FormatOf(kCsv, {{"separatorChar", ";"}, {"quoteChar", "'"}, {"escapeChar", "\""}}).As<CsvFormat>(),
            (CsvFormat{';', '\'', '\\'}));
  EXPECT_TRUE(FormatOf(kCsv, {}, {{"use.null.for.invalid.data", "TRUE"}}).null_for_invalid);
}

TEST(TableFormatTest, LinesMayBeSkipped) {
  EXPECT_EQ(FormatOf(kLazy, {}, {{"skip.header.line.count", "1"}}).header_lines, 1U);
  EXPECT_EQ(FormatOf(kLazy, {{"skip.footer.line.count", "2"}}).footer_lines, 2U);
  EXPECT_EQ(Refusal(kLazy, {}, {{"skip.header.line.count", "-1"}}),
            "INVALID_TABLE_PROPERTY: Property 'skip.header.line.count' is invalid: '-1'");
}

TEST(TableFormatTest, WhatIsNotReadIsNamed) {
  EXPECT_EQ(Refusal("org.apache.hadoop.hive.ql.io.orc.OrcSerde"),
            "NOT_SUPPORTED: SerDe org.apache.hadoop.hive.ql.io.orc.OrcSerde is not supported yet");
  EXPECT_EQ(Refusal(kRegex), "INVALID_TABLE_PROPERTY: Property 'input.regex' is invalid: ''");
  EXPECT_EQ(*FormatOf(kRegex, {{"input.regex", "(.*)"}, {"input.regex.case.insensitive", "true"}}).As<RegexFormat>(),
            (RegexFormat{"(.*)", true}));
}

}  // namespace
}  // namespace opentrail::formats
