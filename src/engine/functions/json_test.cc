#include "engine/functions/function_test.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class JsonFunctionsTest : public FunctionTest {
 protected:
  JsonFunctionsTest() { RegisterJsonFunctions(Database()); }

  std::string Scalar(const std::string& json, const std::string& path) {
    return Eval("trino_json_extract_scalar('" + json + "', '" + path + "')");
  }
  std::string Extract(const std::string& json, const std::string& path) {
    return Eval("trino_json_extract('" + json + "', '" + path + "')");
  }
};

TEST_F(JsonFunctionsTest, ExtractScalarGivesTextAsWritten) {
  EXPECT_EQ(Scalar(R"({"a":"x"})", "$.a"), "x");
  EXPECT_EQ(Scalar(R"({"a":1e2})", "$.a"), "1e2");
  EXPECT_EQ(Scalar(R"({"a":1.10})", "$.a"), "1.10");
  EXPECT_EQ(Scalar(R"({"a":12345678901234567890123})", "$.a"), "12345678901234567890123");
  EXPECT_EQ(Scalar(R"({"a":true})", "$.a"), "true");
  EXPECT_EQ(Scalar(R"("root")", "$"), "root");
  EXPECT_EQ(Scalar(R"({"a":"q\"\\\/\n\u00e9\ud83d\ude00"})", "$.a"), "q\"\\/\n\xc3\xa9\xf0\x9f\x98\x80");
}

TEST_F(JsonFunctionsTest, ExtractScalarOfWhatIsNoScalarIsNull) {
  EXPECT_EQ(Scalar(R"({"a":{"b":1}})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":[1]})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":null})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":1})", "$.A"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":1})", "$.a.b"), "NULL");
  EXPECT_EQ(Scalar("", "$.a"), "NULL");
}

TEST_F(JsonFunctionsTest, MalformedTextIsNullUpToTheMatchAndIgnoredBehindIt) {
  EXPECT_EQ(Scalar("{bad", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a" 1})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"b":[1,},"a":1})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"b":01,"a":1})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"b":"\x","a":1})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":12x})", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":"open)", "$.a"), "NULL");
  EXPECT_EQ(Scalar(R"({"a":1, garbage)", "$.a"), "1");
  EXPECT_EQ(Scalar("{\"b\":\"tab\there\",\"a\":1}", "$.a"), "NULL");
}

TEST_F(JsonFunctionsTest, Paths) {
  const std::string json =
      R"({"a.b":1,"x-amz-id-2":"z","k":{"l":[10,{"m":"deep"},[7,8]]},"1":"one","s p\"q":2,"ns:k":3,"a":4,"a":5})";
  EXPECT_EQ(Scalar(json, R"($["a.b"])"), "1");
  EXPECT_EQ(Scalar(json, "$.x-amz-id-2"), "z");
  EXPECT_EQ(Scalar(json, R"($["x-amz-id-2"])"), "z");
  EXPECT_EQ(Scalar(json, "$.k.l[1].m"), "deep");
  EXPECT_EQ(Scalar(json, R"($["k"]["l"][2][1])"), "8");
  EXPECT_EQ(Scalar(json, "$.k.l[3]"), "NULL");
  EXPECT_EQ(Scalar(json, "$[1]"), "one");
  EXPECT_EQ(Scalar(json, "$.k.l.0"), "10");
  EXPECT_EQ(Scalar(json, R"($["s p\"q"])"), "2");
  EXPECT_EQ(Scalar(json, "$.ns:k"), "3");
  EXPECT_EQ(Scalar(json, "$.a"), "4") << "the first of equal keys";
  EXPECT_EQ(Scalar(R"({"\u0061":1})", "$.a"), "1");
}

