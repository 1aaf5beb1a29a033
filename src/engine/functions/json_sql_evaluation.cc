#include <cmath>
#include <limits>
#include <list>
#include <optional>

#include <fmt/format.h>

#include "engine/functions/json_sql_path.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/number_text.h"

// The path evaluator. What goes wrong on the way is an error of the whole path; inside a filter it makes the predicate
// unknown instead.
namespace opentrail::engine {
namespace {

using Kind = PathNodeKind;
using Items = std::vector<JsonItem>;
using Truth = std::optional<bool>;  // nullopt is unknown

// Leaves the evaluation of a path; never leaves this file.
struct PathFault {
  std::string message;
};

[[noreturn]] void Fail(std::string message) { throw PathFault{std::move(message)}; }

std::string_view TypeOf(const JsonItem& item) {
  if (std::holds_alternative<JsonNull>(item)) return "null";
  if (std::holds_alternative<bool>(item)) return "boolean";
  if (std::holds_alternative<std::string>(item)) return "string";
  if (IsObject(item)) return "object";
  return IsArray(item) ? "array" : "number";
}

bool IsNumber(const JsonItem& item) {
  return std::holds_alternative<int64_t>(item) || std::holds_alternative<double>(item);
}

double AsDouble(const JsonItem& number) {
  if (const auto* integer = std::get_if<int64_t>(&number)) return static_cast<double>(*integer);
  return std::get<double>(number);
}

// 1 where a is greater, -1 where it is less; nullopt where the two do not compare.
std::optional<int> Compare(const JsonItem& a, const JsonItem& b) {
  const auto order = [](const auto& left, const auto& right) { return left < right ? -1 : left > right ? 1 : 0; };
  if (const auto* left = std::get_if<int64_t>(&a)) {
    if (const auto* right = std::get_if<int64_t>(&b)) return order(*left, *right);
  }
  if (IsNumber(a) && IsNumber(b)) return order(AsDouble(a), AsDouble(b));
  const auto* left_text = std::get_if<std::string>(&a);
  const auto* right_text = std::get_if<std::string>(&b);
  if (left_text && right_text) return order(*left_text, *right_text);
  const auto* left_truth = std::get_if<bool>(&a);
  const auto* right_truth = std::get_if<bool>(&b);
  if (left_truth && right_truth) return order(*left_truth, *right_truth);
  return std::nullopt;
}

Truth Holds(Kind comparison, const JsonItem& a, const JsonItem& b) {
  const bool left_null = std::holds_alternative<JsonNull>(a);
  const bool right_null = std::holds_alternative<JsonNull>(b);
  if (left_null || right_null) {
    const bool both = left_null && right_null;
    if (comparison == Kind::kNotEqual) return !both;
    const bool equal =
        comparison == Kind::kEqual || comparison == Kind::kLessOrEqual || comparison == Kind::kGreaterOrEqual;
    return both && equal;
  }
  const auto order = Compare(a, b);
  if (!order) return std::nullopt;
  switch (comparison) {
    case Kind::kEqual: return *order == 0;
    case Kind::kNotEqual: return *order != 0;
    case Kind::kLess: return *order < 0;
    case Kind::kLessOrEqual: return *order <= 0;
    case Kind::kGreater: return *order > 0;
    default: return *order >= 0;
  }
}

JsonItem Arithmetic(Kind operation, const JsonItem& a, const JsonItem& b) {
  const auto* left = std::get_if<int64_t>(&a);
  const auto* right = std::get_if<int64_t>(&b);
  if (!left || !right) {
    switch (operation) {
      case Kind::kAdd: return AsDouble(a) + AsDouble(b);
      case Kind::kSubtract: return AsDouble(a) - AsDouble(b);
      case Kind::kMultiply: return AsDouble(a) * AsDouble(b);
      case Kind::kDivide: return AsDouble(a) / AsDouble(b);
      default: return std::fmod(AsDouble(a), AsDouble(b));
    }
  }
  int64_t result = 0;
  bool overflow = false;
  switch (operation) {
    case Kind::kAdd: overflow = __builtin_add_overflow(*left, *right, &result); break;
    case Kind::kSubtract: overflow = __builtin_sub_overflow(*left, *right, &result); break;
    case Kind::kMultiply: overflow = __builtin_mul_overflow(*left, *right, &result); break;
    default:
      if (*right == 0) Fail("Division by zero");
      overflow = *left == std::numeric_limits<int64_t>::min() && *right == -1;
      if (!overflow) result = operation == Kind::kDivide ? *left / *right : *left % *right;
  }
  if (overflow) Fail("bigint overflow");
  return result;
}

class Evaluator {
 public:
  Evaluator(bool strict, const JsonItem& root, const SqlJsonPath::Variables& variables, std::list<std::string>& made)
      : strict_(strict), root_(root), variables_(variables), made_(made) {}

