#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include <fmt/format.h>

namespace opentrail::cli {
namespace {

// Code points that change how the text around them is shown.
bool IsDisruptive(uint32_t point) {
  return point < 0x20 || point == 0x7f || (point >= 0x80 && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

std::string EscapeOf(uint32_t point) {
  switch (point) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return point < 0x100 ? fmt::format("\\x{:02x}", point) : fmt::format("\\u{:04x}", point);
  }
}

// The code point at text[at] and its length; a byte that starts none is itself.
std::pair<uint32_t, size_t> CodePointAt(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const uint32_t first = byte(at);
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  if (length == 1 || at + length > text.size()) return {first, 1};
  uint32_t point = first & (0x7f >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {first, 1};
    point = (point << 6) | (byte(at + i) & 0x3f);
  }
  return {point, length};
}

// text with what is disruptive, but for the ASCII characters in `kept`, as `escape` writes it.
template <typename Escape>
std::string Escaped(std::string_view text, std::string_view kept, Escape escape) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const auto [point, length] = CodePointAt(text, at);
    if (IsDisruptive(point) && !kept.contains(text[at])) {
      out += escape(point);
    } else {
      out.append(text, at, length);
    }
    at += length;
  }
  return out;
}

}  // namespace

bool IsTerminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

size_t TerminalWidth(std::FILE* stream) {
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string Printable(std::string_view text) { return Escaped(text, "", EscapeOf); }

std::string PrintableLines(std::string_view text) { return Escaped(text, "\n\t", EscapeOf); }

std::string PrintableJson(std::string_view json) {
  return Escaped(json, "\n", [](uint32_t point) { return fmt::format("\\u{:04x}", point); });
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return width;
}

std::string Grouped(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string Bytes(uint64_t bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double amount = static_cast<double>(bytes);
  size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

}  // namespace opentrail::cli
