#include "trail/record.h"

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "trail/record_values.h"

namespace opentrail::trail {
namespace {

// A call of alice's by the CLI, over TLS; a test changes what it is about.
class RecordTest : public ::testing::Test {
 protected:
  RecordTest() {
    head_.fields.Add("Host", "ec2.us-east-1.amazonaws.com");
    head_.fields.Add("User-Agent", "aws-cli/2.17.9");
    head_.peer = {.address = "198.51.100.7",
                  .port = 1,
                  .tls_version = "TLSv1.3",
                  .cipher_suite = "TLS_AES_128_GCM_SHA256",
                  .key_exchange = "x25519"};
  }

  // The record as a value. Input and output as JSON, by the model's names; output "" where error_ is set.
  Value Build(std::string_view service, std::string_view operation, std::string_view input, std::string_view output) {
    const Value in = *codec::ParseJsonValue(input);
    const Value out = output.empty() ? Value() : *codec::ParseJsonValue(output);
    const protocol::Service* model = protocol::FindService(service);
    text_ = BuildRecord({.operation = model->Find(operation),
                         .service = model,
                         .name = operation,
                         .account_id = "123456789012",
                         .region = "us-east-1",
                         .event_id = "0f0e0d0c-0b0a-4909-8807-060504030201",
                         .request_id = "r1",
                         .completed = Time(std::chrono::milliseconds(1'795'424'015'250)),
                         .principal = &alice_,
                         .invoked_by = "",
                         .head = &head_,
                         .input = &in,
                         .output = error_.code.empty() ? &out : nullptr,
                         .error = error_.code.empty() ? nullptr : &error_,
                         .resources = {},
                         .additional_event_data = {},
                         .shared_event_id = ""})
                .json;
    return *codec::ParseJsonValue(text_);
  }
  static std::string Json(const Value& value) { return codec::WriteJson(value); }

  iam::Principal alice_{.type = iam::PrincipalType::kIamUser,
                        .account_id = "123456789012",
                        .principal_id = "AIDA1",
                        .arn = "arn:aws:iam::123456789012:user/alice",
                        .user_name = "alice",
                        .access_key_id = "AKIA1"};
  http::RequestHead head_;
  AwsError error_;
  std::string text_;
};

TEST_F(RecordTest, AWholeRecordInCloudTrailsOrder) {
  Build("ec2", "StopInstances", R"({"InstanceIds":["i-1"],"Force":false})",
        R"({"StoppingInstances":[{"InstanceId":"i-1","CurrentState":{"Code":64,"Name":"stopping"}}]})");
  EXPECT_EQ(
      text_,
      R"({"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::123456789012:user/alice",)"
      R"("accountId":"123456789012","accessKeyId":"AKIA1","userName":"alice"},"eventTime":"2026-11-23T08:53:35Z",)"
      R"("eventSource":"ec2.amazonaws.com","eventName":"StopInstances","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7",)"
      R"("userAgent":"aws-cli/2.17.9","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"}]},"force":false},)"
      R"("responseElements":{"requestId":"r1","instancesSet":{"items":[{"instanceId":"i-1","currentState":{"code":64,"name":"stopping"}}]}},)"
      R"("requestID":"r1","eventID":"0f0e0d0c-0b0a-4909-8807-060504030201","readOnly":false,"eventType":"AwsApiCall",)"
      R"("managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3",)"
      R"("cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.us-east-1.amazonaws.com","keyExchange":"x25519"}})");
}

TEST_F(RecordTest, ARuleShowsAllItsKindsOfSource) {
  const Value record = Build(
      "ec2", "AuthorizeSecurityGroupIngress",
      R"({"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})",
      R"({"Return":true,"SecurityGroupRules":[]})");
  EXPECT_EQ(
      Json(record["requestParameters"]),
      R"({"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},)"
      R"("groups":{},"ipv6Ranges":{},"prefixListIds":{}}]}})");
  EXPECT_EQ(Json(record["responseElements"]), R"({"requestId":"r1","_return":true,"securityGroupRuleSet":{}})");
}

TEST_F(RecordTest, ReadsShowTheirContainersAndNoResponse) {
  const Value record = Build("ec2", "DescribeInstances", "{}", R"({"Reservations":[]})");
  EXPECT_EQ(Json(record["requestParameters"]), R"({"instancesSet":{},"filterSet":{}})");
  EXPECT_EQ(Json(record["responseElements"]), "null");
  EXPECT_TRUE(record["readOnly"].Boolean());
  EXPECT_EQ(Json(Build("sts", "GetCallerIdentity", "{}", R"({"Account":"1"})")["requestParameters"]), "null");
}

