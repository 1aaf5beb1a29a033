#pragma once

#include "services/ec2/ec2_service.h"

// The operations, by file. Each takes a call whose rights were checked.
namespace opentrail::services::ec2 {

using OperationFunction = AwsResult<Reply>(Ec2Service& service, Call& call, store::Transaction& transaction);

// network.cc
OperationFunction DescribeVpcs, DescribeSubnets, DescribeInternetGateways, DescribeRouteTables, DescribeRegions,
    DescribeAvailabilityZones, DescribeAccountAttributes;
// security_group.cc
OperationFunction CreateSecurityGroup, DescribeSecurityGroups, DeleteSecurityGroup, DescribeSecurityGroupRules;
// security_group_rule.cc
OperationFunction AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress, RevokeSecurityGroupIngress,
    RevokeSecurityGroupEgress, ModifySecurityGroupRules, UpdateRuleDescriptionsIngress, UpdateRuleDescriptionsEgress;
// key_pair.cc
OperationFunction CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPair;
AwsStatus PrepareKeyPair(Service& service, Call& call);
// tag.cc
OperationFunction CreateTags, DeleteTags, DescribeTags;
// image.cc
OperationFunction DescribeImages, DescribeInstanceTypes;
// instance_run.cc
OperationFunction RunInstances;
// console_output.cc
OperationFunction GetConsoleOutput;
// instance.cc
OperationFunction DescribeInstances, DescribeInstanceStatus, StartInstances, StopInstances, RebootInstances,
    TerminateInstances, DescribeInstanceAttribute, ModifyInstanceAttribute;

}  // namespace opentrail::services::ec2
