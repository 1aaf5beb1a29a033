#include "services/cloudtrail/cloudtrail_test_support.h"
#include "services/cloudtrail/lookup_throttle.h"

namespace opentrail::services::cloudtrail {
namespace {

class LookupEventsTest : public CloudTrailTest {
 protected:
  void Fill(int count) {
    for (int i = 0; i < count; ++i) {
      account_.events_.records.push_back(
          EntryOf({.name = fmt::format("Event{}", i)}, clock_.Now(), RandomUuid(random_)).record);
    }
  }
};

TEST_F(LookupEventsTest, AnswersRecords) {
  account_.events_.records = {
      R"({"eventID":"e1","eventName":"StopLogging","readOnly":false,"eventTime":"2026-11-23T08:53:35Z",)"
      R"("eventSource":"cloudtrail.amazonaws.com","userIdentity":{"type":"IAMUser","userName":"chaos",)"
      R"("accessKeyId":"AKIAEXAMPLE"},"requestParameters":{"name":"monitor"}})"};
  const Value output = Do("LookupEvents", Value::Object());
  EXPECT_FALSE(output.Has("NextToken"));
  ASSERT_EQ(output["Events"].elements().size(), 1u);
  Value event = output["Events"].elements()[0];
  EXPECT_EQ(event["EventTime"].Timestamp(), clock_.Now());
  EXPECT_EQ(event["CloudTrailEvent"].Text(), account_.events_.records[0]);
  event.Remove("CloudTrailEvent");
  EXPECT_EQ(codec::WriteJson(event),
            R"({"EventId":"e1","EventName":"StopLogging","ReadOnly":"false","AccessKeyId":"AKIAEXAMPLE",)"
            R"("EventTime":1795424015,"EventSource":"cloudtrail.amazonaws.com","Username":"chaos",)"
            R"("Resources":[{"ResourceType":"AWS::CloudTrail::Trail","ResourceName":"monitor"}]})");
}

TEST_F(LookupEventsTest, AsksForWhatIsAsked) {
  Do("LookupEvents", Value::Object(), "eu-west-1");
  Value input = Parse(R"({"LookupAttributes":[{"AttributeKey":"Username","AttributeValue":"chaos"}],"MaxResults":7})");
  input.Set("StartTime", clock_.Now() - std::chrono::hours(2));
  input.Set("EndTime", clock_.Now() - std::chrono::hours(1));
  Do("LookupEvents", input);
  ASSERT_EQ(account_.events_.asked.size(), 2u);
  const trail::LookupQuery& all = account_.events_.asked[0];
  EXPECT_EQ(all.region, "eu-west-1");
  EXPECT_FALSE(all.attribute);
  EXPECT_EQ(all.start, clock_.Now() - std::chrono::days(90));
  EXPECT_EQ(all.end, clock_.Now());
  EXPECT_EQ(all.max_results, 50u);
  const trail::LookupQuery& some = account_.events_.asked[1];
  EXPECT_EQ(some.attribute, trail::LookupAttribute::kUsername);
  EXPECT_EQ(some.value, "chaos");
  EXPECT_EQ(some.start, clock_.Now() - std::chrono::hours(2));
  EXPECT_EQ(some.end, clock_.Now() - std::chrono::hours(1));
  EXPECT_EQ(some.max_results, 7u);
}

TEST_F(LookupEventsTest, TokensFitTheirParametersAlone) {
  Fill(5);
  const std::string filter = R"("LookupAttributes":[{"AttributeKey":"Username","AttributeValue":"chaos"}])";
  std::string token(Do("LookupEvents", Parse("{\"MaxResults\":2," + filter + "}"))["NextToken"].Text());
  ASSERT_FALSE(token.empty());
  const auto with_token = [&](std::string_view json, std::string_view text) {
    Value input = Parse(json);
    input.Set("NextToken", text);
    return input;
  };
  const std::string same = "{" + filter + ",\"MaxResults\":2}";  // the order of members does not matter
  const Value second = Do("LookupEvents", with_token(same, token));
  EXPECT_EQ(second["Events"].elements()[0]["EventName"].Text(), "Event2");
  const Value third = Do("LookupEvents", with_token(same, second["NextToken"].Text()));
  EXPECT_EQ(third["Events"].elements().size(), 1u);
  EXPECT_FALSE(third.Has("NextToken"));

  const std::string invalid = "InvalidNextTokenException";
  EXPECT_EQ(FaultCode("LookupEvents", with_token("{\"MaxResults\":2}", token)), invalid);
  EXPECT_EQ(FaultCode("LookupEvents", with_token("{\"MaxResults\":3," + filter + "}", token)), invalid);
  EXPECT_EQ(FaultCode("LookupEvents", with_token(same, token), "eu-west-1"), invalid);
  EXPECT_EQ(FaultCode("LookupEvents", with_token(same, "MSAy")), invalid);
  EXPECT_EQ(FaultCode("LookupEvents", with_token(same, "")), invalid);
  EXPECT_EQ(FaultCode("LookupEvents", with_token(same, std::string(5000, 'A'))), invalid);
  token[10] = token[10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(FaultCode("LookupEvents", with_token(same, token)), invalid);
}

TEST_F(LookupEventsTest, RefusesWhatIsWrong) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"MaxResults":0})", "InvalidMaxResultsException"},
      {R"({"MaxResults":51})", "InvalidMaxResultsException"},
      {R"({"EventCategory":"data"})", "InvalidEventCategoryException"},
      {R"({"LookupAttributes":[{"AttributeKey":"eventName","AttributeValue":"x"}]})",
       "InvalidLookupAttributesException"},
      {R"({"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":""}]})",
       "InvalidLookupAttributesException"},
      {R"({"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"x"},)"
       R"({"AttributeKey":"EventName","AttributeValue":"y"}]})",
       "InvalidLookupAttributesException"},
  };
  for (const auto& [input, code] : cases) EXPECT_EQ(FaultCode("LookupEvents", Parse(input)), code) << input;
  Value times = Value::Object({{"StartTime", clock_.Now()}, {"EndTime", clock_.Now() - std::chrono::seconds(1)}});
  EXPECT_EQ(FaultCode("LookupEvents", times), "InvalidTimeRangeException");
  EXPECT_TRUE(account_.events_.asked.empty());
}

TEST_F(LookupEventsTest, WhatIsOlderThanNinetyDaysIsGone) {
  Fill(1);
  const Value old = Value::Object(
      {{"StartTime", clock_.Now() - std::chrono::days(200)}, {"EndTime", clock_.Now() - std::chrono::days(100)}});
  EXPECT_TRUE(Do("LookupEvents", old)["Events"].elements().empty());
  EXPECT_TRUE(Do("LookupEvents", Parse(R"({"EventCategory":"insight"})"))["Events"].elements().empty());
}

TEST(LookupThrottle, CountsBySecondAndRegion) {
  const Time now{std::chrono::seconds(100)};
  LookupThrottle throttle(2);
  EXPECT_TRUE(throttle.Admit("a", now));
  EXPECT_TRUE(throttle.Admit("a", now));
  EXPECT_FALSE(throttle.Admit("a", now + std::chrono::milliseconds(999)));
  EXPECT_TRUE(throttle.Admit("b", now));
  EXPECT_TRUE(throttle.Admit("a", now + std::chrono::seconds(1)));
  LookupThrottle open(0);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(open.Admit("a", now));
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
