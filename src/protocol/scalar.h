#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.h"
#include "protocol/model.h"

// Strings, numbers, booleans, moments and blobs as text: in parameters, XML, headers and paths. Pure; thread-safe.
namespace opentrail::protocol {

// nullopt where the text is no such value; for the kinds that hold others, always. Strings are taken as they are.
[[nodiscard]] std::optional<Value> ParseScalar(const Shape& shape, std::string_view text);

// What a protocol writes where the model leaves a timestamp's format open.
enum class TimestampText : uint8_t { kSeconds, kMilliseconds, kHttpDate };

// Appends a scalar as text; blobs as base64. What holds other values appends nothing.
void AppendScalar(std::string& out, const Value& value, TimestampText timestamp);
// The format for a member: its own, its shape's, or the protocol's.
[[nodiscard]] TimestampText TimestampTextOf(const Member& member, TimestampText otherwise);

// "an integer", for errors.
[[nodiscard]] std::string_view DescribeKind(ShapeKind kind);

}  // namespace opentrail::protocol
