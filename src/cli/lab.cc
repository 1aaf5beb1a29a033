#include "cli/lab.h"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/exit_code.h"
#include "cli/lab_life.h"
#include "cli/program_directory.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "lab/cafe.h"
#include "lab/keeper.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  sudo opentrail lab up           the Café, in less than a minute; prints the address of the exercise's page
  opentrail lab status            what runs, and how far the attack is
  opentrail lab attack            do not wait for the trail: chaos comes now
  opentrail lab check             how far you are
  opentrail lab reset             begin anew
  opentrail lab down              end everything, and leave nothing behind)";

struct LabVerbs {
  LabOptions lab{.data = DefaultLabDirectory(), .seed = {}, .port = kDefaultPort};
  uint16_t server_port = 0;  // keep
};

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path found = std::filesystem::weakly_canonical(path, error);
  return error ? path : found.string();
}

std::string PageAddress(const lab::LabState& lab, const lab::KeeperState& keeper) {
  return fmt::format("http://localhost:{}/{}/", keeper.port, lab.draw.page_token);
}

int ShowLab(const std::string& data) {
  const auto lab = lab::ReadLabState(data);
  if (!lab) return ReportError(lab.error());
  const auto keeper = lab::ReadKeeperState(data);
  const auto server = ReadServerState(data);
  fmt::print("The Café is open.\n\n");
  fmt::print("  exercise     {}\n", keeper ? PageAddress(*lab, *keeper) : keeper.error().message);
  fmt::print("  website      http://{}/cafe/\n", lab->public_address);
  if (server) fmt::print("  console      http://localhost:{}\n", server->port);
  fmt::print("               account {}, user {}, password {}\n", lab->draw.account_id, lab::kStudent,
             lab->draw.student_password);
  fmt::print("  web server   ssh -i {}/{}.pem ec2-user@{}\n", lab::LabDirectory(data), lab::kKeyPair,
             lab->public_address);
  fmt::print("  aws CLI      opentrail aws --data {} -- ec2 describe-instances\n\n", data);
  fmt::print("Create a trail named {}, and watch the website.  opentrail lab check | status | reset | down\n",
             lab::kTrail);
  return kExitOk;
}

int RunUp(LabOptions options, const CancelToken& cancel) {
  options.data = Absolute(options.data);
  if (const Status up = BringLabUp(options, cancel); !up) return ReportError(up.error());
  return ShowLab(options.data);
}

int RunReset(LabOptions options, const CancelToken& cancel) {
  options.data = Absolute(options.data);
  if (const Status down = TakeLabDown(options.data); !down) return ReportError(down.error());
  return RunUp(options, cancel);
}

int RunDown(const std::string& data) {
  const Status down = TakeLabDown(Absolute(data));
  return down ? kExitOk : ReportError(down.error());
}

// To the keeper, which begins; until she is in.
int RunAttack(const std::string& given, const CancelToken& cancel) {
  const std::string data = Absolute(given);
  const auto lab = lab::ReadLabState(data);
  if (!lab) return ReportError(lab.error());
  const auto keeper = lab::ReadKeeperState(data);
  if (!keeper) return ReportError(keeper.error());
  if (lab::ReadAttackState(data).phase == lab::AttackPhase::kDone) {
    return ReportError({ErrorCode::kInvalidArgument, "she was here already; begin anew: opentrail lab reset"});
  }
  http::Client client({.uses_proxies = false});
  http::RequestHead head;
  head.method = "POST";
  head.target = fmt::format("/{}/attack", lab->draw.page_token);
  head.fields.Add("Host", "localhost");
  const auto told = client.Send(fmt::format("http://127.0.0.1:{}", keeper->port), head, 1024, cancel);
  if (!told) return ReportError(told.error());
  for (;;) {
    constexpr auto kPause = std::chrono::milliseconds(100);
    std::this_thread::sleep_for(kPause);
    const lab::AttackState state = lab::ReadAttackState(data);
    if (state.phase == lab::AttackPhase::kDone) break;
    if (state.phase == lab::AttackPhase::kFailed) return ReportError({ErrorCode::kIo, state.failure});
    if (cancel.IsCancelled()) return kExitInterrupted;
  }
  fmt::print("The website was hacked. Look: http://{}/cafe/\n", lab->public_address);
  return kExitOk;
}

int RunKeep(const LabVerbs& verbs, const CancelToken& cancel) {
  SystemClock clock;
  auto keeper = lab::Keeper::Start({.program = ProgramDirectory() + "/opentrail",
                                    .data_directory = Absolute(verbs.lab.data),
                                    .server_port = verbs.server_port},
                                   clock);
  if (!keeper) return ReportError(keeper.error());
  (*keeper)->Run(cancel);
  return kExitOk;
}

}  // namespace

void AddLab(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto verbs = std::make_shared<LabVerbs>();  // shared: it must live as long as the verbs' callbacks
  CLI::App* noun = program.add_subcommand("lab", "The exercise of the hacked Café, on this machine");
  noun->footer(kFooter);
  noun->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, const std::function<int()>& run) {
    CLI::App* verb = noun->add_subcommand(name, help);
    verb->add_option("--data", verbs->lab.data, "The directory that holds the lab")->capture_default_str();
    verb->callback([run, &exit_code] { exit_code = run(); });
    return verb;
  };
  const auto add_making = [&](const char* name, const char* help, const std::function<int()>& run) {
    CLI::App* verb = add(name, help, run);
    verb->add_option("--seed", verbs->lab.seed, "A number that repeats a run: addresses, passwords, times")
        ->check(CLI::Range(uint64_t{0}, lab::kMaxSeed));
    verb->add_option("--port", verbs->lab.port, "Of the account and its console; another one where 4566 is taken")
        ->each([verbs](const std::string&) { verbs->lab.is_port_chosen = true; })
        ->capture_default_str();
    verb->add_option("--delivery-interval", verbs->lab.delivery_interval, "Seconds between deliveries of log files")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
  };
  add_making("up", "Set the Café up, or go on with it", [verbs, &cancel] { return RunUp(verbs->lab, cancel); });
  add("status", "What runs, and how far the attack is", [verbs] { return ShowLab(Absolute(verbs->lab.data)); });
  add("attack", "Have chaos come now", [verbs, &cancel] { return RunAttack(verbs->lab.data, cancel); });
  add_making("reset", "Begin anew", [verbs, &cancel] { return RunReset(verbs->lab, cancel); });
  add("down", "End everything, and leave nothing behind", [verbs] { return RunDown(verbs->lab.data); });
  CLI::App* keep = add("keep", "", [verbs, &cancel] { return RunKeep(*verbs, cancel); });
  keep->add_option("--port", verbs->server_port)->required();
  keep->group("");  // started by `lab up`, not by people
}

}  // namespace opentrail::cli
