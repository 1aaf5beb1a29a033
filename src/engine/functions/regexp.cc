#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "duckdb/execution/expression_executor.hpp"
#include "engine/functions/regexp_pattern.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

using OptionalText = std::optional<std::string_view>;

// visit() after each match, from the left.
template <typename Visit>
void ForEachMatch(RegexpPattern& pattern, std::string_view text, Visit&& visit) {
  size_t start = 0;
  while (pattern.Search(text, start)) {
    start = pattern.NextStart(text);
    visit();
  }
}

OptionalText GroupText(const RegexpPattern& pattern, std::string_view text, int group) {
  const auto span = pattern.Group(group);
  return span.matched ? OptionalText(span.Of(text)) : std::nullopt;
}

int CheckedGroup(const RegexpPattern& pattern, int64_t group) {
  if (group < 0) ThrowInvalidArgument("Group cannot be negative");
  if (group > pattern.GroupCount()) {
    ThrowInvalidArgument("Pattern has {} groups. Cannot access group {}", pattern.GroupCount(), group);
  }
  return static_cast<int>(group);
}

struct Like {
  PatternCache patterns;
  bool operator()(std::string_view text, std::string_view pattern) { return patterns.Get(pattern).Contains(text); }
};

struct ExtractGroup {
  PatternCache patterns;
  OptionalText operator()(std::string_view text, std::string_view pattern_text, int64_t group) {
    RegexpPattern& pattern = patterns.Get(pattern_text);
    const int number = CheckedGroup(pattern, group);
    return pattern.Search(text, 0) ? GroupText(pattern, text, number) : std::nullopt;
  }
};

struct ExtractAllGroup {
  PatternCache patterns;
  std::vector<OptionalText> operator()(std::string_view text, std::string_view pattern_text, int64_t group) {
    RegexpPattern& pattern = patterns.Get(pattern_text);
    const int number = CheckedGroup(pattern, group);
    std::vector<OptionalText> found;
    ForEachMatch(pattern, text, [&] { found.push_back(GroupText(pattern, text, number)); });
    return found;
  }
};

struct Split {
  PatternCache patterns;
  std::vector<std::string_view> operator()(std::string_view text, std::string_view pattern_text) {
    RegexpPattern& pattern = patterns.Get(pattern_text);
    std::vector<std::string_view> parts;
    size_t begin = 0;
    ForEachMatch(pattern, text, [&] {
      const auto match = pattern.Group(0);
      parts.push_back(text.substr(begin, match.begin - begin));
      begin = match.end;
    });
    parts.push_back(text.substr(begin));
    return parts;
  }
};

struct Count {
  PatternCache patterns;
  int64_t operator()(std::string_view text, std::string_view pattern) {
    int64_t count = 0;
    ForEachMatch(patterns.Get(pattern), text, [&] { count++; });
    return count;
  }
};

struct Position {
  PatternCache patterns;
  int32_t operator()(std::string_view text, std::string_view pattern_text, int32_t start, int32_t occurrence) {
    if (start < 1) ThrowInvalidArgument("start position cannot be smaller than 1");
    if (occurrence < 1) ThrowInvalidArgument("occurrence cannot be smaller than 1");
    if (start > CountCodePoints(text)) return -1;
    RegexpPattern& pattern = patterns.Get(pattern_text);
    size_t next = OffsetOfCodePoint(text, static_cast<size_t>(start) - 1);
    while (pattern.Search(text, next)) {
      if (--occurrence == 0) return static_cast<int32_t>(CountCodePoints(text.substr(0, pattern.Group(0).begin)) + 1);
      next = pattern.NextStart(text);
    }
    return -1;
  }
};

// A replacement's text, taken apart: literal runs, and the groups between them.
class Replacement {
 public:
  Replacement(std::string_view text, const RegexpPattern& pattern) {
    parts_.push_back({});
    for (size_t at = 0; at < text.size();) {
      const char c = text[at++];
      if (c == '$') {
        parts_.back().group = TakeGroup(text, at, pattern);
        parts_.push_back({});
      } else if (c == '\\') {
        if (at == text.size()) Refuse(text);
        parts_.back().literal += text[at++];
      } else {
        parts_.back().literal += c;
      }
    }
  }

  void Append(std::string_view text, const RegexpPattern& pattern, std::string& out) const {
    for (const Part& part : parts_) {
      out += part.literal;
      if (part.group >= 0) out += GroupText(pattern, text, part.group).value_or("");
    }
  }

 private:
  struct Part {
    std::string literal;
    int group = -1;  // behind the literal; -1 is none
  };

  [[noreturn]] static void Refuse(std::string_view text) {
    ThrowInvalidArgument("Illegal replacement sequence: {}", text);
  }

