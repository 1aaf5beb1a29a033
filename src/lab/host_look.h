#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/lab_state.h"

namespace opentrail::lab {

// What stands on the web server, as seen by ec2-user, over SSH with the student's key.
struct HostLook {
  std::string who;  // the output of who(1)
  bool has_intruder_processes = false;
  bool has_intruder_login = false;     // chaos-user in /etc/passwd
  bool config_takes_passwords = true;  // sshd_config as sshd would read it now
};
// kIo where nobody gets in, with ssh's words.
[[nodiscard]] Result<HostLook> LookAtHost(const std::string& data_directory, const LabState& lab);
// What the script of LookAtHost printed. kCorrupt. Pure.
[[nodiscard]] Result<HostLook> ParseHostLook(const std::vector<std::string>& lines);

// The methods by which the sshd that runs lets somebody in: "publickey,password". kIo where none answers.
[[nodiscard]] Result<std::string> LookAtLoginMethods(const LabState& lab);
// Of ssh's refusal: "... Permission denied (publickey,password)."; nullopt: it is none. Pure.
[[nodiscard]] std::optional<std::string> MethodsOfRefusal(std::string_view text);

}  // namespace opentrail::lab
