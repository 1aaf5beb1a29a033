#pragma once

#include <CLI/App.hpp>

#include "base/cancel.h"

namespace opentrail::cli {

// Adds `opentrail status`. As AddServe.
void AddStatus(CLI::App& program, CancelToken& cancel, int& exit_code);

}  // namespace opentrail::cli
