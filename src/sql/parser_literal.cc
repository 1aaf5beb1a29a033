#include <charconv>

#include <fmt/format.h>

#include "sql/parser_impl.h"
#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

using enum TokenKind;

constexpr TokenKind kIntervalFields[] = {kYear, kMonth, kDay, kHour, kMinute, kSecond};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A whole number in base 10, 16 (0x), 8 (0o) or 2 (0b); a minus stands before digits of base 10 alone.
std::optional<int64_t> ReadInteger(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char radix = static_cast<char>(text[1] | 0x20);
    base = radix == 'x' ? 16 : radix == 'o' ? 8 : radix == 'b' ? 2 : 10;
    if (base != 10) text.remove_prefix(2);
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// The value of exactly `digits` hexadecimal digits at the head of text.
std::optional<uint32_t> HexNumber(std::string_view text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text.substr(0, digits)) {
    if (HexDigit(c) < 0) return std::nullopt;
    value = value * 16 + static_cast<uint32_t>(HexDigit(c));
  }
  return value;
}

// One escape of a U&'' literal, after the escape character: itself doubled, four hexadecimal digits, or + and six.
// Returns the bytes that it takes, or why it is none.
std::expected<size_t, std::string> DecodeEscape(std::string_view rest, char escape, std::string& out) {
  if (!rest.empty() && rest[0] == escape) {
    out.push_back(escape);
    return 1;
  }
  const bool six = !rest.empty() && rest[0] == '+';
  const size_t digits = six ? 6 : 4;
  const std::optional<uint32_t> code_point = HexNumber(rest.substr(six ? 1 : 0), digits);
  if (!code_point) return std::unexpected("Incomplete escape sequence: " + std::string(rest.substr(0, digits)));
  if (*code_point > 0x10FFFF) return std::unexpected(fmt::format("Invalid escaped character: {:06X}", *code_point));
  if (*code_point >= 0xD800 && *code_point <= 0xDFFF) {
    return std::unexpected(
        fmt::format("Invalid escaped character: {:04X}. Escaped character is a surrogate. Use "
                    "'{}+123456' instead.",
                    *code_point, escape));
  }
  AppendUtf8(*code_point, out);
  return digits + (six ? 1 : 0);
}

}  // namespace

std::string Unquote(std::string_view quoted) {
  const char quote = quoted.front();
  std::string text;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    text.push_back(quoted[i]);
    if (quoted[i] == quote) ++i;
  }
  return text;
}

ExpressionPointer Parser::ParseNumber(bool negative, Position position) {
  const Token token = cursor_.Take();
  std::string text = (negative ? "-" : "") + std::string(token.text);
  std::erase(text, '_');
  if (token.kind == kDoubleLiteral) return Make(position, DoubleLiteral{std::move(text)});
  if (token.kind == kDecimalLiteral) return Make(position, DecimalLiteral{std::move(text)});
  if (const auto value = ReadInteger(text)) {
    const bool radix = text.size() > 2 && (text[1] | 0x20) >= 'b';  // 0x1F is kept by its value
    if (radix) text = std::to_string(*value);
  } else {
    cursor_.Fail(Position{1, 1}, "Invalid numeric literal: " + text.substr(0, 100));
  }
  return Make(position, LongLiteral{std::move(text)});
}

std::string Parser::ParseString() {
  cursor_.Mark(Rule::kString);
  const Token token = cursor_.Current();
  if (token.kind != kStringLiteral && token.kind != kUnicodeStringLiteral) {
    cursor_.FailHere();
    return {};
  }
  cursor_.Take();
  return token.kind == kStringLiteral ? Unquote(token.text) : DecodeUnicodeString(token);
}

std::string Parser::DecodeUnicodeString(const Token& token) {
  const std::string text = Unquote(token.text.substr(2));
  char escape = '\\';
  if (cursor_.Accept(kUescape)) {
    const Token chosen = cursor_.Current();
    if (!cursor_.Require(kStringLiteral)) return {};
    const std::string value = Unquote(chosen.text);
    const bool plain = value.size() == 1 && value[0] > ' ' && value[0] < 0x7F;
    if (!plain || HexDigit(value[0]) >= 0 || Contains(std::string_view("'\"+"), value[0])) {
      cursor_.Fail(chosen.position, "Invalid Unicode escape character: " + value.substr(0, 100));
      return {};
    }
    escape = value[0];
  }
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != escape) {
      out.push_back(text[i]);
      continue;
    }
    const auto taken = DecodeEscape(std::string_view(text).substr(i + 1), escape, out);
    if (!taken) {
      cursor_.Fail(token.position, taken.error());
      return {};
    }
    i += *taken;
  }
  return out;
}

// X'00 ff': white space between digits is ignored.
ExpressionPointer Parser::ParseBinaryLiteral() {
  const Token token = cursor_.Take();
  std::string digits;
  for (const char c : token.text.substr(2, token.text.size() - 3)) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') digits.push_back(c);
  }
  if (digits.size() % 2 != 0) cursor_.Fail(token.position, "Binary literal must contain an even number of digits");
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    if (HexDigit(digits[i]) < 0 || HexDigit(digits[i + 1]) < 0) {
      cursor_.Fail(token.position, "Binary literal can only contain hexadecimal digits");
      break;
    }
    bytes.push_back(static_cast<char>(HexDigit(digits[i]) * 16 + HexDigit(digits[i + 1])));
  }
  return Make(token.position, BinaryLiteral{std::move(bytes)});
}

// DATE '…'; any name may stand for the type, the resolver knows which there are.
ExpressionPointer Parser::ParseGenericLiteral() {
  const Position position = cursor_.Here();
  const bool interval = cursor_.At(kInterval);
  const Identifier type = ParseIdentifier();
  cursor_.Accept(kPrecision);  // DOUBLE PRECISION '…'
  GenericLiteral literal{type.quoted ? type.text : LowerCase(type.text), ParseString()};
  literal.written = type.quoted ? fmt::format("\"{}\"", type.text) : type.text;
  if (interval) {
    for (const TokenKind field : kIntervalFields) cursor_.Expect(field);
  }
  return Make(position, std::move(literal));
}

// INTERVAL is a name too, and a type: INTERVAL '1' x is a literal of that type named x.
bool Parser::AtInterval() const {
  if (!cursor_.At(kInterval)) return false;
  size_t distance = cursor_.At(kPlus, 1) || cursor_.At(kMinus, 1) ? 2 : 1;
  if (!cursor_.At(kStringLiteral, distance) && !cursor_.At(kUnicodeStringLiteral, distance)) return false;
  ++distance;
  if (cursor_.At(kUescape, distance)) distance += 2;
  return AtIntervalField(distance);
}

bool Parser::AtIntervalField(size_t distance) const { return Contains(kIntervalFields, cursor_.Ahead(distance).kind); }

std::string Parser::ParseIntervalField() {
  for (const TokenKind field : kIntervalFields) cursor_.Expect(field);
  if (!AtIntervalField()) cursor_.FailHere();
  return LowerCase(cursor_.Take().text);
}

ExpressionPointer Parser::ParseInterval() {
  const Position position = cursor_.Take().position;
  IntervalLiteral interval;
  interval.negative = cursor_.Accept(kMinus);
  if (!interval.negative) cursor_.Accept(kPlus);
  interval.value = ParseString();
  interval.start_field = ParseIntervalField();
  if (cursor_.Accept(kTo)) interval.end_field = ParseIntervalField();
  return Make(position, std::move(interval));
}

}  // namespace opentrail::sql
