#!/usr/bin/env python3
"""What a user may do and what it did: IAM's last accessed details and credential report, out of calls that were made."""

import csv
import io
import time

from account_case import AccountCase, need_boto3, policy_text, prefer_pinned_boto3
from opentrail_case import main

prefer_pinned_boto3()


class LastAccessed(AccountCase):
    def time_of(self, name, region):
        """When the event history of the region says that it was called."""
        trail = self.client("cloudtrail", region=region)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}])["Events"]
            if found:
                return found[0]["EventTime"]
            time.sleep(0.05)
        raise AssertionError(f"no {name} in {region}")

    def test_calls_are_found_again(self):
        need_boto3()
        iam = self.client("iam")
        arn = iam.create_user(UserName="chaos")["User"]["Arn"]
        iam.put_user_policy(UserName="chaos", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["ec2:*", "s3:*", "kms:*"], "Resource": "*"}))
        made = iam.create_access_key(UserName="chaos")["AccessKey"]
        keys = made["AccessKeyId"], made["SecretAccessKey"]
        self.client("ec2", keys, region="eu-west-1").describe_key_pairs()
        self.client("s3", keys).list_buckets()

        job = iam.generate_service_last_accessed_details(Arn=arn, Granularity="ACTION_LEVEL")["JobId"]
        report = iam.get_service_last_accessed_details(JobId=job)
        self.assertEqual(report["JobStatus"], "COMPLETED")
        services = {each["ServiceNamespace"]: each for each in report["ServicesLastAccessed"]}
        self.assertEqual(sorted(services), ["ec2", "kms", "s3"])
        called = self.time_of("DescribeKeyPairs", "eu-west-1")
        self.assertEqual(services["ec2"]["LastAuthenticated"].replace(microsecond=0), called)
        self.assertEqual(services["ec2"]["LastAuthenticatedRegion"], "eu-west-1")
        self.assertEqual(services["ec2"]["LastAuthenticatedEntity"], arn)
        self.assertNotIn("LastAuthenticated", services["kms"])
        self.assertIn("LastAuthenticated", services["s3"])
        used = [each["ActionName"] for each in services["ec2"]["TrackedActionsLastAccessed"] if "LastAccessedTime" in each]
        self.assertEqual(used, ["DescribeKeyPairs"])
        self.assertTrue(self.events(eventName="GenerateServiceLastAccessedDetails")[0]["readOnly"])

        iam.generate_credential_report()
        rows = list(csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode())))
        chaos = next(row for row in rows if row["user"] == "chaos")
        self.assertEqual(chaos["access_key_1_active"], "true")
        self.assertIn(chaos["access_key_1_last_used_service"], ("ec2", "s3"))


if __name__ == "__main__":
    main()
