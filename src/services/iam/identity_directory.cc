#include "services/iam/identity_directory.h"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "iam/policy.h"
#include "services/iam/entity.h"
#include "services/iam/managed_policy.h"
#include "services/iam/session.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::IdentityPolicies;
using opentrail::iam::Policy;
using opentrail::iam::PolicyKind;
using opentrail::iam::PolicyPointer;
using opentrail::iam::Principal;
using opentrail::iam::PrincipalType;

constexpr size_t kMaxCached = 10'000;  // of each kind; past it the cache starts anew

void AddPolicy(std::vector<PolicyPointer>& policies, std::string_view document) {
  // What cannot be parsed was checked when it was put: it allows nothing.
  if (auto policy = Policy::Parse(document, PolicyKind::kIdentity)) policies.push_back(std::move(*policy));
}

}  // namespace

struct IdentityDirectory::Impl {
  Impl(std::string account, store::Connection connection, const store::Secrets& sealed)
      : account_id(std::move(account)), reader(std::move(connection)), secrets(sealed) {}

  std::shared_ptr<const Credential> ReadCredential(std::string_view access_key_id);
  std::shared_ptr<const Credential> ReadLongTerm(std::string_view access_key_id);
  std::shared_ptr<const Credential> ReadSession(std::string_view access_key_id);
  std::shared_ptr<const IdentityPolicies> ReadPolicies(const Principal& principal);
  std::vector<PolicyPointer> PoliciesOfEntity(const std::string& id);
  std::optional<std::vector<PolicyPointer>> BoundaryOf(const std::string& id);
  void AddArns(std::vector<PolicyPointer>& policies, const std::vector<std::string>& arns);

  const std::string account_id;
  std::mutex reading;  // `reader` is one thread's at a time
  store::Connection reader;
  const store::Secrets& secrets;
  std::shared_mutex caching;
  uint64_t generation = 0;  // of what is cached: a read that an Invalidate overtook is not kept
  std::unordered_map<std::string, std::shared_ptr<const Credential>> credentials;
  std::unordered_map<std::string, std::shared_ptr<const IdentityPolicies>> policies;
};

IdentityDirectory::IdentityDirectory(std::string account_id, store::Connection reader, const store::Secrets& secrets)
    : impl_(std::make_unique<Impl>(std::move(account_id), std::move(reader), secrets)) {}
IdentityDirectory::~IdentityDirectory() = default;

void IdentityDirectory::Invalidate() {
  const std::unique_lock lock(impl_->caching);
  ++impl_->generation;
  impl_->credentials.clear();
  impl_->policies.clear();
}

namespace {

// Looks in the cache, or reads and keeps what was read.
template <typename Map, typename Read>
auto Cached(std::shared_mutex& caching, std::mutex& reading, const uint64_t& generation, Map& map,
            const std::string& key, Read&& read) {
  uint64_t seen = 0;
  {
    const std::shared_lock lock(caching);
    if (const auto found = map.find(key); found != map.end()) return found->second;
    seen = generation;
  }
  auto value = [&] {
    const std::lock_guard lock(reading);
    return read();
  }();
  const std::unique_lock lock(caching);
  if (value != nullptr && seen == generation) {
    if (map.size() >= kMaxCached) map.clear();
    map[key] = value;
  }
  return value;
}

}  // namespace

std::shared_ptr<const Credential> IdentityDirectory::FindCredential(std::string_view access_key_id) {
  return Cached(impl_->caching, impl_->reading, impl_->generation, impl_->credentials, std::string(access_key_id),
                [&] { return impl_->ReadCredential(access_key_id); });
}

std::shared_ptr<const IdentityPolicies> IdentityDirectory::PoliciesOf(const Principal& principal) {
  static const auto kNone = std::make_shared<const IdentityPolicies>();
  if (principal.type == PrincipalType::kAnonymous || principal.type == PrincipalType::kAwsService) return kNone;
  if (principal.IsRoot() && !principal.session) return kNone;
  // A session's own policies are a part of what it may do: its key tells it apart.
  const std::string key = principal.session ? principal.access_key_id + principal.principal_id : principal.principal_id;
  return Cached(impl_->caching, impl_->reading, impl_->generation, impl_->policies, key,
                [&] { return impl_->ReadPolicies(principal); });
}

std::shared_ptr<const Credential> IdentityDirectory::Impl::ReadCredential(std::string_view access_key_id) {
  return access_key_id.starts_with("ASIA") ? ReadSession(access_key_id) : ReadLongTerm(access_key_id);
}

