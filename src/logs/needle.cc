#include "logs/needle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace opentrail::logs {
namespace {

// How often a byte stands in CloudTrail logs, as a power of two; bytes past ASCII are rare.
constexpr std::array<uint8_t, 128> kFrequency = {
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0, 8,  0,  0,  0,  0,  0, 0, 0,  0,  0,  0,  0,  0,  0,  0,  0,
    0,  0,  0,  0,  0,  0,  10, 0,  13, 8, 1,  4,  0,  3,  3,  3, 6, 4,  11, 11, 10, 9,  11, 11, 11, 11,
    10, 10, 10, 10, 10, 10, 12, 2,  6,  2, 6,  0,  1,  10, 8,  9, 9, 9,  8,  8,  8,  10, 7,  8,  8,  8,
    9,  8,  9,  7,  9,  9,  9,  8,  8,  7, 7,  7,  8,  7,  5,  7, 0, 8,  0,  12, 10, 11, 11, 13, 10, 9,
    9,  11, 5,  7,  11, 11, 12, 11, 10, 8, 12, 12, 12, 11, 10, 9, 8, 10, 8,  9,  0,  9,  0,  0};

uint8_t Frequency(char c) {
  auto byte = static_cast<uint8_t>(c);
  return byte < kFrequency.size() ? kFrequency[byte] : 0;
}

bool IsPlain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' ||
         c == '.' || c == ':' || c == ' ';
}

// Whether JSON can hold `c` in a string without a backslash.
bool IsBareInJson(char c) { return static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\'; }

std::string LongestPlainRun(std::string_view literal) {
  std::string_view best;
  for (size_t i = 0; i < literal.size();) {
    size_t begin = i;
    while (i < literal.size() && IsPlain(literal[i])) ++i;
    if (i - begin > best.size()) best = literal.substr(begin, i - begin);
    ++i;
  }
  return std::string(best);
}

// What a text's escapes can hide from a search. Ordered.
enum class Hiding : uint8_t {
  kNothing,
  kSpecial,  // characters outside plain runs: "\/", "\u003c"
  kPlain,    // even plain ones: "\u0061"
};

// `rest` begins at a backslash.
Hiding HidingOf(std::string_view rest) {
  if (rest.size() < 2) return Hiding::kNothing;
  if (rest[1] == '/') return Hiding::kSpecial;
  if (rest[1] != 'u') return Hiding::kNothing;
  if (rest.size() < 6) return Hiding::kPlain;
  unsigned value = 0;
  for (char c : rest.substr(2, 4)) {
    auto folded = static_cast<char>(c | 0x20);
    value = value * 16 + static_cast<unsigned>(c >= '0' && c <= '9' ? c - '0' : folded - 'a' + 10);
  }
  bool hides_plain = value < 0x80 && (IsPlain(static_cast<char>(value)) || value == '\\');
  return hides_plain ? Hiding::kPlain : Hiding::kSpecial;
}

Hiding HidingScalar(const uint8_t* data, size_t from, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Hiding hiding = Hiding::kNothing;
  for (size_t i = text.find('\\', from); i < size; i = text.find('\\', i + 1)) {
    hiding = std::max(hiding, HidingOf(text.substr(i)));
    if (hiding == Hiding::kPlain) break;
  }
  return hiding;
}

size_t FindScalar(std::string_view needle, const uint8_t* data, size_t from, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  return std::min(text.find(needle, from), size);
}

#if defined(__x86_64__)

[[gnu::target("avx2")]] Hiding HidingAvx2(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const __m256i backslash = _mm256_set1_epi8('\\');
  Hiding hiding = Hiding::kNothing;
  for (size_t i = 0; i < size; i += 64) {
    __m256i low = _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + i)), backslash);
    __m256i high = _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + i + 32)), backslash);
    if (_mm256_testz_si256(_mm256_or_si256(low, high), _mm256_or_si256(low, high)) != 0) continue;
    uint64_t found = static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
                     (static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32);
    for (; found != 0; found &= found - 1) {
      size_t at = i + static_cast<size_t>(std::countr_zero(found));
      if (at < size) hiding = std::max(hiding, HidingOf(text.substr(at)));
    }
    if (hiding == Hiding::kPlain) return hiding;
  }
  return hiding;
}

// Looks for two of the needle's bytes at their distance, 64 places at a time, and compares the rest where both are met.
[[gnu::target("avx2")]] size_t FindAvx2(std::string_view needle, size_t first, size_t second, const uint8_t* data,
                                        size_t from, size_t size) {
  const __m256i first_byte = _mm256_set1_epi8(needle[first]);
  const __m256i second_byte = _mm256_set1_epi8(needle[second]);
  for (size_t i = from; i + needle.size() <= size; i += 64) {
    const auto* at_first = reinterpret_cast<const __m256i*>(data + i + first);
    const auto* at_second = reinterpret_cast<const __m256i*>(data + i + second);
    __m256i low = _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_loadu_si256(at_first), first_byte),
                                   _mm256_cmpeq_epi8(_mm256_loadu_si256(at_second), second_byte));
    __m256i high = _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_loadu_si256(at_first + 1), first_byte),
                                    _mm256_cmpeq_epi8(_mm256_loadu_si256(at_second + 1), second_byte));
    __m256i either = _mm256_or_si256(low, high);
    if (_mm256_testz_si256(either, either) != 0) continue;
    uint64_t found = static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
                     (static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(high))) << 32);
    for (; found != 0; found &= found - 1) {
      size_t at = i + static_cast<size_t>(std::countr_zero(found));
      if (at + needle.size() > size) return size;
      if (std::memcmp(data + at, needle.data(), needle.size()) == 0) return at;
    }
  }
  return size;
}

