#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

// What a person sees. Logs are hostile: nothing of them reaches a terminal unescaped.
namespace opentrail::cli {

[[nodiscard]] bool IsTerminal(std::FILE* stream);
// Columns of the terminal behind stream, 80 where there is none.
[[nodiscard]] size_t TerminalWidth(std::FILE* stream);

// Control characters (C0, DEL, C1), line separators and directional overrides as \n, \t, \x1b, \u202e: a log line
// cannot move the cursor, recolour or reorder what is shown. Other text as it is.
[[nodiscard]] std::string Printable(std::string_view text);
// The same for a text whose line ends and tabs are its own.
[[nodiscard]] std::string PrintableLines(std::string_view text);
// The same for JSON text, which then means what it meant: \u009b, \u202e.
[[nodiscard]] std::string PrintableJson(std::string_view json);
// Code points of UTF-8 text: the columns it takes, wide characters aside.
[[nodiscard]] size_t DisplayWidth(std::string_view text);

// 1234567 -> "1,234,567".
[[nodiscard]] std::string Grouped(uint64_t number);
// 1536 -> "1.5 KiB".
[[nodiscard]] std::string Bytes(uint64_t bytes);

}  // namespace opentrail::cli
