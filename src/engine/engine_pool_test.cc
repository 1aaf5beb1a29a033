#include "engine/engine_pool.h"

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/duck_engine.h"
#include "engine/fake_scan.h"

namespace opentrail::engine {
namespace {

using sql::Type;
using sql::TypeKind;

// One engine after another, each with a statement or more.
class EnginePoolTest : public testing::Test {
 protected:
  void Take() {
    engine_.reset();
    auto taken = pool_.Take();
    ASSERT_TRUE(taken) << taken.error().message;
    engine_ = std::move(*taken);
  }
  // The next statement has the same database. Else the test would show nothing.
  void TakeAgain() {
    engine_.reset();
    ASSERT_EQ(pool_.waiting(), 1U) << "it was thrown away";
    Take();
  }

  [[nodiscard]] DuckEngine& duck() { return static_cast<DuckEngine&>(*engine_); }

  // Rows joined by ';', values by '|'.
  std::string Run(const std::string& engine_sql, size_t columns = 1) {
    sql::Translation translation{engine_sql, {}};
    for (size_t i = 0; i < columns; ++i) translation.columns.push_back({"c", Type::Varchar()});
    auto result = duck().Run(translation, cancel_);
    return result ? Rows(**result) : "refused: " + result.error().message;
  }

  static std::string Rows(QueryResult& result) {
    std::string text;
    for (;;) {
      auto rows = result.Next();
      if (!rows) return "error: " + rows.error().message;
      if (rows->empty()) return text;
      for (const Row& row : *rows) {
        if (!text.empty()) text += ";";
        for (const auto& value : row) text += (&value == row.data() ? "" : "|") + value.value_or("NULL");
      }
    }
  }

