#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/register.h"
#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

using OptionalText = std::optional<std::string_view>;

constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();

// The characters from `first` (0-based) on, at most `count`.
std::string_view Characters(std::string_view text, size_t first, size_t count) {
  const size_t begin = OffsetOfCodePoint(text, first);
  if (begin == std::string_view::npos) return {};
  const size_t end = OffsetOfCodePoint(text, count, begin);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

std::string_view Substring(std::string_view text, int64_t start, int64_t length) {
  if (start == 0 || length <= 0) return {};
  if (start < 0) {  // counted from the end
    const int64_t from_end = CountCodePoints(text) + start;
    if (from_end < 0) return {};
    return Characters(text, static_cast<size_t>(from_end), static_cast<size_t>(length));
  }
  return Characters(text, static_cast<size_t>(start - 1), static_cast<size_t>(length));
}

std::string_view SubstringToEnd(std::string_view text, int64_t start) {
  return Substring(text, start, std::numeric_limits<int64_t>::max());
}

int64_t PositionOf(std::string_view text, std::string_view part) {
  const size_t at = text.find(part);
  return at == std::string_view::npos ? 0 : CountCodePoints(text.substr(0, at)) + 1;
}

// The instance-th occurrence, from the end where negative. Occurrences may overlap.
int64_t PositionOfInstance(std::string_view text, std::string_view part, int64_t instance) {
  if (instance == 0) ThrowInvalidArgument("'instance' must be a positive or negative number.");
  if (part.empty()) return 1;
  const bool forward = instance > 0;
  size_t at = forward ? text.find(part) : text.rfind(part);
  for (int64_t left = forward ? instance - 1 : -(instance + 1); left > 0 && at != std::string_view::npos; left--) {
    if (!forward && at == 0) return 0;
    at = forward ? text.find(part, at + 1) : text.rfind(part, at - 1);
  }
  return at == std::string_view::npos ? 0 : CountCodePoints(text.substr(0, at)) + 1;
}

struct Replace {
  std::string out;
  std::string_view operator()(std::string_view text, std::string_view search, std::string_view replacement) {
    out.clear();
    if (search.empty()) return Interleave(text, replacement);
    size_t begin = 0;
    for (size_t at = text.find(search); at != std::string_view::npos; at = text.find(search, begin)) {
      out += text.substr(begin, at - begin);
      out += replacement;
      begin = at + search.size();
    }
    if (begin == 0) return text;
    out += text.substr(begin);
    return out;
  }

 private:
  // An empty search stands before every character and at the end.
  std::string_view Interleave(std::string_view text, std::string_view replacement) {
    out = replacement;
    for (size_t at = 0; at < text.size();) {
      const size_t length = Utf8Length(text, at);
      out += text.substr(at, length);
      out += replacement;
      at += length;
    }
    return out;
  }
};

std::string Reverse(std::string_view text) {
  std::string reversed(text.size(), '\0');
  size_t end = text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t length = Utf8Length(text, at);
    end -= length;
    std::copy_n(text.data() + at, length, reversed.data() + end);
    at += length;
  }
  return reversed;
}

std::vector<std::string_view> SplitLimited(std::string_view text, std::string_view delimiter, int64_t limit) {
  if (limit <= 0) ThrowInvalidArgument("Limit must be positive");
  if (limit > kMaxInt32) ThrowInvalidArgument("Limit is too large");
  if (delimiter.empty()) ThrowInvalidArgument("The delimiter may not be the empty string");
  std::vector<std::string_view> parts;
  while (static_cast<int64_t>(parts.size()) < limit - 1) {
    const size_t at = text.find(delimiter);
    if (at == std::string_view::npos) break;
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + delimiter.size());
  }
  parts.push_back(text);
  return parts;
}

std::vector<std::string_view> Split(std::string_view text, std::string_view delimiter) {
  return SplitLimited(text, delimiter, kMaxInt32);
}

OptionalText SplitPart(std::string_view text, std::string_view delimiter, int64_t index) {
  if (index <= 0) ThrowInvalidArgument("Index must be greater than zero");
  if (delimiter.empty()) {
    const std::string_view character = Characters(text, static_cast<size_t>(index - 1), 1);
    return character.empty() ? std::nullopt : OptionalText(character);
  }
  while (--index > 0) {
    const size_t at = text.find(delimiter);
    if (at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + delimiter.size());
  }
  return text.substr(0, text.find(delimiter));
}

