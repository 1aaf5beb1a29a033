#include "services/cloudtrail/cloudtrail_test_support.h"
#include "services/cloudtrail/trail_name.h"

namespace opentrail::services::cloudtrail {
namespace {

using TrailsTest = CloudTrailTest;

TEST(CheckTrailName, SaysWhatAwsSays) {
  const std::string characters =
      "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and "
      "underscores (_).";
  const std::pair<std::string, std::string> cases[] = {
      {"monitor", ""},
      {"a.b-c_d", ""},
      {"1.2.3", ""},
      {"ab", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters."},
      {std::string(129, 'a'),
       "Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters."},
      {std::string(128, 'a'), ""},
      {"-abc", "Trail name must starts with a letter or number."},
      {"abc-", "Trail name must ends with a letter or number."},
      {"a b c", characters},
      {"a/b/c", characters},
      {"my-_x", "Trail name can not have adjacent periods (.), hyphens (-), or underscores (_)."},
      {"my--x", "Trail name can not have adjacent periods (.), hyphens (-), or underscores (_)."},
      {"192.168.5.4", "Trail name must not be formatted as an IP address."},
      {"192.168.5.400", ""},
  };
  for (const auto& [name, message] : cases) {
    const AwsStatus status = CheckTrailName(name);
    EXPECT_EQ(status ? "" : status.error().message, message) << name;
    if (!status) EXPECT_EQ(status.error().code, "InvalidTrailNameException");
  }
}

TEST_F(TrailsTest, CreateAnswersTheSettings) {
  EXPECT_EQ(codec::WriteJson(Do("CreateTrail", Settings("monitor"))),
            R"({"Name":"monitor","S3BucketName":"monitoring1234","IncludeGlobalServiceEvents":true,)"
            R"("IsMultiRegionTrail":false,"TrailARN":"arn:aws:cloudtrail:us-east-1:123456789012:trail/monitor",)"
            R"("LogFileValidationEnabled":false,"IsOrganizationTrail":false})");
  EXPECT_EQ(codec::WriteJson(Do("GetTrail", Named("monitor"))["Trail"]),
            R"({"Name":"monitor","S3BucketName":"monitoring1234","IncludeGlobalServiceEvents":true,)"
            R"("IsMultiRegionTrail":false,"HomeRegion":"us-east-1",)"
            R"("TrailARN":"arn:aws:cloudtrail:us-east-1:123456789012:trail/monitor",)"
            R"("LogFileValidationEnabled":false,"HasCustomEventSelectors":false,"HasInsightSelectors":false,)"
            R"("IsOrganizationTrail":false})");
  EXPECT_EQ(codec::WriteJson(Do("GetTrailStatus", Named("monitor"))),
            R"({"IsLogging":false,"LatestDeliveryAttemptTime":"","LatestNotificationAttemptTime":"",)"
            R"("LatestNotificationAttemptSucceeded":"","LatestDeliveryAttemptSucceeded":"",)"
            R"("TimeLoggingStarted":"","TimeLoggingStopped":""})");
}

TEST_F(TrailsTest, CreateRefuses) {
  Do("CreateTrail", Settings("monitor"));
  const std::tuple<Value, std::string> cases[] = {
      {Settings("ab"),
       "InvalidTrailNameException: Trail name too short. Minimum allowed length: 3 characters. "
       "Specified name length: 2 characters."},
      {Settings("monitor"), "TrailAlreadyExistsException: Trail monitor already exists for customer: 123456789012"},
      {Settings("other", Parse(R"({"S3BucketName":"nobodys-bucket"})")),
       "S3BucketDoesNotExistException: S3 bucket nobodys-bucket does not exist!"},
      {Settings("other", Parse(R"({"S3BucketName":"No Bucket"})")),
       "InvalidS3BucketNameException: Bucket name No Bucket is not valid"},
      {Settings("other", Parse(R"({"SnsTopicName":"topic"})")),
       "InsufficientSnsTopicPolicyException: SNS Topic does not exist or the topic policy is incorrect!"},
      {Settings("other", Parse(R"({"CloudWatchLogsLogGroupArn":"arn:aws:logs:us-east-1:123456789012:log-group:g:*"})")),
       "CloudWatchLogsDeliveryUnavailableException: Cannot set a CloudWatch Logs delivery for this region."},
      {Settings("other", Parse(R"({"IsMultiRegionTrail":true,"IncludeGlobalServiceEvents":false})")),
       "InvalidParameterCombinationException: Multi-Region trail must include global service events."},
      {Settings("other", Parse(R"({"KmsKeyId":"alias/none"})")),
       "KmsKeyNotFoundException: KMS key alias/none was not found as a symmetric encryption key in us-east-1"},
      {Settings("other", Parse(R"({"KmsKeyId":"arn:aws:kms:eu-west-1:123456789012:key/x"})")),
       "KmsKeyNotFoundException: KMS key arn:aws:kms:eu-west-1:123456789012:key/x was not found as a symmetric "
       "encryption key in us-east-1"},
  };
  for (const auto& [input, fault] : cases) EXPECT_EQ(Fault("CreateTrail", input), fault);
  EXPECT_EQ(FaultCode("CreateTrail", Settings("other", Value::Object({{"S3KeyPrefix", std::string(201, 'p')}}))),
            "InvalidS3PrefixException");
  EXPECT_EQ(FaultCode("CreateTrail", Settings("other", Parse(R"({"IsOrganizationTrail":true})"))),
            "OrganizationsNotInUseException");
  EXPECT_EQ(FaultCode("CreateTrail",
                      Settings("other", Parse(R"({"TagsList":[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]})"))),
            "InvalidTagParameterException");
}

TEST_F(TrailsTest, BucketPolicyMustLetCloudTrailIn) {
  std::string refused;
  account_.inside_.policy = [&](const InsideCall& call) -> AwsStatus {
    if (call.operation == refused) return AwsFailure("AccessDenied", "Access Denied");
    return {};
  };
  for (const std::string operation : {"GetBucketAcl", "PutObject"}) {
    refused = operation;
    EXPECT_EQ(Fault("CreateTrail", Settings("monitor")),
              "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: "
              "monitoring1234");
  }
  refused = "";
  account_.inside_.seen.clear();
  Do("CreateTrail", Settings("monitor", Parse(R"({"S3KeyPrefix":"logs"})")));
  ASSERT_EQ(account_.inside_.seen.size(), 2u);
  const auto& put = account_.inside_.seen[1];
  EXPECT_EQ(put.operation, "PutObject");
  EXPECT_EQ(put.source_arn, Arn("monitor"));
  EXPECT_EQ(put.input["Key"].Text(), "logs/AWSLogs/123456789012/CloudTrail/us-east-1/");
  EXPECT_EQ(put.input["ACL"].Text(), "bucket-owner-full-control");
}

TEST_F(TrailsTest, KeyIsKeptAsItsArn) {
  EXPECT_EQ(Do("CreateTrail", Settings("monitor", Parse(R"({"KmsKeyId":"alias/trail"})")))["KmsKeyId"].Text(),
            kTestKey);
  EXPECT_FALSE(Do("UpdateTrail", Parse(R"({"Name":"monitor","KmsKeyId":""})")).Has("KmsKeyId"));
  account_.inside_.key_state = "Disabled";
  EXPECT_EQ(FaultCode("UpdateTrail", Parse(R"({"Name":"monitor","KmsKeyId":"alias/trail"})")), "KmsException");
  account_.inside_.key_state = "Enabled";
  account_.inside_.policy = [](const InsideCall& call) -> AwsStatus {
    if (call.operation == "GenerateDataKey") return AwsFailure("AccessDeniedException", "no");
    return {};
  };
  EXPECT_EQ(Fault("UpdateTrail", Parse(R"({"Name":"monitor","KmsKeyId":"alias/trail"})")),
            fmt::format("InsufficientEncryptionPolicyException: Insufficient permissions to access S3 bucket "
                        "monitoring1234 or KMS key {}",
                        kTestKey));
}

TEST_F(TrailsTest, FiveInARegion) {
  for (int i = 0; i < 4; ++i) Do("CreateTrail", Settings(fmt::format("trail{}", i)));
  Do("CreateTrail", Settings("everywhere", Parse(R"({"IsMultiRegionTrail":true})")), "eu-west-1");
  EXPECT_EQ(Fault("CreateTrail", Settings("trail5")),
            "MaximumNumberOfTrailsExceededException: User: 123456789012 already has 5 trails in us-east-1.");
  EXPECT_EQ(FaultCode("CreateTrail", Settings("also-everywhere", Parse(R"({"IsMultiRegionTrail":true})")), "eu-west-1"),
            "MaximumNumberOfTrailsExceededException");
  Do("CreateTrail", Settings("trail5"), "eu-west-1");
  Do("DeleteTrail", Named("trail0"));
  Do("CreateTrail", Settings("trail5"));
}

TEST_F(TrailsTest, HomeRegionAndShadows) {
  Do("CreateTrail", Settings("all-regions", Parse(R"({"IsMultiRegionTrail":true})")));
  Do("CreateTrail", Settings("one-region"));
  const auto names = [](const Value& output) {
    std::string text;
    for (const Value& trail : output["trailList"].elements()) text += std::string(trail["Name"].Text()) + " ";
    return text;
  };
  EXPECT_EQ(names(Do("DescribeTrails", Value::Object())), "all-regions one-region ");
  EXPECT_EQ(names(Do("DescribeTrails", Value::Object(), "eu-west-1")), "all-regions ");
  EXPECT_EQ(names(Do("DescribeTrails", Parse(R"({"includeShadowTrails":false})"), "eu-west-1")), "");
  EXPECT_EQ(names(Do("DescribeTrails", Parse(R"({"trailNameList":["one-region","unknown"]})"))), "one-region ");
  EXPECT_EQ(names(Do("DescribeTrails", Parse(R"({"trailNameList":["all-regions"]})"), "eu-west-1")), "");
  const Value by_arn = Value::Object({{"trailNameList", Value::List({Arn("all-regions"), Arn("one-region")})}});
  EXPECT_EQ(names(Do("DescribeTrails", by_arn, "eu-west-1")), "all-regions ");
  EXPECT_EQ(Do("ListTrails", Value::Object(), "eu-west-1")["Trails"].elements().size(), 2u);

  EXPECT_EQ(Fault("GetTrail", Named("all-regions"), "eu-west-1"),
            "TrailNotFoundException: Unknown trail: all-regions for the user: 123456789012");
  EXPECT_EQ(Do("GetTrail", Named(Arn("all-regions")), "eu-west-1")["Trail"]["HomeRegion"].Text(), "us-east-1");
  for (const std::string operation : {"StartLogging", "StopLogging", "DeleteTrail", "UpdateTrail"}) {
    EXPECT_EQ(FaultCode(operation, Named(Arn("all-regions")), "eu-west-1"), "InvalidHomeRegionException") << operation;
  }
  EXPECT_EQ(Fault("GetTrailStatus", Named("none")),
            "TrailNotFoundException: Unknown trail: arn:aws:cloudtrail:us-east-1:123456789012:trail/none for the "
            "user: 123456789012");
  EXPECT_EQ(FaultCode("GetTrail", Named("arn:aws:s3:::x")), "CloudTrailARNInvalidException");
}

TEST_F(TrailsTest, UpdateLeavesWhatIsNotGiven) {
  Do("CreateTrail", Settings("monitor", Parse(R"({"S3KeyPrefix":"p","EnableLogFileValidation":true})")));
  const Value updated = Do("UpdateTrail", Parse(R"({"Name":"monitor","IsMultiRegionTrail":true})"));
  EXPECT_EQ(updated["S3KeyPrefix"].Text(), "p");
  EXPECT_TRUE(updated["LogFileValidationEnabled"].Boolean());
  EXPECT_TRUE(updated["IncludeGlobalServiceEvents"].Boolean());
  const Value single = Do("UpdateTrail", Parse(R"({"Name":"monitor","IsMultiRegionTrail":false,"S3KeyPrefix":""})"));
  EXPECT_FALSE(single["IncludeGlobalServiceEvents"].Boolean(true));
  EXPECT_FALSE(single.Has("S3KeyPrefix"));
}

TEST_F(TrailsTest, LoggingIsShown) {
  Do("CreateTrail", Settings("monitor"));
  Do("StartLogging", Named("monitor"));
  const Value logging = Do("GetTrailStatus", Named("monitor"));
  EXPECT_TRUE(logging["IsLogging"].Boolean());
  EXPECT_EQ(logging["StartLoggingTime"].Timestamp(), clock_.Now());
  EXPECT_EQ(logging["TimeLoggingStarted"].Text(), "2026-11-23T08:53:35Z");
  clock_.Advance(std::chrono::seconds(5));
  Do("StartLogging", Named("monitor"));  // again: nothing changes
  Do("StopLogging", Named("monitor"));
  const Value stopped = Do("GetTrailStatus", Named("monitor"));
  EXPECT_FALSE(stopped["IsLogging"].Boolean(true));
  EXPECT_EQ(stopped["TimeLoggingStarted"].Text(), "2026-11-23T08:53:35Z");
  EXPECT_EQ(stopped["TimeLoggingStopped"].Text(), "2026-11-23T08:53:40Z");
}

TEST_F(TrailsTest, Tags) {
  Do("CreateTrail", Settings("monitor", Parse(R"({"TagsList":[{"Key":"team","Value":"red"}]})")));
  const auto tagged = [&](std::string_view tags) {
    Value input = Value::Object({{"ResourceId", Arn("monitor")}});
    input.Set("TagsList", Parse(tags));
    return input;
  };
  Do("AddTags", tagged(R"([{"Key":"team","Value":"blue"},{"Key":"empty"}])"));
  const Value ids = Value::Object({{"ResourceIdList", Value::List({Arn("monitor")})}});
  EXPECT_EQ(codec::WriteJson(Do("ListTags", ids)["ResourceTagList"].elements()[0]["TagsList"]),
            R"([{"Key":"team","Value":"blue"},{"Key":"empty","Value":""}])");
  Do("RemoveTags", tagged(R"([{"Key":"team"},{"Key":"unknown"}])"));
  EXPECT_EQ(codec::WriteJson(Do("ListTags", ids)["ResourceTagList"].elements()[0]["TagsList"]),
            R"([{"Key":"empty","Value":""}])");
  Value many = Value::List();
  for (int i = 0; i < 50; ++i) many.Append(Value::Object({{"Key", fmt::format("k{}", i)}}));
  EXPECT_EQ(FaultCode("AddTags", Value::Object({{"ResourceId", Arn("monitor")}, {"TagsList", many}})),
            "TagsLimitExceededException");
  EXPECT_EQ(FaultCode("AddTags", tagged(R"([{"Key":"aws:x"}])")), "InvalidTagParameterException");
  EXPECT_EQ(FaultCode("ListTags", Value::Object({{"ResourceIdList", Value::List({Arn("none")})}})),
            "ResourceNotFoundException");
}

TEST_F(TrailsTest, Insights) {
  Do("CreateTrail", Settings("monitor"));
  EXPECT_EQ(FaultCode("GetInsightSelectors", Parse(R"({"TrailName":"monitor"})")), "InsightNotEnabledException");
  Do("PutInsightSelectors",
     Parse(R"({"TrailName":"monitor","InsightSelectors":[{"InsightType":"ApiCallRateInsight"}]})"));
  EXPECT_EQ(codec::WriteJson(Do("GetInsightSelectors", Parse(R"({"TrailName":"monitor"})"))["InsightSelectors"]),
            R"([{"InsightType":"ApiCallRateInsight"}])");
  EXPECT_TRUE(Do("GetTrail", Named("monitor"))["Trail"]["HasInsightSelectors"].Boolean());
  EXPECT_EQ(
      FaultCode("PutInsightSelectors", Parse(R"({"TrailName":"monitor","InsightSelectors":[{"InsightType":"x"}]})")),
      "InvalidInsightSelectorsException");
  Do("PutInsightSelectors", Parse(R"({"TrailName":"monitor","InsightSelectors":[]})"));
  EXPECT_EQ(FaultCode("GetInsightSelectors", Parse(R"({"TrailName":"monitor"})")), "InsightNotEnabledException");
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
