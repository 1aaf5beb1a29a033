#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "codec/value.h"
#include "iam/evaluation.h"

// What the tests of iam/ share: their data files, and the principals that those name.
namespace opentrail::iam {

inline Value LoadCases(const std::string& name) {
  std::ifstream file(std::string(OPENTRAIL_SOURCE_DIR) + "/src/iam/testdata/" + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto value = codec::ParseJsonValue(text);
  EXPECT_TRUE(value.has_value()) << name << ": " << value.error().message;
  return value ? (*value)["cases"] : Value();
}

// A string, or a list of them.
inline std::vector<std::string> Strings(const Value& value) {
  if (value.IsString()) return {std::string(value.Text())};
  std::vector<std::string> strings;
  for (const Value& element : value.elements()) strings.emplace_back(element.Text());
  return strings;
}

inline PolicyPointer ParseCase(const Value& document, PolicyKind kind) {
  auto policy = Policy::Parse(codec::WriteJson(document), kind);
  EXPECT_TRUE(policy.has_value()) << policy.error().message << "\n" << codec::WriteJson(document);
  return policy ? *policy : nullptr;
}

inline Principal NamedPrincipal(std::string_view name) {
  const std::string account = "123456789012";
  const std::string user = "arn:aws:iam::" + account + ":user/chaos";
  Principal principal{.account_id = account, .principal_id = account, .arn = "arn:aws:iam::" + account + ":root"};
  if (name == "root") {
    principal.type = PrincipalType::kRoot;
  } else if (name == "user") {
    principal.type = PrincipalType::kIamUser;
    principal.principal_id = "AIDAEXAMPLECHAOS00001";
    principal.arn = user;
    principal.user_name = "chaos";
  } else if (name == "role") {
    principal.type = PrincipalType::kAssumedRole;
    principal.principal_id = "AROAEXAMPLEROLE000001:s";
    principal.arn = "arn:aws:sts::" + account + ":assumed-role/R/s";
    principal.session.emplace().issuer = {"Role", "AROAEXAMPLEROLE000001", "arn:aws:iam::" + account + ":role/path/R",
                                          account, "R"};
  } else if (name == "federated") {
    principal.type = PrincipalType::kFederatedUser;
    principal.principal_id = account + ":guest";
    principal.arn = "arn:aws:sts::" + account + ":federated-user/guest";
    principal.session.emplace().issuer = {"IAMUser", "AIDAEXAMPLECHAOS00001", user, account, "chaos"};
  } else if (name == "service") {
    principal = {.type = PrincipalType::kAwsService, .service = "cloudtrail.amazonaws.com"};
  } else {
    EXPECT_EQ(name, "anonymous");
    principal = {};
  }
  return principal;
}

// "implicit boundary"
inline std::string DecisionText(const Decision& decision) {
  static constexpr std::string_view kBy[] = {"identity", "resource", "boundary", "session"};
  if (decision.verdict == Verdict::kAllowed) return "allowed";
  const std::string verdict = decision.verdict == Verdict::kExplicitDeny ? "explicit " : "implicit ";
  return verdict + std::string(kBy[static_cast<size_t>(decision.by)]);
}

}  // namespace opentrail::iam