  Items Evaluate(const PathNode& node) {
    Items items = EvaluateNode(node);
    if (items.size() > kMaxSqlPathItems) Fail(fmt::format("more than {} items", kMaxSqlPathItems));
    return items;
  }

 private:
  Items EvaluateNode(const PathNode& node) {
    switch (node.kind) {
      case Kind::kRoot: return {root_};
      case Kind::kCurrent: return {*current_};
      case Kind::kLast: return {last_};
      case Kind::kVariable: return {Variable(node.text)};
      case Kind::kLiteral: return {node.literal};
      case Kind::kMember:
      case Kind::kAllMembers: return Members(node);
      case Kind::kDescendant: {
        Items found;
        for (const JsonItem& item : Evaluate(*node.children[0])) Descend(item, node.text, found);
        return found;
      }
      case Kind::kElements:
      case Kind::kAllElements: return Elements(node);
      case Kind::kFilter: return Filtered(node);
      case Kind::kMethod: return Method(node);
      case Kind::kNegate:
      case Kind::kPlus: return Signed(node);
      case Kind::kAdd:
      case Kind::kSubtract:
      case Kind::kMultiply:
      case Kind::kDivide:
      case Kind::kModulus: return {Arithmetic(node.kind, Operand(*node.children[0]), Operand(*node.children[1]))};
      default: Fail("a predicate is no value");
    }
  }

  const JsonItem& Variable(const std::string& name) const {
    for (const auto& [known, value] : variables_) {
      if (known == name) return value;
    }
    Fail(fmt::format("no value passed for parameter {}", name));
  }

  // In lax mode an array stands for its elements.
  [[nodiscard]] Items Unwrapped(Items items) const {
    if (strict_) return items;
    Items flat;
    for (JsonItem& item : items) {
      if (!IsArray(item)) {
        flat.push_back(std::move(item));
        continue;
      }
      for (JsonItem& element : ElementsOf(item)) flat.push_back(std::move(element));
    }
    return flat;
  }

  Items Members(const PathNode& node) {
    Items found;
    for (const JsonItem& item : Unwrapped(Evaluate(*node.children[0]))) {
      if (!IsObject(item)) {
        if (strict_) Fail(fmt::format("invalid item type. Expected: OBJECT, actual: {}", TypeOf(item)));
        continue;
      }
      bool any = false;
      for (JsonField& field : FieldsOf(item)) {
        if (node.kind == Kind::kMember && field.key != node.text) continue;
        found.push_back(std::move(field.value));
        any = true;
        if (node.kind == Kind::kMember) break;
      }
      if (strict_ && node.kind == Kind::kMember && !any) {
        Fail(fmt::format("structural error: missing member '{}' in JSON object", node.text));
      }
    }
    return found;
  }

  void Descend(const JsonItem& item, const std::string& key, Items& found) {
    if (IsArray(item)) {
      for (const JsonItem& element : ElementsOf(item)) Descend(element, key, found);
    }
    if (!IsObject(item)) return;
    const std::vector<JsonField> fields = FieldsOf(item);
    for (const JsonField& field : fields) {
      if (field.key == key) found.push_back(field.value);
    }
    if (found.size() > kMaxSqlPathItems) Fail(fmt::format("more than {} items", kMaxSqlPathItems));
    for (const JsonField& field : fields) Descend(field.value, key, found);
  }

