// S3: which operation a request is, what its places carry, and how answers look.
#include <gtest/gtest.h>

#include "protocol/case_file.h"
#include "protocol/codec.h"

namespace opentrail::protocol {
namespace {

const Service& S3() { return *FindService("s3"); }

struct RouteCase {
  std::string method, target, operation;
  std::string copy_source = "";
};

TEST(Route, TheMostSpecificOperationWins) {
  const RouteCase cases[] = {
      {"GET", "/", "ListBuckets"},
      {"GET", "/?max-buckets=5&x-id=ListBuckets", "ListBuckets"},
      {"PUT", "/b", "CreateBucket"},
      {"PUT", "/b/", "CreateBucket"},
      {"HEAD", "/b", "HeadBucket"},
      {"GET", "/b", "ListObjects"},
      {"GET", "/b?prefix=x", "ListObjects"},
      {"GET", "/b/?list-type=2&prefix=x", "ListObjectsV2"},
      {"GET", "/b?location", "GetBucketLocation"},
      {"GET", "/b?uploads", "ListMultipartUploads"},
      {"GET", "/b?uploads=&prefix=p", "ListMultipartUploads"},
      {"GET", "/b?versions", "ListObjectVersions"},
      {"GET", "/b?versioning", "GetBucketVersioning"},
      {"GET", "/b?policyStatus", "GetBucketPolicyStatus"},
      {"GET", "/b?lifecycle", "GetBucketLifecycleConfiguration"},
      {"GET", "/b?notification", "GetBucketNotificationConfiguration"},
      {"GET", "/b?inventory", "ListBucketInventoryConfigurations"},
      {"GET", "/b?inventory&id=1", "GetBucketInventoryConfiguration"},
      {"PUT", "/b?lifecycle", "PutBucketLifecycleConfiguration"},
      {"POST", "/b?delete", "DeleteObjects"},
      {"GET", "/b/k", "GetObject"},
      {"GET", "/b/k?versionId=1&X-Amz-Signature=2", "GetObject"},
      {"GET", "/b/k/?acl", "GetObjectAcl"},
      {"GET", "/b/k?uploadId=1", "ListParts"},
      {"GET", "/b/k?attributes", "GetObjectAttributes"},
      {"PUT", "/b/k", "PutObject"},
      {"PUT", "/b/k", "CopyObject", "b/x"},
      {"PUT", "/b/k?partNumber=1&uploadId=2", "UploadPart"},
      {"PUT", "/b/k?partNumber=1&uploadId=2", "UploadPartCopy", "b/x"},
      {"PUT", "/b/k?tagging", "PutObjectTagging"},
      {"POST", "/b/k?uploads", "CreateMultipartUpload"},
      {"POST", "/b/k?uploadId=2", "CompleteMultipartUpload"},
      {"POST", "/b/k?restore", "RestoreObject"},
      {"POST", "/b/k?select&select-type=2", "SelectObjectContent"},
      {"DELETE", "/b/k?uploadId=2", "AbortMultipartUpload"},
      {"DELETE", "/b/k", "DeleteObject"},
      {"DELETE", "/b?policy", "DeleteBucketPolicy"},
      {"POST", "/WriteGetObjectResponse", "WriteGetObjectResponse"},
      {"PUT", "/b?policyStatus", "MethodNotAllowed"},
      {"DELETE", "/b?acl", "MethodNotAllowed"},
      {"POST", "/b/k", "MethodNotAllowed"},
      {"PATCH", "/b/k", "MethodNotAllowed"},
      {"PUT", "/", "MethodNotAllowed"},
  };
  for (const RouteCase& each : cases) {
    http::RequestHead head = Head(each.method, each.target);
    if (!each.copy_source.empty()) head.fields.Add("X-Amz-Copy-Source", each.copy_source);
    const auto found = FindOperation(S3(), head, "");
    EXPECT_EQ(found ? (*found)->name : found.error().code, each.operation) << each.method << " " << each.target;
  }
}

std::string Parse(std::string_view operation, const http::RequestHead& head, std::string_view body = "") {
  const auto input = ParseInput(*S3().Find(operation), head, body);
  return input ? codec::WriteJson(*input) : input.error().code + ": " + input.error().message;
}

TEST(RestInput, DecodesPathAndQuery) {
  EXPECT_EQ(Parse("GetObject", Head("GET", "/b/a%20b+c//d%2Fe")), R"({"Bucket":"b","Key":"a b+c//d/e"})");
  EXPECT_EQ(Parse("GetObject", Head("GET", "/b/%zz")), "InvalidURI: Couldn't parse the specified URI.");
  EXPECT_EQ(Parse("GetObject", Head("GET", "/b/%ff")), "InvalidURI: Couldn't parse the specified URI.");
  EXPECT_EQ(Parse("GetObject", Head("GET", "/b/a%00b")), "InvalidURI: Couldn't parse the specified URI.");
  EXPECT_EQ(Parse("ListObjectsV2", Head("GET", "/b?list-type=2&prefix=&max-keys=&delimiter=%2F")),
            R"({"Bucket":"b","Prefix":"","Delimiter":"/"})");
  EXPECT_EQ(Parse("ListObjectsV2", Head("GET", "/b?list-type=2&max-keys=x")),
            "InvalidArgument: Provided max-keys not an integer or within integer range");
  EXPECT_EQ(Parse("UploadPart", Head("PUT", "/b/k?partNumber=x&uploadId=u")),
            "InvalidArgument: Part number must be an integer between 1 and 10000, inclusive");
}

TEST(RestInput, ReadsFields) {
  http::RequestHead head = Head("PUT", "/b/k");
  head.fields.Add("X-Amz-Meta-One", "1");
  head.fields.Add("x-amz-meta-ONE", "2");
  head.fields.Add("x-amz-meta-latin", "\xE9");
  head.fields.Add("Expires", "never");
  head.fields.Add("Content-Length", "5");
  EXPECT_EQ(Parse("PutObject", head),
            R"({"Bucket":"b","Key":"k","ContentLength":5,"Expires":"never","Metadata":{"one":"1,2","latin":"é"}})");
  http::RequestHead conditional = Head("GET", "/b/k");
  conditional.fields.Add("If-Modified-Since", "whenever");
  EXPECT_EQ(Parse("GetObject", conditional), R"({"Bucket":"b","Key":"k"})");
  http::RequestHead attributes = Head("GET", "/b/k?attributes");
  EXPECT_EQ(Parse("GetObjectAttributes", attributes),
            "InvalidRequest: Missing required header for this request: x-amz-object-attributes");
  attributes.fields.Add("x-amz-object-attributes", "ETag, ObjectSize,");
  EXPECT_EQ(Parse("GetObjectAttributes", attributes),
            R"({"Bucket":"b","Key":"k","ObjectAttributes":["ETag","ObjectSize"]})");
}

TEST(RestInput, ReadsXmlWithinBounds) {
  const auto head = Head("PUT", "/b?versioning");
  const auto parse = [&](std::string_view body) { return Parse("PutBucketVersioning", head, body); };
  const std::string enabled = R"({"Bucket":"b","VersioningConfiguration":{"Status":"Enabled"}})";
  const std::string malformed =
      "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema";
  EXPECT_EQ(parse("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"), enabled);
  EXPECT_EQ(parse("<?xml version=\"1.0\"?><s:VersioningConfiguration xmlns:s=\"u\"><s:Status><![CDATA[Ena]]>b&#108;ed"
                  "</s:Status><New/></s:VersioningConfiguration>"),
            enabled);
  EXPECT_EQ(parse(""), "MissingRequestBodyError: Request Body is empty");
  EXPECT_EQ(parse("<VersioningConfiguration>"), malformed);
  EXPECT_EQ(parse("<Tagging/>"), malformed);
  EXPECT_EQ(parse("<!DOCTYPE x [<!ENTITY e \"boo\">]><VersioningConfiguration/>"), malformed);
  EXPECT_EQ(parse("<VersioningConfiguration><Status>a&#0;</Status></VersioningConfiguration>"), malformed);
  EXPECT_EQ(parse("<VersioningConfiguration><Status>\xff</Status></VersioningConfiguration>"), malformed);
  EXPECT_EQ(Parse("PutBucketTagging", Head("PUT", "/b?tagging"),
                  "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>"),
            malformed);
  EXPECT_EQ(Parse("PutBucketTagging", Head("PUT", "/b?tagging"), "<Tagging><TagSet/></Tagging>"),
            R"({"Bucket":"b","Tagging":{"TagSet":[]}})");
  EXPECT_EQ(Parse("CreateBucket", Head("PUT", "/b")), R"({"Bucket":"b"})");
}

TEST(RestOutput, AnswersAsS3Does) {
  const http::Response location =
      SerializeOutput(*S3().Find("GetBucketLocation"), Value::Object({{"LocationConstraint", ""}}), "R");
  EXPECT_EQ(location.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>");
  EXPECT_EQ(location.fields.Get("x-amz-request-id"), "R");
  EXPECT_EQ(location.fields.Get("x-amz-id-2").size(), 76U);
  EXPECT_EQ(SerializeOutput(*S3().Find("DeleteObject"), Value::Object(), "R").status, 204);
  const http::Response head =
      SerializeOutput(*S3().Find("HeadObject"),
                      Value::Object({{"ContentLength", 7}, {"Metadata", Value::Object({{"a", "b\r\nx: y"}})}}), "R");
  EXPECT_EQ(head.content_length, 7U);
  EXPECT_FALSE(head.fields.Has("Content-Length"));
  EXPECT_EQ(head.fields.Get("x-amz-meta-a"), "b  x: y");
  const Value policy = Value::Object({{"Policy", "{\"a\":1}"}});
  EXPECT_EQ(SerializeOutput(*S3().Find("GetBucketPolicy"), policy, "R").body, "{\"a\":1}");
}

TEST(RestOutput, AnswersErrors) {
  const AwsError error{
      .code = "NoSuchKey", .message = "The specified key does not exist.", .details = {{"Key", "a&b"}}};
  const http::Response get = SerializeError(S3(), S3().Find("GetObject"), error, "R");
  EXPECT_EQ(get.status, 404);
  EXPECT_TRUE(get.body.starts_with(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not "
      "exist.</Message><Key>a&amp;b</Key><RequestId>R</RequestId><HostId>"))
      << get.body;
  EXPECT_EQ(SerializeError(S3(), S3().Find("HeadObject"), error, "R").body, "");
}

}  // namespace
}  // namespace opentrail::protocol
