#include "sql/function.h"

// A lambda of the engine's API stands second in a call, so the templates that have arrays or a state around it put
// them behind.
namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kArrayFunctions[] = {
    {"all_match", kScalar, "(array(t), function(t,boolean)) -> boolean", "trino_all_true(list_transform($1, $2))"},
    {"any_match", kScalar, "(array(t), function(t,boolean)) -> boolean", "trino_any_true(list_transform($1, $2))"},
    {"none_match", kScalar, "(array(t), function(t,boolean)) -> boolean",
     "(NOT trino_any_true(list_transform($1, $2)))"},
    {"array_distinct", kScalar, "(array(e:comparable)) -> array(E)", ""},
    {"array_except", kScalar, "(array(e:comparable), array(e)) -> array(E)", ""},
    {"array_histogram", kScalar, "(array(t:comparable)) -> map(T,bigint)", ""},
    {"array_intersect", kScalar, "(array(e:comparable), array(e)) -> array(E)", ""},
    {"array_union", kScalar, "(array(e:comparable), array(e)) -> array(E)", ""},
    {"arrays_overlap", kScalar, "(array(e:orderable), array(e)) -> boolean", ""},
    {"array_join", kScalar, "(array(e), varchar) -> varchar", "trino_array_join($1<array(varchar)>, $2)"},
    {"array_join", kScalar, "(array(e), varchar, varchar) -> varchar", "trino_array_join($1<array(varchar)>, $2, $3)"},
    {"array_max", kScalar, "(array(t:orderable)) -> T", ""},
    {"array_min", kScalar, "(array(t:orderable)) -> T", ""},
    {"array_position", kScalar, "(array(t:comparable), t) -> bigint", ""},
    {"array_remove", kScalar, "(array(e:comparable), e) -> array(E)", ""},
    {"array_sort", kScalar, "(array(e:orderable)) -> array(E)", ""},
    {"array_sort", kScalar, "(array(t), function(t,t,integer)) -> array(T)", "trino_array_sort_by($1, $2)"},
    {"cardinality", kScalar, "(array(e)) -> bigint", "len($1)"},
    {"combinations", kScalar, "(array(t), integer) -> array(array(T))", ""},
    {"contains", kScalar, "(array(t:comparable), t) -> boolean", "trino_array_contains($*)"},
    {"contains_sequence", kScalar, "(array(t:comparable), array(t)) -> boolean", ""},
    {"element_at", kScalar, "(array(e), bigint) -> E", "CAST(list_extract($1, trino_array_index($2)) AS $R)"},
    {"filter", kScalar, "(array(t), function(t,boolean)) -> array(T)", "list_filter($1, $2)"},
    {"flatten", kScalar, "(array(array(E))) -> array(E)", "CAST(flatten($1) AS $R)"},
    {"ngrams", kScalar, "(array(t), integer) -> array(array(T))", "trino_array_ngrams($*)"},
    {"reduce", kScalar, "(array(T), S, function(S,T,S), function(S,R)) -> R",
     "list_extract(list_transform(trino_reduce($1, $3, $2), $4), 1)"},
    {"repeat", kScalar, "(t, integer) -> array(T)", "trino_array_repeat($*)"},
    {"reverse", kScalar, "(array(e)) -> array(E)", "list_reverse($1)"},
    {"sequence", kScalar, "(bigint, bigint) -> array(bigint)", ""},
    {"sequence", kScalar, "(bigint, bigint, bigint) -> array(bigint)", ""},
    {"sequence", kScalar, "(date, date) -> array(date)", "trino_sequence_date($*)"},
    {"sequence", kScalar, "(date, date, interval day to second) -> array(date)", "trino_sequence_date_days($*)"},
    {"sequence", kScalar, "(date, date, interval year to month) -> array(date)", "trino_sequence_date_months($*)"},
    {"sequence", kScalar, "(timestamp, timestamp, interval day to second) -> array(timestamp)",
     "trino_sequence_timestamp($*)"},
    {"sequence", kScalar, "(timestamp, timestamp, interval year to month) -> array(timestamp)",
     "trino_sequence_timestamp_months($*)"},
    {"shuffle", kScalar, "(array(e)) -> array(E)", "trino_array_shuffle($1)"},
    {"slice", kScalar, "(array(e), bigint, bigint) -> array(E)", "trino_array_slice($*)"},
    {"transform", kScalar, "(array(T), function(T,U)) -> array(U)", "list_transform($1, $2)"},
    {"trim_array", kScalar, "(array(e), bigint) -> array(E)", ""},
    {"zip", kScalar, "(array(T1), array(T2)) -> array(row(T1,T2))", ""},
    {"zip", kScalar, "(array(T1), array(T2), array(T3)) -> array(row(T1,T2,T3))", ""},
    {"zip", kScalar, "(array(T1), array(T2), array(T3), array(T4)) -> array(row(T1,T2,T3,T4))", ""},
    {"zip", kScalar, "(array(T1), array(T2), array(T3), array(T4), array(T5)) -> array(row(T1,T2,T3,T4,T5))", ""},
    {"zip_with", kScalar, "(array(T), array(U), function(T,U,R)) -> array(R)", "trino_zip_with($1, $3, $2)"},
};

}  // namespace

std::span<const FunctionSignature> ArrayFunctions() { return kArrayFunctions; }

}  // namespace opentrail::sql