  EnginePool pool_{{.threads = 2, .memory_limit_bytes = 64 << 20}, 2};
  std::unique_ptr<Engine> engine_;
  CancelToken cancel_;
};

TEST_F(EnginePoolTest, OpensNothingBeforeItIsAskedFor) { EXPECT_EQ(pool_.waiting(), 0U); }

TEST_F(EnginePoolTest, KeepsWhatServedWell) {
  for (int i = 0; i < 3; ++i) {
    Take();
    EXPECT_EQ(Run("SELECT 'a'"), "a");
    engine_.reset();
    EXPECT_EQ(pool_.waiting(), 1U);
  }
  Take();
  EXPECT_EQ(pool_.waiting(), 0U) << "it is at work";
}

TEST_F(EnginePoolTest, KeepsWhatServedNobody) {
  Take();
  const auto refused = engine_->Query("SELECT nothing FROM nowhere", {}, cancel_);
  EXPECT_FALSE(refused);
  TakeAgain();
}

TEST_F(EnginePoolTest, TablesAreGone) {
  FakeLogs fake;
  fake.events = {{{"eventname", "ConsoleLogin"}}};
  Take();
  duck().SetScanOpener(OpenerOf(fake));
  ASSERT_TRUE(engine_->AddTable({catalog::CloudTrailTable("default", "t"), {}, false}));
  EXPECT_EQ(Run("SELECT eventname FROM opentrail_scan('default', 't')"), "ConsoleLogin");
  TakeAgain();
  EXPECT_EQ(engine_->Catalog().FindTable("default", "t"), nullptr);
  EXPECT_EQ(Run("SELECT eventname FROM opentrail_scan('default', 't')"),
            "refused: INVALID_FUNCTION_ARGUMENT: no table 'default.t' was added");
}

TEST_F(EnginePoolTest, ScansAreTheNextOnesOwn) {
  FakeLogs first, second;
  first.events = {{{"eventname", "mine"}}};
  second.events = {{{"eventname", "yours"}}};
  for (FakeLogs* fake : {&first, &second}) {
    Take();
    duck().SetScanOpener(OpenerOf(*fake));
    ASSERT_TRUE(engine_->AddTable({catalog::CloudTrailTable("default", "t"), {}, false}));
    EXPECT_EQ(Run("SELECT eventname FROM opentrail_scan('default', 't')"), fake == &first ? "mine" : "yours");
    EXPECT_EQ(engine_->Statistics().events, 1U);
    engine_.reset();
    EXPECT_EQ(pool_.waiting(), 1U);
  }
}

TEST_F(EnginePoolTest, WhatIsOfTheConnectionGoesWithIt) {
  Take();
  Run("CREATE TEMP TABLE mine AS SELECT 'secret' AS s");
  EXPECT_EQ(Run("SELECT s FROM mine"), "secret");
  Run("CREATE TEMP VIEW seen AS SELECT 'secret' AS s");
  Run("CREATE TEMP MACRO told() AS 'secret'");
  Run("PREPARE known AS SELECT 'secret'");
  EXPECT_EQ(Run("EXECUTE known"), "secret");
  Run("SET VARIABLE word = 'secret'");
  EXPECT_EQ(Run("SELECT getvariable('word')"), "secret");
  TakeAgain();
  EXPECT_TRUE(Run("SELECT s FROM mine").starts_with("refused: "));
  Take();
  EXPECT_TRUE(Run("SELECT s FROM seen").starts_with("refused: "));
  Take();
  EXPECT_TRUE(Run("SELECT told()").starts_with("refused: "));
  Take();
  EXPECT_TRUE(Run("EXECUTE known").starts_with("refused: "));
  Take();
  EXPECT_EQ(Run("SELECT getvariable('word')"), "NULL");
}

TEST_F(EnginePoolTest, WhatIsOfTheDatabaseIsThrownAwayWithIt) {
  for (const char* change : {"CREATE TABLE mine AS SELECT 'secret' AS s", "CREATE VIEW mine AS SELECT 1",
                             "CREATE SEQUENCE mine", "CREATE SCHEMA mine", "CREATE TYPE mine AS ENUM ('a')",
                             "CREATE MACRO mine() AS 1", "ATTACH ':memory:' AS mine"}) {
    Take();
    const std::string made = Run(change);
    const bool is_made = !made.starts_with("refused") && !made.starts_with("error");
    engine_.reset();
    EXPECT_EQ(pool_.waiting(), 0U) << change << ": " << made;
    EXPECT_TRUE(is_made || std::string_view(change).starts_with("ATTACH")) << change << ": " << made;
  }
}

TEST_F(EnginePoolTest, SettingsStayAsTheyWere) {
  for (const char* setting : {"SET threads = 1", "SET memory_limit = '1GB'", "SET enable_external_access = true",
                              "SET search_path = 'other'", "RESET memory_limit"}) {
    Take();
    const std::string set = Run(setting);
    EXPECT_TRUE(set.starts_with("refused: ") || set.starts_with("error: ")) << setting << ": " << set;
  }
}

TEST_F(EnginePoolTest, FilesStayForbidden) {
  const auto file = std::filesystem::temp_directory_path() / ("opentrail-pool-" + std::to_string(getpid()));
  Take();
  const auto written = duck().RunToParquet({"SELECT 'a' AS c0", {{"c0", Type::Varchar()}}}, file, cancel_);
  ASSERT_TRUE(written) << written.error().message;
  TakeAgain();
  const std::string read = Run("SELECT * FROM parquet_scan('" + file.string() + "')");
  EXPECT_TRUE(read.starts_with("refused: ")) << read;
  std::filesystem::remove(file);
}

TEST_F(EnginePoolTest, AStatementThatFailsTakesItsDatabaseAlong) {
  Take();
  EXPECT_TRUE(Run("SELECT error('no')").find("no") != std::string::npos);
  engine_.reset();
  EXPECT_EQ(pool_.waiting(), 0U);
  Take();
  EXPECT_TRUE(Run("SELECT string_agg(repeat('x', 1000000) || i, '') FROM range(1000) t(i)").find("MEMORY") !=
              std::string::npos)
      << "more than its memory";
  engine_.reset();
  EXPECT_EQ(pool_.waiting(), 0U);
}

TEST_F(EnginePoolTest, AFailureIsNotForgottenWithTheNextStatement) {
  Take();
  EXPECT_TRUE(Run("SELECT error('no')").find("no") != std::string::npos);
  EXPECT_EQ(Run("SELECT 'a'"), "a");
  engine_.reset();
  EXPECT_EQ(pool_.waiting(), 0U);
}

TEST_F(EnginePoolTest, WhatWasStoppedIsThrownAway) {
  Take();
  {
    auto result = duck().Run({"SELECT i FROM range(10000000) t(i)", {{"c", Type(TypeKind::kBigint)}}}, cancel_);
    ASSERT_TRUE(result);
    EXPECT_FALSE((*result)->Next()->empty());
  }
  engine_.reset();
  EXPECT_EQ(pool_.waiting(), 0U) << "nobody read it to its end";
  Take();
  cancel_.Cancel();
  EXPECT_EQ(Run("SELECT 'a'"), "error: Query cancelled by user");
  engine_.reset();
  EXPECT_EQ(pool_.waiting(), 0U);
}

TEST_F(EnginePoolTest, NothingStaysOfASpilledResult) {
  Take();
  EXPECT_EQ(
      Run("SELECT count(*)::VARCHAR FROM (SELECT hash(i)::VARCHAR || repeat('x', 50) AS s FROM range(1000000) t(i) "
          "ORDER BY s)"),
      "1000000");
  engine_.reset();
  Take();  // the same, where it let go of all
  EXPECT_EQ(Run("SELECT sum(size)::VARCHAR FROM duckdb_temporary_files()"), "NULL");
  EXPECT_EQ(Run("SELECT (sum(memory_usage_bytes) < 8 * 1024 * 1024)::VARCHAR FROM duckdb_memory()"), "true");
}

TEST_F(EnginePoolTest, KeepsSoManyAndClosesWhatIsIdle) {
  std::vector<std::unique_ptr<Engine>> engines;
  for (int i = 0; i < 3; ++i) engines.push_back(std::move(*pool_.Take()));
  engines.clear();
  EXPECT_EQ(pool_.waiting(), 2U);
  const auto now = std::chrono::steady_clock::now();
  const auto since = pool_.CloseIdle(now - std::chrono::hours(1));
  EXPECT_EQ(pool_.waiting(), 2U);
  ASSERT_TRUE(since);
  EXPECT_LE(*since, now);
  EXPECT_TRUE(pool_.CloseIdle(*since)) << "the second came later";
  EXPECT_EQ(pool_.waiting(), 1U);
  EXPECT_FALSE(pool_.CloseIdle(now));
  EXPECT_EQ(pool_.waiting(), 0U);
}

TEST_F(EnginePoolTest, EnginesOutliveThePool) {
  auto pool = std::make_unique<EnginePool>(EngineOptions{.threads = 1}, 1);
  engine_ = std::move(*pool->Take());
  pool.reset();
  EXPECT_EQ(Run("SELECT 'a'"), "a");
}

TEST_F(EnginePoolTest, ServesManyThreads) {
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const CancelToken cancel;
      for (int k = 0; k < 5; ++k) {
        auto engine = std::move(*pool_.Take());
        const std::string value = std::to_string(10 * i + k);
        auto result =
            static_cast<DuckEngine&>(*engine).Run({"SELECT '" + value + "'", {{"c", Type::Varchar()}}}, cancel);
        if (Rows(**result) == value) ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 20);
  EXPECT_LE(pool_.waiting(), 2U);
}

}  // namespace
}  // namespace opentrail::engine
