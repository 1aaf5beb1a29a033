#include "sql/time_zone_key.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sql/time_zone_names.h"

namespace opentrail::sql {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return Lower(c); });
  return lower;
}

// "+h", "+hh", "+hhmm", "+hh:mm" to minutes.
std::optional<int> ParseOffset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  int number = 0;
  size_t digits = 0;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':' && i == 3 && text.size() == 6) continue;
    if (!IsDigit(text[i]) || ++digits > 4) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  if (digits == 3) return std::nullopt;
  const int hours = digits <= 2 ? number : number / 100;
  const int minutes = digits <= 2 ? 0 : number % 100;
  if (minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

bool IsUtcName(std::string_view lower) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"utc", "z", "gmt", "ut", "uct", "universal", "zulu", "greenwich", "gmt0", "etc/utc", "etc/gmt", "etc/gmt0",
       "etc/uct", "etc/universal", "etc/zulu", "etc/greenwich"});
  return std::ranges::find(kNames, lower) != kNames.end();
}

// "utc+2", "gmt-03:00", "ut+1", and POSIX's reversed "etc/gmt+5" (west).
std::optional<int> ParsePrefixedOffset(std::string_view lower) {
  for (const std::string_view prefix : {"etc/gmt", "utc", "gmt", "ut"}) {
    if (!lower.starts_with(prefix)) continue;
    const auto minutes = ParseOffset(lower.substr(prefix.size()));
    if (minutes && prefix == "etc/gmt") return -*minutes;
    return minutes;
  }
  return std::nullopt;
}

std::optional<TimeZoneKey> FindNamed(std::string_view name) {
  const auto names = TimeZoneNames();
  const auto exact = std::ranges::lower_bound(names, name);
  if (exact != names.end() && *exact == name) return kFirstNamedKey + (exact - names.begin());
  const std::string lower = Lower(name);
  const auto folded = std::ranges::find_if(names, [&](std::string_view candidate) {
    return candidate.size() == lower.size() &&
           std::ranges::equal(candidate, lower, {}, [](char c) { return Lower(c); });
  });
  if (folded == names.end()) return std::nullopt;
  return kFirstNamedKey + (folded - names.begin());
}

}  // namespace

std::optional<TimeZoneKey> FindTimeZoneKey(std::string_view name) {
  constexpr size_t kLongestName = 64;
  if (name.empty() || name.size() > kLongestName) return std::nullopt;
  if (const auto minutes = ParseOffset(name)) return TimeZoneKeyOfOffset(*minutes);
  const std::string lower = Lower(name);
  if (IsUtcName(lower)) return kUtcKey;
  if (const auto minutes = ParsePrefixedOffset(lower)) return TimeZoneKeyOfOffset(*minutes);
  return FindNamed(name);
}

std::optional<TimeZoneKey> TimeZoneKeyOfOffset(int minutes) {
  if (minutes < -kMaxOffsetMinutes || minutes > kMaxOffsetMinutes) return std::nullopt;
  if (minutes == 0) return kUtcKey;
  return static_cast<TimeZoneKey>(minutes + kMaxOffsetMinutes + (minutes < 0 ? 1 : 0));
}

std::optional<int> FixedOffsetMinutes(TimeZoneKey key) {
  if (key == kUtcKey) return 0;
  if (key >= kFirstNamedKey) return std::nullopt;
  return static_cast<int>(key) - kMaxOffsetMinutes - (key <= kMaxOffsetMinutes ? 1 : 0);
}

std::string OffsetName(int offset_minutes) {
  const int magnitude = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  return fmt::format("{}{:02}:{:02}", offset_minutes < 0 ? '-' : '+', magnitude / 60, magnitude % 60);
}

std::string TimeZoneName(TimeZoneKey key) {
  if (const auto minutes = FixedOffsetMinutes(key); minutes && *minutes != 0) return OffsetName(*minutes);
  const auto names = TimeZoneNames();
  if (key < kFirstNamedKey || key >= kFirstNamedKey + names.size()) return "UTC";
  return std::string(names[key - kFirstNamedKey]);
}

}  // namespace opentrail::sql
