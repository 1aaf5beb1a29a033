#include "services/iam/identity_directory.h"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "services/iam/access_key.h"
#include "services/iam/entity.h"
#include "services/iam/managed_policy.h"
#include "services/iam/policy_source.h"
#include "services/iam/session_record.h"
#include "services/iam/tags.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::IdentityPolicies;
using opentrail::iam::Policy;
using opentrail::iam::PolicyKind;
using opentrail::iam::PolicyPointer;
using opentrail::iam::Principal;
using opentrail::iam::PrincipalType;
using opentrail::iam::SessionContext;

constexpr size_t kMaxCached = 10'000;

template <typename T>
using Cache = std::unordered_map<std::string, std::shared_ptr<const T>>;

// The id under which a principal's policies stand: the user, the role, or who issued a federated user.
std::string IdentityId(const Principal& principal) {
  const bool issued = principal.type == PrincipalType::kAssumedRole || principal.type == PrincipalType::kFederatedUser;
  if (!issued) return principal.principal_id;
  return principal.session && principal.session->issuer ? principal.session->issuer->principal_id : std::string();
}

PolicyPointer AllowAll() {
  static const PolicyPointer kPolicy =
      Policy::Parse(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
                    PolicyKind::kIdentity)
          .value_or(nullptr);
  return kPolicy;
}

}  // namespace

struct IdentityDirectory::Impl {
  std::string account_id;
  const store::Secrets& secrets;
  std::mutex reader_mutex;
  store::Connection reader;
  std::shared_mutex cache_mutex;
  uint64_t generation = 0;  // counts Invalidate: what was read before one must not be kept after it
  Cache<Credential> credentials;
  Cache<IdentityPolicies> policies;

  Impl(std::string account, store::Connection connection, const store::Secrets& sealed)
      : account_id(std::move(account)), secrets(sealed), reader(std::move(connection)) {}

  // What the cache has, or what `load` gives; null is not kept.
  template <typename T, typename Load>
  std::shared_ptr<const T> Get(Cache<T>& cache, const std::string& key, Load load) {
    uint64_t seen = 0;
    {
      const std::shared_lock lock(cache_mutex);
      seen = generation;
      if (const auto found = cache.find(key); found != cache.end()) return found->second;
    }
    std::shared_ptr<const T> loaded;
    {
      const std::scoped_lock lock(reader_mutex);
      loaded = load();
      reader.ClearStatus();
    }
    if (loaded == nullptr) return nullptr;
    const std::scoped_lock lock(cache_mutex);
    if (generation == seen) {
      if (cache.size() >= kMaxCached) cache.clear();
      cache[key] = loaded;
    }
    return loaded;
  }

  std::shared_ptr<const Credential> LoadCredential(std::string_view id) {
    if (id.starts_with("ASIA")) return LoadTemporary(id);
    store::Rows rows = reader.Query("SELECT owner, active, secret FROM iam_access_key WHERE id = ?", id);
    if (!rows.Next()) return nullptr;
    auto secret = secrets.Unseal(rows.Text(2), AccessKeyPurpose(id));
    if (!secret) return nullptr;
    auto credential = std::make_shared<Credential>();
    credential->secret_access_key = std::move(*secret);
    credential->active = rows.Boolean(1);
    credential->principal.access_key_id = id;
    if (!FillOwner(std::string(rows.Text(0)), credential->principal)) return nullptr;
    return credential;
  }

  std::shared_ptr<const Credential> LoadTemporary(std::string_view id) {
    auto session = LoadSession(reader, secrets, id);
    if (!session) return nullptr;
    Principal& principal = session->principal;
    const bool own = principal.type == PrincipalType::kIamUser || principal.type == PrincipalType::kRoot;
    if (own && !FillOwner(principal.principal_id, principal)) return nullptr;
    return std::make_shared<const Credential>(std::move(*session));
  }

  // Names may have changed since a key was made.
  bool FillOwner(const std::string& owner, Principal& principal) {
    principal.account_id = account_id;
    principal.principal_id = owner;
    if (owner == account_id) {
      principal.type = PrincipalType::kRoot;
      principal.arn = fmt::format("arn:aws:iam::{}:root", account_id);
      store::Rows alias = reader.Query("SELECT value FROM iam_account WHERE name = 'alias'");
      principal.user_name = alias.Next() ? std::string(alias.Text(0)) : std::string();
      return true;
    }
    const auto user = FindEntityById(reader, owner);
    if (!user) return false;
    principal.type = PrincipalType::kIamUser;
    principal.arn = ArnOf(account_id, *user);
    principal.user_name = user->name;
    principal.tags = ReadTags(reader, owner);
    return true;
  }

