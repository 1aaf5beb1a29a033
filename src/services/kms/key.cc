#include "services/kms/key.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/cipher.h"
#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::services::kms {
namespace {

// A ciphertext: this mark, the key's id (36 characters), a nonce, and what AES-256-GCM made.
constexpr std::string_view kMark = "OTK1";
constexpr size_t kKeyIdBytes = 36;
constexpr size_t kHeadBytes = 4 + kKeyIdBytes + codec::kCipherNonceBytes;
constexpr std::string_view kAwsAliasPrefix = "alias/aws/";

std::string Purpose(const Key& key) { return fmt::format("kms.key {}", key.id); }

Key Read(const store::Rows& rows, std::string_view region, std::string_view account) {
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  Key key{.id = text(0),
          .arn = fmt::format("arn:aws:kms:{}:{}:key/{}", region, account, rows.Text(0)),
          .description = text(1),
          .state = text(2),
          .policy = text(3),
          .manager = text(4),
          .sealed_material = text(5),
          .created = Time(std::chrono::milliseconds(rows.Integer(6))),
          .deletion = std::nullopt};
  if (!rows.IsNull(7)) key.deletion = Time(std::chrono::milliseconds(rows.Integer(7)));
  return key;
}

// The context's pairs in the order of their names, each part with its length: no two contexts look alike.
std::string AuthenticatedData(std::string_view key_id, const Value& context) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (const auto& [name, value] : context.members()) pairs.emplace_back(name, value.Text());
  std::ranges::sort(pairs);
  std::string data(key_id);
  for (const auto& [name, value] : pairs) data += fmt::format("\n{}:{}{}:{}", name.size(), name, value.size(), value);
  return data;
}

std::optional<std::string> AliasTarget(store::Connection& state, std::string_view region, std::string_view alias) {
  store::Rows rows = state.Query("SELECT key_id FROM kms_alias WHERE region = ? AND name = ?", region, alias);
  return rows.Next() ? std::optional(std::string(rows.Text(0))) : std::nullopt;
}

// What AWS gives a service for the account's users.
std::string ServicePolicy(const Call& call, std::string_view service) {
  return fmt::format(
      R"({{"Version":"2012-10-17","Id":"auto-{0}-2","Statement":[{{"Sid":"Allow access through the service for all principals in the account","Effect":"Allow","Principal":{{"AWS":"*"}},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*","Condition":{{"StringEquals":{{"kms:CallerAccount":"{1}","kms:ViaService":"{0}.{2}.amazonaws.com"}}}}}},{{"Sid":"Allow direct access to key metadata to the account","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{1}:root"}},"Action":["kms:Describe*","kms:Get*","kms:List*"],"Resource":"*"}}]}})",
      service, call.account_id, call.region);
}

}  // namespace

std::optional<Key> FindKeyById(store::Connection& state, std::string_view region, std::string_view id) {
  store::Rows rows = state.Query(
      "SELECT key_id, description, state, policy, manager, material, created, deletion, account_id FROM kms_key "
      "WHERE key_id = ? AND region = ?",
      id, region);
  if (!rows.Next()) return std::nullopt;
  return Read(rows, region, rows.Text(8));
}

AwsResult<Key> FindKey(KmsService& service, const Call& call, store::Connection& state, std::string_view id,
                       Aliases aliases) {
  const std::string key_prefix = fmt::format("arn:aws:kms:{}:{}:key/", call.region, call.account_id);
  const std::string alias_prefix = fmt::format("arn:aws:kms:{}:{}:", call.region, call.account_id);
  std::string_view alias = id.starts_with(alias_prefix + "alias/") ? id.substr(alias_prefix.size()) : id;
  if (alias.starts_with("alias/")) {
    if (aliases == Aliases::kRefused) return AwsFailure("NotFoundException", "Invalid keyId '{}'", id);
    const auto target = AliasTarget(state, call.region, alias);
    if (!target && alias.starts_with(kAwsAliasPrefix) && !call.invoked_by.empty()) {
      const std::string_view owner = alias.substr(kAwsAliasPrefix.size());
      Key key = MakeKey(service, call, state, ServicePolicy(call, owner),
                        "Default key that protects objects when no other key is defined", "AWS");
      state.Execute("INSERT INTO kms_alias VALUES(?, ?, ?, ?)", call.region, alias, key.id,
                    call.now.time_since_epoch().count());
      return key;
    }
    if (!target) return AwsFailure("NotFoundException", "Alias {}{} is not found.", alias_prefix, alias);
    return *FindKeyById(state, call.region, *target);
  }
  const std::string_view key_id = id.starts_with(key_prefix) ? id.substr(key_prefix.size()) : id;
  if (auto key = FindKeyById(state, call.region, key_id)) return std::move(*key);
  if (id.starts_with("arn:")) return AwsFailure("NotFoundException", "Key '{}' does not exist", id);
  return AwsFailure("NotFoundException", "Key '{}{}' does not exist", key_prefix, key_id);
}

