#include "services/signin/console_session.h"

#include "codec/digest.h"
#include "codec/text.h"
#include "services/sts/session_issuer.h"

namespace opentrail::services::signin {
namespace {

constexpr std::string_view kCookieAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kCookieSize = 43;  // 258 bits

int64_t ToMilliseconds(Time time) { return time.time_since_epoch().count(); }

std::string DigestOf(std::string_view secret) { return codec::HexEncode(codec::Sha256(secret)); }

}  // namespace

NewSession OpenSession(store::Transaction& transaction, const store::Secrets& secrets, RandomSource& random,
                       opentrail::iam::Principal principal, std::string_view token, Time now) {
  store::Connection& state = transaction.connection();
  state.Execute("DELETE FROM signin_session WHERE expires <= ?", ToMilliseconds(now));
  const std::chrono::seconds length = kSessionLength;
  const auto credential = sts::IssueSession(transaction, secrets, random,
                                            {.principal = std::move(principal), .now = now, .seconds = length.count()});
  NewSession session{.cookie = RandomText(random, kCookieAlphabet, kCookieSize), .expires = *credential.expires};
  state.Execute("INSERT INTO signin_session (cookie, token, access_key_id, expires) VALUES (?, ?, ?, ?)",
                DigestOf(session.cookie), DigestOf(token), credential.principal.access_key_id,
                ToMilliseconds(session.expires));
  return session;
}

std::optional<std::string> UseSession(store::Connection& state, std::string_view cookie, std::string_view token,
                                      std::string_view next, Time now) {
  std::string access_key_id;
  {
    store::Rows rows =
        state.Query("SELECT access_key_id FROM signin_session WHERE cookie = ? AND token = ? AND expires > ?",
                    DigestOf(cookie), DigestOf(token), ToMilliseconds(now));
    if (!rows.Next()) return std::nullopt;
    access_key_id = rows.Text(0);
  }
  state.Execute("UPDATE signin_session SET token = ? WHERE cookie = ?", DigestOf(next), DigestOf(cookie));
  return access_key_id;
}

void CloseSession(store::Transaction& transaction, iam::IdentityDirectory& directory, std::string_view access_key_id) {
  store::Connection& state = transaction.connection();
  state.Execute("DELETE FROM signin_session WHERE access_key_id = ?", access_key_id);
  state.Execute("DELETE FROM sts_session WHERE access_key_id = ?", access_key_id);
  transaction.OnCommit([&directory] { directory.Invalidate(); });
}

}  // namespace opentrail::services::signin
