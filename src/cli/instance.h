#pragma once

#include <CLI/App.hpp>

#include "base/cancel.h"
#include "base/result.h"

namespace opentrail::cli {

// Adds `opentrail instance` with its verbs ssh, console, logs and image. As AddServe.
void AddInstance(CLI::App& program, CancelToken& cancel, int& exit_code);

// Builds the image of instances where it is missing; tells what takes long on standard error.
[[nodiscard]] Status BuildInstanceImage();

}  // namespace opentrail::cli
