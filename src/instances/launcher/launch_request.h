#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/value.h"
#include "instances/network.h"

namespace opentrail::instances {

// What an instance may use at most; 0: no bound.
struct InstanceLimits {
  int64_t memory_bytes = 0;
  int64_t processes = 0;
  int64_t cpu_percent = 0;  // of one core: 200 is two of them
};

// A key of sshd's.
struct HostKey {
  std::string type;         // as in the file's name: "ed25519"
  std::string private_key;  // as OpenSSH reads it
  std::string public_key;   // "ssh-ed25519 AAAA..."
  std::string fingerprint;  // as `ssh-keygen -l` prints it
};

// All that the launcher needs to start an instance: its own part, and what is handed on to its init (see
// instances/init/setup.h). The disk is DATA/instances/ID, made where there is none.
struct LaunchRequest {
  InterfaceSpec interface;
  std::string image;  // the directory that the disk lies upon
  InstanceLimits limits;
  std::string authorized_key;      // a line of authorized_keys; ""
  std::vector<HostKey> host_keys;  // sshd's, for the first boot; none: the instance makes its own
  std::string ca_certificate;      // PEM; ""
  std::string user_data;           // any bytes
};

[[nodiscard]] Value ToValue(const LaunchRequest& request);
// kInvalidArgument where an id is none: ids become names of files.
[[nodiscard]] Result<LaunchRequest> ReadLaunchRequest(const Value& value);

// "i-" and hexadecimal digits.
[[nodiscard]] bool IsInstanceId(std::string_view id);

}  // namespace opentrail::instances
