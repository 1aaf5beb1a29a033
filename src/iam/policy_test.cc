#include "iam/policy.h"

#include <chrono>

#include "iam/evaluation.h"
#include "iam/iam_test_support.h"
#include "iam/pattern.h"
#include "iam/policy_body.h"

namespace opentrail::iam {
namespace {

TEST(Policy, RefusesWithTheWordsOfAws) {
  const Value cases = LoadCases("malformed.json");
  for (const Value& in : cases.elements()) {
    const auto& fields = in.elements();
    const std::string text = fields[1].IsString() ? std::string(fields[1].Text()) : codec::WriteJson(fields[1]);
    const PolicyKind kind = fields[0].Text() == "identity" ? PolicyKind::kIdentity : PolicyKind::kResource;
    const auto policy = Policy::Parse(text, kind);
    ASSERT_FALSE(policy.has_value()) << text;
    EXPECT_EQ(policy.error().code, "MalformedPolicyDocument");
    EXPECT_EQ(policy.error().message, fields[2].Text()) << text;
  }
}

TEST(Policy, ConditionsHoldAsDocumented) {
  const Value cases = LoadCases("conditions.json");
  EXPECT_GE(cases.elements().size(), 100U);
  for (const Value& in : cases.elements()) {
    const auto& fields = in.elements();
    Value document = Value::Object({{"Version", "2012-10-17"}});
    Value condition = Value::Object();
    condition.Set(fields[0].Text(), Value::Object({{"aws:TestKey", fields[1]}}));
    document.Set("Statement",
                 Value::Object({{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}, {"Condition", condition}}));
    AccessRequest request{.action = "s3:GetObject",
                          .resource = "*",
                          .resource_account = {},
                          .rule = ResourcePolicyRule::kNone,
                          .resource_policy = nullptr,
                          .context = {}};
    if (!fields[2].IsNull()) request.context.Add("aws:TestKey", Strings(fields[2]));
    request.context.Add("aws:username", "chaos");
    request.context.Add("aws:PrincipalTag/team", "red");
    const Decision decision =
        Evaluate(NamedPrincipal("user"),
                 {.identity = {ParseCase(document, PolicyKind::kIdentity)}, .boundary = {}, .session = {}}, request);
    EXPECT_EQ(decision.verdict == Verdict::kAllowed, fields[3].Boolean()) << codec::WriteJson(in);
  }
}

TEST(Policy, TakesASingleStatementOrAList) {
  const std::string statement = R"({"Effect":"Allow","Action":"s3:Get*","Resource":"*"})";
  const auto single = Policy::Parse(R"({"Statement":)" + statement + "}", PolicyKind::kIdentity);
  const auto list = Policy::Parse(R"({"Id":"x","Statement":[)" + statement + "]}", PolicyKind::kIdentity);
  ASSERT_TRUE(single.has_value());
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ((*single)->body().statements.size(), 1U);
  EXPECT_EQ((*single)->body().version, "2008-10-17");
  EXPECT_EQ((*list)->body().statements.size(), 1U);
}

TEST(Policy, BoundsItsText) {
  const std::string head = R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Sid":")";
  EXPECT_TRUE(Policy::Parse(head + std::string(1000, 'a') + "\"}}", PolicyKind::kIdentity).has_value());
  EXPECT_FALSE(Policy::Parse(head + std::string(Policy::kMaxBytes, 'a') + "\"}}", PolicyKind::kIdentity).has_value());
  EXPECT_FALSE(Policy::Parse(std::string(100'000, '['), PolicyKind::kIdentity).has_value());
}

TEST(Pattern, ManyStarsDoNotExplode) {
  std::string stars;
  for (int i = 0; i < 500; ++i) stars += "a*";
  const Pattern pattern = Pattern::Parse(stars + "b", Pattern::Variables::kLiteral);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(pattern.Matches(std::string(2000, 'a'), {}, Wildcards::kOn, LetterCase::kMatters));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << "it would be for ever";
}

}  // namespace
}  // namespace opentrail::iam
