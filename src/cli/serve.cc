#include "cli/serve.h"

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/exit_code.h"
#include "cli/program_directory.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "gateway/account.h"
#include "instances/image.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail serve                                  an account in ~/.local/share/opentrail, on https://localhost:4566
  opentrail serve --data /srv/account --delivery-interval 300
  opentrail serve --engine big:trino=http://trino.example:8080     workgroup big asks a Trino cluster
  opentrail aws -- sts get-caller-identity         the aws CLI against it, from another terminal
  opentrail credentials                            the root user's keys, as a profile for `aws configure`

TLS and plain HTTP are both answered on the one port; the certificate is signed by an authority of the account's own,
DATA/tls/ca.pem. The first start writes the root user's keys to DATA/root-credentials, which only you can read.)";

struct ServeOptions {
  std::string data = DefaultDataDirectory();
  std::string address = "127.0.0.1";
  uint16_t port = kDefaultPort;
  std::string account_id;
  double delivery_interval = 60;
  double digest_interval = 3600;
  double query_timeout = 1800;
  std::vector<std::string> engines;
  std::string instances = "hosts";
  int threads = static_cast<int>(std::max(2u, std::thread::hardware_concurrency()));
};

http::ServerOptions ServerOptionsOf(const ServeOptions& options, http::TlsFiles tls) {
  http::ServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.threads = options.threads;
  server.tls = std::move(tls);
  server.tunnel_suffixes = {".amazonaws.com"};
  return server;
}

gateway::AccountOptions AccountOptionsOf(const ServeOptions& options, services::athena::WorkgroupEngines engines) {
  using Instances = gateway::AccountOptions::Instances;
  return {.data_directory = options.data,
          .account_id = options.account_id,
          .delivery_interval_ms = static_cast<int64_t>(options.delivery_interval * 1000),
          .digest_interval_ms = static_cast<int64_t>(options.digest_interval * 1000),
          .query_timeout_ms = static_cast<int64_t>(options.query_timeout * 1000),
          .engines = std::move(engines),
          .instances = options.instances == "hosts" ? Instances::kHosts : Instances::kRecords,
          .image_directory = instances::DefaultImageDirectory(),
          .program_directory = ProgramDirectory(),
          .progress = [](std::string_view line) { fmt::print(stderr, "{}\n", line); }};
}

std::string AccountId(const std::string& text) {
  const bool is_id = text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
  return is_id ? std::string() : fmt::format("{}: an account id has 12 digits", text);
}

void Announce(const ServeOptions& options, const gateway::Account& account, uint16_t port) {
  fmt::print("account {} at https://localhost:{} (and http), data in {}\n", account.account_id(), port, options.data);
  fmt::print("  root user's keys   {}\n  certificate        {}\n", account.root_credentials_file(),
             account.ca_certificate_file());
  fmt::print("  console            http://localhost:{}, root's password in {}\n", port, account.root_password_file());
  fmt::print("  try                opentrail aws --data {} -- sts get-caller-identity\n", options.data);
  std::fflush(stdout);
}

int RunServe(const ServeOptions& options, const CancelToken& cancel) {
  SystemClock clock;
  SystemRandom random;
  // Long-lived threads that allocate little each: as many arenas as threads would only hold memory back.
  mallopt(M_ARENA_MAX, 2);
  auto engines = services::athena::ParseWorkgroupEngines(options.engines);
  if (!engines) return ReportError(engines.error());
  auto account = gateway::Account::Open(AccountOptionsOf(options, *std::move(engines)), clock, random);
  if (!account) return ReportError(account.error());
  auto tls = (*account)->EnsureTls();
  if (!tls) return ReportError(tls.error());
  auto server = http::Server::Start(ServerOptionsOf(options, std::move(*tls)), (*account)->handler());
  if (!server) return ReportError(server.error());
  (*account)->ServeEndpoints(**server);
  const uint16_t port = (*server)->port();
  if (const Status told = WriteServerState(options.data, {getpid(), options.address, port}); !told) {
    return ReportError(told.error());
  }
  Announce(options, **account, port);
  while (!cancel.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  (*server)->Stop();
  RemoveServerState(options.data);
  account->reset();  // before the server: what is being committed answers into it
  return kExitOk;
}

}  // namespace

void AddServe(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();  // shared: it must live as long as the verb's callback
  CLI::App* verb = program.add_subcommand("serve", "Be an AWS account on this machine; every call is in its trail");
  verb->footer(kFooter);
  verb->add_option("--data", options->data, "The directory that holds the account")->capture_default_str();
  verb->add_option("--address", options->address, "Where to listen; anything but loopback lets others in")
      ->capture_default_str();
  verb->add_option("--port", options->port, "0: any free one")->check(CLI::Range(0, 65535))->capture_default_str();
  verb->add_option("--account-id", options->account_id, "12 digits, for a new account; one is made up otherwise")
      ->check(AccountId);
  verb->add_option("--delivery-interval", options->delivery_interval, "Seconds between deliveries of log files")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  verb->add_option("--digest-interval", options->digest_interval, "Seconds between digest files")
      ->check(CLI::Range(1.0, 3600.0))
      ->capture_default_str();
  verb->add_option("--query-timeout", options->query_timeout, "Seconds that an Athena statement may run")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str();
  verb->add_option(
          "--engine", options->engines,
          "What answers Athena's statements: trino=http://HOST:PORT, or embedded; WORKGROUP:… for one workgroup")
      ->type_name("[WORKGROUP:]ENGINE");
  verb->add_option("--instances", options->instances,
                   "What EC2 instances are: hosts of this machine, or records that nothing stands behind")
      ->check(CLI::IsMember({"hosts", "records"}))
      ->capture_default_str();
  verb->add_option("--threads", options->threads, "Threads that answer requests")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  verb->callback([options, &cancel, &exit_code] { exit_code = RunServe(*options, cancel); });
}

}  // namespace opentrail::cli
