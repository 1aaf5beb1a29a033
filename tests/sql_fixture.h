#pragma once

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <libdeflate.h>

// The logs that the cases of tests/sql ask: one morning at the Café, all of it invented.
namespace opentrail::sql_fixture {

struct LogFile {
  std::string_view path;  // below the folder; ".gz" is gzipped
  std::string_view text;
};

inline constexpr std::string_view kLogin = R"json({"Records":[
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDACHAOS","arn":"arn:aws:iam::111122223333:user/chaos","accountId":"111122223333","userName":"chaos"},"eventTime":"2026-11-23T08:50:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"Mozilla/5.0","requestParameters":null,"responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"},"eventID":"e0000001-0000-4000-8000-000000000001","readOnly":false,"eventType":"AwsConsoleSignIn","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"signin.aws.amazon.com"}},
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","accountId":"111122223333","userName":"alice"},"eventTime":"2026-11-23T08:51:12Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"Mozilla/5.0","errorMessage":"Failed authentication","requestParameters":null,"responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"Yes"},"eventID":"e0000002-0000-4000-8000-000000000002","readOnly":false,"eventType":"AwsConsoleSignIn","recipientAccountId":"111122223333"},
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDACHAOS","arn":"arn:aws:iam::111122223333:user/chaos","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","userName":"chaos","sessionContext":{"attributes":{"creationDate":"2026-11-23T08:50:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-11-23T08:53:35Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"console.amazonaws.com","requestParameters":{"groupId":"sg-0123456789abcdef0","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}},"responseElements":{"_return":true},"requestID":"r-3","eventID":"e0000003-0000-4000-8000-000000000003","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"}
]})json";

inline constexpr std::string_view kWork = R"json({"Records":[
{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROACAFE:i-0abc","arn":"arn:aws:sts::111122223333:assumed-role/CafeRole/i-0abc","accountId":"111122223333","accessKeyId":"ASIAROLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROACAFE","arn":"arn:aws:iam::111122223333:role/CafeRole","accountId":"111122223333","userName":"CafeRole"},"attributes":{"creationDate":"2026-11-23T08:00:00Z","mfaAuthenticated":"false"},"ec2RoleDelivery":"2.0"}},"eventTime":"2026-11-23T09:00:01Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"us-west-2","sourceIPAddress":"10.0.1.5","userAgent":"aws-cli/2.15","requestParameters":{"instancesSet":{},"filterSet":{}},"responseElements":null,"requestID":"r-4","eventID":"e0000004-0000-4000-8000-000000000004","readOnly":true,"eventType":"AwsApiCall","recipientAccountId":"111122223333"},
{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROACAFE:i-0abc","arn":"arn:aws:sts::111122223333:assumed-role/CafeRole/i-0abc","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/CafeRole","userName":"CafeRole"}}},"eventTime":"2026-11-23T09:00:02Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-west-2","sourceIPAddress":"10.0.1.5","userAgent":"[aws-sdk]","requestParameters":{"bucketName":"cafe-menus","key":"winter/menü \"neu\".pdf","x-id":"GetObject"},"responseElements":null,"additionalEventData":{"bytesTransferredOut":1048576,"CipherSuite":"ECDHE"},"requestID":"r-5","eventID":"e0000005-0000-4000-8000-000000000005","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::cafe-menus/winter/menu.pdf"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::cafe-menus"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"},
{"eventVersion":"1.08","userIdentity":{"type":"AWSService","invokedBy":"ec2.amazonaws.com"},"eventTime":"2026-11-23T09:00:03Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"us-west-2","sourceIPAddress":"ec2.amazonaws.com","userAgent":"ec2.amazonaws.com","requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/CafeRole","roleSessionName":"i-0abc"},"responseElements":{"credentials":{"accessKeyId":"ASIAROLE"}},"requestID":"r-6","eventID":"e0000006-0000-4000-8000-000000000006","readOnly":true,"resources":[{"accountId":"111122223333","type":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/CafeRole"}],"eventType":"AwsApiCall","recipientAccountId":"111122223333","sharedEventID":"5ha4ed"}
]})json";

// Delivered once more, with what came later.
inline constexpr std::string_view kLate = R"json({"Records":[
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDACHAOS","arn":"arn:aws:iam::111122223333:user/chaos","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","userName":"chaos","sessionContext":{"attributes":{"creationDate":"2026-11-23T08:50:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-11-23T08:53:35Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"console.amazonaws.com","requestParameters":{"groupId":"sg-0123456789abcdef0","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}},"responseElements":{"_return":true},"requestID":"r-3","eventID":"e0000003-0000-4000-8000-000000000003","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"},
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAMALLORY","arn":"arn:aws:iam::111122223333:user/mallory","accountId":"111122223333","accessKeyId":"AKIAMALLORY","userName":"mallory"},"eventTime":"2026-11-23T09:10:00Z","eventSource":"cloudtrail.amazonaws.com","eventName":"DeleteTrail","awsRegion":"us-east-1","sourceIPAddress":"2001:db8::7","userAgent":"Boto3/1.34","errorCode":"AccessDenied","errorMessage":"User: mallory is not authorized to perform: cloudtrail:DeleteTrail","requestParameters":null,"responseElements":null,"requestID":"r-7","eventID":"e0000007-0000-4000-8000-000000000007","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"},
{"eventVersion":"1.08","userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"},"eventTime":"2026-11-23T09:11:30Z","eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","awsRegion":"us-east-1","sourceIPAddress":"AWS Internal","userAgent":"AWS Internal","requestParameters":{"name":"monitor"},"responseElements":null,"requestID":"r-8","eventID":"e0000008-0000-4000-8000-000000000008","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"},
{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"chaos","arn":"arn:aws:iam::111122223333:user/chaos"},"eventTime":"2026-11-23T09:12:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","requestParameters":{"userName":"Zo\u00eb \"Z\"","tags":[]},"responseElements":{"user":{"userId":"AIDAZOE","createDate":"Nov 23, 2026 9:12:00 AM"}},"eventID":"e0000009-0000-4000-8000-000000000009","readOnly":false,"eventType":"AwsApiCall"},
{"eventName":"NoIdOne","eventTime":"2026-11-23T09:13:00Z"},
{"eventName":"NoIdTwo","eventTime":"2026-11-23T09:14:00Z"}
]})json";

inline constexpr std::array<LogFile, 3> kFiles = {{
    {"AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/23/"
     "111122223333_CloudTrail_us-east-1_20261123T0855Z_aaaaaaaaaaaaaaaa.json.gz",
     kLogin},
    {"AWSLogs/111122223333/CloudTrail/us-west-2/2026/11/23/"
     "111122223333_CloudTrail_us-west-2_20261123T0905Z_bbbbbbbbbbbbbbbb.json.gz",
     kWork},
    {"AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/24/"
     "111122223333_CloudTrail_us-east-1_20261124T0000Z_cccccccccccccccc.json",
     kLate},
}};

inline std::string Gzip(std::string_view text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_gzip_compress_bound(compressor, text.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

inline void WriteLogs(const std::filesystem::path& folder) {
  for (const LogFile& file : kFiles) {
    const std::filesystem::path path = folder / file.path;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << (path.extension() == ".gz" ? Gzip(file.text) : std::string(file.text));
  }
}

}  // namespace opentrail::sql_fixture
