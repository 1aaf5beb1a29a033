#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kFunctions[] = {
    {"contains", kScalar, "(varchar, ipaddress) -> boolean", "trino_cidr_contains($*)"},
    {"url_decode", kScalar, "(varchar) -> varchar", ""},
    {"url_encode", kScalar, "(varchar) -> varchar", ""},
    {"url_extract_fragment", kScalar, "(varchar) -> varchar", ""},
    {"url_extract_host", kScalar, "(varchar) -> varchar", ""},
    {"url_extract_parameter", kScalar, "(varchar, varchar) -> varchar", ""},
    {"url_extract_path", kScalar, "(varchar) -> varchar", ""},
    {"url_extract_port", kScalar, "(varchar) -> bigint", ""},
    {"url_extract_protocol", kScalar, "(varchar) -> varchar", ""},
    {"url_extract_query", kScalar, "(varchar) -> varchar", ""},
};

}  // namespace

std::span<const FunctionSignature> NetworkFunctions() { return kFunctions; }

}  // namespace opentrail::sql
