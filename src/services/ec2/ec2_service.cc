#include "services/ec2/ec2_service.h"

#include <algorithm>
#include <array>

#include "services/ec2/authorization.h"
#include "services/ec2/handlers.h"

namespace opentrail::services::ec2 {
namespace {

// A dry run is the whole call, answered with an error: so what it did is undone.
template <OperationFunction& Operation>
AwsResult<Reply> Run(Service& service, Call& call, store::Transaction& transaction) {
  auto reply = Operation(static_cast<Ec2Service&>(service), call, transaction);
  if (!reply || !call.input["DryRun"].Boolean()) return reply;
  return std::unexpected(AwsError{"DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412});
}

constexpr std::array kHandlers = std::to_array<Handler>({
    {"AllocateAddress", Authorize, Run<AllocateAddress>},
    {"AssociateAddress", Authorize, Run<AssociateAddress>},
    {"AssociateIamInstanceProfile", Authorize, Run<AssociateIamInstanceProfile>},
    {"AssociateRouteTable", Authorize, Run<AssociateRouteTable>},
    {"AttachInternetGateway", Authorize, Run<AttachInternetGateway>},
    {"AttachVolume", Authorize, Run<AttachVolume>},
    {"AuthorizeSecurityGroupEgress", Authorize, Run<AuthorizeSecurityGroupEgress>},
    {"AuthorizeSecurityGroupIngress", Authorize, Run<AuthorizeSecurityGroupIngress>},
    {"CopyImage", Authorize, Run<CopyImage>},
    {"CopySnapshot", Authorize, Run<CopySnapshot>},
    {"CreateDefaultVpc", Authorize, Run<CreateDefaultVpc>},
    {"CreateImage", Authorize, Run<CreateImage>},
    {"CreateInternetGateway", Authorize, Run<CreateInternetGateway>},
    {"CreateKeyPair", Authorize, Run<CreateKeyPair>, PrepareKeyPair},
    {"CreateRoute", Authorize, Run<CreateRoute>},
    {"CreateRouteTable", Authorize, Run<CreateRouteTable>},
    {"CreateSecurityGroup", Authorize, Run<CreateSecurityGroup>},
    {"CreateSnapshot", Authorize, Run<CreateSnapshot>},
    {"CreateSnapshots", Authorize, Run<CreateSnapshots>},
    {"CreateSubnet", Authorize, Run<CreateSubnet>},
    {"CreateTags", Authorize, Run<CreateTags>},
    {"CreateVolume", Authorize, Run<CreateVolume>},
    {"CreateVpc", Authorize, Run<CreateVpc>},
    {"DeleteInternetGateway", Authorize, Run<DeleteInternetGateway>},
    {"DeleteKeyPair", Authorize, Run<DeleteKeyPair>},
    {"DeleteRoute", Authorize, Run<DeleteRoute>},
    {"DeleteRouteTable", Authorize, Run<DeleteRouteTable>},
    {"DeleteSecurityGroup", Authorize, Run<DeleteSecurityGroup>},
    {"DeleteSnapshot", Authorize, Run<DeleteSnapshot>},
    {"DeleteSubnet", Authorize, Run<DeleteSubnet>},
    {"DeleteTags", Authorize, Run<DeleteTags>},
    {"DeleteVolume", Authorize, Run<DeleteVolume>},
    {"DeleteVpc", Authorize, Run<DeleteVpc>},
    {"DeregisterImage", Authorize, Run<DeregisterImage>},
    {"DescribeAccountAttributes", Authorize, Run<DescribeAccountAttributes>},
    {"DescribeAddresses", Authorize, Run<DescribeAddresses>},
    {"DescribeAvailabilityZones", Authorize, Run<DescribeAvailabilityZones>},
    {"DescribeDhcpOptions", Authorize, Run<DescribeDhcpOptions>},
    {"DescribeIamInstanceProfileAssociations", Authorize, Run<DescribeIamInstanceProfileAssociations>},
    {"DescribeImageAttribute", Authorize, Run<DescribeImageAttribute>},
    {"DescribeImages", Authorize, Run<DescribeImages>},
    {"DescribeInstanceAttribute", Authorize, Run<DescribeInstanceAttribute>},
    {"DescribeInstanceStatus", Authorize, Run<DescribeInstanceStatus>},
    {"DescribeInstanceTypeOfferings", Authorize, Run<DescribeInstanceTypeOfferings>},
    {"DescribeInstanceTypes", Authorize, Run<DescribeInstanceTypes>},
    {"DescribeInstances", Authorize, Run<DescribeInstances>},
    {"DescribeInternetGateways", Authorize, Run<DescribeInternetGateways>},
    {"DescribeKeyPairs", Authorize, Run<DescribeKeyPairs>},
    {"DescribeNetworkAcls", Authorize, Run<DescribeNetworkAcls>},
    {"DescribeNetworkInterfaces", Authorize, Run<DescribeNetworkInterfaces>},
    {"DescribeRegions", Authorize, Run<DescribeRegions>},
    {"DescribeRouteTables", Authorize, Run<DescribeRouteTables>},
    {"DescribeSecurityGroupReferences", Authorize, Run<DescribeSecurityGroupReferences>},
    {"DescribeSecurityGroupRules", Authorize, Run<DescribeSecurityGroupRules>},
    {"DescribeSecurityGroups", Authorize, Run<DescribeSecurityGroups>},
    {"DescribeSnapshotAttribute", Authorize, Run<DescribeSnapshotAttribute>},
    {"DescribeSnapshots", Authorize, Run<DescribeSnapshots>},
    {"DescribeStaleSecurityGroups", Authorize, Run<DescribeStaleSecurityGroups>},
    {"DescribeSubnets", Authorize, Run<DescribeSubnets>},
    {"DescribeTags", Authorize, Run<DescribeTags>},
    {"DescribeVolumes", Authorize, Run<DescribeVolumes>},
    {"DescribeVpcAttribute", Authorize, Run<DescribeVpcAttribute>},
    {"DescribeVpcs", Authorize, Run<DescribeVpcs>},
    {"DetachInternetGateway", Authorize, Run<DetachInternetGateway>},
    {"DetachVolume", Authorize, Run<DetachVolume>},
    {"DisableEbsEncryptionByDefault", Authorize, Run<DisableEbsEncryptionByDefault>},
    {"DisableImageBlockPublicAccess", Authorize, Run<DisableImageBlockPublicAccess>},
    {"DisableSerialConsoleAccess", Authorize, Run<DisableSerialConsoleAccess>},
    {"DisableSnapshotBlockPublicAccess", Authorize, Run<DisableSnapshotBlockPublicAccess>},
    {"DisassociateAddress", Authorize, Run<DisassociateAddress>},
    {"DisassociateIamInstanceProfile", Authorize, Run<DisassociateIamInstanceProfile>},
    {"DisassociateRouteTable", Authorize, Run<DisassociateRouteTable>},
    {"EnableEbsEncryptionByDefault", Authorize, Run<EnableEbsEncryptionByDefault>},
    {"EnableImageBlockPublicAccess", Authorize, Run<EnableImageBlockPublicAccess>},
    {"EnableSerialConsoleAccess", Authorize, Run<EnableSerialConsoleAccess>},
    {"EnableSnapshotBlockPublicAccess", Authorize, Run<EnableSnapshotBlockPublicAccess>},
    {"GetConsoleOutput", Authorize, Run<GetConsoleOutput>},
    {"GetEbsDefaultKmsKeyId", Authorize, Run<GetEbsDefaultKmsKeyId>},
    {"GetEbsEncryptionByDefault", Authorize, Run<GetEbsEncryptionByDefault>},
    {"GetImageBlockPublicAccessState", Authorize, Run<GetImageBlockPublicAccessState>},
    {"GetSecurityGroupsForVpc", Authorize, Run<GetSecurityGroupsForVpc>},
    {"GetSerialConsoleAccessStatus", Authorize, Run<GetSerialConsoleAccessStatus>},
    {"GetSnapshotBlockPublicAccessState", Authorize, Run<GetSnapshotBlockPublicAccessState>},
    {"ImportKeyPair", Authorize, Run<ImportKeyPair>},
    {"ModifyEbsDefaultKmsKeyId", Authorize, Run<ModifyEbsDefaultKmsKeyId>},
    {"ModifyImageAttribute", Authorize, Run<ModifyImageAttribute>},
    {"ModifyInstanceAttribute", Authorize, Run<ModifyInstanceAttribute>},
    {"ModifyInstanceMetadataOptions", Authorize, Run<ModifyInstanceMetadataOptions>},
    {"ModifySecurityGroupRules", Authorize, Run<ModifySecurityGroupRules>},
    {"ModifySnapshotAttribute", Authorize, Run<ModifySnapshotAttribute>},
    {"ModifySubnetAttribute", Authorize, Run<ModifySubnetAttribute>},
    {"ModifyVpcAttribute", Authorize, Run<ModifyVpcAttribute>},
    {"MonitorInstances", Authorize, Run<MonitorInstances>},
    {"RebootInstances", Authorize, Run<RebootInstances>},
    {"RegisterImage", Authorize, Run<RegisterImage>},
    {"ReleaseAddress", Authorize, Run<ReleaseAddress>},
    {"ReplaceIamInstanceProfileAssociation", Authorize, Run<ReplaceIamInstanceProfileAssociation>},
    {"ReplaceRoute", Authorize, Run<ReplaceRoute>},
    {"ResetEbsDefaultKmsKeyId", Authorize, Run<ResetEbsDefaultKmsKeyId>},
    {"ResetImageAttribute", Authorize, Run<ResetImageAttribute>},
    {"ResetInstanceAttribute", Authorize, Run<ResetInstanceAttribute>},
    {"ResetSnapshotAttribute", Authorize, Run<ResetSnapshotAttribute>},
    {"RevokeSecurityGroupEgress", Authorize, Run<RevokeSecurityGroupEgress>},
    {"RevokeSecurityGroupIngress", Authorize, Run<RevokeSecurityGroupIngress>},
    {"RunInstances", Authorize, Run<RunInstances>},
    {"StartInstances", Authorize, Run<StartInstances>},
    {"StopInstances", Authorize, Run<StopInstances>},
    {"TerminateInstances", Authorize, Run<TerminateInstances>},
    {"UnmonitorInstances", Authorize, Run<UnmonitorInstances>},
    {"UpdateSecurityGroupRuleDescriptionsEgress", Authorize, Run<UpdateRuleDescriptionsEgress>},
    {"UpdateSecurityGroupRuleDescriptionsIngress", Authorize, Run<UpdateRuleDescriptionsIngress>},
});
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const Handler> Ec2Service::handlers() const { return kHandlers; }

}  // namespace opentrail::services::ec2