  Items Elements(const PathNode& node) {
    Items found;
    for (const JsonItem& item : Evaluate(*node.children[0])) {
      if (!IsArray(item) && strict_) {
        Fail(fmt::format("invalid item type. Expected: ARRAY, actual: {}", TypeOf(item)));
      }
      Items elements = IsArray(item) ? ElementsOf(item) : Items{item};
      if (node.kind == Kind::kAllElements) {
        found.insert(found.end(), elements.begin(), elements.end());
      } else {
        TakeRanges(node, elements, found);
      }
    }
    return found;
  }

  void TakeRanges(const PathNode& node, const Items& elements, Items& found) {
    const int64_t outer_last = last_;
    const auto size = static_cast<int64_t>(elements.size());
    for (size_t i = 1; i < node.children.size(); i += 2) {
      last_ = size - 1;
      const int64_t from = Index(*node.children[i]);
      const int64_t to = node.children[i + 1] ? Index(*node.children[i + 1]) : from;
      if (strict_ && (from < 0 || to >= size || from > to)) {
        Fail(fmt::format("structural error: invalid array subscript: [{}, {}] for array of size {}", from, to, size));
      }
      for (int64_t at = std::max<int64_t>(from, 0); at <= std::min(to, size - 1); ++at) {
        found.push_back(elements[static_cast<size_t>(at)]);
      }
    }
    last_ = outer_last;
  }

  int64_t Index(const PathNode& node) {
    const JsonItem item = Operand(node);
    if (const auto* integer = std::get_if<int64_t>(&item)) return *integer;
    return static_cast<int64_t>(std::trunc(AsDouble(item)));
  }

  Items Filtered(const PathNode& node) {
    Items kept;
    for (JsonItem& item : Unwrapped(Evaluate(*node.children[0]))) {
      const JsonItem* const outer = current_;
      current_ = &item;
      const Truth truth = Judge(*node.children[1]);
      current_ = outer;
      if (truth == true) kept.push_back(std::move(item));
    }
    return kept;
  }

  Items Method(const PathNode& node) {
    const std::string& name = node.text;
    Items items = Evaluate(*node.children[0]);
    if (name != "size" && name != "type") items = Unwrapped(std::move(items));
    Items results;
    for (const JsonItem& item : items) {
      if (name == "type") {
        results.emplace_back(std::string(TypeOf(item)));
      } else if (name == "size") {
        results.emplace_back(SizeOf(item));
      } else if (name == "double") {
        results.emplace_back(DoubleOf(item));
      } else if (name == "keyvalue") {
        KeyValues(item, results);
      } else {
        results.push_back(Rounded(name, item));
      }
    }
    return results;
  }

  [[nodiscard]] int64_t SizeOf(const JsonItem& item) const {
    if (IsArray(item)) return static_cast<int64_t>(ElementsOf(item).size());
    if (strict_) Fail(fmt::format("invalid item type. Expected: ARRAY, actual: {}", TypeOf(item)));
    return 1;
  }

  static double DoubleOf(const JsonItem& item) {
    if (IsNumber(item)) return AsDouble(item);
    const auto* text = std::get_if<std::string>(&item);
    const auto number = text ? ParseJavaDouble(*text) : std::nullopt;
    if (!number) Fail(fmt::format("invalid item type. Expected: NUMBER or TEXT, actual: {}", TypeOf(item)));
    return *number;
  }

  static JsonItem Rounded(const std::string& name, const JsonItem& item) {
    if (!IsNumber(item)) Fail(fmt::format("invalid item type. Expected: NUMBER, actual: {}", TypeOf(item)));
    if (const auto* integer = std::get_if<int64_t>(&item)) {
      if (name != "abs" || *integer >= 0) return *integer;
      return Arithmetic(Kind::kSubtract, int64_t{0}, item);
    }
    const double value = AsDouble(item);
    if (name == "abs") return std::abs(value);
    return name == "ceiling" ? std::ceil(value) : std::floor(value);
  }

  void KeyValues(const JsonItem& item, Items& results) {
    if (!IsObject(item)) Fail(fmt::format("invalid item type. Expected: OBJECT, actual: {}", TypeOf(item)));
    const int64_t id = object_ids_++;
    for (const JsonField& field : FieldsOf(item)) {
      std::string text = "{\"name\":";
      AppendJsonQuoted(field.key, text);
      text += ",\"value\":";
      AppendItem(field.value, text);
      text += fmt::format(",\"id\":{}}}", id);
      results.emplace_back(JsonContainer{made_.emplace_back(std::move(text))});
    }
  }

