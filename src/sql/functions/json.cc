#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

// JSON_VALUE, JSON_QUERY and JSON_EXISTS have a grammar of their own and are not called by signature.
constexpr FunctionSignature kFunctions[] = {
    {"is_json_scalar", kScalar, "(varchar) -> boolean", ""},
    {"is_json_scalar", kScalar, "(json) -> boolean", ""},
    {"json_array_contains", kScalar, "(varchar, boolean) -> boolean", "trino_json_array_contains_boolean($*)"},
    {"json_array_contains", kScalar, "(varchar, bigint) -> boolean", "trino_json_array_contains_bigint($*)"},
    {"json_array_contains", kScalar, "(varchar, double) -> boolean", "trino_json_array_contains_double($*)"},
    {"json_array_contains", kScalar, "(varchar, varchar) -> boolean", "trino_json_array_contains_varchar($*)"},
    {"json_array_contains", kScalar, "(json, boolean) -> boolean", "trino_json_array_contains_boolean($*)"},
    {"json_array_contains", kScalar, "(json, bigint) -> boolean", "trino_json_array_contains_bigint($*)"},
    {"json_array_contains", kScalar, "(json, double) -> boolean", "trino_json_array_contains_double($*)"},
    {"json_array_contains", kScalar, "(json, varchar) -> boolean", "trino_json_array_contains_varchar($*)"},
    {"json_array_get", kScalar, "(varchar, bigint) -> json", ""},
    {"json_array_get", kScalar, "(json, bigint) -> json", ""},
    {"json_array_length", kScalar, "(varchar) -> bigint", ""},
    {"json_array_length", kScalar, "(json) -> bigint", ""},
    {"json_extract", kScalar, "(varchar, varchar) -> json", ""},
    {"json_extract", kScalar, "(json, varchar) -> json", ""},
    {"json_extract_scalar", kScalar, "(varchar, varchar) -> varchar", ""},
    {"json_extract_scalar", kScalar, "(json, varchar) -> varchar", ""},
    {"json_format", kScalar, "(json) -> varchar", "$1"},
    {"json_parse", kScalar, "(varchar) -> json", ""},
    {"json_size", kScalar, "(varchar, varchar) -> bigint", ""},
    {"json_size", kScalar, "(json, varchar) -> bigint", ""},
};

}  // namespace

std::span<const FunctionSignature> JsonFunctions() { return kFunctions; }

}  // namespace opentrail::sql
