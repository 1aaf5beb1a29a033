#include "protocol/pattern.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <limits>

namespace opentrail::protocol {
namespace {

constexpr size_t kAscii = 128;
using CharacterClass = std::bitset<kAscii>;

void AddRange(CharacterClass& characters, char first, char last) {
  for (int c = first; c <= last; ++c) characters.set(static_cast<size_t>(c));
}

void AddWord(CharacterClass& characters) {
  AddRange(characters, 'a', 'z');
  AddRange(characters, 'A', 'Z');
  AddRange(characters, '0', '9');
  characters.set('_');
}

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Takes one pattern apart, from the front.
class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : rest_(pattern) {}

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }

  // [...], or \w and the like alone.
  bool Class(CharacterClass& characters) {
    if (!Take('[')) return rest_.starts_with('\\') && Part(characters).has_value();
    if (rest_.starts_with('^')) return false;
    while (!Take(']')) {
      const std::optional<char> first = Part(characters);
      if (!first) return false;
      if (rest_.size() < 2 || rest_[0] != '-' || rest_[1] == ']' || *first == '\0') continue;
      Take('-');
      const std::optional<char> last = Part(characters);
      if (!last || *last < *first) return false;
      AddRange(characters, *first, *last);
    }
    return true;
  }

  // *, +, {m}, {m,n} or nothing: how often.
  bool Repetition(size_t& least, size_t& most) {
    least = Take('*') ? 0 : 1;
    most = least == 0 || Take('+') ? std::numeric_limits<size_t>::max() : 1;
    if (!Take('{')) return true;
    if (!Number(least)) return false;
    most = least;
    if (Take(',') && !Number(most)) return false;
    return Take('}');
  }

 private:
  // One character or escape, added; '\0' for an escape of several characters; nullopt for what is not known here.
  std::optional<char> Part(CharacterClass& characters) {
    if (rest_.empty() || static_cast<unsigned char>(rest_[0]) >= kAscii || rest_[0] == '[') return std::nullopt;
    char c = rest_[0];
    rest_.remove_prefix(1);
    if (c == '\\') {
      if (rest_.empty()) return std::nullopt;
      c = rest_[0];
      rest_.remove_prefix(1);
      if (c == 'w') return AddWord(characters), '\0';
      if (c == 'd') return AddRange(characters, '0', '9'), '\0';
      if (IsLetterOrDigit(c)) return std::nullopt;
    }
    characters.set(static_cast<size_t>(c));
    return c;
  }

  bool Number(size_t& number) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return error == std::errc();
  }

  std::string_view rest_;
};

bool IsBetween(std::string_view text, char first, char last) {
  return std::ranges::all_of(text, [&](char c) { return c >= first && c <= last; });
}

// "/", or "/.../" of visible characters.
bool IsPath(std::string_view text) {
  if (text == "/") return true;
  return text.size() > 2 && text.starts_with('/') && text.ends_with('/') && IsBetween(text, '!', '~');
}

bool IsPathPrefix(std::string_view text) { return text.starts_with('/') && IsBetween(text, '!', '\x7f'); }

// Names between single slashes, the last one at the end.
bool IsPolicyPath(std::string_view text) {
  if (!text.starts_with('/') || !text.ends_with('/') || text.find("//") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) {
    return IsLetterOrDigit(c) || std::string_view("/.,+@=_-").find(c) != std::string_view::npos;
  });
}

// 3 to 63 lower-case letters, digits and single hyphens between them.
bool IsAccountAlias(std::string_view text) {
  if (text.size() < 3 || text.size() > 63 || text.starts_with('-') || text.ends_with('-')) return false;
  if (text.find("--") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// "v1", and what IAM lets stand after a dot.
bool IsPolicyVersion(std::string_view text) {
  const size_t dot = std::min(text.find('.'), text.size());
  const std::string_view number = text.substr(0, dot);
  if (number.size() < 2 || number[0] != 'v' || number[1] == '0' || !IsBetween(number.substr(1), '0', '9')) return false;
  return std::ranges::all_of(text.substr(std::min(text.size(), dot + 1)),
                             [](char c) { return IsLetterOrDigit(c) || c == '-'; });
}

struct KnownPattern {
  std::string_view pattern;
  bool (*matches)(std::string_view text);
};
constexpr KnownPattern kKnownPatterns[] = {
    {R"((\u002F)|(\u002F[\u0021-\u007E]+\u002F))", IsPath},
    {R"(\u002F[\u0021-\u007F]*)", IsPathPrefix},
    {R"(((/[A-Za-z0-9\.,\+@=_-]+)*)/)", IsPolicyPath},
    {R"(^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$)", IsAccountAlias},
    {R"(v[1-9][0-9]*(\.[A-Za-z0-9-]*)?)", IsPolicyVersion},
};

}  // namespace

std::optional<bool> MatchesPattern(std::string_view text, std::string_view pattern) {
  const auto* known = std::ranges::find(kKnownPatterns, pattern, &KnownPattern::pattern);
  if (known != std::end(kKnownPatterns)) return known->matches(text);
  PatternReader reader(pattern);
  reader.Take('^');
  CharacterClass characters;
  size_t least = 0;
  size_t most = 0;
  if (!reader.Class(characters) || !reader.Repetition(least, most)) return std::nullopt;
  reader.Take('$');
  if (!reader.AtEnd()) return std::nullopt;
  if (text.size() < least || text.size() > most) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= kAscii || !characters.test(static_cast<size_t>(c))) return false;
  }
  return true;
}

}  // namespace opentrail::protocol
