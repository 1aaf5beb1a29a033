#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/operators_internal.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// OVER: named windows, partitions, order and frames.
namespace opentrail::sql {

namespace {

constexpr int kMaxWindowBases = 32;  // windows that extend one another

std::string_view UnitName(FrameUnit unit) {
  switch (unit) {
    case FrameUnit::kRows: return "ROWS";
    case FrameUnit::kRange: return "RANGE";
    case FrameUnit::kGroups: return "GROUPS";
  }
  return "";
}

Result<const WindowSpecification*> FindWindow(const Identifier& name, const std::vector<NamedWindow>* windows) {
  for (size_t i = 0; windows != nullptr && i < windows->size(); ++i) {
    if (LowerCase((*windows)[i].name.text) == LowerCase(name.text)) return &(*windows)[i].window;
  }
  return std::unexpected(Error{ErrorCode::kInvalidWindowReference, name.position,
                               fmt::format("Cannot resolve WINDOW name {}", name.text)});
}

// What a window that extends another one may say itself.
Result<void> CheckExtension(const WindowSpecification& window, const std::vector<NamedWindow>* windows) {
  if (!window.base) return {};
  const WindowSpecification* const base = SQL_TRY(FindWindow(*window.base, windows));
  if (!window.partition_by.empty()) {
    return std::unexpected(Error{ErrorCode::kInvalidPartitionBy, window.partition_by[0]->position,
                                 "WINDOW specification with named WINDOW reference cannot specify PARTITION BY"});
  }
  if (!window.order_by.empty() && !base->order_by.empty()) {
    return std::unexpected(Error{ErrorCode::kInvalidOrderBy, window.order_position,
                                 "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY"});
  }
  if (base->frame) {
    return std::unexpected(Error{ErrorCode::kInvalidWindowReference, window.base->position,
                                 "Cannot reference named WINDOW containing frame specification"});
  }
  return {};
}

// Where a frame begins and ends the wrong way round.
std::string_view FrameFault(const WindowFrame& frame) {
  const FrameBoundKind start = frame.start.kind;
  const FrameBoundKind end = frame.end ? frame.end->kind : FrameBoundKind::kCurrentRow;
  if (start == FrameBoundKind::kUnboundedFollowing) return "Window frame start cannot be UNBOUNDED FOLLOWING";
  if (end == FrameBoundKind::kUnboundedPreceding) return "Window frame end cannot be UNBOUNDED PRECEDING";
  if (start == FrameBoundKind::kCurrentRow && end == FrameBoundKind::kPreceding) {
    return "Window frame starting from CURRENT ROW cannot end with PRECEDING";
  }
  if (start == FrameBoundKind::kFollowing && end == FrameBoundKind::kPreceding) {
    return "Window frame starting from FOLLOWING cannot end with PRECEDING";
  }
  if (start == FrameBoundKind::kFollowing && end == FrameBoundKind::kCurrentRow) {
    return "Window frame starting from FOLLOWING cannot end with CURRENT ROW";
  }
  return {};
}

// A RANGE frame with a distance sorts by the one thing that it measures.
Result<void> CheckRangeOrder(const WindowSpecification& window, const std::vector<SortItem>& order_by) {
  const WindowFrame& frame = *window.frame;
  if (frame.unit != FrameUnit::kRange || (!frame.start.value && !(frame.end && frame.end->value))) return {};
  if (order_by.empty()) {
    return std::unexpected(Error{ErrorCode::kMissingOrderBy, window.position,
                                 "Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY"});
  }
  if (order_by.size() == 1) return {};
  return std::unexpected(Error{ErrorCode::kInvalidOrderBy, window.order_position,
                               fmt::format("Window frame of type RANGE PRECEDING or FOLLOWING requires single sort "
                                           "item in ORDER BY (actual: {})",
                                           order_by.size())});
}

// How far a RANGE frame reaches, in the units of what the engine sorts by; nullopt where the two do not go together.
std::optional<std::string> RangeDistance(const TypedSql& value, const Type& order) {
  const TypeKind kind = order.kind();
  const bool plain_time = kind == TypeKind::kDate || kind == TypeKind::kTimestamp;
  if (value.type.kind() == TypeKind::kIntervalDayToSecond) {
    if (kind == TypeKind::kTimestampWithTimeZone) return value.sql;  // milliseconds, as its sort key
    if (plain_time) return fmt::format("to_milliseconds({})", value.sql);
    return std::nullopt;
  }
  if (value.type.kind() == TypeKind::kIntervalYearToMonth) {
    return plain_time ? std::optional(fmt::format("to_months({})", value.sql)) : std::nullopt;
  }
  const bool numeric = CanCoerce(order, Type(TypeKind::kDouble)) && order.kind() != TypeKind::kUnknown;
  if (!numeric || !CommonSuperType(value.type, order)) return std::nullopt;
  return value.sql;
}

// Whether two values of a kind can be a distance apart.
bool HasRanges(TypeKind kind) {
  switch (kind) {
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimeWithTimeZone:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampWithTimeZone: return true;
    default: return IsNumeric(kind) || IsInterval(kind);
  }
}

}  // namespace

Result<std::string> Resolver::WindowClause(const FunctionCall& node, const ExpressionContext& context,
                                           const Scope** violates) {
  const WindowSpecification* window = node.window ? &*node.window : nullptr;
  if (window == nullptr) window = SQL_TRY(FindWindow(*node.window_name, context.windows));
  return fmt::format(" OVER ({})", SQL_TRY(WindowText(*window, context, violates)));
}

Result<std::string> Resolver::WindowText(const WindowSpecification& window, const ExpressionContext& context,
                                         const Scope** violates) {
  const std::vector<ExpressionPointer>* partition_by = &window.partition_by;
  const std::vector<SortItem>* order_by = &window.order_by;
  const WindowSpecification* specification = &window;
  SQL_CHECK(CheckExtension(window, context.windows));
  for (int i = 0; specification->base; ++i) {
    if (i == kMaxWindowBases) {
      return std::unexpected(Error{ErrorCode::kInvalidWindowReference, specification->position,
                                   "Windows extend one another too often or in a circle"});
    }
    specification = SQL_TRY(FindWindow(*specification->base, context.windows));
    if (partition_by->empty()) partition_by = &specification->partition_by;
    if (order_by->empty()) order_by = &specification->order_by;
  }
  std::string text;
  for (const ExpressionPointer& expression : *partition_by) {
    const Resolved value = SQL_TRY(Resolve(*expression, context));
    if (!IsComparable(value.type)) {
      return std::unexpected(Error{ErrorCode::kTypeMismatch, expression->position,
                                   fmt::format("{} is not comparable, and therefore cannot be used in window function "
                                               "PARTITION BY",
                                               value.type.Name())});
    }
    if (*violates == nullptr) *violates = value.violates;
    text += (text.empty() ? "PARTITION BY " : ", ") + KeySql(value);
  }
  std::string order;
  for (const SortItem& item : *order_by) {
    const Resolved value = SQL_TRY(Resolve(*item.expression, context));
    if (!IsOrderable(value.type)) {
      return std::unexpected(Error{ErrorCode::kTypeMismatch, item.expression->position,
                                   fmt::format("{} is not orderable, and therefore cannot be used in window function "
                                               "ORDER BY",
                                               value.type.Name())});
    }
    if (*violates == nullptr) *violates = value.violates;
    order += (order.empty() ? "ORDER BY " : ", ") + KeySql(value) + SortSuffix(item);
  }
  if (window.frame && window.frame->unit == FrameUnit::kGroups && order.empty()) {
    return std::unexpected(Error{ErrorCode::kMissingOrderBy, window.position,
                                 "Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY"});
  }
  if (!order.empty()) text += (text.empty() ? "" : " ") + order;
  if (!window.frame) return text;
  if (const std::string_view fault = FrameFault(*window.frame); !fault.empty()) {
    return std::unexpected(Error{ErrorCode::kInvalidWindowFrame, window.frame->position, std::string(fault)});
  }
  SQL_CHECK(CheckRangeOrder(window, *order_by));
  const std::string frame = SQL_TRY(FrameText(*window.frame, *order_by, context, violates));
  return text.empty() ? frame : text + " " + frame;
}

Result<std::string> Resolver::FrameText(const WindowFrame& frame, const std::vector<SortItem>& order_by,
                                        const ExpressionContext& context, const Scope** violates) {
  std::optional<Type> order_type;
  if (frame.unit == FrameUnit::kRange && (frame.start.value || (frame.end && frame.end->value))) {
    order_type = SQL_TRY(Resolve(*order_by[0].expression, context)).type;
    if (!HasRanges(order_type->kind())) {
      return std::unexpected(Error{ErrorCode::kTypeMismatch, PointOf(*order_by[0].expression),
                                   fmt::format("Window frame of type RANGE PRECEDING or FOLLOWING requires that sort "
                                               "item type be numeric, datetime or interval (actual: {})",
                                               order_type->Name())});
    }
  }
  const Type* const type = order_type ? &*order_type : nullptr;
  const std::string_view unit = UnitName(frame.unit);
  const std::string start = SQL_TRY(FrameBoundText(frame.start, frame.unit, type, context, violates));
  if (!frame.end) return fmt::format("{} {}", unit, start);
  const std::string end = SQL_TRY(FrameBoundText(*frame.end, frame.unit, type, context, violates));
  return fmt::format("{} BETWEEN {} AND {}", unit, start, end);
}

Result<std::string> Resolver::FrameBoundText(const FrameBound& bound, FrameUnit unit, const Type* order_type,
                                             const ExpressionContext& context, const Scope** violates) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
    case FrameBoundKind::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
    case FrameBoundKind::kCurrentRow: return "CURRENT ROW";
    case FrameBoundKind::kPreceding:
    case FrameBoundKind::kFollowing: break;
  }
  const Resolved value = SQL_TRY(Resolve(*bound.value, context));
  if (*violates == nullptr) *violates = value.violates;
  const std::string_view direction = bound.kind == FrameBoundKind::kPreceding ? "PRECEDING" : "FOLLOWING";
  if (unit != FrameUnit::kRange) {
    const Type bigint(TypeKind::kBigint);
    if (value.type.kind() == TypeKind::kUnknown || !CanCoerce(value.type, bigint)) {
      return std::unexpected(Error{
          ErrorCode::kTypeMismatch, bound.value->position,
          fmt::format("Window frame {} {} value type must be exact numeric type with scale 0 (actual {})",
                      UnitName(unit), bound.kind == FrameBoundKind::kPreceding ? "start" : "end", value.type.Name())});
    }
    return fmt::format("trino_frame_offset({}) {}", CoerceTo(value, bigint), direction);
  }
  auto distance = RangeDistance(value, *order_type);
  if (!distance) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, bound.value->position,
                                 fmt::format("Window frame RANGE value type ({}) not compatible with sort item type "
                                             "({})",
                                             value.type.Name(), order_type->Name())});
  }
  if (value.type.kind() != TypeKind::kIntervalDayToSecond && value.type.kind() != TypeKind::kIntervalYearToMonth) {
    *distance = fmt::format("trino_range_offset({})", *distance);
  }
  return fmt::format("{} {}", *distance, direction);
}

}  // namespace opentrail::sql
