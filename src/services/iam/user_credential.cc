#include "services/iam/user_credential.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "services/iam/entity.h"
#include "services/iam/page.h"

namespace opentrail::services::iam {
namespace {

enum class CredentialKind : uint8_t { kSsh, kCertificate, kService };

struct KindInfo {
  std::string_view key;  // in the database
  std::string_view id_prefix;
  std::string_view id_member;
  std::string_view date_member;
  std::string_view list_member;
  std::string_view noun;
  std::string_view quota_name;
  int64_t quota;
};

constexpr KindInfo kKinds[] = {
    {"ssh", "APKA", "SSHPublicKeyId", "UploadDate", "SSHPublicKeys", "SSH Public Key", "SSHPublicKeysPerUser", 5},
    {"certificate", "ASCA", "CertificateId", "UploadDate", "Certificates", "Certificate", "CertificatesPerUser", 2},
    {"service", "ACCA", "ServiceSpecificCredentialId", "CreateDate", "ServiceSpecificCredentials",
     "Service Specific Credential", "ServiceSpecificCredentialsPerUser", 2},
};
constexpr size_t kIdSize = 21;
constexpr std::string_view kServices[] = {"bedrock.amazonaws.com", "cassandra.amazonaws.com",
                                          "codecommit.amazonaws.com", "logs.amazonaws.com"};

const KindInfo& Info(CredentialKind kind) { return kKinds[static_cast<size_t>(kind)]; }

struct HeldCredential {
  std::string id;
  bool active = true;
  int64_t created = 0;
  std::string body;
  std::string fingerprint;
};

HeldCredential Read(const store::Rows& rows) {
  return {std::string(rows.Text(0)), rows.Boolean(1), rows.Integer(2), std::string(rows.Text(3)),
          std::string(rows.Text(4))};
}

std::string ServiceUserName(const Context& context, const Entity& user) {
  return fmt::format("{}-at-{}", user.name, context.account_id());
}

// What lists show of each.
Value Describe(const Context& context, CredentialKind kind, const Entity& user, const HeldCredential& credential) {
  const KindInfo& info = Info(kind);
  Value value = Value::Object({{"UserName", user.name}, {"Status", credential.active ? "Active" : "Inactive"}});
  value.Set(info.id_member, credential.id);
  value.Set(info.date_member, FromMilliseconds(credential.created));
  switch (kind) {
    case CredentialKind::kSsh: break;
    case CredentialKind::kCertificate: value.Set("CertificateBody", credential.body); break;
    case CredentialKind::kService:
      value.Set("ServiceName", credential.body);
      value.Set("ServiceUserName", ServiceUserName(context, user));
      break;
  }
  return value;
}

AwsResult<HeldCredential> Store(const Context& context, CredentialKind kind, const Entity& user, std::string body,
                                std::string fingerprint) {
  const KindInfo& info = Info(kind);
  store::Rows rows = context.state.Query(
      "SELECT count(*) FROM iam_user_credential WHERE owner = ? AND kind = ? AND (kind <> 'service' OR body = ?)",
      user.id, info.key, body);
  rows.Next();
  if (auto status = CheckQuota(rows.Integer(0), info.quota, info.quota_name); !status) {
    return std::unexpected(std::move(status.error()));
  }
  HeldCredential credential{RandomIamId(context.random(), info.id_prefix, kIdSize), true, context.now_ms(),
                            std::move(body), std::move(fingerprint)};
  context.state.Execute(
      "INSERT INTO iam_user_credential (id, kind, owner, active, created, body, fingerprint) VALUES (?, ?, ?, 1, ?, ?, "
      "?)",
      credential.id, info.key, user.id, credential.created, credential.body, credential.fingerprint);
  return credential;
}

std::unexpected<AwsError> NoSuchCredential(CredentialKind kind, std::string_view id) {
  return AwsFailure("NoSuchEntity", "The {} with id {} cannot be found.", Info(kind).noun, id);
}

AwsResult<Reply> List(Context& context, CredentialKind kind) {
  const KindInfo& info = Info(kind);
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    Page page(context, info.list_member);
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    const std::string_view service = context.input["ServiceName"].Text();
    store::Rows rows = context.state.Query(
        "SELECT id, active, created, body, fingerprint FROM iam_user_credential WHERE owner = ? AND kind = ? AND id > "
        "? AND (? = '' OR body = ?) ORDER BY id LIMIT ?",
        user.id, info.key, page.after(), service, service, page.limit());
    while (rows.Next()) page.Add(rows.Text(0), Describe(context, kind, user, Read(rows)));
    return page.Finish();
  });
}

