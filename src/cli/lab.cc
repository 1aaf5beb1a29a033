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
#include "cli/lab_check.h"
#include "cli/lab_life.h"
#include "cli/program_directory.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "codec/json_value.h"
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
  LabCheckOptions check;
  std::string output = "table";
  uint16_t server_port = 0;  // keep
};

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path found = std::filesystem::weakly_canonical(path, error);
  return error ? path : found.string();
}

// "" where nobody keeps the lab.
std::string PageAddress(const std::string& data, const lab::LabState& lab) {
  const auto keeper = lab::ReadKeeperState(data);
  return keeper ? fmt::format("http://localhost:{}/{}/", keeper->port, lab.draw.page_token) : "";
}

std::string KeyFile(const std::string& data) {
  return fmt::format("{}/{}.pem", lab::LabDirectory(data), lab::kKeyPair);
}

void PrintLab(const std::string& data, const lab::LabState& lab, uint16_t port) {
  fmt::print("  exercise     {}\n", PageAddress(data, lab));
  fmt::print("  website      http://{}/cafe/\n", lab.public_address);
  fmt::print("  console      http://localhost:{}\n", port);
  fmt::print("               account {}, user {}, password {}\n", lab.draw.account_id, lab::kStudent,
             lab.draw.student_password);
  fmt::print("  web server   ssh -i {} ec2-user@{}      (after Task 1)\n", KeyFile(data), lab.public_address);
  fmt::print("  aws CLI      opentrail aws --data {} -- ec2 describe-instances\n", data);
}

void PrintLabJson(const std::string& data, const lab::LabState& lab, uint16_t port) {
  const lab::AttackState attack = lab::ReadAttackState(data);
  fmt::print("{}\n", codec::WriteJson(Value::Object({{"exercise", PageAddress(data, lab)},
                                                     {"website", fmt::format("http://{}/cafe/", lab.public_address)},
                                                     {"console", fmt::format("http://localhost:{}", port)},
                                                     {"account", lab.draw.account_id},
                                                     {"user", lab::kStudent},
                                                     {"password", lab.draw.student_password},
                                                     {"address", lab.public_address},
                                                     {"instance", lab.instance_id},
                                                     {"security_group", lab.group_id},
                                                     {"key_file", KeyFile(data)},
                                                     {"seed", static_cast<int64_t>(lab.draw.seed)},
                                                     {"attack", AttackPhaseName(attack.phase)},
                                                     {"attack_finished", attack.finished},
                                                     {"attack_failure", attack.failure}})));
}

// Who she is, and from where, is what the exercise asks: nothing of that here.
std::string DescribeAttack(const lab::AttackState& attack) {
  switch (attack.phase) {
    case lab::AttackPhase::kAwaited: return fmt::format("not yet; it comes when a trail named {} logs", lab::kTrail);
    case lab::AttackPhase::kRunning: return "is going on";
    case lab::AttackPhase::kDone: return "the website was hacked, " + attack.finished;
    case lab::AttackPhase::kFailed: return "failed: " + attack.failure + " (again: opentrail lab attack)";
  }
  return "";
}

int RunStatus(const std::string& data, bool is_json) {
  const auto lab = lab::ReadLabState(data);
  if (!lab) return ReportError(lab.error());
  const auto server = ReadServerState(data);
  const auto keeper = lab::ReadKeeperState(data);
  if (!server || !keeper) {
    return ReportError(
        {ErrorCode::kNotFound, fmt::format("the lab in {} does not run; go on with it: opentrail lab up", data)});
  }
  if (is_json) {
    PrintLabJson(data, *lab, server->port);
    return kExitOk;
  }
  PrintLab(data, *lab, server->port);
  fmt::print("  attack       {}\n", DescribeAttack(lab::ReadAttackState(data)));
  fmt::print("  processes    server {}, keeper {}; logs in {}\n", server->pid, keeper->pid, lab::LabDirectory(data));
  fmt::print("  seed         {}\n", lab->draw.seed);
  return kExitOk;
}

