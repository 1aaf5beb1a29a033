#include "logs/log_path.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace opentrail::logs {
namespace {

using std::chrono::sys_days;

bool IsDigits(std::string_view text, size_t length) {
  return text.size() == length && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsAccount(std::string_view text) { return IsDigits(text, 12); }
bool IsOrganization(std::string_view text) { return text.starts_with("o-") && text.size() > 2; }

// "us-east-1", "us-gov-west-1": letters and digits in at least three parts, the last a number.
bool IsRegion(std::string_view text) {
  if (text.size() < 5 || text.size() > 32 || text.back() < '0' || text.back() > '9') return false;
  bool plain =
      std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return plain && std::ranges::count(text, '-') >= 2;
}

// The folder names that end just before `end`, last first, as views into `path`.
std::string_view TakeLast(std::string_view& folders) {
  size_t slash = folders.rfind('/');
  std::string_view last = slash == std::string_view::npos ? folders : folders.substr(slash + 1);
  folders = slash == std::string_view::npos ? std::string_view() : folders.substr(0, slash);
  return last;
}

// The innermost folder called CloudTrail (or a sibling such as CloudTrail-Insight), around which the rest stands.
void ReadFolders(std::string_view folders, PathFacts& facts) {
  std::vector<std::string_view> parts;
  while (!folders.empty() && parts.size() < 64) parts.push_back(TakeLast(folders));
  auto trail = std::ranges::find_if(
      parts, [](std::string_view part) { return part == "CloudTrail" || part.starts_with("CloudTrail-"); });
  if (trail == parts.end()) return;
  auto below = static_cast<size_t>(trail - parts.begin());
  auto part_below = [&](size_t n) { return n <= below && n > 0 ? parts[below - n] : std::string_view(); };
  auto part_above = [&](size_t n) { return below + n < parts.size() ? parts[below + n] : std::string_view(); };
  if (IsAccount(part_above(1))) facts.account = part_above(1);
  if (!facts.account.empty() && IsOrganization(part_above(2))) facts.organization = part_above(2);
  if (!IsRegion(part_below(1))) return;
  facts.region = part_below(1);
  if (!IsDigits(part_below(2), 4)) return;
  facts.year = part_below(2);
  if (!IsDigits(part_below(3), 2)) return;
  facts.month = part_below(3);
  if (IsDigits(part_below(4), 2)) facts.day = part_below(4);
}

// "20240308T0815Z..."
bool IsTime(std::string_view text) {
  return text.size() >= 14 && IsDigits(text.substr(0, 8), 8) && text[8] == 'T' && IsDigits(text.substr(9, 4), 4);
}

// <account>_CloudTrail_<region>[_-]<yyyymmdd>T<hhmm>Z...
void ReadName(std::string_view name, PathFacts& facts) {
  if (name.size() < 13 || !IsAccount(name.substr(0, 12)) || name[12] != '_') return;
  std::string_view account = name.substr(0, 12);
  name.remove_prefix(13);
  if (!name.starts_with("CloudTrail")) return;
  size_t underscore = name.find('_');
  if (underscore == std::string_view::npos) return;
  name.remove_prefix(underscore + 1);
  for (size_t i = 1; i + 1 < name.size(); ++i) {
    if ((name[i] != '_' && name[i] != '-') || !IsTime(name.substr(i + 1)) || !IsRegion(name.substr(0, i))) continue;
    std::string_view time = name.substr(i + 1);
    if (facts.account.empty()) facts.account = account;
    if (facts.region.empty()) facts.region = name.substr(0, i);
    if (facts.year.empty()) facts.year = time.substr(0, 4);
    if (facts.month.empty()) facts.month = time.substr(4, 2);
    if (facts.day.empty()) facts.day = time.substr(6, 2);
    return;
  }
}

int Number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::optional<sys_days> DayOf(std::string_view year, std::string_view month, std::string_view day) {
  if (!IsDigits(year, 4) || !IsDigits(month, 2) || !IsDigits(day, 2)) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(Number(year)),
                                   std::chrono::month(static_cast<unsigned>(Number(month))),
                                   std::chrono::day(static_cast<unsigned>(Number(day)))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

// The day of a time such as "2024-03-08T08:15:00Z"; none: the text does not begin with one.
std::optional<sys_days> DayOfTime(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  return DayOf(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
}

// CloudTrail names a file by the time it is delivered, minutes after its events, so those of one day may lie in the
// next day's folder. A whole day either way is left for late deliveries and odd clocks.
constexpr std::chrono::days kSlack{1};

bool IsPrunedByDay(sys_days day, const Predicate& predicate) {
  auto is_outside = [&](const std::string& value) {
    std::optional<sys_days> asked = DayOfTime(value);
    if (!asked) return false;
    switch (predicate.kind) {
      case PredicateKind::kAtLeast: return day + kSlack < *asked;
      case PredicateKind::kAtMost: return day - kSlack > *asked;
      case PredicateKind::kEquals: return day + kSlack < *asked || day - kSlack > *asked;
      case PredicateKind::kContains:
      case PredicateKind::kMentions:
      case PredicateKind::kIsNotNull: return false;
    }
    return false;
  };
  return !predicate.values.empty() && std::ranges::all_of(predicate.values, is_outside);
}

bool IsFileField(std::string_view field) {
  constexpr std::array<std::string_view, 9> kFields = {
      "$path", "$file_size", "$file_modified_time", "$account", "$region", "$year", "$month", "$day", "$organization"};
  return std::ranges::find(kFields, field) != kFields.end();
}

std::string IsoTime(int64_t nanoseconds) {
  using namespace std::chrono;
  sys_time<milliseconds> time(floor<milliseconds>(std::chrono::nanoseconds(nanoseconds)));
  sys_days day = floor<days>(time);
  year_month_day date(day);
  hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string_view PartitionText(const LogFile& file, std::string_view field) {
  if (!file.partition) return {};
  const auto found = std::ranges::find(*file.partition, field, &PartitionFields::value_type::first);
  return found != file.partition->end() ? std::string_view(found->second) : std::string_view();
}

}  // namespace

PathFacts ParsePath(std::string_view path) {
  PathFacts facts;
  std::string_view folders = path;
  std::string_view name = TakeLast(folders);
  ReadFolders(folders, facts);
  if (facts.day.empty() || facts.account.empty()) ReadName(name, facts);
  return facts;
}

std::string_view FileFieldText(const LogFile& file, const PathFacts& facts, std::string_view field, std::string& room) {
  if (field == "$path") return file.path;
  if (field == "$account") return facts.account;
  if (field == "$region") return facts.region;
  if (field == "$organization") return facts.organization;
  if (field == "$year") return facts.year;
  if (field == "$month") return facts.month;
  if (field == "$day") return facts.day;
  if (field == "$file_size") return room = std::to_string(file.size);
  if (field == "$file_modified_time") return room = IsoTime(file.mtime_ns);
  return PartitionText(file, field);
}

bool IsPrunedByPath(const LogFile& file, std::span<const Predicate> predicates) {
  PathFacts facts = ParsePath(file.path);
  std::optional<sys_days> day = DayOf(facts.year, facts.month, facts.day);
  std::string room;
  for (const Predicate& predicate : predicates) {
    if (predicate.field == "eventtime" && day && IsPrunedByDay(*day, predicate)) return true;
    if (!IsFileField(predicate.field)) continue;
    if (!PassesPredicate(FileFieldText(file, facts, predicate.field, room), predicate)) return true;
  }
  return false;
}

}  // namespace opentrail::logs