AwsResult<Reply> Update(Context& context, CredentialKind kind) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string_view id = context.input[Info(kind).id_member].Text();
    if (context.state.Execute("UPDATE iam_user_credential SET active = ? WHERE owner = ? AND kind = ? AND id = ?",
                              context.input["Status"].Text() == "Active", user.id, Info(kind).key, id) == 0) {
      return NoSuchCredential(kind, id);
    }
    return Reply{};
  });
}

AwsResult<Reply> Delete(Context& context, CredentialKind kind) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string_view id = context.input[Info(kind).id_member].Text();
    if (context.state.Execute("DELETE FROM iam_user_credential WHERE owner = ? AND kind = ? AND id = ?", user.id,
                              Info(kind).key, id) == 0) {
      return NoSuchCredential(kind, id);
    }
    return Reply{};
  });
}

// MD5 of the key's blob, in pairs: "e1:5b:..."
std::string Fingerprint(std::string_view blob) {
  const std::string hex = codec::HexEncode(codec::Md5(blob));
  std::string text;
  for (size_t i = 0; i < hex.size(); i += 2) text += (i == 0 ? "" : ":") + hex.substr(i, 2);
  return text;
}

// The blob of "ssh-rsa BASE64 comment".
std::optional<std::string> SshBlob(std::string_view body) {
  constexpr std::string_view kType = "ssh-rsa ";
  if (!body.starts_with(kType)) return std::nullopt;
  body.remove_prefix(kType.size());
  auto blob = codec::Base64Decode(body.substr(0, body.find_first_of(" \r\n")));
  // The blob begins with the type again, behind its length.
  if (!blob || blob->size() < 11 || blob->substr(4, 7) != "ssh-rsa") return std::nullopt;
  return blob;
}

Value DescribeSshKey(const Context& context, const Entity& user, const HeldCredential& key) {
  Value value = Describe(context, CredentialKind::kSsh, user, key);
  value.Set("Fingerprint", key.fingerprint);
  value.Set("SSHPublicKeyBody", key.body);
  return value;
}

bool IsCertificate(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                                X509_free);
  return certificate != nullptr;
}

Reply ServiceCredentialReply(const Context& context, const Entity& user, const HeldCredential& credential) {
  Value value = Describe(context, CredentialKind::kService, user, credential);
  // Shown once and kept nowhere: no service here takes it.
  value.Set("ServicePassword", codec::Base64Encode(RandomText(context.random(), "0123456789abcdef", 32)));
  Reply reply;
  reply.output.Set("ServiceSpecificCredential", std::move(value));
  return reply;
}

}  // namespace

AwsResult<Reply> UploadSshPublicKey(Context& context) {
  return Then(InputEntity(context, EntityKind::kUser), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string body = context.Text("SSHPublicKeyBody");
    const auto blob = SshBlob(body);
    if (!blob) return AwsFailure("InvalidPublicKey", "{}", "The public key is malformed or otherwise invalid.");
    const std::string fingerprint = Fingerprint(*blob);
    store::Rows rows = context.state.Query(
        "SELECT 1 FROM iam_user_credential WHERE owner = ? AND kind = 'ssh' AND fingerprint = ?", user.id, fingerprint);
    if (rows.Next()) {
      return AwsFailure("DuplicateSSHPublicKey", "The SSH public key already exists for user {}.", user.name);
    }
    return Then(Store(context, CredentialKind::kSsh, user, body, fingerprint),
                [&](const HeldCredential& key) -> AwsResult<Reply> {
                  Reply reply;
                  reply.output.Set("SSHPublicKey", DescribeSshKey(context, user, key));
                  return reply;
                });
  });
}

