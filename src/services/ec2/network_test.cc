#include "services/ec2/cidr.h"
#include "services/ec2/ec2_test_support.h"

namespace opentrail::services::ec2 {
namespace {

TEST(CidrTest, IsReadCanonicallyOrNotAtAll) {
  struct Case {
    std::string_view text, canonical;
  };
  constexpr Case kCases[] = {{"10.0.0.0/16", "10.0.0.0/16"},
                             {"100.68.0.18/18", "100.68.0.0/18"},
                             {"0.0.0.0/0", "0.0.0.0/0"},
                             {"255.255.255.255/32", "255.255.255.255/32"},
                             {"10.0.0.0", ""},
                             {"10.0.0.0/33", ""},
                             {"10.0.0.0/-1", ""},
                             {"10.0.0/8", ""},
                             {"10.0.0.256/8", ""},
                             {"10.0.0.0/8x", ""},
                             {"::/0", ""},
                             {"", ""}};
  for (const auto& [text, canonical] : kCases) {
    const auto cidr = ParseCidr(text);
    EXPECT_EQ(cidr ? cidr->Text() : "", canonical) << text;
  }
}

TEST(CidrTest, NetworksContainAndOverlap) {
  const auto cidr = [](std::string_view text) { return *ParseCidr(text); };
  EXPECT_TRUE(cidr("10.0.0.0/16").Contains(cidr("10.0.255.0/24")));
  EXPECT_FALSE(cidr("10.0.0.0/24").Contains(cidr("10.0.0.0/16")));
  EXPECT_TRUE(cidr("10.0.0.0/24").Overlaps(cidr("10.0.0.0/16")));
  EXPECT_FALSE(cidr("10.0.0.0/24").Overlaps(cidr("10.0.1.0/24")));
  EXPECT_TRUE(cidr("0.0.0.0/0").Contains(cidr("255.0.0.0/8")));
}

class NetworkTest : public Ec2Test {
 protected:
  std::string Made(std::string_view operation, std::string_view json, std::string_view object, std::string_view id) {
    return std::string(Ok(operation, json)[object][id].Text());
  }
  std::string Vpc(std::string_view cidr) {
    return Made("CreateVpc", R"({"CidrBlock":")" + std::string(cidr) + R"("})", "Vpc", "VpcId");
  }
  std::string Subnet(const std::string& vpc, std::string_view cidr) {
    return Made("CreateSubnet", With(R"({"VpcId":"$","CidrBlock":")" + std::string(cidr) + R"("})", vpc), "Subnet",
                "SubnetId");
  }
};

TEST_F(NetworkTest, ARegionBeginsWithItsDefaultNetwork) {
  const Value vpc = Ok("DescribeVpcs", "{}")["Vpcs"].elements().at(0);
  EXPECT_EQ(vpc["CidrBlock"].Text(), "172.31.0.0/16");
  EXPECT_TRUE(vpc["IsDefault"].Boolean());
  const Value subnets = Ok("DescribeSubnets", "{}")["Subnets"];
  ASSERT_EQ(subnets.elements().size(), 6u);
  EXPECT_EQ(subnets.elements()[1]["CidrBlock"].Text(), "172.31.16.0/20");
  EXPECT_EQ(subnets.elements()[1]["AvailableIpAddressCount"].Integer(0), 4091);
  const Value table = Ok("DescribeRouteTables", "{}")["RouteTables"].elements().at(0);
  EXPECT_TRUE(table["Associations"].elements().at(0)["Main"].Boolean());
  ASSERT_EQ(table["Routes"].elements().size(), 2u);
  EXPECT_EQ(table["Routes"].elements()[0]["GatewayId"].Text(), "local");
  EXPECT_EQ(table["Routes"].elements()[1]["DestinationCidrBlock"].Text(), "0.0.0.0/0");
  EXPECT_EQ(table["Routes"].elements()[1]["State"].Text(), "active");
  EXPECT_EQ(Fault("CreateDefaultVpc", "{}").substr(0, 24), "DefaultVpcAlreadyExists:");
}

TEST_F(NetworkTest, EachVpcHasItsNetworkAcl) {
  const std::string vpc = Vpc("10.0.0.0/16");
  const std::string subnet = Subnet(vpc, "10.0.1.0/24");
  const Value all = Ok("DescribeNetworkAcls", "{}")["NetworkAcls"];
  ASSERT_EQ(all.elements().size(), 2u);
  EXPECT_EQ(all.elements()[0]["Associations"].elements().size(), 6u);
  const Value mine = Ok("DescribeNetworkAcls",
                        With(R"({"Filters":[{"Name":"association.subnet-id","Values":["$"]}]})", subnet))["NetworkAcls"]
                         .elements()
                         .at(0);
  EXPECT_EQ(mine["VpcId"].Text(), vpc);
  EXPECT_TRUE(mine["IsDefault"].Boolean());
  EXPECT_EQ(mine["Entries"].elements().size(), 4u);
  const std::string acl(mine["NetworkAclId"].Text());
  Ok("CreateTags", With(R"({"Resources":["$"],"Tags":[{"Key":"a","Value":"b"}]})", acl));
  EXPECT_EQ(Ok("DescribeNetworkAcls", With(R"({"NetworkAclIds":["$"]})", acl))["NetworkAcls"]
                .elements()
                .at(0)["Tags"]
                .elements()
                .size(),
            1u);
  EXPECT_EQ(Fault("DescribeNetworkAcls", R"({"NetworkAclIds":["acl-1"]})"),
            "InvalidNetworkAclID.NotFound: The networkAcl ID 'acl-1' does not exist");
  Ok("DeleteSubnet", With(R"({"SubnetId":"$"})", subnet));
  Ok("DeleteVpc", With(R"({"VpcId":"$"})", vpc));
  EXPECT_EQ(Ok("DescribeNetworkAcls", "{}")["NetworkAcls"].elements().size(), 1u);
  EXPECT_TRUE(Ok("DescribeTags", "{}")["Tags"].elements().empty());
}

TEST_F(NetworkTest, GroupsAreSeenFromTheirVpc) {
  const std::string vpc = Vpc("10.0.0.0/16");
  const std::string group(
      Ok("CreateSecurityGroup", With(R"({"GroupName":"far","Description":"d","VpcId":"$"})", vpc))["GroupId"].Text());
  const Value seen = Ok("GetSecurityGroupsForVpc", With(R"({"VpcId":"$"})", vpc))["SecurityGroupForVpcs"];
  ASSERT_EQ(seen.elements().size(), 2u);
  EXPECT_EQ(seen.elements()[0]["GroupName"].Text(), "default");
  EXPECT_EQ(seen.elements()[1]["GroupId"].Text(), group);
  EXPECT_EQ(seen.elements()[1]["PrimaryVpcId"].Text(), vpc);
  EXPECT_TRUE(Ok("DescribeSecurityGroupReferences", With(R"({"GroupId":["$"]})", group))["SecurityGroupReferenceSet"]
                  .elements()
                  .empty());
  EXPECT_TRUE(
      Ok("DescribeStaleSecurityGroups", With(R"({"VpcId":"$"})", vpc))["StaleSecurityGroupSet"].elements().empty());
  EXPECT_TRUE(Fault("DescribeSecurityGroupReferences", R"({"GroupId":["sg-1"]})").starts_with("InvalidGroup.NotFound"));
  EXPECT_TRUE(Fault("GetSecurityGroupsForVpc", R"({"VpcId":"vpc-1"})").starts_with("InvalidVpcID.NotFound"));
}

TEST_F(NetworkTest, AnImagesAttributesAreItsOwners) {
  const std::string image(Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"].Text());
  const std::string input = With(R"({"ImageId":"$","Attribute":"launchPermission"})", image);
  for (const char* operation : {"DescribeImageAttribute", "ModifyImageAttribute", "ResetImageAttribute"}) {
    EXPECT_EQ(Fault(operation, input), "AuthFailure: Not authorized for image:" + image);
    EXPECT_TRUE(
        Fault(operation, R"({"ImageId":"ami-1","Attribute":"launchPermission"})").starts_with("InvalidAMIID.NotFound"));
  }
}

TEST_F(NetworkTest, AVpcGoesOnlyWhenItIsEmpty) {
  const std::string vpc = Vpc("10.0.0.0/16");
  const std::string subnet = Subnet(vpc, "10.0.1.0/24");
  const std::string gateway = Made("CreateInternetGateway", "{}", "InternetGateway", "InternetGatewayId");
  const std::string both = With(R"({"InternetGatewayId":"$","VpcId":"@"})", gateway);
  const auto attach = both.substr(0, both.find('@')) + vpc + both.substr(both.find('@') + 1);
  Ok("AttachInternetGateway", attach);
  const std::string remove = With(R"({"VpcId":"$"})", vpc);
  const std::string busy = "DependencyViolation: The vpc '" + vpc + "' has dependencies and cannot be deleted.";
  EXPECT_EQ(Fault("DeleteVpc", remove), busy);
  Ok("DeleteSubnet", With(R"({"SubnetId":"$"})", subnet));
  EXPECT_EQ(Fault("DeleteVpc", remove), busy);
  EXPECT_EQ(Fault("AttachInternetGateway", attach).substr(0, 27), "Resource.AlreadyAssociated:");
  Ok("DetachInternetGateway", attach);
  EXPECT_EQ(Fault("DetachInternetGateway", attach).substr(0, 20), "Gateway.NotAttached:");
  Ok("DeleteInternetGateway", With(R"({"InternetGatewayId":"$"})", gateway));
  Ok("DeleteVpc", remove);
  EXPECT_EQ(Fault("DeleteVpc", remove), "InvalidVpcID.NotFound: The vpc ID '" + vpc + "' does not exist");
  EXPECT_EQ(Ok("DescribeRouteTables", "{}")["RouteTables"].elements().size(), 1u) << "its main table went with it";
}

TEST_F(NetworkTest, TheDefaultVpcStaysDeletedUntilItIsMadeAgain) {
  const std::string vpc(Ok("DescribeVpcs", "{}")["Vpcs"].elements().at(0)["VpcId"].Text());
  for (const Value& subnet : Ok("DescribeSubnets", "{}")["Subnets"].elements()) {
    Ok("DeleteSubnet", With(R"({"SubnetId":"$"})", std::string(subnet["SubnetId"].Text())));
  }
  const std::string gateway(
      Ok("DescribeInternetGateways", "{}")["InternetGateways"].elements().at(0)["InternetGatewayId"].Text());
  Ok("DetachInternetGateway", R"({"InternetGatewayId":")" + gateway + R"(","VpcId":")" + vpc + R"("})");
  Ok("DeleteVpc", With(R"({"VpcId":"$"})", vpc));
  EXPECT_EQ(Ok("DescribeVpcs", "{}")["Vpcs"].elements().size(), 0u);
  EXPECT_EQ(Fault("CreateSecurityGroup", R"({"GroupName":"g","Description":"d"})"),
            "VPCIdNotSpecified: No default VPC for this user");
  EXPECT_TRUE(Ok("CreateDefaultVpc", "{}")["Vpc"]["IsDefault"].Boolean());
  EXPECT_EQ(Ok("DescribeSubnets", "{}")["Subnets"].elements().size(), 6u);
}

TEST_F(NetworkTest, RangesAreChecked) {
  EXPECT_EQ(Fault("CreateVpc", R"({"CidrBlock":"10.0.0.0/8"})"), "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.");
  EXPECT_EQ(Fault("CreateVpc", R"({"CidrBlock":"ten"})").substr(0, 22), "InvalidParameterValue:");
  EXPECT_EQ(Fault("CreateVpc", "{}").substr(0, 17), "MissingParameter:");
  const std::string vpc = Vpc("10.0.0.0/16");
  Subnet(vpc, "10.0.0.0/24");
  const auto subnet = [&](std::string_view cidr) {
    return Fault("CreateSubnet", With(R"({"VpcId":"$","CidrBlock":")" + std::string(cidr) + R"("})", vpc));
  };
  EXPECT_EQ(subnet("10.0.0.128/25"), "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet");
  EXPECT_EQ(subnet("10.1.0.0/24"), "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.");
  EXPECT_EQ(subnet("10.0.1.0/29"), "InvalidSubnet.Range: The CIDR '10.0.1.0/29' is invalid.");
}

TEST_F(NetworkTest, RoutesLeadSomewhereInTheirNetwork) {
  const std::string vpc = Vpc("10.0.0.0/16");
  const std::string subnet = Subnet(vpc, "10.0.0.0/24");
  const std::string table = Made("CreateRouteTable", With(R"({"VpcId":"$"})", vpc), "RouteTable", "RouteTableId");
  const std::string others(
      Ok("DescribeInternetGateways", "{}")["InternetGateways"].elements().at(0)["InternetGatewayId"].Text());
  const auto route = [&](const std::string& gateway) {
    return R"({"RouteTableId":")" + table + R"(","DestinationCidrBlock":"0.0.0.0/0","GatewayId":")" + gateway + R"("})";
  };
  EXPECT_EQ(Fault("CreateRoute", route(others)), "InvalidParameterValue: route table " + table +
                                                     " and network gateway " + others +
                                                     " belong to different networks");
  const std::string gateway = Made("CreateInternetGateway", "{}", "InternetGateway", "InternetGatewayId");
  const std::string attach = R"({"InternetGatewayId":")" + gateway + R"(","VpcId":")" + vpc + R"("})";
  Ok("AttachInternetGateway", attach);
  EXPECT_TRUE(Ok("CreateRoute", route(gateway))["Return"].Boolean());
  EXPECT_EQ(Fault("CreateRoute", route(gateway)),
            "RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.");
  Ok("DetachInternetGateway", attach);
  const Value described = Ok("DescribeRouteTables", With(R"({"RouteTableIds":["$"]})", table))["RouteTables"];
  EXPECT_EQ(described.elements().at(0)["Routes"].elements().at(1)["State"].Text(), "blackhole");
  const std::string local = R"({"RouteTableId":")" + table + R"(","DestinationCidrBlock":"10.0.0.0/16"})";
  EXPECT_EQ(Fault("DeleteRoute", local),
            "InvalidParameterValue: cannot remove local route 10.0.0.0/16 in route table " + table);
  const Value associated =
      Ok("AssociateRouteTable", R"({"RouteTableId":")" + table + R"(","SubnetId":")" + subnet + R"("})");
  EXPECT_EQ(Fault("DeleteRouteTable", With(R"({"RouteTableId":"$"})", table)).substr(0, 20), "DependencyViolation:");
  Ok("DisassociateRouteTable", With(R"({"AssociationId":"$"})", std::string(associated["AssociationId"].Text())));
  Ok("DeleteRouteTable", With(R"({"RouteTableId":"$"})", table));
}

TEST_F(NetworkTest, AttributesAreKept) {
  const std::string vpc = Vpc("10.0.0.0/16");
  const std::string ask = With(R"({"VpcId":"$","Attribute":"enableDnsHostnames"})", vpc);
  EXPECT_FALSE(Ok("DescribeVpcAttribute", ask)["EnableDnsHostnames"]["Value"].Boolean(true));
  Ok("ModifyVpcAttribute", With(R"({"VpcId":"$","EnableDnsHostnames":{"Value":true}})", vpc));
  EXPECT_TRUE(Ok("DescribeVpcAttribute", ask)["EnableDnsHostnames"]["Value"].Boolean());
  const std::string subnet = Subnet(vpc, "10.0.0.0/24");
  Ok("ModifySubnetAttribute", With(R"({"SubnetId":"$","MapPublicIpOnLaunch":{"Value":true}})", subnet));
  EXPECT_TRUE(Ok("DescribeSubnets", With(R"({"SubnetIds":["$"]})", subnet))["Subnets"]
                  .elements()
                  .at(0)["MapPublicIpOnLaunch"]
                  .Boolean());
}

}  // namespace
}  // namespace opentrail::services::ec2
