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
    if (!Exists("/etc/ssh/ssh_host_ed25519_key") && !RunProgram({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                                                                 "-C", "", "-f", "/etc/ssh/ssh_host_ed25519_key"})) {
      Say("no host key");
    }
    if (!RunProgram({"/usr/sbin/sshd"})) Say("sshd did not start");
  }
  // Reaped already where it ended before sshd.
  if (web > 0) waitpid(web, nullptr, 0);
}

void StartRemainingServices() {
  for (const std::string& service : ServicesToStart()) {
    // auditd is this init's own part: the kernel lets no second one in.
    if (service == "nginx" || service == "ssh" || service == "auditd" || service == "sudo") continue;
    if (StartProgram({"/etc/init.d/" + service, "start"}) < 0) Say(service + " did not start");
  }
}

void ShowHostKeys(const BootRecord& record, bool first_boot) {
  std::string lines;
  for (const auto& [name, value] : record) {
    if (name == "fingerprint" && first_boot) lines += value + '\n';
  }
  const std::string begin = "-----BEGIN SSH HOST KEY FINGERPRINTS-----",
                    end = "-----END SSH HOST KEY FINGERPRINTS-----";
  if (!lines.empty()) return Print(begin + '\n' + lines + end + '\n');
  // Others may have taken their place since.
  const pid_t shown = StartProgram({"/bin/sh", "-c",
                                    "lines=$(for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done); "
                                    "printf '%s\\n' '" +
                                        begin + "' \"$lines\" '" + end + "'"});
  if (shown < 0) Say("the host keys' fingerprints cannot be shown");
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
