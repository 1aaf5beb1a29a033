// What each protocol refuses, and the forms that recorded cases do not have.
#include "protocol/codec.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/bounds.h"
#include "protocol/case_file.h"
#include "protocol/pattern.h"

namespace opentrail::protocol {
namespace {

const Service& Of(std::string_view id) { return *FindService(id); }
const Operation& Op(std::string_view id, std::string_view name) { return *Of(id).Find(name); }

// "{json}" of the input, or "Code: message".
std::string Show(const AwsResult<Value>& input) {
  return input ? codec::WriteJson(*input) : input.error().code + ": " + input.error().message;
}

std::string Form(std::string_view service, std::string_view operation, const std::string& parameters) {
  return Show(ParseInput(Op(service, operation), Head("POST", "/"), parameters));
}

std::string Json(std::string_view service, std::string_view operation, std::string_view body) {
  return Show(ParseInput(Op(service, operation), Head("POST", "/"), body));
}

std::string Action(std::string_view service, const http::RequestHead& head, std::string_view body) {
  const auto found = FindOperation(Of(service), head, body);
  return found ? std::string((*found)->name) : found.error().code + ": " + found.error().message;
}

TEST(Query, NamesTheActionOrSaysWhatIsWrong) {
  const auto post = Head("POST", "/");
  EXPECT_EQ(Action("iam", post, "Version=2010-05-08&Action=GetUser"), "GetUser");
  EXPECT_EQ(Action("sts", Head("GET", "/?Action=GetCallerIdentity&Version=2011-06-15"), ""), "GetCallerIdentity");
  EXPECT_EQ(Action("iam", post, "Action=Foo&Version=2010-05-08"),
            "InvalidAction: Could not find operation Foo for version 2010-05-08");
  EXPECT_EQ(Action("iam", post, "Action=GetUser"),
            "InvalidAction: Could not find operation GetUser for version NO_VERSION_SPECIFIED");
  EXPECT_EQ(Action("ec2", post, "Action=Foo&Version=2016-11-15"),
            "InvalidAction: The action Foo is not valid for this web service.");
  EXPECT_EQ(Action("ec2", post, "Action=DescribeVpcs&Version=2014-10-01"), "DescribeVpcs");
  EXPECT_EQ(Action("ec2", post, ""), "MissingAction: The request must contain the parameter Action");
}

TEST(JsonTarget, TakesCloudTrailsPrefixWithAndWithoutItsNamespace) {
  for (const char* prefix : {"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "CloudTrail_20131101"}) {
    auto head = Head("POST", "/");
    head.fields.Add("x-amz-target", std::string(prefix) + ".LookupEvents");
    EXPECT_EQ(Action("cloudtrail", head, "{}"), "LookupEvents");
  }
  for (const char* target : {"v20131101.CloudTrail_20131101.LookupEvents", "20131101.LookupEvents", ".LookupEvents"}) {
    auto head = Head("POST", "/");
    head.fields.Add("x-amz-target", target);
    EXPECT_EQ(Action("cloudtrail", head, "{}"), "UnknownOperationException: ");
  }
}

TEST(Query, TakesParametersInAnyOrder) {
  const std::string expected =
      R"({"UserName":"u","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"},{"Key":"c","Value":"3"}]})";
  EXPECT_EQ(Form("iam", "CreateUser",
                 "UserName=u&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.2.Value=2"
                 "&Tags.member.10.Key=c&Tags.member.10.Value=3"),
            expected);
  EXPECT_EQ(Form("iam", "TagUser",
                 "Tags.member.10.Key=c&Tags.member.2.Value=2&UserName=u&Tags.member.1.Value=1&Tags.member.10.Value=3"
                 "&Tags.member.2.Key=b&Tags.member.1.Key=a"),
            R"({"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"},{"Key":"c","Value":"3"}],"UserName":"u"})");
  for (const std::string_view between :
       {"Tags.other.1.Key=c", "Tags=", "Tags.member.1=", "Tags.member.1.Key.x=c", "X=1"}) {
    EXPECT_EQ(Form("iam", "TagUser", fmt::format("Tags.member.1.Key=a&{}&Tags.member.1.Value=1&UserName=u", between)),
              R"({"Tags":[{"Key":"a","Value":"1"}],"UserName":"u"})")
        << between;
  }
}

TEST(Query, IgnoresWhatItDoesNotKnowAndEc2DoesNot) {
  EXPECT_EQ(Form("iam", "GetUser", "Bogus=1&UserName=u&Tags.x=2&UserName.member.1=z"), R"({"UserName":"u"})");
  EXPECT_EQ(Form("ec2", "DescribeVpcs", "Bogus=1"), "UnknownParameter: The parameter Bogus is not recognized");
  EXPECT_EQ(Form("ec2", "DescribeVpcs", "VpcId.0=a"), "UnknownParameter: The parameter VpcId.0 is not recognized");
  // One element has one name: where 1 and 01 were the same, which was taken would depend on their order.
  EXPECT_EQ(Form("ec2", "DescribeVpcs", "VpcId.1=a&VpcId.01=b"),
            "UnknownParameter: The parameter VpcId.01 is not recognized");
  EXPECT_EQ(Form("ec2", "DescribeVpcs", "VpcId.x=a"), "UnknownParameter: The parameter VpcId.x is not recognized");
  EXPECT_EQ(Form("ec2", "DescribeVpcs", "X-Amz-Date=1&VpcId.1=a&AWSAccessKeyId=b"), R"({"VpcIds":["a"]})");
}

TEST(Query, WordsViolations) {
  EXPECT_EQ(Form("iam", "CreateUser", ""),
            "ValidationError: 1 validation error detected: Value null at 'userName' failed to satisfy constraint: "
            "Member must not be null");
  EXPECT_EQ(Form("iam", "CreateUser", "UserName=" + std::string(65, 'a')),
            "ValidationError: 1 validation error detected: Value '" + std::string(65, 'a') +
                "' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64");
  EXPECT_EQ(Form("iam", "CreateUser", "UserName=a+b"),
            "ValidationError: The specified value for userName is invalid. It must contain only alphanumeric "
            "characters and/or the following: +=,.@_-");
  EXPECT_EQ(Form("iam", "UpdateAccessKey", "AccessKeyId=short&Status=On"),
            "ValidationError: 2 validation errors detected: Value 'short' at 'accessKeyId' failed to satisfy "
            "constraint: Member must have length greater than or equal to 16; Value 'On' at 'status' failed to "
            "satisfy constraint: Member must satisfy enum value set: [Active, Inactive, Expired]");
  EXPECT_EQ(Form("iam", "ListUsers", "MaxItems=1001"),
            "ValidationError: 1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000");
  EXPECT_EQ(Form("iam", "CreateUser", "UserName=u&Tags.member.1.Key=&Tags.member.1.Value=v"),
            "ValidationError: 1 validation error detected: Value '' at 'tags.1.member.key' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(Form("iam", "ChangePassword", "OldPassword=&NewPassword=x").find("x'"), std::string::npos);
  EXPECT_EQ(Form("iam", "ListUsers", "MaxItems=abc"),
            "MalformedInput: Value (abc) for parameter MaxItems is invalid. Expected an integer");
}

TEST(Query, IsBounded) {
  EXPECT_EQ(Form("iam", "GetUser", "UserName=%zz"), "MalformedQueryString: The query string contains a syntax error.");
  EXPECT_EQ(Form("iam", "GetUser", "UserName=%ff"),
            "MalformedQueryString: The parameters of the request are not valid UTF-8");
  std::string many;
  for (size_t i = 0; i <= kMaxParameters + 1; ++i) many += fmt::format("VpcId.{}=v&", i + 1);
  EXPECT_EQ(Form("ec2", "DescribeVpcs", many), "InvalidParameterValue: A request may have at most 10000 parameters");
}

TEST(Ec2, WordsWhatIsMissing) {
  EXPECT_EQ(Form("ec2", "CreateSecurityGroup", "GroupName=g"),
            "MissingParameter: The request must contain the parameter GroupDescription");
  EXPECT_EQ(Form("ec2", "DescribeInstances", "MaxResults=abc"),
            "InvalidParameterValue: Value (abc) for parameter MaxResults is invalid. Expected an integer");
}

TEST(Ec2, AnswersEmptyListsAndVoid) {
  EXPECT_EQ(
      SerializeOutput(Op("ec2", "DescribeSecurityGroups"), Value::Object({{"SecurityGroups", Value::List()}}), "id")
          .body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeSecurityGroupsResponse "
      "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>id</requestId><securityGroupInfo/>"
      "</DescribeSecurityGroupsResponse>");
  const AwsError error{"InvalidGroup.NotFound", "The security group 'sg-1' does not exist"};
  const http::Response response = SerializeError(Of("ec2"), nullptr, error, "id");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>InvalidGroup.NotFound</Code>"
            "<Message>The security group 'sg-1' does not exist</Message></Error></Errors><RequestID>id</RequestID>"
            "</Response>");
}

TEST(Query, AnswersResultsAndErrors) {
  EXPECT_EQ(SerializeOutput(Op("iam", "DeleteUser"), Value::Object(), "id").body,
            "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata>"
            "<RequestId>id</RequestId></ResponseMetadata></DeleteUserResponse>");
  const http::Response response =
      SerializeError(Of("iam"), nullptr, {"NoSuchEntity", "The user with name <x> cannot be found."}, "id");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>"
            "<Code>NoSuchEntity</Code><Message>The user with name &lt;x&gt; cannot be found.</Message></Error>"
            "<RequestId>id</RequestId></ErrorResponse>");
}

TEST(Json, WordsMismatches) {
  EXPECT_EQ(Json("athena", "ListQueryExecutions", R"({"MaxResults":"5"})"),
            "SerializationException: STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(Json("athena", "GetQueryExecution", R"({"QueryExecutionId":5})"),
            "SerializationException: NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(Json("athena", "GetQueryExecution", R"({"QueryExecutionId":[]})"),
            "SerializationException: Start of list found where not expected");
  EXPECT_EQ(Json("athena", "GetQueryExecution", R"({"QueryExecutionId":true})"),
            "SerializationException: TRUE_VALUE can not be converted to a String");
  EXPECT_EQ(Json("athena", "GetQueryExecution", "not json"), "SerializationException: ");
  EXPECT_EQ(Json("athena", "GetQueryExecution", "[]"), "SerializationException: ");
  EXPECT_EQ(Json("kms", "Encrypt", R"({"KeyId":"k","Plaintext":"@"})"),
            "SerializationException: STRING_VALUE can not be converted to a Blob");
  EXPECT_EQ(Json("kms", "Encrypt", R"({"KeyId":"k","Plaintext":"eA==","EncryptionContext":{"a":"1","a":"2"}})"),
            "SerializationException: A key of a map was sent twice");
}

TEST(Json, WordsViolations) {
  EXPECT_EQ(Json("athena", "GetQueryExecution", "{}"),
            "InvalidRequestException: 1 validation error detected: Value null at 'queryExecutionId' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(Json("athena", "StartQueryExecution", R"({"QueryString":"select 1","ClientRequestToken":"x"})"),
            "InvalidRequestException: 1 validation error detected: Value at 'clientRequestToken' failed to satisfy "
            "constraint: Member must have length greater than or equal to 32");
  EXPECT_EQ(Json("kms", "ListKeys", R"({"Limit":1001})"),
            "ValidationException: 1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000");
  // CloudTrail's handlers have errors of their own for this.
  EXPECT_EQ(Json("cloudtrail", "LookupEvents", R"({"MaxResults":51})"), R"({"MaxResults":51})");
}

TEST(Json, ReadsTimestampsOfEachForm) {
  const std::string expected = R"({"StartTime":1795423262})";
  EXPECT_EQ(Json("cloudtrail", "LookupEvents", R"({"StartTime":1795423262})"), expected);
  EXPECT_EQ(Json("cloudtrail", "LookupEvents", R"({"StartTime":1795423262.0,"Bogus":{"a":[1]}})"), expected);
  EXPECT_EQ(Json("cloudtrail", "LookupEvents", R"({"StartTime":"2026-11-23T08:41:02Z","EndTime":null})"), expected);
  EXPECT_EQ(Json("cloudtrail", "LookupEvents", ""), "{}");
  EXPECT_EQ(Json("cloudtrail", "LookupEvents", R"({"StartTime":1e300})"),
            "SerializationException: The timestamp is out of range");
}

TEST(Json, FindsByTargetAndAnswersErrors) {
  http::RequestHead head = Head("POST", "/");
  head.fields.Add("X-Amz-Target", "TrentService.ListKeys");
  EXPECT_EQ(Action("kms", head, ""), "ListKeys");
  EXPECT_EQ(Action("athena", head, ""), "UnknownOperationException: ");
  EXPECT_EQ(SerializeError(Of("kms"), nullptr, {"UnknownOperationException", ""}, "id").body,
            R"({"__type":"UnknownOperationException"})");
  EXPECT_EQ(SerializeError(Of("kms"), nullptr, {"NotFoundException", "Key 'x' does not exist"}, "id").body,
            R"({"__type":"NotFoundException","message":"Key 'x' does not exist"})");
  EXPECT_EQ(SerializeError(Of("athena"), nullptr, {"InvalidRequestException", "no"}, "id").body,
            R"({"__type":"InvalidRequestException","AthenaErrorCode":"INVALID_INPUT",)"
            R"("ErrorCode":"INVALID_INPUT","Message":"no"})");
  EXPECT_EQ(SerializeOutput(Op("kms", "CreateAlias"), Value::Object(), "id").body, "");
  EXPECT_EQ(SerializeOutput(Op("cloudtrail", "StartLogging"), Value::Object(), "id").body, "{}");
}

TEST(Errors, HaveTheStatusOfTheModelOrTheProtocol) {
  const auto status = [](std::string_view service, std::string code) {
    return ErrorStatus(Of(service), {std::move(code), ""});
  };
  EXPECT_EQ(status("iam", "NoSuchEntity"), 404);
  EXPECT_EQ(status("iam", "LimitExceeded"), 409);
  EXPECT_EQ(status("iam", "AccessDenied"), 403);
  EXPECT_EQ(status("sts", "ExpiredToken"), 403);
  EXPECT_EQ(status("ec2", "UnauthorizedOperation"), 403);
  EXPECT_EQ(status("ec2", "InvalidGroup.NotFound"), 400);
  EXPECT_EQ(status("kms", "NotFoundException"), 400);
  EXPECT_EQ(status("kms", "KMSInternalException"), 500);
  EXPECT_EQ(status("s3", "NoSuchKey"), 404);
  EXPECT_EQ(status("s3", "InvalidRange"), 416);
  EXPECT_EQ(ErrorStatus(Of("s3"), {"AccessDenied", "", 401}), 401);
}

TEST(Pattern, MatchesOneClassRepeatedAndLeavesTheRest) {
  EXPECT_EQ(MatchesPattern("a-b@c", "[\\w+=,.@-]+"), true);
  EXPECT_EQ(MatchesPattern("a b", "[\\w+=,.@-]+"), false);
  EXPECT_EQ(MatchesPattern("", "[\\w]*"), true);
  EXPECT_EQ(MatchesPattern("", "[\\w]+"), false);
  EXPECT_EQ(MatchesPattern("123456789012", "\\d{12}"), true);
  EXPECT_EQ(MatchesPattern("12345678901", "^\\d{12}$"), false);
  EXPECT_EQ(MatchesPattern("x", "[a-zA-Z0-9._-]{1,128}"), true);
  EXPECT_EQ(MatchesPattern("x", "[\\u0020-\\u00FF]*"), std::nullopt);
  EXPECT_EQ(MatchesPattern("x", "[^:*]*"), std::nullopt);
  EXPECT_EQ(MatchesPattern("x", "a|b"), std::nullopt);
  EXPECT_EQ(MatchesPattern("x", "[a-"), std::nullopt);
}

// Read from the model, so that a pattern that changes there is not let pass unseen.
TEST(Pattern, KnowsIamsPathsAliasesAndVersions) {
  const auto matches = [](std::string_view operation, std::string_view member, std::string_view text) {
    return MatchesPattern(text, Op("iam", operation).input->Find(member)->shape->pattern);
  };
  const std::pair<std::string_view, bool> paths[] = {{"/", true},   {"/a/", true}, {"/a/b.c/", true}, {"a", false},
                                                     {"//", false}, {"/a", false}, {"a/", false},     {"/a b/", false}};
  for (const auto& [path, right] : paths) EXPECT_EQ(matches("CreateUser", "Path", path), right) << path;
  EXPECT_EQ(matches("ListUsers", "PathPrefix", "/a"), true);
  EXPECT_EQ(matches("ListUsers", "PathPrefix", "a"), false);
  EXPECT_EQ(matches("CreatePolicy", "Path", "/a-b/c/"), true);
  EXPECT_EQ(matches("CreatePolicy", "Path", "/a//c/"), false);
  EXPECT_EQ(matches("CreatePolicy", "Path", "/a!/"), false);
  const std::pair<std::string_view, bool> aliases[] = {{"my-lab", true}, {"My_lab", false}, {"a--b", false},
                                                       {"-ab", false},   {"ab-", false},    {"a1c", true}};
  for (const auto& [alias, right] : aliases) {
    EXPECT_EQ(matches("CreateAccountAlias", "AccountAlias", alias), right) << alias;
  }
  const std::pair<std::string_view, bool> versions[] = {{"v1", true}, {"v10", true},    {"v0", false},  {"v", false},
                                                        {"1", false}, {"v1.a-b", true}, {"v1.!", false}};
  for (const auto& [version, right] : versions) {
    EXPECT_EQ(matches("GetPolicyVersion", "VersionId", version), right) << version;
  }
}

TEST(Models, AreSortedAndWhole) {
  ASSERT_EQ(Services().size(), 9U);
  for (const Service* service : Services()) {
    SCOPED_TRACE(service->id);
    EXPECT_TRUE(std::ranges::is_sorted(service->operations, {}, &Operation::name));
    EXPECT_TRUE(std::ranges::is_sorted(service->errors, {}, &ErrorShape::name));
    const std::string_view source = service->id == "s3control" ? "s3" : service->id;
    EXPECT_EQ(service->event_source, std::string(source) + ".amazonaws.com");
    for (const Operation& operation : service->operations) EXPECT_EQ(operation.service, service);
  }
  EXPECT_EQ(FindService("nope"), nullptr);
  EXPECT_TRUE(Of("iam").global);
  EXPECT_TRUE(Op("s3", "PutObject").streaming_input);
  EXPECT_TRUE(Op("s3", "DeleteObjects").http_checksum_required);
  EXPECT_TRUE(Op("sts", "AssumeRoleWithWebIdentity").auth_none);
  EXPECT_EQ(Op("s3", "DeleteObject").http_status, 204);
}

}  // namespace
}  // namespace opentrail::protocol
