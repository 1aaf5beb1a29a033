#include "engine/duck_engine.h"

#include <chrono>
#include <fstream>
#include <thread>
#include <tuple>

#include <gtest/gtest.h>

#include "catalog/event_data_store.h"
#include "engine/fake_scan.h"

namespace opentrail::engine {
namespace {

using logs::PredicateKind;
using sql::Type;
using sql::TypeKind;

catalog::Table SmallTable() {
  return {"awsdatacatalog",
          "default",
          "t",
          {{"eventname", "string"},
           {"eventid", "string"},
           {"eventtime", "string"},
           {"requestparameters", "string"},
           {"useridentity", "struct<type:string,arn:string,sessioncontext:struct<mfa:string>,tags:map<string,string>>"},
           {"resources", "array<struct<arn:string,accountid:string>>"},
           {"hits", "bigint"},
           {"year", "string", true},
           {"dt", "string", true},
           {"$path", "string", true}}};
}

class DuckEngineTest : public testing::Test {
 protected:
  void SetUp() override { OpenEngine(false); }

  void OpenEngine(bool deduplicate, const EngineOptions& options = {.threads = 2, .memory_limit_bytes = 64 << 20}) {
    auto opened = DuckEngine::Open(options);
    ASSERT_TRUE(opened) << opened.error().message;
    engine_ = std::move(*opened);
    engine_->SetScanOpener(OpenerOf(fake_));
    ASSERT_TRUE(engine_->AddTable({SmallTable(), {}, deduplicate}));
  }

  // All columns taken for varchar unless `types` says otherwise; rows joined by ';', values by '|', NULL as "NULL".
  std::string Run(const std::string& query, std::vector<Type> types = {}) {
    if (types.empty()) types.emplace_back(Type::Varchar());
    sql::Translation translation{query, {}};
    for (const Type& type : types) translation.columns.push_back({"c", type});
    auto result = engine_->Run(translation, cancel_);
    if (!result) return "refused: " + result.error().message;
    std::string text;
    for (;;) {
      auto rows = (*result)->Next();
      if (!rows) return "error: " + rows.error().message;
      if (rows->empty()) return text;
      for (const Row& row : *rows) {
        if (!text.empty()) text += ";";
        for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : "|") + row[i].value_or("NULL");
      }
    }
  }

  std::string Hints(const std::string& condition) {
    Run("SELECT count(*) FROM opentrail_scan('default', 't') WHERE " + condition, {Type(TypeKind::kBigint)});
    std::string text;
    std::ranges::sort(fake_.request.predicates, {}, [](const auto& p) { return std::tie(p.field, p.kind); });
    for (const logs::Predicate& hint : fake_.request.predicates) {
      constexpr std::string_view kKinds[] = {"=", "~", ">=", "<=", "!null", " mentions "};
      text += (text.empty() ? "" : " and ") + hint.field + std::string(kKinds[static_cast<size_t>(hint.kind)]);
      for (const std::string& value : hint.values) text += (&value == hint.values.data() ? "" : ",") + value;
    }
    return text;
  }

