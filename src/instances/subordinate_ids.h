#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace opentrail::instances {

// Ids that a user may map into user namespaces of his own: subuid(5), subgid(5).
struct SubordinateIds {
  int64_t first = 0, count = 0;
};

// How many an instance needs beside its root: 1 to 65535.
inline constexpr int64_t kSubordinateIds = 65535;

// The first range in `file` (/etc/subuid, /etc/subgid) that is this user's, by name or number, and has at least
// kSubordinateIds; nullopt where there is none.
[[nodiscard]] std::optional<SubordinateIds> FindSubordinateIds(const std::string& file, const std::string& name,
                                                               int64_t user);

// Of the calling process's user: its name, or its number where it has none.
[[nodiscard]] std::string CurrentUserName();

}  // namespace opentrail::instances
