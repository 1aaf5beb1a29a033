#include "services/ec2/filter.h"

#include <gtest/gtest.h>

#include "codec/json_value.h"

namespace opentrail::services::ec2 {
namespace {

TEST(FilterTest, PatternsHaveStarsMarksAndEscapes) {
  struct Case {
    std::string_view pattern, text;
    bool matches;
  };
  constexpr Case kCases[] = {
      {"", "", true},       {"*", "", true},      {"a*c", "abbc", true},       {"a*c", "abbd", false},
      {"?", "x", true},     {"?", "", false},     {"Cafe*", "Cafe Web", true}, {"\\*", "*", true},
      {"\\*", "x", false},  {"a\\?", "a?", true}, {"**x**", "aaxbb", true},    {"abc", "ABC", false},
      {"*\\", "a\\", true}, {"ab", "abc", false}, {"a*b*c", "aXbYbZc", true}};
  for (const auto& [pattern, text, matches] : kCases)
    EXPECT_EQ(MatchesPattern(pattern, text), matches) << pattern << " " << text;
}

TEST(FilterTest, AStarredPatternStaysQuick) {
  std::string pattern, text(20'000, 'a');
  for (int i = 0; i < 50; ++i) pattern += "a*";
  EXPECT_FALSE(MatchesPattern(pattern + "b", text));
}

TEST(FilterTest, ValuesAreAlternativesAndFiltersMustAllHold) {
  constexpr FilterPath kPaths[] = {{"name", "Name"}, {"port", "Rules.Port"}};
  const auto all = *codec::ParseJsonValue(
      R"([{"Name":"a","Rules":[{"Port":22},{"Port":80}],"Tags":[{"Key":"k","Value":"v w"}]},{"Name":"b","Rules":[{"Port":80}],"Tags":[]}])");
  const auto kept = [&](std::string_view filters) -> std::string {
    Value::Elements resources = all.elements();
    const auto status = ApplyFilters(*codec::ParseJsonValue(filters), kPaths, resources);
    if (!status) return status.error().code + ": " + status.error().message;
    std::string names;
    for (const Value& each : resources) names += each["Name"].Text();
    return names;
  };
  EXPECT_EQ(kept("[]"), "ab");
  EXPECT_EQ(kept(R"([{"Name":"name","Values":["a","x"]}])"), "a");
  EXPECT_EQ(kept(R"([{"Name":"port","Values":["80"]}])"), "ab");
  EXPECT_EQ(kept(R"([{"Name":"port","Values":["22","23"]},{"Name":"name","Values":["b"]}])"), "");
  EXPECT_EQ(kept(R"([{"Name":"tag:k","Values":["v*"]}])"), "a");
  EXPECT_EQ(kept(R"([{"Name":"tag-key","Values":["k"]}])"), "a");
  EXPECT_EQ(kept(R"([{"Name":"colour","Values":["red"]}])"), "InvalidParameterValue: The filter 'colour' is invalid");
}

TEST(FilterTest, PagesAreCutAndTokensChecked) {
  const auto page = [](std::string_view input, Value& output) {
    Value::Elements resources(12, Value(1));
    return Page(*codec::ParseJsonValue(input), "Things", std::move(resources), output);
  };
  Value first;
  ASSERT_TRUE(page(R"({"MaxResults":5})", first).has_value());
  EXPECT_EQ(first["Things"].elements().size(), 5u);
  Value second;
  ASSERT_TRUE(page(R"({"MaxResults":1000,"NextToken":")" + std::string(first["NextToken"].Text()) + R"("})", second)
                  .has_value());
  EXPECT_EQ(second["Things"].elements().size(), 7u);
  EXPECT_FALSE(second.Has("NextToken"));
  Value none;
  EXPECT_FALSE(page(R"({"MaxResults":-1})", none).has_value());
  EXPECT_FALSE(page(R"({"MaxResults":4})", none).has_value());
  EXPECT_FALSE(page(R"({"NextToken":"!"})", none).has_value());
  EXPECT_FALSE(page(R"({"NextToken":"OTk5"})", none).has_value()) << "past the end";
  const auto named = page(R"({"MaxResults":5,"InstanceIds":["i-1"]})", none);
  ASSERT_FALSE(named.has_value());
  EXPECT_EQ(named.error().code, "InvalidParameterCombination");
  EXPECT_TRUE(page(R"({"InstanceIds":["i-1"]})", none).has_value());
}

}  // namespace
}  // namespace opentrail::services::ec2
