#pragma once

#include "services/ec2/ec2_service.h"

// The operations, by file. Each takes a call whose rights were checked.
namespace opentrail::services::ec2 {

using OperationFunction = AwsResult<Reply>(Ec2Service& service, Call& call, store::Transaction& transaction);

// region.cc
OperationFunction DescribeRegions, DescribeAvailabilityZones, DescribeAccountAttributes;
// vpc.cc
OperationFunction CreateVpc, CreateDefaultVpc, DescribeVpcs, DeleteVpc, ModifyVpcAttribute, DescribeVpcAttribute,
    DescribeDhcpOptions;
// subnet.cc
OperationFunction CreateSubnet, DescribeSubnets, DeleteSubnet, ModifySubnetAttribute;
// internet_gateway.cc
OperationFunction CreateInternetGateway, DescribeInternetGateways, AttachInternetGateway, DetachInternetGateway,
    DeleteInternetGateway;
// route_table.cc
OperationFunction CreateRouteTable, DescribeRouteTables, DeleteRouteTable, CreateRoute, ReplaceRoute, DeleteRoute,
    AssociateRouteTable, DisassociateRouteTable;
// network_acl.cc
OperationFunction DescribeNetworkAcls;
// address.cc
OperationFunction AllocateAddress, AssociateAddress, DisassociateAddress, ReleaseAddress, DescribeAddresses;
// security_group.cc
OperationFunction CreateSecurityGroup, DescribeSecurityGroups, DeleteSecurityGroup, DescribeSecurityGroupRules;
// security_group_reach.cc
OperationFunction GetSecurityGroupsForVpc, DescribeSecurityGroupReferences, DescribeStaleSecurityGroups;
// security_group_rule.cc
OperationFunction AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupEgress, RevokeSecurityGroupIngress,
    RevokeSecurityGroupEgress, ModifySecurityGroupRules, UpdateRuleDescriptionsIngress, UpdateRuleDescriptionsEgress;
// key_pair.cc
OperationFunction CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPair;
AwsStatus PrepareKeyPair(Service& service, Call& call);
// tag.cc
OperationFunction CreateTags, DeleteTags, DescribeTags;
// image.cc
OperationFunction DescribeImages;
// image_make.cc
OperationFunction CreateImage, RegisterImage, CopyImage, DeregisterImage;
// image_attribute.cc
OperationFunction DescribeImageAttribute, ModifyImageAttribute, ResetImageAttribute, EnableImageBlockPublicAccess,
    DisableImageBlockPublicAccess, GetImageBlockPublicAccessState;
// instance_type.cc
OperationFunction DescribeInstanceTypes, DescribeInstanceTypeOfferings;
// instance_run.cc
OperationFunction RunInstances;
// console_output.cc
OperationFunction GetConsoleOutput;
// instance.cc
OperationFunction DescribeInstances, DescribeInstanceStatus, StartInstances, StopInstances, RebootInstances,
    TerminateInstances;
// instance_attribute.cc
OperationFunction DescribeInstanceAttribute, ModifyInstanceAttribute, ResetInstanceAttribute;
// instance_settings.cc
OperationFunction MonitorInstances, UnmonitorInstances, ModifyInstanceMetadataOptions, GetSerialConsoleAccessStatus,
    EnableSerialConsoleAccess, DisableSerialConsoleAccess;
// instance_profile.cc
OperationFunction AssociateIamInstanceProfile, DisassociateIamInstanceProfile, ReplaceIamInstanceProfileAssociation,
    DescribeIamInstanceProfileAssociations;
// network_interface.cc
OperationFunction DescribeNetworkInterfaces;
// volume.cc
OperationFunction CreateVolume, DeleteVolume, DescribeVolumes;
// volume_attachment.cc
OperationFunction AttachVolume, DetachVolume;
// snapshot.cc
OperationFunction CreateSnapshot, CreateSnapshots, DescribeSnapshots, DeleteSnapshot, CopySnapshot;
// snapshot_attribute.cc
OperationFunction ModifySnapshotAttribute, DescribeSnapshotAttribute, ResetSnapshotAttribute,
    EnableSnapshotBlockPublicAccess, DisableSnapshotBlockPublicAccess, GetSnapshotBlockPublicAccessState;
// ebs_encryption.cc
OperationFunction EnableEbsEncryptionByDefault, DisableEbsEncryptionByDefault, GetEbsEncryptionByDefault,
    GetEbsDefaultKmsKeyId, ModifyEbsDefaultKmsKeyId, ResetEbsDefaultKmsKeyId;

}  // namespace opentrail::services::ec2
