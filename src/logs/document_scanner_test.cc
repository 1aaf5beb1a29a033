#include "logs/document_scanner.h"

#include <gtest/gtest.h>

#include "logs/dom_oracle.h"

namespace opentrail::logs {
namespace {

using oracle::Cell;
using oracle::Reading;

std::string Text(const Cell& cell) { return cell.is_null ? "NULL" : cell.text; }

// Rows as "a|b" lines, then what was skipped and what was wrong.
std::string Read(std::string_view text, const std::vector<std::string>& fields = {"eventname", "useridentity.arn"}) {
  Reading reading = oracle::ReadWithScanner(text, fields, BestKernel());
  std::string out;
  for (const oracle::Row& row : reading.rows) {
    for (size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : "|") + Text(row[i]);
    out += "\n";
  }
  if (reading.values_skipped > 0) out += "skipped " + std::to_string(reading.values_skipped) + "\n";
  if (reading.fault) out += *reading.fault + "\n";
  return out;
}

constexpr std::string_view kEvent =
    R"({"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"u"},"eventName":"Run"})";

std::string Around(std::string_view before, std::string_view after) {
  return std::string(before) + std::string(kEvent) + std::string(after);
}

TEST(DocumentScanner, ReadsEveryShape) {
  std::string event(kEvent);
  std::string row = "Run|u\n";
  EXPECT_EQ(Read(Around("", "")), row);
  EXPECT_EQ(Read(Around("\xEF\xBB\xBF ", "\n")), row);
  EXPECT_EQ(Read(Around(R"({"Records":[)", "]}")), row);
  EXPECT_EQ(Read(Around(R"({"first":{"x":[1]},"Records":[)", "," + event + R"(],"last":"]}{","more":[]})")), row + row);
  EXPECT_EQ(Read(Around(" [ ", " , " + event + " ] ")), row + row);
  EXPECT_EQ(Read(Around("", "\n" + event + "\n")), row + row);
  EXPECT_EQ(Read(Around("", event)), row + row);
  EXPECT_EQ(Read(Around(R"({"Records":[)", R"(]}{"Records":[]}{"records":[)" + event + "]}")), row + row);
  EXPECT_EQ(Read(Around(R"({"version":"0","detail-type":"AWS API Call via CloudTrail","detail":)", "}")), row);
  EXPECT_EQ(Read(Around(R"([{"@timestamp":"t","aws":{"cloudtrail":)", R"(},"x":1}])")), row);
  EXPECT_EQ(Read(R"({"Records":[]})"), "");
  EXPECT_EQ(Read("[]"), "");
  EXPECT_EQ(Read(" \n"), "");
}

TEST(DocumentScanner, ReadsLookupEventsOutput) {
  std::string entry = R"({"EventId":"1","EventName":"Outer","CloudTrailEvent":"{\"eventName\":\"In\\u006eer\",)"
                      R"(\"userIdentity\":{\"arn\":\"a\\\\b\\n\"}}","Resources":[]})";
  std::string row = "Inner|a\\b\n\n";
  EXPECT_EQ(Read(entry), row);
  EXPECT_EQ(Read(R"({"Events":[)" + entry + "," + entry + R"(],"NextToken":"x"})"), row + row);
  EXPECT_EQ(Read(R"({"EventId":"1","EventName":"Alone"})"), "Alone|NULL\n");
  EXPECT_EQ(Read(R"({"EventId":"1","CloudTrailEvent":"no event"})"),
            "at 33: expected an event's JSON text in \"CloudTrailEvent\"\n");
}

TEST(DocumentScanner, SkipsAndCountsWhatIsNoEvent) {
  EXPECT_EQ(Read(Around(R"({"Records":[null,1,"x",[{}],)", "]}")), "Run|u\nskipped 4\n");
  EXPECT_EQ(Read(R"({"files":["a"],"counts":{"eventName":1}})"), "skipped 1\n");
  EXPECT_EQ(Read("17 \"text\" [1,2]"), "skipped 4\n");
  EXPECT_EQ(Read(R"({"Records":[{}]})"), "NULL|NULL\n");  // in Records, any object is an event
}

TEST(DocumentScanner, GivesValuesAsTheContractSays) {
  auto value = [](std::string_view json) {
    return Read(R"({"Records":[{"eventName":)" + std::string(json) + "}]}", {"eventname"});
  };
  EXPECT_EQ(value(R"("")"), "\n");
  EXPECT_EQ(value("null"), "NULL\n");
  EXPECT_EQ(value("true"), "true\n");
  EXPECT_EQ(value("-1.50e+300000"), "-1.50e+300000\n");
  EXPECT_EQ(value("12345678901234567890123"), "12345678901234567890123\n");
  EXPECT_EQ(value(R"({ "a" : [1, "]"] })"), "{ \"a\" : [1, \"]\"] }\n");
  EXPECT_EQ(value(R"([{"a":"\u0041"}])"), "[{\"a\":\"\\u0041\"}]\n");
  EXPECT_EQ(value(R"("\ud83d\ude00 \ud83d.")"), "\xF0\x9F\x98\x80 \xEF\xBF\xBD.\n");
  EXPECT_EQ(value(R"("a\u0000b")"), std::string("a\0b\n", 4));
}

