#include "iam/evaluation.h"

#include "iam/iam_test_support.h"

namespace opentrail::iam {
namespace {

std::vector<PolicyPointer> ParseAll(const Value& documents) {
  std::vector<PolicyPointer> policies;
  for (const Value& document : documents.elements()) policies.push_back(ParseCase(document, PolicyKind::kIdentity));
  return policies;
}

AccessRequest RequestOf(const Value& in) {
  AccessRequest request{.action = std::string(in["action"].Text()),
                        .resource = std::string(in["resource"].Text()),
                        .resource_account = std::string(in["resource_account"].Text()),
                        .rule = in["rule"].Text() == "must_allow" ? ResourcePolicyRule::kMustAllow
                                : in["rule"].Text() == "either"   ? ResourcePolicyRule::kEither
                                                                  : ResourcePolicyRule::kNone,
                        .resource_policy = nullptr,
                        .context = {}};
  if (in.Has("resource_policy")) request.resource_policy = ParseCase(in["resource_policy"], PolicyKind::kResource);
  for (const Value::Member& key : in["context"].members()) request.context.Add(key.name, Strings(key.value));
  return request;
}

TEST(Evaluation, DecidesAsDocumented) {
  const Value cases = LoadCases("evaluation.json");
  EXPECT_GE(cases.elements().size(), 100U);
  for (const Value& in : cases.elements()) {
    IdentityPolicies policies{.identity = ParseAll(in["identity"]), .boundary = {}, .session = {}};
    if (in.Has("boundary")) policies.boundary = ParseAll(in["boundary"]);
    if (in.Has("session")) policies.session = ParseAll(in["session"]);
    const Decision decision = Evaluate(NamedPrincipal(in["principal"].Text()), policies, RequestOf(in));
    EXPECT_EQ(DecisionText(decision), in["expect"].Text()) << in["name"].Text();
  }
}

TEST(Evaluation, WordsItsDenials) {
  const Value cases = LoadCases("denials.json");
  for (const Value& in : cases.elements()) {
    const auto& fields = in.elements();
    const std::string_view decision = fields[3].Text();
    const AccessRequest request{.action = std::string(fields[1].Text()),
                                .resource = std::string(fields[2].Text()),
                                .resource_account = {},
                                .rule = ResourcePolicyRule::kNone,
                                .resource_policy = nullptr,
                                .context = {}};
    for (const Verdict verdict : {Verdict::kImplicitDeny, Verdict::kExplicitDeny}) {
      for (const DecidedBy by :
           {DecidedBy::kIdentityPolicy, DecidedBy::kResourcePolicy, DecidedBy::kBoundary, DecidedBy::kSessionPolicy}) {
        const Decision candidate{.verdict = verdict, .by = by};
        if (DecisionText(candidate) != decision) continue;
        EXPECT_EQ(DenialMessage(NamedPrincipal(fields[0].Text()), request, candidate), fields[4].Text());
      }
    }
  }
}

TEST(ContextKeys, TheFirstOfANameCounts) {
  ContextKeys own;
  own.Add("aws:SourceArn", "a");
  ContextKeys others;
  others.Add("AWS:sourcearn", "b");
  others.Add("aws:username", "chaos");
  own.Append(others);
  ASSERT_NE(own.Find("aws:SOURCEARN"), nullptr);
  EXPECT_EQ(own.Find("aws:sourceArn")->front(), "a");
  EXPECT_EQ(own.Find("aws:username")->front(), "chaos");
  EXPECT_EQ(own.Find("aws:none"), nullptr);
}

}  // namespace
}  // namespace opentrail::iam