TEST_F(RecordTest, WritesOfEc2SayThatTheyReturned) {
  struct Case {
    std::string_view operation, input, output, elements;
  };
  constexpr Case kCases[] = {
      {"DeleteVpc", R"({"VpcId":"vpc-1"})", "{}", R"({"requestId":"r1","_return":true})"},
      {"CreateRoute", R"({"RouteTableId":"rtb-1"})", R"({"Return":true})", R"({"requestId":"r1","_return":true})"},
      {"AssociateAddress", R"({"AllocationId":"eipalloc-1"})", R"({"AssociationId":"eipassoc-1"})",
       R"({"requestId":"r1","_return":true,"associationId":"eipassoc-1"})"},
      {"CreateSecurityGroup", R"({"GroupName":"g"})", R"({"GroupId":"sg-1"})",
       R"({"requestId":"r1","_return":true,"groupId":"sg-1"})"}};
  for (const auto& [operation, input, output, elements] : kCases)
    EXPECT_EQ(Json(Build("ec2", operation, input, output)["responseElements"]), elements) << operation;
}

TEST_F(RecordTest, YoungerOperationsOfEc2StandInARequestOfTheirName) {
  EXPECT_EQ(
      Json(Build("ec2", "ReplaceIamInstanceProfileAssociation",
                 R"({"AssociationId":"iip-assoc-1","IamInstanceProfile":{"Name":"p"}})", "{}")["requestParameters"]),
      R"({"ReplaceIamInstanceProfileAssociationRequest":{"AssociationId":"iip-assoc-1","IamInstanceProfile":{"Name":"p"}}})");
  EXPECT_EQ(Json(Build("ec2", "EnableSerialConsoleAccess", "{}", "{}")["requestParameters"]),
            R"({"EnableSerialConsoleAccessRequest":""})");
}

TEST_F(RecordTest, DisksOfEc2KeepTheirOldNames) {
  struct Case {
    std::string_view operation, input, parameters;
  };
  constexpr Case kCases[] = {
      {"CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":80,"ClientToken":"t","KmsKeyId":"k"})",
       R"({"size":"80","clientToken":"t","zone":"us-east-1a","masterEncryptionKeyId":"k"})"},
      {"AttachVolume", R"({"VolumeId":"vol-1","InstanceId":"i-1","Device":"/dev/sdf"})",
       R"({"volumeId":"vol-1","instanceId":"i-1","device":"/dev/sdf","deleteOnTermination":false})"},
      {"DeleteVolume", R"({"VolumeId":"vol-1"})", R"({"volumeId":"vol-1","reportVolumeFailure":false})"},
      {"DeleteSnapshot", R"({"SnapshotId":"snap-1"})", R"({"snapshotId":"snap-1","force":false})"},
      {"DescribeSnapshots", R"({"MaxResults":1000,"OwnerIds":["self"]})",
       R"({"maxResults":1000,"ownersSet":{"items":[{"owner":"self"}]},"snapshotSet":{},"sharedUsersSet":{},"filterSet":{}})"},
      {"CopySnapshot", R"({"SourceRegion":"us-east-1","SourceSnapshotId":"snap-1","PresignedUrl":"https://SIGNED"})",
       R"({"sourceRegion":"us-east-1","sourceSnapshotId":"snap-1"})"},
      {"GetEbsEncryptionByDefault", "{}", R"({"GetEbsEncryptionByDefaultRequest":""})"},
      {"CreateSnapshots", R"({"InstanceSpecification":{"InstanceId":"i-1"}})",
       R"({"CreateSnapshotsRequest":{"InstanceSpecification":{"InstanceId":"i-1"}}})"},
  };
  for (const auto& [operation, input, parameters] : kCases)
    EXPECT_EQ(Json(Build("ec2", operation, input, "{}")["requestParameters"]), parameters) << operation;
  EXPECT_EQ(
      Json(Build(
          "ec2", "CreateSnapshot", R"({"VolumeId":"vol-1"})",
          R"({"SnapshotId":"snap-1","VolumeSize":8,"Description":"","Progress":"","Tags":[]})")["responseElements"]),
      R"({"requestId":"r1","snapshotId":"snap-1","volumeSize":"8","tagSet":{}})");
}

