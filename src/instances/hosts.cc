#include "instances/hosts.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "instances/console_log.h"
#include "instances/image.h"
#include "instances/launcher_process.h"

namespace opentrail::instances {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kMaxHosts = 200;  // at once
constexpr auto kEndWait = std::chrono::seconds(10);
constexpr int kIdleMs = 1000;

// Outlives launchers. A call that runs keeps its launcher, whatever takes its place meanwhile: hence shared.
class CurrentLauncher final : public LauncherChannel {
 public:
  Result<Answer> Call(std::string_view operation, const Value& arguments,
                      const std::vector<int>& descriptors = {}) override {
    const std::shared_ptr<LauncherProcess> current = Get();
    if (!current) return MakeError(ErrorCode::kIo, "no instance was launched: there is no launcher");
    return current->Call(operation, arguments, descriptors);
  }
  std::shared_ptr<LauncherProcess> Get() {
    const std::lock_guard lock(mutex_);
    return launcher_;
  }
  void Set(std::shared_ptr<LauncherProcess> launcher) {
    const std::lock_guard lock(mutex_);
    launcher_.swap(launcher);
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<LauncherProcess> launcher_;
};

}  // namespace

std::string_view HostStateName(HostState state) {
  switch (state) {
    case HostState::kPending: return "pending";
    case HostState::kRunning: return "running";
    case HostState::kStopping: return "stopping";
    case HostState::kStopped: return "stopped";
    case HostState::kShuttingDown: return "shutting-down";
    case HostState::kTerminated: return "terminated";
  }
  return "";
}

struct Hosts::Impl {
  using Wish = std::function<void()>;

  Impl(HostsOptions wanted, HostSource& told)
      : options(std::move(wanted)), source(told), image(options.image_directory) {
    wake.Reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  }

  // Any thread.
  void Post(Wish wish);
  void Wake() const;

  // The loop's thread, all below.
  void Loop();
  void RunWishes();
  void PollOnce();
  void Launch(const std::string& id);
  void LaunchNow(Host& host);
  void BuildImage();
  void StartWaiting(const Status& built);
  Status EnsureLauncher();
  // There as long as a launcher is: a start that finds it follows a killed server.
  [[nodiscard]] std::string Mark() const { return options.data_directory + "/instances/launcher"; }
  void End(const std::string& id, Host::Goal goal);
  void Signal(const Host& host, int signal);
  void TakeConsole(Host& host);
  void TakeProgress(Host& host);
  void TakeEnd(Host& host);
  void Settle(Host& host, int64_t code);
  void Fail(Host& host, const std::string& reason);
  void RemoveDisk(Host& host);
  void EnforceDeadlines();
  void Tell(Host& host, HostState state, HostEvent::Cause cause = HostEvent::Cause::kAsked, std::string reason = "");

  const HostsOptions options;
  HostSource& source;
  const LevelFinding level = FindLevel();
  FileDescriptor wake;
  Image image;
  std::thread image_builder;
  bool is_building = false;
  std::set<std::string> waiting;  // for the image

  mutable std::mutex mutex;  // of what other threads see
  std::deque<Wish> wishes;
  std::map<std::string, Host> hosts;  // changed by the loop alone
  CurrentLauncher launcher;
  Value machine;  // what the launcher found here

