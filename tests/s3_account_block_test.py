#!/usr/bin/env python3
"""The account's public access block: what it closes no bucket's policy opens, and its calls are in the trail."""

import json
import shutil
import unittest
import urllib.error
import urllib.request

from account_case import AccountCase, REGION, need_boto3, policy_text, prefer_pinned_boto3
from opentrail_case import main

prefer_pinned_boto3()
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


class AccountBlock(AccountCase):
    def setUp(self):
        self.s3 = self.client("s3")
        self.account = self.client("sts").get_caller_identity()["Account"]

    def control(self, keys=None):
        """At AWS's own host name, which the server answers as a proxy does."""
        from botocore.config import Config  # pylint: disable=import-outside-toplevel
        access, secret = keys or self.server.root_keys()
        return need_boto3().client("s3control", region_name=REGION, aws_access_key_id=access, aws_secret_access_key=secret,
                                   verify=self.server.ca, config=Config(proxies={"https": f"http://localhost:{self.server.port}"}))

    def bucket(self, name):
        self.s3.create_bucket(Bucket=name)
        self.s3.delete_public_access_block(Bucket=name)
        self.s3.put_object(Bucket=name, Key="k", Body=b"open")
        return policy_text({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"})

    def public_read(self, bucket):
        """The status that somebody without credentials gets."""
        import ssl  # pylint: disable=import-outside-toplevel
        context = ssl.create_default_context(cafile=self.server.ca)
        try:
            with urllib.request.urlopen(f"{self.server.endpoint}/{bucket}/k", context=context) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def refused(self, code, call, **arguments):
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def test_it_holds_for_every_bucket(self):
        control = self.control()
        self.refused("NoSuchPublicAccessBlockConfiguration", control.get_public_access_block, AccountId=self.account)
        policy = self.bucket("wide-open")
        self.s3.put_bucket_policy(Bucket="wide-open", Policy=policy)
        self.assertEqual(self.public_read("wide-open"), 200)
        put = control.put_public_access_block(AccountId=self.account, PublicAccessBlockConfiguration=CLOSED)
        self.assertEqual(control.get_public_access_block(AccountId=self.account)["PublicAccessBlockConfiguration"], CLOSED)
        self.assertEqual(self.public_read("wide-open"), 403)
        policy = self.bucket("later")
        self.refused("AccessDenied", self.s3.put_bucket_policy, Bucket="later", Policy=policy)
        control.delete_public_access_block(AccountId=self.account)
        self.assertEqual(self.public_read("wide-open"), 200)
        record = self.events(eventName="PutAccountPublicAccessBlock", requestID=put["ResponseMetadata"]["RequestId"])[0]
        self.assertEqual(record["eventSource"], "s3.amazonaws.com")
        self.assertTrue(record["managementEvent"])
        self.assertFalse(record["readOnly"])
        self.assertIsNone(record["responseElements"])
        sent = record["requestParameters"]["PublicAccessBlockConfiguration"]
        self.assertEqual(sent, {**CLOSED, "xmlns": "http://awss3control.amazonaws.com/doc/2018-08-20/"})
        self.assertTrue(self.events(eventName="GetAccountPublicAccessBlock", errorCode="NoSuchPublicAccessBlockConfiguration"))
        self.assertTrue(self.events(eventName="DeleteAccountPublicAccessBlock"))

    def test_it_takes_a_right_of_its_own(self):
        iam = self.client("iam")
        iam.create_user(UserName="auditor")
        iam.put_user_policy(UserName="auditor", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["s3:GetAccountPublicAccessBlock", "s3:PutBucketPublicAccessBlock"], "Resource": "*"}))
        key = iam.create_access_key(UserName="auditor")["AccessKey"]
        auditor = self.control((key["AccessKeyId"], key["SecretAccessKey"]))
        self.refused("AccessDenied", auditor.put_public_access_block, AccountId=self.account, PublicAccessBlockConfiguration=CLOSED)
        self.refused("AccessDenied", auditor.delete_public_access_block, AccountId=self.account)
        self.refused("NoSuchPublicAccessBlockConfiguration", auditor.get_public_access_block, AccountId=self.account)
        self.refused("AccessDenied", self.control().get_public_access_block, AccountId="210987654321")
        self.refused("NotImplemented", self.control().list_access_points, AccountId=self.account)

    def test_the_cli_finds_it_by_its_host(self):
        if shutil.which("aws") is None:
            raise unittest.SkipTest("no aws CLI")
        self.aws("s3control", "put-public-access-block", "--account-id", self.account, "--public-access-block-configuration",
                 "BlockPublicPolicy=true")
        shown = json.loads(self.aws("s3control", "get-public-access-block", "--account-id", self.account, "--output", "json"))
        self.assertTrue(shown["PublicAccessBlockConfiguration"]["BlockPublicPolicy"])
        self.aws("s3control", "delete-public-access-block", "--account-id", self.account)
        record = self.events(eventName="DeleteAccountPublicAccessBlock")[0]
        self.assertEqual(record["requestParameters"]["Host"], f"{self.account}.s3-control.us-east-1.amazonaws.com")


if __name__ == "__main__":
    main()
