#include "services/iam/aws_policies.h"

#include <algorithm>

namespace opentrail::services::iam {
namespace {

constexpr AwsPolicy kPolicies[] = {
    {"/", "AWSCloudTrail_FullAccess", "ANPAVT36APCM5R27HHPTV", "v1", "2015-02-06T18:39:46Z",
     "Full access to AWS CloudTrail.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["sns:AddPermission", "sns:CreateTopic", "sns:SetTopicAttributes",
"sns:GetTopicAttributes"], "Resource": "arn:aws:sns:*:*:aws-cloudtrail-logs*"},
{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"},
{"Effect": "Allow", "Action": ["s3:CreateBucket", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock"],
"Resource": "arn:aws:s3:::aws-cloudtrail-logs*"},
{"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"],
"Resource": "*"},
{"Effect": "Allow", "Action": "cloudtrail:*", "Resource": "*"},
{"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource":
"arn:aws:logs:*:*:log-group:aws-cloudtrail-logs*"},
{"Effect": "Allow", "Action": ["iam:ListRoles", "iam:GetRolePolicy", "iam:GetUser"], "Resource": "*"},
{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals":
{"iam:PassedToService": "cloudtrail.amazonaws.com"}}},
{"Effect": "Allow", "Action": ["kms:CreateKey", "kms:CreateAlias", "kms:ListKeys", "kms:ListAliases"],
"Resource": "*"},
{"Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"},
{"Effect": "Allow", "Action": ["dynamodb:ListGlobalTables", "dynamodb:ListTables"], "Resource": "*"}
]})json"},
    {"/", "AWSCloudTrail_ReadOnlyAccess", "ANPA4EVT3LKYYM4JD2AJZ", "v1", "2015-02-06T18:39:46Z",
     "Read-only access to AWS CloudTrail.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*",
"cloudtrail:LookupEvents"], "Resource": "*"}
]})json"},
    {"/", "AWSDenyAll", "ANPASOWV7IX53SXXXLDAL", "v1", "2015-02-06T18:39:46Z", "Denies everything.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Sid": "DenyAll", "Effect": "Deny", "Action": ["*"], "Resource": "*"}
]})json"},
    {"/", "AWSKeyManagementServicePowerUser", "ANPALLBUVYHHPWNNEQ23A", "v1", "2015-02-06T18:39:46Z",
     "Use and management of AWS KMS keys, without their deletion.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["kms:CreateAlias", "kms:CreateKey", "kms:DeleteAlias", "kms:Describe*",
"kms:GenerateRandom", "kms:Get*", "kms:List*", "kms:TagResource", "kms:UntagResource", "iam:ListGroups",
"iam:ListRoles", "iam:ListUsers"], "Resource": "*"}
]})json"},
    {"/", "AdministratorAccess", "ANPA34SN6YCLNSZWWPS7E", "v1", "2015-02-06T18:39:46Z",
     "Full access to all services and resources.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": "*", "Resource": "*"}
]})json"},
    {"/", "AmazonAthenaFullAccess", "ANPAFNLY2AOD5VBNNQKPV", "v1", "2015-02-06T18:39:46Z",
     "Full access to Amazon Athena and to what it needs for queries and their results.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Sid": "BaseAthenaPermissions", "Effect": "Allow", "Action": "athena:*", "Resource": "*"},
{"Sid": "BaseGluePermissions", "Effect": "Allow", "Action": ["glue:CreateDatabase", "glue:DeleteDatabase",
"glue:GetDatabase", "glue:GetDatabases", "glue:UpdateDatabase", "glue:CreateTable", "glue:DeleteTable",
"glue:BatchDeleteTable", "glue:UpdateTable", "glue:GetTable", "glue:GetTables", "glue:BatchCreatePartition",
"glue:CreatePartition", "glue:DeletePartition", "glue:BatchDeletePartition", "glue:UpdatePartition",
"glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition", "glue:StartColumnStatisticsTaskRun",
"glue:GetColumnStatisticsTaskRun", "glue:GetColumnStatisticsTaskRuns", "glue:GetCatalogImportStatus"],
"Resource": "*"},
{"Sid": "BaseQueryResultsPermissions", "Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:GetObject",
"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload",
"s3:CreateBucket", "s3:PutObject", "s3:PutBucketPublicAccessBlock"], "Resource":
"arn:aws:s3:::aws-athena-query-results-*"},
{"Sid": "BaseAthenaExamplesPermissions", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
"Resource": "arn:aws:s3:::athena-examples*"},
{"Sid": "BaseS3BucketPermissions", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation",
"s3:ListAllMyBuckets"], "Resource": "*"},
{"Sid": "BaseSNSPermissions", "Effect": "Allow", "Action": ["sns:ListTopics", "sns:GetTopicAttributes"],
"Resource": "*"},
{"Sid": "BaseCloudWatchPermissions", "Effect": "Allow", "Action": ["cloudwatch:PutMetricAlarm",
"cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms", "cloudwatch:GetMetricData"], "Resource": "*"},
{"Sid": "BaseLakeFormationPermissions", "Effect": "Allow", "Action": "lakeformation:GetDataAccess",
"Resource": "*"}
]})json"},
    {"/", "AmazonEC2FullAccess", "ANPA5QVFJWVU5YLIKNZH5", "v1", "2015-02-06T18:39:46Z", "Full access to Amazon EC2.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
{"Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"},
{"Effect": "Allow", "Action": "cloudwatch:*", "Resource": "*"},
{"Effect": "Allow", "Action": "autoscaling:*", "Resource": "*"},
{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals":
{"iam:AWSServiceName": ["autoscaling.amazonaws.com", "ec2scheduled.amazonaws.com",
"elasticloadbalancing.amazonaws.com", "spot.amazonaws.com", "spotfleet.amazonaws.com",
"transitgateway.amazonaws.com"]}}}
]})json"},
    {"/", "AmazonEC2ReadOnlyAccess", "ANPAYVCB6H7AGFCSEIHGO", "v1", "2015-02-06T18:39:46Z",
     "Read-only access to Amazon EC2.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:GetSecurityGroupsForVpc"], "Resource": "*"},
{"Effect": "Allow", "Action": "elasticloadbalancing:Describe*", "Resource": "*"},
{"Effect": "Allow", "Action": ["cloudwatch:Describe*", "cloudwatch:GetMetricStatistics",
"cloudwatch:ListMetrics"], "Resource": "*"},
{"Effect": "Allow", "Action": "autoscaling:Describe*", "Resource": "*"}
]})json"},
    {"/", "AmazonS3FullAccess", "ANPAM4IUABDSGPXMCW4U2", "v1", "2015-02-06T18:39:46Z", "Full access to all buckets.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["s3:*", "s3-object-lambda:*"], "Resource": "*"}
]})json"},
    {"/", "AmazonS3ReadOnlyAccess", "ANPAYZAUAF34BQNVMLD6I", "v1", "2015-02-06T18:39:46Z",
     "Read-only access to all buckets.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["s3:Describe*", "s3:Get*", "s3:List*", "s3-object-lambda:Get*",
"s3-object-lambda:List*"], "Resource": "*"}
]})json"},
    {"/", "AmazonSSMManagedInstanceCore", "ANPAEW4OYHTVZVZA2PZZJ", "v1", "2015-02-06T18:39:46Z",
     "What an instance needs of AWS Systems Manager.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["ssm:DescribeAssociation", "ssm:GetDeployablePatchSnapshotForInstance",
"ssm:GetDocument", "ssm:DescribeDocument", "ssm:GetManifest", "ssm:GetParameter", "ssm:GetParameters",
"ssm:ListAssociations", "ssm:ListInstanceAssociations", "ssm:PutInventory", "ssm:PutComplianceItems",
"ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus", "ssm:UpdateInstanceAssociationStatus",
"ssm:UpdateInstanceInformation"], "Resource": "*"},
{"Effect": "Allow", "Action": ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], "Resource": "*"},
{"Effect": "Allow", "Action": ["ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage",
"ec2messages:FailMessage", "ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"],
"Resource": "*"}
]})json"},
    {"/", "IAMFullAccess", "ANPATMJ5T63DJOLG2WPDQ", "v1", "2015-02-06T18:39:46Z", "Full access to IAM.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["iam:*", "organizations:DescribeAccount", "organizations:DescribeOrganization",
"organizations:DescribeOrganizationalUnit", "organizations:DescribePolicy", "organizations:ListChildren",
"organizations:ListParents", "organizations:ListPolicies", "organizations:ListPoliciesForTarget",
"organizations:ListRoots", "organizations:ListTargetsForPolicy"], "Resource": "*"}
]})json"},
    {"/", "IAMReadOnlyAccess", "ANPALX6RHJC5OXFALFNF6", "v1", "2015-02-06T18:39:46Z", "Read-only access to IAM.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails",
"iam:Get*", "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"], "Resource": "*"}
]})json"},
    {"/", "IAMUserChangePassword", "ANPAHZ5YXBTNYEK4C6QPP", "v1", "2015-02-06T18:39:46Z",
     "A user may change the own password.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/${aws:username}"},
{"Effect": "Allow", "Action": "iam:GetAccountPasswordPolicy", "Resource": "*"}
]})json"},
    {"/", "PowerUserAccess", "ANPALHG27PL3YBRYSN4HT", "v1", "2015-02-06T18:39:46Z",
     "Full access to services and resources, without the management of users and groups.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
{"Effect": "Allow", "Action": ["account:GetAccountInformation", "account:GetPrimaryEmail",
"account:ListRegions", "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles",
"organizations:DescribeOrganization"], "Resource": "*"}
]})json"},
    {"/", "ReadOnlyAccess", "ANPAEBQRJMRUNJOVKCUK2", "v1", "2015-02-06T18:39:46Z",
     "Read-only access to services and resources.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["athena:Batch*", "athena:Get*", "athena:List*", "autoscaling:Describe*",
"autoscaling:Get*", "autoscaling:List*", "cloudformation:Describe*", "cloudformation:Get*",
"cloudformation:List*", "cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*",
"cloudtrail:LookupEvents", "cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "config:Describe*",
"config:Get*", "config:List*", "dynamodb:BatchGet*", "dynamodb:Describe*", "dynamodb:Get*", "dynamodb:List*",
"dynamodb:Query", "dynamodb:Scan", "ec2:Describe*", "ec2:Get*", "ec2:List*", "ec2:Search*",
"elasticloadbalancing:Describe*", "elasticloadbalancing:Get*", "elasticloadbalancing:List*", "glue:BatchGet*",
"glue:Get*", "glue:List*", "glue:SearchTables", "guardduty:Describe*", "guardduty:Get*", "guardduty:List*",
"iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*",
"lambda:Get*", "lambda:List*", "logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:ListTagsLogGroup",
"logs:StartQuery", "logs:StopQuery", "rds:Describe*", "rds:Get*", "rds:List*", "s3:Describe*", "s3:Get*",
"s3:List*", "securityhub:Describe*", "securityhub:Get*", "securityhub:List*", "sns:Describe*", "sns:Get*",
"sns:List*", "sqs:Describe*", "sqs:Get*", "sqs:List*", "ssm:Describe*", "ssm:Get*", "ssm:List*",
"sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken", "tag:Get*"], "Resource": "*"}
]})json"},
    {"/", "SecurityAudit", "ANPAXIJTH3YRWWJF75V54", "v1", "2015-02-06T18:39:46Z",
     "Reads the configuration that security audits look at.",
     R"json({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["athena:GetWorkGroup", "athena:List*", "cloudtrail:DescribeTrails",
"cloudtrail:GetEventSelectors", "cloudtrail:GetInsightSelectors", "cloudtrail:GetTrail",
"cloudtrail:GetTrailStatus", "cloudtrail:ListTags", "cloudtrail:ListTrails", "cloudtrail:LookupEvents",
"cloudwatch:Describe*", "config:Describe*", "config:Get*", "config:List*", "ec2:Describe*",
"ec2:GetEbsEncryptionByDefault", "ec2:GetManagedPrefixListEntries", "glue:GetDataCatalogEncryptionSettings",
"glue:GetResourcePolicy", "guardduty:Get*", "guardduty:List*", "iam:GenerateCredentialReport",
"iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*", "iam:SimulateCustomPolicy",
"iam:SimulatePrincipalPolicy", "kms:Describe*", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:List*",
"logs:Describe*", "s3:GetAccelerateConfiguration", "s3:GetAccessPoint*", "s3:GetAccountPublicAccessBlock",
"s3:GetAnalyticsConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
"s3:GetInventoryConfiguration", "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration",
"s3:GetObjectAcl", "s3:GetObjectVersionAcl", "s3:GetReplicationConfiguration", "s3:ListAccessPoints",
"s3:ListAllMyBuckets", "s3:ListBucket", "securityhub:Describe*", "securityhub:Get*", "securityhub:List*",
"tag:GetResources", "tag:GetTagKeys"], "Resource": "*"}
]})json"},
};

}  // namespace

std::span<const AwsPolicy> AwsPolicies() { return kPolicies; }

const AwsPolicy* FindAwsPolicy(std::string_view arn) {
  constexpr std::string_view kPrefix = "arn:aws:iam::aws:policy/";
  if (!arn.starts_with(kPrefix)) return nullptr;
  const auto* found = std::ranges::find_if(kPolicies, [&](const AwsPolicy& policy) { return policy.Arn() == arn; });
  return found != std::end(kPolicies) ? found : nullptr;
}

}  // namespace opentrail::services::iam
