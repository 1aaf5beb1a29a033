#include "logs/needle.h"

#include <gtest/gtest.h>

#include <random>

namespace opentrail::logs {
namespace {

std::string Padded(std::string text) { return text + std::string(64, '\0'); }
const uint8_t* Bytes(const std::string& text) { return reinterpret_cast<const uint8_t*>(text.data()); }

TEST(Needle, FindsWhatFindFinds) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    size_t size = random() % 300;
    while (text.size() < size) text += "abcd"[random() % 4];
    std::string needle;
    while (needle.size() < 2 + random() % 5) needle += "abcd"[random() % 4];
    std::string padded = Padded(text);
    size_t from = text.empty() ? 0 : random() % text.size();
    size_t wanted = std::min(text.find(needle, from), text.size());
    for (Kernel kernel : {Kernel::kScalar, BestKernel()}) {
      EXPECT_EQ(NeedleSearch({needle}, kernel).Find(Bytes(padded), from, text.size()), wanted)
          << needle << " in " << text;
    }
  }
}

TEST(Needle, FindsTheFirstOfSeveral) {
  std::string text = Padded("...second...first...");
  EXPECT_EQ(NeedleSearch({"first", "second", "third"}).Find(Bytes(text), 0, 20), 3U);
  EXPECT_EQ(NeedleSearch({"first", "second", "third"}).Find(Bytes(text), 4, 20), 12U);
}

std::string NeedlesFor(std::vector<Predicate> predicates, const std::string& text) {
  std::optional<NeedleSet> set = NeedleSet::Choose(predicates);
  if (!set) return "none";
  std::string padded = Padded(text);
  const NeedleSearch* search = set->SearchFor(Bytes(padded), text.size());
  if (search == nullptr) return "read all";
  std::string all;
  for (const std::string& needle : search->Needles()) all += (all.empty() ? "" : "|") + needle;
  return all;
}

TEST(Needle, ChoosesByPredicates) {
  using enum PredicateKind;
  EXPECT_EQ(NeedlesFor({}, ""), "none");
  EXPECT_EQ(NeedlesFor({{"a", kEquals, {"abc"}}}, ""), "none");              // too short
  EXPECT_EQ(NeedlesFor({{"a", kAtLeast, {"2024-03-08"}}}, ""), "none");      // no text to find
  EXPECT_EQ(NeedlesFor({{"$region", kEquals, {"eu-west-1"}}}, ""), "none");  // not in the text
  EXPECT_EQ(NeedlesFor({{"a", kEquals, {"long enough", "abc"}}}, ""), "none");
  EXPECT_EQ(NeedlesFor({{"a", kEquals, {"first", "second"}}}, ""), "first|second");
  EXPECT_EQ(NeedlesFor({{"a", kEquals, {"short"}}, {"b", kContains, {"rather long"}}}, ""), "rather long");
}

TEST(Needle, MindsWhatEscapesHide) {
  using enum PredicateKind;
  std::vector<Predicate> path = {{"a", kEquals, {"role/admin-user"}}};
  EXPECT_EQ(NeedlesFor(path, R"({"a":"role/admin-user"})"), "role/admin-user");
  EXPECT_EQ(NeedlesFor(path, R"({"a":"\n"})"), "role/admin-user");
  EXPECT_EQ(NeedlesFor(path, R"({"a":"role\/admin-user"})"), "admin-user");
  EXPECT_EQ(NeedlesFor(path, R"({"a":"\u003c"})"), "admin-user");
  EXPECT_EQ(NeedlesFor(path, R"({"a":"\u0061dmin-user"})"), "read all");
  EXPECT_EQ(NeedlesFor(path, R"({"CloudTrailEvent":"{\"a\":\"\\u0061dmin\"}"})"), "read all");
  EXPECT_EQ(NeedlesFor(path, R"({"CloudTrailEvent":"\u005cu0061"})"), "read all");
  EXPECT_EQ(NeedlesFor(path, R"({"a":"\u00)"), "read all");
  EXPECT_EQ(NeedlesFor({{"a", kEquals, {"say \"hello\""}}}, ""), "hello");             // JSON must escape the quotes
  EXPECT_EQ(NeedlesFor({{"a", kEquals, {"with \xEF\xBF\xBD in it"}}}, ""), " in it");  // may stand for other bytes
}

}  // namespace
}  // namespace opentrail::logs
