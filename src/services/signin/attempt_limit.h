#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/connection.h"

// Guessing is slowed down: after a few failures from one address, for one user or for any, sign-in is refused for a
// while that doubles with each further failure. Kept in the account's state: a restart forgives nothing.
namespace opentrail::services::signin {

inline constexpr int64_t kUserFailures = 5;      // that are free, for one user from one address
inline constexpr int64_t kAddressFailures = 50;  // for all users from one address
inline constexpr std::chrono::seconds kFirstLock{60};
inline constexpr std::chrono::seconds kLongestLock{900};
inline constexpr std::chrono::hours kForgotten{1};  // without a failure for so long, the count begins anew
inline constexpr int64_t kMaxSubjects = 10'000;     // the oldest are forgotten past that

// Who tries, and from where. What was typed as a name is kept as a digest alone.
struct AttemptSubject {
  std::string user;     // a digest of name and address
  std::string address;  // a digest
};
[[nodiscard]] AttemptSubject SubjectOf(std::string_view user, std::string_view address);

// How long the subject has still to wait; zero: it may try. An attempt counts as failed from here on, so that many at
// once gain nothing, until it is forgiven.
[[nodiscard]] std::chrono::seconds BeginAttempt(store::Connection& state, const AttemptSubject& subject, Time now);
// Takes back the one that BeginAttempt counted: nothing was proved false.
void ForgiveAttempt(store::Connection& state, const AttemptSubject& subject);
// The user has signed in: its count begins anew.
void ClearAttempts(store::Connection& state, const AttemptSubject& subject);

}  // namespace opentrail::services::signin
