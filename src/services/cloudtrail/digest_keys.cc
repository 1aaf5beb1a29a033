#include "services/cloudtrail/digest_keys.h"

#include "services/cloudtrail/trail_rows.h"
#include "trail/digest.h"

namespace opentrail::services::cloudtrail {
namespace {

std::string Purpose(std::string_view fingerprint) { return fmt::format("cloudtrail.digest-key {}", fingerprint); }

}  // namespace

std::vector<PublicKey> PublicKeysBetween(store::Connection& state, std::string_view region, Time start, Time end) {
  std::vector<PublicKey> keys;
  store::Rows rows = state.Query(
      "SELECT valid_from, valid_to, fingerprint, public_der FROM cloudtrail_key "
      "WHERE region = ? AND valid_from <= ? AND valid_to >= ? ORDER BY id",
      region, Milliseconds(end), Milliseconds(start));
  while (rows.Next()) {
    keys.push_back({.valid_from = FromMilliseconds(rows.Integer(0)),
                    .valid_to = FromMilliseconds(rows.Integer(1)),
                    .fingerprint = std::string(rows.Text(2)),
                    .public_der = std::string(rows.Text(3))});
  }
  return keys;
}

Result<codec::RsaKey> FindDigestKey(store::Connection& state, const store::Secrets& secrets, std::string_view region,
                                    Time when) {
  std::string fingerprint;
  std::string sealed;
  {
    store::Rows rows = state.Query(
        "SELECT fingerprint, sealed_private FROM cloudtrail_key "
        "WHERE region = ? AND valid_from <= ? AND valid_to > ? ORDER BY id DESC LIMIT 1",
        region, Milliseconds(when), Milliseconds(when));
    if (!rows.Next()) return MakeError(ErrorCode::kNotFound, "no digest key in {}", region);
    fingerprint = rows.Text(0);
    sealed = rows.Text(1);
  }
  const auto der = secrets.Unseal(sealed, Purpose(fingerprint));
  if (!der) return std::unexpected(der.error());
  return codec::RsaKey::FromPrivateDer(*der);
}

void AddDigestKey(store::Connection& state, const store::Secrets& secrets, std::string_view region, Time when,
                  const codec::RsaKey& key) {
  const Time from = std::chrono::floor<std::chrono::seconds>(when);
  const std::string public_der = key.PublicDer();
  const std::string fingerprint = trail::KeyFingerprint(public_der);
  state.Execute(
      "INSERT INTO cloudtrail_key(region, valid_from, valid_to, fingerprint, public_der, sealed_private) "
      "VALUES(?, ?, ?, ?, ?, ?)",
      region, Milliseconds(from), Milliseconds(from + kDigestKeyValidity), fingerprint, store::Blob{public_der},
      store::Blob{secrets.Seal(key.PrivateDer(), Purpose(fingerprint))});
}

}  // namespace opentrail::services::cloudtrail
