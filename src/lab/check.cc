#include "lab/check.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "lab/cafe.h"
#include "lab/host_look.h"
#include "lab/lab_files.h"

namespace opentrail::lab {
namespace {

// What ssh says comes last.
std::string LastLine(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  text.remove_prefix(text.rfind('\n') + 1);
  return std::string(text.substr(std::min(text.find_first_not_of(' '), text.size())));
}

constexpr const char* kNothingYet = "nothing has happened yet: create the trail monitor (Task 2), and wait a minute";

std::string ErrorText(const AwsError& error) { return fmt::format("{}: {}", error.code, error.message); }

Finding Found(const char* id, const char* task, const char* what, bool is_done, std::string hint) {
  return {id, task, what, is_done, is_done ? "" : std::move(hint)};
}

Finding Grade(const char* id, const char* what, bool is_right, const std::string& answer, const std::string& hint) {
  return Found(id, "Challenge", what, is_right,
               answer.empty() ? "not answered: " + hint : fmt::format("not {}: {}", answer, hint));
}

std::vector<Finding> Ungraded(const std::string& why) {
  return {Found("user", "Challenge", "the user who opened the security group", false, why),
          Found("time", "Challenge", "when, to the second", false, why),
          Found("address", "Challenge", "from which address", false, why),
          Found("method", "Challenge", "by console or by program", false, why)};
}

std::vector<Finding> CheckChallenge(const AwsResult<std::optional<Evidence>>& evidence, const Answers& answers) {
  if (!evidence) return Ungraded("the event history cannot be read: " + ErrorText(evidence.error()));
  if (!*evidence) return Ungraded(kNothingYet);
  return GradeAnswers(answers, **evidence);
}

void CheckHost(const std::string& data_directory, const LabState& lab, std::vector<Finding>& findings) {
  const auto look = LookAtHost(data_directory, lab);
  const std::string unseen =
      look ? "" : "nobody gets in to look; Task 1 opens port 22 for My IP: " + LastLine(look.error().message);
  const bool in_session = !look || look->has_intruder_processes || look->who.find(kIntruderLogin) != std::string::npos;
  findings.push_back(
      Found("session-ended", "5.1", "chaos-user's session is ended", !in_session,
            look ? "she is still in: sudo userdel -r chaos-user names her process; sudo kill -9 it" : unseen));
  findings.push_back(Found("login-removed", "5.1", "the OS user chaos-user is gone", look && !look->has_intruder_login,
                           look ? "sudo userdel -r chaos-user, once her session is ended" : unseen));
  findings.push_back(
      Found("passwords-off", "5.2", "sshd_config takes no passwords", look && !look->config_takes_passwords,
            look ? "sudo vi /etc/ssh/sshd_config: comment line 61 out, and take the # from line 63" : unseen));
  const auto methods = look ? LookAtLoginMethods(lab) : std::unexpected(look.error());
  const bool has_restarted = methods && methods->find("password") == std::string::npos;
  findings.push_back(Found("sshd-restarted", "5.2", "the sshd that runs asks for a key", has_restarted,
                           methods ? "it still offers passwords: once sshd_config is right, sudo service sshd restart"
                           : look  ? "sshd cannot be asked: " + LastLine(methods.error().message)
                                   : unseen));
}

// A rule with port 22 in it, from everywhere.
bool IsOpenToTheWorld(const pugi::xml_node& permission) {
  const std::string protocol = permission.child("ipProtocol").text().get();
  const int from = permission.child("fromPort").text().as_int(), to = permission.child("toPort").text().as_int();
  if (protocol != "-1" && (from > 22 || to < 22)) return false;
  for (const auto& range : permission.child("ipRanges").children()) {
    if (std::string_view(range.child("cidrIp").text().get()) == "0.0.0.0/0") return true;
  }
  for (const auto& range : permission.child("ipv6Ranges").children()) {
    if (std::string_view(range.child("cidrIpv6").text().get()) == "::/0") return true;
  }
  return false;
}

Finding CheckRule(AccountClient& account, const LabState& lab) {
  const auto answer = account.Query("ec2", "DescribeSecurityGroups", {{"GroupId.1", lab.group_id}});
  const char* what = "port 22 is not open to 0.0.0.0/0";
  if (!answer) return Found("rule-removed", "5.2", what, false, ErrorText(answer.error()));
  bool is_open = false;
  for (const auto& found : answer->document().select_nodes("//ipPermissions/item")) {
    is_open = is_open || IsOpenToTheWorld(found.node());
  }
  return Found("rule-removed", "5.2", what, !is_open,
               fmt::format("delete the inbound rule SSH from 0.0.0.0/0 of {}", kServerGroup));
}

Finding CheckPicture(const LabState& lab) {
  const std::string path = fmt::format("cafe/images/{}.jpg", kPicture);
  const auto page = GetPage(lab.public_address, path);
  return Found("picture-restored", "5.3", "the Café's own picture is back",
               page && *page == FindLabFile("site/" + path),
               page ? "on the web server: cd /var/www/html/cafe/images && "
                      "sudo mv Coffee-and-Pastries.backup Coffee-and-Pastries.jpg"
                    : "the website does not answer: " + page.error().message);
}

Finding CheckUser(AccountClient& account) {
  const auto answer = account.Query("iam", "GetUser", {{"UserName", kIntruder}});
  const bool is_gone = !answer && answer.error().code == "NoSuchEntity";
  return Found("user-deleted", "5.4", "the IAM user chaos is deleted", is_gone,
               answer ? "in IAM, Users: delete chaos, with her access key and policies" : ErrorText(answer.error()));
}

}  // namespace

Value ToValue(const Finding& finding) {
  return Value::Object({{"id", finding.id},
                        {"task", finding.task},
                        {"what", finding.what},
                        {"done", finding.is_done},
                        {"hint", finding.hint}});
}

std::vector<Finding> GradeAnswers(const Answers& answers, const Evidence& evidence) {
  return {
      Grade("user", "the user who opened the security group", IsUser(answers.user, evidence), answers.user,
            "whose AuthorizeSecurityGroupIngress has cidrIp 0.0.0.0/0? (--user)"),
      Grade("time", "when, to the second", IsTime(answers.time, evidence), answers.time,
            "the eventtime of that event, such as 2026-11-29T15:40:12Z (--time)"),
      Grade("address", "from which address", IsAddress(answers.address, evidence), answers.address,
            "the sourceipaddress of that event (--address)"),
      Grade("method", "by console or by program", IsMethod(answers.method, evidence), answers.method,
            "look at its useragent, and for sessionCredentialFromConsole (--method console|programmatic)"),
  };
}

std::vector<Finding> CheckLab(AccountClient& account, const std::string& data_directory, LabState lab,
                              const Answers& answers) {
  // It has another address after a stop and a start.
  if (const auto server = LookAtServer(account, lab.instance_id); server && !server->address.empty()) {
    lab.public_address = server->address;
  }
  const auto evidence = FindEvidence(account, lab.group_id);
  std::vector<Finding> findings = CheckChallenge(evidence, answers);
  CheckHost(data_directory, lab, findings);
  findings.push_back(CheckRule(account, lab));
  findings.push_back(CheckPicture(lab));
  findings.push_back(CheckUser(account));
  if (evidence && !*evidence) {
    for (Finding& finding : findings) finding.is_done = false, finding.hint = kNothingYet;  // nothing to mend
  }
  return findings;
}

Answers RememberAnswers(const std::string& data_directory, Answers answers) {
  const std::string file = LabDirectory(data_directory) + "/answers.json";
  const auto before = codec::ParseJsonValue(ReadOwnFile(file).value_or("{}")).value_or(Value());
  Value kept = Value::Object();
  for (const auto& [name, answer] : {std::pair{"user", &answers.user}, std::pair{"time", &answers.time},
                                     std::pair{"address", &answers.address}, std::pair{"method", &answers.method}}) {
    if (answer->empty()) *answer = before[name].Text();
    kept.Set(name, *answer);
  }
  // Where they cannot be kept they are asked for again: no reason to grade nothing.
  if (kept != before) (void)WriteOwnFile(file, codec::WriteJson(kept) + "\n");
  return answers;
}

}  // namespace opentrail::lab
