#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "services/service.h"
#include "store/transaction.h"

namespace opentrail::gateway {

// When each access key was last used, as GetAccessKeyLastUsed tells it, and by which operations each user and role
// called, as GetServiceLastAccessedDetails does: written with the call, at most once an hour for a key and a service,
// at most once a minute for a user or role and an operation. On the committer's thread.
class KeyUses {
 public:
  static constexpr size_t kMaxKeys = 10'000;  // of each; past it the memory starts anew, and so does writing

  void Note(store::Transaction& transaction, const services::Call& call);

 private:
  void NoteKey(store::Transaction& transaction, const services::Call& call);
  void NoteEntity(store::Transaction& transaction, const services::Call& call);

  std::unordered_map<std::string, Time> noted_;     // by key and service
  std::unordered_map<std::string, Time> accesses_;  // by user or role and operation
};

}  // namespace opentrail::gateway
