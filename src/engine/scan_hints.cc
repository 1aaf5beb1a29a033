#include "engine/scan_hints.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <date/date.h>
#include <fmt/format.h>

#include "duckdb/common/types/timestamp.hpp"
#include "duckdb/planner/expression/bound_between_expression.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_columnref_expression.hpp"
#include "duckdb/planner/expression/bound_comparison_expression.hpp"
#include "duckdb/planner/expression/bound_conjunction_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"

namespace opentrail::engine {
namespace {

using duckdb::Expression;
using duckdb::ExpressionType;
using logs::Predicate;
using logs::PredicateKind;

// The packing of timestamp with time zone: milliseconds << 12 | zone.
constexpr int kZoneBits = 12;
constexpr int64_t kMillisPerSecond = 1000;
constexpr int64_t kMaxMillis = 1LL << 51;  // what a packed instant holds
// An ISO 8601 text may carry an offset of up to 14 hours, which a comparison of texts does not see.
constexpr int64_t kOffsetSlackMillis = 14LL * 3600 * kMillisPerSecond;
constexpr size_t kShortestNeedle = 3;  // less occurs everywhere

class HintFinder {
 public:
  HintFinder(const PlannedScan& scan, const std::vector<ScanColumn>& columns) : scan_(scan), columns_(columns) {}

  [[nodiscard]] std::vector<Predicate> Of(const Expression& filter) const;

 private:
  [[nodiscard]] std::vector<Predicate> OfConjunction(const duckdb::BoundConjunctionExpression& conjunction) const;
  [[nodiscard]] std::vector<Predicate> OfEither(const duckdb::BoundConjunctionExpression& either) const;
  [[nodiscard]] std::vector<Predicate> OfComparison(const Expression& left, ExpressionType comparison,
                                                    const Expression& right) const;
  [[nodiscard]] std::vector<Predicate> OfText(const ScanColumn& column, ExpressionType comparison,
                                              std::string text) const;
  [[nodiscard]] std::vector<Predicate> OfInstant(const Expression& left, ExpressionType comparison,
                                                 const duckdb::Value& value) const;
  [[nodiscard]] static std::vector<Predicate> OfEventTime(const ScanColumn& column, ExpressionType comparison,
                                                          int64_t millis);
  [[nodiscard]] std::vector<Predicate> OfOperator(const duckdb::BoundOperatorExpression& operation) const;
  [[nodiscard]] static std::vector<Predicate> OfKeyList(const ScanColumn& key,
                                                        const duckdb::BoundOperatorExpression& in);
  [[nodiscard]] std::vector<Predicate> OfFunction(const duckdb::BoundFunctionExpression& function) const;

  // The scan's text column that the expression is; nullptr: it is something else.
  [[nodiscard]] const ScanColumn* TextColumn(const Expression& expression) const;
  // The partition key of whole numbers or dates that the expression is; nullptr: it is something else.
  [[nodiscard]] const ScanColumn* PartitionColumn(const Expression& expression) const;
  [[nodiscard]] static std::optional<std::string> PartitionText(const ScanColumn& column, const duckdb::Value& value);
  [[nodiscard]] const ScanColumn* ColumnOf(const Expression& expression) const;
  // The text column that json_extract_scalar takes the expression from; nullptr: it is something else.
  [[nodiscard]] const ScanColumn* ExtractedColumn(const Expression& expression) const;

