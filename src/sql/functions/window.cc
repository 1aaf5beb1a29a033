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
    {"lag", kWindow, "(t) -> T", "lag($1)"},
    {"lag", kWindow, "(t, bigint) -> T", "lag($1, trino_window_offset($2, 0))"},
    {"lag", kWindow, "(t, bigint, t) -> T", "lag($1, trino_window_offset($2, 0), $3)"},
    {"lead", kWindow, "(t) -> T", "lead($1)"},
    {"lead", kWindow, "(t, bigint) -> T", "lead($1, trino_window_offset($2, 0))"},
    {"lead", kWindow, "(t, bigint, t) -> T", "lead($1, trino_window_offset($2, 0), $3)"},
    {"first_value", kWindow, "(t) -> T", "first_value($1)"},
    {"last_value", kWindow, "(t) -> T", "last_value($1)"},
    {"nth_value", kWindow, "(t, bigint) -> T", "nth_value($1, trino_window_offset($2, 1))"},
};

}  // namespace

std::span<const FunctionSignature> WindowFunctions() { return kWindowFunctions; }

}  // namespace opentrail::sql
