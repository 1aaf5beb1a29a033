#include "protocol/pattern.h"

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

}  // namespace

std::optional<bool> MatchesPattern(std::string_view text, std::string_view pattern) {
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
