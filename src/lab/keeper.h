#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/server.h"
#include "lab/account_client.h"
#include "lab/attack.h"
#include "lab/lab_state.h"
#include "lab/page.h"

namespace opentrail::lab {

struct KeeperOptions {
  std::string program;         // opentrail itself
  std::string data_directory;  // absolute
  uint16_t server_port = 0;
};

// The process behind a lab: serves the exercise's page, looks for the trail by the account's own API, has the people of
// the Café go about their morning and the intruder come in the minute after it was made, and keeps their machines. Ends
// when it is asked to, or when the server has ended. Its page's server runs on threads of its own; all else on the
// thread of Run.
class Keeper {
 public:
  static Result<std::unique_ptr<Keeper>> Start(const KeeperOptions& options, Clock& clock);
  void Run(const CancelToken& cancel);

 private:
  Keeper(const KeeperOptions& options, LabState lab, Clock& clock);
  void Step();
  void WatchForTrail();
  [[nodiscard]] bool IsTrailLogging();
  void BeginMorning();
  void Begin();
  void Tell(AttackState state);
  [[nodiscard]] bool IsServerThere() const;

  const KeeperOptions options_;
  const LabState lab_;
  Clock& clock_;
  AccountClient account_;
  Attack attack_;
  std::list<VisitorMachine> staff_;
  AttackState state_;
  std::atomic<bool> is_attack_wanted_ = false;
  std::optional<Time> attack_at_;
  Time next_look_;
  Page page_;
  std::unique_ptr<http::Server> server_;  // the last: it calls the page
};

}  // namespace opentrail::lab
