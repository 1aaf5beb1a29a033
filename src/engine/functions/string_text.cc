#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"
#include "engine/functions/utf8.h"
#include "sql/utf8.h"

// The engine's library carries and exports utf8proc, but its headers do not come with it.
namespace duckdb {
int32_t utf8proc_toupper(int32_t code_point);
uint8_t* utf8proc_NFC(const uint8_t* text, int64_t length);
uint8_t* utf8proc_NFD(const uint8_t* text, int64_t length);
uint8_t* utf8proc_NFKC(const uint8_t* text, int64_t length);
uint8_t* utf8proc_NFKD(const uint8_t* text, int64_t length);
}  // namespace duckdb

namespace opentrail::engine {
namespace {

struct Upper {
  std::string out;
  std::string_view operator()(std::string_view text) {
    out.clear();
    for (size_t at = 0; at < text.size();) {
      const auto c = static_cast<uint8_t>(text[at]);
      if (c < 0x80) {
        out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        at++;
        continue;
      }
      const uint32_t code_point = NextCodePoint(text, at);
      // Java maps one character to one; sharp s has no such capital in it, utf8proc gives U+1E9E.
      const bool sharp_s = code_point == 0xdf;
      AppendUtf8(sharp_s ? code_point : duckdb::utf8proc_toupper(static_cast<int32_t>(code_point)), out);
    }
    return out;
  }
};

std::string Normalize(std::string_view text, std::string_view form) {
  const auto normalize = form == "NFC"    ? duckdb::utf8proc_NFC
                         : form == "NFD"  ? duckdb::utf8proc_NFD
                         : form == "NFKC" ? duckdb::utf8proc_NFKC
                         : form == "NFKD" ? duckdb::utf8proc_NFKD
                                          : nullptr;
  if (normalize == nullptr) ThrowInvalidArgument("Normalization form must be one of [NFD, NFC, NFKD, NFKC]");
  const std::unique_ptr<uint8_t, decltype(&std::free)> normalized(
      normalize(reinterpret_cast<const uint8_t*>(text.data()), static_cast<int64_t>(text.size())), &std::free);
  if (!normalized) ThrowInvalidArgument("Invalid UTF-8 encoding in characters: {}", text);
  return reinterpret_cast<const char*>(normalized.get());
}

std::vector<uint32_t> CodePointsOf(std::string_view text) {
  std::vector<uint32_t> code_points;
  for (size_t at = 0; at < text.size();) code_points.push_back(NextCodePoint(text, at));
  return code_points;
}

int64_t LevenshteinDistance(std::string_view left_text, std::string_view right_text) {
  constexpr size_t kMaxCells = 1'000'000;  // Trino's own bound
  std::vector<uint32_t> left = CodePointsOf(left_text);
  std::vector<uint32_t> right = CodePointsOf(right_text);
  if (left.size() < right.size()) std::swap(left, right);
  if (right.empty()) return static_cast<int64_t>(left.size());
  if (left.size() * (right.size() - 1) > kMaxCells) {
    ThrowInvalidArgument("The combined inputs for Levenshtein distance are too large");
  }
  std::vector<int64_t> row(right.size() + 1);
  for (size_t j = 0; j < row.size(); j++) row[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= left.size(); i++) {
    int64_t diagonal = row[0];
    row[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j < row.size(); j++) {
      const int64_t substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

int64_t HammingDistance(std::string_view left_text, std::string_view right_text) {
  const std::vector<uint32_t> left = CodePointsOf(left_text);
  const std::vector<uint32_t> right = CodePointsOf(right_text);
  if (left.size() != right.size()) {
    ThrowInvalidArgument("The input strings to hamming_distance function must have the same length");
  }
  int64_t distance = 0;
  for (size_t i = 0; i < left.size(); i++) distance += left[i] != right[i] ? 1 : 0;
  return distance;
}

// A letter's soundex digit; '-' for H and W, which do not part equal digits, '0' for vowels, which do.
char SoundexDigit(char upper) {
  static constexpr std::string_view kDigits = "01230120022455012623010202";
  return upper == 'H' || upper == 'W' ? '-' : kDigits[static_cast<size_t>(upper - 'A')];
}

std::string Soundex(std::string_view text) {
  std::string code;
  char last = '\0';
  for (size_t at = 0; at < text.size();) {
    uint32_t letter = NextCodePoint(text, at);
    if (letter >= 0x80) {
      if (letter >= 0xE0 && letter <= 0xFE && letter != 0xF7) letter -= 0x20;  // its capital
      std::string shown;
      sql::AppendUtf8(letter, shown);
      ThrowInvalidArgument("The character is not mapped: {} (index={})", shown, letter - 'A');
    }
    char c = static_cast<char>(letter);
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c < 'A' || c > 'Z') continue;
    const char digit = SoundexDigit(c);
    if (code.empty())
      code += c;
    else if (digit != '0' && digit != '-' && digit != last)
      code += digit;
    if (digit != '-') last = digit;
    if (code.size() == 4) break;
  }
  if (!code.empty()) code.resize(4, '0');
  return code;
}

bool LuhnCheck(std::string_view digits) {
  if (digits.empty()) return false;
  int sum = 0;
  bool doubled = false;
  for (size_t at = digits.size(); at > 0; at--, doubled = !doubled) {
    const char c = digits[at - 1];
    if (c < '0' || c > '9') ThrowInvalidArgument("Input contains non-digit character");
    const int digit = (c - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

// A pattern of LIKE whose escapes are in order, as it is.
std::string_view CheckedLikePattern(std::string_view pattern, std::string_view escape) {
  if (CountCodePoints(escape) != 1) ThrowInvalidArgument("Escape string must be a single character");
  for (size_t at = pattern.find(escape); at != std::string_view::npos; at = pattern.find(escape, at)) {
    const std::string_view escaped = pattern.substr(at + escape.size());
    if (!escaped.starts_with('%') && !escaped.starts_with('_') && !escaped.starts_with(escape)) {
      ThrowInvalidArgument("Escape character must be followed by '%', '_' or the escape character itself");
    }
    at += escape.size() + (escaped.starts_with(escape) ? escape.size() : 1);
  }
  return pattern;
}

}  // namespace

void RegisterTextFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_upper", Upper{}, Throws::kNever);
  RegisterScalar(database, "trino_normalize", Normalize);
  RegisterScalar(database, "trino_levenshtein_distance", LevenshteinDistance);
  RegisterScalar(database, "trino_hamming_distance", HammingDistance);
  RegisterScalar(database, "trino_soundex", Soundex);
  RegisterScalar(database, "trino_luhn_check", LuhnCheck);
  RegisterScalar(database, "trino_like_pattern", CheckedLikePattern);
}

}  // namespace opentrail::engine
