#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

// JSON_VALUE, JSON_QUERY and JSON_EXISTS have a grammar of their own and are not called by signature.
constexpr FunctionSignature kFunctions[] = {
    {"is_json_scalar", kScalar, "(varchar(x)) -> boolean", ""},
    {"is_json_scalar", kScalar, "(json) -> boolean", ""},
    {"json_array_contains", kScalar, "(varchar(x), boolean) -> boolean", "trino_json_array_contains_boolean($*)"},
    {"json_array_contains", kScalar, "(varchar(x), bigint) -> boolean", "trino_json_array_contains_bigint($*)"},
    {"json_array_contains", kScalar, "(varchar(x), double) -> boolean", "trino_json_array_contains_double($*)"},
    {"json_array_contains", kScalar, "(varchar(x), varchar(y)) -> boolean", "trino_json_array_contains_varchar($*)"},
    {"json_array_contains", kScalar, "(json, boolean) -> boolean", "trino_json_array_contains_boolean($*)"},
    {"json_array_contains", kScalar, "(json, bigint) -> boolean", "trino_json_array_contains_bigint($*)"},
    {"json_array_contains", kScalar, "(json, double) -> boolean", "trino_json_array_contains_double($*)"},
    {"json_array_contains", kScalar, "(json, varchar(x)) -> boolean", "trino_json_array_contains_varchar($*)"},
    {"json_array_get", kScalar, "(varchar(x), bigint) -> json", ""},
    {"json_array_get", kScalar, "(json, bigint) -> json", ""},
    {"json_array_length", kScalar, "(varchar(x)) -> bigint", ""},
    {"json_array_length", kScalar, "(json) -> bigint", ""},
    {"json_extract", kScalar, "(varchar(x), jsonpath) -> json", ""},
    {"json_extract", kScalar, "(json, jsonpath) -> json", ""},
    // CloudTrail Lake's: the path may have wildcards.
    {"json_extract all", kScalar, "(varchar(x), jsonpath) -> json", "lake_json_extract($*)"},
    {"json_extract all", kScalar, "(json, jsonpath) -> json", "lake_json_extract($*)"},
    {"json_extract_scalar", kScalar, "(varchar(x), jsonpath) -> varchar(x)", ""},
    {"json_extract_scalar", kScalar, "(json, jsonpath) -> varchar", ""},
    {"json_format", kScalar, "(json) -> varchar", "$1"},
    {"json_parse", kScalar, "(varchar(x)) -> json", ""},
    {"json_size", kScalar, "(varchar(x), jsonpath) -> bigint", ""},
    {"json_size", kScalar, "(json, jsonpath) -> bigint", ""},
};

}  // namespace

std::span<const FunctionSignature> JsonFunctions() { return kFunctions; }

}  // namespace opentrail::sql
