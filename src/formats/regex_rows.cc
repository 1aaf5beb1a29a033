#include "formats/regex_rows.h"

#include <utility>

namespace opentrail::formats {

Result<std::unique_ptr<RowReader>> RegexRows::Make(const RegexFormat& format, ColumnPlaces places) {
  const auto invalid = [](std::string_view why) {
    return MakeError(ErrorCode::kInvalidArgument, "INVALID_TABLE_PROPERTY: Property 'input.regex' is invalid: {}", why);
  };
  if (format.pattern.size() > codec::kMaxRegexBytes) {
    return invalid(fmt::format("it has {} bytes, the most is {}", format.pattern.size(), codec::kMaxRegexBytes));
  }
  // The whole line: the least that keeps a later alternative from being passed over is an end that belongs to all.
  const std::string whole = "(?:" + format.pattern + ")\\z";
  auto regex = codec::JavaRegex::Compile(whole, {.ignores_case = format.ignores_case});
  if (!regex) return invalid(regex.error().message);
  const auto groups = static_cast<size_t>(regex->GroupCount());
  if (groups < places.column_count()) {
    return invalid(fmt::format("Number of matching groups doesn't match the number of columns: {} for {}", groups,
                               places.column_count()));
  }
  return std::unique_ptr<RowReader>(new RegexRows(*std::move(regex), std::move(places)));
}

void RegexRows::BeginText(const uint8_t* data, size_t size) { text_ = {reinterpret_cast<const char*>(data), size}; }

std::optional<logs::TextFault> RegexRows::Read(size_t begin, size_t end, logs::RowTarget& target) {
  using Outcome = codec::JavaRegex::Outcome;
  const std::string_view line = text_.substr(begin, end - begin);
  const Outcome outcome = regex_.MatchBeginning(line);
  if (outcome == Outcome::kNothing) return std::nullopt;
  if (outcome != Outcome::kFound) {
    return logs::TextFault{begin, "the regular expression fails on this line: " + regex_.Reason()};
  }
  for (const ColumnPlaces::Place& place : places_.places()) {
    const auto group = regex_.Group(static_cast<int>(place.column) + 1);
    if (group.matched) PutValue(target, place, group.Of(line));
  }
  return std::nullopt;
}

}  // namespace opentrail::formats
