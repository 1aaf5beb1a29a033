#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/result.h"
#include "lab/lab_state.h"

// The lab from nothing to nothing: its server and its keeper in the background, its account, its directory.
namespace opentrail::cli {

struct LabOptions {
  std::string data;  // absolute
  std::optional<uint64_t> seed;
  uint16_t port = 0;
  bool is_port_chosen = false;  // by the user: then no other will do
  double delivery_interval = 30;
};

// The lab's own directory, beside that of `opentrail serve`.
[[nodiscard]] std::string DefaultLabDirectory();

// kUnsupported, with the reason and what to do, where this machine cannot have the lab.
[[nodiscard]] Status CanHaveLab();
// Sets it up, or goes on with one that stands. What it does is told on standard error. What was left half-made is made
// anew; a directory that holds anything else is refused.
[[nodiscard]] Status BringLabUp(const LabOptions& options, const CancelToken& cancel);
// Whether a lab was begun in that directory.
[[nodiscard]] bool IsLab(const std::string& data);
// Ends all its processes and removes its directory. Nothing is done where no lab was begun in it.
[[nodiscard]] Status TakeLabDown(const std::string& data);

}  // namespace opentrail::cli