TEST_F(JsonFunctionsTest, InvalidPathsAreRefused) {
  for (const std::string path :
       {"$.a[*]", "$..a", "$.", "a", "", "$[", "$[-1]x", "$.a b", "$[\"a]", "$['a']", "$[-1]", "$[a-b]"}) {
    std::string quoted;
    for (const char c : path) quoted.append(c == '\'' ? 2 : 1, c);
    EXPECT_EQ(EvalError("trino_json_extract_scalar('{}', '" + quoted + "')"),
              "INVALID_FUNCTION_ARGUMENT: Invalid JSON path: '" + path + "'");
  }
  EXPECT_EQ(Eval("TRY(trino_json_extract_scalar('{}', '$.a[*]'))"), "NULL");
}

TEST_F(JsonFunctionsTest, ExtractPrintsJsonAnew) {
  EXPECT_EQ(Extract(R"({"a": {"c" : [1 , 2.50], "b":"\/\u0041\u001f"} })", "$.a"), R"({"c":[1,2.5],"b":"/A\u001F"})");
  EXPECT_EQ(Extract(R"({"a":null})", "$.a"), "null");
  EXPECT_EQ(Extract(R"({"a":"x"})", "$.a"), "\"x\"");
  EXPECT_EQ(Extract(R"({"a":1})", "$.b"), "NULL");
  EXPECT_EQ(Extract(R"([[],{},[[]],[{}],[[1],[2]]])", "$"), R"([[],{},[[]],[{}],[[1],[2]]])");
  EXPECT_EQ(Extract(R"([1e10,1E-5,-0,-0.0,0.001,123456789.5,1e400])", "$"),
            R"([1.0E10,1.0E-5,0,-0.0,0.001,1.234567895E8,"Infinity"])");
}

TEST(JsonCanonicalTest, BytesThatAreNoUtf8TakeNothingWithThem) {
  for (const std::string text : {"\"\xff\xff on\"", "{\"a\xf0\":\"\xf8\x80\x80\x80\"}", "[\"\xf4\x90\x80\x80\"]"}) {
    std::string canonical;
    EXPECT_TRUE(AppendJsonCanonical(text, JsonKeyOrder::kSorted, canonical));
    EXPECT_EQ(canonical, text);
  }
}

TEST(JsonPathTest, FindsAllWithoutAWildcardToo) {
  const auto all = [](std::string_view path, std::string_view text) { return JsonPath::Parse(path)->FindAll(text); };
  EXPECT_EQ(all("$", " 7 "), std::vector<std::string_view>{"7"});
  EXPECT_EQ(all("$.a", R"({"a":[1]})"), std::vector<std::string_view>{"[1]"});
  for (const std::string_view text : {"$", "", "[1", "{\"a\":"}) EXPECT_EQ(all("$", text), std::nullopt) << text;
}