#endif

// All of a predicate's literals in one form; empty when one of them is not worth searching for.
template <typename Form>
std::vector<std::string> FormsOf(const Predicate& predicate, Form form) {
  std::vector<std::string> forms;
  for (const std::string& value : predicate.values) {
    std::string needle = form(value);
    if (needle.size() < NeedleSet::kMinLength) return {};
    forms.push_back(std::move(needle));
  }
  return forms;
}

size_t ShortestLength(const std::vector<std::string>& needles) {
  return needles.empty() ? 0 : std::ranges::min_element(needles, {}, &std::string::size)->size();
}

}  // namespace

NeedleSearch::NeedleSearch(std::vector<std::string> needles, Kernel kernel)
    : needles_(std::move(needles)), has_avx2_(kernel >= Kernel::kAvx2) {
  for (const std::string& needle : needles_) {
    Probe probe;
    for (size_t i = 1; i < needle.size(); ++i) {
      if (Frequency(needle[i]) < Frequency(needle[probe.first])) probe.first = i;
    }
    probe.second = probe.first == 0 ? 1 : 0;
    for (size_t i = 0; i < needle.size(); ++i) {
      if (i != probe.first && Frequency(needle[i]) < Frequency(needle[probe.second])) probe.second = i;
    }
    probes_.push_back(probe);
  }
}

size_t NeedleSearch::FindOne(size_t index, const uint8_t* data, size_t from, size_t size) const {
#if defined(__x86_64__)
  if (has_avx2_) return FindAvx2(needles_[index], probes_[index].first, probes_[index].second, data, from, size);
#endif
  return FindScalar(needles_[index], data, from, size);
}

size_t NeedleSearch::Find(const uint8_t* data, size_t from, size_t size) const {
  size_t best = size;
  for (size_t i = 0; i < needles_.size(); ++i) {
    size_t end = std::min(size, best + needles_[i].size());  // past the best so far, a find is of no use
    size_t found = FindOne(i, data, from, end);
    if (found < end) best = std::min(best, found);
  }
  return best;
}

std::optional<NeedleSet> NeedleSet::Choose(std::span<const Predicate> predicates, Kernel kernel) {
  std::vector<std::string> best_literal;
  std::vector<std::string> best_plain;
  for (const Predicate& predicate : predicates) {
    bool is_literal = predicate.kind == PredicateKind::kEquals || predicate.kind == PredicateKind::kContains ||
                      predicate.kind == PredicateKind::kMentions;
    if (!is_literal || predicate.field.starts_with('$') || predicate.values.empty() ||
        predicate.values.size() > kMaxNeedles) {
      continue;
    }
    std::vector<std::string> plain = FormsOf(predicate, LongestPlainRun);
    if (plain.empty()) continue;
    std::vector<std::string> literal = FormsOf(predicate, [](const std::string& value) {
      bool has_replacement = value.find("\xEF\xBF\xBD") != std::string::npos;  // what invalid bytes are read as
      return std::ranges::all_of(value, IsBareInJson) && !has_replacement ? value : std::string();
    });
    if (ShortestLength(plain) <= ShortestLength(best_plain)) continue;
    best_plain = std::move(plain);
    best_literal = std::move(literal);
  }
  if (best_plain.empty()) return std::nullopt;
  return NeedleSet(std::move(best_literal), std::move(best_plain), kernel);
}

NeedleSet::NeedleSet(std::vector<std::string> literal, std::vector<std::string> plain, Kernel kernel)
    : plain_(std::move(plain), kernel), kernel_(kernel) {
  if (!literal.empty()) literal_.emplace(std::move(literal), kernel);
}

const NeedleSearch* NeedleSet::SearchFor(const uint8_t* data, size_t size) const {
  Hiding hiding = Hiding::kNothing;
#if defined(__x86_64__)
  hiding = kernel_ >= Kernel::kAvx2 ? HidingAvx2(data, size) : HidingScalar(data, 0, size);
#else
  hiding = HidingScalar(data, 0, size);
#endif
  switch (hiding) {
    case Hiding::kNothing: return literal_ ? &*literal_ : &plain_;
    case Hiding::kSpecial: return &plain_;
    case Hiding::kPlain: return nullptr;
  }
  return nullptr;
}

}  // namespace opentrail::logs
