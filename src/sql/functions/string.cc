#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

// starts_with, length and lower are the engine's own: they agree with Trino's.
constexpr FunctionSignature kFunctions[] = {
    {"chr", kScalar, "(bigint) -> varchar", ""},
    {"codepoint", kScalar, "(varchar) -> integer", ""},
    {"concat", kScalar, "(varchar, varchar...) -> varchar", ""},
    {"concat_ws", kScalar, "(varchar, array(varchar)) -> varchar", "trino_concat_ws_array($*)"},
    {"concat_ws", kScalar, "(varchar, varchar...) -> varchar", "concat_ws($*)"},
    // Each value goes in twice: as it is, for %d and %f, and as the dialect's cast prints it, for %s.
    {"format", kScalar, "(varchar, T) -> varchar", "trino_format($1, $2, $2<varchar>)"},
    {"format", kScalar, "(varchar, T, U) -> varchar", "trino_format($1, $2, $2<varchar>, $3, $3<varchar>)"},
    {"format", kScalar, "(varchar, T, U, V) -> varchar",
     "trino_format($1, $2, $2<varchar>, $3, $3<varchar>, $4, $4<varchar>)"},
    {"format", kScalar, "(varchar, T, U, V, K) -> varchar",
     "trino_format($1, $2, $2<varchar>, $3, $3<varchar>, $4, $4<varchar>, $5, $5<varchar>)"},
    {"format", kScalar, "(varchar, T, U, V, K, R) -> varchar",
     "trino_format($1, $2, $2<varchar>, $3, $3<varchar>, $4, $4<varchar>, $5, $5<varchar>, $6, $6<varchar>)"},
    {"hamming_distance", kScalar, "(varchar, varchar) -> bigint", ""},
    {"length", kScalar, "(varchar) -> bigint", "length($1)"},
    {"levenshtein_distance", kScalar, "(varchar, varchar) -> bigint", ""},
    {"lower", kScalar, "(varchar) -> varchar", "lower($1)"},
    {"lpad", kScalar, "(varchar, bigint, varchar) -> varchar", ""},
    {"ltrim", kScalar, "(varchar) -> varchar", ""},
    {"ltrim", kScalar, "(varchar, varchar) -> varchar", ""},
    {"luhn_check", kScalar, "(varchar) -> boolean", ""},
    {"normalize", kScalar, "(varchar) -> varchar", "trino_normalize($1, 'NFC')"},
    {"normalize", kScalar, "(varchar, varchar) -> varchar", ""},
    {"replace", kScalar, "(varchar, varchar) -> varchar", "trino_replace($1, $2, '')"},
    {"replace", kScalar, "(varchar, varchar, varchar) -> varchar", ""},
    {"reverse", kScalar, "(varchar) -> varchar", ""},
    {"rpad", kScalar, "(varchar, bigint, varchar) -> varchar", ""},
    {"rtrim", kScalar, "(varchar) -> varchar", ""},
    {"rtrim", kScalar, "(varchar, varchar) -> varchar", ""},
    {"soundex", kScalar, "(varchar) -> varchar", ""},
    {"split", kScalar, "(varchar, varchar) -> array(varchar)", ""},
    {"split", kScalar, "(varchar, varchar, bigint) -> array(varchar)", ""},
    {"split_part", kScalar, "(varchar, varchar, bigint) -> varchar", ""},
    {"split_to_map", kScalar, "(varchar, varchar, varchar) -> map(varchar, varchar)",
     "MAP(trino_split_to_map_keys($*), trino_split_to_map_values($*))"},
    {"split_to_multimap", kScalar, "(varchar, varchar, varchar) -> map(varchar, array(varchar))",
     "MAP(trino_split_to_multimap_keys($*), trino_split_to_multimap_values($*))"},
    {"starts_with", kScalar, "(varchar, varchar) -> boolean", "starts_with($*)"},
    {"strpos", kScalar, "(varchar, varchar) -> bigint", ""},
    {"strpos", kScalar, "(varchar, varchar, bigint) -> bigint", ""},
    {"substr", kScalar, "(varchar, bigint) -> varchar", ""},
    {"substr", kScalar, "(varchar, bigint, bigint) -> varchar", ""},
    {"substring", kScalar, "(varchar, bigint) -> varchar", "trino_substr($*)"},
    {"substring", kScalar, "(varchar, bigint, bigint) -> varchar", "trino_substr($*)"},
    {"translate", kScalar, "(varchar, varchar, varchar) -> varchar", ""},
    {"trim", kScalar, "(varchar) -> varchar", ""},
    {"trim", kScalar, "(varchar, varchar) -> varchar", ""},
    {"upper", kScalar, "(varchar) -> varchar", ""},
};

}  // namespace

std::span<const FunctionSignature> StringFunctions() { return kFunctions; }

}  // namespace opentrail::sql
