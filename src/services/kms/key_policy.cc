#include "services/kms/key_policy.h"

#include "iam/evaluation.h"
#include "services/iam/policy_principal.h"
#include "services/kms/handlers.h"
#include "services/kms/key.h"

namespace opentrail::services::kms {
namespace {

constexpr std::string_view kPolicyName = "default";

std::string RootArn(const Call& call) { return fmt::format("arn:aws:iam::{}:root", call.account_id); }

AwsStatus CheckPolicyName(const Call& call) {
  if (call.input["PolicyName"].Text(kPolicyName) == kPolicyName) return {};
  return AwsFailure("NotFoundException", "No such policy exists");
}

// The caller itself may write it, or the account may, and so whom its IAM policies let.
bool MayWriteAgain(const Call& call, const opentrail::iam::PolicyPointer& policy, std::string_view arn) {
  const opentrail::iam::AccessRequest request{.action = "kms:PutKeyPolicy",
                                              .resource = std::string(arn),
                                              .resource_account = call.account_id,
                                              .rule = opentrail::iam::ResourcePolicyRule::kMustAllow,
                                              .resource_policy = policy,
                                              .context = {}};
  const auto may = [&](const opentrail::iam::Principal& principal) {
    return Evaluate(principal, {}, request).verdict == opentrail::iam::Verdict::kAllowed;
  };
  return may(call.principal) || may({.type = opentrail::iam::PrincipalType::kRoot,
                                     .account_id = call.account_id,
                                     .principal_id = call.account_id,
                                     .arn = RootArn(call)});
}

}  // namespace

std::string DefaultKeyPolicy(const Call& call) {
  return fmt::format(R"({{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "{}"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}})",
                     RootArn(call));
}

std::string ManagedKeyPolicy(const Call& call, std::string_view service) {
  return fmt::format(
      R"({{"Version":"2012-10-17","Id":"auto-{0}-2","Statement":[{{"Sid":"Allow access through {0} for all principals )"
      R"(in the account that are authorized to use {0}","Effect":"Allow","Principal":{{"AWS":"*"}},"Action":)"
      R"(["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*",)"
      R"("Condition":{{"StringEquals":{{"kms:CallerAccount":"{1}","kms:ViaService":"{0}.{2}.amazonaws.com"}}}}}},)"
      R"({{"Sid":"Allow direct access to key metadata to the account","Effect":"Allow","Principal":{{"AWS":"{3}"}},)"
      R"("Action":["kms:Describe*","kms:Get*","kms:List*","kms:RevokeGrant"],"Resource":"*"}}]}})",
      service, call.account_id, call.region, RootArn(call));
}

AwsStatus CheckKeyPolicy(const Call& call, store::Connection& state, std::string_view text, std::string_view arn) {
  const auto policy = opentrail::iam::Policy::Parse(text, opentrail::iam::PolicyKind::kResource);
  if (!policy) return AwsFailure("MalformedPolicyDocumentException", "{}", policy.error().message);
  if (iam::FindMissingPrincipal(state, call.account_id, **policy)) {
    return AwsFailure("MalformedPolicyDocumentException",
                      "Policy contains a statement with one or more invalid principals.");
  }
  if (call.input["BypassPolicyLockoutSafetyCheck"].Boolean() || MayWriteAgain(call, *policy, arn)) return {};
  return AwsFailure("MalformedPolicyDocumentException",
                    "The new key policy will not allow you to update the key policy in the future.");
}

opentrail::iam::PolicyPointer KeyPolicyCache::Find(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (const auto found = policies_.find(text); found != policies_.end()) return found->second;
  if (policies_.size() >= kMaxEntries) policies_.clear();
  auto policy = opentrail::iam::Policy::Parse(text, opentrail::iam::PolicyKind::kResource);
  return policies_[text] = policy ? std::move(*policy) : nullptr;
}

AwsResult<Reply> GetKeyPolicy(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  if (AwsStatus named = CheckPolicyName(call); !named) return std::unexpected(std::move(named.error()));
  return KeyReply(call, *key, Value::Object({{"Policy", key->policy}, {"PolicyName", kPolicyName}}));
}

AwsResult<Reply> PutKeyPolicy(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  AwsStatus status = CheckPolicyName(call);
  if (status) status = CheckCustomerManaged(*key);
  if (status) status = CheckKeyPolicy(call, transaction.connection(), call.input["Policy"].Text(), key->arn);
  if (!status) return std::unexpected(std::move(status.error()));
  key->policy = call.input["Policy"].Text();
  StoreKey(transaction.connection(), *key);
  return KeyReply(call, *key);
}

AwsResult<Reply> ListKeyPolicies(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  return KeyReply(call, *key, Value::Object({{"PolicyNames", Value::List({kPolicyName})}, {"Truncated", false}}));
}

}  // namespace opentrail::services::kms
