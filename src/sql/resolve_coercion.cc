#include <optional>

#include "sql/engine_text.h"
#include "sql/operators_internal.h"
#include "sql/resolver.h"
#include "sql/try.h"

// CloudTrail Lake compares texts with what is none: eventTime > '2024-06-26 00:00:00', sessionCredentialFromConsole =
// true.
namespace opentrail::sql {
namespace {

bool IsText(TypeKind kind) { return kind == TypeKind::kVarchar || kind == TypeKind::kChar; }

bool IsReadFromText(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBoolean:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampWithTimeZone: return true;
    default: return IsNumeric(kind);
  }
}

// What the texts become; nullopt: the others are nothing that a text is compared with.
std::optional<Type> TargetType(const std::vector<Resolved>& values) {
  std::optional<Type> target;
  for (const Resolved& value : values) {
    const TypeKind kind = value.type.kind();
    if (IsText(kind) || kind == TypeKind::kUnknown) continue;
    if (!IsReadFromText(kind)) return std::nullopt;
    target = target ? CommonSuperType(*target, value.type) : value.type;
    if (!target) return std::nullopt;
  }
  if (target && IsInteger(target->kind()))
    return Type(TypeKind::kBigint);  // the text may hold more than a literal's type
  return target;
}

}  // namespace

Result<void> Resolver::CoerceTexts(std::vector<Resolved>& values, Position position) const {
  if (session_.dialect != Dialect::kLake) return {};
  const std::optional<Type> target = TargetType(values);
  if (!target) return {};
  for (Resolved& value : values) {
    if (!IsText(value.type.kind())) continue;
    value = From(SQL_TRY(ApplyCast(value, *target, CastMode::kCast, position)), value.violates);
  }
  return {};
}

}  // namespace opentrail::sql
