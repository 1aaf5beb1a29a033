#include "sql/function.h"

// coalesce, nullif, if, try and typeof are special forms of the resolver: they have no row here.
namespace opentrail::sql {
namespace {

constexpr FunctionSignature kConditionalFunctions[] = {
    {"fail", FunctionKind::kScalar, "(varchar) -> unknown", ""},
    {"greatest", FunctionKind::kScalar, "(E:orderable...) -> E", ""},
    {"least", FunctionKind::kScalar, "(E:orderable...) -> E", ""},
    {"uuid", FunctionKind::kScalar, "() -> uuid", "uuid()"},
};

}  // namespace

std::span<const FunctionSignature> ConditionalFunctions() { return kConditionalFunctions; }

}  // namespace opentrail::sql
