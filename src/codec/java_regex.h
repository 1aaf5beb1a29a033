#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct re_registers;

// Regular expressions in Java's syntax, on Oniguruma.
namespace opentrail::codec {

inline constexpr size_t kMaxRegexBytes = 32768;  // of a pattern; for callers to refuse, in their words
inline constexpr int kMaxRegexNesting = 250;     // a pattern with more is none
// Steps back within one search: a pattern that needs more is of the kind whose time doubles with each byte.
inline constexpr unsigned long kMaxRegexRetries = 10'000'000;

struct RegexOptions {
  bool ignores_case = false;
  bool has_ascii_classes = false;  // \w, \d, \s and \b know ASCII alone
};

// One compiled pattern with the state of its last match. Movable; belongs to one thread.
class JavaRegex {
 public:
  // kInvalidArgument with the library's words where the pattern is none.
  [[nodiscard]] static Result<JavaRegex> Compile(std::string_view pattern, const RegexOptions& options);
  JavaRegex(JavaRegex&&) noexcept;
  JavaRegex& operator=(JavaRegex&&) noexcept;
  ~JavaRegex();

  enum class Outcome : uint8_t {
    kFound,
    kNothing,
    kTooManyRetries,  // more than kMaxRegexRetries
    kFault,           // Reason() says which
  };
  // Whether it matches somewhere from byte `start` on, which lies within the text or at its end.
  [[nodiscard]] Outcome Search(std::string_view text, size_t start);
  // Whether it matches at all: as Search, but leaves no groups behind.
  [[nodiscard]] Outcome Contains(std::string_view text);
  // Whether it matches at the text's beginning.
  [[nodiscard]] Outcome MatchBeginning(std::string_view text);
  // The library's words for the last outcome that was neither kFound nor kNothing.
  [[nodiscard]] std::string Reason() const;

  // Of the last Search or MatchBeginning that found something. Group 0 is the whole match; bytes of the text.
  struct Span {
    bool matched = false;
    size_t begin = 0;
    size_t end = 0;
    [[nodiscard]] std::string_view Of(std::string_view text) const { return text.substr(begin, end - begin); }
  };
  [[nodiscard]] Span Group(int number) const;  // 0 to GroupCount()
  [[nodiscard]] int GroupCount() const;
  // The group of that name; -1 where there is none.
  [[nodiscard]] int GroupNamed(std::string_view name) const;

 private:
  struct State;
  explicit JavaRegex(std::unique_ptr<State> state);
  Outcome RunSearch(std::string_view text, size_t start, re_registers* groups);
  Outcome OutcomeOf(int code);

  std::unique_ptr<State> state_;
};

}  // namespace opentrail::codec
