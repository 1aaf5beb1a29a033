#include "sql/function.h"

// The engine binds a lambda only behind a list: a map in front of one is given as its entries.
namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kMapFunctions[] = {
    {"cardinality", kScalar, "(map(K,V)) -> bigint", "CAST(cardinality($1) AS BIGINT)"},
    {"element_at", kScalar, "(map(K,V), K) -> V", "map_extract_value($1, $2)"},
    {"map", kScalar, "() -> map(unknown,unknown)", "CAST(MAP {} AS $R)"},
    {"map", kScalar, "(array(K:comparable), array(V)) -> map(K,V)", ""},
    {"map_concat", kScalar, "(map(K,V), map(K,V)...) -> map(K,V)", ""},
    {"map_entries", kScalar, "(map(K,V)) -> array(row(K,V))", ""},
    {"map_filter", kScalar, "(map(K,V), function(K,V,boolean)) -> map(K,V)",
     "trino_map_filter(trino_map_entries($1), $2)"},
    {"map_from_entries", kScalar, "(array(row(K,V))) -> map(K,V)", ""},
    {"map_keys", kScalar, "(map(K,V)) -> array(K)", "map_keys($1)"},
    {"map_values", kScalar, "(map(K,V)) -> array(V)", "map_values($1)"},
    {"map_zip_with", kScalar, "(map(K,T), map(K,U), function(K,T,U,R)) -> map(K,R)",
     "trino_map_zip_with(trino_map_entries($1), $3, $2)"},
    {"multimap_from_entries", kScalar, "(array(row(K,V))) -> map(K,array(V))", ""},
    {"transform_keys", kScalar, "(map(K,V), function(K,V,R)) -> map(R,V)",
     "trino_transform_keys(trino_map_entries($1), $2)"},
    {"transform_values", kScalar, "(map(K,V), function(K,V,R)) -> map(K,R)",
     "trino_transform_values(trino_map_entries($1), $2)"},
};

}  // namespace

std::span<const FunctionSignature> MapFunctions() { return kMapFunctions; }

}  // namespace opentrail::sql