std::shared_ptr<const Credential> IdentityDirectory::Impl::ReadLongTerm(std::string_view access_key_id) {
  auto credential = std::make_shared<Credential>();
  Principal& principal = credential->principal;
  {
    store::Rows rows = reader.Query(
        "SELECT k.secret, k.is_active, k.user_id, e.name, e.path FROM iam_access_key k "
        "LEFT JOIN iam_entity e ON e.id = k.user_id WHERE k.access_key_id = ?",
        access_key_id);
    if (!rows.Next()) return nullptr;
    auto secret = secrets.Unseal(rows.Text(0), SealPurpose(access_key_id));
    if (!secret) return nullptr;
    credential->secret_access_key = std::move(*secret);
    credential->active = rows.Boolean(1);
    principal.account_id = account_id;
    principal.access_key_id = access_key_id;
    if (rows.Text(2).empty()) {
      principal.type = PrincipalType::kRoot;
      principal.principal_id = account_id;
      principal.arn = "arn:aws:iam::" + account_id + ":root";
    } else {
      principal.type = PrincipalType::kIamUser;
      principal.principal_id = rows.Text(2);
      principal.user_name = rows.Text(3);
      principal.arn = EntityArn(account_id, kUser, {.name = principal.user_name, .path = std::string(rows.Text(4))});
    }
  }
  if (principal.IsRoot()) {
    store::Rows alias = reader.Query("SELECT alias FROM iam_account_alias");
    if (alias.Next()) principal.user_name = alias.Text(0);
    return credential;
  }
  for (const Value& tag : TagsOf(reader, principal.principal_id).elements())
    principal.tags.emplace_back(tag["Key"].Text(), tag["Value"].Text());
  return credential;
}

std::shared_ptr<const Credential> IdentityDirectory::Impl::ReadSession(std::string_view access_key_id) {
  store::Rows rows =
      reader.Query("SELECT secret, token, expires, principal FROM iam_session WHERE access_key_id = ?", access_key_id);
  if (!rows.Next()) return nullptr;
  auto secret = secrets.Unseal(rows.Text(0), SealPurpose(access_key_id));
  auto principal = PrincipalFromJson(rows.Text(3));
  if (!secret || !principal) return nullptr;
  auto credential = std::make_shared<Credential>();
  credential->secret_access_key = std::move(*secret);
  credential->session_token = rows.Text(1);
  credential->expires = Time(std::chrono::milliseconds(rows.Integer(2)));
  credential->principal = std::move(*principal);
  return credential;
}

void IdentityDirectory::Impl::AddArns(std::vector<PolicyPointer>& list, const std::vector<std::string>& arns) {
  for (const std::string& arn : arns) {
    if (const auto managed = FindManagedPolicy(reader, arn)) AddPolicy(list, managed->document);
  }
}

std::vector<PolicyPointer> IdentityDirectory::Impl::PoliciesOfEntity(const std::string& id) {
  std::vector<PolicyPointer> list;
  {
    store::Rows rows = reader.Query(
        "SELECT document FROM iam_inline_policy WHERE entity_id = ? "
        "OR entity_id IN (SELECT group_id FROM iam_member WHERE user_id = ?)",
        id, id);
    while (rows.Next()) AddPolicy(list, rows.Text(0));
  }
  std::vector<std::string> arns;
  {
    store::Rows rows = reader.Query(
        "SELECT arn FROM iam_attachment WHERE entity_id = ? "
        "OR entity_id IN (SELECT group_id FROM iam_member WHERE user_id = ?)",
        id, id);
    while (rows.Next()) arns.emplace_back(rows.Text(0));
  }
  AddArns(list, arns);
  return list;
}

std::optional<std::vector<PolicyPointer>> IdentityDirectory::Impl::BoundaryOf(const std::string& id) {
  std::string arn;
  {
    store::Rows rows = reader.Query("SELECT boundary FROM iam_entity WHERE id = ?", id);
    if (rows.Next()) arn = rows.Text(0);
  }
  if (arn.empty()) return std::nullopt;
  std::vector<PolicyPointer> boundary;
  AddArns(boundary, {arn});
  return boundary;
}

std::shared_ptr<const IdentityPolicies> IdentityDirectory::Impl::ReadPolicies(const Principal& principal) {
  auto found = std::make_shared<IdentityPolicies>();
  const bool issued = principal.session && principal.session->issuer;
  const std::string& entity = issued ? principal.session->issuer->principal_id : principal.principal_id;
  if (!principal.IsRoot()) {
    found->identity = PoliciesOfEntity(entity);
    found->boundary = BoundaryOf(entity);
  }
  if (!principal.session || (principal.session->policies.empty() && principal.session->policy_arns.empty()))
    return found;
  std::vector<PolicyPointer>& session = found->session.emplace();
  for (const std::string& document : principal.session->policies) AddPolicy(session, document);
  AddArns(session, principal.session->policy_arns);
  return found;
}

}  // namespace opentrail::services::iam
