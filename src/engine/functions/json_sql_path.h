#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The path language of SQL/JSON, as far as JSON_VALUE, JSON_QUERY and JSON_EXISTS need it over logs: lax and strict
// mode, $ .key ."key" .* [n] [last] [last - n] [n to m] [a, b] [*]. Filters and methods are refused.
namespace opentrail::engine {

inline constexpr size_t kMaxSqlPathItems = 100'000;

class SqlJsonPath {
 public:
  // Throws INVALID_PATH, or NOT_SUPPORTED for what the language has and this does not.
  explicit SqlJsonPath(std::string_view text);

  // The raw texts of the items that the path selects, in order. An error's text where a strict path does not fit the
  // structure. The text must be well-formed JSON.
  struct Selection {
    std::vector<std::string_view> items;
    std::string error;
  };
  [[nodiscard]] Selection Select(std::string_view json) const;

 private:
  enum class StepKind : uint8_t { kMember, kAllMembers, kElements, kAllElements };
  struct Index {
    bool from_last = false;
    int64_t offset = 0;  // from the first element, or back from the last
  };
  struct Range {
    Index from;
    Index to;
  };
  struct Step {
    StepKind kind = StepKind::kMember;
    std::string key;
    std::vector<Range> ranges;
  };

  class Parser;

  void Apply(const Step& step, std::string_view item, Selection& selection) const;
  void ApplyToObject(const Step& step, std::string_view object, Selection& selection) const;
  void ApplyToArray(const Step& step, const std::vector<std::string_view>& elements, Selection& selection) const;

  bool strict_ = false;
  std::vector<Step> steps_;
};

}  // namespace opentrail::engine
