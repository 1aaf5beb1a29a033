#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class StringFunctionsTest : public FunctionTest {
 protected:
  StringFunctionsTest() { RegisterStringFunctions(Database()); }
};

TEST_F(StringFunctionsTest, Substr) {
  EXPECT_EQ(Eval("trino_substr('hello', 2)"), "ello");
  EXPECT_EQ(Eval("trino_substr('hello', 2, 3)"), "ell");
  EXPECT_EQ(Eval("trino_substr('hello', -3, 2)"), "ll");
  EXPECT_EQ(Eval("trino_substr('hello', -6, 2)"), "");
  EXPECT_EQ(Eval("trino_substr('hello', 0, 2)"), "");
  EXPECT_EQ(Eval("trino_substr('hello', 2, -1)"), "");
  EXPECT_EQ(Eval("trino_substr('hello', 6)"), "");
  EXPECT_EQ(Eval("trino_substr('hello', 9, 1)"), "");
  EXPECT_EQ(Eval("trino_substr('hello', 1, 9223372036854775807)"), "hello");
  EXPECT_EQ(Eval("trino_substr('hello', (-9223372036854775807 - 1)::BIGINT)"), "");
  EXPECT_EQ(Eval("trino_substr('\xc3\xa9t\xc3\xa9', -2, 1)"), "t");
  EXPECT_EQ(Eval("trino_substr(NULL, 2)"), "NULL");
}

TEST_F(StringFunctionsTest, Strpos) {
  EXPECT_EQ(Eval("trino_strpos('\xc3\xa9ta', 'a')"), "3");
  EXPECT_EQ(Eval("trino_strpos('high', 'ig')"), "2");
  EXPECT_EQ(Eval("trino_strpos('high', 'igx')"), "0");
  EXPECT_EQ(Eval("trino_strpos('high', '')"), "1");
  EXPECT_EQ(Eval("trino_strpos('aaa', 'aa', 2)"), "2");
  EXPECT_EQ(Eval("trino_strpos('a-b-c', '-', 3)"), "0");
  EXPECT_EQ(Eval("trino_strpos('a-b-c', '-', -1)"), "4");
  EXPECT_EQ(Eval("trino_strpos('a-b-c', '-', -2)"), "2");
  EXPECT_EQ(Eval("trino_strpos('-b', '-', -2)"), "0");
  EXPECT_EQ(EvalError("trino_strpos('a', 'a', 0)"),
            "INVALID_FUNCTION_ARGUMENT: 'instance' must be a positive or negative number.");
}

TEST_F(StringFunctionsTest, ReplaceReverse) {
  EXPECT_EQ(Eval("trino_replace('aXbX', 'X', 'yy')"), "ayybyy");
  EXPECT_EQ(Eval("trino_replace('aa', 'a', '')"), "");
  EXPECT_EQ(Eval("trino_replace('a\xc3\xa9', '', '-')"), "-a-\xc3\xa9-");
  EXPECT_EQ(Eval("trino_replace('', 'x', 'y')"), "");
  EXPECT_EQ(Eval("trino_reverse('a\xc3\xa9\xf0\x9f\x98\x80z')"),
            "z\xf0\x9f\x98\x80\xc3\xa9"
            "a");
}

TEST_F(StringFunctionsTest, Split) {
  EXPECT_EQ(Eval("trino_split('a:b:c', ':')"), "[a, b, c]");
  EXPECT_EQ(Eval("trino_split('a:b:c', ':', 2)"), "[a, 'b:c']");
  EXPECT_EQ(Eval("trino_split('a:b:c', ':', 1)"), "['a:b:c']");
  EXPECT_EQ(Eval("trino_split('', ':')"), "['']");
  EXPECT_EQ(Eval("trino_split('a::', ':')"), "[a, '', '']");
  EXPECT_EQ(EvalError("trino_split('a', '')"), "INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string");
  EXPECT_EQ(EvalError("trino_split('a', ':', 0)"), "INVALID_FUNCTION_ARGUMENT: Limit must be positive");
}

TEST_F(StringFunctionsTest, SplitPart) {
  EXPECT_EQ(Eval("trino_split_part('a:b', ':', 1)"), "a");
  EXPECT_EQ(Eval("trino_split_part('a:b', ':', 2)"), "b");
  EXPECT_EQ(Eval("trino_split_part('a:b', ':', 3)"), "NULL");
  EXPECT_EQ(Eval("trino_split_part('a:', ':', 2)"), "");
  EXPECT_EQ(Eval("trino_split_part('', ':', 1)"), "");
  EXPECT_EQ(Eval("trino_split_part('a\xc3\xa9', '', 2)"), "\xc3\xa9");
  EXPECT_EQ(Eval("trino_split_part('ab', '', 3)"), "NULL");
  EXPECT_EQ(EvalError("trino_split_part('a', ':', 0)"), "INVALID_FUNCTION_ARGUMENT: Index must be greater than zero");
}