  Items Signed(const PathNode& node) {
    Items results;
    for (const JsonItem& item : Unwrapped(Evaluate(*node.children[0]))) {
      if (!IsNumber(item)) Fail(fmt::format("invalid item type. Expected: NUMBER, actual: {}", TypeOf(item)));
      if (node.kind == Kind::kPlus) {
        results.push_back(item);
      } else if (std::holds_alternative<int64_t>(item)) {
        results.push_back(Arithmetic(Kind::kSubtract, int64_t{0}, item));
      } else {
        results.emplace_back(-AsDouble(item));
      }
    }
    return results;
  }

  JsonItem Operand(const PathNode& node) {
    Items items = Unwrapped(Evaluate(node));
    if (items.size() != 1) Fail("arithmetic binary expression requires singleton operands");
    if (!IsNumber(items[0])) Fail(fmt::format("invalid item type. Expected: NUMBER, actual: {}", TypeOf(items[0])));
    return std::move(items[0]);
  }

  Truth Judge(const PathNode& node) {
    switch (node.kind) {
      case Kind::kAnd: return Both(Judge(*node.children[0]), Judge(*node.children[1]));
      case Kind::kOr: return Negated(Both(Negated(Judge(*node.children[0])), Negated(Judge(*node.children[1]))));
      case Kind::kNot: return Negated(Judge(*node.children[0]));
      case Kind::kIsUnknown: return !Judge(*node.children[0]).has_value();
      case Kind::kExists: {
        const auto items = Attempt(*node.children[0]);
        return items ? Truth(!items->empty()) : std::nullopt;
      }
      case Kind::kStartsWith:
        return JudgePairs(node, [](const JsonItem& whole, const JsonItem& start) -> Truth {
          const auto* text = std::get_if<std::string>(&whole);
          const auto* prefix = std::get_if<std::string>(&start);
          return text && prefix ? Truth(text->starts_with(*prefix)) : std::nullopt;
        });
      default: return JudgePairs(node, [&](const JsonItem& a, const JsonItem& b) { return Holds(node.kind, a, b); });
    }
  }

  // The items, unwrapped; nullopt where they cannot be had.
  std::optional<Items> Attempt(const PathNode& node) {
    try {
      return Evaluate(node);
    } catch (const PathFault&) {
      return std::nullopt;
    }
  }

  // True where a pair of the two sides' items holds; unknown where one cannot be told.
  template <typename Judgement>
  Truth JudgePairs(const PathNode& node, Judgement judge) {
    const auto left = Attempt(*node.children[0]);
    const auto right = Attempt(*node.children[1]);
    if (!left || !right) return std::nullopt;
    const Items lefts = Unwrapped(*left);
    const Items rights = Unwrapped(*right);
    if (lefts.size() * rights.size() > kMaxSqlPathItems) return std::nullopt;
    Truth answer = false;
    for (const JsonItem& a : lefts) {
      for (const JsonItem& b : rights) {
        const Truth truth = judge(a, b);
        if (!truth) {
          if (!strict_ && answer == true) return true;
          return std::nullopt;
        }
        if (*truth) answer = true;
        if (!strict_ && *truth) return true;
      }
    }
    return answer;
  }

  static Truth Negated(Truth truth) { return truth ? Truth(!*truth) : std::nullopt; }
  static Truth Both(Truth a, Truth b) {
    if (a == false || b == false) return false;
    return a && b ? Truth(true) : std::nullopt;
  }

  bool strict_;
  const JsonItem& root_;
  const SqlJsonPath::Variables& variables_;
  std::list<std::string>& made_;
  const JsonItem* current_ = nullptr;
  int64_t last_ = -1;
  int64_t object_ids_ = 0;
};

}  // namespace

SqlJsonPath::Selection SqlJsonPath::Select(const JsonItem& root, const Variables& variables) const {
  Selection selection;
  try {
    selection.items = Evaluator(strict_, root, variables, selection.made).Evaluate(*root_);
  } catch (PathFault& fault) {
    selection.items.clear();
    selection.error = std::move(fault.message);
  }
  return selection;
}

}  // namespace opentrail::engine
