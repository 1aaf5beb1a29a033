#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kFunctions[] = {
    {"regexp_count", kScalar, "(varchar(x), joniregexp) -> bigint", ""},
    {"regexp_extract", kScalar, "(varchar(x), joniregexp) -> varchar(x)", "trino_regexp_extract($1, $2, 0)"},
    {"regexp_extract", kScalar, "(varchar(x), joniregexp, bigint) -> varchar(x)", ""},
    {"regexp_extract_all", kScalar, "(varchar(x), joniregexp) -> array(varchar(x))",
     "trino_regexp_extract_all($1, $2, 0)"},
    {"regexp_extract_all", kScalar, "(varchar(x), joniregexp, bigint) -> array(varchar(x))", ""},
    {"regexp_like", kScalar, "(varchar(x), joniregexp) -> boolean", ""},
    {"regexp_position", kScalar, "(varchar(x), joniregexp) -> integer", "trino_regexp_position($1, $2, 1, 1)"},
    {"regexp_position", kScalar, "(varchar(x), joniregexp, integer) -> integer",
     "trino_regexp_position($1, $2, $3, 1)"},
    {"regexp_position", kScalar, "(varchar(x), joniregexp, integer, integer) -> integer", ""},
    {"regexp_replace", kScalar, "(varchar(x), joniregexp) -> varchar(x)", "trino_regexp_replace($1, $2, '')"},
    {"regexp_replace", kScalar,
     "(varchar(x), joniregexp, varchar(y)) -> varchar(min(2147483647, x + max(x * y / 2, y) * (x + 1)))", ""},
    // The lambda takes a match's groups: the engine runs it over all matches' groups, then they are put in place.
    {"regexp_replace", kScalar, "(varchar, joniregexp, function(array(varchar),varchar(x))) -> varchar",
     "trino_regexp_weave($1, $2, list_transform(trino_regexp_groups($1, $2), $3))"},
    {"regexp_split", kScalar, "(varchar(x), joniregexp) -> array(varchar(x))", ""},
};

}  // namespace

std::span<const FunctionSignature> RegexpFunctions() { return kFunctions; }

}  // namespace opentrail::sql