TEST_F(StringFunctionsTest, Trims) {
  EXPECT_EQ(Eval("'[' || trino_trim(chr(9) || ' a b' || chr(10) || chr(8195)) || ']'"), "[a b]");
  EXPECT_EQ(Eval("'[' || trino_ltrim(' a ') || ']' || trino_rtrim(' a ')"), "[a ] a");
  EXPECT_EQ(Eval("length(trino_trim(chr(160) || 'a'))"), "2") << "a no-break space is no white space to Java";
  EXPECT_EQ(Eval("trino_trim('xyax\xc3\xa9', 'x\xc3\xa9y')"), "a");
  EXPECT_EQ(Eval("trino_ltrim('xxa', 'x') || trino_rtrim('axx', 'x')"), "aa");
  EXPECT_EQ(Eval("trino_trim('xxx', 'x')"), "");
}

TEST_F(StringFunctionsTest, Pads) {
  EXPECT_EQ(Eval("trino_lpad('text', 6, 'ab')"), "abtext");
  EXPECT_EQ(Eval("trino_lpad('text', 7, 'ab')"), "abatext");
  EXPECT_EQ(Eval("trino_rpad('text', 7, '\xc3\xa9z')"), "text\xc3\xa9z\xc3\xa9");
  EXPECT_EQ(Eval("trino_lpad('text', 2, 'ab') || trino_rpad('text', 0, 'ab')"), "te");
  EXPECT_EQ(EvalError("trino_lpad('a', -1, 'b')"),
            "INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..2147483647]");
  EXPECT_EQ(EvalError("trino_lpad('a', 3, '')"), "INVALID_FUNCTION_ARGUMENT: Padding string must not be empty");
  EXPECT_NE(EvalError("trino_lpad('a', 2147483647, 'b')"), "no error");
}

TEST_F(StringFunctionsTest, TranslateChrCodepoint) {
  EXPECT_EQ(Eval("trino_translate('abcd', 'aac', 'zq')"), "zbd");
  EXPECT_EQ(Eval("trino_translate('\xc3\xa9t', '\xc3\xa9', 'e')"), "et");
  EXPECT_EQ(Eval("trino_chr(65) || trino_chr(128512)"), "A\xf0\x9f\x98\x80");
  EXPECT_EQ(EvalError("trino_chr(1114112)"), "INVALID_FUNCTION_ARGUMENT: Not a valid Unicode code point: 1114112");
  EXPECT_EQ(Eval("trino_codepoint('\xc3\xa9')"), "233");
}

TEST_F(StringFunctionsTest, Concat) {
  EXPECT_EQ(Eval("trino_concat('a', 'b', 'c')"), "abc");
  EXPECT_EQ(Eval("trino_concat('a', NULL)"), "NULL");
  EXPECT_EQ(Column("SELECT trino_concat(x, '-', x) FROM (VALUES ('a'), (NULL), ('b')) t(x)"), "a-a,NULL,b-b");
  EXPECT_EQ(Eval("trino_concat_ws_array(', ', ['a', NULL, 'b', ''])"), "a, b, ");
  EXPECT_EQ(Eval("concat_ws(', ', 'a', NULL, 'b', '')"), "a, b, ") << "the engine's own is used for arguments";
}

TEST_F(StringFunctionsTest, UpperNormalize) {
  EXPECT_EQ(Eval("trino_upper('stra\xc3\x9f"
                 "e \xc3\xa9')"),
            "STRA\xc3\x9f"
            "E \xc3\x89");
  EXPECT_EQ(Eval("length(trino_normalize('\xc3\xa9', 'NFD'))"), "2");
  EXPECT_EQ(Eval("trino_normalize('e' || chr(769), 'NFC')"), "\xc3\xa9");
  EXPECT_EQ(Eval("trino_normalize(chr(64257), 'NFKC')"), "fi");
  EXPECT_EQ(Eval("trino_normalize('', 'NFC')"), "");
  EXPECT_EQ(EvalError("trino_normalize('a', 'X')"),
            "INVALID_FUNCTION_ARGUMENT: Normalization form must be one of [NFD, NFC, NFKD, NFKC]");
}

TEST_F(StringFunctionsTest, Distances) {
  EXPECT_EQ(Eval("trino_levenshtein_distance('kitten', 'sitting')"), "3");
  EXPECT_EQ(Eval("trino_levenshtein_distance('', 'abc')"), "3");
  EXPECT_EQ(Eval("trino_levenshtein_distance('\xc3\xa9t\xc3\xa9', 'ete')"), "2");
  EXPECT_EQ(EvalError("trino_levenshtein_distance(repeat('a', 2000), repeat('b', 2000))"),
            "INVALID_FUNCTION_ARGUMENT: The combined inputs for Levenshtein distance are too large");
  EXPECT_EQ(Eval("trino_hamming_distance('abc', 'axc')"), "1");
  EXPECT_EQ(EvalError("trino_hamming_distance('abc', 'a')"),
            "INVALID_FUNCTION_ARGUMENT: The input strings to hamming_distance function must have the same length");
}

