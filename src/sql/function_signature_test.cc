#include "sql/function_signature.h"

#include <gtest/gtest.h>

#include "sql/function_binding.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

TEST(FunctionSignature, AllRowsOfTheTablesAreOfTheNotation) {
  for (const FunctionSignature& row : AllFunctions()) {
    EXPECT_TRUE(ParseSignature(row)) << row.name << " " << row.signature;
  }
  EXPECT_EQ(FunctionRegistry::Default().size(), AllFunctions().size());
}

TEST(FunctionSignature, SpellsItselfAsTrinoDoes) {
  const auto name = [](std::string_view function, std::string_view signature) {
    const FunctionSignature row{function, kScalar, signature, ""};
    return ParseSignature(row)->Name();
  };
  EXPECT_EQ(name("upper", "(varchar) -> varchar"), "upper(varchar)");
  EXPECT_EQ(name("upper", "(varchar(x)) -> varchar(x)"), "upper(varchar(x))");
  EXPECT_EQ(name("regexp_like", "(varchar(x), joniregexp) -> boolean"), "regexp_like(varchar(x), joniregexp)");
  EXPECT_EQ(name("strpos", "(varchar, varchar) -> bigint"), "strpos(varchar, varchar)");
  EXPECT_EQ(name("contains", "(array(T:comparable), T) -> boolean"), "contains(array(T), T) T:comparable");
  EXPECT_EQ(name("reduce", "(array(T), S, function(S,T,S), function(S,R)) -> R"),
            "reduce(array(T), S, function(S,T,S), function(S,R)) T, S, R");
}

TEST(FunctionSignature, RefusesOtherText) {
  for (const char* text : {"", "varchar -> varchar", "(varchar)", "(varchar -> varchar", "(nonsense) -> varchar",
                           "(varchar..., varchar) -> varchar", "(map(T)) -> T", "(varchar) -> varchar x"}) {
    const FunctionSignature row{"f", kScalar, text, ""};
    EXPECT_FALSE(ParseSignature(row)) << text;
  }
}

TEST(FunctionSignature, ComputesNumbers) {
  EXPECT_EQ(EvaluateNumber("min(38, p + 1)", {{"p", 38}}), 38);
  EXPECT_EQ(EvaluateNumber("p - s + min(s, 1)", {{"p", 10}, {"s", 3}}), 8);
  EXPECT_EQ(EvaluateNumber("max(1, p - (s + 1))", {{"p", 3}, {"s", 3}}), 1);
  EXPECT_EQ(EvaluateNumber("x + max(x * y / 2, y) * (x + 1)", {{"x", 9}, {"y", 5}}), 229);
  EXPECT_EQ(EvaluateNumber("min(7, x * x * x)", {{"x", 2147483647}}), 7);
  EXPECT_EQ(EvaluateNumber("1 / 0", {}), std::nullopt);
  EXPECT_EQ(EvaluateNumber("q", {{"p", 1}}), std::nullopt);
  EXPECT_EQ(EvaluateNumber("min(1, ", {}), std::nullopt);
}

class Binding : public ::testing::Test {
 protected:
  // The result's type, or the refusal. A lambda is written "x->type of its body", "x,y->type".
  std::string Bind(std::string_view name, const std::vector<std::string>& arguments) {
    const FunctionRegistry registry(kRows);
    std::vector<CallArgument> call;
    std::vector<std::string> bodies;
    for (const std::string& argument : arguments) {
      const size_t arrow = argument.find("->");
      if (arrow == std::string::npos) {
        call.push_back({*ParseType(argument), 0});
      } else {
        call.push_back({std::nullopt, static_cast<size_t>(std::count(argument.begin(), argument.end(), ',')) + 1});
      }
      bodies.push_back(arrow == std::string::npos ? "" : argument.substr(arrow + 2));
    }
    const auto lambda = [&](size_t argument, const std::vector<Type>& parameters) -> Result<TypedSql> {
      // "$1" is the type of the first parameter.
      if (bodies[argument] == "$1") return TypedSql{parameters[0], "body"};
      return TypedSql{*ParseType(bodies[argument]), "body"};
    };
    const auto bound = BindFunction(name, *registry.Find(name), call, lambda, {1, 8});
    if (!bound) return bound.error().Text();
    std::string text(bound->signature->row->engine);
    text += "(";
    for (size_t i = 0; i < bound->parameters.size(); ++i) text += (i == 0 ? "" : ", ") + bound->parameters[i].Name();
    return text + ") " + bound->result.Name();
  }

