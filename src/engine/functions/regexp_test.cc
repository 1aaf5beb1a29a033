#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class RegexpFunctionsTest : public FunctionTest {
 protected:
  RegexpFunctionsTest() { RegisterRegexpFunctions(Database()); }

  std::string Like(const std::string& text, const std::string& pattern) {
    return EvalRow("trino_regexp_like(x, '" + pattern + "')", "'" + text + "' AS x");
  }
  std::string Replace(const std::string& text, const std::string& pattern, const std::string& replacement) {
    return Eval("trino_regexp_replace('" + text + "', '" + pattern + "', '" + replacement + "')");
  }
};

TEST_F(RegexpFunctionsTest, LikeFindsAnywhere) {
  EXPECT_EQ(Like("1a 2b 14m", R"(\d+b)"), "true");
  EXPECT_EQ(Like("fe80::1", ":"), "true");
  EXPECT_EQ(Like("10.0.0.1", ":"), "false");
  EXPECT_EQ(Like("DescribeInstances", "^(List|Describe|Get)"), "true");
  EXPECT_EQ(Like("ConsoleLogin", "(?i)consolelogin"), "true");
  EXPECT_EQ(Like("", ""), "true");
  EXPECT_EQ(Like("", "a"), "false");
  EXPECT_EQ(Eval("trino_regexp_like(NULL, 'a')"), "NULL");
  EXPECT_EQ(Like("arn:aws:sts::1:assumed-role/app/i-0abc", "assumed-role/.+/i-[0-9a-f]+$"), "true");
}

TEST_F(RegexpFunctionsTest, WhatKnowsUnicode) {
  EXPECT_EQ(Like("äb", R"(\bb)"), "false");
  EXPECT_EQ(Like("äb", R"(\Bb)"), "true");
  EXPECT_EQ(Like("ä", R"(^\b\W)"), "true") << "a word's begin, and no word character";
  EXPECT_EQ(Like("ä1", R"(\b[\w]\d*)"), "false");
  EXPECT_EQ(Like("a-z", R"(\b[\w-]+$)"), "true");
  EXPECT_EQ(Like("a z", R"(\b[^\s]\s[\S]\b)"), "true");
  EXPECT_EQ(Like("b", R"(\Qb\E)"), "true");
  EXPECT_EQ(Like(R"(\w)", R"(\Q\w\E\b)"), "true");
  EXPECT_EQ(Like(R"(\w)", R"(\\w\b)"), "true");
  EXPECT_EQ(Like("٣", R"(\p{Digit})"), "true");
  EXPECT_EQ(Like("٣", R"(\p{Digit}\d)"), "false");
  EXPECT_EQ(Like("ä", "[[:word:]]"), "true");
}

TEST_F(RegexpFunctionsTest, JavaSyntax) {
  EXPECT_EQ(Like("ba", "(?<!b)a"), "false");
  EXPECT_EQ(Like("aa", R"((a)\1)"), "true");
  EXPECT_EQ(Like("aaa", "a++a"), "false") << "possessive";
  EXPECT_EQ(Eval("trino_regexp_like('a' || chr(10), 'a$')"), "true") << "$ before a last line end";
  EXPECT_EQ(Eval("trino_regexp_like('a' || chr(10) || 'b', '^b')"), "false");
  EXPECT_EQ(Eval("trino_regexp_like('a' || chr(10) || 'b', '(?m)^b')"), "true");
  EXPECT_EQ(Eval("trino_regexp_like('a' || chr(10) || 'b', 'a.b')"), "false");
  EXPECT_EQ(Eval("trino_regexp_like('a' || chr(10) || 'b', '(?s)a.b')"), "true");
  EXPECT_EQ(Like("a.b", R"(^\Qa.b\E$)"), "true");
  EXPECT_EQ(Like("\xc3\xa9t\xc3\xa9", R"(^\p{L}{3}$)"), "true") << "characters, not bytes";
  EXPECT_EQ(Like("\xc3\xa9", R"(\w)"), "false") << "ASCII alone, as in Java";
  EXPECT_EQ(Like("x", R"(\p{Lu})"), "false");
}

TEST_F(RegexpFunctionsTest, Extract) {
  EXPECT_EQ(Eval(R"(trino_regexp_extract('1a 2b 14m', '\d+', 0))"), "1");
  EXPECT_EQ(Eval(R"(trino_regexp_extract('1a 2b 14m', '(\d+)([a-z]+)', 2))"), "a");
  EXPECT_EQ(Eval("trino_regexp_extract('abc', 'z+', 0)"), "NULL");
  EXPECT_EQ(Eval("trino_regexp_extract('b', '(a)?b', 1)"), "NULL");
  EXPECT_EQ(Eval("trino_regexp_extract('abc', '(x*)', 1)"), "");
  EXPECT_EQ(EvalError("trino_regexp_extract('abc', 'b', 1)"),
            "INVALID_FUNCTION_ARGUMENT: Pattern has 0 groups. Cannot access group 1");
  EXPECT_EQ(EvalError("trino_regexp_extract('abc', 'b', -1)"), "INVALID_FUNCTION_ARGUMENT: Group cannot be negative");
  EXPECT_EQ(Eval(R"(trino_regexp_extract_all('1a 2b 14m', '(\d+)([a-z]+)', 2))"), "[a, b, m]");
  EXPECT_EQ(Eval("trino_regexp_extract_all('ab', '(a)|b', 1)"), "[a, NULL]");
  EXPECT_EQ(Eval("trino_regexp_extract_all('abc', 'z', 0)"), "[]");
}

