#include "services/kms/kms_service.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "codec/text.h"
#include "iam/policy.h"
#include "services/kms/key.h"

namespace opentrail::services::kms {
namespace {

using opentrail::iam::AccessRequest;
using opentrail::iam::Policy;
using opentrail::iam::PolicyKind;
using AccessRequests = std::vector<AccessRequest>;

constexpr store::Migration kMigrations[] = {{.part = "kms", .version = 1, .sql = R"(
CREATE TABLE kms_key(
  key_id TEXT PRIMARY KEY, region TEXT NOT NULL, account_id TEXT NOT NULL, description TEXT NOT NULL, state TEXT NOT NULL,
  policy TEXT NOT NULL, manager TEXT NOT NULL, material BLOB NOT NULL, created INTEGER NOT NULL, deletion INTEGER) STRICT;
CREATE INDEX kms_key_region ON kms_key(region, created);
CREATE TABLE kms_alias(
  region TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY(region, name)) STRICT, WITHOUT ROWID;
CREATE INDEX kms_alias_key ON kms_alias(key_id);
)"}};

constexpr int64_t kDefaultListed = 100;
constexpr int64_t kDefaultAliases = 50;
constexpr int64_t kDefaultWindowDays = 30;
constexpr size_t kMaxPlaintext = 4096;
constexpr size_t kMaxCiphertext = 6144;
constexpr size_t kMaxRandom = 1024;

KmsService& Self(Service& service) { return static_cast<KmsService&>(service); }

trail::RecordResource ResourceOf(const Call& call, const Key& key) {
  return {.type = "AWS::KMS::Key", .arn = key.arn, .account_id = call.account_id};
}

void AddContext(AccessRequest& request, const Call& call) {
  request.context.Add("kms:CallerAccount", call.principal.type == opentrail::iam::PrincipalType::kAwsService
                                               ? call.account_id
                                               : call.principal.account_id);
  if (!call.invoked_by.empty()) {
    const std::string service = call.invoked_by.substr(0, call.invoked_by.find(".amazonaws.com"));
    request.context.Add("kms:ViaService",
                        fmt::format("{}.{}.amazonaws.com", service.substr(service.rfind('.') + 1), call.region));
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : call.input["EncryptionContext"].members()) {
    request.context.Add("kms:EncryptionContext:" + name, std::string(value.Text()));
    names.push_back(name);
  }
  if (!names.empty()) request.context.Add("kms:EncryptionContextKeys", std::move(names));
}

AwsResult<AccessRequests> AuthorizeOn(const Call& call, const Key& key) {
  AccessRequests requests(1);
  requests[0].action = fmt::format("kms:{}", call.operation->name);
  requests[0].resource = key.arn;
  requests[0].rule = opentrail::iam::ResourcePolicyRule::kMustAllow;
  if (auto policy = Policy::Parse(key.policy, PolicyKind::kResource)) requests[0].resource_policy = std::move(*policy);
  AddContext(requests[0], call);
  return requests;
}

AwsResult<AccessRequests> AuthorizeAccount(Service&, const Call& call, store::Connection&) {
  AccessRequests requests(1);
  requests[0].action = fmt::format("kms:{}", call.operation->name);
  return requests;
}

AwsResult<AccessRequests> AuthorizeKey(Service& service, const Call& call, store::Connection& state) {
  const Value& id = call.input.Has("KeyId") ? call.input["KeyId"] : call.input["TargetKeyId"];
  auto key = FindKey(Self(service), call, state, id.Text());
  if (!key) return std::unexpected(key.error());
  return AuthorizeOn(call, *key);
}

AwsResult<AccessRequests> AuthorizeAlias(Service& service, const Call& call, store::Connection& state) {
  auto key = FindKey(Self(service), call, state, call.input["AliasName"].Text());
  if (!key) return std::unexpected(key.error());
  return AuthorizeOn(call, *key);
}

AwsResult<Key> KeyOfCiphertext(Service& service, const Call& call, store::Connection& state) {
  const auto id = KeyIdOf(call.input["CiphertextBlob"].Bytes());
  if (!id) return std::unexpected(AwsError{"InvalidCiphertextException", "", 400});
  auto key = FindKeyById(state, call.region, *id);
  if (!key) {
    return AwsFailure(
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or "
        "you are not allowed to access.");
  }
  if (call.input.Has("KeyId")) {
    auto named = FindKey(Self(service), call, state, call.input["KeyId"].Text());
    if (!named) return std::unexpected(named.error());
    if (named->id != key->id) {
      return AwsFailure("IncorrectKeyException",
                        "The key ID in the request does not identify a CMK that can perform this operation.");
    }
  }
  return std::move(*key);
}

AwsResult<AccessRequests> AuthorizeDecrypt(Service& service, const Call& call, store::Connection& state) {
  auto key = KeyOfCiphertext(service, call, state);
  if (!key) return std::unexpected(key.error());
  return AuthorizeOn(call, *key);
}

AwsResult<std::string> CheckedPolicy(std::string_view text) {
  auto policy = Policy::Parse(text, PolicyKind::kResource);
  if (!policy) return AwsFailure("MalformedPolicyDocumentException", "{}", policy.error().message);
  return std::string(text);
}

std::string DefaultPolicy(const Call& call) {
  return fmt::format(R"({{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:aws:iam::{}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}})",
                     call.account_id);
}

AwsResult<Reply> CreateKey(Service& service, Call& call, store::Transaction& transaction) {
  const Value& input = call.input;
  for (const auto& [member, only] :
       {std::pair{"KeySpec", "SYMMETRIC_DEFAULT"}, std::pair{"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
        std::pair{"KeyUsage", "ENCRYPT_DECRYPT"}, std::pair{"Origin", "AWS_KMS"}}) {
    if (input[member].Text(only) != only)
      return AwsFailure("UnsupportedOperationException", "{} {} is not supported here", member, input[member].Text());
  }
  std::string policy = DefaultPolicy(call);
  if (input.Has("Policy")) {
    auto checked = CheckedPolicy(input["Policy"].Text());
    if (!checked) return std::unexpected(checked.error());
    policy = std::move(*checked);
  }
  const Key key = MakeKey(Self(service), call, transaction.connection(), std::move(policy), input["Description"].Text(),
                          "CUSTOMER");
  Reply reply;
  reply.output.Set("KeyMetadata", DescribeKeyMetadata(call, key));
  reply.resources = {ResourceOf(call, key)};
  return reply;
}

AwsResult<Reply> DescribeKey(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text());
  if (!key) return std::unexpected(key.error());
  Reply reply;
  reply.output.Set("KeyMetadata", DescribeKeyMetadata(call, *key));
  return reply;
}

// One page of a list by Limit and Marker.
AwsStatus Page(const Value& input, std::string_view list, int64_t fallback, Value::Elements all, Value& output) {
  size_t begin = 0;
  if (const std::string_view marker = input["Marker"].Text(); !marker.empty()) {
    const auto text = codec::Base64Decode(marker);
    const char* end = text ? text->data() + text->size() : nullptr;
    if (!text || std::from_chars(text->data(), end, begin).ptr != end || begin > all.size()) {
      return AwsFailure("InvalidMarkerException", "The marker is invalid");
    }
  }
  const size_t end = std::min(all.size(), begin + static_cast<size_t>(input["Limit"].Integer(fallback)));
  output.Set(list, Value::List(Value::Elements(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                               all.begin() + static_cast<std::ptrdiff_t>(end))));
  if (end < all.size()) output.Set("NextMarker", codec::Base64Encode(std::to_string(end)));
  output.Set("Truncated", end < all.size());
  return {};
}

AwsResult<Reply> ListKeys(Service&, Call& call, store::Transaction& transaction) {
  Value::Elements all;
  store::Rows rows =
      transaction.connection().Query("SELECT key_id FROM kms_key WHERE region = ? ORDER BY created", call.region);
  while (rows.Next()) {
    all.push_back(Value::Object(
        {{"KeyId", rows.Text(0)},
         {"KeyArn", fmt::format("arn:aws:kms:{}:{}:key/{}", call.region, call.account_id, rows.Text(0))}}));
  }
  Reply reply;
  if (auto paged = Page(call.input, "Keys", kDefaultListed, std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> CreateAlias(Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["AliasName"].Text();
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-";
  if (!name.starts_with("alias/") || name.size() == 6 ||
      name.find_first_not_of(kCharacters) != std::string_view::npos) {
    return AwsFailure("InvalidAliasNameException", "Invalid identifier");
  }
  if (name.starts_with("alias/aws/")) return AwsFailure("NotAuthorizedException", "");
  auto key = FindKey(Self(service), call, state, call.input["TargetKeyId"].Text(), Aliases::kRefused);
  if (!key) return std::unexpected(key.error());
  if (key->state == "PendingDeletion") return std::unexpected(CheckUsable(*key).error());
  const std::string arn = fmt::format("arn:aws:kms:{}:{}:{}", call.region, call.account_id, name);
  if (state.Execute("INSERT OR IGNORE INTO kms_alias VALUES(?, ?, ?, ?)", call.region, name, key->id,
                    call.now.time_since_epoch().count()) == 0) {
    return AwsFailure("AlreadyExistsException", "An alias with the name {} already exists", arn);
  }
  Reply reply;
  reply.resources = {ResourceOf(call, *key), {.type = "AWS::KMS::Key", .arn = arn, .account_id = call.account_id}};
  return reply;
}

AwsResult<Reply> UpdateAlias(Service& service, Call& call, store::Transaction& transaction) {
  auto key =
      FindKey(Self(service), call, transaction.connection(), call.input["TargetKeyId"].Text(), Aliases::kRefused);
  if (!key) return std::unexpected(key.error());
  transaction.connection().Execute("UPDATE kms_alias SET key_id = ? WHERE region = ? AND name = ?", key->id,
                                   call.region, call.input["AliasName"].Text());
  return Reply{};
}

AwsResult<Reply> DeleteAlias(Service&, Call& call, store::Transaction& transaction) {
  transaction.connection().Execute("DELETE FROM kms_alias WHERE region = ? AND name = ?", call.region,
                                   call.input["AliasName"].Text());
  return Reply{};
}

AwsResult<Reply> ListAliases(Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  std::string only;
  if (call.input.Has("KeyId")) {
    auto key = FindKey(Self(service), call, state, call.input["KeyId"].Text());
    if (!key) return std::unexpected(key.error());
    only = key->id;
  }
  Value::Elements all;
  store::Rows rows =
      state.Query("SELECT name, key_id, created FROM kms_alias WHERE region = ? ORDER BY name", call.region);
  while (rows.Next()) {
    if (!only.empty() && rows.Text(1) != only) continue;
    const Time created(std::chrono::milliseconds(rows.Integer(2)));
    all.push_back(
        Value::Object({{"AliasName", rows.Text(0)},
                       {"AliasArn", fmt::format("arn:aws:kms:{}:{}:{}", call.region, call.account_id, rows.Text(0))},
                       {"TargetKeyId", rows.Text(1)},
                       {"CreationDate", created},
                       {"LastUpdatedDate", created}}));
  }
  Reply reply;
  if (auto paged = Page(call.input, "Aliases", kDefaultAliases, std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> Encrypt(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text());
  if (!key) return std::unexpected(key.error());
  if (auto usable = CheckUsable(*key); !usable) return std::unexpected(usable.error());
  const std::string_view plaintext = call.input["Plaintext"].Bytes();
  if (plaintext.empty() || plaintext.size() > kMaxPlaintext) {
    return AwsFailure(
        "ValidationException",
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length "
        "less than or equal to {}",
        kMaxPlaintext);
  }
  Reply reply;
  reply.output.Set("CiphertextBlob",
                   Value::Blob(Encrypted(Self(service), *key, plaintext, call.input["EncryptionContext"])));
  reply.output.Set("KeyId", key->arn).Set("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
  return reply;
}

AwsResult<Reply> Decrypt(Service& service, Call& call, store::Transaction& transaction) {
  const std::string_view ciphertext = call.input["CiphertextBlob"].Bytes();
  if (ciphertext.size() > kMaxCiphertext) return std::unexpected(AwsError{"InvalidCiphertextException", "", 400});
  auto key = KeyOfCiphertext(service, call, transaction.connection());
  if (!key) return std::unexpected(key.error());
  if (auto usable = CheckUsable(*key); !usable) return std::unexpected(usable.error());
  auto plaintext = Decrypted(Self(service), *key, ciphertext, call.input["EncryptionContext"]);
  if (!plaintext) return std::unexpected(plaintext.error());
  Reply reply;
  reply.output.Set("KeyId", key->arn)
      .Set("Plaintext", Value::Blob(std::move(*plaintext)))
      .Set("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
  return reply;
}

AwsResult<size_t> DataKeyBytes(const Value& input) {
  if (input.Has("KeySpec") == input.Has("NumberOfBytes"))
    return AwsFailure("ValidationException", "Please specify either number of bytes or key spec.");
  if (input.Has("NumberOfBytes")) return static_cast<size_t>(input["NumberOfBytes"].Integer(0));
  return input["KeySpec"].Text() == "AES_128" ? 16 : 32;
}

AwsResult<Reply> GenerateDataKey(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text());
  if (!key) return std::unexpected(key.error());
  if (auto usable = CheckUsable(*key); !usable) return std::unexpected(usable.error());
  auto size = DataKeyBytes(call.input);
  if (!size) return std::unexpected(size.error());
  if (*size < 1 || *size > kMaxRandom)
    return AwsFailure("ValidationException", "NumberOfBytes must be between 1 and {}", kMaxRandom);
  std::string data_key(*size, '\0');
  Self(service).environment().random.Fill({reinterpret_cast<uint8_t*>(data_key.data()), data_key.size()});
  Reply reply;
  reply.output.Set("CiphertextBlob",
                   Value::Blob(Encrypted(Self(service), *key, data_key, call.input["EncryptionContext"])));
  if (call.operation->name == "GenerateDataKey") reply.output.Set("Plaintext", Value::Blob(std::move(data_key)));
  reply.output.Set("KeyId", key->arn);
  return reply;
}

AwsResult<Reply> GenerateRandom(Service& service, Call& call, store::Transaction&) {
  const int64_t size = call.input["NumberOfBytes"].Integer(0);
  if (size < 1 || size > static_cast<int64_t>(kMaxRandom))
    return AwsFailure("ValidationException", "NumberOfBytes must be between 1 and {}", kMaxRandom);
  std::string bytes(static_cast<size_t>(size), '\0');
  Self(service).environment().random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  Reply reply;
  reply.output.Set("Plaintext", Value::Blob(std::move(bytes)));
  return reply;
}

// Enable, disable, schedule deletion, cancel it: from a state to a state.
AwsResult<Reply> SetState(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text(), Aliases::kRefused);
  if (!key) return std::unexpected(key.error());
  const std::string_view operation = call.operation->name;
  const bool pending = key->state == "PendingDeletion";
  if (pending != (operation == "CancelKeyDeletion")) {
    if (pending) return std::unexpected(CheckUsable(*key).error());
    return AwsFailure("KMSInvalidStateException", "{} is not pending deletion.", key->arn);
  }
  Reply reply;
  std::optional<int64_t> deletion;
  std::string_view wanted = operation == "EnableKey" ? "Enabled" : "Disabled";
  if (operation == "ScheduleKeyDeletion") {
    wanted = "PendingDeletion";
    const int64_t days = call.input["PendingWindowInDays"].Integer(kDefaultWindowDays);
    const Time when = call.now + std::chrono::days(days);
    deletion = when.time_since_epoch().count();
    reply.output.Set("KeyId", key->arn)
        .Set("DeletionDate", when)
        .Set("KeyState", wanted)
        .Set("PendingWindowInDays", days);
  }
  if (operation == "CancelKeyDeletion") reply.output.Set("KeyId", key->arn);
  transaction.connection().Execute("UPDATE kms_key SET state = ?, deletion = ? WHERE key_id = ?", wanted, deletion,
                                   key->id);
  return reply;
}

AwsResult<Reply> GetKeyPolicy(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text(), Aliases::kRefused);
  if (!key) return std::unexpected(key.error());
  Reply reply;
  reply.output.Set("Policy", key->policy).Set("PolicyName", "default");
  return reply;
}

AwsResult<Reply> PutKeyPolicy(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text(), Aliases::kRefused);
  if (!key) return std::unexpected(key.error());
  auto policy = CheckedPolicy(call.input["Policy"].Text());
  if (!policy) return std::unexpected(policy.error());
  transaction.connection().Execute("UPDATE kms_key SET policy = ? WHERE key_id = ?", *policy, key->id);
  return Reply{};
}

AwsResult<Reply> ListKeyPolicies(Service&, Call&, store::Transaction&) {
  Reply reply;
  reply.output.Set("PolicyNames", Value::List({"default"})).Set("Truncated", false);
  return reply;
}

AwsResult<Reply> UpdateKeyDescription(Service& service, Call& call, store::Transaction& transaction) {
  auto key = FindKey(Self(service), call, transaction.connection(), call.input["KeyId"].Text(), Aliases::kRefused);
  if (!key) return std::unexpected(key.error());
  transaction.connection().Execute("UPDATE kms_key SET description = ? WHERE key_id = ?",
                                   call.input["Description"].Text(), key->id);
  return Reply{};
}

constexpr std::array kHandlers = std::to_array<Handler>({
    {"CancelKeyDeletion", AuthorizeKey, SetState},
    {"CreateAlias", AuthorizeKey, CreateAlias},
    {"CreateKey", AuthorizeAccount, CreateKey},
    {"Decrypt", AuthorizeDecrypt, Decrypt},
    {"DeleteAlias", AuthorizeAlias, DeleteAlias},
    {"DescribeKey", AuthorizeKey, DescribeKey},
    {"DisableKey", AuthorizeKey, SetState},
    {"EnableKey", AuthorizeKey, SetState},
    {"Encrypt", AuthorizeKey, Encrypt},
    {"GenerateDataKey", AuthorizeKey, GenerateDataKey},
    {"GenerateDataKeyWithoutPlaintext", AuthorizeKey, GenerateDataKey},
    {"GenerateRandom", AuthorizeAccount, GenerateRandom},
    {"GetKeyPolicy", AuthorizeKey, GetKeyPolicy},
    {"ListAliases", AuthorizeAccount, ListAliases},
    {"ListKeyPolicies", AuthorizeKey, ListKeyPolicies},
    {"ListKeys", AuthorizeAccount, ListKeys},
    {"PutKeyPolicy", AuthorizeKey, PutKeyPolicy},
    {"ScheduleKeyDeletion", AuthorizeKey, SetState},
    {"UpdateAlias", AuthorizeAlias, UpdateAlias},
    {"UpdateKeyDescription", AuthorizeKey, UpdateKeyDescription},
});
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const store::Migration> KmsService::migrations() const { return kMigrations; }
std::span<const Handler> KmsService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::kms
