#include "services/kms/authorization.h"

#include "codec/json_value.h"
#include "services/kms/ciphertext.h"
#include "services/kms/grant.h"
#include "services/kms/key.h"
#include "services/kms/key_policy.h"

namespace opentrail::services::kms {
namespace {

using opentrail::iam::AccessRequest;
using opentrail::iam::ContextKeys;
using opentrail::iam::ResourcePolicyRule;
using Requests = AwsResult<std::vector<AccessRequest>>;

std::string ActionOf(const Call& call) { return fmt::format("kms:{}", call.operation->name); }

// "s3.amazonaws.com" -> "s3.us-east-1.amazonaws.com"
std::string ViaService(const Call& call) {
  return fmt::format("{}.{}.amazonaws.com", call.invoked_by.substr(0, call.invoked_by.find('.')), call.region);
}

void AddEncryptionContext(ContextKeys& keys, const Value& context) {
  std::vector<std::string> names;
  for (const auto& [name, value] : context.members()) {
    keys.Add("kms:EncryptionContext:" + name, std::string(value.Text()));
    names.push_back(name);
  }
  if (!names.empty()) keys.Add("kms:EncryptionContextKeys", std::move(names));
}

void AddGrantKeys(ContextKeys& keys, const Call& call) {
  if (call.operation->name != "CreateGrant") return;
  std::vector<std::string> operations;
  for (const Value& operation : call.input["Operations"].elements()) operations.emplace_back(operation.Text());
  keys.Add("kms:GrantOperations", std::move(operations));
  keys.Add("kms:GranteePrincipal", std::string(call.input["GranteePrincipal"].Text()));
  if (call.input.Has("RetiringPrincipal")) {
    keys.Add("kms:RetiringPrincipal", std::string(call.input["RetiringPrincipal"].Text()));
  }
  keys.Add("kms:GrantIsForAWSResource", call.invoked_by.empty() ? "false" : "true");
}

void AddRequestTags(ContextKeys& keys, const Call& call) {
  std::vector<std::string> names;
  for (const Value& tag : call.input["Tags"].elements()) {
    names.emplace_back(tag["TagKey"].Text());
    keys.Add("aws:RequestTag/" + names.back(), std::string(tag["TagValue"].Text()));
  }
  for (const Value& name : call.input["TagKeys"].elements()) names.emplace_back(name.Text());
  if (!names.empty()) keys.Add("aws:TagKeys", std::move(names));
}

ContextKeys RequestContext(const Call& call) {
  ContextKeys keys;
  const bool is_service = call.principal.type == opentrail::iam::PrincipalType::kAwsService;
  const std::string& caller = is_service ? call.account_id : call.principal.account_id;
  if (!caller.empty()) keys.Add("kms:CallerAccount", caller);
  if (!call.invoked_by.empty()) keys.Add("kms:ViaService", ViaService(call));
  AddGrantKeys(keys, call);
  AddRequestTags(keys, call);
  return keys;
}

void AddResourceKeys(ContextKeys& keys, store::Connection& state, const Key& key) {
  store::Rows tags = state.Query("SELECT name, value FROM kms_tag WHERE region = ? AND key_id = ?", key.region, key.id);
  while (tags.Next()) keys.Add(fmt::format("aws:ResourceTag/{}", tags.Text(0)), std::string(tags.Text(1)));
  std::vector<std::string> aliases;
  store::Rows rows = state.Query("SELECT name FROM kms_alias WHERE region = ? AND key_id = ?", key.region, key.id);
  while (rows.Next()) aliases.emplace_back(rows.Text(0));
  if (!aliases.empty()) keys.Add("kms:ResourceAliases", std::move(aliases));
  keys.Add("kms:KeySpec", "SYMMETRIC_DEFAULT");
  keys.Add("kms:KeyUsage", "ENCRYPT_DECRYPT");
  keys.Add("kms:KeyOrigin", "AWS_KMS");
  keys.Add("kms:MultiRegion", key.is_multi_region ? "true" : "false");
}

// A grant is one more statement of the key's policy: it allows what nothing denies.
std::string WithGrant(const std::string& policy, std::string_view grantee, std::string_view action) {
  auto document = codec::ParseJsonValue(policy);
  if (!document) return policy;
  Value& statements = document->At("Statement");
  if (!statements.IsList()) statements = Value::List({statements});
  statements.Append(
      Value::Object({{"Effect", "Allow"},
                     {"Principal", Value::Object({{grantee.starts_with("arn:") ? "AWS" : "Service", grantee}})},
                     {"Action", action},
                     {"Resource", "*"}}));
  return codec::WriteJson(*document);
}

AccessRequest KeyRequest(Service& service, const Call& call, store::Connection& state, const Key& key,
                         std::string_view operation, const Value& context, std::string_view reference = {}) {
  AccessRequest request{.action = fmt::format("kms:{}", operation),
                        .resource = key.arn,
                        .resource_account = call.account_id,
                        .rule = ResourcePolicyRule::kMustAllow,
                        .resource_policy = nullptr,
                        .context = RequestContext(call)};
  AddEncryptionContext(request.context, context);
  AddResourceKeys(request.context, state, key);
  if (const size_t alias = reference.find("alias/"); alias != std::string_view::npos) {
    request.context.Add("kms:RequestAlias", std::string(reference.substr(alias)));
  }
  auto& policies = static_cast<KmsService&>(service).policies();
  const auto grantee = GranteeFor(state, call, key, operation, context);
  request.resource_policy = policies.Find(grantee ? WithGrant(key.policy, *grantee, request.action) : key.policy);
  return request;
}

// The key of a reference as the call will find it: an AWS managed key may be made by it.
AwsResult<Key> FindKeyToUse(const Call& call, store::Connection& state, std::string_view reference) {
  auto key = FindKey(state, call, reference, Naming::kAliasToo);
  if (key || key.error().code != "NotFoundException") return key;
  const size_t alias = reference.find("alias/");
  if (auto predefined = PredefinedKey(call, reference.substr(alias != std::string_view::npos ? alias : 0))) {
    return std::move(*predefined);
  }
  return key;
}

AccessRequest AccountRequest(const Call& call, std::string action, std::string resource = "*") {
  return {.action = std::move(action),
          .resource = std::move(resource),
          .resource_account = {},
          .rule = ResourcePolicyRule::kNone,
          .resource_policy = nullptr,
          .context = RequestContext(call)};
}

}  // namespace

Requests AuthorizeAccount(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  return std::vector{AccountRequest(call, ActionOf(call))};
}

Requests AuthorizeCreateKey(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  std::vector requests{AccountRequest(call, ActionOf(call))};
  if (!call.input["Tags"].elements().empty()) requests.push_back(AccountRequest(call, "kms:TagResource"));
  for (AccessRequest& request : requests) {
    request.context.Add("kms:KeySpec", std::string(call.input["KeySpec"].Text("SYMMETRIC_DEFAULT")));
    request.context.Add("kms:KeyUsage", std::string(call.input["KeyUsage"].Text("ENCRYPT_DECRYPT")));
    request.context.Add("kms:KeyOrigin", std::string(call.input["Origin"].Text("AWS_KMS")));
    request.context.Add("kms:MultiRegion", call.input["MultiRegion"].Boolean() ? "true" : "false");
    request.context.Add("kms:BypassPolicyLockoutSafetyCheck",
                        call.input["BypassPolicyLockoutSafetyCheck"].Boolean() ? "true" : "false");
  }
  return requests;
}

Requests AuthorizeKey(Service& service, const Call& call, store::Connection& state) {
  const auto key = FindKey(state, call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(key.error());
  return std::vector{KeyRequest(service, call, state, *key, call.operation->name, nullptr)};
}

Requests AuthorizeKeyOrAlias(Service& service, const Call& call, store::Connection& state) {
  const std::string_view reference = call.input["KeyId"].Text();
  const auto key = FindKeyToUse(call, state, reference);
  if (!key) return std::unexpected(key.error());
  return std::vector{
      KeyRequest(service, call, state, *key, call.operation->name, call.input["EncryptionContext"], reference)};
}

Requests AuthorizeDecrypt(Service& service, const Call& call, store::Connection& state) {
  const auto ciphertext = ParseCiphertext(call.input["CiphertextBlob"].Bytes());
  if (!ciphertext) return std::unexpected(ciphertext.error());
  const auto key = LoadKey(state, call, ciphertext->key_id);
  if (!key) return std::vector<AccessRequest>();  // Decrypt tells it in words that tell nothing
  return std::vector{
      KeyRequest(service, call, state, *key, "Decrypt", call.input["EncryptionContext"], call.input["KeyId"].Text())};
}

Requests AuthorizeReEncrypt(Service& service, const Call& call, store::Connection& state) {
  const auto ciphertext = ParseCiphertext(call.input["CiphertextBlob"].Bytes());
  if (!ciphertext) return std::unexpected(ciphertext.error());
  const std::string_view to = call.input["DestinationKeyId"].Text();
  const auto destination = FindKeyToUse(call, state, to);
  if (!destination) return std::unexpected(destination.error());
  std::vector<AccessRequest> requests;
  if (const auto source = LoadKey(state, call, ciphertext->key_id)) {
    requests.push_back(KeyRequest(service, call, state, *source, "ReEncryptFrom", call.input["SourceEncryptionContext"],
                                  call.input["SourceKeyId"].Text()));
  }
  requests.push_back(
      KeyRequest(service, call, state, *destination, "ReEncryptTo", call.input["DestinationEncryptionContext"], to));
  return requests;
}

Requests AuthorizeAlias(Service& service, const Call& call, store::Connection& state) {
  const std::string_view name = call.input["AliasName"].Text();
  std::vector requests{AccountRequest(call, ActionOf(call), AliasArn(call, name))};
  const auto holder = FindKey(state, call, name, Naming::kAliasToo);
  if (holder && name.starts_with("alias/") && call.operation->name != "CreateAlias") {
    requests.push_back(KeyRequest(service, call, state, *holder, call.operation->name, nullptr));
  }
  if (!call.input.Has("TargetKeyId")) return requests;
  const auto target = FindKey(state, call, call.input["TargetKeyId"].Text(), Naming::kIdOrArn);
  if (!target) return std::unexpected(target.error());
  requests.push_back(KeyRequest(service, call, state, *target, call.operation->name, nullptr));
  return requests;
}

Requests AuthorizeRetireGrant(Service& service, const Call& call, store::Connection& state) {
  const auto grant = FindGrant(state, call);
  if (!grant) return std::unexpected(grant.error());
  const auto key = LoadKey(state, call, grant->key_id);
  if (!key) return AwsFailure("NotFoundException", "Key '{}' does not exist", KeyArn(call, grant->key_id));
  if (grant->retiring && IsCaller(call, *grant->retiring)) return std::vector<AccessRequest>();
  return std::vector{KeyRequest(service, call, state, *key, "RetireGrant", nullptr)};
}

}  // namespace opentrail::services::kms
