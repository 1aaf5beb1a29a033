#include "cli/status.h"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/instance_record.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "instances/image.h"
#include "instances/level.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Says whether a server runs over the directory, what EC2 instances can be on this machine (its level), and what became
of each. Levels
  root            hosts with the kernel's audit, resource limits, and addresses that this machine reaches
  user namespace  hosts of an ordinary user, with ids of /etc/subuid
  none            no instance can be launched; the reason says what is missing)";

void ShowInstances(const std::string& data, const Value& status) {
  for (const Value& host : status["instances"].elements()) {
    const auto record = FindInstance(data, host["instance_id"].Text());
    fmt::print("  {:<20} {:<14} {:<16} {:<16} {}\n", host["instance_id"].Text(), host["state"].Text(),
               record ? record->private_address : "", record ? record->public_address : "", record ? record->name : "");
  }
}

void ShowMachine(const Value& status) {
  const instances::LevelFinding level = instances::FindLevel();
  fmt::print("instances\n  level            {}{}\n", instances::LevelName(level.level),
             level.reason.empty() ? "" : ": " + level.reason);
  for (const auto& [name, member] :
       {std::pair{"no kernel audit", "audit_missing"}, std::pair{"no limits of", "control_groups_missing"}}) {
    if (!status[member].Text().empty()) fmt::print("  {:<16} {}\n", name, status[member].Text());
  }
  if (const std::string_view user = status["network"]["UserAddress"].Text(); !user.empty()) {
    fmt::print("  my address       {}: as instances see this machine\n", user);
  }
  const instances::Image image(instances::DefaultImageDirectory());
  fmt::print("  image            {}{}\n", image.directory(),
             image.IsReady() ? "" : ": not built yet (opentrail instance image build)");
}

int RunStatus(const std::string& data) {
  const auto server = ReadServerState(data);
  if (server) {
    fmt::print("server             process {} on https://localhost:{}, data in {}\n", server->pid, server->port, data);
  } else {
    fmt::print("server             {}\n", server.error().message);
  }
  const Value status = ReadHostStatus(data);
  ShowMachine(status);
  if (server) ShowInstances(data, status);
  return kExitOk;
}

}  // namespace

void AddStatus(CLI::App& program, CancelToken&, int& exit_code) {
  auto data = std::make_shared<std::string>(DefaultDataDirectory());  // shared: it must outlive this function
  CLI::App* verb = program.add_subcommand("status", "What runs here, and what instances can be on this machine");
  verb->footer(kFooter);
  verb->add_option("--data", *data, "The directory that holds the account")->capture_default_str();
  verb->callback([data, &exit_code] { exit_code = RunStatus(*data); });
}

}  // namespace opentrail::cli