  std::shared_ptr<const IdentityPolicies> LoadPolicies(const Principal& principal) {
    const std::string id = IdentityId(principal);
    auto loaded = std::make_shared<IdentityPolicies>();
    if (id == account_id) {
      if (principal.type != PrincipalType::kRoot) loaded->identity.push_back(AllowAll());
    } else if (!id.empty()) {
      *loaded = ReadPolicies(reader, account_id, id);
    }
    if (principal.session) AddSessionPolicies(principal, *principal.session, *loaded);
    return loaded;
  }

  // A federated user may do nothing without session policies; any other session is then not limited.
  void AddSessionPolicies(const Principal& principal, const SessionContext& session, IdentityPolicies& loaded) {
    const bool federated = principal.type == PrincipalType::kFederatedUser && !session.from_console;
    if (!federated && session.policies.empty() && session.policy_arns.empty()) return;
    std::vector<PolicyPointer>& out = loaded.session.emplace();
    const auto add = [&](std::string_view document) {
      if (auto policy = Policy::Parse(document, PolicyKind::kIdentity)) out.push_back(std::move(*policy));
    };
    for (const std::string& document : session.policies) add(document);
    for (const std::string& arn : session.policy_arns) {
      if (const auto document = ManagedDocument(reader, account_id, arn)) add(*document);
    }
  }
};

IdentityDirectory::IdentityDirectory(std::string account_id, store::Connection reader, const store::Secrets& secrets)
    : impl_(std::make_unique<Impl>(std::move(account_id), std::move(reader), secrets)) {}
IdentityDirectory::~IdentityDirectory() = default;

std::shared_ptr<const Credential> IdentityDirectory::FindCredential(std::string_view access_key_id) {
  return impl_->Get(impl_->credentials, std::string(access_key_id),
                    [&] { return impl_->LoadCredential(access_key_id); });
}

std::shared_ptr<const IdentityPolicies> IdentityDirectory::PoliciesOf(const Principal& principal) {
  static const auto kNone = std::make_shared<const IdentityPolicies>();
  if (principal.principal_id.empty()) return kNone;
  const SessionContext* session = principal.session ? &*principal.session : nullptr;
  // Session policies belong to one key; without a key in the hand they are read anew.
  const bool own_policies = session != nullptr && (!session->policies.empty() || !session->policy_arns.empty());
  if (own_policies && principal.access_key_id.empty()) {
    const std::scoped_lock lock(impl_->reader_mutex);
    return impl_->LoadPolicies(principal);
  }
  std::string key = fmt::format("{} {}", static_cast<int>(principal.type), IdentityId(principal));
  if (own_policies) key += " " + principal.access_key_id;
  return impl_->Get(impl_->policies, key, [&] { return impl_->LoadPolicies(principal); });
}

std::optional<StoredPassword> IdentityDirectory::FindPassword(std::string_view principal_id) {
  const std::scoped_lock lock(impl_->reader_mutex);
  store::Connection& reader = impl_->reader;
  StoredPassword password;
  {
    store::Rows rows = reader.Query("SELECT hash, reset_required FROM iam_login_profile WHERE owner = ?", principal_id);
    if (!rows.Next()) return std::nullopt;
    password.current = rows.Text(0);
    password.reset_required = rows.Boolean(1);
  }
  store::Rows former =
      reader.Query("SELECT hash FROM iam_password_history WHERE owner = ? ORDER BY changed DESC", principal_id);
  while (former.Next()) password.former.emplace_back(former.Text(0));
  store::Rows policy = reader.Query("SELECT value FROM iam_account WHERE name = 'password-policy'");
  if (policy.Next()) {
    const auto value = codec::ParseJsonValue(policy.Text(0));
    if (value) password.reuse_prevention = (*value)["PasswordReusePrevention"].Integer(0);
  }
  return password;
}

void IdentityDirectory::Invalidate() {
  const std::scoped_lock lock(impl_->cache_mutex);
  ++impl_->generation;
  impl_->credentials.clear();
  impl_->policies.clear();
}

}  // namespace opentrail::services::iam
