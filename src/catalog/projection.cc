#include "catalog/projection.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "catalog/date_format.h"

namespace opentrail::catalog {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view kBlank = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) + 1 - first);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t comma = text.find(',');
    parts.emplace_back(Trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

bool SameWord(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::optional<int64_t> ReadInteger(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// Properties of one key: projection.<key>.<name>.
class KeyProperties {
 public:
  KeyProperties(const std::string& key, const TableProperties& properties) : key_(key), properties_(properties) {}

  [[nodiscard]] std::string NameOf(std::string_view name) const { return fmt::format("projection.{}.{}", key_, name); }
  [[nodiscard]] std::optional<std::string> Find(std::string_view name) const {
    const auto found = properties_.find(NameOf(name));
    return found != properties_.end() ? std::optional(found->second) : std::nullopt;
  }
  [[nodiscard]] Result<std::string> Get(std::string_view name) const {
    auto value = Find(name);
    if (!value) return MakeError(ErrorCode::kInvalidArgument, "Table property '{}' is missing", NameOf(name));
    return *std::move(value);
  }
  [[nodiscard]] std::unexpected<Error> Invalid(std::string_view name, std::string_view value) const {
    return MakeError(ErrorCode::kInvalidArgument, "Table property '{}' is invalid: '{}'", NameOf(name), value);
  }
  // A whole number of at least 1; 1 where it is not said.
  [[nodiscard]] Result<int64_t> Interval() const {
    const auto text = Find("interval");
    const auto value = text ? ReadInteger(*text) : std::optional<int64_t>(1);
    if (!value || *value < 1) return Invalid("interval", *text);
    return *value;
  }

 private:
  const std::string& key_;
  const TableProperties& properties_;
};

// Adds so many units, as the calendar has them; a day that a month lacks becomes its last.
sys_seconds Add(sys_seconds time, int64_t count, std::string_view unit) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  if (SameWord(unit, "YEARS") || SameWord(unit, "MONTHS")) {
    const int64_t months = SameWord(unit, "YEARS") ? count * 12 : count;
    std::chrono::year_month_day date = std::chrono::year_month_day(day) + std::chrono::months(months);
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return std::chrono::sys_days(date) + (time - day);
  }
  if (SameWord(unit, "WEEKS")) return time + std::chrono::weeks(count);
  if (SameWord(unit, "DAYS")) return time + std::chrono::days(count);
  if (SameWord(unit, "HOURS")) return time + std::chrono::hours(count);
  if (SameWord(unit, "MINUTES")) return time + std::chrono::minutes(count);
  return time + std::chrono::seconds(count);
}

bool IsUnit(std::string_view text) {
  constexpr std::string_view kUnits[] = {"YEARS", "MONTHS", "WEEKS", "DAYS", "HOURS", "MINUTES", "SECONDS"};
  return std::ranges::any_of(kUnits, [&](std::string_view unit) { return SameWord(unit, text); });
}

constexpr int64_t kMaxOffset = 1'000'000;
constexpr size_t kMaxSteps = 10'000'000;  // values looked at, of one key

// A date of the format, or NOW with an offset: NOW-3YEARS, NOW + 1 DAYS.
std::optional<sys_seconds> ReadBound(std::string_view text, std::string_view format, sys_seconds now) {
  if (text.size() < 3 || !SameWord(text.substr(0, 3), "NOW")) return ParseDate(text, format);
  std::string_view offset = Trim(text.substr(3));
  if (offset.empty()) return now;
  const bool is_minus = offset.starts_with('-');
  if (!is_minus && !offset.starts_with('+')) return std::nullopt;
  offset = Trim(offset.substr(1));
  const size_t digits = std::min(offset.find_first_not_of("0123456789"), offset.size());
  const auto count = ReadInteger(offset.substr(0, digits));
  std::string unit(Trim(offset.substr(digits)));
  if (!unit.empty() && !unit.ends_with('S') && !unit.ends_with('s')) unit += 'S';
  if (!count || *count > kMaxOffset || !IsUnit(unit)) return std::nullopt;
  return Add(now, is_minus ? -*count : *count, unit);
}

std::unexpected<Error> TooMany(std::string_view key) {
  return MakeError(ErrorCode::kLimitExceeded,
                   "CONSTRAINT_VIOLATION: partition projection of '{}' gives more than {} partitions; narrow the WHERE "
                   "clause",
                   key, Projection::kMaxPartitions);
}

// An injected key takes its values from the statement alone.
Result<std::vector<std::string>> InjectedValues(const std::string& key, std::span<const KeyFilter> filters) {
  const auto given = std::ranges::find_if(
      filters, [&](const KeyFilter& filter) { return filter.key == key && filter.values.has_value(); });
  if (given == filters.end()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "CONSTRAINT_VIOLATION: For the injected projected partition column {}, the WHERE clause must "
                     "contain only static equality conditions, and at least one such condition must be present.",
                     key);
  }
  std::vector<std::string> values = *given->values;
  std::erase_if(values, [&](const std::string& value) { return !PassesAll(filters, key, value); });
  return values;
}

// The digits of a day, whatever stands between them.
std::optional<std::string> ReadDay(std::string_view text) {
  constexpr size_t kDayBytes = 10;  // 2026-11-23
  if (text.size() != kDayBytes) return std::nullopt;
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits.size() == 8 ? std::optional(digits) : std::nullopt;
}

// Whether two values are in their order, or the same where the filter's bound passes.
template <typename Value>
bool IsWithin(const Value& less, const Value& more, const KeyFilter& filter) {
  return filter.exclusive ? less < more : less <= more;
}

// What cannot be read passes: whoever reads the value will say so.
template <typename Read>
bool PassesAs(Read read, const KeyFilter& filter, std::string_view value) {
  const auto own = read(value);
  if (!own) return true;
  const auto is_same = [&](const std::string& each) { return read(each) == own; };
  if (filter.values && std::ranges::none_of(*filter.values, is_same)) return false;
  if (filter.at_least && !IsWithin(read(*filter.at_least), own, filter)) return false;
  const auto most = filter.at_most ? read(*filter.at_most) : std::nullopt;
  return !most || IsWithin(own, most, filter);
}

}  // namespace

