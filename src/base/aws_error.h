#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace opentrail {

// An error as an AWS service answers it. `code` is the error's name in the service's model, without the decoration
// that a protocol or the audit record adds (NoSuchEntity, InvalidGroup.NotFound, TrailNotFoundException).
struct AwsError {
  std::string code;
  std::string message;
  int http_status = 0;  // 0: as the model or the protocol has it for this code
  // What S3 writes beside code and message, in order: {"Key", "k"}.
  std::vector<std::pair<std::string, std::string>> details = {};
  // HTTP fields that the answer carries, too: {"x-amz-bucket-region", "eu-west-1"}, ETag of a 304.
  std::vector<std::pair<std::string, std::string>> fields = {};
};

template <typename T>
using AwsResult = std::expected<T, AwsError>;
using AwsStatus = AwsResult<void>;

// AwsFailure("NoSuchEntity", "The user with name {} cannot be found.", name) -> std::unexpected<AwsError>
template <typename... Args>
[[nodiscard]] std::unexpected<AwsError> AwsFailure(std::string code, fmt::format_string<Args...> format,
                                                   Args&&... args) {
  return std::unexpected(AwsError{std::move(code), fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace opentrail