int RunUp(LabOptions options, const CancelToken& cancel) {
  options.data = Absolute(options.data);
  if (const Status up = BringLabUp(options, cancel); !up) {
    const int code = ReportError(up.error());
    if (lab::ReadLabState(options.data) || ReadServerState(options.data)) {
      fmt::print(stderr, "What has begun goes on; to end it: opentrail lab down --data {}\n", options.data);
    }
    return code;
  }
  const auto lab = lab::ReadLabState(options.data);
  const auto server = ReadServerState(options.data);
  if (!lab || !server) return ReportError(lab ? server.error() : lab.error());
  fmt::print("The Café is open.\n\n");
  PrintLab(options.data, *lab, server->port);
  fmt::print("\nOpen the exercise's page in a browser, and begin.   opentrail lab status | check | reset | down\n");
  return kExitOk;
}

int RunReset(LabOptions options, const CancelToken& cancel) {
  options.data = Absolute(options.data);
  if (const Status down = TakeLabDown(options.data); !down) return ReportError(down.error());
  return RunUp(options, cancel);
}

int RunDown(const std::string& given) {
  const std::string data = Absolute(given);
  const bool is_there = IsLab(data);
  if (const Status down = TakeLabDown(data); !down) return ReportError(down.error());
  fmt::print("{}\n", is_there ? "The Café is closed; nothing of it is left." : "There is no lab in " + data + ".");
  return kExitOk;
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

void AddAnswers(CLI::App& verb, lab::Answers& answers) {
  verb.add_option("--user", answers.user, "Which IAM user opened port 22 to everybody");
  verb.add_option("--time", answers.time, "When, to the second: 2026-11-29T15:40:12Z");
  verb.add_option("--address", answers.address, "From which address");
  verb.add_option("--method", answers.method, "console or programmatic");
  verb.footer(R"(
Answers are remembered; what was never answered is asked for on a terminal. Exit code 0: everything is done; 1: not yet.

Examples
  opentrail lab check
  opentrail lab check --user martha --time 2026-11-29T15:40:12Z --address 192.0.2.1 --method console
  opentrail lab check --output json)");
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
        ->check(CLI::Range(0, 65535))
        ->each([verbs](const std::string&) { verbs->lab.is_port_chosen = true; })
        ->capture_default_str();
    verb->add_option("--delivery-interval", verbs->lab.delivery_interval, "Seconds between deliveries of log files")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
  };
  add_making("up", "Set the Café up, or go on with it", [verbs, &cancel] { return RunUp(verbs->lab, cancel); });
  const auto add_output = [verbs](CLI::App* verb) {
    verb->add_option("--output", verbs->output, "table, or json for programs")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
  };
  add_output(add("status", "What runs, and how far the attack is",
                 [verbs] { return RunStatus(Absolute(verbs->lab.data), verbs->output == "json"); }));
  add("attack", "Have chaos come now", [verbs, &cancel] { return RunAttack(verbs->lab.data, cancel); });
  CLI::App* check = add("check", "Grade the Challenge's answers and every step of Task 5", [verbs] {
    verbs->check.data = Absolute(verbs->lab.data);
    verbs->check.is_json = verbs->output == "json";
    return RunLabCheck(verbs->check);
  });
  AddAnswers(*check, verbs->check.answers);
  add_output(check);
  add_making("reset", "Begin anew", [verbs, &cancel] { return RunReset(verbs->lab, cancel); });
  add("down", "End everything, and leave nothing behind", [verbs] { return RunDown(verbs->lab.data); });
  CLI::App* keep = add("keep", "", [verbs, &cancel] { return RunKeep(*verbs, cancel); });
  keep->add_option("--port", verbs->server_port)->required();
  keep->group("");  // started by `lab up`, not by people
}

}  // namespace opentrail::cli
