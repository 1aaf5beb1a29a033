#include "engine/functions/regexp_pattern.h"

#include <oniguruma.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string>

#include "engine/functions/scalar.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

const OnigUChar* Bytes(const char* text) { return reinterpret_cast<const OnigUChar*>(text); }

// Java's syntax, with the named groups that Java has and the library's own table leaves out.
OnigSyntaxType* JavaSyntax() {
  static OnigSyntaxType syntax = [] {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings, 1);
    onig_set_parse_depth_limit(kMaxPatternNesting);
    OnigSyntaxType java{};
    onig_copy_syntax(&java, ONIG_SYNTAX_JAVA);
    java.op2 |= ONIG_SYN_OP2_QMARK_LT_NAMED_GROUP | ONIG_SYN_OP2_ESC_K_NAMED_BACKREF;
    return java;
  }();
  return &syntax;
}

// Trino's \w, \d and \s know ASCII alone.
constexpr OnigOptionType kAsciiClasses =
    ONIG_OPTION_WORD_IS_ASCII | ONIG_OPTION_DIGIT_IS_ASCII | ONIG_OPTION_SPACE_IS_ASCII;

// What \w and its like are as a set; "" for any other escape.
std::string_view AsciiSet(char escape) {
  switch (escape) {
    case 'w': return "[0-9A-Za-z_]";
    case 'W': return "[^0-9A-Za-z_]";
    case 'd': return "[0-9]";
    case 'D': return "[^0-9]";
    case 's': return "[\\t\\n\\x0b\\f\\r\\x20]";
    case 'S': return "[^\\t\\n\\x0b\\f\\r\\x20]";
    default: return "";
  }
}

// Trino's \b, \p{Digit} and [[:word:]] know all of Unicode, which the library has by the same options as \w. A pattern
// that has one of those is compiled without them, and so with its \w and the like as sets. nullopt: it has none.
std::optional<std::string> WithAsciiSets(std::string_view pattern) {
  std::string rewritten;
  bool knows_unicode = false;
  for (size_t at = 0; at < pattern.size();) {
    size_t length = 1;
    if (pattern.substr(at).starts_with("[:")) knows_unicode = true;
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      const char escape = pattern[at + 1];
      knows_unicode = knows_unicode || escape == 'b' || escape == 'B' || escape == 'p' || escape == 'P';
      length = 2;
      if (escape == 'Q') length = std::min(pattern.find("\\E", at), pattern.size()) - at;
      if (const std::string_view set = AsciiSet(escape); !set.empty()) {
        rewritten += set;
        at += length;
        continue;
      }
    }
    rewritten += pattern.substr(at, length);
    at += length;
  }
  return knows_unicode ? std::optional(std::move(rewritten)) : std::nullopt;
}

std::string ErrorText(int code, const OnigErrorInfo* info) {
  std::array<OnigUChar, ONIG_MAX_ERROR_MESSAGE_LEN> text{};
  const int length =
      info != nullptr ? onig_error_code_to_str(text.data(), code, info) : onig_error_code_to_str(text.data(), code);
  std::string message(reinterpret_cast<const char*>(text.data()), static_cast<size_t>(length));
  if (code == ONIGERR_INVALID_CHAR_PROPERTY_NAME) {  // {name}: Trino's library writes <name>
    std::ranges::replace(message, '{', '<');
    std::ranges::replace(message, '}', '>');
  }
  return message;
}

}  // namespace

struct RegexpPattern::State {
  State() : region(onig_region_new()), parameters(onig_new_match_param()) {
    onig_set_retry_limit_in_match_of_match_param(parameters, kMaxRetries);
    onig_set_retry_limit_in_search_of_match_param(parameters, kMaxRetries);
  }
  ~State() {
    onig_free_match_param(parameters);
    onig_region_free(region, 1);
    if (regex != nullptr) onig_free(regex);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  OnigRegex regex = nullptr;
  OnigRegion* region;
  OnigMatchParam* parameters;
};

RegexpPattern::RegexpPattern(std::string_view pattern) : state_(std::make_unique<State>()) {
  if (pattern.size() > kMaxRegexpBytes) {
    ThrowInvalidArgument("Regular expression has {} bytes, the most is {}", pattern.size(), kMaxRegexpBytes);
  }
  OnigErrorInfo info{};
  const std::optional<std::string> rewritten = WithAsciiSets(pattern);
  const std::string_view compiled = rewritten ? std::string_view(*rewritten) : pattern;
  const OnigOptionType options = rewritten ? ONIG_OPTION_NONE : kAsciiClasses;
  const OnigUChar* begin = Bytes(compiled.data());
  const int code =
      onig_new(&state_->regex, begin, begin + compiled.size(), options, ONIG_ENCODING_UTF8, JavaSyntax(), &info);
  if (code != ONIG_NORMAL) {
    state_->regex = nullptr;
    ThrowInvalidArgument("{}", ErrorText(code, &info));
  }
  group_count_ = onig_number_of_captures(state_->regex);
  if (pattern.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos) literal_ = pattern;
}

RegexpPattern::~RegexpPattern() = default;

bool RegexpPattern::RunSearch(std::string_view text, size_t start, re_registers* region) {
  if (start > text.size()) return false;
  const OnigUChar* begin = Bytes(text.data() == nullptr ? "" : text.data());
  const OnigUChar* end = begin + text.size();
  const int found = onig_search_with_param(state_->regex, begin, end, begin + start, end, region, ONIG_OPTION_NONE,
                                           state_->parameters);
  if (found >= 0) return true;
  if (found == ONIG_MISMATCH) return false;
  if (found == ONIGERR_RETRY_LIMIT_IN_MATCH_OVER || found == ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER) {
    ThrowInvalidArgument(
        "Regular expression backtracks more than {} times over a value of {} bytes; nested repetition such as (a+)+ "
        "does that, a possessive one (a++) does not",
        kMaxRetries, text.size());
  }
  ThrowInvalidArgument("Regular expression failed: {}", ErrorText(found, nullptr));
}

bool RegexpPattern::Search(std::string_view text, size_t start) { return RunSearch(text, start, state_->region); }

bool RegexpPattern::Contains(std::string_view text) {
  if (!literal_.empty()) return text.find(literal_) != std::string_view::npos;
  return RunSearch(text, 0, nullptr);
}

RegexpPattern::Span RegexpPattern::Group(int number) const {
  const int begin = state_->region->beg[number];
  if (begin < 0) return {};
  return {true, static_cast<size_t>(begin), static_cast<size_t>(state_->region->end[number])};
}

size_t RegexpPattern::NextStart(std::string_view text) const {
  const Span match = Group(0);
  if (match.end != match.begin) return match.end;
  return match.end + (match.end < text.size() ? Utf8Length(text, match.end) : 1);
}

int RegexpPattern::GroupNamed(std::string_view name) const {
  const OnigUChar* begin = Bytes(name.data());
  const int number = onig_name_to_backref_number(state_->regex, begin, begin + name.size(), state_->region);
  return number < 0 ? -1 : number;
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
