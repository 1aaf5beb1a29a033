#include "engine/json_reader.h"

#include <gtest/gtest.h>

#include "engine/physical_type.h"
#include "engine/render.h"

namespace opentrail::engine {
namespace {

// What the reader makes of a text, as results show it; "NULL" where it is.
std::string Read(const std::string& hive_type, std::string_view json) {
  const sql::Type type = *sql::ParseHiveType(hive_type);
  JsonReader reader(type);
  duckdb::Vector vector(PhysicalType(type));
  const std::string before = R"([{"k":1}])";
  reader.Read(before, vector, 0);  // rows before must not show
  reader.Read(json, vector, 1);
  duckdb::RecursiveUnifiedVectorFormat format;
  duckdb::Vector::RecursiveToUnifiedFormat(vector, 2, format);
  std::string text;
  return ValueRenderer().Render(type, format, 1, text) ? text : "NULL";
}

TEST(JsonReader, ReadsStructsByNameInAnyCase) {
  EXPECT_EQ(Read("struct<type:string,arn:string>", R"({"arn":"a","Type":"User","more":[1,{"x":"}"}]})"),
            "{type=User, arn=a}");
  EXPECT_EQ(Read("struct<type:string,arn:string>", R"({ "TYPE" : "User" })"), "{type=User, arn=null}");
  EXPECT_EQ(Read("struct<arn:string>", R"({"arn":"first","ARN":"last"})"), "{arn=last}");
  EXPECT_EQ(Read("struct<arn:string>", R"({"arn":"first","arn":null})"), "{arn=null}");
  EXPECT_EQ(Read("struct<arn:string>", R"({"\u0061rn":"x"})"), "{arn=x}");
  EXPECT_EQ(Read("struct<a:string>", "{}"), "{a=null}");
}

TEST(JsonReader, TextColumnsKeepWhatIsThere) {
  EXPECT_EQ(Read("struct<a:string,b:string,c:string,d:string>", R"({"a":{"x": [1, 2]},"b":[ ],"c":1.50,"d":true})"),
            R"({a={"x": [1, 2]}, b=[ ], c=1.50, d=true})");
  EXPECT_EQ(Read("struct<a:string>", R"({"a":"tab\tquote\"slash\/\\\u00e9\ud83d\ude00"})"),
            "{a=tab\tquote\"slash/\\é😀}");
  EXPECT_EQ(Read("struct<a:string>", R"({"a":"\ud800x\udc00\ud800\u0041"})"), "{a=\uFFFDx\uFFFD\uFFFDA}");
}

TEST(JsonReader, ReadsArraysAndMaps) {
  EXPECT_EQ(Read("array<string>", R"(["a",null,"b"])"), "[a, null, b]");
  EXPECT_EQ(Read("array<struct<arn:string,tags:array<int>>>", R"([{"arn":"x","tags":[1,2]},{},null,{"tags":[]}])"),
            "[{arn=x, tags=[1, 2]}, {arn=null, tags=null}, null, {arn=null, tags=[]}]");
  EXPECT_EQ(Read("map<string,string>", R"({"b":"1","a":{"x":1},"b":"2","n":null})"), R"({a={"x":1}, b=2, n=null})");
  EXPECT_EQ(Read("map<int,array<string>>", R"({"10":["x"],"9":[]})"), "{9=[], 10=[x]}");
  EXPECT_EQ(Read("array<string>", "[]"), "[]");
}

TEST(JsonReader, ReadsScalars) {
  EXPECT_EQ(
      Read(
          "struct<i:int,b:bigint,d:double,t:boolean,s:date,p:decimal(10,2),u:timestamp>",
          R"({"i":"42","b":-9223372036854775808,"d":1e3,"t":true,"s":"2026-11-23","p":1.5,"u":"2026-11-23 08:53:35"})"),
      "{i=42, b=-9223372036854775808, d=1000.0, t=true, s=2026-11-23, p=1.50, u=2026-11-23 08:53:35.000}");
  EXPECT_EQ(Read("struct<i:int,t:boolean,s:date>", R"({"i":2147483648,"t":"maybe","s":"x"})"),
            "{i=null, t=null, s=null}");
  EXPECT_EQ(Read("bigint", "17"), "17");
  EXPECT_EQ(Read("bigint", "seventeen"), "NULL");
}

TEST(JsonReader, WhatDoesNotFitIsNull) {
  EXPECT_EQ(Read("struct<a:string>", "[1]"), "NULL");
  EXPECT_EQ(Read("array<string>", "{}"), "NULL");
  EXPECT_EQ(Read("struct<a:struct<b:string>>", R"({"a":"text"})"), "{a=null}");
  EXPECT_EQ(Read("struct<a:int>", R"({"a":{"b":1}})"), "{a=null}");
  EXPECT_EQ(Read("struct<a:string>", std::string_view()), "NULL");
}

TEST(JsonReader, WhatIsNoJsonIsNull) {
  for (const char* text : {"", "{", R"({"a")", R"({"a":})", R"({"a":"x)", R"({"a":"x"}x)", R"({"a":"x",})",
                           R"({"a":[})", R"({"a":"\)", R"({a:1})", "nul\"", R"({"a":"x"]})"}) {
    EXPECT_EQ(Read("struct<a:string>", text), "NULL") << text;
  }
  EXPECT_EQ(Read("array<string>", "[1,]"), "NULL");
  EXPECT_EQ(Read("struct<a:string>", R"({"a":"\x"})"), "{a=null}");
}

TEST(JsonReader, DepthIsBounded) {
  const std::string deep = R"({"b":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(Read("struct<a:string>", deep), "NULL");
  const std::string allowed = R"({"a":)" + std::string(200, '[') + std::string(200, ']') + "}";
  EXPECT_NE(Read("struct<a:string>", allowed), "NULL");
}

TEST(JsonReader, LongListsGrow) {
  std::string json = "[";
  for (int i = 0; i < 5000; ++i) json += (i == 0 ? "" : ",") + std::to_string(i);
  const std::string text = Read("array<int>", json + "]");
  EXPECT_TRUE(text.starts_with("[0, 1, ") && text.ends_with(", 4999]"));
}

}  // namespace
}  // namespace opentrail::engine
