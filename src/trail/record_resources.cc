#include "trail/record_resources.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace opentrail::trail {
namespace {

// Which member of a call's parameters names a resource of which type. prefix, where given, is what the value must begin
// with: EC2's groupId is a security group's in some calls and a placement group's in others.
struct ResourceKey {
  std::string_view source;
  std::string_view key;
  std::string_view type;
  std::string_view prefix;
};
constexpr std::string_view kTrailType = "AWS::CloudTrail::Trail";
constexpr auto kResourceKeys = std::to_array<ResourceKey>({
    {"ec2.amazonaws.com", "instanceId", "AWS::EC2::Instance", "i-"},
    {"ec2.amazonaws.com", "groupId", "AWS::EC2::SecurityGroup", "sg-"},
    {"ec2.amazonaws.com", "groupName", "AWS::EC2::SecurityGroup", ""},
    {"ec2.amazonaws.com", "vpcId", "AWS::EC2::VPC", "vpc-"},
    {"ec2.amazonaws.com", "subnetId", "AWS::EC2::Subnet", "subnet-"},
    {"ec2.amazonaws.com", "imageId", "AWS::EC2::Ami", "ami-"},
    {"ec2.amazonaws.com", "networkInterfaceId", "AWS::EC2::NetworkInterface", "eni-"},
    {"ec2.amazonaws.com", "keyName", "AWS::EC2::KeyPair", ""},
    {"ec2.amazonaws.com", "volumeId", "AWS::EC2::Volume", "vol-"},
    {"ec2.amazonaws.com", "snapshotId", "AWS::EC2::Snapshot", "snap-"},
    {"ec2.amazonaws.com", "routeTableId", "AWS::EC2::RouteTable", "rtb-"},
    {"ec2.amazonaws.com", "internetGatewayId", "AWS::EC2::InternetGateway", "igw-"},
    {"ec2.amazonaws.com", "natGatewayId", "AWS::EC2::NatGateway", "nat-"},
    {"ec2.amazonaws.com", "networkAclId", "AWS::EC2::NetworkAcl", "acl-"},
    {"ec2.amazonaws.com", "allocationId", "AWS::EC2::EIP", "eipalloc-"},
    {"ec2.amazonaws.com", "launchTemplateId", "AWS::EC2::LaunchTemplate", "lt-"},
    {"ec2.amazonaws.com", "launchTemplateName", "AWS::EC2::LaunchTemplate", ""},
    {"iam.amazonaws.com", "userName", "AWS::IAM::User", ""},
    {"iam.amazonaws.com", "roleName", "AWS::IAM::Role", ""},
    {"iam.amazonaws.com", "groupName", "AWS::IAM::Group", ""},
    {"iam.amazonaws.com", "policyArn", "AWS::IAM::Policy", ""},
    {"iam.amazonaws.com", "policyName", "AWS::IAM::Policy", ""},
    {"iam.amazonaws.com", "accessKeyId", "AWS::IAM::AccessKey", ""},
    {"iam.amazonaws.com", "instanceProfileName", "AWS::IAM::InstanceProfile", ""},
    {"s3.amazonaws.com", "bucketName", "AWS::S3::Bucket", ""},
    {"kms.amazonaws.com", "keyId", "AWS::KMS::Key", ""},
    {"kms.amazonaws.com", "aliasName", "AWS::KMS::Alias", ""},
    {"cloudtrail.amazonaws.com", "name", kTrailType, ""},
    {"cloudtrail.amazonaws.com", "trailName", kTrailType, ""},
    {"cloudtrail.amazonaws.com", "trailARN", kTrailType, ""},
    {"cloudtrail.amazonaws.com", "s3BucketName", "AWS::S3::Bucket", ""},
    {"cloudtrail.amazonaws.com", "eventDataStore", "AWS::CloudTrail::EventDataStore", ""},
    {"cloudtrail.amazonaws.com", "eventDataStoreArn", "AWS::CloudTrail::EventDataStore", ""},
    {"lambda.amazonaws.com", "functionName", "AWS::Lambda::Function", ""},
    {"lambda.amazonaws.com", "functionArn", "AWS::Lambda::Function", ""},
    {"rds.amazonaws.com", "dBInstanceIdentifier", "AWS::RDS::DBInstance", ""},
    {"rds.amazonaws.com", "dBClusterIdentifier", "AWS::RDS::DBCluster", ""},
    {"rds.amazonaws.com", "dBSnapshotIdentifier", "AWS::RDS::DBSnapshot", ""},
    {"dynamodb.amazonaws.com", "tableName", "AWS::DynamoDB::Table", ""},
    {"secretsmanager.amazonaws.com", "secretId", "AWS::SecretsManager::Secret", ""},
    {"logs.amazonaws.com", "logGroupName", "AWS::Logs::LogGroup", ""},
    {"sns.amazonaws.com", "topicArn", "AWS::SNS::Topic", ""},
    {"sqs.amazonaws.com", "queueUrl", "AWS::SQS::Queue", ""},
    {"cloudformation.amazonaws.com", "stackName", "AWS::CloudFormation::Stack", ""},
    {"eks.amazonaws.com", "name", "AWS::EKS::Cluster", ""},
    {"ecr.amazonaws.com", "repositoryName", "AWS::ECR::Repository", ""},
    {"guardduty.amazonaws.com", "detectorId", "AWS::GuardDuty::Detector", ""},
    {"athena.amazonaws.com", "workGroup", "AWS::Athena::WorkGroup", ""},
    {"ssm.amazonaws.com", "instanceIds", "AWS::EC2::Instance", "i-"},
});

class Collector {
 public:
  // The keys of a source stand side by side in the table.
  Collector(std::string_view source, std::string_view event)
      : is_of_event_data_store_(source == "cloudtrail.amazonaws.com" && event.contains("EventDataStore")) {
    const auto begin = std::ranges::find(kResourceKeys, source, &ResourceKey::source);
    const auto end = std::find_if(begin, kResourceKeys.end(), [&](const auto& key) { return key.source != source; });
    keys_ = {begin, end};
  }

