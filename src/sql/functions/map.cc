#include "sql/function.h"

// The engine binds a lambda only behind a list: a map in front of one is given as its entries.
namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kMapFunctions[] = {
    {"cardinality", kScalar, "(map(k,v)) -> bigint", "CAST(cardinality($1) AS BIGINT)"},
    {"element_at", kScalar, "(map(K,V), K) -> V", "map_extract_value($1, $2)"},
    {"map", kScalar, "() -> map(unknown,unknown)", "CAST(MAP {} AS $R)"},
    {"map", kScalar, "(array(K:comparable), array(V)) -> map(K,V)", ""},
    {"map_concat", kScalar, "(map(K,V)...) -> map(K,V)", ""},
    {"map_entries", kScalar, "(map(k,v)) -> array(row(K,V))", ""},
    {"map_filter", kScalar, "(map(K,V), function(K,V,boolean)) -> map(K,V)",
     "trino_map_filter(trino_map_entries($1), $2)"},
    {"map_from_entries", kScalar, "(array(row(k:comparable,v))) -> map(K,V)", ""},
    {"map_keys", kScalar, "(map(k,v)) -> array(K)", "map_keys($1)"},
    {"map_values", kScalar, "(map(k,v)) -> array(V)", "map_values($1)"},
    {"map_zip_with", kScalar, "(map(K,V1), map(K,V2), function(K,V1,V2,V3)) -> map(K,V3)",
     "trino_map_zip_with(trino_map_entries($1), $3, $2)"},
    {"multimap_from_entries", kScalar, "(array(row(k:comparable,v))) -> map(K,array(V))", ""},
    {"transform_keys", kScalar, "(map(K1,V), function(K1,V,K2)) -> map(K2,V)",
     "trino_transform_keys(trino_map_entries($1), $2)"},
    {"transform_values", kScalar, "(map(K,V1), function(K,V1,V2)) -> map(K,V2)",
     "trino_transform_values(trino_map_entries($1), $2)"},
};

}  // namespace

std::span<const FunctionSignature> MapFunctions() { return kMapFunctions; }

}  // namespace opentrail::sql