TEST_F(RecordTest, SharingIsRecordedInOneFormHoweverItWasAskedFor) {
  constexpr std::string_view kExpected =
      R"({"snapshotId":"snap-1","attributeType":"CREATE_VOLUME_PERMISSION",)"
      R"("createVolumePermission":{"add":{"items":[{"userId":"210987654321"},{"group":"all"}]}}})";
  const auto parameters = [&](std::string_view operation, std::string_view input) {
    return Json(Build("ec2", operation, input, "{}")["requestParameters"]);
  };
  EXPECT_EQ(parameters("ModifySnapshotAttribute",
                       R"({"SnapshotId":"snap-1","CreateVolumePermission":{"Add":[{"UserId":"210987654321"},)"
                       R"({"Group":"all"}]}})"),
            kExpected);
  EXPECT_EQ(parameters("ModifySnapshotAttribute",
                       R"({"SnapshotId":"snap-1","Attribute":"createVolumePermission","OperationType":"add",)"
                       R"("UserIds":["210987654321"],"GroupNames":["all"]})"),
            kExpected);
  EXPECT_EQ(parameters("ResetSnapshotAttribute", R"({"SnapshotId":"snap-1","Attribute":"createVolumePermission"})"),
            R"({"snapshotId":"snap-1","attributeType":"CREATE_VOLUME_PERMISSION"})");
  EXPECT_EQ(parameters("ModifySnapshotAttribute", R"({"SnapshotId":"snap-1"})"), "null") << "no attribute is named";
  EXPECT_EQ(parameters("ModifyImageAttribute",
                       R"({"ImageId":"ami-1","LaunchPermission":{"Add":[{"UserId":"210987654321"}]}})"),
            R"({"imageId":"ami-1","attributeType":"launchPermission",)"
            R"("launchPermission":{"add":{"items":[{"userId":"210987654321"}]}}})");
  EXPECT_EQ(parameters("ModifyImageAttribute", R"({"ImageId":"ami-1","Description":{"Value":"d"}})"),
            R"({"imageId":"ami-1","attributeType":"description","description":{"value":"d"}})");
  EXPECT_EQ(parameters("ModifyImageAttribute", R"({"ImageId":"ami-1"})"), "null");
  EXPECT_EQ(parameters("DescribeImageAttribute", R"({"ImageId":"ami-1","Attribute":"launchPermission"})"),
            R"({"imageId":"ami-1","attributeType":"launchPermission"})");
}

TEST_F(RecordTest, SecretsStayOut) {
  EXPECT_EQ(Json(Build("ec2", "CreateKeyPair", R"({"KeyName":"k"})",
                       R"({"KeyName":"k","KeyMaterial":"SECRET"})")["responseElements"]),
            R"({"requestId":"r1","keyName":"k","keyMaterial":"<sensitiveDataRemoved>"})");
  EXPECT_EQ(Build("ec2", "RunInstances", R"({"ImageId":"ami-1","MinCount":1,"MaxCount":1,"UserData":"SECRET"})",
                  "{}")["requestParameters"]["userData"]
                .Text(),
            "<sensitiveDataRemoved>");
  EXPECT_EQ(Json(Build("ec2", "ModifyInstanceAttribute",
                       R"({"InstanceId":"i-1","Attribute":"userData","Value":"SECRET"})", "{}")["requestParameters"]),
            R"({"instanceId":"i-1","attribute":"userData","value":"<sensitiveDataRemoved>"})");
  struct Case {
    std::string_view service, operation, input, output;
  };
  constexpr Case kCases[] = {
      {"iam", "CreateLoginProfile", R"({"UserName":"u","Password":"SECRET"})", "{}"},
      {"iam", "ChangePassword", R"({"OldPassword":"SECRET","NewPassword":"SECRET"})", "{}"},
      {"iam", "CreateAccessKey", R"({"UserName":"u"})",
       R"({"AccessKey":{"UserName":"u","AccessKeyId":"AKIA2","SecretAccessKey":"SECRET"}})"},
      {"sts", "AssumeRole", R"({"RoleArn":"arn:aws:iam::1:role/r","RoleSessionName":"s"})",
       R"({"Credentials":{"AccessKeyId":"ASIA1","SecretAccessKey":"SECRET"}})"},
      {"kms", "Encrypt", R"({"KeyId":"k","Plaintext":"SECRET"})", R"({"CiphertextBlob":"SECRET"})"},
      {"kms", "GenerateDataKey", R"({"KeyId":"k","KeySpec":"AES_256"})", R"({"Plaintext":"SECRET"})"},
  };
  for (const auto& [service, operation, input, output] : kCases) {
    Build(service, operation, input, output);
    EXPECT_EQ(text_.find("SECRET"), std::string::npos) << text_;
  }
}

