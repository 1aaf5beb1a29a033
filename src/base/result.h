#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace opentrail {

// What went wrong, coarsely: enough for a caller to choose an exit code or a retry. The message says the rest.
enum class ErrorCode : uint8_t {
  kInvalidArgument,  // the caller's input is wrong; the message says what would be right
  kNotFound,         // a file, table or name does not exist
  kIo,               // the operating system refused; the message carries its words
  kCorrupt,          // bytes are not what their format promises; the message names the offset
  kLimitExceeded,    // a bound was reached; the message names the bound and how to raise it
  kUnsupported,      // well-formed, but not built
  kCancelled,        // the user stopped it
  kInternal,         // a defect of ours
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

// A value, or why there is none. Thread-compatible, as its T is.
template <typename T, typename E = Error>
using Result = std::expected<T, E>;

using Status = Result<void>;

// MakeError(ErrorCode::kIo, "{}: {}", path, reason) -> std::unexpected<Error>
template <typename... Args>
[[nodiscard]] std::unexpected<Error> MakeError(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace opentrail
