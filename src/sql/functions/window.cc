#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kWindow = FunctionKind::kWindow;

constexpr FunctionSignature kWindowFunctions[] = {
    {"row_number", kWindow, "() -> bigint", "row_number()"},
    {"rank", kWindow, "() -> bigint", "rank()"},
    {"dense_rank", kWindow, "() -> bigint", "dense_rank()"},
    {"percent_rank", kWindow, "() -> double", "percent_rank()"},
    {"cume_dist", kWindow, "() -> double", "cume_dist()"},
    {"ntile", kWindow, "(bigint) -> bigint", "ntile(trino_window_buckets($1))"},
    {"lag", kWindow, "(T) -> T", "lag($1)"},
    {"lag", kWindow, "(T, bigint) -> T", "lag($1, trino_window_offset($2, 0))"},
    {"lag", kWindow, "(T, bigint, T) -> T", "lag($1, trino_window_offset($2, 0), $3)"},
    {"lead", kWindow, "(T) -> T", "lead($1)"},
    {"lead", kWindow, "(T, bigint) -> T", "lead($1, trino_window_offset($2, 0))"},
    {"lead", kWindow, "(T, bigint, T) -> T", "lead($1, trino_window_offset($2, 0), $3)"},
    {"first_value", kWindow, "(T) -> T", "first_value($1)"},
    {"last_value", kWindow, "(T) -> T", "last_value($1)"},
    {"nth_value", kWindow, "(T, bigint) -> T", "nth_value($1, trino_window_offset($2, 1))"},
};

}  // namespace

std::span<const FunctionSignature> WindowFunctions() { return kWindowFunctions; }

}  // namespace opentrail::sql
