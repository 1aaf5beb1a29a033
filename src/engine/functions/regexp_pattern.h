#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct re_pattern_buffer;
struct re_registers;

// Regular expressions as Trino has them: Java's syntax on Oniguruma, whose port to Java (JONI) Trino runs.
namespace opentrail::engine {

inline constexpr size_t kMaxRegexpBytes = 32768;
inline constexpr int kMaxPatternNesting = 250;
// Steps back within one search, after which the query is refused: a pattern that needs more is of the kind whose time
// doubles with each byte.
inline constexpr unsigned long kMaxRetries = 10'000'000;

// One compiled pattern with the state of its last match. Belongs to one thread.
class RegexpPattern {
 public:
  // Throws INVALID_FUNCTION_ARGUMENT with what is wrong in the pattern.
  explicit RegexpPattern(std::string_view pattern);
  ~RegexpPattern();
  RegexpPattern(const RegexpPattern&) = delete;
  RegexpPattern& operator=(const RegexpPattern&) = delete;

  // Whether the pattern matches somewhere from byte `start` (which may lie behind the text: no match).
  bool Search(std::string_view text, size_t start);
  // Whether it matches at all; quicker where the pattern is plain text. Leaves no groups behind.
  bool Contains(std::string_view text);

  // Of the last Search that found something, which was over `text`.
  struct Span {
    bool matched = false;
    size_t begin = 0;
    size_t end = 0;
    [[nodiscard]] std::string_view Of(std::string_view text) const { return text.substr(begin, end - begin); }
  };
  [[nodiscard]] Span Group(int number) const;
  // Where the next Search of a loop over all matches begins: behind the match, one character further if it was empty.
  [[nodiscard]] size_t NextStart(std::string_view text) const;

  [[nodiscard]] int GroupCount() const { return group_count_; }
  // The group of that name; -1 where there is none.
  [[nodiscard]] int GroupNamed(std::string_view name) const;

 private:
  bool RunSearch(std::string_view text, size_t start, re_registers* region);

  struct State;
  std::unique_ptr<State> state_;
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