TEST_F(RegexpFunctionsTest, ReplaceAllWithGroups) {
  EXPECT_EQ(Replace("a.b.c", R"(\.)", "-"), "a-b-c");
  EXPECT_EQ(Replace("ab", "(a)(b)", "$2$1"), "ba");
  EXPECT_EQ(Replace("1a 2b 14m", R"((\d+)([ab]) )", "3c$2 "), "3ca 3cb 14m");
  EXPECT_EQ(Replace("new york", R"((?<first>\w)(?<rest>\w*))", R"(${rest}${first}\$\\)"), R"(ewn$\ orky$\)");
  EXPECT_EQ(Replace("ab", "(a)", "$12"), "a2b");
  EXPECT_EQ(Replace("ab", "", "-"), "-a-b-");
  EXPECT_EQ(Replace("\xc3\xa9z", "", "-"), "-\xc3\xa9-z-");
  EXPECT_EQ(Replace("abc", "x", "$9"), "abc") << "no match, no look at the replacement";
  EXPECT_EQ(Replace("", "x", "y"), "");
  EXPECT_EQ(Replace("aaa", "a", ""), "");
  EXPECT_EQ(EvalError("trino_regexp_replace('a', 'a', '$1')"),
            "INVALID_FUNCTION_ARGUMENT: Illegal replacement sequence: unknown group 1");
  EXPECT_EQ(EvalError("trino_regexp_replace('a', 'a', '$')"),
            "INVALID_FUNCTION_ARGUMENT: Illegal replacement sequence: $");
  EXPECT_EQ(EvalError("trino_regexp_replace('a', 'a', '${x}')"),
            "INVALID_FUNCTION_ARGUMENT: Illegal replacement sequence: unknown group { x }");
}

TEST_F(RegexpFunctionsTest, ReplaceWithLambda) {
  const std::string weave = "trino_regexp_weave(x, p, list_transform(trino_regexp_groups(x, p), lambda g: ";
  EXPECT_EQ(EvalRow(weave + "upper(g[1]) || lower(g[2])))", R"('new york' AS x, '(\w)(\w*)' AS p)"), "New York");
  EXPECT_EQ(EvalRow(weave + "NULL::VARCHAR))", "'abc' AS x, 'b' AS p"), "ac");
}

TEST_F(RegexpFunctionsTest, SplitCountPosition) {
  EXPECT_EQ(Eval(R"(trino_regexp_split('1a 2b 14m', '\s*[a-z]+\s*'))"), "[1, 2, 14, '']");
  EXPECT_EQ(Eval("trino_regexp_split('abc', 'x')"), "[abc]");
  EXPECT_EQ(Eval("trino_regexp_split('ab', '')"), "['', a, b, '']");
  EXPECT_EQ(Eval(R"(trino_regexp_count('1a 2b 14m', '\s*[a-z]+\s*'))"), "3");
  EXPECT_EQ(Eval("trino_regexp_count('ab', '')"), "3");
  EXPECT_EQ(Eval(R"(trino_regexp_position('I have 23 apples, 5 pears and 13 oranges', '\b\d+\b', 1, 1))"), "8");
  EXPECT_EQ(Eval(R"(trino_regexp_position('I have 23 apples, 5 pears and 13 oranges', '\b\d+\b', 5, 2))"), "19");
  EXPECT_EQ(Eval(R"(trino_regexp_position('I have 23 apples, 5 pears and 13 oranges', '\b\d+\b', 1, 4))"), "-1");
  EXPECT_EQ(EvalError("trino_regexp_position('a', 'a', 0, 1)"),
            "INVALID_FUNCTION_ARGUMENT: start position cannot be smaller than 1");
}

TEST_F(RegexpFunctionsTest, BadPatternsAreRefusedWhereARowIsRead) {
  EXPECT_EQ(EvalError("trino_regexp_like('a', '(')"),
            "INVALID_FUNCTION_ARGUMENT: end pattern with unmatched parenthesis");
  EXPECT_EQ(Eval("TRY(trino_regexp_like('a', '('))"), "NULL");
  EXPECT_EQ(EvalRow("TRY(trino_regexp_like(x, '('))", "'a' AS x"), "NULL");
  EXPECT_EQ(EvalError("trino_regexp_like('a', repeat('a', 40000))"),
            "INVALID_FUNCTION_ARGUMENT: Regular expression has 40000 bytes, the most is 32768");
  EXPECT_NE(EvalError("trino_regexp_like('a', repeat('(', 5000) || repeat(')', 5000))"), "no error");
}

TEST_F(RegexpFunctionsTest, EndlessBacktrackingIsRefused) {
  EXPECT_EQ(EvalError("trino_regexp_like(repeat('a', 40) || 'b', '^(a|aa)+$')").substr(0, 66),
            "INVALID_FUNCTION_ARGUMENT: Regular expression backtracks more than");
}

TEST_F(RegexpFunctionsTest, PatternsFromRows) {
  EXPECT_EQ(Column("SELECT count(*) FILTER (trino_regexp_like('v' || x, '^v' || x || '$')) FROM range(1000) t(x)"),
            "1000");
}

}  // namespace
}  // namespace opentrail::engine
