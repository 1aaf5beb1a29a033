// The account without its trail: what bench/account compares recording against. No shipped program can be told so.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/server_state.h"
#include "gateway/account.h"

namespace {
volatile std::sig_atomic_t stopped = 0;
}  // namespace

int main(int argc, char** argv) {
  using namespace opentrail;
  std::string data;
  uint16_t port = 0;
  CLI::App program("opentrail serve without recording");
  program.add_option("--data", data)->required();
  program.add_option("--port", port);
  CLI11_PARSE(program, argc, argv);
  std::signal(SIGTERM, [](int) { stopped = 1; });
  SystemClock clock;
  SystemRandom random;
  gateway::AccountOptions options{.data_directory = data, .recording = gateway::Recording::kOffForBenchmark};
  auto account = gateway::Account::Open(options, clock, random);
  if (!account) return fmt::print(stderr, "{}\n", account.error().message), 1;
  http::ServerOptions serving;
  serving.port = port;
  serving.tls = (*account)->EnsureTls().value();
  auto server = http::Server::Start(serving, (*account)->handler());
  if (!server) return fmt::print(stderr, "{}\n", server.error().message), 1;
  if (!cli::WriteServerState(data, {getpid(), serving.address, (*server)->port()})) return 1;
  while (stopped == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  (*server)->Stop();
  return 0;
}
