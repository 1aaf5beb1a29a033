#include "engine/functions/list.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

// What a query's relations and windows, not its expressions, call.
namespace opentrail::engine {

namespace {

// How many steps of WITH RECURSIVE made a row.
int32_t RecursionDepth(int32_t depth, int32_t max) {
  if (depth > max) {
    ThrowTrino("NOT_SUPPORTED",
               "Recursion depth limit exceeded ({}). Use 'max_recursion_depth' session property to modify the limit.",
               max);
  }
  return depth;
}

// The step of TABLE(sequence(…)), which must lead from start to stop.
int64_t SequenceStep(int64_t start, int64_t stop, int64_t step) {
  if (start < stop && step <= 0) ThrowInvalidArgument("Step must be positive for sequence [{}, {}]", start, stop);
  if (start > stop && step >= 0) ThrowInvalidArgument("Step must be negative for sequence [{}, {}]", start, stop);
  return step == 0 ? 1 : step;
}

// How far a frame of ROWS or GROUPS reaches.
int64_t FrameOffset(std::optional<int64_t> offset) {
  if (!offset || *offset < 0) {
    ThrowTrino("INVALID_WINDOW_FRAME", "Window frame offset value must not be negative or null");
  }
  return *offset;
}

// How far a frame of RANGE reaches, in numbers.
void RangeOffset(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  for (duckdb::idx_t row = 0; row < RowsToCompute(arguments); row++) {
    const duckdb::Value offset = arguments.data[0].GetValue(row);
    if (offset.IsNull() || offset.GetValue<double>() < 0) {
      ThrowTrinoText("INVALID_WINDOW_FRAME", "Window frame offset value must not be negative or null");
    }
  }
  result.Reference(arguments.data[0]);
}

}  // namespace

void RegisterRelationFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_recursion_depth", RecursionDepth);
  RegisterScalar(database, "trino_sequence_step", SequenceStep);
  RegisterScalar(database, "trino_frame_offset", FrameOffset);
  const duckdb::LogicalType any = duckdb::LogicalType::TEMPLATE("T");
  RegisterGeneric(database, {.name = "trino_range_offset", .arguments = {any}, .result = any, .function = RangeOffset});
}

}  // namespace opentrail::engine
