#pragma once

#include <CLI/App.hpp>

#include "base/cancel.h"

namespace opentrail::cli {

// `opentrail internet`: a command on a host of the internet that instances see.
void AddInternet(CLI::App& program, CancelToken& cancel, int& exit_code);

}  // namespace opentrail::cli
