#include "cli/aws.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/server_state.h"
#include "cli/statement.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail aws -- s3 ls
  opentrail aws -- cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin
  AWS_PROFILE=chaos opentrail aws -- ec2 describe-instances

The command runs as it would against AWS, host names and all: the account answers as the CLI's HTTPS proxy, with a
certificate of its own authority. Without keys in the environment or a profile, it runs as the root user.)";

struct AwsOptions {
  std::string data = DefaultDataDirectory();
  std::vector<std::string> arguments;
};

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// The file has the form of ~/.aws/credentials with one section.
void UseRootCredentials(const std::string& data) {
  std::ifstream in(data + "/root-credentials");
  for (std::string line; std::getline(in, line);) {
    const size_t equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    const std::string value = line.substr(equals + 3);
    if (name == "aws_access_key_id") setenv("AWS_ACCESS_KEY_ID", value.c_str(), 1);
    if (name == "aws_secret_access_key") setenv("AWS_SECRET_ACCESS_KEY", value.c_str(), 1);
  }
}

void PrepareEnvironment(const std::string& data, const ServerState& server) {
  const std::string proxy = fmt::format("http://127.0.0.1:{}", server.port);
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}) setenv(name, proxy.c_str(), 1);
  for (const char* name : {"NO_PROXY", "no_proxy", "AWS_ENDPOINT_URL"}) unsetenv(name);
  setenv("AWS_CA_BUNDLE", (data + "/tls/ca.pem").c_str(), 1);
  setenv("AWS_EC2_METADATA_DISABLED", "true", 0);
  if (!IsSet("AWS_DEFAULT_REGION") && !IsSet("AWS_REGION")) setenv("AWS_DEFAULT_REGION", "us-east-1", 1);
  if (!IsSet("AWS_ACCESS_KEY_ID") && !IsSet("AWS_PROFILE")) UseRootCredentials(data);
}

int RunAws(const AwsOptions& options) {
  const auto server = ReadServerState(options.data);
  if (!server) return ReportError(server.error());
  PrepareEnvironment(options.data, *server);
  std::vector<char*> arguments = {const_cast<char*>("aws")};
  for (const std::string& argument : options.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp("aws", arguments.data());
  return ReportError(
      {ErrorCode::kNotFound,
       fmt::format("the aws CLI cannot be run ({}); install it: apt-get install awscli", strerror(errno))});
}

}  // namespace

void AddAws(CLI::App& program, CancelToken&, int& exit_code) {
  auto options = std::make_shared<AwsOptions>();  // shared: it must live as long as the verb's callback
  CLI::App* verb = program.add_subcommand("aws", "Run the installed aws CLI against the account");
  verb->footer(kFooter);
  verb->add_option("--data", options->data, "The directory that holds the account")->capture_default_str();
  verb->add_option("arguments", options->arguments, "What follows `aws`; write -- before it")->type_name("ARGUMENT");
  verb->callback([options, &exit_code] { exit_code = RunAws(*options); });
}

}  // namespace opentrail::cli