  static int TakeGroup(std::string_view text, size_t& at, const RegexpPattern& pattern) {
    if (at == text.size()) Refuse(text);
    if (text[at] == '{') return TakeName(text, at, pattern);
    int group = text[at] - '0';
    if (group < 0 || group > 9) Refuse(text);
    if (group > pattern.GroupCount()) ThrowInvalidArgument("Illegal replacement sequence: unknown group {}", group);
    // $12 is group 12 where there are so many, else group 1 and the text "2".
    for (at++; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++) {
      const int longer = group * 10 + (text[at] - '0');
      if (longer > pattern.GroupCount()) break;
      group = longer;
    }
    return group;
  }

  static int TakeName(std::string_view text, size_t& at, const RegexpPattern& pattern) {
    const size_t end = std::min(text.find('}', at), text.size());
    const std::string_view name = text.substr(at + 1, end - at - 1);
    const int group = pattern.GroupNamed(name);
    if (group < 0) ThrowInvalidArgument("Illegal replacement sequence: unknown group {{ {} }}", name);
    at = std::min(end + 1, text.size());
    return group;
  }

  std::vector<Part> parts_;
};

struct Replace {
  PatternCache patterns;
  std::string out;
  std::string_view operator()(std::string_view text, std::string_view pattern_text, std::string_view replacement_text) {
    RegexpPattern& pattern = patterns.Get(pattern_text);
    std::optional<Replacement> replacement;  // read at the first match: without one, Trino does not look at it
    size_t begin = 0;
    out.clear();
    ForEachMatch(pattern, text, [&] {
      if (!replacement) replacement.emplace(replacement_text, pattern);
      const auto match = pattern.Group(0);
      out += text.substr(begin, match.begin - begin);
      replacement->Append(text, pattern, out);
      begin = match.end;
    });
    if (begin == 0 && out.empty()) return text;
    out += text.substr(begin);
    return out;
  }
};

// regexp_replace with a lambda is three steps: the groups of each match, the engine's own list_transform over them,
// and Weave, which puts the results where the matches were (a NULL result is nothing).
struct Groups {
  PatternCache patterns;
  std::vector<std::vector<OptionalText>> operator()(std::string_view text, std::string_view pattern_text) {
    RegexpPattern& pattern = patterns.Get(pattern_text);
    std::vector<std::vector<OptionalText>> matches;
    ForEachMatch(pattern, text, [&] {
      auto& groups = matches.emplace_back();
      for (int i = 1; i <= pattern.GroupCount(); i++) groups.push_back(GroupText(pattern, text, i));
    });
    return matches;
  }
};

struct Weave {
  PatternCache patterns;
  std::string out;
  std::string_view operator()(std::string_view text, std::string_view pattern_text,
                              const std::vector<OptionalText>& replacements) {
    RegexpPattern& pattern = patterns.Get(pattern_text);
    size_t begin = 0;
    size_t index = 0;
    out.clear();
    ForEachMatch(pattern, text, [&] {
      const auto match = pattern.Group(0);
      out += text.substr(begin, match.begin - begin);
      if (index < replacements.size()) out += replacements[index].value_or("");
      index++;
      begin = match.end;
    });
    out += text.substr(begin);
    return out;
  }
};

// A constant pattern that compiles can only fail by backtracking without end, which is no reason to hold the function
// back from dictionaries. A bad one is left to fail where a row is read: TRY has to see it.
duckdb::unique_ptr<duckdb::FunctionData> BindPattern(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  duckdb::Value pattern;
  if (!arguments[1]->IsFoldable() || !duckdb::ExpressionExecutor::TryEvaluateScalar(context, *arguments[1], pattern) ||
      pattern.IsNull()) {
    return nullptr;
  }
  try {
    const RegexpPattern compiled(duckdb::StringValue::Get(pattern));
    function.errors = duckdb::FunctionErrors::CANNOT_ERROR;
  } catch (const duckdb::InvalidInputException&) {
  }
  return nullptr;
}

}  // namespace

void RegisterRegexpFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_regexp_like", Like{}, Throws::kSometimes, BindPattern);
  RegisterScalar(database, "trino_regexp_extract", ExtractGroup{});
  RegisterScalar(database, "trino_regexp_extract_all", ExtractAllGroup{});
  RegisterScalar(database, "trino_regexp_split", Split{}, Throws::kSometimes, BindPattern);
  RegisterScalar(database, "trino_regexp_count", Count{}, Throws::kSometimes, BindPattern);
  RegisterScalar(database, "trino_regexp_position", Position{});
  RegisterScalar(database, "trino_regexp_replace", Replace{});
  RegisterScalar(database, "trino_regexp_groups", Groups{}, Throws::kSometimes, BindPattern);
  RegisterScalar(database, "trino_regexp_weave", Weave{}, Throws::kSometimes, BindPattern);
}

}  // namespace opentrail::engine
