#include "services/ec2/ec2_test_support.h"

namespace opentrail::services::ec2 {
namespace {

class AddressTest : public Ec2Test {
 protected:
  std::string Launch() {
    const std::string image(Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"].Text());
    const Value reservation =
        Ok("RunInstances", R"({"ImageId":")" + image + R"(","InstanceType":"t3.micro","MinCount":1,"MaxCount":1})");
    clock_.Advance(std::chrono::seconds(2));
    return std::string(reservation["Instances"].elements().at(0)["InstanceId"].Text());
  }
  std::string PublicIp(const std::string& instance) {
    const Value all = Ok("DescribeInstances", With(R"({"InstanceIds":["$"]})", instance));
    return std::string(all["Reservations"].elements().at(0)["Instances"].elements().at(0)["PublicIpAddress"].Text());
  }
  Value Associate(const std::string& allocation, const std::string& instance, std::string_view more = "") {
    return Ok("AssociateAddress", R"({"AllocationId":")" + allocation + R"(","InstanceId":")" + instance + R"(")" +
                                      std::string(more) + "}");
  }
};

TEST_F(AddressTest, AnInstanceAnswersAtItsElasticAddress) {
  const std::string instance = Launch();
  const std::string own = PublicIp(instance);
  const Value made = Ok("AllocateAddress", R"({"Domain":"vpc"})");
  const std::string allocation(made["AllocationId"].Text());
  const Value associated = Associate(allocation, instance);
  EXPECT_EQ(PublicIp(instance), made["PublicIp"].Text());
  EXPECT_EQ(Fault("ReleaseAddress", With(R"({"AllocationId":"$"})", allocation)).substr(0, 23),
            "InvalidIPAddress.InUse:");
  const Value shown = Ok("DescribeAddresses", "{}")["Addresses"].elements().at(0);
  EXPECT_EQ(shown["InstanceId"].Text(), instance);
  EXPECT_EQ(shown["AssociationId"].Text(), associated["AssociationId"].Text());
  Ok("DisassociateAddress", With(R"({"AssociationId":"$"})", std::string(associated["AssociationId"].Text())));
  EXPECT_NE(PublicIp(instance), made["PublicIp"].Text());
  EXPECT_NE(PublicIp(instance), "") << "it has one of its own again";
  Ok("ReleaseAddress", With(R"({"AllocationId":"$"})", allocation));
  EXPECT_EQ(Ok("DescribeAddresses", "{}")["Addresses"].elements().size(), 0u);
}

TEST_F(AddressTest, AnAddressMovesUnlessItMayNot) {
  const std::string first = Launch(), second = Launch();
  const Value made = Ok("AllocateAddress", "{}");
  const std::string allocation(made["AllocationId"].Text());
  Associate(allocation, first);
  EXPECT_EQ(Fault("AssociateAddress", R"({"AllocationId":")" + allocation + R"(","InstanceId":")" + second +
                                          R"(","AllowReassociation":false})")
                .substr(0, 27),
            "Resource.AlreadyAssociated:");
  Associate(allocation, second);
  EXPECT_EQ(PublicIp(second), made["PublicIp"].Text());
  EXPECT_NE(PublicIp(first), made["PublicIp"].Text());
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", second));
  EXPECT_FALSE(Ok("DescribeAddresses", "{}")["Addresses"].elements().at(0).Has("AssociationId"));
}

TEST_F(AddressTest, FiveARegionAndNoUnknownOnes) {
  for (int i = 0; i < 5; ++i) Ok("AllocateAddress", "{}");
  EXPECT_EQ(Fault("AllocateAddress", "{}"), "AddressLimitExceeded: The maximum number of addresses has been reached.");
  EXPECT_EQ(Fault("ReleaseAddress", R"({"AllocationId":"eipalloc-0"})"),
            "InvalidAllocationID.NotFound: The allocation ID 'eipalloc-0' does not exist");
  EXPECT_EQ(Fault("ReleaseAddress", R"({"PublicIp":"8.8.8.8"})"),
            "InvalidAddress.NotFound: Address '8.8.8.8' not found.");
  EXPECT_EQ(Fault("DescribeAddresses", R"({"PublicIps":["8.8.8.8"]})"),
            "InvalidAddress.NotFound: Address '8.8.8.8' not found.");
  EXPECT_EQ(Fault("ReleaseAddress", "{}").substr(0, 17), "MissingParameter:");
}

TEST_F(AddressTest, InterfacesAndVolumesAreFoundByTheirInstance) {
  const std::string instance = Launch();
  Launch();
  const std::string filter = With(R"({"Filters":[{"Name":"attachment.instance-id","Values":["$"]}]})", instance);
  const Value interfaces = Ok("DescribeNetworkInterfaces", filter)["NetworkInterfaces"];
  ASSERT_EQ(interfaces.elements().size(), 1u);
  EXPECT_EQ(interfaces.elements()[0]["Association"]["PublicIp"].Text(), PublicIp(instance));
  const Value volumes = Ok("DescribeVolumes", filter)["Volumes"];
  ASSERT_EQ(volumes.elements().size(), 1u);
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", instance));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Ok("DescribeVolumes", filter)["Volumes"].elements().size(), 0u) << "it went with its instance";
}

}  // namespace
}  // namespace opentrail::services::ec2
