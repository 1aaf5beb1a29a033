#include "services/signin/attempt_limit.h"

#include <algorithm>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::services::signin {
namespace {

using std::chrono::milliseconds;

int64_t ToMilliseconds(Time time) { return time.time_since_epoch().count(); }

std::chrono::seconds LockAfter(int64_t failures, int64_t free_failures) {
  if (failures < free_failures) return std::chrono::seconds(0);
  const int64_t doublings = std::min<int64_t>(failures - free_failures, 10);
  return std::min(kLongestLock, kFirstLock * (int64_t{1} << doublings));
}

milliseconds LockedFor(store::Connection& state, const std::string& subject, Time now) {
  store::Rows rows = state.Query("SELECT locked_until FROM signin_attempt WHERE subject = ?", subject);
  return milliseconds(rows.Next() ? std::max<int64_t>(0, rows.Integer(0) - ToMilliseconds(now)) : 0);
}

void CountFailure(store::Connection& state, const std::string& subject, int64_t free_failures, Time now) {
  int64_t failures = 0;
  {
    store::Rows rows = state.Query("SELECT failures FROM signin_attempt WHERE subject = ? AND last > ?", subject,
                                   ToMilliseconds(now - kForgotten));
    if (rows.Next()) failures = rows.Integer(0);
  }
  ++failures;
  state.Execute("INSERT OR REPLACE INTO signin_attempt (subject, failures, last, locked_until) VALUES (?, ?, ?, ?)",
                subject, failures, ToMilliseconds(now), ToMilliseconds(now + LockAfter(failures, free_failures)));
}

void Forgive(store::Connection& state, const std::string& subject) {
  state.Execute("UPDATE signin_attempt SET failures = failures - 1, locked_until = 0 WHERE subject = ?", subject);
  state.Execute("DELETE FROM signin_attempt WHERE subject = ? AND failures <= 0", subject);
}

}  // namespace

AttemptSubject SubjectOf(std::string_view user, std::string_view address) {
  const auto digest = [](std::string_view text) { return codec::HexEncode(codec::Sha256(text)); };
  std::string both(user);
  both += '\0';
  both += address;
  return {.user = digest(both), .address = digest(address)};
}

std::chrono::seconds BeginAttempt(store::Connection& state, const AttemptSubject& subject, Time now) {
  const milliseconds wait = std::max(LockedFor(state, subject.user, now), LockedFor(state, subject.address, now));
  if (wait.count() > 0) return std::chrono::ceil<std::chrono::seconds>(wait);
  CountFailure(state, subject.user, kUserFailures, now);
  CountFailure(state, subject.address, kAddressFailures, now);
  state.Execute(
      "DELETE FROM signin_attempt WHERE subject IN (SELECT subject FROM signin_attempt ORDER BY last DESC "
      "LIMIT -1 OFFSET ?)",
      kMaxSubjects);
  return std::chrono::seconds(0);
}

void ForgiveAttempt(store::Connection& state, const AttemptSubject& subject) {
  Forgive(state, subject.user);
  Forgive(state, subject.address);
}

void ClearAttempts(store::Connection& state, const AttemptSubject& subject) {
  state.Execute("DELETE FROM signin_attempt WHERE subject = ?", subject.user);
  Forgive(state, subject.address);
}

}  // namespace opentrail::services::signin
