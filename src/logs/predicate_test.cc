#include "logs/predicate.h"

#include <gtest/gtest.h>

namespace opentrail::logs {
namespace {

TEST(Predicate, PassesWhatTheKindSays) {
  EXPECT_TRUE(PassesPredicate("b", {"f", PredicateKind::kEquals, {"a", "b"}}));
  EXPECT_FALSE(PassesPredicate("c", {"f", PredicateKind::kEquals, {"a", "b"}}));
  EXPECT_TRUE(PassesPredicate("abc", {"f", PredicateKind::kContains, {"bc"}}));
  EXPECT_TRUE(PassesPredicate("b", {"f", PredicateKind::kAtLeast, {"b"}}));
  EXPECT_FALSE(PassesPredicate("a", {"f", PredicateKind::kAtLeast, {"b"}}));
  EXPECT_TRUE(PassesPredicate("b", {"f", PredicateKind::kAtMost, {"b"}}));
  EXPECT_FALSE(PassesPredicate("c", {"f", PredicateKind::kAtMost, {"b"}}));
  EXPECT_TRUE(PassesPredicate("", {"f", PredicateKind::kIsNotNull, {}}));
  EXPECT_FALSE(PassesPredicate(std::string_view(), {"f", PredicateKind::kIsNotNull, {}}));
}

TEST(Predicate, AJsonTextMayMentionWhatAnEscapeCouldSpell) {
  const Predicate mentions{"f", PredicateKind::kMentions, {"a/b", "other"}};
  EXPECT_TRUE(PassesPredicate(R"({"k":"a/b"})", mentions));
  EXPECT_TRUE(PassesPredicate(R"({"k":["other"]})", mentions));
  EXPECT_TRUE(PassesPredicate(R"({"k":"a\/b"})", mentions));
  EXPECT_TRUE(PassesPredicate(R"({"k":"\u0061/b"})", mentions));
  EXPECT_FALSE(PassesPredicate(R"({"k":"a-b"})", mentions));
  EXPECT_FALSE(PassesPredicate(std::string_view(), mentions));
}

}  // namespace
}  // namespace opentrail::logs
