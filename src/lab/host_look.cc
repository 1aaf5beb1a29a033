#include "lab/host_look.h"

#include <fmt/format.h>

#include "instances/child_process.h"
#include "lab/cafe.h"

namespace opentrail::lab {
namespace {

// A line for each question; those of who come last.
constexpr const char* kScript =
    "echo processes $(pgrep -c -u chaos-user 2>/dev/null || :); "
    "echo login $(getent passwd chaos-user | wc -l); "
    "echo passwords $(sudo /usr/sbin/sshd -T 2>/dev/null | grep -c '^passwordauthentication yes' || :); "
    "echo who; who";

constexpr const char* kLookSeconds = "60";  // an answer is a matter of one

std::vector<std::string> SshCommand(const LabState& lab, std::vector<std::string> options) {
  std::vector<std::string> words = {"timeout", kLookSeconds, "ssh", "-n"};
  for (const char* option : {"BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null",
                             "LogLevel=ERROR", "ConnectTimeout=10", "IdentitiesOnly=yes"}) {
    words.insert(words.end(), {"-o", option});
  }
  words.insert(words.end(), options.begin(), options.end());
  words.push_back("ec2-user@" + lab.public_address);
  return words;
}

}  // namespace

Result<HostLook> ParseHostLook(const std::vector<std::string>& lines) {
  if (lines.size() < 4 || lines[3] != "who") return MakeError(ErrorCode::kCorrupt, "the web server does not answer");
  HostLook look;
  look.has_intruder_processes = lines[0] != "processes 0" && lines[0] != "processes";
  look.has_intruder_login = lines[1] != "login 0";
  look.config_takes_passwords = lines[2] != "passwords 0";
  for (size_t i = 4; i < lines.size(); ++i) look.who += lines[i] + "\n";
  return look;
}

Result<HostLook> LookAtHost(const std::string& data_directory, const LabState& lab) {
  std::vector<std::string> command =
      SshCommand(lab, {"-i", fmt::format("{}/{}.pem", LabDirectory(data_directory), kKeyPair)});
  command.emplace_back(kScript);
  std::vector<std::string> lines;
  const Status ran = instances::RunProgram(command, [&](std::string_view line) { lines.emplace_back(line); });
  if (!ran) return std::unexpected(ran.error());
  return ParseHostLook(lines);
}

std::optional<std::string> MethodsOfRefusal(std::string_view text) {
  constexpr std::string_view kRefusal = "Permission denied (";
  const size_t begin = text.rfind(kRefusal);
  const size_t end = begin == std::string_view::npos ? begin : text.find(')', begin);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(begin + kRefusal.size(), end - begin - kRefusal.size()));
}

Result<std::string> LookAtLoginMethods(const LabState& lab) {
  std::string said;
  const Status ran = instances::RunProgram(SshCommand(lab, {"-o", "PreferredAuthentications=none"}),
                                           [&](std::string_view line) { said += std::string(line) + "\n"; });
  if (ran) return MakeError(ErrorCode::kIo, "sshd lets everybody in");
  if (auto methods = MethodsOfRefusal(said + ran.error().message)) return *std::move(methods);
  return std::unexpected(ran.error());
}

}  // namespace opentrail::lab