  static constexpr FunctionSignature kRows[] = {
      {"upper", kScalar, "(varchar) -> varchar", "upper"},
      {"abs", kScalar, "(double) -> double", "abs_double"},
      {"abs", kScalar, "(bigint) -> bigint", "abs_bigint"},
      {"abs", kScalar, "(decimal(p,s)) -> decimal(p,s)", "abs_decimal"},
      {"greatest", kScalar, "(T:orderable...) -> T", "greatest"},
      {"contains", kScalar, "(array(T:comparable), T) -> boolean", "contains_array"},
      {"contains", kScalar, "(varchar, ipaddress) -> boolean", "contains_network"},
      {"transform", kScalar, "(array(T), function(T,U)) -> array(U)", "transform"},
      {"filter", kScalar, "(array(T), function(T,boolean)) -> array(T)", "filter"},
      {"reduce", kScalar, "(array(T), U, function(U,T,U), function(U,R)) -> R", "reduce"},
      {"date_trunc", kScalar, "(varchar, date) -> date", "date"},
      {"date_trunc", kScalar, "(varchar, timestamp) -> timestamp", "timestamp"},
      {"date_trunc", kScalar, "(varchar, timestamp with time zone) -> timestamp with time zone", "zoned"},
      {"map_keys", kScalar, "(map(K,V)) -> array(K)", "map_keys"},
      {"zip", kScalar, "(array(T), array(U)) -> array(row(T,U))", "zip"},
      {"round", kScalar, "(decimal(p,s)) -> decimal(min(38, p + 1), s)", "round"},
  };
};

TEST_F(Binding, TakesTheExactSignatureFirst) {
  EXPECT_EQ(Bind("upper", {"varchar(3)"}), "upper(varchar(3)) varchar");
  EXPECT_EQ(Bind("abs", {"double"}), "abs_double(double) double");
  EXPECT_EQ(Bind("abs", {"decimal(5,2)"}), "abs_decimal(decimal(5,2)) decimal(5,2)");
  EXPECT_EQ(Bind("date_trunc", {"varchar(4)", "timestamp(6)"}), "timestamp(varchar(4), timestamp(6)) timestamp(6)");
}

TEST_F(Binding, CoercesToTheMostSpecific) {
  EXPECT_EQ(Bind("abs", {"integer"}), "abs_bigint(bigint) bigint");
  EXPECT_EQ(Bind("abs", {"real"}), "abs_double(double) double");
  EXPECT_EQ(Bind("round", {"bigint"}), "round(decimal(19,0)) decimal(20,0)");
  EXPECT_EQ(Bind("greatest", {"integer", "double", "bigint"}), "greatest(double, double, double) double");
  EXPECT_EQ(Bind("contains", {"array(varchar)", "varchar(2)"}), "contains_array(array(varchar), varchar) boolean");
  EXPECT_EQ(Bind("contains", {"varchar(9)", "ipaddress"}), "contains_network(varchar(9), ipaddress) boolean");
  EXPECT_EQ(Bind("contains", {"array(unknown)", "bigint"}), "contains_array(array(bigint), bigint) boolean");
}

TEST_F(Binding, TypesLambdasByTheirParameters) {
  EXPECT_EQ(Bind("transform", {"array(bigint)", "x->varchar"}),
            "transform(array(bigint), function(bigint, varchar)) array(varchar)");
  EXPECT_EQ(Bind("transform", {"array(bigint)", "x->$1"}),
            "transform(array(bigint), function(bigint, bigint)) array(bigint)");
  // The state widens to what the step makes of it.
  EXPECT_EQ(Bind("reduce", {"array(bigint)", "integer", "s,x->bigint", "s->$1"}),
            "reduce(array(bigint), bigint, function(bigint, bigint, bigint), function(bigint, bigint)) bigint");
}

TEST_F(Binding, RefusesInTrinosWords) {
  EXPECT_EQ(Bind("upper", {"integer"}),
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (integer) for function upper. Expected: "
            "upper(varchar)");
  EXPECT_EQ(Bind("upper", {}),
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters () for function upper. Expected: upper(varchar)");
  EXPECT_EQ(Bind("contains", {"varchar", "varchar"}),
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar, varchar) for function contains. Expected: "
            "contains(array(T), T) T:comparable, contains(varchar, ipaddress)");
  EXPECT_EQ(Bind("filter", {"array(bigint)", "x->varchar"}),
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (array(bigint), <function>) for function filter. "
            "Expected: filter(array(T), function(T,boolean)) T");
  EXPECT_EQ(Bind("greatest", {"map(varchar, bigint)"}).substr(0, 18), "FUNCTION_NOT_FOUND");
}

}  // namespace
}  // namespace opentrail::sql
