#include "protocol/scalar.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::protocol {
namespace {

// A moment past the year 9999 cannot be written.
constexpr double kMaxEpochSeconds = 253402300799.0;

template <typename T>
std::optional<T> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename T>
std::optional<Value> ParseWhole(std::string_view text) {
  const auto number = ParseNumber<T>(text);
  return number ? std::optional<Value>(Value(*number)) : std::nullopt;
}

std::optional<Value> ParseReal(std::string_view text) {
  const auto number = ParseNumber<double>(text);
  return number ? std::optional<Value>(Value(*number)) : std::nullopt;
}

bool IsWord(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

std::optional<Value> ParseBoolean(std::string_view text) {
  if (IsWord(text, "true")) return Value(true);
  if (IsWord(text, "false")) return Value(false);
  return std::nullopt;
}

std::optional<Value> ParseTimestamp(std::string_view text) {
  std::optional<Time> time = codec::ParseIso8601(text);
  if (!time) time = codec::ParseHttpDate(text);
  if (!time) {
    const auto seconds = ParseNumber<double>(text);
    if (!seconds || !(std::abs(*seconds) <= kMaxEpochSeconds)) return std::nullopt;
    time = codec::FromEpochSeconds(*seconds);
  }
  return Value(*time);
}

std::optional<Value> ParseBlob(std::string_view text) {
  auto bytes = codec::Base64Decode(text);
  return bytes ? std::optional<Value>(Value::Blob(std::move(*bytes))) : std::nullopt;
}

std::string FormatTimestamp(Time time, TimestampText format) {
  switch (format) {
    case TimestampText::kSeconds: return codec::FormatIso8601(time);
    case TimestampText::kMilliseconds: return codec::FormatIso8601Milliseconds(time);
    case TimestampText::kHttpDate: break;
  }
  return codec::FormatHttpDate(time);
}

}  // namespace

std::optional<Value> ParseScalar(const Shape& shape, std::string_view text) {
  switch (shape.kind) {
    case ShapeKind::kString: return Value(text);
    case ShapeKind::kInteger: return ParseWhole<int32_t>(text);
    case ShapeKind::kLong: return ParseWhole<int64_t>(text);
    case ShapeKind::kFloat:
    case ShapeKind::kDouble: return ParseReal(text);
    case ShapeKind::kBoolean: return ParseBoolean(text);
    case ShapeKind::kTimestamp: return ParseTimestamp(text);
    case ShapeKind::kBlob: return ParseBlob(text);
    case ShapeKind::kStructure:
    case ShapeKind::kList:
    case ShapeKind::kMap: break;
  }
  return std::nullopt;
}

void AppendScalar(std::string& out, const Value& value, TimestampText timestamp) {
  switch (value.kind()) {
    case Value::Kind::kBoolean: out += value.Boolean() ? "true" : "false"; break;
    case Value::Kind::kInteger: fmt::format_to(std::back_inserter(out), "{}", *value.Integer()); break;
    case Value::Kind::kDouble: fmt::format_to(std::back_inserter(out), "{}", *value.Number()); break;
    case Value::Kind::kString: out += value.Text(); break;
    case Value::Kind::kBlob: out += codec::Base64Encode(value.Bytes()); break;
    case Value::Kind::kTimestamp: out += FormatTimestamp(*value.Timestamp(), timestamp); break;
    case Value::Kind::kNull:
    case Value::Kind::kList:
    case Value::Kind::kObject: break;
  }
}

TimestampText TimestampTextOf(const Member& member, TimestampText otherwise) {
  const TimestampFormat own = member.timestamp_format;
  switch (own != TimestampFormat::kDefault ? own : member.shape->timestamp_format) {
    case TimestampFormat::kIso8601:
      return otherwise == TimestampText::kHttpDate ? TimestampText::kMilliseconds : otherwise;
    case TimestampFormat::kRfc822: return TimestampText::kHttpDate;
    case TimestampFormat::kUnix:
    case TimestampFormat::kDefault: break;
  }
  return otherwise;
}

std::string_view DescribeKind(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kStructure: return "a structure";
    case ShapeKind::kList: return "a list";
    case ShapeKind::kMap: return "a map";
    case ShapeKind::kString: return "a string";
    case ShapeKind::kInteger:
    case ShapeKind::kLong: return "an integer";
    case ShapeKind::kFloat:
    case ShapeKind::kDouble: return "a number";
    case ShapeKind::kBoolean: return "a boolean";
    case ShapeKind::kTimestamp: return "a timestamp";
    case ShapeKind::kBlob: break;
  }
  return "base64 text";
}

}  // namespace opentrail::protocol
