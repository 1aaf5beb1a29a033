#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "lab/lab_state.h"
#include "lab/visitor.h"

namespace opentrail::lab {

// The intruder's machine: lab/attack/attack.py with her address. It ends with this.
class Attack {
 public:
  enum class Kind : uint8_t { kFirst, kAgain /* she only logs in */ };
  Attack(const std::string& program, const std::string& data_directory, LabState lab)
      : data_directory_(data_directory), lab_(std::move(lab)), machine_(program, data_directory) {}

  Status Start(Kind kind);
  // How far she is, from what her program says.
  [[nodiscard]] AttackState Look();
  void End() { machine_.End(); }

 private:
  const std::string data_directory_;
  const LabState lab_;
  VisitorMachine machine_;
};

}  // namespace opentrail::lab
