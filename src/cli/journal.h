#pragma once

#include <CLI/App.hpp>

#include "base/cancel.h"

namespace opentrail::cli {

// Adds `opentrail journal` to the program. The verb's exit code lands in exit_code when it has run; cancel is
// raised by Ctrl-C. All must outlive the parse.
void AddJournal(CLI::App& program, CancelToken& cancel, int& exit_code);

}  // namespace opentrail::cli
