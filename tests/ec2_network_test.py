#!/usr/bin/env python3
"""A network of one's own, as the tutorials build it: VPC, subnet, gateway, route, an instance with an elastic address, and
all of it taken down again. Each step is in the trail."""

import shutil
import subprocess

from account_case import AccountCase
from opentrail_case import main


class Ec2NetworkTest(AccountCase):
    def record_of(self, answer, name):
        found = self.events(eventName=name, requestID=answer["ResponseMetadata"]["RequestId"])
        self.assertEqual(len(found), 1, name)
        return found[0]

    def test_build_use_and_remove(self):
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "lab"}]}])
        vpc_id = vpc["Vpc"]["VpcId"]
        self.assertEqual(self.record_of(vpc, "CreateVpc")["responseElements"]["vpc"]["vpcId"], vpc_id)
        subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
        gateway_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        attached = ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
        self.assertTrue(self.record_of(attached, "AttachInternetGateway")["responseElements"]["_return"])
        table_id = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"][0]["RouteTableId"]
        routed = ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)
        self.assertEqual(self.record_of(routed, "CreateRoute")["requestParameters"],
                         {"routeTableId": table_id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway_id})
        group_id = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc_id)["GroupId"]

        image = ec2.describe_images()["Images"][0]["ImageId"]
        instance = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet_id,
                                     SecurityGroupIds=[group_id])["Instances"][0]
        self.assertTrue(instance["PrivateIpAddress"].startswith("10.0.1."))
        self.assertNotIn("PublicIpAddress", instance)
        ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]], WaiterConfig={"Delay": 1})
        address = ec2.allocate_address(Domain="vpc")
        associated = ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance["InstanceId"])
        elements = self.record_of(associated, "AssociateAddress")["responseElements"]
        self.assertEqual((elements["_return"], elements["associationId"]), (True, associated["AssociationId"]))
        shown = ec2.describe_instances(Filters=[{"Name": "ip-address", "Values": [address["PublicIp"]]}])
        self.assertEqual(shown["Reservations"][0]["Instances"][0]["InstanceId"], instance["InstanceId"])

        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
        ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance["InstanceId"]], WaiterConfig={"Delay": 1})
        ec2.release_address(AllocationId=address["AllocationId"])
        ec2.delete_security_group(GroupId=group_id)
        ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
        ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
        ec2.delete_subnet(SubnetId=subnet_id)
        ec2.delete_vpc(VpcId=vpc_id)
        self.assertEqual([each["CidrBlock"] for each in ec2.describe_vpcs()["Vpcs"]], ["172.31.0.0/16"])

    def test_keys_for_putty(self):
        ec2 = self.client("ec2")
        for kind in ("rsa", "ed25519"):
            made = ec2.create_key_pair(KeyName=f"putty-{kind}", KeyType=kind, KeyFormat="ppk")
            if shutil.which("puttygen") is None:
                self.skipTest("no puttygen: apt-get install putty-tools")
            file = self.scratch / f"{kind}.ppk"
            file.write_bytes(made["KeyMaterial"].encode())
            public = subprocess.run(["puttygen", file, "-L"], capture_output=True, text=True, check=True).stdout.split()
            known = ec2.describe_key_pairs(KeyNames=[made["KeyName"]], IncludePublicKey=True)["KeyPairs"][0]["PublicKey"].split()
            self.assertEqual(public[:2], known[:2])
            # The private half too: what it signs for is what the public key says.
            subprocess.run(["puttygen", file, "-O", "private-openssh", "-o", self.scratch / kind], check=True)
            derived = subprocess.run(["ssh-keygen", "-y", "-f", self.scratch / kind], capture_output=True, text=True, check=True).stdout.split()
            self.assertEqual(derived[:2], known[:2])

    def test_a_profile_is_handed_on_only_by_who_may(self):
        iam, root = self.client("iam"), self.client("ec2")
        trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
        role = iam.create_role(RoleName="web", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.create_instance_profile(InstanceProfileName="web")
        iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
        iam.create_user(UserName="dev")
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}'
        iam.put_user_policy(UserName="dev", PolicyName="ec2", PolicyDocument=policy)
        key = iam.create_access_key(UserName="dev")["AccessKey"]
        image = root.describe_images()["Images"][0]["ImageId"]
        launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "IamInstanceProfile": {"Name": "web"}}
        ec2 = self.client("ec2", (key["AccessKeyId"], key["SecretAccessKey"]))
        with self.assertRaisesRegex(Exception, "UnauthorizedOperation.*iam:PassRole on resource: " + role):
            ec2.run_instances(**launch)
        instance = root.run_instances(**launch)["Instances"][0]
        self.assertTrue(instance["IamInstanceProfile"]["Arn"].endswith(":instance-profile/web"))
        association = root.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"][0]
        self.assertEqual(association["InstanceId"], instance["InstanceId"])
        root.disassociate_iam_instance_profile(AssociationId=association["AssociationId"])
        with self.assertRaisesRegex(Exception, "Invalid IAM Instance Profile name"):
            root.run_instances(**launch | {"IamInstanceProfile": {"Name": "none"}})


if __name__ == "__main__":
    main()