TEST(DocumentScanner, MatchesKeysWhateverTheirCaseAndEscapes) {
  EXPECT_EQ(Read(R"([{"EVENTNAME":"a","eventID":"1"}])"), "a|NULL\n");
  EXPECT_EQ(Read(R"([{"eventID":"1","\u0065vent\u004eame":"a","userIdentity":{"\u0061rn":"b"}}])"), "a|b\n");
  EXPECT_EQ(Read(R"([{"eventID":"1","x\"eventName":"a","eventNam":"b","xeventName":"c"}])"), "NULL|NULL\n");
  std::string pretty =
      "{ \"eventID\" : \"1\" ,\r\n\t\"eventName\"\n:\n\"a\" , \"userIdentity\" : { \"arn\"\t:\t\"b\" } }";
  EXPECT_EQ(Read(pretty), "a|b\n");
}

TEST(DocumentScanner, TheLastOfDuplicateKeysWins) {
  EXPECT_EQ(Read(R"([{"eventName":"a","EventName":"b"}])"), "b|NULL\n");
  EXPECT_EQ(Read(R"([{"eventName":"a","eventName":null,"userIdentity":{"arn":"x"},"userIdentity":{"type":"y"}}])"),
            "NULL|NULL\n");
  EXPECT_EQ(Read(R"([{"eventName":"a","userIdentity":{"arn":"x"},"userIdentity":"text"}])"), "a|NULL\n");
}

TEST(DocumentScanner, GivesAFieldAndWhatIsInIt) {
  std::vector<std::string> fields = {"useridentity.arn", "useridentity", "useridentity.arn", "eventname.arn"};
  EXPECT_EQ(Read(kEvent, fields), "u|{\"type\":\"IAMUser\",\"arn\":\"u\"}|u|NULL\n");
}

TEST(DocumentScanner, FindsKeysOfAnyLength) {
  std::string key(100, 'k');
  std::vector<std::string> fields = {key, "x", "ab", std::string(40, 'm')};
  std::string text = R"({"Records":[{"x":"1",")" + key + R"(":"2","ab":"3",")" + std::string(40, 'M') + R"(":"4",")" +
                     key + R"(k":"5","":"6"}]})";
  EXPECT_EQ(Read(text, fields), "2|1|3|4\n");
}

TEST(DocumentScanner, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(Read("no json"), "at 0: expected JSON: an object or an array\n");
  EXPECT_EQ(Read(Around("[", "]]")),
            "Run|u\nat " + std::to_string(kEvent.size() + 2) + ": expected JSON: an object or an array\n");
  EXPECT_EQ(Read(R"([{"eventName":"a"}}])"), "a|NULL\nat 18: expected ',' or ']' after a record\n");
  EXPECT_EQ(Read(R"([{"eventName":"a"},])"), "a|NULL\nat 19: expected a value after ','\n");
  EXPECT_EQ(Read(R"([{"eventName":"a)"), "at 16: the text ends inside a value that begins at offset 1\n");
  EXPECT_EQ(Read(R"([{"eventName":"a"})"), "a|NULL\nat 18: the text ends inside a value that begins at offset 18\n");
  EXPECT_EQ(Read(R"([{"eventName":"\q"}])"), "at 15: unknown escape in a string\n");
  EXPECT_EQ(Read(R"([{"eventName":tru}])"),
            "at 14: expected a value: a string, number, object, array, true, false or null\n");
  EXPECT_EQ(Read(R"([{"eventName":"a" "b"}])"), "at 18: expected ',' or '}' after a value\n");
  EXPECT_EQ(Read(R"([{"eventName":"a"])"), "at 17: expected ',' or '}' after a value\n");
  EXPECT_EQ(Read(R"({"Records":[{"x":"a"]})"), "at 20: expected '}' at the end of an object, found ']'\n");
  EXPECT_EQ(Read(R"([{"eventName":[1}}])"),
            "at 16: a closing bracket that does not match the opening one at offset 14\n");
  EXPECT_EQ(Read(R"({"Records":[{eventName:"a"}]})"), "at 22: expected a key in double quotes before ':'\n");
  EXPECT_EQ(Read(R"({"Records":[{"x":1 "eventName":"a"}]})"), "at 19: expected ',' before a key\n");
}

TEST(DocumentScanner, ReadsOverAMissingComma) {
  EXPECT_EQ(Read(Around(R"({"Records":[)", std::string(kEvent) + "]}")),
            "Run|u\nRun|u\nexpected ',' between two records; read on without it\n");
}

TEST(DocumentScanner, BoundsDepth) {
  auto nested = [](size_t levels) {
    return R"([{"eventName":)" + std::string(levels, '[') + std::string(levels, ']') + "}]";
  };
  EXPECT_EQ(Read(nested(1000), {"eventid"}), "NULL\n");
  EXPECT_EQ(Read(nested(2000), {"eventid"}), "at 14: nested too deeply: more than 1024 levels (max_depth)\n");
  EXPECT_EQ(Read(nested(1'000'000)).substr(0, 26), "at 14: nested too deeply: ");
}

TEST(DocumentScanner, ReadsTheSameInParts) {
  std::string text = R"({"first":1,"Records":[)";
  for (int i = 0; i < 50; ++i) text += (i == 0 ? "" : " ,\n") + std::string(kEvent);
  text += R"(],"last":{"a":[1,2,3]}})";
  std::vector<std::string> fields = {"eventname", "useridentity"};
  Reading whole = oracle::ReadWithScanner(text, fields, BestKernel());
  EXPECT_EQ(whole.rows.size(), 50U);
  for (size_t part : {1U, 2U, 50U, 64U, 100U, 1000U}) {
    Reading parts = oracle::ReadWithScanner(text, fields, BestKernel(), part);
    EXPECT_EQ(oracle::Difference(whole, parts), "") << part;
  }
}

}  // namespace
}  // namespace opentrail::logs