  void Add(std::string_view type, std::string_view name) {
    if (type.empty() || name.empty() || resources_.size() >= kMaxResources) return;
    const ResourceView resource{type, name};
    if (std::ranges::find(resources_, resource) == resources_.end()) resources_.push_back(resource);
  }

  // JsonDocument bounds the depth.
  void Walk(std::string_view key, codec::JsonValue value) {
    if (const auto text = value.String()) {
      for (const ResourceKey& candidate : keys_) {
        if (is_of_event_data_store_ && candidate.type == kTrailType) continue;  // its `name` is another thing's
        if (candidate.key == key && text->starts_with(candidate.prefix)) Add(candidate.type, *text);
      }
      return;
    }
    value.ForEachMember([&](std::string_view name, codec::JsonValue member) { Walk(name, member); });
    value.ForEachElement([&](codec::JsonValue element) { Walk(key, element); });
  }

  std::vector<ResourceView> Take() { return std::move(resources_); }

 private:
  const bool is_of_event_data_store_;
  std::span<const ResourceKey> keys_;
  std::vector<ResourceView> resources_;
};

// AssumeRole names what it issued: the key, the session in three forms, the role.
void AddAssumedRole(Collector& collector, const RecordParts& record) {
  const auto add = [&](std::string_view type, codec::JsonValue value) {
    if (const auto text = value.String()) collector.Add(type, *text);
  };
  add("AWS::IAM::AccessKey", record.response["credentials"]["accessKeyId"]);
  add("AWS::STS::AssumedRole", record.parameters["roleSessionName"]);
  add("AWS::STS::AssumedRole", record.response["assumedRoleUser"]["assumedRoleId"]);
  add("AWS::STS::AssumedRole", record.response["assumedRoleUser"]["arn"]);
  add("AWS::IAM::Role", record.parameters["roleArn"]);
}

}  // namespace

std::vector<ResourceView> ResourcesOf(std::string_view source, std::string_view event, const RecordParts& record) {
  Collector collector(source, event);
  record.resources.ForEachElement([&](codec::JsonValue resource) {
    const codec::JsonValue arn = resource["ARN"].IsMissing() ? resource["arn"] : resource["ARN"];
    collector.Add(resource["type"].String().value_or(""), arn.String().value_or(""));
  });
  if (source == "sts.amazonaws.com") AddAssumedRole(collector, record);
  collector.Walk("", record.parameters);
  collector.Walk("", record.response);
  return collector.Take();
}

}  // namespace opentrail::trail