TEST_F(StringFunctionsTest, SoundexLuhn) {
  EXPECT_EQ(Eval("trino_soundex('Robert')"), "R163");
  EXPECT_EQ(Eval("trino_soundex('Ashcraft')"), "A261");
  EXPECT_EQ(Eval("trino_soundex('Tymczak')"), "T522");
  EXPECT_EQ(Eval("trino_soundex('Pfister')"), "P236");
  EXPECT_EQ(Eval("trino_soundex('')"), "");
  EXPECT_EQ(Eval("trino_luhn_check('79927398713')"), "true");
  EXPECT_EQ(Eval("trino_luhn_check('79927398714')"), "false");
}

TEST_F(StringFunctionsTest, SplitToMap) {
  const std::string arguments = "('a:1,b:2,', ',', ':')";
  EXPECT_EQ(Eval("MAP(trino_split_to_map_keys" + arguments + ", trino_split_to_map_values" + arguments + ")"),
            "{a=1, b=2}");
  EXPECT_EQ(Eval("trino_split_to_map_keys('', ',', ':')"), "[]");
  EXPECT_EQ(EvalError("trino_split_to_map_keys('a:1,a:2', ',', ':')"),
            "INVALID_FUNCTION_ARGUMENT: Duplicate keys (a) are not allowed");
  EXPECT_EQ(EvalError("trino_split_to_map_keys('a', ',', ':')"),
            "INVALID_FUNCTION_ARGUMENT: Key-value delimiter must appear exactly once in each entry. Bad input: 'a'");
  EXPECT_EQ(EvalError("trino_split_to_multimap_keys('a', ',', ':')"),
            "INVALID_FUNCTION_ARGUMENT: Key-value delimiter must appear exactly once in each entry. Bad input: a");
  EXPECT_EQ(Eval("trino_split_to_multimap_keys('b:1,a:2,b:3', ',', ':')"), "[a, b]");
  EXPECT_EQ(Eval("trino_split_to_multimap_values('b:1,a:2,b:3', ',', ':')"), "[[2], [1, 3]]");
}

TEST_F(StringFunctionsTest, Format) {
  EXPECT_EQ(Eval("trino_format('%s-%d', 'a', 'a', 1, '1')"), "a-1");
  EXPECT_EQ(Eval("trino_format('%03d|%5s|%-5s|%x|%X', 8, '8', 'ab', 'ab', 'cd', 'cd', 255, '', 255, '')"),
            "008|   ab|cd   |ff|FF");
  EXPECT_EQ(Eval("trino_format('%,.2f', 1234567.891::DOUBLE, '')"), "1,234,567.89");
  EXPECT_EQ(Eval("trino_format('%,d %+d %(d', 1234567, '', 5, '', -5, '')"), "1,234,567 +5 (5)");
  EXPECT_EQ(Eval("trino_format('%2$s %1$s %<s', 'a', 'a', 'b', 'b')"), "b a a");
  EXPECT_EQ(Eval("trino_format('%.1f %.0f %.3f', 0.25::DOUBLE, '', 9.5::DOUBLE, '', 2.0005::DECIMAL(9,4), '2.0005')"),
            "0.3 10 2.001");
  EXPECT_EQ(Eval("trino_format('%s %s %e', 1e10::DOUBLE, '', 37.7::DOUBLE, '3.77E1', 12345.678::DOUBLE, '')"),
            "1.0E10 37.7 1.234568e+04");
  EXPECT_EQ(Eval("trino_format('%s %b %%', NULL, NULL, true, 'true')"), "null true %");
  EXPECT_EQ(Eval("trino_format('%s', TIMESTAMP '2024-01-02 03:04:00', '')"), "2024-01-02T03:04");
  EXPECT_EQ(Eval("trino_format('%.2s|', '\xc3\xa9t\xc3\xa9', '\xc3\xa9t\xc3\xa9')"), "\xc3\xa9t|");
  EXPECT_EQ(EvalError("trino_format('%d', 'x', 'x')"),
            "INVALID_FUNCTION_ARGUMENT: Invalid format string: %d (IllegalFormatConversion: d != java.lang.String)");
  EXPECT_EQ(EvalError("trino_format('%s %s', 'x', 'x')"),
            "INVALID_FUNCTION_ARGUMENT: Invalid format string: %s %s (MissingFormatArgument: Format specifier '%s')");
  EXPECT_NE(EvalError("trino_format('%999999999d', 1, '1')"), "no error");
}

}  // namespace
}  // namespace opentrail::engine
