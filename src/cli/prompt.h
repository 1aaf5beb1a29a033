#pragma once

#include "base/cancel.h"
#include "cli/statement.h"
#include "engine/engine.h"

namespace opentrail::cli {

// The interactive prompt: statements end with ';', .help lists the commands, Tab completes words of SQL, functions,
// tables and columns, history is kept in $XDG_STATE_HOME/opentrail/history (default ~/.local/state). Ctrl-C ends a
// running statement or clears the line, Ctrl-D leaves. Returns an ExitCode.
[[nodiscard]] int RunPrompt(engine::Engine& engine, const StatementOptions& options, CancelToken& cancel);

}  // namespace opentrail::cli
