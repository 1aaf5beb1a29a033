#include "instances/launcher/launcher.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "instances/image.h"
#include "instances/launcher/disk.h"
#include "instances/launcher/spawn.h"

namespace opentrail::instances {
namespace {

constexpr auto kPowerOffWait = std::chrono::seconds(2);

// Names of control groups: one for each account, the same at its next start.
std::string AccountName(const std::string& data_directory) {
  uint32_t hash = 2166136261;  // FNV-1a
  for (const char character : data_directory) hash = (hash ^ static_cast<unsigned char>(character)) * 16777619;
  return fmt::format("{:08x}", hash);
}

std::string HostName(const InterfaceSpec& interface) {
  std::string name = "ip-" + interface.private_address;
  std::ranges::replace(name, '.', '-');
  return name;
}

BootRecord BootRecordOf(const LaunchRequest& request, const Attachment& attachment) {
  BootRecord record{{"instance_id", request.interface.instance_id}, {"hostname", HostName(request.interface)},
                    {"domain", attachment.search_domain},           {"address", request.interface.private_address},
                    {"region", request.interface.region},           {"authorized_key", request.authorized_key},
                    {"ca_certificate", request.ca_certificate},     {"user_data", request.user_data}};
  for (const HostKey& key : request.host_keys) {
    record.emplace_back("host_key", key.type);
    record.emplace_back("private-" + key.type, key.private_key);
    record.emplace_back("public-" + key.type, key.public_key);
    record.emplace_back("fingerprint", key.fingerprint);
  }
  for (const std::string& server : attachment.nameservers) record.emplace_back("nameserver", server);
  return record;
}

Value FailureValue(const Error& error) {
  return Value::Object({{"error", error.message}, {"code", static_cast<int64_t>(error.code)}});
}

}  // namespace

Launcher::Launcher(LauncherOptions options, FileDescriptor init_program, std::unique_ptr<Network> network)
    : options_(std::move(options)),
      init_program_(std::move(init_program)),
      control_groups_(AccountName(options_.data_directory)),
      network_(std::move(network)) {}

Result<std::unique_ptr<Launcher>> Launcher::Open(const LauncherOptions& options) {
  auto init_program = SealedCopy(options.init_program);
  if (!init_program) return std::unexpected(init_program.error());
  auto network = Network::Open({.data_directory = options.data_directory, .rootless = options.rootless});
  if (!network) return std::unexpected(network.error());
  std::unique_ptr<Launcher> launcher(new Launcher(options, std::move(*init_program), std::move(*network)));
  // In a user namespace the kernel has no audit to offer; the shim stands for it.
  if (options.rootless) return launcher;
  auto audit = AuditControl::Open(options.data_directory + "/instances/audit-was");
  if (audit) {
    launcher->audit_ = std::make_unique<AuditCollector>(std::move(*audit));
  } else {
    launcher->audit_missing_ = audit.error().message;
  }
  return launcher;
}

Launcher::~Launcher() {
  // Services may close their files, as when a machine is powered off; not for long.
  for (const auto& [id, running] : running_) kill(running.process, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kPowerOffWait;
  for (const auto& [id, running] : running_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ended{.fd = running.pidfd.get(), .events = POLLIN};
    poll(&ended, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
  }
  while (!running_.empty()) {
    const auto first = running_.begin();
    kill(first->second.process, SIGKILL);
    waitpid(first->second.process, nullptr, 0);
    Forget(std::string(first->first));
  }
}

void Launcher::Serve(int socket) {
  for (;;) {
    std::vector<pollfd> events = {{.fd = socket, .events = POLLIN, .revents = 0},
                                  {.fd = audit_ ? audit_->socket() : -1, .events = POLLIN, .revents = 0}};
    shim_.AppendPolled(events);
    if (poll(events.data(), events.size(), -1) < 0) continue;
    if (events[1].revents != 0) audit_->Pump();
    for (size_t i = 2; i < events.size(); ++i) {
      if (events[i].revents != 0) shim_.Pump(events[i]);
    }
    if (events[0].revents == 0) continue;
    auto message = ReceiveMessage(socket);
    if (!message || !*message) return;
    auto answer =
        Call((*message)->value["operation"].Text(), (*message)->value["arguments"], std::move((*message)->descriptors));
    std::vector<int> descriptors;
    if (answer) {
      for (const FileDescriptor& descriptor : answer->descriptors) descriptors.push_back(descriptor.get());
    }
    const Value value = answer ? Value::Object({{"value", std::move(answer->value)}}) : FailureValue(answer.error());
    if (!SendMessage(socket, value, descriptors)) return;
  }
}

Result<Launcher::Answer> Launcher::Call(std::string_view operation, const Value& arguments,
                                        std::vector<FileDescriptor> descriptors) {
  if (operation.starts_with("network.")) return network_->Call(operation, arguments, std::move(descriptors));
  if (operation == "launch") return Launch(arguments);
  if (operation == "signal") return Signal(arguments);
  if (operation == "collect") return Collect(arguments);
  if (operation == "remove_disk") return RemoveDisk(arguments);
  if (operation == "unpack_image") return Unpack(arguments);
  if (operation == "status") return StatusOf();
  return MakeError(ErrorCode::kUnsupported, "the launcher knows no {}", operation);
}

Result<Launcher::Answer> Launcher::Launch(const Value& arguments) {
  auto request = ReadLaunchRequest(arguments);
  if (!request) return std::unexpected(request.error());
  const std::string& id = request->interface.instance_id;
  if (running_.contains(id)) return MakeError(ErrorCode::kInvalidArgument, "{} runs already", id);
  auto attachment = network_->Attach(request->interface);
  if (!attachment) return std::unexpected(attachment.error());
  auto started = Start(*request, *attachment);
  if (!started) Forget(id);
  return started;
}

Result<Launcher::Answer> Launcher::Start(const LaunchRequest& request, const Attachment& attachment) {
  const std::string& id = request.interface.instance_id;
  const Disk disk{request.image, DiskDirectory(id)};
  if (const Status prepared = PrepareDisk(disk); !prepared) return std::unexpected(prepared.error());
  const BootRecord record = BootRecordOf(request, attachment);
  auto spawned = Spawn({.disk = disk,
                        .owner = options_.rootless ? OverlayOwner::kUserNamespace : OverlayOwner::kRoot,
                        .host_name = HostName(request.interface),
                        .network_namespace = attachment.network_namespace.get(),
                        .init_program = init_program_.get(),
                        .boot_record = record,
                        .confine = [&](pid_t process) { return control_groups_.Enter(id, process, request.limits); }});
  if (!spawned) return std::unexpected(spawned.error());
  if (audit_) audit_->Add(id, spawned->process, spawned->audit_session, std::move(spawned->audit));
  if (spawned->notifier) shim_.Add(id, std::move(spawned->notifier), std::move(spawned->audit));
  Answer answer{.value = Value::Object({{"pid", spawned->process}, {"mac", attachment.mac}}), .descriptors = {}};
  answer.descriptors.emplace_back(dup(spawned->pidfd.get()));
  answer.descriptors.push_back(std::move(spawned->console));
  answer.descriptors.push_back(std::move(spawned->state));
  running_[id] = {spawned->process, std::move(spawned->pidfd)};
  return answer;
}

Result<Launcher::Answer> Launcher::Signal(const Value& arguments) {
  const auto found = running_.find(std::string(arguments["instance_id"].Text()));
  if (found == running_.end())
    return MakeError(ErrorCode::kNotFound, "{} does not run", arguments["instance_id"].Text());
  if (kill(found->second.process, static_cast<int>(arguments["signal"].Integer(0))) != 0)
    return MakeError(ErrorCode::kIo, "{}: {}", found->first, std::strerror(errno));
  return Answer{};
}

Result<Launcher::Answer> Launcher::Collect(const Value& arguments) {
  const std::string id(arguments["instance_id"].Text());
  const auto found = running_.find(id);
  if (found == running_.end()) return MakeError(ErrorCode::kNotFound, "{} does not run", id);
  int status = 0;
  if (waitpid(found->second.process, &status, WNOHANG) == 0)
    return MakeError(ErrorCode::kInvalidArgument, "{} has not ended", id);
  Forget(id);
  return Answer{.value = Value::Object({{"code", WIFEXITED(status) ? WEXITSTATUS(status) : -1}}), .descriptors = {}};
}

Result<Launcher::Answer> Launcher::RemoveDisk(const Value& arguments) {
  const std::string_view id = arguments["instance_id"].Text();
  if (!IsInstanceId(id)) return MakeError(ErrorCode::kInvalidArgument, "'{}' is no instance id", id);
  if (running_.contains(std::string(id))) return MakeError(ErrorCode::kInvalidArgument, "{} runs", id);
  std::error_code error;
  std::filesystem::remove_all(DiskDirectory(id), error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", DiskDirectory(id), error.message());
  return Answer{};
}

Result<Launcher::Answer> Launcher::Unpack(const Value& arguments) {
  const Status unpacked =
      UnpackImage(std::string(arguments["archive"].Text()), std::string(arguments["directory"].Text()));
  if (!unpacked) return std::unexpected(unpacked.error());
  return Answer{};
}

Launcher::Answer Launcher::StatusOf() const {
  return {.value = Value::Object({{"running", static_cast<int64_t>(running_.size())},
                                  {"audit_missing", audit_missing_},
                                  {"audit_lost", audit_ ? audit_->lost() : shim_.lost()},
                                  {"control_groups_missing", control_groups_.missing()}}),
          .descriptors = {}};
}

// All that an instance had of the host, but its disk.
void Launcher::Forget(const std::string& instance_id) {
  running_.erase(instance_id);
  if (audit_) audit_->Remove(instance_id);
  shim_.Remove(instance_id);
  control_groups_.Remove(instance_id);
  if (const Status detached = network_->Detach(instance_id); !detached)
    fmt::print(stderr, "{}: its network stays: {}\n", instance_id, detached.error().message);
}

std::string Launcher::DiskDirectory(std::string_view instance_id) const {
  return fmt::format("{}/instances/{}", options_.data_directory, instance_id);
}

}  // namespace opentrail::instances
