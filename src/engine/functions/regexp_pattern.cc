#include "engine/functions/regexp_pattern.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/functions/scalar.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

using codec::JavaRegex;

// What \w and its like are as a set; "" for any other escape.
std::string_view AsciiSet(char escape) {
  switch (escape) {
    case 'w': return "[0-9A-Za-z_]";
    case 'W': return "[^0-9A-Za-z_]";
    case 'd': return "[0-9]";
    case 'D': return "[^0-9]";
    case 's': return "[\\t\\n\\x0b\\f\\r\\x20]";
    case 'S': return "[^\\t\\n\\x0b\\f\\r\\x20]";
    default: return "";
  }
}

// Trino's \b, \p{Digit} and [[:word:]] know all of Unicode, which the library has by the same options as \w. A pattern
// that has one of those is compiled without them, and so with its \w and the like as sets. nullopt: it has none.
std::optional<std::string> WithAsciiSets(std::string_view pattern) {
  std::string rewritten;
  bool knows_unicode = false;
  for (size_t at = 0; at < pattern.size();) {
    size_t length = 1;
    if (pattern.substr(at).starts_with("[:")) knows_unicode = true;
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      const char escape = pattern[at + 1];
      knows_unicode = knows_unicode || escape == 'b' || escape == 'B' || escape == 'p' || escape == 'P';
      length = 2;
      if (escape == 'Q') length = std::min(pattern.find("\\E", at), pattern.size()) - at;
      if (const std::string_view set = AsciiSet(escape); !set.empty()) {
        rewritten += set;
        at += length;
        continue;
      }
    }
    rewritten += pattern.substr(at, length);
    at += length;
  }
  return knows_unicode ? std::optional(std::move(rewritten)) : std::nullopt;
}

JavaRegex CompileOrThrow(std::string_view pattern) {
  if (pattern.size() > codec::kMaxRegexBytes) {
    ThrowInvalidArgument("Regular expression has {} bytes, the most is {}", pattern.size(), codec::kMaxRegexBytes);
  }
  // Trino's \w, \d and \s know ASCII alone.
  const std::optional<std::string> rewritten = WithAsciiSets(pattern);
  auto compiled = rewritten ? JavaRegex::Compile(*rewritten, {.has_ascii_classes = false})
                            : JavaRegex::Compile(pattern, {.has_ascii_classes = true});
  if (compiled) return *std::move(compiled);
  std::string message = compiled.error().message;
  if (message.starts_with("invalid character property name")) {  // {name}: Trino's library writes <name>
    std::ranges::replace(message, '{', '<');
    std::ranges::replace(message, '}', '>');
  }
  ThrowInvalidArgument("{}", message);
}

}  // namespace

RegexpPattern::RegexpPattern(std::string_view pattern)
    : regex_(CompileOrThrow(pattern)), group_count_(regex_.GroupCount()) {
  if (pattern.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos) literal_ = pattern;
}

bool RegexpPattern::IsFound(JavaRegex::Outcome outcome, std::string_view text) const {
  switch (outcome) {
    case JavaRegex::Outcome::kFound: return true;
    case JavaRegex::Outcome::kNothing: return false;
    case JavaRegex::Outcome::kTooManyRetries:
      ThrowInvalidArgument(
          "Regular expression backtracks more than {} times over a value of {} bytes; nested repetition such as (a+)+ "
          "does that, a possessive one (a++) does not",
          codec::kMaxRegexRetries, text.size());
    case JavaRegex::Outcome::kFault: break;
  }
  ThrowInvalidArgument("Regular expression failed: {}", regex_.Reason());
}

bool RegexpPattern::Search(std::string_view text, size_t start) {
  return start <= text.size() && IsFound(regex_.Search(text, start), text);
}

bool RegexpPattern::Contains(std::string_view text) {
  if (!literal_.empty()) return text.find(literal_) != std::string_view::npos;
  return IsFound(regex_.Contains(text), text);
}

size_t RegexpPattern::NextStart(std::string_view text) const {
  const Span match = Group(0);
  if (match.end != match.begin) return match.end;
  return match.end + (match.end < text.size() ? Utf8Length(text, match.end) : 1);
}

RegexpPattern& PatternCache::Get(std::string_view pattern) {
  if (last_ != nullptr && pattern == last_text_) return *last_;
  auto found = patterns_.find(std::string(pattern));
  if (found == patterns_.end()) {
    auto compiled = std::make_unique<RegexpPattern>(pattern);
    if (patterns_.size() == kMaxPatterns) patterns_.clear();
    found = patterns_.emplace(pattern, std::move(compiled)).first;
  }
  last_text_ = pattern;
  last_ = found->second.get();
  return *last_;
}

}  // namespace opentrail::engine
