#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace opentrail::catalog {

// A pattern of Java's DateTimeFormatter, as far as partitions are named by such: yyyy MM dd HH mm ss (any number of
// letters, padded with zeros to it), 'quoted text', other characters as they are.
// https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html
[[nodiscard]] bool IsDateFormat(std::string_view format);
[[nodiscard]] std::string FormatDate(std::chrono::sys_seconds time, std::string_view format);
// nullopt: the text is not of that form.
[[nodiscard]] std::optional<std::chrono::sys_seconds> ParseDate(std::string_view text, std::string_view format);
// The unit of the finest field: "DAYS" for yyyy/MM/dd.
[[nodiscard]] std::string_view FinestUnit(std::string_view format);

}  // namespace opentrail::catalog
