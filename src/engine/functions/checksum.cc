#include <bit>
#include <cstdint>
#include <string_view>

#include <xxhash.h>

#include "duckdb/common/types/value.hpp"
#include "duckdb/planner/expression.hpp"
#include "engine/functions/aggregate_state.h"
#include "engine/functions/collections.h"
#include "engine/functions/int128.h"
#include "engine/functions/scalar.h"
#include "sql/time_zone_key.h"
#include "sql/type.h"

// checksum(): the sum of the values' hashes, whatever their order, as Trino computes it.
namespace opentrail::engine {
namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Value;
using duckdb::Vector;
using sql::Type;
using sql::TypeKind;

constexpr uint64_t kPrime64 = 0x9E3779B185EBCA87;

uint64_t HashOf(uint64_t bits) { return XXH64(&bits, sizeof(bits), 0); }
uint64_t HashOf(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

uint64_t HashValue(const Value& value, const Type& type);

// Of a collection's parts in their order; a NULL part counts as 0.
uint64_t HashParts(const duckdb::vector<Value>& parts, const Type& type, uint64_t seed) {
  uint64_t hash = seed;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Type& part = type.kind() == TypeKind::kRow ? type.arguments()[i] : type.element();
    hash = 31 * hash + (parts[i].IsNull() ? 0 : HashValue(parts[i], part));
  }
  return hash;
}

uint64_t HashMap(const Value& map, const Type& type) {
  uint64_t hash = 0;
  for (const Value& entry : duckdb::MapValue::GetChildren(map)) {
    const auto& pair = duckdb::StructValue::GetChildren(entry);
    const uint64_t value = pair[1].IsNull() ? 0 : HashValue(pair[1], type.value());
    hash += HashValue(pair[0], type.key()) ^ value;
  }
  return hash;
}

uint64_t HashDecimal(const Value& value, const Type& type) {
  const auto scale = static_cast<uint8_t>(type.scale());
  const auto wide = value.DefaultCastAs(LogicalType::DECIMAL(38, scale)).GetValueUnsafe<duckdb::hugeint_t>();
  constexpr uint32_t kMaxShortPrecision = 18;
  if (type.precision() <= kMaxShortPrecision) return HashOf(wide.lower);
  return HashOf(static_cast<uint64_t>(wide.upper)) ^ HashOf(wide.lower);
}

uint64_t HashValue(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::kArray: return HashParts(duckdb::ListValue::GetChildren(value), type, 0);
    case TypeKind::kRow: return HashParts(duckdb::StructValue::GetChildren(value), type, 1);
    case TypeKind::kMap: return HashMap(value, type);
    case TypeKind::kDecimal: return HashDecimal(value, type);
    case TypeKind::kDouble: {
      const auto number = value.GetValue<double>();
      return HashOf(number == 0 ? 0 : std::bit_cast<uint64_t>(number));
    }
    case TypeKind::kReal: {
      const auto number = value.GetValue<float>();
      return HashOf(number == 0 ? 0 : static_cast<uint64_t>(int64_t{std::bit_cast<int32_t>(number)}));
    }
    case TypeKind::kBoolean: return HashOf(uint64_t{value.GetValue<bool>()});
    case TypeKind::kDate: return HashOf(static_cast<uint64_t>(int64_t{value.GetValue<duckdb::date_t>().days}));
    case TypeKind::kTimestamp: return HashOf(static_cast<uint64_t>(value.GetValue<duckdb::timestamp_t>().value));
    case TypeKind::kTime: return HashOf(static_cast<uint64_t>(value.GetValue<duckdb::dtime_t>().micros) * 1'000'000);
    case TypeKind::kTimestampWithTimeZone:
      return HashOf(static_cast<uint64_t>(sql::PackedMillis(value.GetValue<int64_t>())));
    case TypeKind::kUuid: {
      const auto wide = value.GetValueUnsafe<duckdb::hugeint_t>();
      return HashOf(static_cast<uint64_t>(wide.upper) ^ (uint64_t{1} << 63)) ^ HashOf(wide.lower);
    }
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kJson:
    case TypeKind::kVarbinary:
    case TypeKind::kIpAddress: return HashOf(std::string_view(duckdb::StringValue::Get(value)));
    default: return HashOf(static_cast<uint64_t>(value.GetValue<int64_t>()));
  }
}

struct ChecksumState {
  uint64_t sum;
  bool any;
};

void UpdateChecksum(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const auto type = sql::ParseType(inputs[1].GetValue(0).ToString());
  if (!type) ThrowInvalidArgument("'{}' is not a type", inputs[1].GetValue(0).ToString());
  const States<ChecksumState> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    const Value value = inputs[0].GetValue(row);
    states[row].any = true;
    states[row].sum += kPrime64 * (value.IsNull() ? 1 : HashValue(value, *type));
  }
}

void CombineChecksums(Vector& source_vector, Vector& target_vector, AggregateInputData&, idx_t count) {
  const States<ChecksumState> sources(source_vector, count);
  const States<ChecksumState> targets(target_vector, count);
  for (idx_t row = 0; row < count; row++) {
    targets[row].sum += sources[row].sum;
    targets[row].any = targets[row].any || sources[row].any;
  }
}

void FinalizeChecksum(Vector& state_vector, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  const States<ChecksumState> states(state_vector, count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < count; row++) {
    if (!states[row].any) {
      FlatVector::SetNull(result, offset + row, true);
      continue;
    }
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(states[row].sum >> shift);
    FlatVector::GetData<duckdb::string_t>(result)[offset + row] = duckdb::StringVector::AddStringOrBlob(result, bytes);
  }
}

}  // namespace

void RegisterChecksum(duckdb::DatabaseInstance& database) {
  AggregateFunction function({LogicalType::ANY, LogicalType::VARCHAR}, LogicalType::BLOB, SizeOfState<ChecksumState>,
                             InitState<ChecksumState>, UpdateChecksum, CombineChecksums, FinalizeChecksum,
                             duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.order_dependent = duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT;
  AddAggregate(database, "trino_checksum", {std::move(function)});
}

}  // namespace opentrail::engine
