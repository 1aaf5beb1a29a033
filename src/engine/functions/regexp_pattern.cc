#include "engine/functions/regexp_pattern.h"

#include <algorithm>
#include <utility>

#include "engine/functions/scalar.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

using codec::JavaRegex;

// As in Java: \w, \d, \s and \b know ASCII alone; \p{Alpha} and its like know all of Unicode.
constexpr codec::RegexOptions kOptions{.has_ascii_classes = true};

JavaRegex CompileOrThrow(std::string_view pattern) {
  if (pattern.size() > codec::kMaxRegexBytes) {
    ThrowInvalidArgument("Regular expression has {} bytes, the most is {}", pattern.size(), codec::kMaxRegexBytes);
  }
  auto compiled = JavaRegex::Compile(pattern, kOptions);
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
