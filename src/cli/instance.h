#pragma once

#include <CLI/App.hpp>

#include "base/cancel.h"

namespace opentrail::cli {

// Adds `opentrail instance` with its verbs ssh, console, logs and image. As AddServe.
void AddInstance(CLI::App& program, CancelToken& cancel, int& exit_code);

}  // namespace opentrail::cli