AwsResult<Reply> GetSshPublicKey(Context& context) {
  return Then(InputEntity(context, EntityKind::kUser), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string_view id = context.input["SSHPublicKeyId"].Text();
    store::Rows rows = context.state.Query(
        "SELECT id, active, created, body, fingerprint FROM iam_user_credential WHERE owner = ? AND kind = 'ssh' AND "
        "id = ?",
        user.id, id);
    if (!rows.Next()) return NoSuchCredential(CredentialKind::kSsh, id);
    Reply reply;
    reply.output.Set("SSHPublicKey", DescribeSshKey(context, user, Read(rows)));
    return reply;
  });
}

AwsResult<Reply> ListSshPublicKeys(Context& context) { return List(context, CredentialKind::kSsh); }
AwsResult<Reply> UpdateSshPublicKey(Context& context) { return Update(context, CredentialKind::kSsh); }
AwsResult<Reply> DeleteSshPublicKey(Context& context) { return Delete(context, CredentialKind::kSsh); }

AwsResult<Reply> UploadSigningCertificate(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string body = context.Text("CertificateBody");
    if (!IsCertificate(body)) return AwsFailure("MalformedCertificate", "{}", "Certificate is malformed.");
    return Then(Store(context, CredentialKind::kCertificate, user, body, {}),
                [&](const HeldCredential& certificate) -> AwsResult<Reply> {
                  Reply reply;
                  reply.output.Set("Certificate", Describe(context, CredentialKind::kCertificate, user, certificate));
                  return reply;
                });
  });
}

AwsResult<Reply> ListSigningCertificates(Context& context) { return List(context, CredentialKind::kCertificate); }
AwsResult<Reply> UpdateSigningCertificate(Context& context) { return Update(context, CredentialKind::kCertificate); }
AwsResult<Reply> DeleteSigningCertificate(Context& context) { return Delete(context, CredentialKind::kCertificate); }

AwsResult<Reply> CreateServiceSpecificCredential(Context& context) {
  return Then(InputEntity(context, EntityKind::kUser), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string service = context.Text("ServiceName");
    if (std::ranges::find(kServices, service) == std::end(kServices)) {
      return AwsFailure("NoSuchEntity", "No such service {} is supported for Service Specific Credentials", service);
    }
    return Then(Store(context, CredentialKind::kService, user, service, {}),
                [&](const HeldCredential& credential) -> AwsResult<Reply> {
                  return ServiceCredentialReply(context, user, credential);
                });
  });
}

AwsResult<Reply> ResetServiceSpecificCredential(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string_view id = context.input["ServiceSpecificCredentialId"].Text();
    store::Rows rows = context.state.Query(
        "SELECT id, active, created, body, fingerprint FROM iam_user_credential WHERE owner = ? AND kind = 'service' "
        "AND id = ?",
        user.id, id);
    if (!rows.Next()) return NoSuchCredential(CredentialKind::kService, id);
    return ServiceCredentialReply(context, user, Read(rows));
  });
}

AwsResult<Reply> ListServiceSpecificCredentials(Context& context) { return List(context, CredentialKind::kService); }
AwsResult<Reply> UpdateServiceSpecificCredential(Context& context) { return Update(context, CredentialKind::kService); }
AwsResult<Reply> DeleteServiceSpecificCredential(Context& context) { return Delete(context, CredentialKind::kService); }

}  // namespace opentrail::services::iam
