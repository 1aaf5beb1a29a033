#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "services/service.h"
#include "store/transaction.h"

namespace opentrail::gateway {

// When each access key was last used, as GetAccessKeyLastUsed tells it: written at most once an hour for a key and a
// service, with the call that uses it. On the committer's thread.
class KeyUses {
 public:
  static constexpr size_t kMaxKeys = 10'000;  // past it the memory starts anew, and so does writing

  void Note(store::Transaction& transaction, const services::Call& call);

 private:
  std::unordered_map<std::string, Time> noted_;  // by key and service
};

}  // namespace opentrail::gateway