  FakeLogs fake_;
  CancelToken cancel_;
  std::unique_ptr<DuckEngine> engine_;
};

// An event data store has the time as a timestamp, which CloudTrail Lake compares with a text.
TEST_F(DuckEngineTest, ATimestampOfTheEventSaysWhatToRead) {
  ASSERT_TRUE(engine_->AddTable({catalog::EventDataStoreTable("default", "store"), {}, false}));
  sql::Session session;
  session.dialect = sql::Dialect::kLake;
  const auto result =
      engine_->Query("SELECT count(*) FROM store WHERE eventTime >= '2026-11-23 10:00:00' AND eventTime < '2026-11-24'",
                     session, cancel_);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_TRUE((*result)->Next());
  std::string hints;
  std::ranges::sort(fake_.request.predicates, {}, &logs::Predicate::kind);
  for (const logs::Predicate& hint : fake_.request.predicates) hints += hint.field + " " + hint.values[0] + "\n";
  // Half a day of room on either side, for texts with an offset.
  EXPECT_EQ(hints, "eventtime 2026-11-22T20:00:00\neventtime 2026-11-24T14:00:01\n");
}

TEST_F(DuckEngineTest, ReadsTextColumnsAndNulls) {
  fake_.events = {{{"eventname", "ConsoleLogin"}, {"eventid", "1"}},
                  {{"eventname", "a name of more than twelve bytes"}}};
  EXPECT_EQ(Run("SELECT eventname, eventid FROM opentrail_scan('default', 't') ORDER BY eventid NULLS LAST",
                {Type::Varchar(), Type::Varchar()}),
            "ConsoleLogin|1;a name of more than twelve bytes|NULL");
}

TEST_F(DuckEngineTest, AsksOnlyForTheFieldsUsed) {
  fake_.events = {{{"eventname", "x"}}};
  EXPECT_EQ(Run("SELECT count(*) FROM opentrail_scan('default', 't')", {Type(TypeKind::kBigint)}), "1");
  EXPECT_TRUE(fake_.request.fields.empty());
  Run("SELECT \"useridentity.arn\", \"resources$raw\" FROM opentrail_scan('default', 't')",
      {Type::Varchar(), Type::Varchar()});
  EXPECT_EQ(fake_.request.fields, (std::vector<std::string>{"useridentity.arn", "resources"}));
}

TEST_F(DuckEngineTest, GroupsByDictionariesWithNulls) {
  fake_.dictionaries = true;
  fake_.batch_rows = 100;
  for (int i = 0; i < 1000; ++i) {
    FakeEvent event;
    if (i % 4 != 0) event["eventname"] = i % 2 != 0 ? "odd" : "an even number, spelt out at length";
    fake_.events.push_back(event);
  }
  EXPECT_EQ(Run("SELECT eventname, count(*) FROM opentrail_scan('default', 't') GROUP BY 1 ORDER BY 1 NULLS LAST",
                {Type::Varchar(), Type(TypeKind::kBigint)}),
            "an even number, spelt out at length|250;odd|500;NULL|250");
}

TEST_F(DuckEngineTest, ReadsNestedColumnsFromJson) {
  fake_.events = {
      {{"useridentity", R"({"Type":"IAMUser","arn":null,"tags":{"b":"2","a":"1"},"sessionContext":{"MFA":"true"}})"},
       {"resources", R"([{"ARN":"r1","accountId":"7"},{}])"},
       {"hits", "42"}}};
  const Type identity = *sql::ParseHiveType(SmallTable().columns[4].hive_type);
  const Type resources = *sql::ParseHiveType(SmallTable().columns[5].hive_type);
  EXPECT_EQ(Run("SELECT useridentity, resources, hits FROM opentrail_scan('default', 't')",
                {identity, resources, Type(TypeKind::kBigint)}),
            "{type=IAMUser, arn=null, sessioncontext={mfa=true}, tags={a=1, b=2}}|"
            "[{arn=r1, accountid=7}, {arn=null, accountid=null}]|42");
  EXPECT_EQ(Run("SELECT \"useridentity.tags\"['a'] FROM opentrail_scan('default', 't')"), "NULL")
      << "no such field given";
}

TEST_F(DuckEngineTest, JoinsThePathsDate) {
  fake_.events = {{{"$year", "2026"}, {"$month", "11"}, {"$day", "23"}}, {{"$year", "2026"}}};
  EXPECT_EQ(Run("SELECT dt FROM opentrail_scan('default', 't') ORDER BY 1 NULLS LAST"), "2026/11/23;NULL");
}

TEST_F(DuckEngineTest, TurnsFiltersIntoHints) {
  EXPECT_EQ(Hints("eventname = 'ConsoleLogin'"), "eventname=ConsoleLogin");
  EXPECT_EQ(Hints("'x' = eventname AND \"useridentity.arn\" IS NOT NULL"), "eventname=x and useridentity.arn!null");
  EXPECT_EQ(Hints("eventname IN ('a', 'b', 'c')"), "eventname=a,b,c");
  EXPECT_EQ(Hints("eventname = 'a' OR eventname = 'b'"), "eventname=a,b");
  EXPECT_EQ(Hints("(eventname = 'a' AND eventid = '1') OR (eventname = 'b' AND eventid LIKE 'abc%')"), "eventname=a,b");
  EXPECT_EQ(Hints("eventname = 'a' OR eventid = 'b'"), "");
  EXPECT_EQ(Hints("eventname <> 'a'"), "");
  EXPECT_EQ(Hints("NOT (eventname = 'a')"), "");
  EXPECT_EQ(Hints("eventname LIKE '%Security%'"), "eventname~Security");
  EXPECT_EQ(Hints("eventname LIKE 'Security%Group_Ingress'"), "eventname~Security");
  EXPECT_EQ(Hints("requestparameters LIKE '%50!%off%' ESCAPE '!'"), "requestparameters~50%off");
  EXPECT_EQ(Hints("eventname LIKE 'a%'"), "") << "too short to be rare";
  EXPECT_EQ(Hints("strpos(requestparameters, 'sg-0123') > 0"), "requestparameters~sg-0123");
  EXPECT_EQ(Hints("eventtime >= '2026-11-23' AND eventtime < '2026-11-24'"),
            "eventtime>=2026-11-23 and eventtime<=2026-11-24");
  EXPECT_EQ(Hints("eventtime BETWEEN '2026-11-23' AND '2026-11-24'"),
            "eventtime>=2026-11-23 and eventtime<=2026-11-24");
  EXPECT_EQ(Hints("year = '2026'"), "$year=2026");
  EXPECT_EQ(Hints("dt = '2026/11/23'"), "$day=23 and $month=11 and $year=2026");
  EXPECT_EQ(Hints("trino_json_extract_scalar(requestparameters, '$.groupId') = 'sg-0123'"),
            "requestparameters mentions sg-0123");
  EXPECT_EQ(Hints("trino_json_extract_scalar(requestparameters, '$.k') IN ('abc', 'def')"),
            "requestparameters mentions abc,def");
  EXPECT_EQ(Hints("trino_json_extract_scalar(requestparameters, '$.k') LIKE '%/menu.pdf'"),
            "requestparameters mentions /menu.pdf");
  EXPECT_EQ(Hints("trino_json_extract_scalar(requestparameters, '$.k') IS NOT NULL"), "requestparameters!null");
  EXPECT_EQ(Hints("trino_json_extract_scalar(requestparameters, '$.k') > 'abc'"), "");
  EXPECT_EQ(Hints("(trino_from_iso8601_timestamp(eventtime) >> 12) >= 1795424015123"),
            "eventtime>=2026-11-22T18:53:35");
  EXPECT_EQ(Hints("(trino_from_iso8601_timestamp(eventtime) >> 12) < 1795424015123"), "eventtime<=2026-11-23T22:53:36");
  EXPECT_EQ(Hints("(trino_from_iso8601_timestamp(eventid) >> 12) < 1795424015123"), "");
  EXPECT_EQ(Hints("hits = 3"), "");
  EXPECT_EQ(Hints("lower(eventname) = 'a'"), "");
}

TEST_F(DuckEngineTest, FiltersItselfWhateverTheScanDelivers) {
  fake_.events = {{{"eventname", "a"}}, {{"eventname", "b"}}, {}};
  EXPECT_EQ(Run("SELECT eventname FROM opentrail_scan('default', 't') WHERE eventname = 'b'"), "b");
  EXPECT_EQ(Run("WITH s AS (SELECT * FROM opentrail_scan('default', 't')) SELECT count(*) FROM s a JOIN s b ON "
                "a.eventname = b.eventname WHERE a.eventname = 'b'",
                {Type(TypeKind::kBigint)}),
            "1");
}

TEST_F(DuckEngineTest, CountsAnEventIdOnce) {
  OpenEngine(true);
  for (int i = 0; i < 3000; ++i) fake_.events.push_back({{"eventid", std::to_string(i % 1000)}, {"eventname", "x"}});
  for (int i = 0; i < 5; ++i) fake_.events.push_back({{"eventname", "no id"}});
  fake_.batch_rows = 128;
  EXPECT_EQ(Run("SELECT eventname, count(*) FROM opentrail_scan('default', 't') GROUP BY 1 ORDER BY 1",
                {Type::Varchar(), Type(TypeKind::kBigint)}),
            "no id|5;x|1000");
  EXPECT_EQ(Run("SELECT count(*) FROM opentrail_scan('default', 't')", {Type(TypeKind::kBigint)}), "1005");
}

TEST_F(DuckEngineTest, SetsRowsAsideWhenIdsOutgrowTheirMemory) {
  OpenEngine(true);
  constexpr int kIds = 40'000;
  for (int i = 0; i < 2 * kIds; ++i) {
    const std::string id = "id-" + std::to_string(i % kIds);
    fake_.events.push_back(
        {{"eventid", id}, {"eventname", "the event whose id is " + id}, {"resources", R"([{"arn":"r"}])"}});
  }
  for (const uint64_t bytes : {uint64_t{0}, uint64_t{200} << 10, uint64_t{64} << 20}) {
    engine_->SetDeduplicateMemory(bytes);
    EXPECT_EQ(
        Run("SELECT count(*), count(DISTINCT eventname), count_if(eventname = 'the event whose id is ' || eventid), "
            "sum(len(resources)) FROM opentrail_scan('default', 't')",
            std::vector<Type>(4, Type(TypeKind::kBigint))),
        "40000|40000|40000|40000")
        << bytes;
  }
}

TEST_F(DuckEngineTest, ErrorsSpeakAthena) {
  fake_.events = {{{"eventname", "x"}}};
  EXPECT_EQ(Run("SELECT error('DIVISION_BY_ZERO: Division by zero') FROM opentrail_scan('default', 't')"),
            "error: DIVISION_BY_ZERO: Division by zero");
  EXPECT_EQ(Run("SELECT CAST(eventname AS BIGINT) FROM opentrail_scan('default', 't')"),
            "error: INVALID_CAST_ARGUMENT: Could not convert string 'x' to INT64");
  EXPECT_EQ(Run("SELECT 9223372036854775807 + len(eventname) FROM opentrail_scan('default', 't')").substr(0, 34),
            "error: NUMERIC_VALUE_OUT_OF_RANGE:");
  EXPECT_EQ(Run("SELECT (SELECT i FROM range(2) r(i)) FROM opentrail_scan('default', 't')"),
            "error: SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows");
  EXPECT_EQ(Run("SELECT nonsense").substr(0, 33), "refused: GENERIC_INTERNAL_ERROR: ");
  EXPECT_EQ(Run("SELECT eventname FROM opentrail_scan('default', 't')"), "x") << "the engine goes on";
}

TEST_F(DuckEngineTest, AScansErrorStaysWhatItIs) {
  fake_.events = {{{"eventname", "x"}}};
  fake_.error = Error{ErrorCode::kCorrupt, "a.json.gz: at byte 7: no gzip"};
  sql::Translation translation{"SELECT eventname FROM opentrail_scan('default', 't')", {{"c", Type::Varchar()}}};
  auto result = engine_->Run(translation, cancel_);
  ASSERT_TRUE(result);
  auto rows = (*result)->Next();
  while (rows && !rows->empty()) rows = (*result)->Next();
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(rows.error().message, "a.json.gz: at byte 7: no gzip");
}

TEST_F(DuckEngineTest, StopsAtOnceWhenCancelled) {
  sql::Translation endless{
      "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE a.range + "
      "b.range + c.range = -1",
      {{"c", Type(TypeKind::kBigint)}}};
  auto result = engine_->Run(endless, cancel_);
  ASSERT_TRUE(result);
  std::jthread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel_.Cancel();
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto rows = (*result)->Next();
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST_F(DuckEngineTest, AnAbandonedResultStopsItsScan) {
  for (int i = 0; i < 200'000; ++i) fake_.events.push_back({{"eventname", "x"}});
  sql::Translation all{"SELECT eventname FROM opentrail_scan('default', 't')", {{"c", Type::Varchar()}}};
  {
    auto result = engine_->Run(all, cancel_);
    ASSERT_TRUE(result && (*result)->Next());
  }
  EXPECT_LT(fake_.batches_given, 200'000 / logs::kBatchRows);
  EXPECT_EQ(Run("SELECT count(*) FROM opentrail_scan('default', 't')", {Type(TypeKind::kBigint)}), "200000");
  EXPECT_EQ(engine_->Statistics().events, 200'000);
}

TEST_F(DuckEngineTest, ANewQueryEndsTheOneBefore) {
  for (int i = 0; i < 200'000; ++i) fake_.events.push_back({{"eventname", "x"}});
  sql::Translation all{"SELECT eventname FROM opentrail_scan('default', 't')", {{"c", Type::Varchar()}}};
  auto before = engine_->Run(all, cancel_);
  ASSERT_TRUE(before && (*before)->Next());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(
        Run("SELECT count(*) FROM range(3000000) a JOIN range(1000000) b USING (range)", {Type(TypeKind::kBigint)}),
        "1000000");
  }
  EXPECT_FALSE((*before)->Next());
}

TEST_F(DuckEngineTest, AMetLimitEndsTheScan) {
  for (int i = 0; i < 400'000; ++i) fake_.events.push_back({{"eventname", "x"}});
  EXPECT_EQ(Run("SELECT eventname FROM opentrail_scan('default', 't') LIMIT 3"), "x;x;x");
  EXPECT_LT(fake_.batches_given, 20);
}

TEST_F(DuckEngineTest, SpillsInsteadOfFailing) {
  // 3 million groups of some 60 bytes do not fit into the 200 MiB that an engine has by default.
  OpenEngine(false, {.threads = 2});
  EXPECT_EQ(
      Run("SELECT count(*) FROM (SELECT 'a group that is long enough not to be inlined ' || i AS g, count(*) FROM "
          "range(3000000) r(i) GROUP BY 1)",
          {Type(TypeKind::kBigint)}),
      "3000000");
}

TEST_F(DuckEngineTest, ReachesNoFileAndKeepsItsSettings) {
  const auto file = std::filesystem::temp_directory_path() / "opentrail_engine_test.txt";
  std::ofstream(file) << "secret\n";
  EXPECT_EQ(Run("SELECT * FROM read_text('" + file.string() + "')").substr(0, 32), "refused: GENERIC_INTERNAL_ERROR:");
  EXPECT_NE(Run("SET enable_external_access = true").find("the configuration has been locked"), std::string::npos);
  EXPECT_NE(Run("SET threads = 1").find("the configuration has been locked"), std::string::npos);
  EXPECT_NE(Run("INSTALL httpfs").find("disabled"), std::string::npos);
  EXPECT_NE(Run("COPY (SELECT 1) TO '" + file.string() + "'").find("disabled"), std::string::npos);
  std::filesystem::remove(file);
}

TEST_F(DuckEngineTest, WritesParquetWithNamesAndTypes) {
  const auto file = std::filesystem::temp_directory_path() / "opentrail_engine_test.parquet";
  const Type row = Type::Row({Type::TimestampWithTimeZone()}, {"at"});
  sql::Translation translation{
      "SELECT i AS a, (1700000000000 * 4096 + 5)::BIGINT AS b, [{'at': 4096000::BIGINT}] AS c, 61000::BIGINT AS d, "
      "14::INTEGER "
      "AS e, 1.50::DECIMAL(10, 2) AS f FROM range(5000) r(i)",
      {{"Name", Type(TypeKind::kBigint)},
       {"at", Type::TimestampWithTimeZone()},
       {"list", Type::Array(row)},
       {"took", Type(TypeKind::kIntervalDayToSecond)},
       {"months", Type(TypeKind::kIntervalYearToMonth)},
       {"price", Type::Decimal(10, 2)}}};
  const auto rows = engine_->RunToParquet(translation, file, cancel_);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, 5000);
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  ASSERT_GT(bytes.size(), 8);
  EXPECT_EQ(bytes.substr(0, 4), "PAR1");
  EXPECT_NE(bytes.find("Name"), std::string::npos);
  std::filesystem::remove(file);
  translation.engine_sql = "SELECT error('X') AS a, 1, 1, 1, 1, 1";
  EXPECT_FALSE(engine_->RunToParquet(translation, file, cancel_));
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace opentrail::engine
