#include "instances/init/services.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <ctime>
#include <string>
#include <vector>

#include "instances/init/process.h"

namespace opentrail::instances::init {
namespace {

constexpr const char* kStartLinks = "/etc/rc2.d";
constexpr const char* kUserData = "/var/lib/opentrail/user-data";
constexpr int kStopWaits = 50;  // of 20 ms: a second

// "S01ssh" -> "ssh", of all that starts, in order.
std::vector<std::string> ServicesToStart() {
  std::vector<std::string> links;
  DIR* directory = opendir(kStartLinks);
  if (directory == nullptr) return links;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name.size() > 3 && name[0] == 'S') links.push_back(name);
  }
  closedir(directory);
  std::ranges::sort(links);
  for (std::string& link : links) link.erase(0, 3);
  return links;
}

bool Starts(const std::vector<std::string>& services, std::string_view name) {
  return std::ranges::find(services, name) != services.end();
}

pid_t StartKey(const std::string& type, std::vector<std::string> command = {}) {
  const std::string file = "/etc/ssh/ssh_host_" + type + "_key";
  if (Exists(file.c_str())) return 0;
  command.insert(command.end(), {"/usr/bin/ssh-keygen", "-q", "-t", type, "-N", "", "-C", "", "-f", file});
  return StartProgram(command);
}

void SignalAll(int signal) { kill(-1, signal); }

// Whether nobody is left but us.
bool ReapAll() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  return waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
}

void WaitForEnd() {
  const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
  for (int i = 0; i < kStopWaits && !ReapAll(); ++i) nanosleep(&pause, nullptr);
}

}  // namespace

void StartServices() {
  const std::vector<std::string> services = ServicesToStart();
  const pid_t web = Starts(services, "nginx") ? StartProgram({"/usr/sbin/nginx"}) : 0;
  if (Starts(services, "ssh")) {
    const pid_t first = StartKey("ed25519"), second = StartKey("ecdsa");
    for (const pid_t key : {first, second}) {
      if (key != 0) waitpid(key, nullptr, 0);
    }
    if (!RunProgram({"/usr/sbin/sshd"})) Say("sshd did not start");
  }
  // Reaped already where it ended before sshd.
  if (web > 0) waitpid(web, nullptr, 0);
}

void StartRemainingServices() {
  // Slow, and wanted by old clients alone: it waits for everybody else.
  if (StartKey("rsa", {"/usr/bin/nice", "-n", "19"}) < 0) Say("no RSA host key");
  for (const std::string& service : ServicesToStart()) {
    // auditd is this init's own part: the kernel lets no second one in.
    if (service == "nginx" || service == "ssh" || service == "auditd" || service == "sudo") continue;
    if (StartProgram({"/etc/init.d/" + service, "start"}) < 0) Say(service + " did not start");
  }
}

void ShowHostKeys() {
  RunProgram({"/bin/sh", "-c",
              "echo '-----BEGIN SSH HOST KEY FINGERPRINTS-----'; "
              "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf \"$key\"; done; "
              "echo '-----END SSH HOST KEY FINGERPRINTS-----'"});
}

void StartUserData(std::string_view data) {
  if (data.empty()) return;
  if (!data.starts_with("#!")) {
    Say("user data is not a script (#!...), so it is not run; it stands in the instance metadata");
    return;
  }
  WriteFile(kUserData, data, 0700);
  const pid_t script = StartProgram(
      {"/bin/sh", "-c", std::string(kUserData) + " 2>&1 </dev/null | tee -a /var/log/cloud-init-output.log"});
  if (script < 0) Say("user data could not be started");
}

void StopEverything() {
  SignalAll(SIGTERM);
  SignalAll(SIGHUP);   // shells heed no SIGTERM
  SignalAll(SIGCONT);  // a stopped process hears nothing
  WaitForEnd();
  SignalAll(SIGKILL);
  WaitForEnd();
}

}  // namespace opentrail::instances::init
