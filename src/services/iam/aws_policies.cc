#include "services/iam/managed_policy.h"

// The policies of AWS that an account has from the start: what they allow, in our own words. Wide ones name their
// services; a service that is not here makes no difference.
namespace opentrail::services::iam {
namespace {

constexpr AwsPolicy kPolicies[] =
    {
        {"AdministratorAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})"},
        {"AWSDenyAll", "/",
         R"({"Version":"2012-10-17","Statement":[{"Sid":"DenyAll","Effect":"Deny","Action":["*"],"Resource":"*"}]})"},
        {"PowerUserAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization"],"Resource":"*"}]})"},
        {"ReadOnlyAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["athena:Batch*","athena:Get*","athena:List*","cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents","ec2:Describe*","ec2:Get*","glue:BatchGet*","glue:Get*","glue:List*","glue:Search*","iam:Generate*","iam:Get*","iam:List*","iam:Simulate*","kms:Describe*","kms:Get*","kms:List*","s3:Describe*","s3:Get*","s3:List*","sts:GetAccessKeyInfo","sts:GetCallerIdentity","sts:GetSessionToken"],"Resource":"*"}]})"},
        {"SecurityAudit", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["athena:GetWorkGroup","athena:List*","cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents","ec2:Describe*","glue:GetDatabases","glue:GetTables","iam:Generate*","iam:Get*","iam:List*","iam:Simulate*","kms:Describe*","kms:Get*","kms:List*","s3:GetAccount*","s3:GetBucket*","s3:GetEncryptionConfiguration","s3:ListAllMyBuckets","s3:ListBucket"],"Resource":"*"}]})"},
        {"AmazonEC2FullAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Allow","Action":["elasticloadbalancing:*","cloudwatch:*","autoscaling:*"],"Resource":"*"}]})"},
        {"AmazonEC2ReadOnlyAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","ec2:GetSecurityGroupsForVpc"],"Resource":"*"}]})"},
        {"AmazonS3FullAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]})"},
        {"AmazonS3ReadOnlyAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*"],"Resource":"*"}]})"},
        {"IAMFullAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:Describe*","organizations:List*"],"Resource":"*"}]})"},
        {"IAMReadOnlyAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Generate*","iam:Get*","iam:List*","iam:Simulate*"],"Resource":"*"}]})"},
        {"IAMUserChangePassword", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ChangePassword"],"Resource":["arn:aws:iam::*:user/${aws:username}"]},{"Effect":"Allow","Action":["iam:GetAccountPasswordPolicy"],"Resource":"*"}]})"},
        {"AWSCloudTrail_FullAccess", "/", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudtrail:*","s3:CreateBucket","s3:PutBucketPolicy","s3:PutBucketPublicAccessBlock","s3:ListAllMyBuckets","s3:GetBucketLocation","s3:GetBucketPolicy","kms:CreateKey","kms:CreateAlias","kms:ListKeys","kms:ListAliases"],"Resource":"*"}]})"},
        {"AWSCloudTrail_ReadOnlyAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudtrail:Get*","cloudtrail:Describe*","cloudtrail:List*","cloudtrail:LookupEvents"],"Resource":"*"}]})"},
        {"AmazonAthenaFullAccess", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["athena:*","glue:*Database*","glue:*Table*","glue:*Partition*","s3:GetBucketLocation","s3:GetObject","s3:ListBucket","s3:ListBucketMultipartUploads","s3:ListMultipartUploadParts","s3:AbortMultipartUpload","s3:CreateBucket","s3:PutObject","s3:ListAllMyBuckets"],"Resource":"*"}]})"},
        {"AWSKeyManagementServicePowerUser", "/",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:CreateAlias","kms:CreateKey","kms:DeleteAlias","kms:Describe*","kms:GenerateRandom","kms:Get*","kms:List*","kms:TagResource","kms:UntagResource","iam:ListGroups","iam:ListRoles","iam:ListUsers"],"Resource":"*"}]})"},
};

}  // namespace

std::span<const AwsPolicy> AwsPolicies() { return kPolicies; }

}  // namespace opentrail::services::iam
