#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/draw.h"
#include "sigv4/signature.h"

// What a lab remembers, in DATA/lab; files are the owner's alone.
namespace opentrail::lab {

// DATA/lab/lab.json: written once, when the Café stands.
struct LabState {
  Draw draw;
  std::string instance_id, group_id, public_address;
  sigv4::ClientCredentials keeper;              // the lab's own user: it looks, and changes nothing
  sigv4::ClientCredentials intruder;            // of user chaos
  std::vector<sigv4::ClientCredentials> staff;  // of kStaffNames (lab/cafe.h), in their order
};
[[nodiscard]] Status WriteLabState(const std::string& data_directory, const LabState& state);
// kNotFound, with what to do, where no lab is.
[[nodiscard]] Result<LabState> ReadLabState(const std::string& data_directory);

// DATA/lab/keeper.json: the process that watches, attacks and serves the page.
struct KeeperState {
  int64_t pid = 0;
  uint16_t port = 0;
};
[[nodiscard]] Status WriteKeeperState(const std::string& data_directory, const KeeperState& state);
// kNotFound where none runs.
[[nodiscard]] Result<KeeperState> ReadKeeperState(const std::string& data_directory);

// DATA/lab/attack.json: how far the attack is.
enum class AttackPhase : uint8_t { kAwaited, kRunning, kDone, kFailed };
struct AttackState {
  AttackPhase phase = AttackPhase::kAwaited;
  std::string finished;  // "2026-11-29T15:40:12Z"
  std::string failure;
};
[[nodiscard]] std::string_view AttackPhaseName(AttackPhase phase);
[[nodiscard]] Status WriteAttackState(const std::string& data_directory, const AttackState& state);
// kAwaited where nothing is written.
[[nodiscard]] AttackState ReadAttackState(const std::string& data_directory);

[[nodiscard]] std::string LabDirectory(const std::string& data_directory);
// Whole or not at all, readable by the owner alone.
[[nodiscard]] Status WriteOwnFile(const std::string& path, std::string_view bytes);
[[nodiscard]] Result<std::string> ReadOwnFile(const std::string& path);

}  // namespace opentrail::lab