TEST_F(RecordTest, ErrorsAreNamedAsEachServiceNamesThem) {
  const auto code = [&](std::string_view service, std::string_view operation, AwsError error) {
    error_ = std::move(error);
    const Value record = Build(service, operation, R"({"UserName":"u"})", "");
    EXPECT_EQ(Json(record["responseElements"]), "null");
    return std::string(record["errorCode"].Text());
  };
  EXPECT_EQ(code("ec2", "DescribeInstances", {"InvalidInstanceID.NotFound", "m"}), "Client.InvalidInstanceID.NotFound");
  EXPECT_EQ(code("ec2", "DescribeInstances", {"InternalError", "m", 500}), "Server.InternalError");
  EXPECT_EQ(code("iam", "GetUser", {"NoSuchEntity", "m", 404}), "NoSuchEntityException");
  EXPECT_EQ(code("cloudtrail", "GetTrail", {"TrailNotFoundException", "m"}), "TrailNotFoundException");
  EXPECT_EQ(code("s3", "GetObject", {"NoSuchKey", "m", 404}), "NoSuchKey");
}

TEST_F(RecordTest, DenialsHideWhatWasAsked) {
  error_ = {"AccessDenied", "User: alice is not authorized", 403};
  EXPECT_EQ(Json(Build("iam", "CreateUser", R"({"UserName":"u"})", "")["requestParameters"]), "null");
  error_ = {"UnauthorizedOperation", "no", 403};
  EXPECT_NE(Json(Build("ec2", "StopInstances", R"({"InstanceIds":["i-1"]})", "")["requestParameters"]), "null")
      << "EC2 shows it";
}

TEST_F(RecordTest, ObjectsAreDataEventsWithTheirHeaders) {
  head_.path = "/b/k";
  head_.query = "x-id=PutObject";
  head_.fields.Add("x-amz-acl", "private");
  head_.fields.Add("x-amz-security-token", "SECRET");
  const Value record =
      Build("s3", "PutObject", R"({"Bucket":"b","Key":"k"})", R"({"ETag":"e","ServerSideEncryption":"AES256"})");
  EXPECT_EQ(Json(record["requestParameters"]),
            R"({"bucketName":"b","Host":"ec2.us-east-1.amazonaws.com","key":"k","x-amz-acl":"private"})");
  EXPECT_EQ(Json(record["responseElements"]), R"({"x-amz-server-side-encryption":"AES256"})");
  EXPECT_EQ(record["eventCategory"].Text(), "Data");
  EXPECT_FALSE(record["managementEvent"].Boolean(true));
  EXPECT_EQ(record["userAgent"].Text(), "[aws-cli/2.17.9]");
  EXPECT_EQ(Build("s3control", "GetPublicAccessBlock", R"({"AccountId":"1"})", "{}")["eventName"].Text(),
            "GetAccountPublicAccessBlock");
  EXPECT_EQ(Build("s3", "GetPublicAccessBlock", R"({"Bucket":"b"})", "{}")["eventName"].Text(),
            "GetBucketPublicAccessBlock");
  EXPECT_EQ(Build("s3", "ListObjectsV2", R"({"Bucket":"b"})", "{}")["eventName"].Text(), "ListObjects");
}

TEST_F(RecordTest, WhatIsTooLongIsCutOrLeftOut) {
  head_.fields.Set("user-agent", std::string(2000, 'x'));
  const std::string document(150'000, 'p');
  const Value record = Build("iam", "PutUserPolicy",
                             R"({"UserName":"u","PolicyName":"p","PolicyDocument":")" + document + R"("})", "{}");
  EXPECT_EQ(record["userAgent"].Text().size(), 1024u);
  EXPECT_EQ(Json(record["requestParameters"]), R"({"omitted":true})");
}

TEST_F(RecordTest, ConsoleSessionsAndServicesSayWhoTheyAre) {
  alice_.session =
      iam::SessionContext{.creation = Time(std::chrono::milliseconds(1'795'424'000'000)), .from_console = true};
  const Value record = Build("iam", "ListUsers", "{}", "{}");
  EXPECT_EQ(record["sessionCredentialFromConsole"].Text(), "true");
  EXPECT_EQ(Json(record["userIdentity"]["sessionContext"]),
            R"({"attributes":{"creationDate":"2026-11-23T08:53:20Z","mfaAuthenticated":"false"}})");
  alice_ = {.type = iam::PrincipalType::kAwsService, .service = "cloudtrail.amazonaws.com"};
  EXPECT_EQ(Json(Build("s3", "GetBucketAcl", R"({"Bucket":"b"})", "{}")["userIdentity"]),
            R"({"type":"AWSService","invokedBy":"cloudtrail.amazonaws.com"})");
}

TEST_F(RecordTest, DatesAreSpokenAsTheServicesSpeakThem) {
  const Time time(std::chrono::milliseconds(1'795'424'015'250));
  EXPECT_EQ(RecordDate(time, YearComma::kNo), "Nov 23, 2026 8:53:35 AM");
  EXPECT_EQ(RecordDate(time + std::chrono::hours(4), YearComma::kYes), "Nov 23, 2026, 12:53:35 PM");
}

}  // namespace
}  // namespace opentrail::trail
