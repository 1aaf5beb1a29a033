#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "lab/lab_state.h"

namespace opentrail::lab {

// The intruder's machine: lab/attack/attack.py on a host of the internet with her address. It ends with this.
class Attack {
 public:
  enum class Kind : uint8_t { kFirst, kAgain /* she only logs in */ };
  struct Parts {
    std::string program;         // opentrail itself
    std::string data_directory;  // absolute
    LabState lab;
  };
  explicit Attack(Parts parts) : parts_(std::move(parts)) {}
  ~Attack() { End(); }
  Attack(const Attack&) = delete;
  Attack& operator=(const Attack&) = delete;

  Status Start(Kind kind);
  // How far she is, from what her program says. Where that has ended, her process is collected.
  [[nodiscard]] AttackState Look();
  void End();

 private:
  [[nodiscard]] std::string Directory() const { return LabDirectory(parts_.data_directory) + "/intruder"; }

  const Parts parts_;
  pid_t process_ = -1;
};

}  // namespace opentrail::lab
