#include "formats/regex_rows.h"

#include <oniguruma.h>

namespace opentrail::formats {
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
    java.behavior &= ~ONIG_SYN_CAPTURE_ONLY_NAMED_GROUP;
    return java;
  }();
  return &syntax;
}

std::string ErrorText(int code, OnigErrorInfo* info) {
  std::array<OnigUChar, ONIG_MAX_ERROR_MESSAGE_LEN> text{};
  const int length = onig_error_code_to_str(text.data(), code, info);
  return {reinterpret_cast<const char*>(text.data()), static_cast<size_t>(length)};
}

}  // namespace

struct RegexRows::State {
  State() : region(onig_region_new()), parameters(onig_new_match_param()) {
    onig_set_retry_limit_in_match_of_match_param(parameters, kMaxMatchRetries);
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

RegexRows::RegexRows(ColumnPlaces places) : places_(std::move(places)) {
  (void)JavaSyntax();  // the library is to be initialised before anything of it is made
  state_ = std::make_unique<State>();
}

RegexRows::~RegexRows() = default;

Result<std::unique_ptr<RowReader>> RegexRows::Make(const RegexFormat& format, ColumnPlaces places) {
  const auto invalid = [](std::string_view why) {
    return MakeError(ErrorCode::kInvalidArgument, "INVALID_TABLE_PROPERTY: Property 'input.regex' is invalid: {}", why);
  };
  if (format.pattern.size() > kMaxPatternBytes) {
    return invalid(fmt::format("it has {} bytes, the most is {}", format.pattern.size(), kMaxPatternBytes));
  }
  std::unique_ptr<RegexRows> rows(new RegexRows(std::move(places)));
  // The whole line: the least that keeps a later alternative from being passed over is an end that belongs to all.
  const std::string whole = "(?:" + format.pattern + ")\\z";
  OnigErrorInfo info{};
  const OnigUChar* begin = Bytes(whole.data());
  const OnigOptionType options = format.ignores_case ? ONIG_OPTION_IGNORECASE : ONIG_OPTION_NONE;
  const int code =
      onig_new(&rows->state_->regex, begin, begin + whole.size(), options, ONIG_ENCODING_UTF8, JavaSyntax(), &info);
  if (code != ONIG_NORMAL) {
    rows->state_->regex = nullptr;
    return invalid(ErrorText(code, &info));
  }
  const auto groups = static_cast<size_t>(onig_number_of_captures(rows->state_->regex));
  if (groups < rows->places_.column_count()) {
    return invalid(fmt::format("Number of matching groups doesn't match the number of columns: {} for {}", groups,
                               rows->places_.column_count()));
  }
  return std::unique_ptr<RowReader>(std::move(rows));
}

void RegexRows::BeginText(const uint8_t* data, size_t size) { text_ = {reinterpret_cast<const char*>(data), size}; }

std::optional<logs::TextFault> RegexRows::Read(size_t begin, size_t end, logs::RowTarget& target) {
  const std::string_view line = text_.substr(begin, end - begin);
  const OnigUChar* first = Bytes(line.data());
  OnigRegion& region = *state_->region;
  const int matched = onig_match_with_param(state_->regex, first, first + line.size(), first, &region, ONIG_OPTION_NONE,
                                            state_->parameters);
  if (matched == ONIG_MISMATCH) return std::nullopt;
  if (matched < 0) {
    return logs::TextFault{begin, "the regular expression fails on this line: " + ErrorText(matched, nullptr)};
  }
  for (const ColumnPlaces::Place& place : places_.places()) {
    const size_t group = place.column + 1;
    if (region.beg[group] < 0) continue;
    const auto from = static_cast<size_t>(region.beg[group]);
    PutValue(target, place, line.substr(from, static_cast<size_t>(region.end[group]) - from));
  }
  return std::nullopt;
}

}  // namespace opentrail::formats