TEST_F(JsonFunctionsTest, WildcardsGiveAllThatTheyFind) {
  const auto all = [&](const std::string& json, const std::string& path) {
    return Eval("lake_json_extract('" + json + "', '" + path + "')");
  };
  const std::string policy = R"({"Statement":[{"Action":"s3:*"},{"Effect":"Deny"},{"Action":["a","b"]},7]})";
  EXPECT_EQ(all(policy, "$.Statement[*].Action"), R"(["s3:*",["a","b"]])");
  EXPECT_EQ(all(policy, "$.Statement[*].Action[0]"), R"(["a"])");
  EXPECT_EQ(all(policy, "$.Statement[*]"), R"([{"Action":"s3:*"},{"Effect":"Deny"},{"Action":["a","b"]},7])");
  EXPECT_EQ(all(policy, "$.Statement[*].*"), R"(["s3:*","Deny",["a","b"]])");
  EXPECT_EQ(all(policy, "$[*][*].Action[*]"), R"(["a","b"])");
  EXPECT_EQ(all(policy, "$.Statement[*].None"), "[]");
  EXPECT_EQ(all(policy, "$.None[*]"), "NULL");
  EXPECT_EQ(all(policy, "$.Statement[0].Action"), "\"s3:*\"") << "without a wildcard, as json_extract";
  EXPECT_EQ(all(R"({"Statement":{"Action":"x"}})", "$.Statement[*].Action"), "[]");
  EXPECT_EQ(all(R"({"Statement":[{"Action":"x"},{"Ac)", "$.Statement[*].Action"), "NULL");
  EXPECT_EQ(all("{}", "$.*"), "[]");
  EXPECT_EQ(all("17", "$[*]"), "[]");
  for (const std::string path : {"$..a", "$.*a", "$[**]", "$[*", "$*"}) {
    EXPECT_EQ(EvalError("lake_json_extract('{}', '" + path + "')"),
              "INVALID_FUNCTION_ARGUMENT: Invalid JSON path: '" + path + "'");
  }
}

TEST_F(JsonFunctionsTest, ParseSortsKeysAndRefusesMalformed) {
  EXPECT_EQ(Eval(R"(trino_json_parse(' {"b":1, "a":[{"z":1,"y":2}], "b":3} '))"), R"({"a":[{"y":2,"z":1}],"b":3})");
  EXPECT_EQ(Eval(R"(trino_json_parse('12'))"), "12");
  EXPECT_EQ(EvalError(R"(trino_json_parse('{"a":'))"),
            "INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{\"a\":'");
  EXPECT_EQ(EvalError(R"(trino_json_parse('1 2'))"), "INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '1 2'");
  EXPECT_EQ(EvalError("trino_json_parse('')"), "INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: ''");
}

TEST_F(JsonFunctionsTest, DepthIsBounded) {
  EXPECT_EQ(Eval("length(trino_json_parse(repeat('[', 1000) || repeat(']', 1000)))"), "2000");
  EXPECT_EQ(Eval("TRY(trino_json_parse(repeat('[', 1001) || repeat(']', 1001)))"), "NULL");
  EXPECT_EQ(Eval("trino_json_extract_scalar(repeat('[', 1000000), '$')"), "NULL");
}

TEST_F(JsonFunctionsTest, Arrays) {
  EXPECT_EQ(Eval("trino_json_array_length('[1, [2, 3], {}]')"), "3");
  EXPECT_EQ(Eval("trino_json_array_length(' [ ] ')"), "0");
  EXPECT_EQ(Eval(R"(trino_json_array_length('{"a":1}'))"), "NULL");
  EXPECT_EQ(Eval("trino_json_array_length('[1,')"), "NULL");
  EXPECT_EQ(Eval("trino_json_array_contains_bigint('[1, 2.0, 3]', 2)"), "false");
  EXPECT_EQ(Eval("trino_json_array_contains_bigint('[1, 2, 3]', 2)"), "true");
  EXPECT_EQ(Eval("trino_json_array_contains_double('[1, 2.50]', 2.5)"), "true");
  EXPECT_EQ(Eval(R"(trino_json_array_contains_varchar('["a", "b\u0041"]', 'bA'))"), "true");
  EXPECT_EQ(Eval("trino_json_array_contains_boolean('[1, false]', false)"), "true");
  EXPECT_EQ(Eval("trino_json_array_contains_boolean('nope', false)"), "NULL");
  EXPECT_EQ(Eval(R"(trino_json_array_get('["a", [3, 9], "c"]', 0))"), "a");
  EXPECT_EQ(Eval(R"(trino_json_array_get('["a", [3, 9], "c"]', -2))"), "[3,9]");
  EXPECT_EQ(Eval(R"(trino_json_array_get('["a"]', 1))"), "NULL");
  EXPECT_EQ(Eval(R"(trino_json_array_get('["a"]', -2))"), "NULL");
}

TEST_F(JsonFunctionsTest, SizeAndIsScalar) {
  EXPECT_EQ(Eval(R"(trino_json_size('{"x": {"a": 1, "b": 2}}', '$.x'))"), "2");
  EXPECT_EQ(Eval(R"(trino_json_size('{"x": [1, 2, 3]}', '$.x'))"), "3");
  EXPECT_EQ(Eval(R"(trino_json_size('{"x": {"a": 1}}', '$.x.a'))"), "0");
  EXPECT_EQ(Eval(R"(trino_json_size('{"x": 1}', '$.y'))"), "NULL");
  EXPECT_EQ(Eval("trino_is_json_scalar('1')"), "true");
  EXPECT_EQ(Eval("trino_is_json_scalar('[1, 2]')"), "false");
  EXPECT_EQ(EvalError("trino_is_json_scalar('[1')"), "INVALID_FUNCTION_ARGUMENT: Invalid JSON value: [1");
}

class SqlJsonTest : public JsonFunctionsTest {
 protected:
  std::string Exists(const std::string& path, const std::string& on_error = "") {
    return Eval("trino_json_exists('" + kJson + "', '" + path + "', NULL, '" + on_error + "')");
  }
  std::string Value(const std::string& path, const std::string& on_empty = "", const std::string& on_error = "") {
    return Eval("trino_json_value('" + kJson + "', '" + path + "', NULL, '" + on_empty + "', 'empty', '" + on_error +
                "', 'failed')");
  }
  std::string Query(const std::string& path, const std::string& wrapper = "", const std::string& quotes = "") {
    return Eval("trino_json_query('" + kJson + "', '" + path + "', NULL, '" + wrapper + "', '" + quotes + "', '', '')");
  }

  const std::string kJson =
      R"({"a":{"b":"x"},"l":[{"k":1},{"k":2},{"n":3},[4]],"s":"q\u0041","n":null,"o d":true,"t":[10,20,30]})";
};

TEST_F(SqlJsonTest, LaxPaths) {
  EXPECT_EQ(Value("lax $.a.b"), "x");
  EXPECT_EQ(Value("lax $.s"), "qA");
  EXPECT_EQ(Value("lax $.n"), "NULL");
  EXPECT_EQ(Value("lax $.\"o d\""), "true");
  EXPECT_EQ(Value("lax $.t[1]"), "20");
  EXPECT_EQ(Value("lax $.t[last]"), "30");
  EXPECT_EQ(Value("lax $.t[last - 2]"), "10");
  EXPECT_EQ(Value("lax $.a[0].b"), "x") << "a lone item is an array of one";
  EXPECT_EQ(Query("lax $.l.k", "with unconditional"), "[1,2]") << "an array stands for its elements";
  EXPECT_EQ(Query("lax $.t[0 to 1]", "with conditional"), "[10,20]");
  EXPECT_EQ(Query("lax $.t[2, 0]", "with conditional"), "[30,10]");
  EXPECT_EQ(Query("lax $.a.*"), "\"x\"");
  EXPECT_EQ(Query("lax $.a.*", "", "omit"), "x");
  EXPECT_EQ(Query("lax $.a"), R"({"b":"x"})");
  EXPECT_EQ(Query("lax $.a", "with conditional"), R"({"b":"x"})");
  EXPECT_EQ(Query("lax $.a", "with unconditional"), R"([{"b":"x"}])");
  EXPECT_EQ(Query("lax $.t[*]"), "NULL") << "several items without a wrapper";
}

TEST_F(SqlJsonTest, EmptyAndError) {
  EXPECT_EQ(Value("lax $.none"), "NULL");
  EXPECT_EQ(Value("lax $.none", "default"), "empty");
  EXPECT_EQ(Value("lax $.t", "", "default"), "failed");
  EXPECT_EQ(Value("strict $.none", "", "default"), "failed");
  EXPECT_EQ(EvalError("trino_json_value('{}', 'lax $.a', NULL, 'error', NULL, 'error', NULL)"),
            "JSON_VALUE_RESULT_ERROR: cannot extract SQL scalar from JSON: JSON path found no items");
  EXPECT_EQ(EvalError("trino_json_value('{', 'lax $.a', NULL, '', NULL, 'error', NULL)"),
            "JSON_INPUT_CONVERSION_ERROR: conversion to JSON failed: ");
  EXPECT_EQ(Eval("trino_json_value(NULL, 'lax $.a', NULL, 'error', NULL, 'error', NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_json_query('[]', 'lax $.a', NULL, '', '', 'empty array', '')"), "[]");
  EXPECT_EQ(EvalError("trino_json_query('[1,2]', 'lax $[*]', NULL, '', '', '', 'error')"),
            "JSON_OUTPUT_CONVERSION_ERROR: conversion from JSON failed: JSON path found multiple items");
}

TEST_F(SqlJsonTest, ExistsAndBadPaths) {
  EXPECT_EQ(Exists("lax $.a.b"), "true");
  EXPECT_EQ(Exists("lax $.a.c"), "false");
  EXPECT_EQ(Exists("lax $.n"), "true");
  EXPECT_EQ(Exists("strict $.a.c"), "false");
  EXPECT_EQ(Exists("strict $.a.c", "unknown"), "NULL");
  EXPECT_EQ(Exists("strict $.t[0 to 1]"), "true");
  EXPECT_EQ(Exists("strict $.t[3]", "true"), "true");
  EXPECT_EQ(EvalError("trino_json_exists('{}', 'lax a', NULL, '')"),
            "INVALID_PATH: invalid JSON path 'lax a': a value expected at character 5");
  EXPECT_EQ(EvalError("trino_json_exists('{}', 'lax $.a ? (@ like_regex \"x\")', NULL, '')"),
            "NOT_SUPPORTED: JSON path 'lax $.a ? (@ like_regex \"x\")': like_regex is not supported");
  EXPECT_EQ(EvalError("trino_json_exists('{}', 'lax ' || repeat('(', 300) || '$', NULL, '')"),
            "INVALID_PATH: JSON path is nested deeper than 200 levels");
}

TEST_F(SqlJsonTest, FiltersMethodsAndArithmetic) {
  EXPECT_EQ(Query("lax $.l[*] ? (@.k > 1)", "with unconditional"), R"([{"k":2}])");
  EXPECT_EQ(Query("lax $.t[*] ? (@ >= 20 && @ < 30)", "with unconditional"), "[20]");
  EXPECT_EQ(Query("lax $.t[*] ? (!(@ == 20) || @ == 20)", "with unconditional"), "[10,20,30]");
  EXPECT_EQ(Query("lax $.l[*] ? (exists(@.n))", "with unconditional"), R"([{"n":3}])");
  EXPECT_EQ(Query("lax $.l[*] ? ((@.k == \"x\") is unknown)", "with unconditional"), R"([{"k":1},{"k":2}])");
  EXPECT_EQ(Value("lax $.s ? (@ starts with \"q\")"), "qA");
  EXPECT_EQ(Value("lax $.t.size()"), "3");
  EXPECT_EQ(Value("lax $.a.type()"), "object");
  EXPECT_EQ(Value("lax ($.t[0] + $.t[1]) * 2"), "60");
  EXPECT_EQ(Value("lax $.t[0] / 4"), "2");
  EXPECT_EQ(Value("lax $.t[0] / 0", "", "default"), "failed");
  EXPECT_EQ(Query("lax $.a.keyvalue()"), R"({"name":"b","value":"x","id":0})");
  EXPECT_EQ(Query("lax $..k", "with unconditional"), "[1,2]");
  EXPECT_EQ(Eval("trino_json_value('{\"a\":5}', 'lax $.a ? (@ > $x)', '{\"x\":4}', '', NULL, '', NULL)"), "5");
}

TEST_F(SqlJsonTest, Constructors) {
  EXPECT_EQ(Eval("trino_json_object(true, false, 'a', '1', 'b', NULL)"), R"({"a":1,"b":null})");
  EXPECT_EQ(Eval("trino_json_object(false, false, 'a', '1', 'b', NULL)"), R"({"a":1})");
  EXPECT_EQ(Eval("trino_json_array(false, '1', NULL, '\"x\"')"), R"([1,"x"])");
  EXPECT_EQ(EvalError("trino_json_object(true, true, 'a', '1', 'a', '2')"),
            "INVALID_FUNCTION_ARGUMENT: duplicate key passed to JSON_OBJECT function");
}

}  // namespace
}  // namespace opentrail::engine