AwsStatus CheckUsable(const Key& key) {
  if (key.state == "Disabled") return AwsFailure("DisabledException", "{} is disabled.", key.arn);
  if (key.state == "PendingDeletion") return AwsFailure("KMSInvalidStateException", "{} is pending deletion.", key.arn);
  return {};
}

Value DescribeKeyMetadata(const Call& call, const Key& key) {
  Value value = Value::Object({{"AWSAccountId", call.account_id},
                               {"KeyId", key.id},
                               {"Arn", key.arn},
                               {"CreationDate", key.created},
                               {"Enabled", key.state == "Enabled"},
                               {"Description", key.description},
                               {"KeyUsage", "ENCRYPT_DECRYPT"},
                               {"KeyState", key.state}});
  if (key.deletion) value.Set("DeletionDate", *key.deletion);
  value.Set("Origin", "AWS_KMS")
      .Set("KeyManager", key.manager)
      .Set("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT")
      .Set("KeySpec", "SYMMETRIC_DEFAULT");
  return value.Set("EncryptionAlgorithms", Value::List({"SYMMETRIC_DEFAULT"})).Set("MultiRegion", false);
}

Key MakeKey(KmsService& service, const Call& call, store::Connection& state, std::string policy,
            std::string_view description, std::string_view manager) {
  RandomSource& random = service.environment().random;
  Key key{.id = RandomUuid(random),
          .arn = {},
          .description = std::string(description),
          .state = "Enabled",
          .policy = std::move(policy),
          .manager = std::string(manager),
          .sealed_material = {},
          .created = call.now,
          .deletion = std::nullopt};
  key.arn = fmt::format("arn:aws:kms:{}:{}:key/{}", call.region, call.account_id, key.id);
  std::string material(codec::kCipherKeyBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(material.data()), material.size()});
  key.sealed_material = service.secrets().Seal(material, Purpose(key));
  state.Execute("INSERT INTO kms_key VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", key.id, call.region, call.account_id,
                key.description, key.state, key.policy, key.manager, store::Blob{key.sealed_material},
                call.now.time_since_epoch().count());
  return key;
}

std::string Encrypted(KmsService& service, const Key& key, std::string_view plaintext, const Value& context) {
  std::string nonce(codec::kCipherNonceBytes, '\0');
  service.environment().random.Fill({reinterpret_cast<uint8_t*>(nonce.data()), nonce.size()});
  std::string ciphertext = std::string(kMark) + key.id + nonce;
  if (auto material = service.secrets().Unseal(key.sealed_material, Purpose(key))) {
    codec::Cipher(*material).Seal(nonce, AuthenticatedData(key.id, context), plaintext, ciphertext);
  }
  return ciphertext;
}

std::optional<std::string_view> KeyIdOf(std::string_view ciphertext) {
  if (ciphertext.size() < kHeadBytes || !ciphertext.starts_with(kMark)) return std::nullopt;
  return ciphertext.substr(kMark.size(), kKeyIdBytes);
}

AwsResult<std::string> Decrypted(KmsService& service, const Key& key, std::string_view ciphertext,
                                 const Value& context) {
  auto material = service.secrets().Unseal(key.sealed_material, Purpose(key));
  if (material && ciphertext.size() >= kHeadBytes) {
    const std::string_view nonce = ciphertext.substr(kMark.size() + kKeyIdBytes, codec::kCipherNonceBytes);
    auto plaintext =
        codec::Cipher(*material).Open(nonce, AuthenticatedData(key.id, context), ciphertext.substr(kHeadBytes));
    if (plaintext) return std::move(*plaintext);
  }
  return std::unexpected(AwsError{"InvalidCiphertextException", "", 400});
}

}  // namespace opentrail::services::kms
