#include "sql/function.h"

// A lambda of the engine's API stands second in a call, so the templates that have arrays or a state around it put
// them behind. Trino's type variable for a reduction's state is S; here it is U.
namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kArrayFunctions[] = {
    {"all_match", kScalar, "(array(T), function(T,boolean)) -> boolean", "trino_all_true(list_transform($1, $2))"},
    {"any_match", kScalar, "(array(T), function(T,boolean)) -> boolean", "trino_any_true(list_transform($1, $2))"},
    {"none_match", kScalar, "(array(T), function(T,boolean)) -> boolean",
     "(NOT trino_any_true(list_transform($1, $2)))"},
    {"array_distinct", kScalar, "(array(T:comparable)) -> array(T)", ""},
    {"array_except", kScalar, "(array(E:comparable), array(E)) -> array(E)", ""},
    {"array_histogram", kScalar, "(array(T:comparable)) -> map(T,bigint)", ""},
    {"array_intersect", kScalar, "(array(E:comparable), array(E)) -> array(E)", ""},
    {"array_union", kScalar, "(array(E:comparable), array(E)) -> array(E)", ""},
    {"arrays_overlap", kScalar, "(array(E:comparable), array(E)) -> boolean", ""},
    {"array_join", kScalar, "(array(T), varchar) -> varchar", "trino_array_join($1<array(varchar)>, $2)"},
    {"array_join", kScalar, "(array(T), varchar, varchar) -> varchar", "trino_array_join($1<array(varchar)>, $2, $3)"},
    {"array_max", kScalar, "(array(T:orderable)) -> T", ""},
    {"array_min", kScalar, "(array(T:orderable)) -> T", ""},
    {"array_position", kScalar, "(array(T:comparable), T) -> bigint", ""},
    {"array_remove", kScalar, "(array(E:comparable), E) -> array(E)", ""},
    {"array_sort", kScalar, "(array(E:orderable)) -> array(E)", ""},
    {"array_sort", kScalar, "(array(T), function(T,T,integer)) -> array(T)", "trino_array_sort_by($1, $2)"},
    {"cardinality", kScalar, "(array(E)) -> bigint", "len($1)"},
    {"combinations", kScalar, "(array(T), integer) -> array(array(T))", ""},
    {"concat", kScalar, "(array(E), array(E)...) -> array(E)", "trino_array_concat($*)"},
    {"contains", kScalar, "(array(T:comparable), T) -> boolean", "trino_array_contains($*)"},
    {"contains_sequence", kScalar, "(array(T:comparable), array(T)) -> boolean", ""},
    {"element_at", kScalar, "(array(E), bigint) -> E", "CAST(list_extract($1, trino_array_index($2)) AS $R)"},
    {"filter", kScalar, "(array(T), function(T,boolean)) -> array(T)", "list_filter($1, $2)"},
    {"flatten", kScalar, "(array(array(E))) -> array(E)", "CAST(flatten($1) AS $R)"},
    {"ngrams", kScalar, "(array(T), bigint) -> array(array(T))", "trino_array_ngrams($*)"},
    {"reduce", kScalar, "(array(T), U, function(U,T,U), function(U,R)) -> R",
     "list_extract(list_transform(trino_reduce($1, $3, $2), $4), 1)"},
    {"repeat", kScalar, "(T, bigint) -> array(T)", "trino_array_repeat($*)"},
    {"reverse", kScalar, "(array(E)) -> array(E)", "list_reverse($1)"},
    {"sequence", kScalar, "(bigint, bigint) -> array(bigint)", ""},
    {"sequence", kScalar, "(bigint, bigint, bigint) -> array(bigint)", ""},
    {"sequence", kScalar, "(date, date) -> array(date)", "trino_sequence_date($*)"},
    {"sequence", kScalar, "(date, date, interval day to second) -> array(date)", "trino_sequence_date_days($*)"},
    {"sequence", kScalar, "(date, date, interval year to month) -> array(date)", "trino_sequence_date_months($*)"},
    {"sequence", kScalar, "(timestamp, timestamp, interval day to second) -> array(timestamp)",
     "trino_sequence_timestamp($*)"},
    {"sequence", kScalar, "(timestamp, timestamp, interval year to month) -> array(timestamp)",
     "trino_sequence_timestamp_months($*)"},
    {"shuffle", kScalar, "(array(E)) -> array(E)", "trino_array_shuffle($1)"},
    {"slice", kScalar, "(array(E), bigint, bigint) -> array(E)", "trino_array_slice($*)"},
    {"transform", kScalar, "(array(T), function(T,U)) -> array(U)", "list_transform($1, $2)"},
    {"trim_array", kScalar, "(array(E), bigint) -> array(E)", ""},
    {"zip", kScalar, "(array(T), array(U)) -> array(row(T,U))", ""},
    {"zip", kScalar, "(array(T), array(U), array(V)) -> array(row(T,U,V))", ""},
    {"zip", kScalar, "(array(T), array(U), array(V), array(K)) -> array(row(T,U,V,K))", ""},
    {"zip", kScalar, "(array(T), array(U), array(V), array(K), array(R)) -> array(row(T,U,V,K,R))", ""},
    {"zip_with", kScalar, "(array(T), array(U), function(T,U,R)) -> array(R)", "trino_zip_with($1, $3, $2)"},
};

}  // namespace

std::span<const FunctionSignature> ArrayFunctions() { return kArrayFunctions; }

}  // namespace opentrail::sql
