#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"

// An instance's network interface, which comes with it and goes with it.
namespace opentrail::services::ec2 {
namespace {

constexpr FilterPath kInterfaceFilters[] = {{"addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
                                            {"association.public-ip", "Association.PublicIp"},
                                            {"attachment.instance-id", "Attachment.InstanceId"},
                                            {"attachment.status", "Attachment.Status"},
                                            {"availability-zone", "AvailabilityZone"},
                                            {"description", "Description"},
                                            {"group-id", "Groups.GroupId"},
                                            {"group-name", "Groups.GroupName"},
                                            {"interface-type", "InterfaceType"},
                                            {"network-interface-id", "NetworkInterfaceId"},
                                            {"owner-id", "OwnerId"},
                                            {"private-ip-address", "PrivateIpAddress"},
                                            {"private-dns-name", "PrivateDnsName"},
                                            {"status", "Status"},
                                            {"subnet-id", "SubnetId"},
                                            {"vpc-id", "VpcId"}};

// The interface as its instance shows it, and what is shown of one alone.
Value DescribeInterface(const Call& call, const Instance& instance, store::Connection& state) {
  const Value shown = DescribeInstance(call, instance, state);
  Value value = shown["NetworkInterfaces"].elements().front();
  value.At("Attachment").Set("InstanceId", instance.id).Set("InstanceOwnerId", call.account_id);
  Value address = Value::Object({{"Primary", true}, {"PrivateIpAddress", instance.private_ip}});
  if (shown.Has("PublicIpAddress")) {
    Value association = Value::Object(
        {{"IpOwnerId", "amazon"}, {"PublicDnsName", shown["PublicDnsName"]}, {"PublicIp", shown["PublicIpAddress"]}});
    value.Set("Association", association);
    address.Set("Association", std::move(association));
  }
  return value.Set("AvailabilityZone", instance.zone)
      .Set("Description", "")
      .Set("PrivateDnsName", shown["PrivateDnsName"])
      .Set("PrivateIpAddresses", Value::List({std::move(address)}))
      .Set("RequesterManaged", false)
      .Set("TagSet", TagsOf(state, instance.interface_id));
}

}  // namespace

AwsResult<Reply> DescribeNetworkInterfaces(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Value::Elements all;
  for (const Instance& instance : AllInstances(state, call.region, call.now)) {
    if (StateAt(instance, call.now).code != kTerminated.code) all.push_back(DescribeInterface(call, instance, state));
  }
  if (auto found = SelectIds(call.input["NetworkInterfaceIds"], "NetworkInterfaceId",
                             "InvalidNetworkInterfaceID.NotFound", "networkInterface ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"NetworkInterfaces", kInterfaceFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
