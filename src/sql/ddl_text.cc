#include <algorithm>
#include <optional>
#include <string_view>

#include "sql/ddl_parser_impl.h"
#include "sql/text.h"
#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

// clang-format off
// Athena's list without TIME and TIMESTAMP: tables that AWS itself publishes have columns of these names, bare.
constexpr std::string_view kReservedWords[] = {
    "all", "alter", "and", "array", "as", "authorization", "between", "bigint", "binary", "boolean", "both", "by",
    "case", "cast", "char", "column", "commit", "conf", "constraint", "create", "cross", "cube", "current",
    "current_date", "current_timestamp", "cursor", "database", "date", "dayofweek", "decimal", "delete",
    "describe", "distinct", "div", "double", "drop", "else", "end", "exchange", "exists", "extended", "external",
    "extract", "false", "fetch", "float", "floor", "following", "for", "foreign", "from", "full", "function",
    "grant", "group", "grouping", "having", "if", "import", "in", "inner", "insert", "int", "integer",
    "intersect", "interval", "into", "is", "join", "lateral", "left", "less", "like", "local", "macro", "map",
    "more", "none", "not", "null", "numeric", "of", "on", "only", "or", "order", "out", "outer", "over",
    "partialscan", "partition", "percent", "preceding", "precision", "preserve", "primary", "procedure", "range",
    "reads", "reduce", "references", "regexp", "revoke", "right", "rlike", "rollback", "rollup", "row", "rows",
    "select", "set", "smallint", "start", "table", "tablesample", "then", "to", "transform", "trigger", "true",
    "truncate", "unbounded", "union", "uniquejoin", "update", "user", "using", "utc_timestamp", "values",
    "varchar", "views", "when", "where", "window", "with"};
// clang-format on
static_assert(std::ranges::is_sorted(kReservedWords));

constexpr size_t kReservedLengthMax = 32;

// The number that the digits at the head of text write; nullopt where one of them is none.
std::optional<uint32_t> NumberOf(std::string_view text, size_t digits, uint32_t base) {
  if (text.size() < digits) return std::nullopt;
  uint32_t number = 0;
  for (const char c : text.substr(0, digits)) {
    uint32_t digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<uint32_t>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

bool IsSurrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

// uXXXX behind a backslash, a UTF-16 unit; two of them may make one code point. Returns the bytes taken, 0 for none.
size_t AppendUtf16Escape(std::string_view rest, std::string& out) {
  constexpr size_t kLength = 5;
  const auto unit_at = [rest](size_t at) -> std::optional<uint32_t> {
    return rest.size() > at && rest[at] == 'u' ? NumberOf(rest.substr(at + 1), 4, 16) : std::nullopt;
  };
  const std::optional<uint32_t> unit = unit_at(0);
  if (!unit) return 0;
  if (!IsSurrogate(*unit)) {
    AppendUtf8(*unit, out);
    return kLength;
  }
  const std::optional<uint32_t> low =
      rest.size() > kLength && rest[kLength] == '\\' ? unit_at(kLength + 1) : std::nullopt;
  if (*unit < 0xDC00 && low && *low >= 0xDC00 && *low <= 0xDFFF) {
    AppendUtf8(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), out);
    return 2 * kLength + 1;
  }
  AppendUtf8(0xFFFD, out);
  return kLength;
}

// What stands behind a backslash; returns the bytes taken, at least one.
size_t AppendEscape(std::string_view rest, std::string& out) {
  if (const size_t taken = AppendUtf16Escape(rest, out)) return taken;
  const std::optional<uint32_t> octal = NumberOf(rest, 3, 8);
  if (octal && *octal < 0x80) {
    out.push_back(static_cast<char>(*octal));
    return 3;
  }
  switch (rest.front()) {
    case '0': out.push_back('\0'); return 1;
    case 'b': out.push_back('\b'); return 1;
    case 'n': out.push_back('\n'); return 1;
    case 'r': out.push_back('\r'); return 1;
    case 't': out.push_back('\t'); return 1;
    case 'Z': out.push_back('\x1A'); return 1;
    // A pattern's own escapes stay.
    case '%': out += "\\%"; return 1;
    case '_': out += "\\_"; return 1;
    default: out.push_back(rest.front()); return 1;
  }
}

}  // namespace

bool IsReservedInDdl(std::string_view word) {
  return word.size() <= kReservedLengthMax && std::ranges::binary_search(kReservedWords, LowerCase(word));
}

std::string UnquoteHive(std::string_view quoted) {
  std::string text;
  char quote = '\0';  // the open one
  for (size_t at = 0; at < quoted.size();) {
    const char c = quoted[at++];
    if (quote == '\0') {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else if (c == '\\') {
      at += AppendEscape(quoted.substr(at), text);
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace opentrail::sql
