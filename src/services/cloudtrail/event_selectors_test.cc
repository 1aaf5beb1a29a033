#include "services/cloudtrail/cloudtrail_test_support.h"

namespace opentrail::services::cloudtrail {
namespace {

class EventSelectorsTest : public CloudTrailTest {
 protected:
  EventSelectorsTest() { Do("CreateTrail", Settings("monitor")); }
  static Value With(std::string_view member, std::string_view list) {
    return Value::Object({{"TrailName", "monitor"}, {std::string(member), Parse(list)}});
  }
};

TEST_F(EventSelectorsTest, DefaultIsAllManagementEvents) {
  EXPECT_EQ(codec::WriteJson(Do("GetEventSelectors", Parse(R"({"TrailName":"monitor"})"))),
            R"({"TrailARN":"arn:aws:cloudtrail:us-east-1:123456789012:trail/monitor","EventSelectors":)"
            R"([{"ReadWriteType":"All","IncludeManagementEvents":true,"DataResources":[],)"
            R"("ExcludeManagementEventSources":[]}]})");
}

TEST_F(EventSelectorsTest, OneKindReplacesTheOther) {
  Do("PutEventSelectors", With("EventSelectors", R"([{"ReadWriteType":"WriteOnly","DataResources":)"
                                                 R"([{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}])"));
  EXPECT_TRUE(Do("GetTrail", Named("monitor"))["Trail"]["HasCustomEventSelectors"].Boolean());
  EXPECT_EQ(codec::WriteJson(Do("GetEventSelectors", Parse(R"({"TrailName":"monitor"})"))["EventSelectors"]),
            R"([{"ReadWriteType":"WriteOnly","IncludeManagementEvents":true,"DataResources":)"
            R"([{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}],"ExcludeManagementEventSources":[]}])");
  const std::string advanced =
      R"([{"Name":"Management events selector","FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}])";
  Do("PutEventSelectors", With("AdvancedEventSelectors", advanced));
  const Value got = Do("GetEventSelectors", Parse(R"({"TrailName":"monitor"})"));
  EXPECT_EQ(codec::WriteJson(got["AdvancedEventSelectors"]), advanced);
  EXPECT_FALSE(got.Has("EventSelectors"));
  Do("PutEventSelectors", With("EventSelectors", "[{}]"));
  EXPECT_FALSE(Do("GetTrail", Named("monitor"))["Trail"]["HasCustomEventSelectors"].Boolean(true));
}

TEST_F(EventSelectorsTest, RefusesWhatIsWrong) {
  const std::pair<std::string, std::string> cases[] = {
      {"EventSelectors", "[]"},
      {"EventSelectors", "[{},{},{},{},{},{}]"},
      {"EventSelectors", R"([{"ReadWriteType":"Some"}])"},
      {"EventSelectors", R"([{"ExcludeManagementEventSources":["ec2.amazonaws.com"]}])"},
      {"EventSelectors",
       R"([{"IncludeManagementEvents":false,"ExcludeManagementEventSources":["kms.amazonaws.com"]}])"},
      {"EventSelectors", R"([{"DataResources":[{"Type":"AWS::EC2::Instance","Values":["arn:aws:ec2"]}]}])"},
      {"EventSelectors", R"([{"DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3:::no-slash"]}]}])"},
      {"EventSelectors", R"([{"DataResources":[{"Type":"AWS::S3::Object","Values":["bucket/"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"readOnly","Equals":["true"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","NotEquals":["Data"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","Equals":["Other"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},)"
                                 R"({"Field":"resources.ARN","Equals":["x"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},)"
                                 R"({"Field":"eventSource","NotEquals":["ec2.amazonaws.com"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},)"
                                 R"({"Field":"eventCategory","Equals":["Management"]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},)"
                                 R"({"Field":"eventName","Equals":[]}]}])"},
      {"AdvancedEventSelectors", R"([{"FieldSelectors":[{"Field":"nonsense","Equals":["x"]}]}])"},
  };
  for (const auto& [member, list] : cases) {
    EXPECT_EQ(FaultCode("PutEventSelectors", With(member, list)), "InvalidEventSelectorsException") << list;
  }
  EXPECT_EQ(FaultCode("PutEventSelectors", Parse(R"({"TrailName":"monitor"})")), "InvalidEventSelectorsException");
  Value many = Value::List();
  for (int i = 0; i < 251; ++i) many.Append(fmt::format("arn:aws:s3:::bucket{}/", i));
  Value selector = Parse(R"([{"DataResources":[{"Type":"AWS::S3::Object"}]}])");
  selector.mutable_elements()[0].At("DataResources").mutable_elements()[0].Set("Values", many);
  EXPECT_EQ(FaultCode("PutEventSelectors", Value::Object({{"TrailName", "monitor"}, {"EventSelectors", selector}})),
            "InvalidEventSelectorsException");
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
