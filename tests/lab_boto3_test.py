#!/usr/bin/env python3
"""The exercise of the hacked café with boto3: the same account, the other client."""

import gzip
import json
import time

from account_case import REFUSED, AccountCase, need_boto3, trail_bucket_policy, trail_key_policy
from opentrail_case import main

BUCKET = "monitoring4712"


class CafeByBoto3(AccountCase):
    server_options = ("--delivery-interval", "1")

    @classmethod
    def setUpClass(cls):
        need_boto3()
        super().setUpClass()
        cls.ec2, cls.iam, cls.s3, cls.trail = (cls.client(name) for name in ("ec2", "iam", "s3", "cloudtrail"))
        cls.account = cls.client("sts").get_caller_identity()["Account"]

    def refused(self, code, call, **arguments):
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def start_trail(self):
        self.s3.create_bucket(Bucket=BUCKET)
        self.refused("InsufficientS3BucketPolicyException", self.trail.create_trail, Name="monitor", S3BucketName=BUCKET)
        arn = f"arn:aws:cloudtrail:us-east-1:{self.account}:trail/monitor"
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=trail_bucket_policy(BUCKET, self.account, arn))
        kms = self.client("kms")
        key = kms.create_key(Policy=trail_key_policy(self.account))["KeyMetadata"]
        kms.create_alias(AliasName="alias/kc-KMS", TargetKeyId=key["KeyId"])
        made = self.trail.create_trail(Name="monitor", S3BucketName=BUCKET, KmsKeyId="alias/kc-KMS", IsMultiRegionTrail=True,
                                       EnableLogFileValidation=True)
        self.assertEqual((made["TrailARN"], made["KmsKeyId"]), (arn, key["Arn"]))
        self.trail.start_logging(Name="monitor")
        self.assertTrue(self.trail.get_trail_status(Name="monitor")["IsLogging"])

    def chaos(self):
        self.iam.create_user(UserName="chaos")
        self.iam.attach_user_policy(UserName="chaos", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        key = self.iam.create_access_key(UserName="chaos")["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def delivered(self, wanted):
        """The record of the delivered files that `wanted` takes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"AWSLogs/{self.account}/CloudTrail/"):
                for item in page.get("Contents", []):
                    got = self.s3.get_object(Bucket=BUCKET, Key=item["Key"])
                    self.assertEqual(got["ServerSideEncryption"], "aws:kms")
                    for record in json.loads(gzip.decompress(got["Body"].read()))["Records"]:
                        if wanted(record):
                            return record
            time.sleep(0.5)
        raise AssertionError("the log did not arrive")

    def test_the_exercise(self):
        self.start_trail()
        group = self.ec2.create_security_group(GroupName="WebSecurityGroup", Description="Web")["GroupId"]
        image = self.ec2.describe_images()["Images"][0]["ImageId"]
        self.ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SecurityGroupIds=[group],
                               TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "Cafe Web Server"}]}])
        keys = self.chaos()
        chaos = self.client("ec2", keys)
        message = self.refused("AccessDenied", self.client("iam", keys).list_users)
        self.assertIn("user/chaos is not authorized to perform: iam:ListUsers", message)
        ssh = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        chaos.authorize_security_group_ingress(GroupId=group, IpPermissions=ssh)
        self.refused("InvalidPermission.Duplicate", chaos.authorize_security_group_ingress, GroupId=group, IpPermissions=ssh)

        event = self.delivered(lambda record: record["eventName"] == "AuthorizeSecurityGroupIngress" and "errorCode" not in record)
        self.assertEqual((event["userIdentity"]["userName"], event["userIdentity"]["accessKeyId"]), ("chaos", keys[0]))
        self.assertIn("Boto3/", event["userAgent"])
        self.assertEqual(event["responseElements"]["securityGroupRuleSet"]["items"][0]["cidrIpv4"], "0.0.0.0/0")
        found = self.trail.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": group}])["Events"]
        self.assertIn(event["eventID"], [each["EventId"] for each in found])
        denied = self.events(eventName="ListUsers", errorCode="AccessDenied")[0]
        self.assertIsNone(denied["requestParameters"])
        used = self.iam.get_access_key_last_used(AccessKeyId=keys[0])["AccessKeyLastUsed"]
        self.assertIn(used["ServiceName"], ("ec2", "iam"))

        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=ssh)
        self.refused("DeleteConflict", self.iam.delete_user, UserName="chaos")
        self.iam.delete_access_key(UserName="chaos", AccessKeyId=keys[0])
        self.iam.detach_user_policy(UserName="chaos", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        self.iam.delete_user(UserName="chaos")
        self.refused("AuthFailure", chaos.describe_instances)

    def test_services_that_are_not_here_say_so_in_their_clients_protocol(self):
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        for service, call in (("lambda", "list_functions"), ("dynamodb", "list_tables"), ("sns", "list_topics"), ("logs", "describe_log_groups"),
                              ("guardduty", "list_detectors"), ("route53", "list_hosted_zones"), ("cloudfront", "list_distributions")):
            with self.assertRaises(ClientError, msg=service) as refused:
                getattr(self.client(service), call)()
            self.assertEqual(refused.exception.response["Error"]["Code"], "UnknownService", service)

    def test_a_region_that_does_not_exist_is_not_made_up(self):
        for service, operation, code in (("ec2", "describe_instances", "AuthFailure"), ("cloudtrail", "describe_trails", "InvalidSignatureException"),
                                         ("sts", "get_caller_identity", "SignatureDoesNotMatch")):
            for region in ("us-est-1", "eu-west-9"):
                self.refused(code, getattr(self.client(service, region=region), operation))
            getattr(self.client(service, region="ap-south-2"), operation)()
        self.assertIn("scoped to a valid region", self.aws("kms", "list-keys", region="us-est-1", code=REFUSED))

    def test_refusals_keep_the_account_whole(self):
        self.refused("InvalidParameterValue", self.ec2.describe_security_groups, MaxResults=-1)
        self.refused("InvalidAction", self.ec2.describe_fleets)
        self.refused("DryRunOperation", self.ec2.create_security_group, GroupName="dry", Description="d", DryRun=True)
        self.refused("InvalidGroup.NotFound", self.ec2.describe_security_groups, GroupNames=["dry"])
        self.refused("NoSuchBucket", self.s3.list_objects_v2, Bucket="no-such-bucket-here")
        self.refused("SignatureDoesNotMatch", self.client("iam", (self.server.root_keys()[0], "wrong")).list_users)


if __name__ == "__main__":
    main()
