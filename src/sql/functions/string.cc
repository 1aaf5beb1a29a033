#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

// starts_with, length and lower are the engine's own: they agree with Trino's.
constexpr FunctionSignature kFunctions[] = {
    {"chr", kScalar, "(bigint) -> varchar(1)", ""},
    {"codepoint", kScalar, "(varchar(1)) -> integer", ""},
    // Of every family, in Trino's order: an ambiguous || lists them so.
    {"concat", kScalar, "(char(x), char(y)) -> char(x + y)", "($1 || $2)"},
    {"concat", kScalar, "(array(E), E) -> array(E)", "CASE WHEN $2 IS NOT NULL THEN trino_array_concat($1, [$2]) END"},
    {"concat", kScalar, "(E, array(E)) -> array(E)", "CASE WHEN $1 IS NOT NULL THEN trino_array_concat([$1], $2) END"},
    {"concat", kScalar, "(array(E)...) -> array(E)", "trino_array_concat($*)"},
    {"concat", kScalar, "~(varchar, varchar) -> varchar", "($1 || $2)"},
    {"concat", kScalar, "(varchar...) -> varchar", ""},
    {"concat", kScalar, "(varbinary...) -> varbinary", "trino_concat_binary($*)"},
    {"concat_ws", kScalar, "(varchar, array(varchar)) -> varchar", "trino_concat_ws_array($*)"},
    {"concat_ws", kScalar, "(varchar, varchar...) -> varchar", "concat_ws($*)"},
    {"format_number", kScalar, "(bigint) -> varchar", "trino_format_number(CAST($1 AS BIGINT))"},
    {"format_number", kScalar, "(double) -> varchar", "trino_format_number(CAST($1 AS DOUBLE))"},
    {"hamming_distance", kScalar, "(varchar(x), varchar(y)) -> bigint", ""},
    {"length", kScalar, "(varchar(x)) -> bigint", "length($1)"},
    {"length", kScalar, "(char(x)) -> bigint", "length($1)"},
    {"levenshtein_distance", kScalar, "(varchar(x), varchar(y)) -> bigint", ""},
    {"lower", kScalar, "(varchar(x)) -> varchar(x)", "lower($1)"},
    {"lower", kScalar, "(char(x)) -> char(x)", "lower($1)"},
    {"lpad", kScalar, "(varchar(x), bigint, varchar(y)) -> varchar", ""},
    {"ltrim", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"ltrim", kScalar, "(char(x)) -> varchar(x)", "trino_ltrim(rtrim($1, ' '))"},
    {"ltrim", kScalar, "(varchar(x), codepoints) -> varchar(x)", ""},
    {"ltrim", kScalar, "(char(x), codepoints) -> varchar(x)", ""},
    {"luhn_check", kScalar, "(varchar) -> boolean", ""},
    {"normalize", kScalar, "(varchar(x)) -> varchar", "trino_normalize($1, 'NFC')"},
    {"normalize", kScalar, "(varchar(x), varchar(y)) -> varchar", ""},
    {"parse_data_size", kScalar, "(varchar(x)) -> decimal(38,0)", "CAST(trino_parse_data_size($1) AS $R)"},
    {"parse_presto_data_size", kScalar, "(varchar(x)) -> decimal(38,0)", "CAST(trino_parse_data_size($1) AS $R)"},
    {"replace", kScalar, "(varchar(x), varchar(y)) -> varchar(x)", "trino_replace($1, $2, '')"},
    {"replace", kScalar, "(varchar(x), varchar(y), varchar(z)) -> varchar(min(2147483647, x + z * (x + 1)))", ""},
    {"reverse", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"rpad", kScalar, "(varchar(x), bigint, varchar(y)) -> varchar", ""},
    {"rtrim", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"rtrim", kScalar, "(char(x)) -> varchar(x)", ""},
    {"rtrim", kScalar, "(varchar(x), codepoints) -> varchar(x)", ""},
    {"rtrim", kScalar, "(char(x), codepoints) -> varchar(x)", ""},
    {"soundex", kScalar, "(varchar) -> varchar(4)", ""},
    {"split", kScalar, "(varchar(x), varchar(y)) -> array(varchar(x))", ""},
    {"split", kScalar, "(varchar(x), varchar(y), bigint) -> array(varchar(x))", ""},
    {"split_part", kScalar, "(varchar(x), varchar(y), bigint) -> varchar(x)", ""},
    {"split_to_map", kScalar, "(varchar, varchar, varchar) -> map(varchar, varchar)",
     "MAP(trino_split_to_map_keys($*), trino_split_to_map_values($*))"},
    {"split_to_multimap", kScalar, "(varchar, varchar, varchar) -> map(varchar, array(varchar))",
     "MAP(trino_split_to_multimap_keys($*), trino_split_to_multimap_values($*))"},
    {"starts_with", kScalar, "(varchar(x), varchar(y)) -> boolean", "starts_with($*)"},
    {"strpos", kScalar, "(varchar(x), varchar(y)) -> bigint", ""},
    {"strpos", kScalar, "(varchar(x), varchar(y), bigint) -> bigint", ""},
    {"substr", kScalar, "(varchar(x), bigint) -> varchar(x)", ""},
    {"substr", kScalar, "(varchar(x), bigint, bigint) -> varchar(x)", ""},
    {"substr", kScalar, "(char(x), bigint) -> varchar(x)", ""},
    {"substr", kScalar, "(char(x), bigint, bigint) -> varchar(x)", ""},
    {"substring", kScalar, "(varchar(x), bigint) -> varchar(x)", "trino_substr($*)"},
    {"substring", kScalar, "(varchar(x), bigint, bigint) -> varchar(x)", "trino_substr($*)"},
    {"substring", kScalar, "(char(x), bigint) -> varchar(x)", "trino_substr($*)"},
    {"substring", kScalar, "(char(x), bigint, bigint) -> varchar(x)", "trino_substr($*)"},
    {"translate", kScalar, "(varchar(x), varchar(y), varchar(z)) -> varchar", ""},
    {"trim", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"trim", kScalar, "(char(x)) -> varchar(x)", ""},
    {"trim", kScalar, "(varchar(x), codepoints) -> varchar(x)", ""},
    {"trim", kScalar, "(char(x), codepoints) -> varchar(x)", ""},
    {"upper", kScalar, "(varchar(x)) -> varchar(x)", ""},
    {"upper", kScalar, "(char(x)) -> char(x)", ""},
    {"word_stem", kScalar, "(varchar(x)) -> varchar(x)", "trino_word_stem($1, 'en')"},
    {"word_stem", kScalar, "(varchar(x), varchar(2)) -> varchar(x)", ""},
};

}  // namespace

std::span<const FunctionSignature> StringFunctions() { return kFunctions; }

}  // namespace opentrail::sql
