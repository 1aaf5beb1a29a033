#include "formats/row_reader.h"

#include <gtest/gtest.h>

namespace opentrail::formats {
namespace {

constexpr size_t kMargin = 64;

// The rows of a text, a line each: "a|b|NULL"; a fault as "!message".
class RowReaderTest : public testing::Test {
 protected:
  std::vector<std::string> Rows(const TableFormat& format, std::vector<LineColumn> columns,
                                const std::vector<std::string>& lines, std::vector<std::string> fields = {}) {
    if (fields.empty()) {
      for (const LineColumn& column : columns) fields.push_back(column.name);
    }
    auto reader = MakeRowReader(format, columns, fields, 64);
    if (!reader) return {"refused: " + reader.error().message};
    std::string text(kMargin, '\0');
    for (const std::string& line : lines) text += line + "\n";
    const size_t size = text.size() - kMargin;
    text += std::string(kMargin, '\0');
    (*reader)->BeginText(reinterpret_cast<const uint8_t*>(text.data()) + kMargin, size);
    std::vector<std::string> rows;
    size_t begin = 0;
    for (const std::string& line : lines) {
      rows.push_back(Row(**reader, begin, begin + line.size(), fields.size()));
      begin += line.size() + 1;
    }
    return rows;
  }

 private:
  static std::string Row(RowReader& reader, size_t begin, size_t end, size_t width) {
    logs::Arena arena;
    std::vector<std::string_view> values(width);
    logs::RowTarget target;
    for (std::string_view& value : values) target.columns.push_back(&value);
    target.arena = &arena;
    if (const auto fault = reader.Read(begin, end, target)) return "!" + fault->message;
    std::string row;
    for (size_t i = 0; i < width; ++i) {
      row += (i == 0 ? "" : "|") + (values[i].data() == nullptr ? "NULL" : std::string(values[i]));
    }
    return row;
  }
};

using Texts = std::vector<std::string>;

const std::vector<LineColumn> kTwo = {{"a"}, {"b"}};

// Whether a key's comma is looked at must not depend on a backslash that another line has.
TEST_F(RowReaderTest, AMalformedJsonLineIsRefusedWhateverStandsBesideIt) {
  const TableFormat json{JsonFormat{}};
  const std::string malformed = R"({x"a":"y"})";
  const Texts alone = Rows(json, kTwo, {malformed});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_TRUE(alone[0].starts_with("!")) << alone[0];
  for (const char* other : {R"({"a":"\\"})", R"({"a":"\u0041"})", R"({"b":"{\"}"})", R"(\)", R"({"\q":1})"}) {
    EXPECT_EQ(Rows(json, kTwo, {malformed, other})[0], alone[0]) << other;
    EXPECT_EQ(Rows(json, kTwo, {other, malformed})[1], alone[0]) << other;
  }
  // A key with an escape that JSON does not know names nothing, near a block's begin or far from it.
  const std::string long_key = R"({"\q)" + std::string(100, 'k') + R"(":1,"a":"v"})";
  EXPECT_EQ(Rows(json, kTwo, {long_key}), (Texts{"v|NULL"}));
  EXPECT_EQ(Rows(json, kTwo, {R"({"\q":1,"a":"v"})"}), (Texts{"v|NULL"}));
}

TEST_F(RowReaderTest, JsonLinesStandEachForItself) {
  const TableFormat json{JsonFormat{}};
  EXPECT_EQ(Rows(json, kTwo,
                 {R"({"a":"x","B":1})", R"(  {"b":{"c":[1, "}"]}} )", R"({"a":null})", R"({"a":"\u00e9"}{"a":"y"})"}),
            (Texts{"x|1", R"(NULL|{"c":[1, "}"]})", "NULL|NULL", "é|NULL"}));
  const Texts rows = Rows(json, kTwo, {R"({"a":"x)", R"({"a":"y","b":[1}})", "", "[1]", R"({"a":"z"})"});
  ASSERT_EQ(rows.size(), 5U);
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(rows[i].starts_with("!Row is not a valid JSON Object")) << rows[i];
  EXPECT_EQ(rows[4], "z|NULL");
}

TEST_F(RowReaderTest, JsonFieldsMayLieWithinObjects) {
  EXPECT_EQ(
      Rows({JsonFormat{}}, {{"u", true}}, {R"({"U":{"Name":"x","deep":{"er":7}}})"}, {"u.name", "u.deep.er", "$path"}),
      (Texts{"x|7|NULL"}));
}

TEST_F(RowReaderTest, OpenxMakesNullsOfLinesThatAreNoObjects) {
  JsonFormat openx{
      .is_openx = true, .ignores_malformed = false, .ignores_case = true, .dots_in_keys = false, .keys = {}};
  EXPECT_EQ(Rows({openx}, kTwo, {"", "text", R"({"a":"x"})"}), (Texts{"NULL|NULL", "NULL|NULL", "x|NULL"}));
  EXPECT_TRUE(Rows({openx}, kTwo, {R"({"a":"x",)"})[0].starts_with("!"));
  openx.ignores_malformed = true;
  EXPECT_EQ(Rows({openx}, kTwo, {R"({"a":"x",)", R"({"b":"y"})"}), (Texts{"NULL|NULL", "NULL|y"}));
}

TEST_F(RowReaderTest, OpenxMapsKeys) {
  const JsonFormat exact{.is_openx = true,
                         .ignores_malformed = false,
                         .ignores_case = false,
                         .dots_in_keys = false,
                         .keys = {{"a", "Name"}}};
  EXPECT_EQ(Rows({exact}, kTwo, {R"({"name":"no","Name":"yes","B":1,"b":2})"}), (Texts{"yes|2"}));
  const JsonFormat dots{
      .is_openx = true, .ignores_malformed = false, .ignores_case = true, .dots_in_keys = true, .keys = {}};
  EXPECT_EQ(Rows({dots}, {{"a_b"}, {"c"}}, {R"({"A.b":"x","c":"y"})", R"({"a_b":"z"})"}), (Texts{"x|y", "z|NULL"}));
}

TEST_F(RowReaderTest, DelimitedValuesStandBetweenSeparators) {
  DelimitedFormat commas;
  commas.separators[0] = ',';
  EXPECT_EQ(Rows({commas}, kTwo, {"1,2", "1", "", "\\N,x,more", ",", "\"q\",r"}),
            (Texts{"1|2", "1|NULL", "|NULL", "NULL|x", "|", "\"q\"|r"}));
  EXPECT_EQ(Rows({commas}, kTwo, {"1,2"}, {"b"}), (Texts{"2"}));
  commas.last_takes_rest = true;
  EXPECT_EQ(Rows({commas}, kTwo, {"1,2,3"}), (Texts{"1|2,3"}));
}

TEST_F(RowReaderTest, DelimitedValuesMayBeEscaped) {
  DelimitedFormat commas;
  commas.separators[0] = ',';
  commas.escape = '\\';
  EXPECT_EQ(Rows({commas}, {{"a"}, {"b", true}}, {R"(x\,y,a\,b)", R"(\n\\,)", R"(end\)"}),
            (Texts{R"(x,y|a\,b)", "\n\\|", R"(end\|NULL)"}));
}

TEST_F(RowReaderTest, CsvValuesMayBeQuoted) {
  const TableFormat csv{CsvFormat{}};
  EXPECT_EQ(
      Rows(csv, kTwo, {R"("a,b","say ""hi""")", R"(plain,"x\"y")", R"("open,end)", R"(x\y,"z\y")", "one", R"("",)"}),
      (Texts{R"(a,b|say "hi")", R"(plain|x"y)", "open,end|NULL", "xy|zy", "one|NULL", "|"}));
  CsvFormat own{.separator = ';', .quote = '\'', .escape = '\\'};
  EXPECT_EQ(Rows({own}, kTwo, {"'a;b';\"c\""}), (Texts{"a;b|\"c\""}));
}

TEST_F(RowReaderTest, RegexGroupsAreColumns) {
  const TableFormat regex{RegexFormat{R"((\S+) \[([^\]]*)\](?: (.*))?)", false}};
  EXPECT_EQ(Rows(regex, {{"a"}, {"b"}, {"c"}}, {"x [y z] rest", "x [y]", "no match", "x [y] rest", "x [y]tail"}),
            (Texts{"x|y z|rest", "x|y|NULL", "NULL|NULL|NULL", "x|y|rest", "NULL|NULL|NULL"}));
  EXPECT_EQ(Rows({RegexFormat{"(a|ab)(c|bcd)?(d*)", false}}, {{"a"}}, {"abcd"}), (Texts{"a"}));
  EXPECT_EQ(Rows({RegexFormat{"(ABC)", true}}, {{"a"}}, {"abc"}), (Texts{"abc"}));
}

TEST_F(RowReaderTest, RegexesThatCannotWorkAreRefused) {
  EXPECT_EQ(
      Rows({RegexFormat{"(a", false}}, {{"a"}}, {"a"})[0],
      "refused: INVALID_TABLE_PROPERTY: Property 'input.regex' is invalid: end pattern with unmatched parenthesis");
  EXPECT_TRUE(Rows({RegexFormat{"(a)", false}}, kTwo, {"a"})[0].starts_with("refused: INVALID_TABLE_PROPERTY"));
}

TEST_F(RowReaderTest, RegexesThatBacktrackWithoutEndAreAFault) {
  EXPECT_TRUE(
      Rows({RegexFormat{"((?:a|a?)+)[bc]", false}}, {{"a"}}, {std::string(60, 'a') + "db"})[0].starts_with("!"));
}

}  // namespace
}  // namespace opentrail::formats
