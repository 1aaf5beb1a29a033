#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace opentrail::instances {

// What this machine lets instances be.
enum class Level : uint8_t {
  kRoot,           // real hosts: namespaces, cgroups, the kernel's audit, addresses that the host reaches
  kUserNamespace,  // an ordinary user's: inside a user namespace with ids of /etc/subuid
  kNone,           // neither: no instance can be launched
};

struct LevelFinding {
  Level level = Level::kNone;
  std::string reason;  // of kNone: what is missing, and what to do
};

// Looks at this process and its machine; changes nothing.
[[nodiscard]] LevelFinding FindLevel();

[[nodiscard]] std::string_view LevelName(Level level);  // "root", "user namespace", "none"

}  // namespace opentrail::instances
