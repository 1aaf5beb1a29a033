#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kFunctions[] = {
    {"contains", kScalar, "(varchar, ipaddress) -> boolean", "trino_cidr_contains($*)"},
    {"url_decode", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"url_encode", kScalar, "(varchar(x)) -> varchar(min(2147483647, x * 12))", ""},
    {"url_extract_fragment", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"url_extract_host", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"url_extract_parameter", kScalar, "(varchar(x), varchar(y)) -> varchar(x)", ""},
    {"url_extract_path", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"url_extract_port", kScalar, "(varchar(x)) -> bigint", ""},
    {"url_extract_protocol", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"url_extract_query", kScalar, "(varchar(x)) -> varchar(x)", ""},
};

}  // namespace

std::span<const FunctionSignature> NetworkFunctions() { return kFunctions; }

}  // namespace opentrail::sql