bool Passes(const KeyFilter& filter, std::string_view value) {
  if (value == kDefaultPartition) return false;
  switch (filter.type) {
    case KeyType::kText: break;
    case KeyType::kNumber: return PassesAs(ReadInteger, filter, value);
    case KeyType::kDate: return PassesAs(ReadDay, filter, value);
  }
  if (filter.values && std::ranges::find(*filter.values, value) == filter.values->end()) return false;
  if (filter.at_least && !IsWithin<std::string_view>(*filter.at_least, value, filter)) return false;
  return !filter.at_most || IsWithin<std::string_view>(value, *filter.at_most, filter);
}

bool PassesAll(std::span<const KeyFilter> filters, std::string_view key, std::string_view value) {
  return std::ranges::all_of(filters,
                             [&](const KeyFilter& filter) { return filter.key != key || Passes(filter, value); });
}

bool Projection::IsEnabled(const TableProperties& properties) {
  const auto enabled = properties.find("projection.enabled");
  return enabled != properties.end() && SameWord(Trim(enabled->second), "true");
}

Result<Projection> Projection::Parse(std::span<const std::string> keys, const TableProperties& properties,
                                     std::string_view location) {
  Projection projection;
  while (location.ends_with('/')) location.remove_suffix(1);
  projection.template_ = location;
  for (const std::string& name : keys) {
    auto key = ParseKey(name, properties);
    if (!key) return std::unexpected(std::move(key.error()));
    projection.keys_.push_back(*std::move(key));
    projection.template_ += fmt::format("/{0}=${{{0}}}", name);
  }
  if (const auto own = properties.find("storage.location.template"); own != properties.end()) {
    projection.template_ = own->second;
  }
  return projection;
}