  const PlannedScan& scan_;
  const std::vector<ScanColumn>& columns_;
};

constexpr std::string_view kPartitionField = "$partition.";

bool IsWholeNumber(const sql::Type& type) {
  return type.kind() >= sql::TypeKind::kTinyint && type.kind() <= sql::TypeKind::kBigint;
}

logs::ValueType ValueTypeOf(const ScanColumn& column) {
  if (IsWholeNumber(column.type)) return logs::ValueType::kNumber;
  return column.type.kind() == sql::TypeKind::kDate ? logs::ValueType::kDate : logs::ValueType::kText;
}

constexpr std::string_view kEventTime = "eventtime";

// The events' time in a log's table that has it as a timestamp.
bool IsEventTimestamp(const ScanColumn& column) {
  return column.kind == ScanColumnKind::kScalar && column.rules.dialect == TextDialect::kLogs &&
         column.type.kind() == sql::TypeKind::kTimestamp && column.fields[0] == kEventTime;
}

bool IsText(ScanColumnKind kind) { return kind == ScanColumnKind::kText || kind == ScanColumnKind::kPathDate; }

std::optional<std::string> ConstantText(const Expression& expression) {
  if (expression.GetExpressionType() != ExpressionType::VALUE_CONSTANT) return std::nullopt;
  const auto& value = expression.Cast<duckdb::BoundConstantExpression>().value;
  if (value.IsNull() || value.type().id() != duckdb::LogicalTypeId::VARCHAR) return std::nullopt;
  return duckdb::StringValue::Get(value);
}

const duckdb::BoundFunctionExpression* AsFunction(const Expression& expression) {
  return expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_FUNCTION
             ? &expression.Cast<duckdb::BoundFunctionExpression>()
             : nullptr;
}

template <size_t N>
bool IsOneOf(const std::string& name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

// The longest run of a LIKE pattern that must occur as it stands.
std::string LongestLiteral(std::string_view pattern, char escape) {
  std::string longest;
  std::string run;
  const auto close = [&] {
    if (run.size() > longest.size()) longest = run;
    run.clear();
  };
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (escape != '\0' && pattern[i] == escape && i + 1 < pattern.size()) {
      run.push_back(pattern[++i]);
    } else if (pattern[i] == '%' || pattern[i] == '_') {
      close();
    } else {
      run.push_back(pattern[i]);
    }
  }
  close();
  return longest;
}

Predicate Single(const ScanColumn& column, PredicateKind kind, std::string text) {
  return {column.fields[0], kind, {std::move(text)}, ValueTypeOf(column)};
}

std::vector<Predicate> Needle(const ScanColumn& column, PredicateKind kind, std::string text) {
  if (text.size() < kShortestNeedle) return {};
  return {Single(column, kind, std::move(text))};
}

// "2026-11-23T08:53:35": text order is time order within the years 0000 to 9999, which have four digits.
std::optional<std::string> InstantText(int64_t millis) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(
      date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(millis)));
  const auto day = std::chrono::floor<date::days>(seconds);
  const date::year_month_day civil(day);
  const int year = static_cast<int>(civil.year());
  if (year < 0 || year > 9999) return std::nullopt;
  const date::hh_mm_ss time(seconds - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, static_cast<unsigned>(civil.month()),
                     static_cast<unsigned>(civil.day()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::vector<Predicate> HintFinder::Of(const Expression& filter) const {
  switch (filter.GetExpressionClass()) {
    case duckdb::ExpressionClass::BOUND_CONJUNCTION: {
      const auto& conjunction = filter.Cast<duckdb::BoundConjunctionExpression>();
      return filter.GetExpressionType() == ExpressionType::CONJUNCTION_AND ? OfConjunction(conjunction)
                                                                           : OfEither(conjunction);
    }
    case duckdb::ExpressionClass::BOUND_COMPARISON: {
      const auto& comparison = filter.Cast<duckdb::BoundComparisonExpression>();
      return OfComparison(*comparison.left, filter.GetExpressionType(), *comparison.right);
    }
    case duckdb::ExpressionClass::BOUND_BETWEEN: {
      const auto& between = filter.Cast<duckdb::BoundBetweenExpression>();
      auto hints = OfComparison(*between.input, between.LowerComparisonType(), *between.lower);
      std::ranges::move(OfComparison(*between.input, between.UpperComparisonType(), *between.upper),
                        std::back_inserter(hints));
      return hints;
    }
    case duckdb::ExpressionClass::BOUND_OPERATOR: return OfOperator(filter.Cast<duckdb::BoundOperatorExpression>());
    case duckdb::ExpressionClass::BOUND_FUNCTION: return OfFunction(filter.Cast<duckdb::BoundFunctionExpression>());
    default: return {};
  }
}

std::vector<Predicate> HintFinder::OfConjunction(const duckdb::BoundConjunctionExpression& conjunction) const {
  std::vector<Predicate> hints;
  for (const auto& child : conjunction.children) std::ranges::move(Of(*child), std::back_inserter(hints));
  return hints;
}

// A field that every branch sets equal to something is one of all those things.
std::vector<Predicate> HintFinder::OfEither(const duckdb::BoundConjunctionExpression& either) const {
  std::vector<Predicate> common;
  for (const auto& child : either.children) {
    auto branch = Of(*child);
    std::erase_if(branch, [](const Predicate& hint) { return hint.kind != PredicateKind::kEquals; });
    if (child == either.children.front()) {
      common = std::move(branch);
      continue;
    }
    std::erase_if(common, [&](Predicate& hint) {
      const auto same = std::ranges::find(branch, hint.field, &Predicate::field);
      if (same == branch.end()) return true;
      for (const std::string& value : same->values) {
        if (std::ranges::find(hint.values, value) == hint.values.end()) hint.values.push_back(value);
      }
      return false;
    });
  }
  return common;
}

const ScanColumn* HintFinder::ColumnOf(const Expression& expression) const {
  if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_COLUMN_REF) return nullptr;
  const auto& reference = expression.Cast<duckdb::BoundColumnRefExpression>();
  if (reference.depth != 0 || reference.binding.table_index != scan_.table_index) return nullptr;
  if (reference.binding.column_index >= scan_.column_ids.size()) return nullptr;
  const auto index = scan_.column_ids[reference.binding.column_index];
  return index < columns_.size() ? &columns_[index] : nullptr;
}

const ScanColumn* HintFinder::TextColumn(const Expression& expression) const {
  const ScanColumn* column = ColumnOf(expression);
  return column != nullptr && IsText(column->kind) ? column : nullptr;
}

const ScanColumn* HintFinder::PartitionColumn(const Expression& expression) const {
  const Expression* inner = &expression;
  while (inner->GetExpressionClass() == duckdb::ExpressionClass::BOUND_CAST &&
         inner->return_type.IsIntegral()) {  // to a wider type: the value stays
    inner = inner->Cast<duckdb::BoundCastExpression>().child.get();
  }
  const ScanColumn* column = ColumnOf(*inner);
  const bool is_key =
      column != nullptr && column->kind == ScanColumnKind::kScalar && column->fields[0].starts_with(kPartitionField);
  if (!is_key || (inner != &expression && !inner->return_type.IsIntegral())) return nullptr;
  return IsWholeNumber(column->type) || column->type.kind() == sql::TypeKind::kDate ? column : nullptr;
}

// A constant as a partition's name has it; nullopt: it is no value of the column's type.
std::optional<std::string> HintFinder::PartitionText(const ScanColumn& column, const duckdb::Value& value) {
  const bool is_of_type =
      IsWholeNumber(column.type) ? value.type().IsIntegral() : value.type().id() == duckdb::LogicalTypeId::DATE;
  return !value.IsNull() && is_of_type ? std::optional(value.ToString()) : std::nullopt;
}

const ScanColumn* HintFinder::ExtractedColumn(const Expression& expression) const {
  const auto* function = AsFunction(expression);
  if (function == nullptr || function->function.name != "trino_json_extract_scalar") return nullptr;
  const ScanColumn* column = TextColumn(*function->children[0]);
  return column != nullptr && column->kind == ScanColumnKind::kText ? column : nullptr;
}

std::vector<Predicate> HintFinder::OfComparison(const Expression& left, ExpressionType comparison,
                                                const Expression& right) const {
  if (left.GetExpressionType() == ExpressionType::VALUE_CONSTANT) {
    if (right.GetExpressionType() == ExpressionType::VALUE_CONSTANT) return {};
    return OfComparison(right, duckdb::FlipComparisonExpression(comparison), left);
  }
  if (right.GetExpressionType() != ExpressionType::VALUE_CONSTANT) return {};
  const auto& value = right.Cast<duckdb::BoundConstantExpression>().value;
  if (value.IsNull()) return {};
  if (const ScanColumn* key = PartitionColumn(left)) {
    auto value_text = PartitionText(*key, value);
    return value_text ? OfText(*key, comparison, *std::move(value_text)) : std::vector<Predicate>{};
  }
  const auto text = ConstantText(right);
  if (const ScanColumn* column = TextColumn(left); column != nullptr && text) return OfText(*column, comparison, *text);
  if (const ScanColumn* column = ExtractedColumn(left); column != nullptr && text) {
    return comparison == ExpressionType::COMPARE_EQUAL ? Needle(*column, PredicateKind::kMentions, *text)
                                                       : std::vector<Predicate>{};
  }
  if (const ScanColumn* column = ColumnOf(left); column != nullptr && IsEventTimestamp(*column)) {
    if (value.type().id() != duckdb::LogicalTypeId::TIMESTAMP) return {};
    const int64_t millis = duckdb::Timestamp::GetEpochMs(value.GetValue<duckdb::timestamp_t>());
    return std::abs(millis) > kMaxMillis ? std::vector<Predicate>{} : OfEventTime(*column, comparison, millis);
  }
  const auto* function = AsFunction(left);
  if (function == nullptr || function->children.empty()) return {};
  constexpr std::array<std::string_view, 4> kPositions = {"strpos", "instr", "position", "trino_strpos"};
  if (IsOneOf(function->function.name, kPositions) && function->children.size() == 2) {
    const ScanColumn* column = TextColumn(*function->children[0]);
    const auto needle = ConstantText(*function->children[1]);
    const bool found = (comparison == ExpressionType::COMPARE_GREATERTHAN && value == duckdb::Value::BIGINT(0)) ||
                       (comparison == ExpressionType::COMPARE_NOTEQUAL && value == duckdb::Value::BIGINT(0));
    return column != nullptr && needle && found ? Needle(*column, PredicateKind::kContains, *needle)
                                                : std::vector<Predicate>{};
  }
  return OfInstant(left, comparison, value);
}

std::vector<Predicate> HintFinder::OfText(const ScanColumn& column, ExpressionType comparison, std::string text) const {
  if (column.kind == ScanColumnKind::kPathDate) {  // only equality says something of each part
    std::vector<Predicate> hints;
    if (comparison != ExpressionType::COMPARE_EQUAL) return {};
    for (const std::string& field : column.fields) {
      const size_t end = std::min(text.find(column.separator), text.size());
      hints.push_back({field, PredicateKind::kEquals, {text.substr(0, end)}, {}});
      text.erase(0, end + 1);
    }
    return hints;
  }
  const auto bound = [&](PredicateKind kind, ExpressionType exclusive) {
    Predicate hint = Single(column, kind, std::move(text));
    hint.exclusive = comparison == exclusive && column.fields[0].starts_with(kPartitionField);
    return std::vector<Predicate>{std::move(hint)};
  };
  switch (comparison) {
    case ExpressionType::COMPARE_EQUAL: return {Single(column, PredicateKind::kEquals, std::move(text))};
    case ExpressionType::COMPARE_GREATERTHAN:
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return bound(PredicateKind::kAtLeast, ExpressionType::COMPARE_GREATERTHAN);
    case ExpressionType::COMPARE_LESSTHAN:
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return bound(PredicateKind::kAtMost, ExpressionType::COMPARE_LESSTHAN);
    default: return {};
  }
}

// from_iso8601_timestamp(eventtime) >> 12 compared with epoch milliseconds.
std::vector<Predicate> HintFinder::OfInstant(const Expression& left, ExpressionType comparison,
                                             const duckdb::Value& value) const {
  if (value.type().id() != duckdb::LogicalTypeId::BIGINT) return {};
  constexpr std::array<std::string_view, 2> kShifts = {">>", "right_shift"};
  constexpr std::array<std::string_view, 2> kInstants = {"trino_from_iso8601_timestamp",
                                                         "trino_from_iso8601_timestamp_nanos"};
  const auto* function = AsFunction(left);
  int64_t millis = duckdb::BigIntValue::Get(value);
  if (function != nullptr && IsOneOf(function->function.name, kShifts)) {
    function = AsFunction(*function->children[0]);
  } else {
    millis >>= kZoneBits;
  }
  if (function == nullptr || !IsOneOf(function->function.name, kInstants) || std::abs(millis) > kMaxMillis) return {};
  const ScanColumn* column = TextColumn(*function->children[0]);
  if (column == nullptr || column->name != kEventTime) return {};
  return OfEventTime(*column, comparison, millis);
}

// An event's time, as text or as a timestamp, compared with epoch milliseconds.
std::vector<Predicate> HintFinder::OfEventTime(const ScanColumn& column, ExpressionType comparison, int64_t millis) {
  std::vector<Predicate> hints;
  const bool equal = comparison == ExpressionType::COMPARE_EQUAL;
  if (equal || comparison == ExpressionType::COMPARE_GREATERTHAN ||
      comparison == ExpressionType::COMPARE_GREATERTHANOREQUALTO) {
    const auto text = InstantText(millis - kOffsetSlackMillis);
    if (text) hints.push_back(Single(column, PredicateKind::kAtLeast, *text));
  }
  if (equal || comparison == ExpressionType::COMPARE_LESSTHAN ||
      comparison == ExpressionType::COMPARE_LESSTHANOREQUALTO) {
    const auto text = InstantText(millis + kOffsetSlackMillis + kMillisPerSecond);
    if (text) hints.push_back(Single(column, PredicateKind::kAtMost, *text));
  }
  return hints;
}

std::vector<Predicate> HintFinder::OfOperator(const duckdb::BoundOperatorExpression& operation) const {
  if (operation.children.empty()) return {};
  if (const ScanColumn* key = PartitionColumn(*operation.children[0])) return OfKeyList(*key, operation);
  const ScanColumn* extracted = ExtractedColumn(*operation.children[0]);
  const ScanColumn* column = extracted != nullptr ? extracted : TextColumn(*operation.children[0]);
  if (column == nullptr || column->kind != ScanColumnKind::kText) return {};
  if (operation.GetExpressionType() == ExpressionType::OPERATOR_IS_NOT_NULL) {
    return {{column->fields[0], PredicateKind::kIsNotNull, {}, {}}};
  }
  if (operation.GetExpressionType() != ExpressionType::COMPARE_IN) return {};
  Predicate hint{column->fields[0], extracted != nullptr ? PredicateKind::kMentions : PredicateKind::kEquals, {}, {}};
  for (size_t i = 1; i < operation.children.size(); ++i) {
    auto text = ConstantText(*operation.children[i]);
    if (!text || (extracted != nullptr && text->size() < kShortestNeedle)) return {};
    hint.values.push_back(std::move(*text));
  }
  return {std::move(hint)};
}

// key IN (1, 2)
std::vector<Predicate> HintFinder::OfKeyList(const ScanColumn& key, const duckdb::BoundOperatorExpression& in) {
  if (in.GetExpressionType() != ExpressionType::COMPARE_IN) return {};
  Predicate hint{key.fields[0], PredicateKind::kEquals, {}, ValueTypeOf(key)};
  for (size_t i = 1; i < in.children.size(); ++i) {
    if (in.children[i]->GetExpressionType() != ExpressionType::VALUE_CONSTANT) return {};
    auto text = PartitionText(key, in.children[i]->Cast<duckdb::BoundConstantExpression>().value);
    if (!text) return {};
    hint.values.push_back(*std::move(text));
  }
  return {std::move(hint)};
}

std::vector<Predicate> HintFinder::OfFunction(const duckdb::BoundFunctionExpression& function) const {
  constexpr std::array<std::string_view, 5> kNeedles = {"contains", "prefix", "suffix", "starts_with",
                                                        "trino_starts_with"};
  constexpr std::array<std::string_view, 3> kPatterns = {"~~", "like_escape", "trino_like"};
  if (function.children.size() < 2 || function.children.size() > 3) return {};
  const ScanColumn* extracted = ExtractedColumn(*function.children[0]);
  const ScanColumn* column = extracted != nullptr ? extracted : TextColumn(*function.children[0]);
  const auto text = ConstantText(*function.children[1]);
  if (column == nullptr || column->kind != ScanColumnKind::kText || !text) return {};
  const PredicateKind kind = extracted != nullptr ? PredicateKind::kMentions : PredicateKind::kContains;
  if (IsOneOf(function.function.name, kNeedles)) return Needle(*column, kind, *text);
  if (!IsOneOf(function.function.name, kPatterns)) return {};
  char escape = '\0';
  if (function.children.size() == 3) {
    const auto given = ConstantText(*function.children[2]);
    if (!given || given->size() > 1) return {};
    escape = given->empty() ? '\0' : given->front();
  }
  return Needle(*column, kind, LongestLiteral(*text, escape));
}

}  // namespace

std::vector<Predicate> HintsOf(const duckdb::vector<duckdb::unique_ptr<Expression>>& filters, const PlannedScan& scan,
                               const std::vector<ScanColumn>& columns) {
  const HintFinder finder(scan, columns);
  std::vector<Predicate> hints;
  for (const auto& filter : filters) std::ranges::move(finder.Of(*filter), std::back_inserter(hints));
  return hints;
}

}  // namespace opentrail::engine
