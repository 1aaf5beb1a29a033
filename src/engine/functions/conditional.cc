#include <vector>

#include "duckdb/common/exception.hpp"

#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "engine/functions/list.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;

enum class Extreme : uint8_t { kGreatest, kLeast };

// The column that holds the row's extreme; columns.size() where one of them is NULL.
size_t ExtremeColumn(const std::vector<duckdb::unique_ptr<SortKeys>>& columns, idx_t row, Extreme extreme) {
  size_t best = 0;
  for (size_t column = 0; column < columns.size(); column++) {
    if (columns[column]->IsNull(row)) return columns.size();
    if (columns[best]->IsNaN(row)) best = column;
    if (columns[column]->IsNaN(row)) continue;
    const int order = columns[column]->Key(row).compare(columns[best]->Key(row));
    if (extreme == Extreme::kGreatest ? order > 0 : order < 0) best = column;
  }
  return best;
}

// Unlike the engine's own, NULL where any argument is.
template <Extreme kExtreme>
void PickExtreme(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  std::vector<duckdb::unique_ptr<SortKeys>> columns;
  for (Vector& column : arguments.data) columns.push_back(duckdb::make_uniq<SortKeys>(column, rows));
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < rows; row++) {
    const size_t best = ExtremeColumn(columns, row, kExtreme);
    if (best == columns.size())
      duckdb::FlatVector::SetNull(result, row, true);
    else
      duckdb::VectorOperations::Copy(arguments.data[best], result, row + 1, row, row);
  }
  MarkConstant(arguments, result);
}

// A literal's value; where it is NULL, the second argument is the refusal: "INVALID_LITERAL: line 1:8: …".
void RefuseMissing(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  for (idx_t row = 0; row < rows; row++) {
    if (!arguments.data[0].GetValue(row).IsNull()) continue;
    throw duckdb::InvalidInputException(duckdb::StringValue::Get(arguments.data[1].GetValue(row)));
  }
  result.Reference(arguments.data[0]);
}

int64_t WindowBuckets(int64_t buckets) {
  if (buckets <= 0) ThrowInvalidArgument("Buckets must be greater than 0");
  return buckets;
}

int64_t WindowOffset(int64_t offset, int64_t least) {
  if (offset < least) ThrowInvalidArgument("Offset must be at least {}", least);
  return offset;
}

}  // namespace

void RegisterConditionalFunctions(duckdb::DatabaseInstance& database) {
  const LogicalType any = LogicalType::TEMPLATE("T");
  RegisterGeneric(database, {.name = "trino_greatest",
                             .arguments = {any},
                             .result = any,
                             .function = PickExtreme<Extreme::kGreatest>,
                             .varargs = any,
                             .throws = Throws::kNever});
  RegisterGeneric(database, {.name = "trino_least",
                             .arguments = {any},
                             .result = any,
                             .function = PickExtreme<Extreme::kLeast>,
                             .varargs = any,
                             .throws = Throws::kNever});
  // Arguments of window functions, which the engine checks otherwise or not at all.
  RegisterScalar(database, "trino_fail",
                 [](std::string_view message) -> int32_t { ThrowTrinoText("GENERIC_USER_ERROR", message); });
  RegisterGeneric(
      database,
      {.name = "trino_literal", .arguments = {any, LogicalType::VARCHAR}, .result = any, .function = RefuseMissing});
  RegisterScalar(database, "trino_window_buckets", WindowBuckets);
  RegisterScalar(database, "trino_window_offset", WindowOffset);
}

}  // namespace opentrail::engine
