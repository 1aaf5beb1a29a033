#include <chrono>
#include <thread>

#include "services/cloudtrail/cloudtrail_test_support.h"
#include "services/cloudtrail/lake_runner.h"
#include "services/cloudtrail/lake_statement.h"

namespace opentrail::services::cloudtrail {
namespace {

// Event data stores over the test account's journal, and queries of them.
class LakeTest : public CloudTrailTest {
 protected:
  LakeTest() { StartRunner(); }
  ~LakeTest() override { runner_->Shutdown(); }

  void StartRunner(LakeRunner::Options options = {.concurrent = 2}, int64_t max_result_bytes = kMaxResultBytes) {
    if (runner_) runner_->Shutdown();
    runner_ = std::move(*LakeRunner::Start({.clock = clock_,
                                            .committer = *account_.committer_,
                                            .objects = *account_.objects_,
                                            .state_path = account_.path_,
                                            .committed = {},
                                            .engine = {.threads = 2},
                                            .max_result_bytes = max_result_bytes},
                                           options));
    account_.cloudtrail_->SetLakeRunner(runner_);
  }

  // The ARN of a new event data store.
  std::string Make(std::string_view name, Value more = Value::Object(), std::string region = "us-east-1") {
    more.Set("Name", name);
    return std::string(Do("CreateEventDataStore", std::move(more), std::move(region))["EventDataStoreArn"].Text());
  }
  static std::string IdOf(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }
  static Value Store(std::string_view arn, Value more = Value::Object()) {
    more.Set("EventDataStore", arn);
    return more;
  }
  static Value Query(std::string_view id, Value more = Value::Object()) {
    more.Set("QueryId", id);
    return more;
  }
  std::string Start(const std::string& statement) {
    return std::string(Do("StartQuery", Value::Object({{"QueryStatement", statement}}))["QueryId"].Text());
  }
  std::string FaultOf(const std::string& statement) {
    return FaultCode("StartQuery", Value::Object({{"QueryStatement", statement}}));
  }
  // What DescribeQuery says once the query has ended.
  Value Finish(std::string_view query) {
    for (;;) {
      Value found = Do("DescribeQuery", Query(query));
      if (found["QueryStatus"].Text() != "QUEUED" && found["QueryStatus"].Text() != "RUNNING") return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  // The rows of a query as JSON.
  std::string Rows(const std::string& statement) {
    const std::string query = Start(statement);
    const Value found = Finish(query);
    EXPECT_EQ(found["QueryStatus"].Text(), "FINISHED") << statement << ": " << found["ErrorMessage"].Text();
    return codec::WriteJson(Do("GetQueryResults", Query(query))["QueryResultRows"]);
  }
  std::string Names(std::string_view arn) {
    return Rows(
        fmt::format("SELECT array_join(array_agg(eventName ORDER BY eventTime), ',') AS names FROM {} "
                    "WHERE eventSource = 'ec2.amazonaws.com'",
                    IdOf(arn)));
  }
  static std::string Listed(std::string_view names) {
    return names.empty() ? R"([[{"names":null}]])" : fmt::format(R"([[{{"names":"{}"}}]])", names);
  }
  int64_t Count(std::string_view table) {
    store::Rows rows = account_.reader_->Query(fmt::format("SELECT count(*) FROM {}", table));
    return rows.Next() ? rows.Integer(0) : -1;
  }
  void LogNamed(std::string_view name) {
    clock_.Advance(std::chrono::seconds(1));
    account_.Log({.name = std::string(name)});
  }

  std::shared_ptr<LakeRunner> runner_;
};

TEST_F(LakeTest, HoldsTheJournalSinceItWasMade) {
  LogNamed("Before");
  const std::string arn = Make("store");
  EXPECT_EQ(Names(arn), Listed(""));
  LogNamed("After");
  EXPECT_EQ(Names(arn), Listed("After"));
  LogNamed("Later");
  EXPECT_EQ(Names(arn), Listed("After,Later"));
}

TEST_F(LakeTest, EventsOlderThanItsRetentionAreGone) {
  const std::string arn = Make("store", Parse(R"({"RetentionPeriod":10})"));
  LogNamed("First");
  clock_.Advance(std::chrono::days(6));
  LogNamed("Second");
  clock_.Advance(std::chrono::days(5));
  EXPECT_EQ(Names(arn), Listed("Second"));
  Do("UpdateEventDataStore", Store(arn, Parse(R"({"RetentionPeriod":100})")));
  EXPECT_EQ(Names(arn), Listed("Second"));  // a longer one brings nothing back
  LogNamed("Third");
  clock_.Advance(std::chrono::days(8));
  Do("UpdateEventDataStore", Store(arn, Parse(R"({"RetentionPeriod":7})")));
  EXPECT_EQ(Names(arn), Listed(""));
  Do("UpdateEventDataStore", Store(arn, Parse(R"({"RetentionPeriod":100})")));
  EXPECT_EQ(Names(arn), Listed(""));
}

TEST_F(LakeTest, ADeletedStoreIsGoneAfterAWeek) {
  const std::string arn = Make("store", Parse(R"({"TerminationProtectionEnabled":false})"));
  Do("DeleteEventDataStore", Store(arn));
  clock_.Advance(std::chrono::days(6));
  EXPECT_EQ(Do("GetEventDataStore", Store(arn))["Status"].Text(), "PENDING_DELETION");
  EXPECT_EQ(FaultCode("CreateEventDataStore", Named("store")), "EventDataStoreAlreadyExistsException");
  clock_.Advance(std::chrono::days(1));
  EXPECT_EQ(FaultCode("GetEventDataStore", Store(arn)), "EventDataStoreNotFoundException");
  EXPECT_EQ(FaultCode("RestoreEventDataStore", Store(arn)), "EventDataStoreNotFoundException");
  EXPECT_EQ(codec::WriteJson(Do("ListEventDataStores", Value::Object())), R"({"EventDataStores":[]})");
  const std::string other = Make("other");
  Do("UpdateEventDataStore", Store(other, Named("store")));  // the name is free again
}

TEST_F(LakeTest, WhatWasDeletedInBetweenIsNotTakenIn) {
  const std::string arn = Make("store", Parse(R"({"TerminationProtectionEnabled":false})"));
  LogNamed("Before");
  Do("DeleteEventDataStore", Store(arn));
  LogNamed("Between");
  EXPECT_EQ(Do("RestoreEventDataStore", Store(arn))["Status"].Text(), "ENABLED");
  LogNamed("After");
  EXPECT_EQ(Names(arn), Listed("Before,After"));
}

TEST_F(LakeTest, QueriesAndTheirResultsAreKeptForAWeek) {
  const std::string arn = Make("store");
  LogNamed("One");
  const std::string query = Start("SELECT eventName FROM " + IdOf(arn));
  Finish(query);
  EXPECT_EQ(Count("content"), 1);
  clock_.Advance(std::chrono::days(7));
  EXPECT_EQ(FaultCode("GetQueryResults", Query(query)), "");
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(FaultCode("GetQueryResults", Query(query)), "QueryIdNotFoundException");
  EXPECT_EQ(FaultCode("DescribeQuery", Query(query)), "QueryIdNotFoundException");
  EXPECT_EQ(codec::WriteJson(Do("ListQueries", Store(arn))), R"({"Queries":[]})");
  Finish(Start("SELECT eventName FROM " + IdOf(arn)));  // sweeps
  EXPECT_EQ(Count("content"), 1);
  EXPECT_EQ(Count("cloudtrail_query"), 1);
  EXPECT_EQ(Count("cloudtrail_query_store"), 1);
}

TEST_F(LakeTest, WhatAnEarlierProcessLeftHasFailed) {
  const std::string arn = Make("store");
  runner_->Shutdown();
  const std::string query = Start("SELECT 1 FROM " + IdOf(arn));
  EXPECT_EQ(Do("DescribeQuery", Query(query))["QueryStatus"].Text(), "QUEUED");
  StartRunner();
  const Value found = Finish(query);
  EXPECT_EQ(found["QueryStatus"].Text(), "FAILED");
  EXPECT_EQ(found["ErrorMessage"].Text(), "The service was stopped while the query was running.");
}

TEST_F(LakeTest, AQueryThatTakesTooLongHasTimedOut) {
  const std::string id = IdOf(Make("store"));
  StartRunner({.concurrent = 1, .timeout = std::chrono::milliseconds(300)});
  const std::string query =
      Start(fmt::format("SELECT count(*) FROM {}, UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), "
                        "UNNEST(sequence(1, 10000)) c(z)",
                        id));
  EXPECT_EQ(Finish(query)["QueryStatus"].Text(), "TIMED_OUT");
  const Value results = Do("GetQueryResults", Query(query));
  EXPECT_EQ(results["QueryStatus"].Text(), "TIMED_OUT");
  EXPECT_EQ(results["ErrorMessage"].Text(), "The query ran for longer than it may.");
  EXPECT_EQ(codec::WriteJson(results["QueryResultRows"]), "[]");
}

TEST_F(LakeTest, AResultHasABound) {
  const std::string id = IdOf(Make("store"));
  StartRunner({.concurrent = 1}, 1000);
  const std::string statement = "SELECT rpad('x', {1}, 'y') AS text FROM {0} WHERE eventName = 'CreateEventDataStore'";
  EXPECT_EQ(Finish(Start(fmt::format(fmt::runtime(statement), id, 995)))["QueryStatus"].Text(), "FINISHED");
  const Value found = Finish(Start(fmt::format(fmt::runtime(statement), id, 996)));
  EXPECT_EQ(found["QueryStatus"].Text(), "FAILED");
  EXPECT_EQ(found["ErrorMessage"].Text(), "The query results have more than 1000 bytes");
  EXPECT_EQ(found["QueryStatistics"]["EventsMatched"].Integer(), 0);
  EXPECT_EQ(Count("content"), 1);
}

TEST_F(LakeTest, WhatWasCancelledKeepsNothing) {
  const std::string id = IdOf(Make("store"));
  StartRunner({.concurrent = 1});
  const std::string endless = fmt::format(
      "SELECT count(*) FROM {}, UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), "
      "UNNEST(sequence(1, 10000)) c(z)",
      id);
  const std::string runs = Start(endless), waits = Start(endless);
  while (Do("DescribeQuery", Query(runs))["QueryStatus"].Text() != "RUNNING") std::this_thread::yield();
  EXPECT_EQ(Do("DescribeQuery", Query(waits))["QueryStatus"].Text(), "QUEUED");
  for (const std::string& query : {waits, runs}) {
    EXPECT_EQ(Do("CancelQuery", Query(query))["QueryStatus"].Text(), "CANCELLED");
  }
  EXPECT_EQ(Rows("SELECT 1 AS n FROM " + id + " LIMIT 1"), R"([[{"n":"1"}]])");
  EXPECT_EQ(Do("DescribeQuery", Query(runs))["QueryStatus"].Text(), "CANCELLED");
  EXPECT_EQ(Do("DescribeQuery", Query(waits))["QueryStatus"].Text(), "CANCELLED");
  EXPECT_EQ(Count("content"), 1);
}

TEST_F(LakeTest, ATokenFitsItsQueryAlone) {
  const std::string arn = Make("store");
  const std::string statement = "SELECT n FROM (VALUES 1, 2, 3) AS t(n) CROSS JOIN " + IdOf(arn) +
                                " WHERE eventName = 'CreateEventDataStore' ORDER BY n";
  const std::string query = Start(statement), other = Start(statement);
  Finish(query);
  Finish(other);
  const Value first = Do("GetQueryResults", Query(query, Value::Object({{"MaxQueryResults", int64_t{2}}})));
  EXPECT_EQ(codec::WriteJson(first["QueryResultRows"]), R"([[{"n":"1"}],[{"n":"2"}]])");
  EXPECT_EQ(first["QueryStatistics"]["ResultsCount"].Integer(), 2);
  EXPECT_EQ(first["QueryStatistics"]["TotalResultsCount"].Integer(), 3);
  const Value next = Value::Object({{"NextToken", first["NextToken"]}});
  const Value second = Do("GetQueryResults", Query(query, next));
  EXPECT_EQ(codec::WriteJson(second["QueryResultRows"]), R"([[{"n":"3"}]])");
  EXPECT_FALSE(second.Has("NextToken"));
  EXPECT_EQ(FaultCode("GetQueryResults", Query(other, next)), "InvalidNextTokenException");
  for (const char* token : {"", "x", "bm90aGluZw=="}) {
    EXPECT_EQ(FaultCode("GetQueryResults", Query(query, Value::Object({{"NextToken", token}}))),
              "InvalidNextTokenException")
        << token;
  }
}

TEST_F(LakeTest, AResultUnderAKmsKeyNeedsIt) {
  const std::string arn = Make("store", Value::Object({{"KmsKeyId", "alias/trail"}}));
  EXPECT_EQ(Do("GetEventDataStore", Store(arn))["KmsKeyId"].Text(), kTestKey);
  const std::string statement = fmt::format("SELECT 1 AS n FROM {} LIMIT 1", IdOf(arn));
  const std::string query = Start(statement);
  Finish(query);
  EXPECT_EQ(codec::WriteJson(Do("GetQueryResults", Query(query))["QueryResultRows"]), R"([[{"n":"1"}]])");
  account_.inside_.policy = [](const InsideCall& call) -> AwsStatus {
    EXPECT_EQ(call.principal.service, "cloudtrail.amazonaws.com");
    return AwsFailure("AccessDeniedException", "no");
  };
  EXPECT_EQ(FaultCode("GetQueryResults", Query(query)), "InsufficientEncryptionPolicyException");
  EXPECT_EQ(FaultOf(statement), "InsufficientEncryptionPolicyException");
  EXPECT_EQ(FaultCode("CreateEventDataStore", Value::Object({{"Name", "other"}, {"KmsKeyId", "alias/trail"}})),
            "InsufficientEncryptionPolicyException");
}

TEST_F(LakeTest, StatementsAreRefusedBeforeTheyRun) {
  const std::string id = IdOf(Make("store"));
  for (const std::string& statement :
       {std::string(), std::string("SELECT 1"), "SELECT nope FROM " + id, "INSERT INTO " + id + " SELECT 1",
        std::string("SELECT 1 FROM information_schema.tables"), "SELECT 1 FROM other." + id,
        "EXPLAIN SELECT 1 FROM " + id,
        "SELECT 1 FROM " + id + " WHERE eventName = '" + std::string(kMaxStatementCharacters, 'x') + "'"}) {
    EXPECT_EQ(FaultOf(statement), "InvalidQueryStatementException") << statement.substr(0, 80);
  }
  const std::string longest =
      fmt::format("SELECT 1 FROM {} WHERE eventName = '{:ü<{}}'", id, "", kMaxStatementCharacters - 71);
  EXPECT_EQ(FaultOf(longest), "");
}

TEST(LakeStatement, NamesItsEventDataStoresOnce) {
  Call call;
  call.account_id = kTestAccount;
  call.region = "us-east-1";
  const std::string a = "0a1b2c3d-0000-4000-8000-00000000000a", b = "0a1b2c3d-0000-4000-8000-00000000000b";
  const auto stores = StoresOfStatement(
      call, fmt::format("WITH x AS (SELECT * FROM {0}) SELECT (SELECT count(*) FROM {1}) FROM x JOIN {0} y ON true "
                        "JOIN \"arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/{1}\" ON true",
                        a, b));
  ASSERT_TRUE(stores) << stores.error().message;
  ASSERT_EQ(stores->size(), 2U);
  EXPECT_EQ((*stores)[0].id, a);
  EXPECT_EQ((*stores)[1].id, b);
  std::string many = "SELECT 1 FROM " + a;
  for (int i = 0; i < 10; ++i) many += fmt::format(", 0a1b2c3d-0000-4000-8000-0000000001{:02}", i);
  EXPECT_EQ(StoresOfStatement(call, many).error().code, "InvalidQueryStatementException");
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
