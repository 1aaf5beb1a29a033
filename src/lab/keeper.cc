#include "lab/keeper.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "codec/timestamp.h"
#include "lab/cafe.h"
#include "lab/lab_files.h"

namespace opentrail::lab {
namespace {

constexpr auto kTick = std::chrono::milliseconds(200);
constexpr int kTicksBetweenProbes = 5;  // of the server
// Each look is a call in the account's history: seldom enough to leave that readable.
constexpr auto kLookPause = std::chrono::seconds(5);
constexpr int kPageThreads = 4;  // checking keeps one busy for seconds

}  // namespace

Keeper::Keeper(const KeeperOptions& options, LabState lab, Clock& clock)
    : options_(options),
      lab_(std::move(lab)),
      clock_(clock),
      account_(options.server_port, lab_.keeper, clock),
      attack_(options.program, options.data_directory, lab_),
      state_(ReadAttackState(options.data_directory)),
      next_look_(clock.Now()),
      page_({options.data_directory, options.server_port, lab_}, clock, [this] { is_attack_wanted_ = true; }) {}

Result<std::unique_ptr<Keeper>> Keeper::Start(const KeeperOptions& options, Clock& clock) {
  auto lab = ReadLabState(options.data_directory);
  if (!lab) return std::unexpected(lab.error());
  std::unique_ptr<Keeper> keeper(new Keeper(options, std::move(*lab), clock));
  auto server = http::Server::Start({.threads = kPageThreads, .tls = {}, .limits = PageLimits(), .server_header = {}},
                                    keeper->page_);
  if (!server) return std::unexpected(server.error());
  keeper->server_ = std::move(*server);
  const Status told = WriteKeeperState(options.data_directory, {getpid(), keeper->server_->port()});
  if (!told) return std::unexpected(told.error());
  return keeper;
}

void Keeper::Run(const CancelToken& cancel) {
  // She was in when the lab was last ended: she comes back, where she still can.
  if (state_.phase == AttackPhase::kDone) {
    if (const Status again = attack_.Start(Attack::Kind::kAgain); !again) fmt::print("{}\n", again.error().message);
  }
  if (state_.phase == AttackPhase::kRunning) Tell({});
  for (int tick = 0; !cancel.IsCancelled(); ++tick) {
    if (tick % kTicksBetweenProbes == 0 && !IsServerThere()) break;
    Step();
    std::this_thread::sleep_for(kTick);
  }
  server_->Stop();
  attack_.End();
  staff_.clear();
}

void Keeper::Step() {
  std::erase_if(staff_, [](VisitorMachine& machine) { return !machine.IsRunning(); });
  switch (state_.phase) {
    case AttackPhase::kAwaited:
      WatchForTrail();
      if (is_attack_wanted_ || (attack_at_ && clock_.Now() >= *attack_at_)) Begin();
      return;
    case AttackPhase::kRunning: {
      AttackState seen = attack_.Look();
      if (seen.phase != AttackPhase::kRunning) Tell(std::move(seen));
      return;
    }
    case AttackPhase::kFailed:
      if (is_attack_wanted_) Begin();
      return;
    case AttackPhase::kDone: (void)attack_.Look(); return;
  }
}

void Keeper::WatchForTrail() {
  if (attack_at_ || clock_.Now() < next_look_) return;
  next_look_ = clock_.Now() + kLookPause;
  if (!IsTrailLogging()) return;
  attack_at_ = clock_.Now() + std::chrono::seconds(lab_.draw.attack_delay_seconds);
  BeginMorning();
}

void Keeper::BeginMorning() {
  for (size_t i = 0; i < lab_.staff.size() && i < kStaff; ++i) {
    VisitorMachine& machine = staff_.emplace_back(options_.program, options_.data_directory);
    const Status started = machine.Start({.name = kStaffNames[i],
                                          .address = lab_.draw.staff_addresses[i],
                                          .credentials = lab_.staff[i],
                                          .program = FindLabFile("people/people.py"),
                                          .arguments = {kStaffNames[i], lab_.draw.bucket}});
    // Without them there is less to read; nothing else depends on it.
    if (!started) fmt::print("{}: {}\n", kStaffNames[i], started.error().message);
  }
}

bool Keeper::IsTrailLogging() {
  const auto trails = account_.CloudTrail("DescribeTrails", Value::Object({{"trailNameList", Value::List({kTrail})}}));
  if (!trails) {
    fmt::print("DescribeTrails: {}: {}\n", trails.error().code, trails.error().message);
    return false;
  }
  if ((*trails)["trailList"].elements().empty()) return false;
  const auto status = account_.CloudTrail("GetTrailStatus", Value::Object({{"Name", kTrail}}));
  return status && (*status)["IsLogging"].Boolean();
}

void Keeper::Begin() {
  is_attack_wanted_ = false;
  const Status started = attack_.Start(Attack::Kind::kFirst);
  if (started) return Tell({.phase = AttackPhase::kRunning});
  Tell({.phase = AttackPhase::kFailed, .failure = started.error().message});
}

void Keeper::Tell(AttackState state) {
  if (state.phase == AttackPhase::kDone) state.finished = codec::FormatIso8601(clock_.Now());
  state_ = std::move(state);
  if (const Status kept = WriteAttackState(options_.data_directory, state_); !kept) {
    fmt::print("{}\n", kept.error().message);
  }
}

bool Keeper::IsServerThere() const {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options_.server_port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_there = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return is_there;
}

}  // namespace opentrail::lab