// Java's Character.isWhitespace: Unicode's separators without the no-break ones, and ASCII's controls.
bool IsJavaWhitespace(uint32_t c) {
  return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x1680 || (c >= 0x2000 && c <= 0x200a && c != 0x2007) ||
         c == 0x2028 || c == 0x2029 || c == 0x205f || c == 0x3000;
}

template <typename Matches>
std::string_view TrimLeft(std::string_view text, Matches&& matches) {
  size_t begin = 0;
  while (begin < text.size()) {
    size_t next = begin;
    if (!matches(NextCodePoint(text, next))) break;
    begin = next;
  }
  return text.substr(begin);
}

template <typename Matches>
std::string_view TrimRight(std::string_view text, Matches&& matches) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && IsUtf8Continuation(text[begin])) begin--;
    size_t at = begin;
    if (!matches(NextCodePoint(text, at))) break;
    text = text.substr(0, begin);
  }
  return text;
}

auto OneOf(std::string_view characters) {
  return [characters](uint32_t wanted) {
    for (size_t at = 0; at < characters.size();) {
      if (NextCodePoint(characters, at) == wanted) return true;
    }
    return false;
  };
}

// `fill` repeated to exactly `count` characters, behind `out`.
void AppendPadding(std::string_view fill, int64_t count, std::string& out) {
  const int64_t characters = CountCodePoints(fill);
  for (int64_t i = 0; i < count / characters; i++) out += fill;
  out += Characters(fill, 0, static_cast<size_t>(count % characters));
}

// Throws where the arguments are out of range; how many characters are missing (negative: too many).
int64_t MissingCharacters(std::string_view text, int64_t target, std::string_view fill) {
  if (target < 0 || target > kMaxInt32) ThrowInvalidArgument("Target length must be in the range [0..{}]", kMaxInt32);
  if (fill.empty()) ThrowInvalidArgument("Padding string must not be empty");
  const int64_t missing = target - CountCodePoints(text);
  if (missing > kMaxPaddedCharacters) {
    ThrowInvalidArgument("Padding to {} characters needs more than the {} that a value may grow by", target,
                         kMaxPaddedCharacters);
  }
  return missing;
}

std::string LeftPad(std::string_view text, int64_t target, std::string_view fill) {
  const int64_t missing = MissingCharacters(text, target, fill);
  if (missing <= 0) return std::string(Characters(text, 0, static_cast<size_t>(target)));
  std::string padded;
  AppendPadding(fill, missing, padded);
  padded += text;
  return padded;
}

std::string RightPad(std::string_view text, int64_t target, std::string_view fill) {
  const int64_t missing = MissingCharacters(text, target, fill);
  if (missing <= 0) return std::string(Characters(text, 0, static_cast<size_t>(target)));
  std::string padded(text);
  AppendPadding(fill, missing, padded);
  return padded;
}

// Each character of `from` becomes the one at its place in `to`, or nothing; the first place of a character counts.
struct Translate {
  std::string out;
  std::string_view operator()(std::string_view text, std::string_view from, std::string_view to) {
    out.clear();
    for (size_t at = 0; at < text.size();) {
      const size_t length = Utf8Length(text, at);
      const std::string_view character = text.substr(at, length);
      at += length;
      const size_t place = PlaceOf(character, from);
      out += place == std::string_view::npos ? character : Characters(to, place, 1);
    }
    return out;
  }

 private:
  static size_t PlaceOf(std::string_view character, std::string_view characters) {
    size_t place = 0;
    for (size_t at = 0; at < characters.size(); place++) {
      const size_t length = Utf8Length(characters, at);
      if (characters.substr(at, length) == character) return place;
      at += length;
    }
    return std::string_view::npos;
  }
};

std::string Character(int64_t code_point) {
  if (code_point < 0 || code_point > 0x10ffff) ThrowInvalidArgument("Not a valid Unicode code point: {}", code_point);
  if (code_point >= 0xd800 && code_point <= 0xdfff) {
    ThrowInvalidArgument("Not a valid Unicode code point: {}", code_point);
  }
  std::string character;
  AppendUtf8(static_cast<uint32_t>(code_point), character);
  return character;
}

