#include "iam/pattern.h"

#include <algorithm>

#include "iam/evaluation.h"

namespace opentrail::iam {
namespace {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The place of the `}` that ends a variable; one in quotes belongs to the default value.
size_t EndOfVariable(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (text[i] == '}' && !quoted) return i;
  }
  return std::string_view::npos;
}

}  // namespace

Pattern Pattern::Parse(std::string_view text, Variables variables) {
  Pattern pattern;
  pattern.text_ = text;
  while (!text.empty()) {
    const size_t begin = variables == Variables::kExpanded ? text.find("${") : std::string_view::npos;
    const size_t end = begin == std::string_view::npos ? begin : EndOfVariable(text.substr(begin + 2));
    if (end == std::string_view::npos) {
      pattern.AddText(text);
      break;
    }
    pattern.AddText(text.substr(0, begin));
    pattern.AddVariable(text.substr(begin + 2, end));
    text.remove_prefix(begin + 2 + end + 1);
  }
  return pattern;
}

void Pattern::AddText(std::string_view text) {
  if (text.empty()) return;
  if (pieces_.empty() || !pieces_.back().variable.empty()) pieces_.emplace_back();
  AppendText(pieces_.back().symbols, text);
}

void Pattern::AddVariable(std::string_view inside) {
  if (inside == "*" || inside == "?" || inside == "$") {
    if (pieces_.empty() || !pieces_.back().variable.empty()) pieces_.emplace_back();
    AppendLiteral(pieces_.back().symbols, inside);
    return;
  }
  const size_t comma = inside.find(',');
  Piece piece;
  piece.variable = Trim(inside.substr(0, comma));
  if (comma != std::string_view::npos) {
    std::string_view fallback = Trim(inside.substr(comma + 1));
    if (fallback.size() >= 2 && fallback.front() == '\'' && fallback.back() == '\'') {
      piece.fallback = fallback.substr(1, fallback.size() - 2);
    }
  }
  if (piece.variable.empty()) piece.variable = " ";  // no key has this name: never resolved
  pieces_.push_back(std::move(piece));
}

void Pattern::AppendText(Symbols& out, std::string_view text) {
  for (const char c : text) {
    if (c == '*' && !out.empty() && out.back() == kAnyRun) continue;
    out += c == '*' ? kAnyRun : c == '?' ? kAnyOne : static_cast<char16_t>(static_cast<unsigned char>(c));
  }
}

void Pattern::AppendLiteral(Symbols& out, std::string_view text) {
  for (const char c : text) out += static_cast<char16_t>(static_cast<unsigned char>(c));
}

template <typename Use>
bool Pattern::WithSymbols(const ContextKeys& keys, Use use) const {
  if (pieces_.empty()) return use(std::u16string_view());
  if (pieces_.size() == 1 && pieces_[0].variable.empty()) return use(std::u16string_view(pieces_[0].symbols));
  Symbols symbols;
  for (const Piece& piece : pieces_) {
    if (piece.variable.empty()) {
      symbols += piece.symbols;
      continue;
    }
    const std::vector<std::string>* values = keys.Find(piece.variable);
    if (values != nullptr && values->size() == 1) {
      AppendLiteral(symbols, values->front());
    } else if (piece.fallback) {
      AppendLiteral(symbols, *piece.fallback);
    } else {
      return false;
    }
  }
  return use(std::u16string_view(symbols));
}

bool Pattern::Same(char16_t symbol, char c, Wildcards wildcards, LetterCase letter_case) {
  if (symbol >= kAnyRun) {
    if (wildcards == Wildcards::kOn) return false;
    return c == (symbol == kAnyRun ? '*' : '?');
  }
  const char expected = static_cast<char>(symbol);
  return letter_case == LetterCase::kMatters ? expected == c : Lower(expected) == Lower(c);
}

// Greedy: what stands before the last `*` was matched as early as it can be, so only the last `*` is ever taken back,
// and not past where the rest would no longer fit.
bool Pattern::Match(std::u16string_view pattern, std::string_view value, Wildcards wildcards, LetterCase letter_case) {
  constexpr size_t kNone = std::u16string_view::npos;
  const bool stars = wildcards == Wildcards::kOn;
  size_t needed = pattern.size() - (stars ? static_cast<size_t>(std::ranges::count(pattern, kAnyRun)) : 0);
  if (needed > value.size()) return false;
  size_t at = 0;
  size_t star = kNone;
  size_t resume = 0;
  size_t needed_after_star = 0;
  size_t i = 0;
  while (i < value.size()) {
    const bool more = at < pattern.size();
    if (more && stars && pattern[at] == kAnyRun) {
      star = at++;
      resume = i;
      needed_after_star = needed;
    } else if (more && stars && pattern[at] == kAnyOne) {
      ++at;
      ++i;
      --needed;
      while (i < value.size() && IsContinuation(value[i])) ++i;
    } else if (more && Same(pattern[at], value[i], wildcards, letter_case)) {
      ++at;
      ++i;
      --needed;
    } else if (star != kNone && value.size() - resume > needed_after_star) {
      at = star + 1;
      i = ++resume;
      needed = needed_after_star;
    } else {
      return false;
    }
  }
  while (stars && at < pattern.size() && pattern[at] == kAnyRun) ++at;
  return at == pattern.size();
}

bool Pattern::Matches(std::string_view value, const ContextKeys& keys, Wildcards wildcards,
                      LetterCase letter_case) const {
  return WithSymbols(keys, [&](std::u16string_view symbols) { return Match(symbols, value, wildcards, letter_case); });
}

bool Pattern::MatchesArn(std::string_view arn, const ContextKeys& keys) const {
  constexpr int kParts = 6;
  return WithSymbols(keys, [&](std::u16string_view symbols) {
    if (symbols.size() == 1 && symbols[0] == kAnyRun) return true;
    for (int part = 1; part <= kParts; ++part) {
      const size_t symbols_end = part < kParts ? symbols.find(u':') : symbols.size();
      const size_t arn_end = part < kParts ? arn.find(':') : arn.size();
      if (symbols_end == std::u16string_view::npos || arn_end == std::string_view::npos) return false;
      if (!Match(symbols.substr(0, symbols_end), arn.substr(0, arn_end), Wildcards::kOn, LetterCase::kMatters)) {
        return false;
      }
      if (part == kParts) break;
      symbols.remove_prefix(symbols_end + 1);
      arn.remove_prefix(arn_end + 1);
    }
    return true;
  });
}

}  // namespace opentrail::iam
