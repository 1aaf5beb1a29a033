#include <algorithm>

#include "sql/type.h"

// Trino's implicit coercions, as a chain of single steps: a base type knows the bases that it may be widened to.
namespace opentrail::sql {

namespace {

using MaybeType = std::optional<Type>;

constexpr uint32_t kMaxCharLength = 65536;

uint32_t IntegerDigits(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return 3;
    case TypeKind::kSmallint: return 5;
    case TypeKind::kInteger: return 10;
    default: return 19;
  }
}

int NumericRank(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return 1;
    case TypeKind::kSmallint: return 2;
    case TypeKind::kInteger: return 3;
    case TypeKind::kBigint: return 4;
    case TypeKind::kDecimal: return 5;
    case TypeKind::kReal: return 6;
    case TypeKind::kDouble: return 7;
    default: return 0;
  }
}

// `from` widened to the base `to`; nullopt where there is no such step.
MaybeType WidenToBase(const Type& from, TypeKind to) {
  const TypeKind kind = from.kind();
  if (NumericRank(kind) > 0 && NumericRank(to) > NumericRank(kind)) {
    return to == TypeKind::kDecimal ? Type::Decimal(IntegerDigits(kind), 0) : Type(to);
  }
  if (kind == TypeKind::kDate && to == TypeKind::kTimestamp) return Type::Timestamp(0);
  if (kind == TypeKind::kDate && to == TypeKind::kTimestampWithTimeZone) return Type::TimestampWithTimeZone(0);
  if (kind == TypeKind::kTimestamp && to == TypeKind::kTimestampWithTimeZone) {
    return Type::TimestampWithTimeZone(from.precision());
  }
  if (kind == TypeKind::kTime && to == TypeKind::kTimeWithTimeZone) return Type::TimeWithTimeZone(from.precision());
  if (kind == TypeKind::kP4HyperLogLog && to == TypeKind::kHyperLogLog) return Type(to);
  if (kind == TypeKind::kVarchar && to == TypeKind::kChar) return Type::Char(std::min(kMaxCharLength, from.length()));
  return std::nullopt;
}

Type CommonDecimal(const Type& a, const Type& b) {
  const uint32_t scale = std::max(a.scale(), b.scale());
  const uint32_t whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  return Type::Decimal(std::min(38U, whole + scale), scale);
}

std::vector<std::string> CommonFieldNames(const Type& a, const Type& b) {
  std::vector<std::string> names = a.field_names();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != b.field_names()[i]) names[i].clear();
  }
  return names;
}

MaybeType CommonNested(const Type& a, const Type& b) {
  if (a.arguments().size() != b.arguments().size()) return std::nullopt;
  std::vector<Type> arguments;
  for (size_t i = 0; i < a.arguments().size(); ++i) {
    MaybeType common = CommonSuperType(a.arguments()[i], b.arguments()[i]);
    if (!common) return std::nullopt;
    arguments.push_back(*std::move(common));
  }
  switch (a.kind()) {
    case TypeKind::kArray: return Type::Array(arguments[0]);
    case TypeKind::kMap: return Type::Map(arguments[0], arguments[1]);
    case TypeKind::kRow: return Type::Row(std::move(arguments), CommonFieldNames(a, b));
    default: return Type::Function(std::move(arguments));
  }
}

MaybeType CommonOfOneBase(const Type& a, const Type& b) {
  switch (a.kind()) {
    case TypeKind::kDecimal: return CommonDecimal(a, b);
    case TypeKind::kVarchar: return Type::Varchar(std::max(a.length(), b.length()));
    case TypeKind::kChar: return Type::Char(std::max(a.length(), b.length()));
    case TypeKind::kTime: return Type::Time(std::max(a.precision(), b.precision()));
    case TypeKind::kTimeWithTimeZone: return Type::TimeWithTimeZone(std::max(a.precision(), b.precision()));
    case TypeKind::kTimestamp: return Type::Timestamp(std::max(a.precision(), b.precision()));
    case TypeKind::kTimestampWithTimeZone: return Type::TimestampWithTimeZone(std::max(a.precision(), b.precision()));
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kRow:
    case TypeKind::kFunction: return CommonNested(a, b);
    default: return a == b ? MaybeType(a) : std::nullopt;
  }
}

bool CanCoerceArguments(const Type& from, const Type& to) {
  if (from.arguments().size() != to.arguments().size()) return false;
  for (size_t i = 0; i < from.arguments().size(); ++i) {
    if (!CanCoerce(from.arguments()[i], to.arguments()[i])) return false;
  }
  return true;
}

}  // namespace

bool CanCoerce(const Type& from, const Type& to) {
  if (from == to || from.kind() == TypeKind::kUnknown) return true;
  if (from.kind() == to.kind() && !from.arguments().empty()) return CanCoerceArguments(from, to);
  const MaybeType common = CommonSuperType(from, to);
  return common && *common == to;
}

std::optional<Type> CommonSuperType(const Type& a, const Type& b) {
  if (a.kind() == TypeKind::kUnknown) return b;
  if (b.kind() == TypeKind::kUnknown) return a;
  if (a.kind() == b.kind()) return CommonOfOneBase(a, b);
  if (const MaybeType widened = WidenToBase(a, b.kind())) return CommonOfOneBase(*widened, b);
  if (const MaybeType widened = WidenToBase(b, a.kind())) return CommonOfOneBase(a, *widened);
  return std::nullopt;
}

}  // namespace opentrail::sql
