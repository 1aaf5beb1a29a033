#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "codec/java_regex.h"

// Regular expressions as Trino has them: Java's syntax on Oniguruma, whose port to Java (JONI) Trino runs.
namespace opentrail::engine {

// One compiled pattern with the state of its last match. Belongs to one thread.
class RegexpPattern {
 public:
  // Throws INVALID_FUNCTION_ARGUMENT with what is wrong in the pattern.
  explicit RegexpPattern(std::string_view pattern);

  // Whether the pattern matches somewhere from byte `start` (which may lie behind the text: no match). Throws
  // INVALID_FUNCTION_ARGUMENT where it steps back more than codec::kMaxRegexRetries times.
  bool Search(std::string_view text, size_t start);
  // Whether it matches at all; quicker where the pattern is plain text. Leaves no groups behind.
  bool Contains(std::string_view text);

  // Of the last Search that found something, which was over `text`.
  using Span = codec::JavaRegex::Span;
  [[nodiscard]] Span Group(int number) const { return regex_.Group(number); }
  // Where the next Search of a loop over all matches begins: behind the match, one character further if it was empty.
  [[nodiscard]] size_t NextStart(std::string_view text) const;

  [[nodiscard]] int GroupCount() const { return group_count_; }
  // The group of that name; -1 where there is none.
  [[nodiscard]] int GroupNamed(std::string_view name) const { return regex_.GroupNamed(name); }

 private:
  bool IsFound(codec::JavaRegex::Outcome outcome, std::string_view text) const;

  codec::JavaRegex regex_;
  std::string literal_;  // the whole pattern where it is plain text, else empty
  int group_count_ = 0;
};

// The compiled patterns of one place in a query: one, where the pattern is a constant. A copy begins empty.
class PatternCache {
 public:
  PatternCache() = default;
  PatternCache(const PatternCache&) {}
  PatternCache& operator=(const PatternCache&) = delete;

  RegexpPattern& Get(std::string_view pattern);

 private:
  static constexpr size_t kMaxPatterns = 64;

  std::string last_text_;
  RegexpPattern* last_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<RegexpPattern>> patterns_;
};

}  // namespace opentrail::engine
