#include "iam/policy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "codec/json_value.h"
#include "codec/value.h"
#include "iam/policy_body.h"
#include "iam/same_name.h"

namespace opentrail::iam {
namespace {

constexpr size_t kMaxStatements = 1024;
constexpr std::string_view kVersion2012 = "2012-10-17";
constexpr std::string_view kVersion2008 = "2008-10-17";

std::unexpected<AwsError> Malformed(std::string message) {
  return AwsFailure("MalformedPolicyDocument", "{}", std::move(message));
}

std::unexpected<AwsError> SyntaxError() { return Malformed("Syntax errors in policy."); }

bool IsLetterOrDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool IsDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Each name is known and stands once.
bool HasOnly(const Value& object, std::initializer_list<std::string_view> known) {
  std::set<std::string_view> seen;
  return std::ranges::all_of(object.members(), [&](const Value::Member& member) {
    return std::ranges::find(known, member.name) != known.end() && seen.insert(member.name).second;
  });
}

// A string, or a list of them; nullopt for anything else.
std::optional<std::vector<std::string_view>> Texts(const Value& value) {
  if (value.IsString()) return std::vector{value.Text()};
  if (!value.IsList()) return std::nullopt;
  std::vector<std::string_view> texts;
  for (const Value& element : value.elements()) {
    if (!element.IsString()) return std::nullopt;
    texts.push_back(element.Text());
  }
  return texts;
}

AwsStatus CheckAction(std::string_view action) {
  if (action == "*") return {};
  const size_t colon = action.find(':');
  if (colon == std::string_view::npos) {
    return Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  const std::string_view vendor = action.substr(0, colon);
  if (action.find(':', colon + 1) != std::string_view::npos) {
    return Malformed("Actions/Condition can contain only one colon.");
  }
  const bool good = std::ranges::all_of(vendor, [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '_'; });
  if (vendor.empty() || !good) return Malformed(fmt::format("Vendor {} is not valid", vendor));
  if (action.size() == colon + 1) return SyntaxError();
  return {};
}

AwsStatus CheckResource(std::string_view resource) {
  if (resource == "*") return {};
  const auto not_an_arn = [&] {
    return Malformed(fmt::format("Resource {} must be in ARN format or \"*\".", resource));
  };
  std::string_view rest = resource;
  constexpr int kColons = 5;
  std::vector<std::string_view> parts;
  for (int i = 0; i < kColons; ++i) {
    const size_t colon = rest.find(':');
    if (colon == std::string_view::npos) break;
    parts.push_back(rest.substr(0, colon));
    rest.remove_prefix(colon + 1);
  }
  if (parts.empty() || parts[0] != "arn") return not_an_arn();
  if (parts.size() == 1) return not_an_arn();
  if (!parts[1].starts_with("aws") && parts[1] != "*") {
    return Malformed(fmt::format("Partition \"{}\" is not valid for resource \"{}\".", parts[1], resource));
  }
  // A star may stand for all the parts that are left.
  if (parts.size() < kColons && !rest.ends_with('*')) return Malformed("The policy failed legacy parsing");
  if (parts.size() == 2) return {};
  if (parts[2].find('*') != std::string_view::npos && parts[2] != "*") {
    return Malformed("Resource vendor must be fully qualified and cannot contain regexes.");
  }
  return {};
}

class Parser {
 public:
  explicit Parser(PolicyKind kind) : kind_(kind) {}

  AwsResult<std::unique_ptr<Policy::Body>> Parse(const Value& document) {
    if (!document.IsObject() || !HasOnly(document, {"Version", "Id", "Statement"})) return SyntaxError();
    auto body = std::make_unique<Policy::Body>();
    const Value& version = document["Version"];
    if (!version.IsNull() && !version.IsString()) return SyntaxError();
    if (document.Has("Id") && !document["Id"].IsString()) return SyntaxError();
    body->version = version.Text(kVersion2008);
    if (body->version != kVersion2012 && body->version != kVersion2008) {
      return Malformed("Policy document must be version 2012-10-17 or greater.");
    }
    if (body->version == kVersion2012) variables_ = Pattern::Variables::kExpanded;
    const Value& statements = document["Statement"];
    if (statements.IsObject()) {
      if (auto status = Add(*body, statements); !status) return std::unexpected(std::move(status.error()));
      return body;
    }
    const auto& list = statements.elements();
    if (list.empty() || list.size() > kMaxStatements) return SyntaxError();
    for (const Value& statement : list) {
      if (auto status = Add(*body, statement); !status) return std::unexpected(std::move(status.error()));
    }
    return body;
  }

 private:
  AwsStatus Add(Policy::Body& body, const Value& in) {
    if (!in.IsObject() || !HasOnly(in, {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
                                        "NotResource", "Condition"})) {
      return SyntaxError();
    }
    Statement statement;
    const std::string_view effect = in["Effect"].Text();
    if (effect != "Allow" && effect != "Deny") return SyntaxError();
    statement.effect = effect == "Allow" ? Effect::kAllow : Effect::kDeny;
    AwsStatus status = ReadSid(in["Sid"], statement);
    if (status) status = ReadPrincipals(in, statement);
    if (status) status = ReadActions(in, statement);
    if (status) status = ReadResources(in, statement);
    if (status) status = ReadConditions(in["Condition"], statement);
    if (status) body.statements.push_back(std::move(statement));
    return status;
  }

  AwsStatus ReadSid(const Value& sid, Statement& statement) {
    if (sid.IsNull()) return {};
    if (!sid.IsString()) return SyntaxError();
    statement.sid = sid.Text();
    if (kind_ == PolicyKind::kIdentity && !std::ranges::all_of(statement.sid, IsLetterOrDigit)) {
      return Malformed(
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
          "[0-9A-Za-z]*");
    }
    if (!statement.sid.empty() && !sids_.insert(statement.sid).second) {
      return Malformed("Statement IDs (SID) in a single policy must be unique.");
    }
    return {};
  }

  AwsStatus ReadPrincipals(const Value& in, Statement& statement) {
    const bool inverted = in.Has("NotPrincipal");
    const Value& principal = in[inverted ? "NotPrincipal" : "Principal"];
    if (inverted && in.Has("Principal")) return SyntaxError();
    if (kind_ == PolicyKind::kIdentity) {
      return principal.IsNull() ? AwsStatus() : Malformed("Policy document should not specify a principal.");
    }
    if (principal.IsNull()) return Malformed("Missing required field Principal");
    statement.principals_inverted = inverted;
    if (principal.IsString()) {
      if (principal.Text() != "*") return SyntaxError();
      statement.principals.push_back({.kind = PrincipalKind::kEveryone, .value = "*"});
      return {};
    }
    if (!HasOnly(principal, {"AWS", "Service", "Federated", "CanonicalUser"}) || principal.members().empty()) {
      return principal.IsObject() && principal.members().empty()
                 ? Malformed("Missing required field Principal cannot be empty!")
                 : SyntaxError();
    }
    for (const Value::Member& member : principal.members()) {
      const auto values = Texts(member.value);
      if (!values) return SyntaxError();
      for (const std::string_view value : *values) {
        if (AwsStatus status = AddPrincipal(member.name, value, statement); !status) return status;
      }
    }
    return {};
  }

  static AwsStatus AddPrincipal(std::string_view type, std::string_view value, Statement& statement) {
    auto principal = ReadPrincipal(type, value);
    if (!principal) return Malformed(fmt::format("Invalid principal in policy: \"{}\":\"{}\"", type, value));
    statement.principals.push_back(std::move(*principal));
    return {};
  }

  static std::optional<PolicyPrincipal> ReadPrincipal(std::string_view type, std::string_view value) {
    const std::string text(value);
    if (value.empty()) return std::nullopt;
    if (type == "Service") return PolicyPrincipal{.kind = PrincipalKind::kService, .value = text};
    if (type == "Federated") return PolicyPrincipal{.kind = PrincipalKind::kFederated, .value = text};
    if (type == "CanonicalUser") return PolicyPrincipal{.kind = PrincipalKind::kCanonical, .value = text};
    if (value == "*") return PolicyPrincipal{.kind = PrincipalKind::kEveryone, .value = text};
    return ReadAwsPrincipal(value);
  }

  static std::optional<PolicyPrincipal> ReadAwsPrincipal(std::string_view value) {
    constexpr size_t kAccountDigits = 12;
    constexpr size_t kMinIdSize = 16;
    const auto is_account = [](std::string_view id) { return id.size() == kAccountDigits && IsDigits(id); };
    if (is_account(value)) return PolicyPrincipal{.kind = PrincipalKind::kAccount, .value = std::string(value)};
    if (value.find_first_of("*?") != std::string_view::npos) return std::nullopt;
    const bool iam = value.starts_with("arn:aws:iam::");
    if (iam || value.starts_with("arn:aws:sts::")) {
      const std::string_view rest = value.substr(std::string_view("arn:aws:iam::").size());
      const std::string_view account = rest.substr(0, kAccountDigits);
      if (!is_account(account) || rest.size() < kAccountDigits + 2 || rest[kAccountDigits] != ':') return std::nullopt;
      if (iam && rest.substr(kAccountDigits) == ":root") {
        return PolicyPrincipal{.kind = PrincipalKind::kAccount, .value = std::string(account)};
      }
      return PolicyPrincipal{.kind = PrincipalKind::kArn, .value = std::string(value)};
    }
    const bool id = value.size() >= kMinIdSize && (value.starts_with("AIDA") || value.starts_with("AROA"));
    if (id) return PolicyPrincipal{.kind = PrincipalKind::kUniqueId, .value = std::string(value)};
    return std::nullopt;
  }

  // One of `name` and `Not...`; `missing` where neither is there, or it is empty.
  AwsResult<PatternSet> ReadSet(const Value& in, std::string_view name, std::string_view inverse,
                                std::string_view missing, AwsStatus (*check)(std::string_view)) {
    if (in.Has(name) && in.Has(inverse)) return SyntaxError();
    PatternSet set{.patterns = {}, .inverted = in.Has(inverse)};
    const Value& value = in[set.inverted ? inverse : name];
    if (value.IsNull()) return Malformed(std::string(missing));
    const auto texts = Texts(value);
    if (!texts) return SyntaxError();
    if (texts->empty()) return Malformed(std::string(missing));
    for (const std::string_view text : *texts) {
      if (AwsStatus status = check(text); !status) return std::unexpected(std::move(status.error()));
      set.patterns.push_back(Pattern::Parse(text, variables_));
    }
    return set;
  }

  AwsStatus ReadActions(const Value& in, Statement& statement) {
    auto set = ReadSet(in, "Action", "NotAction", "Policy statement must contain actions.", CheckAction);
    if (!set) return std::unexpected(std::move(set.error()));
    statement.actions = std::move(*set);
    return {};
  }

  AwsStatus ReadResources(const Value& in, Statement& statement) {
    // A trust policy has none; what else needs one says so itself.
    if (kind_ == PolicyKind::kResource && !in.Has("Resource") && !in.Has("NotResource")) return {};
    auto set = ReadSet(in, "Resource", "NotResource", "Policy statement must contain resources.", CheckResource);
    if (!set) return std::unexpected(std::move(set.error()));
    statement.resources = std::move(*set);
    return {};
  }

  AwsStatus ReadConditions(const Value& in, Statement& statement) {
    if (in.IsNull()) return {};
    if (!in.IsObject()) return SyntaxError();
    std::set<std::string_view> seen;
    for (const Value::Member& block : in.members()) {
      const auto op = ConditionOperator::Parse(block.name);
      if (!op || !block.value.IsObject() || !seen.insert(block.name).second) return SyntaxError();
      for (const Value::Member& member : block.value.members()) {
        if (member.name.find(':') == std::string::npos) {
          return Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        }
        Condition condition{.op = *op, .key = member.name, .values = {}};
        if (!ReadValues(member.value, condition.values)) return SyntaxError();
        statement.conditions.push_back(std::move(condition));
      }
    }
    return {};
  }

  bool ReadValues(const Value& in, std::vector<Pattern>& out) const {
    if (in.IsList()) {
      return std::ranges::all_of(in.elements(),
                                 [&](const Value& element) { return !element.IsList() && ReadValues(element, out); });
    }
    switch (in.kind()) {
      case Value::Kind::kString: out.push_back(Pattern::Parse(in.Text(), variables_)); return true;
      case Value::Kind::kBoolean:
      case Value::Kind::kInteger:
      case Value::Kind::kDouble: out.push_back(Pattern::Parse(codec::WriteJson(in), variables_)); return true;
      case Value::Kind::kNull:
      case Value::Kind::kBlob:
      case Value::Kind::kTimestamp:
      case Value::Kind::kList:
      case Value::Kind::kObject: break;
    }
    return false;
  }

  PolicyKind kind_;
  Pattern::Variables variables_ = Pattern::Variables::kLiteral;
  std::set<std::string> sids_;
};

}  // namespace

Policy::Policy(std::unique_ptr<const Body> body) : body_(std::move(body)) {}
Policy::~Policy() = default;

AwsResult<std::shared_ptr<const Policy>> Policy::Parse(std::string_view text, PolicyKind kind) {
  if (text.size() > kMaxBytes) return SyntaxError();
  auto document = codec::ParseJsonValue(text);
  if (!document) return SyntaxError();
  auto body = Parser(kind).Parse(*document);
  if (!body) return std::unexpected(std::move(body.error()));
  return std::make_shared<const Policy>(std::move(*body));
}

}  // namespace opentrail::iam