Result<Projection::Key> Projection::ParseKey(const std::string& name, const TableProperties& properties) {
  const KeyProperties of(name, properties);
  const auto type = of.Get("type");
  if (!type) return std::unexpected(type.error());
  if (SameWord(*type, "injected")) return Key{name, Injected{}};
  if (SameWord(*type, "enum")) {
    auto values = of.Get("values");
    if (!values) return std::unexpected(std::move(values.error()));
    return Key{name, Enumeration{SplitList(*values)}};
  }
  const auto range = of.Get("range");
  if (!range) return std::unexpected(range.error());
  const auto interval = of.Interval();
  if (!interval) return std::unexpected(interval.error());
  const auto bounds = SplitList(*range);
  if (bounds.size() != 2) return of.Invalid("range", *range);
  if (SameWord(*type, "integer")) {
    const auto first = ReadInteger(bounds[0]);
    const auto last = ReadInteger(bounds[1]);
    const auto digits = ReadInteger(of.Find("digits").value_or("0"));
    if (!first || !last) return of.Invalid("range", *range);
    if (!digits || *digits < 0 || *digits > 20) return of.Invalid("digits", *of.Find("digits"));
    return Key{name, IntegerRange{*first, *last, *interval, static_cast<int>(*digits)}};
  }
  if (!SameWord(*type, "date")) return of.Invalid("type", *type);
  auto format = of.Get("format");
  if (!format) return std::unexpected(std::move(format.error()));
  if (!IsDateFormat(*format)) return of.Invalid("format", *format);
  auto unit = of.Find("interval.unit").value_or(std::string(FinestUnit(*format)));
  if (!IsUnit(unit)) return of.Invalid("interval.unit", unit);
  for (const std::string& bound : bounds) {
    if (!ReadBound(bound, *format, {})) return of.Invalid("range", *range);
  }
  return Key{name, DateRange{bounds[0], bounds[1], *std::move(format), *interval, std::move(unit)}};
}

Result<std::vector<std::string>> Projection::Values(const Key& key, std::span<const KeyFilter> filters, Seconds now) {
  std::vector<std::string> values;
  size_t steps = 0;
  const auto add = [&](std::string value) {
    if (PassesAll(filters, key.name, value)) values.push_back(std::move(value));
    return values.size() <= kMaxPartitions && ++steps <= kMaxSteps;
  };
  if (const auto* list = std::get_if<Enumeration>(&key.range)) {
    for (const std::string& value : list->values) add(value);
  } else if (const auto* range = std::get_if<IntegerRange>(&key.range)) {
    for (int64_t value = range->first; value <= range->last; value += range->interval) {
      if (!add(fmt::format("{:0{}}", value, range->digits))) return TooMany(key.name);
      if (value > INT64_MAX - range->interval) break;
    }
  } else if (const auto* dates = std::get_if<DateRange>(&key.range)) {
    const auto last = ReadBound(dates->last, dates->format, now);
    const auto first = ReadBound(dates->first, dates->format, now);
    // Each from the first on: adding month after month would lose the days that a short month lacks.
    for (int64_t step = 0; first && last; step += dates->interval) {
      const sys_seconds time = Add(*first, step, dates->unit);
      if (time > *last) break;
      if (!add(FormatDate(time, dates->format))) return TooMany(key.name);
    }
  } else {
    return InjectedValues(key.name, filters);
  }
  return values;
}

Result<std::vector<Partition>> Projection::Partitions(std::span<const KeyFilter> filters, Seconds now) const {
  std::vector<Partition> partitions(1);
  for (const Key& key : keys_) {
    const auto values = Values(key, filters, now);
    if (!values) return std::unexpected(values.error());
    if (!values->empty() && partitions.size() > kMaxPartitions / values->size()) return TooMany(key.name);
    std::vector<Partition> longer;
    longer.reserve(partitions.size() * values->size());
    for (const Partition& partition : partitions) {
      for (const std::string& value : *values) {
        longer.push_back(partition);
        longer.back().values.push_back(value);
      }
    }
    partitions = std::move(longer);
  }
  for (Partition& partition : partitions) partition.location = LocationOf(partition.values);
  return partitions;
}

std::string Projection::LocationOf(const std::vector<std::string>& values) const {
  std::string location;
  std::string_view rest = template_;
  for (size_t at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
    const size_t end = rest.find('}', at);
    if (end == std::string_view::npos) break;
    const auto key = std::ranges::find(keys_, rest.substr(at + 2, end - at - 2), &Key::name);
    location += rest.substr(0, at);
    location += key != keys_.end() ? values[static_cast<size_t>(key - keys_.begin())]
                                   : std::string(rest.substr(at, end + 1 - at));
    rest.remove_prefix(end + 1);
  }
  return location + std::string(rest);
}

}  // namespace opentrail::catalog