int32_t CodePoint(std::string_view character) {
  if (CountCodePoints(character) != 1) ThrowInvalidArgument("Input string must be a single character string");
  size_t at = 0;
  return static_cast<int32_t>(NextCodePoint(character, at));
}

std::string ConcatWithSeparator(std::string_view separator, const std::vector<OptionalText>& parts) {
  std::string joined;
  bool first = true;
  for (const OptionalText& part : parts) {
    if (!part) continue;
    if (!first) joined += separator;
    joined += *part;
    first = false;
  }
  return joined;
}

// All of a row's arguments joined; NULL where one is.
void Concat(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const bool constant = chunk.AllConstant();
  const duckdb::idx_t count = constant ? 1 : chunk.size();
  std::vector<scalar_detail::Column<std::string_view>> columns;
  columns.reserve(chunk.ColumnCount());
  for (auto& vector : chunk.data) columns.emplace_back(vector, count);
  std::string joined;
  for (duckdb::idx_t row = 0; row < count; row++) {
    const bool missing = std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.Missing(row); });
    if (missing) {
      scalar_detail::SetNull(result, row);
      continue;
    }
    joined.clear();
    for (const auto& column : columns) joined += column.Get(row);
    scalar_detail::Set(result, row, joined);
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

void RegisterTrims(duckdb::DatabaseInstance& database) {
  using Text = std::string_view;
  const auto never = Throws::kNever;
  RegisterScalar(database, "trino_ltrim", [](Text text) { return TrimLeft(text, IsJavaWhitespace); }, never);
  RegisterScalar(database, "trino_rtrim", [](Text text) { return TrimRight(text, IsJavaWhitespace); }, never);
  RegisterScalar(
      database, "trino_trim", [](Text text) { return TrimRight(TrimLeft(text, IsJavaWhitespace), IsJavaWhitespace); },
      never);
  RegisterScalar(
      database, "trino_ltrim", [](Text text, Text characters) { return TrimLeft(text, OneOf(characters)); }, never);
  RegisterScalar(
      database, "trino_rtrim", [](Text text, Text characters) { return TrimRight(text, OneOf(characters)); }, never);
  RegisterScalar(
      database, "trino_trim",
      [](Text text, Text characters) { return TrimRight(TrimLeft(text, OneOf(characters)), OneOf(characters)); },
      never);
}

}  // namespace

void RegisterStringFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_substr", Substring, Throws::kNever);
  RegisterScalar(database, "trino_substr", SubstringToEnd, Throws::kNever);
  RegisterScalar(database, "trino_strpos", PositionOf, Throws::kNever);
  RegisterScalar(database, "trino_strpos", PositionOfInstance);
  RegisterScalar(database, "trino_replace", Replace{}, Throws::kNever);
  RegisterScalar(database, "trino_reverse", Reverse, Throws::kNever);
  RegisterScalar(database, "trino_split", Split);
  RegisterScalar(database, "trino_split", SplitLimited);
  RegisterScalar(database, "trino_split_part", SplitPart);
  RegisterScalar(database, "trino_lpad", LeftPad);
  RegisterScalar(database, "trino_rpad", RightPad);
  RegisterScalar(database, "trino_translate", Translate{}, Throws::kNever);
  RegisterScalar(database, "trino_chr", Character);
  RegisterScalar(database, "trino_codepoint", CodePoint);
  RegisterScalar(database, "trino_concat_ws_array", ConcatWithSeparator, Throws::kNever);
  RegisterChunk(database, {.name = "trino_concat",
                           .arguments = {duckdb::LogicalType::VARCHAR},
                           .result = duckdb::LogicalType::VARCHAR,
                           .function = Concat,
                           .varargs = duckdb::LogicalType::VARCHAR,
                           .throws = Throws::kNever});
  RegisterChunk(database, {.name = "trino_concat_binary",
                           .arguments = {duckdb::LogicalType::BLOB},
                           .result = duckdb::LogicalType::BLOB,
                           .function = Concat,
                           .varargs = duckdb::LogicalType::BLOB,
                           .throws = Throws::kNever});
  RegisterTrims(database);
  RegisterTextFunctions(database);
  RegisterSplitToMapFunctions(database);
  RegisterFormatFunction(database);
  RegisterWordStem(database);
  RegisterNumberFormatFunctions(database);
}

}  // namespace opentrail::engine
