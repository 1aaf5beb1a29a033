#pragma once

namespace opentrail::cli {

// What the shell gets back. Documented in --help and docs/command-line.md.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,         // the question was refused or failed: a wrong statement, a missing folder, a full disk
  kExitUsage = 2,          // the command line is wrong
  kExitIncomplete = 3,     // answered, but something in the logs could not be read: see the report on standard error
  kExitInterrupted = 130,  // Ctrl-C
  kExitClosedPipe = 141,   // who read the output went away, as head does: what was asked for was given
};

}  // namespace opentrail::cli
