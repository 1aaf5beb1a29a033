#include "cli/credentials.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/server_state.h"
#include "cli/statement.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail credentials >> ~/.aws/credentials     then: aws --profile opentrail --endpoint-url https://localhost:4566 ...
  opentrail credentials --data /srv/account)";

int RunCredentials(const std::string& data) {
  const std::string file = data + "/root-credentials";
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty()) {
    return ReportError(
        {ErrorCode::kNotFound,
         fmt::format("{} cannot be read: it is written at the first `opentrail serve --data {}`, and may "
                     "have been moved away since",
                     file, data)});
  }
  fmt::print("{}", text.str());
  fmt::print("region = us-east-1\nca_bundle = {}/tls/ca.pem\n", data);
  const auto server = ReadServerState(data);
  fmt::print("endpoint_url = https://localhost:{}\n", server ? server->port : kDefaultPort);
  return kExitOk;
}

}  // namespace

void AddCredentials(CLI::App& program, CancelToken&, int& exit_code) {
  auto data = std::make_shared<std::string>(DefaultDataDirectory());  // shared: it must live as long as the callback
  CLI::App* verb = program.add_subcommand("credentials", "Print the root user's keys as a profile of the aws CLI");
  verb->footer(kFooter);
  verb->add_option("--data", *data, "The directory that holds the account")->capture_default_str();
  verb->callback([data, &exit_code] { exit_code = RunCredentials(*data); });
}

}  // namespace opentrail::cli
