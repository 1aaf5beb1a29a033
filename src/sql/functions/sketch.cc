#include "sql/function.h"

// What can be asked of the sketches that aggregates give: HyperLogLog, T-digest, quantile digest, set digest.
namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kSketchFunctions[] = {
    {"cardinality", kScalar, "(hyperloglog) -> bigint", "trino_hll_cardinality($1)"},
    {"cardinality", kScalar, "(setdigest) -> bigint", "trino_set_digest_cardinality($1)"},
    {"empty_approx_set", kScalar, "() -> hyperloglog", "trino_empty_approx_set(CAST(0 AS DOUBLE))"},
    {"empty_approx_set", kScalar, "~(double) -> hyperloglog", ""},
    {"hash_counts", kScalar, "(setdigest) -> map(bigint,smallint)", ""},
    {"intersection_cardinality", kScalar, "(setdigest, setdigest) -> bigint", ""},
    {"jaccard_index", kScalar, "(setdigest, setdigest) -> double", ""},
    {"quantile_at_value", kScalar, "(qdigest(bigint), bigint) -> double", "trino_qdigest_quantile($1, $2)"},
    {"quantile_at_value", kScalar, "(qdigest(double), double) -> double",
     "trino_qdigest_quantile($1, trino_ordered_bits($2))"},
    {"quantile_at_value", kScalar, "(qdigest(real), real) -> double",
     "trino_qdigest_quantile($1, trino_ordered_bits($2))"},
    {"scale_tdigest", kScalar, "(tdigest, double) -> tdigest", "trino_tdigest_scale($1, $2)"},
    {"value_at_quantile", kScalar, "(tdigest, double) -> double", "trino_tdigest_value($1, $2)"},
    {"value_at_quantile", kScalar, "(qdigest(bigint), double) -> bigint", "trino_qdigest_value($1, $2)"},
    {"value_at_quantile", kScalar, "(qdigest(double), double) -> double",
     "trino_from_ordered_bits(trino_qdigest_value($1, $2))"},
    {"value_at_quantile", kScalar, "(qdigest(real), double) -> real",
     "CAST(trino_from_ordered_bits(trino_qdigest_value($1, $2)) AS FLOAT)"},
    {"values_at_quantiles", kScalar, "(tdigest, array(double)) -> array(double)", "trino_tdigest_values($1, $2)"},
    {"values_at_quantiles", kScalar, "(qdigest(bigint), array(double)) -> array(bigint)",
     "trino_qdigest_values($1, $2)"},
    {"values_at_quantiles", kScalar, "(qdigest(double), array(double)) -> array(double)",
     "list_transform(trino_qdigest_values($1, $2), lambda x: trino_from_ordered_bits(x))"},
    {"values_at_quantiles", kScalar, "(qdigest(real), array(double)) -> array(real)",
     "list_transform(trino_qdigest_values($1, $2), lambda x: CAST(trino_from_ordered_bits(x) AS FLOAT))"},
};

}  // namespace

std::span<const FunctionSignature> SketchFunctions() { return kSketchFunctions; }

}  // namespace opentrail::sql
