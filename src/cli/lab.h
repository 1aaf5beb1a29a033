#pragma once

#include <CLI/App.hpp>

#include "base/cancel.h"

namespace opentrail::cli {

// `opentrail lab`: the exercise of the hacked Café, on this machine.
void AddLab(CLI::App& program, CancelToken& cancel, int& exit_code);

}  // namespace opentrail::cli
