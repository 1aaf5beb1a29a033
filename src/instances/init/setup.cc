#include "instances/init/setup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "instances/init/process.h"

namespace opentrail::instances::init {
namespace {

constexpr uid_t kUser = 1000;  // ec2-user, as the image makes it
constexpr const char* kBootedFor = "/var/lib/opentrail/instance-id";
constexpr std::string_view kRootKeyPrefix =
    "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login as the user "
    "\\\"ec2-user\\\" "
    "rather than the user \\\"root\\\".';echo;sleep 10;exit 142\" ";

std::string Field(const BootRecord& record, std::string_view name) { return std::string(BootField(record, name)); }

void WriteNames(const BootRecord& record) {
  const std::string host = Field(record, "hostname"), domain = Field(record, "domain");
  WriteFile("/etc/hostname", host + "\n", 0644);
  std::string hosts = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";
  hosts += Field(record, "address") + " " + host + (domain.empty() ? "" : "." + domain) + " " + host + "\n";
  WriteFile("/etc/hosts", hosts, 0644);
  std::string resolver = domain.empty() ? "" : "search " + domain + "\n";
  for (const auto& [name, value] : record) {
    if (name == "nameserver") resolver += "nameserver " + value + "\n";
  }
  WriteFile("/etc/resolv.conf", resolver, 0644);
}

// What lies on tmpfs, and so is new at every boot. `who` reads utmp, sshd writes it.
void MakeRuntimeFiles() {
  for (const char* directory : {"/run/sshd", "/run/lock"}) MakeDirectory(directory, 0755);
  for (const char* log : {"/run/utmp", "/var/log/wtmp", "/var/log/lastlog"}) {
    AppendFile(log, "");
    chmod(log, 0664);
  }
  AppendFile("/var/log/btmp", "");
  chmod("/var/log/btmp", 0600);
}

void Own(const char* path) {
  if (lchown(path, kUser, kUser) != 0) Say(std::string(path) + ": cannot be given to ec2-user");
}

void AuthorizeKey(const BootRecord& record) {
  const std::string key = Field(record, "authorized_key");
  if (key.empty()) return;
  MakeDirectory("/home/ec2-user/.ssh", 0700);
  Own("/home/ec2-user/.ssh");
  WriteFile("/home/ec2-user/.ssh/authorized_keys", key + "\n", 0600);
  Own("/home/ec2-user/.ssh/authorized_keys");
  MakeDirectory("/root/.ssh", 0700);
  WriteFile("/root/.ssh/authorized_keys", std::string(kRootKeyPrefix) + key + "\n", 0600);
}

// Made outside, where they cost nothing: ssh-keygen would hold sshd up.
void PlaceHostKeys(const BootRecord& record) {
  for (const auto& [name, type] : record) {
    if (name != "host_key") continue;
    const std::string file = "/etc/ssh/ssh_host_" + type + "_key";
    WriteFile(file.c_str(), Field(record, "private-" + type) + "\n", 0600);
    WriteFile((file + ".pub").c_str(), Field(record, "public-" + type) + "\n", 0644);
  }
}

void ConfigureAws(const BootRecord& record) {
  // The CLI brings certificates of its own, which do not know the account's authority.
  const std::string config =
      "[default]\nregion = " + Field(record, "region") + "\nca_bundle = /etc/ssl/certs/ca-certificates.crt\n";
  MakeDirectory("/home/ec2-user/.aws", 0755);
  Own("/home/ec2-user/.aws");
  WriteFile("/home/ec2-user/.aws/config", config, 0644);
  Own("/home/ec2-user/.aws/config");
  MakeDirectory("/root/.aws", 0755);
  WriteFile("/root/.aws/config", config, 0644);
}

// The authority that signed the account's certificate is trusted as any other: no client needs a flag.
void TrustAuthority(const BootRecord& record) {
  const std::string certificate = Field(record, "ca_certificate");
  if (certificate.empty()) return;
  MakeDirectory("/usr/local/share/ca-certificates", 0755);
  WriteFile("/usr/local/share/ca-certificates/opentrail.crt", certificate, 0644);
  AppendFile("/etc/ssl/certs/ca-certificates.crt", certificate);
}

}  // namespace

bool SetUp(const BootRecord& record) {
  WriteNames(record);
  MakeRuntimeFiles();
  if (Exists(kBootedFor)) return false;
  AuthorizeKey(record);
  PlaceHostKeys(record);
  ConfigureAws(record);
  TrustAuthority(record);
  MakeDirectory("/var/lib/opentrail", 0755);
  WriteFile(kBootedFor, Field(record, "instance_id") + "\n", 0644);
  return true;
}

}  // namespace opentrail::instances::init
