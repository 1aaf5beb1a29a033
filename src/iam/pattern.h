#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opentrail::iam {

class ContextKeys;

enum class Wildcards : uint8_t { kOn, kOff };
enum class LetterCase : uint8_t { kMatters, kIgnored };

// A value of a policy: text in which `*` stands for any run of characters and `?` for any one, with policy variables.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
// A value type; thread-compatible.
class Pattern {
 public:
  // Of a policy of version 2012-10-17 variables are read: ${aws:username}, ${aws:PrincipalTag/team, 'none'}, ${*}.
  enum class Variables : uint8_t { kLiteral, kExpanded };
  static Pattern Parse(std::string_view text, Variables variables);

  // False where a variable has no single value and no default. Time is at worst
  // quadratic in the value's length.
  [[nodiscard]] bool Matches(std::string_view value, const ContextKeys& keys, Wildcards wildcards,
                             LetterCase letter_case) const;
  // As Matches with wildcards, each of the six parts of an ARN by itself; "*" alone matches all.
  [[nodiscard]] bool MatchesArn(std::string_view arn, const ContextKeys& keys) const;

  // As it stands in the document.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  // A byte, or one of the two wildcards past them.
  using Symbols = std::u16string;
  static constexpr char16_t kAnyRun = 0x100;
  static constexpr char16_t kAnyOne = 0x101;

  struct Piece {
    Symbols symbols;       // where variable is ""
    std::string variable;  // a condition key
    std::optional<std::string> fallback;
  };

  static void AppendText(Symbols& out, std::string_view text);
  static void AppendLiteral(Symbols& out, std::string_view text);
  static bool Match(std::u16string_view pattern, std::string_view value, Wildcards wildcards, LetterCase letter_case);
  static bool Same(char16_t symbol, char c, Wildcards wildcards, LetterCase letter_case);
  void AddText(std::string_view text);
  void AddVariable(std::string_view inside);
  template <typename Use>
  bool WithSymbols(const ContextKeys& keys, Use use) const;

  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace opentrail::iam
