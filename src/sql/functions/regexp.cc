#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kFunctions[] = {
    {"regexp_count", kScalar, "(varchar, varchar) -> bigint", ""},
    {"regexp_extract", kScalar, "(varchar, varchar) -> varchar", "trino_regexp_extract($1, $2, 0)"},
    {"regexp_extract", kScalar, "(varchar, varchar, bigint) -> varchar", ""},
    {"regexp_extract_all", kScalar, "(varchar, varchar) -> array(varchar)", "trino_regexp_extract_all($1, $2, 0)"},
    {"regexp_extract_all", kScalar, "(varchar, varchar, bigint) -> array(varchar)", ""},
    {"regexp_like", kScalar, "(varchar, varchar) -> boolean", ""},
    {"regexp_position", kScalar, "(varchar, varchar) -> integer", "trino_regexp_position($1, $2, 1, 1)"},
    {"regexp_position", kScalar, "(varchar, varchar, integer) -> integer", "trino_regexp_position($1, $2, $3, 1)"},
    {"regexp_position", kScalar, "(varchar, varchar, integer, integer) -> integer", ""},
    {"regexp_replace", kScalar, "(varchar, varchar) -> varchar", "trino_regexp_replace($1, $2, '')"},
    {"regexp_replace", kScalar, "(varchar, varchar, varchar) -> varchar", ""},
    // The lambda takes a match's groups: the engine runs it over all matches' groups, then they are put in place.
    {"regexp_replace", kScalar, "(varchar, varchar, function(array(varchar),varchar)) -> varchar",
     "trino_regexp_weave($1, $2, list_transform(trino_regexp_groups($1, $2), $3))"},
    {"regexp_split", kScalar, "(varchar, varchar) -> array(varchar)", ""},
};

}  // namespace

std::span<const FunctionSignature> RegexpFunctions() { return kFunctions; }

}  // namespace opentrail::sql
