#pragma once

#include <string>

#include "lab/evidence.h"

namespace opentrail::cli {

struct LabCheckOptions {
  std::string data;  // absolute
  lab::Answers answers;
  bool is_json = false;
};

// `opentrail lab check`. What was answered before counts until it is answered anew; what never was is asked for on a
// terminal. Exit code 0 where everything is done, else 1.
[[nodiscard]] int RunLabCheck(const LabCheckOptions& options);

}  // namespace opentrail::cli