  std::atomic<bool> is_stopping = false;
  std::thread thread;
};

void Hosts::Impl::Post(Wish wish) {
  {
    const std::lock_guard lock(mutex);
    wishes.push_back(std::move(wish));
  }
  Wake();
}

void Hosts::Impl::Wake() const {
  const uint64_t one = 1;
  if (write(wake.get(), &one, sizeof one) < 0) return;  // full: it is awake
}

void Hosts::Impl::Loop() {
  while (!is_stopping) {
    RunWishes();
    EnforceDeadlines();
    PollOnce();
  }
}

void Hosts::Impl::RunWishes() {
  for (;;) {
    Wish wish;
    {
      const std::lock_guard lock(mutex);
      if (wishes.empty() || is_stopping) return;
      wish = std::move(wishes.front());
      wishes.pop_front();
    }
    wish();
  }
}

// Waits for something to happen and takes it. An instance's end comes last, after what it wrote before.
void Hosts::Impl::PollOnce() {
  std::vector<pollfd> events = {{.fd = wake.get(), .events = POLLIN}};
  std::vector<std::string> ids;
  for (const auto& [id, host] : hosts) {
    if (host.pid < 0) continue;
    ids.push_back(id);
    for (const int file : {host.console.get(), host.progress.get(), host.pidfd.get()})
      events.push_back({.fd = file, .events = POLLIN});
  }
  if (poll(events.data(), events.size(), kIdleMs) <= 0) return;
  uint64_t count = 0;
  if (events[0].revents != 0 && read(wake.get(), &count, sizeof count) < 0) return;
  for (size_t i = 0; i < ids.size(); ++i) {
    Host& host = hosts.at(ids[i]);
    if (events[1 + 3 * i].revents != 0) TakeConsole(host);
    if (events[2 + 3 * i].revents != 0) TakeProgress(host);
    if (events[3 + 3 * i].revents != 0) TakeEnd(host);
  }
}

void Hosts::Impl::Launch(const std::string& id) {
  {
    const std::lock_guard lock(mutex);
    hosts.try_emplace(id, Host{.id = id});
  }
  Host& host = hosts.at(id);
  host.goal = Host::Goal::kRun;
  if (host.pid >= 0) {
    host.restarting = host.is_ending;
    return;
  }
  Tell(host, HostState::kPending);
  if (image.IsReady()) return LaunchNow(host);
  waiting.insert(id);
  if (!is_building) BuildImage();
}

// Beside the loop: instances that run are looked after meanwhile.
void Hosts::Impl::BuildImage() {
  is_building = true;
  if (image_builder.joinable()) image_builder.join();
  const Status ready = EnsureLauncher();
  if (!ready) return StartWaiting(ready);
  image_builder = std::thread([this] {
    const Image::Unpack unpack = [this](const std::string& archive, const std::string& directory) -> Status {
      if (level.level == Level::kRoot) return UnpackImage(archive, directory);
      auto done = launcher.Call("unpack_image", Value::Object({{"archive", archive}, {"directory", directory}}));
      if (!done) return std::unexpected(done.error());
      return {};
    };
    Post([this, built = image.Ensure(options.progress, unpack)] { StartWaiting(built); });
  });
}

void Hosts::Impl::StartWaiting(const Status& built) {
  is_building = false;
  for (const std::string& id : std::exchange(waiting, {})) {
    Host& host = hosts.at(id);
    if (host.goal != Host::Goal::kRun) continue;
    if (built) {
      LaunchNow(host);
    } else {
      Fail(host, "its image cannot be had: " + built.error().message);
    }
  }
}

Status Hosts::Impl::EnsureLauncher() {
  if (level.level == Level::kNone) return MakeError(ErrorCode::kUnsupported, "{}", level.reason);
  if (const auto current = launcher.Get(); current && current->IsAlive()) return {};
  launcher.Set(nullptr);
  std::error_code error;
  std::filesystem::create_directories(options.data_directory + "/instances", error);
  if (error) return MakeError(ErrorCode::kIo, "{}/instances: {}", options.data_directory, error.message());
  auto started = LauncherProcess::Start(
      {.data_directory = options.data_directory, .program_directory = options.program_directory, .level = level.level});
  if (!started) return std::unexpected(started.error());
  auto found = (*started)->Call("status", Value::Object());
  if (!found) return std::unexpected(found.error());
  launcher.Set(std::move(*started));
  std::ofstream(Mark(), std::ios::trunc) << "a launcher runs, or was killed\n";
  const std::lock_guard lock(mutex);
  machine = std::move(found->value);
  return {};
}

void Hosts::Impl::LaunchNow(Host& host) {
  if (const Status ready = EnsureLauncher(); !ready) return Fail(host, ready.error().message);
  auto request = source.RequestFor(host.id, launcher);
  if (!request) return Fail(host, request.error().message);
  request->image = image.directory();
  auto answer = launcher.Call("launch", ToValue(*request));
  if (!answer) return Fail(host, answer.error().message);
  host.is_ending = host.restarting = false;
  host.pidfd = std::move(answer->descriptors.at(0));
  host.console = std::move(answer->descriptors.at(1));
  host.progress = std::move(answer->descriptors.at(2));
  const std::lock_guard lock(mutex);
  host.pid = static_cast<pid_t>(answer->value["pid"].Integer(-1));
}

void Hosts::Impl::End(const std::string& id, Host::Goal goal) {
  {
    const std::lock_guard lock(mutex);
    hosts.try_emplace(id, Host{.id = id});
  }
  Host& host = hosts.at(id);
  waiting.erase(id);
  host.goal = goal;
  host.restarting = false;
  if (host.pid < 0) return Settle(host, 0);
  Tell(host, goal == Host::Goal::kStop ? HostState::kStopping : HostState::kShuttingDown);
  // One that goes for good has nothing to save.
  Signal(host, goal == Host::Goal::kStop ? SIGTERM : SIGKILL);
}

void Hosts::Impl::Signal(const Host& host, int signal) {
  Host& ending = hosts.at(host.id);
  if (!ending.is_ending) ending.deadline = SteadyClock::now() + kEndWait;
  ending.is_ending = true;
  auto told = launcher.Call("signal", Value::Object({{"instance_id", host.id}, {"signal", signal}}));
  // It has ended by itself, just now: its pidfd says so.
  if (!told) ending.deadline = SteadyClock::now();
}

void Hosts::Impl::EnforceDeadlines() {
  for (auto& [id, host] : hosts) {
    if (host.pid < 0 || !host.is_ending || SteadyClock::now() < host.deadline) continue;
    host.deadline = SteadyClock::now() + kEndWait;
    Signal(host, SIGKILL);
  }
}

void Hosts::Impl::TakeConsole(Host& host) {
  char buffer[16 * 1024];
  const ssize_t count = read(host.console.get(), buffer, sizeof buffer);
  if (count <= 0) {
    host.console.Reset();
    return;
  }
  const Status kept =
      AppendConsole(ConsoleFile(options.data_directory, host.id), std::string_view(buffer, static_cast<size_t>(count)));
  if (!kept) options.progress(kept.error().message);
}

void Hosts::Impl::TakeProgress(Host& host) {
  char buffer[256];
  const ssize_t count = read(host.progress.get(), buffer, sizeof buffer);
  if (count <= 0) host.progress.Reset();
  if (count > 0 && std::string_view(buffer, static_cast<size_t>(count)).find("running\n") != std::string_view::npos &&
      !host.is_ending) {
    Tell(host, HostState::kRunning);
  }
}

void Hosts::Impl::TakeEnd(Host& host) {
  auto collected = launcher.Call("collect", Value::Object({{"instance_id", host.id}}));
  const int64_t code = collected ? collected->value["code"].Integer(-1) : -1;
  while (host.console) TakeConsole(host);
  host.pidfd.Reset();
  host.progress.Reset();
  {
    const std::lock_guard lock(mutex);
    host.pid = -1;
  }
  Settle(host, code);
}

// The process has ended with `code` (see init/main.cc), or there was none.
void Hosts::Impl::Settle(Host& host, int64_t code) {
  constexpr int64_t kReboot = 3;
  const bool was_asked = std::exchange(host.is_ending, false);
  switch (host.goal) {
    case Host::Goal::kTerminate: return RemoveDisk(host);
    case Host::Goal::kStop: return Tell(host, HostState::kStopped);
    case Host::Goal::kRun:
      if (host.restarting || code == kReboot) return LaunchNow(host);
      host.goal = Host::Goal::kStop;
      if (was_asked || code == 0) return Tell(host, HostState::kStopped, HostEvent::Cause::kInside);
      return Tell(host, HostState::kStopped, HostEvent::Cause::kFault, "its first process died");
  }
}

void Hosts::Impl::Fail(Host& host, const std::string& reason) {
  options.progress(fmt::format("{}: {}", host.id, reason));
  const bool has_disk = std::filesystem::exists(options.data_directory + "/instances/" + host.id + "/upper");
  host.goal = has_disk ? Host::Goal::kStop : Host::Goal::kTerminate;
  Tell(host, has_disk ? HostState::kStopped : HostState::kTerminated, HostEvent::Cause::kFault, reason);
}

void Hosts::Impl::RemoveDisk(Host& host) {
  const std::string directory = options.data_directory + "/instances/" + host.id;
  if (std::filesystem::exists(directory)) {
    Status removed = EnsureLauncher();
    if (removed) {
      auto done = launcher.Call("remove_disk", Value::Object({{"instance_id", host.id}}));
      if (!done) removed = std::unexpected(done.error());
    }
    // Tried again at the next start (KeepOnly).
    if (!removed) options.progress(fmt::format("{}: {}", directory, removed.error().message));
  }
  Tell(host, HostState::kTerminated);
}

void Hosts::Impl::Tell(Host& host, HostState state, HostEvent::Cause cause, std::string reason) {
  HostEvent event{.instance_id = host.id, .state = state, .cause = cause, .reason = std::move(reason), .pid = host.pid};
  {
    const std::lock_guard lock(mutex);
    host.state = state;
    if (state == HostState::kTerminated) hosts.erase(event.instance_id);  // `host` is gone
  }
  source.Changed(event);
}

Hosts::Hosts(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([this] { impl_->Loop(); });
}

Result<std::unique_ptr<Hosts>> Hosts::Start(HostsOptions options, HostSource& source) {
  auto impl = std::make_unique<Impl>(std::move(options), source);
  if (!impl->wake) return MakeError(ErrorCode::kIo, "an event descriptor");
  // A launcher puts right what a killed one left: audit settings, control groups.
  if (std::filesystem::exists(impl->Mark()) && impl->level.level != Level::kNone) {
    if (const Status ready = impl->EnsureLauncher(); !ready) impl->options.progress(ready.error().message);
  }
  return std::unique_ptr<Hosts>(new Hosts(std::move(impl)));
}

Hosts::~Hosts() {
  impl_->is_stopping = true;
  impl_->Wake();
  impl_->thread.join();
  if (impl_->image_builder.joinable()) impl_->image_builder.join();
  impl_->launcher.Set(nullptr);
  std::error_code ignored;
  std::filesystem::remove(impl_->Mark(), ignored);
}

const LevelFinding& Hosts::level() const { return impl_->level; }

Status Hosts::CanLaunch() const {
  if (impl_->level.level == Level::kNone) return MakeError(ErrorCode::kUnsupported, "{}", impl_->level.reason);
  const std::lock_guard lock(impl_->mutex);
  if (impl_->hosts.size() >= kMaxHosts)
    return MakeError(ErrorCode::kLimitExceeded, "this machine runs at most {} instances", kMaxHosts);
  return {};
}

void Hosts::Launch(std::string id) {
  impl_->Post([impl = impl_.get(), id = std::move(id)] { impl->Launch(id); });
}

void Hosts::Stop(std::string id) {
  impl_->Post([impl = impl_.get(), id = std::move(id)] { impl->End(id, Host::Goal::kStop); });
}

void Hosts::Terminate(std::string id) {
  impl_->Post([impl = impl_.get(), id = std::move(id)] { impl->End(id, Host::Goal::kTerminate); });
}

void Hosts::Reboot(std::string id) {
  impl_->Post([impl = impl_.get(), id = std::move(id)] {
    const auto found = impl->hosts.find(id);
    if (found == impl->hosts.end() || found->second.pid < 0) return;
    found->second.restarting = true;
    impl->Signal(found->second, SIGUSR1);
  });
}

void Hosts::KeepOnly(std::vector<std::string> ids) {
  impl_->Post([impl = impl_.get(), keep = std::set<std::string>(ids.begin(), ids.end())] {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(impl->options.data_directory + "/instances", error)) {
      const std::string id = entry.path().filename();
      if (!IsInstanceId(id) || keep.contains(id)) continue;
      impl->End(id, Host::Goal::kTerminate);
    }
  });
}

Result<std::string> Hosts::ConsoleOutput(std::string_view instance_id) const {
  return ReadConsole(ConsoleFile(impl_->options.data_directory, instance_id));
}

LauncherChannel& Hosts::channel() { return impl_->launcher; }

Value Hosts::Describe() const {
  Value list = Value::List();
  const std::lock_guard lock(impl_->mutex);
  for (const auto& [id, host] : impl_->hosts) {
    list.Append(Value::Object(
        {{"instance_id", id}, {"state", HostStateName(host.state)}, {"pid", static_cast<int64_t>(host.pid)}}));
  }
  return Value::Object({{"level", LevelName(impl_->level.level)},
                        {"reason", impl_->level.reason},
                        {"audit_missing", impl_->machine["audit_missing"]},
                        {"control_groups_missing", impl_->machine["control_groups_missing"]},
                        {"image", impl_->image.directory()},
                        {"image_ready", impl_->image.IsReady()},
                        {"instances", std::move(list)}});
}

}  // namespace opentrail::instances
