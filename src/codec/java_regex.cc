#include "codec/java_regex.h"

#include <array>
#include <utility>

#include <oniguruma.h>

namespace opentrail::codec {
namespace {

const OnigUChar* Bytes(std::string_view text) {
  return reinterpret_cast<const OnigUChar*>(text.data() == nullptr ? "" : text.data());
}

// Java's syntax, with the named groups that Java has and the library's own table leaves out. Groups without a name
// count beside them. The library is initialised here, which must come before all else.
OnigSyntaxType* JavaSyntax() {
  static OnigSyntaxType syntax = [] {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings, 1);
    onig_set_parse_depth_limit(kMaxRegexNesting);
    OnigSyntaxType java{};
    onig_copy_syntax(&java, ONIG_SYNTAX_JAVA);
    java.op2 |= ONIG_SYN_OP2_QMARK_LT_NAMED_GROUP | ONIG_SYN_OP2_ESC_K_NAMED_BACKREF;
    java.behavior &= ~ONIG_SYN_CAPTURE_ONLY_NAMED_GROUP;
    return java;
  }();
  return &syntax;
}

OnigOptionType OptionsOf(const RegexOptions& options) {
  OnigOptionType flags = ONIG_OPTION_NONE;
  if (options.ignores_case) flags |= ONIG_OPTION_IGNORECASE;
  if (options.has_ascii_classes) {
    flags |= ONIG_OPTION_WORD_IS_ASCII | ONIG_OPTION_DIGIT_IS_ASCII | ONIG_OPTION_SPACE_IS_ASCII;
  }
  return flags;
}

std::string ErrorText(int code, const OnigErrorInfo* info) {
  std::array<OnigUChar, ONIG_MAX_ERROR_MESSAGE_LEN> text{};
  const int length =
      info != nullptr ? onig_error_code_to_str(text.data(), code, info) : onig_error_code_to_str(text.data(), code);
  return {reinterpret_cast<const char*>(text.data()), static_cast<size_t>(length)};
}

}  // namespace

struct JavaRegex::State {
  State() : groups(onig_region_new()), parameters(onig_new_match_param()) {
    onig_set_retry_limit_in_match_of_match_param(parameters, kMaxRegexRetries);
    onig_set_retry_limit_in_search_of_match_param(parameters, kMaxRegexRetries);
  }
  ~State() {
    onig_free_match_param(parameters);
    onig_region_free(groups, 1);
    if (regex != nullptr) onig_free(regex);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  OnigRegex regex = nullptr;
  OnigRegion* groups;
  OnigMatchParam* parameters;
  int fault = 0;
};

JavaRegex::JavaRegex(std::unique_ptr<State> state) : state_(std::move(state)) {}
JavaRegex::JavaRegex(JavaRegex&&) noexcept = default;
JavaRegex& JavaRegex::operator=(JavaRegex&&) noexcept = default;
JavaRegex::~JavaRegex() = default;

Result<JavaRegex> JavaRegex::Compile(std::string_view pattern, const RegexOptions& options) {
  OnigSyntaxType* syntax = JavaSyntax();
  auto state = std::make_unique<State>();
  OnigErrorInfo info{};
  const OnigUChar* begin = Bytes(pattern);
  const int code =
      onig_new(&state->regex, begin, begin + pattern.size(), OptionsOf(options), ONIG_ENCODING_UTF8, syntax, &info);
  if (code == ONIG_NORMAL) return JavaRegex(std::move(state));
  state->regex = nullptr;
  return MakeError(ErrorCode::kInvalidArgument, "{}", ErrorText(code, &info));
}

JavaRegex::Outcome JavaRegex::OutcomeOf(int code) {
  if (code >= 0) return Outcome::kFound;
  if (code == ONIG_MISMATCH) return Outcome::kNothing;
  state_->fault = code;
  const bool gave_up = code == ONIGERR_RETRY_LIMIT_IN_MATCH_OVER || code == ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER;
  return gave_up ? Outcome::kTooManyRetries : Outcome::kFault;
}

JavaRegex::Outcome JavaRegex::RunSearch(std::string_view text, size_t start, re_registers* groups) {
  const OnigUChar* begin = Bytes(text);
  const OnigUChar* end = begin + text.size();
  return OutcomeOf(onig_search_with_param(state_->regex, begin, end, begin + start, end, groups, ONIG_OPTION_NONE,
                                          state_->parameters));
}

JavaRegex::Outcome JavaRegex::Search(std::string_view text, size_t start) {
  return RunSearch(text, start, state_->groups);
}

JavaRegex::Outcome JavaRegex::Contains(std::string_view text) { return RunSearch(text, 0, nullptr); }

JavaRegex::Outcome JavaRegex::MatchBeginning(std::string_view text) {
  const OnigUChar* begin = Bytes(text);
  return OutcomeOf(onig_match_with_param(state_->regex, begin, begin + text.size(), begin, state_->groups,
                                         ONIG_OPTION_NONE, state_->parameters));
}

std::string JavaRegex::Reason() const { return ErrorText(state_->fault, nullptr); }

JavaRegex::Span JavaRegex::Group(int number) const {
  const int begin = state_->groups->beg[number];
  if (begin < 0) return {};
  return {true, static_cast<size_t>(begin), static_cast<size_t>(state_->groups->end[number])};
}

int JavaRegex::GroupCount() const { return onig_number_of_captures(state_->regex); }

int JavaRegex::GroupNamed(std::string_view name) const {
  const OnigUChar* begin = Bytes(name);
  const int number = onig_name_to_backref_number(state_->regex, begin, begin + name.size(), state_->groups);
  return number < 0 ? -1 : number;
}

}  // namespace opentrail::codec
