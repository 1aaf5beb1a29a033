#include "codec/java_regex.h"

#include <gtest/gtest.h>

namespace opentrail::codec {
namespace {

using Outcome = JavaRegex::Outcome;

JavaRegex Compiled(std::string_view pattern, const RegexOptions& options = {}) {
  auto compiled = JavaRegex::Compile(pattern, options);
  EXPECT_TRUE(compiled) << compiled.error().message;
  return *std::move(compiled);
}

TEST(JavaRegexTest, SearchesAndTellsGroups) {
  const std::string_view text = "user=chaos ip=198.51.100.7";
  JavaRegex regex = Compiled(R"((\w+)=([\d.]+)|(none))");
  ASSERT_EQ(regex.Search(text, 0), Outcome::kFound);
  EXPECT_EQ(regex.GroupCount(), 3);
  EXPECT_EQ(regex.Group(0).Of(text), "ip=198.51.100.7");
  EXPECT_EQ(regex.Group(2).Of(text), "198.51.100.7");
  EXPECT_FALSE(regex.Group(3).matched);
  EXPECT_EQ(regex.Search(text, text.size()), Outcome::kNothing);
  EXPECT_EQ(regex.Contains(text), Outcome::kFound);
  EXPECT_EQ(regex.MatchBeginning(text), Outcome::kNothing);
  EXPECT_EQ(regex.MatchBeginning(text.substr(11)), Outcome::kFound);
  EXPECT_EQ(Compiled("").Search({}, 0), Outcome::kFound);
}

TEST(JavaRegexTest, GroupsWithoutANameCountBesideThoseWithOne) {
  const JavaRegex regex = Compiled("(a)(?<name>b)(c)");
  EXPECT_EQ(regex.GroupCount(), 3);
  EXPECT_EQ(regex.GroupNamed("name"), 2);
  EXPECT_EQ(regex.GroupNamed("other"), -1);
}

TEST(JavaRegexTest, OptionsSayWhatALetterIs) {
  EXPECT_EQ(Compiled("^Ä$").Contains("ä"), Outcome::kNothing);
  EXPECT_EQ(Compiled("^Ä$", {.ignores_case = true}).Contains("ä"), Outcome::kFound);
  EXPECT_EQ(Compiled(R"(^\w$)").Contains("ä"), Outcome::kFound);
  EXPECT_EQ(Compiled(R"(^\w$)", {.has_ascii_classes = true}).Contains("ä"), Outcome::kNothing);
}

TEST(JavaRegexTest, RefusesInTheLibrarysWordsAndGivesUpInTime) {
  const auto open = JavaRegex::Compile("(a", {});
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(open.error().message, "end pattern with unmatched parenthesis");
  EXPECT_EQ(JavaRegex::Compile(R"(\p{Nope})", {}).error().message, "invalid character property name {Nope}");
  const std::string deep = std::string(kMaxRegexNesting + 1, '(') + std::string(kMaxRegexNesting + 1, ')');
  EXPECT_FALSE(JavaRegex::Compile(deep, {}));
  JavaRegex regex = Compiled("(a+)+$");
  EXPECT_EQ(regex.Search(std::string(40, 'a') + "b", 0), Outcome::kTooManyRetries);
  EXPECT_FALSE(regex.Reason().empty());
}

}  // namespace
}  // namespace opentrail::codec
