#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/functions/json_item.h"

// The path language of SQL/JSON (ISO/IEC 9075-2, as Trino speaks it): lax and strict mode; $ @ last and named
// variables; .key ."key" .* ..key [n] [last] [n to m] [a, b] [*]; filters ? (…) with comparisons, && || !, exists,
// starts with, is unknown; the methods type size double ceiling floor abs keyvalue; arithmetic and literals.
namespace opentrail::engine {

inline constexpr size_t kMaxSqlPathItems = 100'000;
inline constexpr int kMaxSqlPathDepth = 200;

enum class PathNodeKind : uint8_t {
  kRoot,        // $
  kCurrent,     // @
  kLast,        // last
  kVariable,    // $text
  kLiteral,     // literal
  kMember,      // children[0].text
  kAllMembers,  // children[0].*
  kDescendant,  // children[0]..text
  kElements,    // children[0][children[1] to children[2], …]
  kAllElements,
  kFilter,  // children[0] ? (children[1])
  kMethod,  // children[0].text()
  kNegate,
  kPlus,  // a sign
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulus,
  // predicates
  kAnd,
  kOr,
  kNot,
  kExists,
  kIsUnknown,
  kStartsWith,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

struct PathNode {
  PathNodeKind kind = PathNodeKind::kRoot;
  std::string text;
  JsonItem literal;
  std::vector<std::unique_ptr<PathNode>> children;
};

// A path, parsed. Immutable; thread-safe.
class SqlJsonPath {
 public:
  // Throws INVALID_PATH, or NOT_SUPPORTED for what neither Trino has: like_regex and datetime().
  explicit SqlJsonPath(std::string_view text);

  // The items that the path selects from well-formed JSON, in order; an error's text where it fails.
  struct Selection {
    std::vector<JsonItem> items;
    std::string error;
    std::list<std::string> made;  // the texts of containers that the path itself made: items may point there
  };
  using Variables = std::vector<std::pair<std::string, JsonItem>>;
  [[nodiscard]] Selection Select(const JsonItem& root, const Variables& variables) const;

 private:
  bool strict_ = false;
  std::shared_ptr<const PathNode> root_;  // never changes: copies of a path share it
};

}  // namespace opentrail::engine
