"""A running account for the end-to-end tests: opentrail serve on a free port, the aws CLI and boto3 pointed at it."""

import configparser
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from opentrail_case import OPENTRAIL, OpentrailCase, ROOT

CLIENTS = Path(os.environ.get("OPENTRAIL_CLIENTS", ROOT / ".deps" / "clients"))

REGION = "us-east-1"
START_SECONDS = 30
REFUSED = 254  # the CLI's exit code where the service answered an error


def policy_text(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trail_bucket_policy(bucket, account, trail_arn):
    """The two statements that the console writes for a trail's bucket."""
    return policy_text(
        {"Sid": "AWSCloudTrailAclCheck20150319", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
         "Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{bucket}", "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}}},
        {"Sid": "AWSCloudTrailWrite20150319", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
         "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/{account}/*",
         "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail_arn}}})


def trail_key_policy(account):
    """What a trail's KMS key must allow."""
    return policy_text(
        {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
         "Action": "kms:*", "Resource": "*"},
        {"Sid": "Allow CloudTrail to encrypt logs", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
         "Action": "kms:GenerateDataKey*", "Resource": "*",
         "Condition": {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{account}:trail/*"}}},
        {"Sid": "Allow CloudTrail to describe key", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
         "Action": "kms:DescribeKey", "Resource": "*"})


class Server:
    """opentrail serve over one data directory; can be stopped, killed and started again, on the same port."""

    def __init__(self, data, *options):
        self.data = data
        # Where a test does not ask for hosts of this machine, instances are records.
        self.options = options if "--instances" in options else ("--instances", "records", *options)
        self.prefix = ()  # of its command
        self.process = None
        self.port = None

    def start(self):
        if self.process is not None:
            self.log.close()
        self.log = open(self.data.parent / f"{self.data.name}.log", "ab")
        self.process = subprocess.Popen([*self.prefix, str(OPENTRAIL), "serve", "--data", str(self.data), "--port", str(self.port or 0), *self.options],
                                        stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                state = json.loads((self.data / "server.json").read_text())
                if state["pid"] == self.process.pid:
                    self.port = state["port"]
                    return self
            except (OSError, ValueError):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError("the server did not start:\n" + (self.data.parent / f"{self.data.name}.log").read_text()[-3000:])

    def stop(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=30)
        self.log.close()
        return code

    @property
    def endpoint(self):
        return f"https://localhost:{self.port}"

    @property
    def ca(self):
        return str(self.data / "tls" / "ca.pem")

    def root_keys(self):
        profile = configparser.ConfigParser()
        profile.read(self.data / "root-credentials")
        section = profile[profile.sections()[0]]
        return section["aws_access_key_id"], section["aws_secret_access_key"]


class AccountCase(OpentrailCase):
    """Each class has an account of its own."""

    server_options = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(cls.scratch / "data", *cls.server_options).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        super().tearDownClass()

    @classmethod
    def client(cls, service, keys=None, region=REGION, token=None, **config):
        boto3 = need_boto3()
        from botocore.config import Config  # pylint: disable=import-outside-toplevel
        access, secret = keys or cls.server.root_keys()
        session = boto3.session.Session(aws_access_key_id=access, aws_secret_access_key=secret, aws_session_token=token,
                                        region_name=region)
        return session.client(service, endpoint_url=cls.server.endpoint, verify=cls.server.ca,
                              config=Config(retries={"max_attempts": 0}, parameter_validation=False, **config))

    @classmethod
    def aws(cls, *arguments, keys=None, region=REGION, code=0, cwd=None, text=True):
        """`opentrail aws ...`: the installed CLI against the server. The CLI's output, stripped."""
        if shutil.which("aws") is None:
            raise unittest.SkipTest("no aws CLI: apt-get install awscli")
        access, secret = keys or cls.server.root_keys()
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": region,
                       "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_PAGER": ""}
        environment.pop("AWS_PROFILE", None)
        done = subprocess.run([str(OPENTRAIL), "aws", "--data", str(cls.server.data), "--", *map(str, arguments)],
                              capture_output=True, text=text, env=environment, cwd=cwd, timeout=180, check=False)
        if done.returncode != code and not (code == REFUSED and done.returncode == 255):  # the CLI's version 1
            raise AssertionError(f"aws {arguments} gave {done.returncode}, expected {code}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout.strip() if code == 0 else done.stderr.strip()

    def events(self, **filters):
        """The events of the history that have these top-level members, newest first."""
        trail = self.client("cloudtrail")
        deadline = time.monotonic() + 30
        while True:
            found = []
            for page in trail.get_paginator("lookup_events").paginate(
                    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": filters["eventName"]}]):
                found += [json.loads(event["CloudTrailEvent"]) for event in page["Events"]]
            found = [event for event in found if all(event.get(key) == value for key, value in filters.items())]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.05)


def prefer_pinned_boto3():
    """The pinned boto3 where it was fetched: Debian's is older than some of what tests ask for."""
    if (CLIENTS / "python" / "boto3").is_dir() and "boto3" not in sys.modules:
        sys.path.insert(0, str(CLIENTS / "python"))


def need_boto3():
    try:
        import boto3  # pylint: disable=import-outside-toplevel
        return boto3
    except ImportError as error:
        raise unittest.SkipTest("no boto3: apt-get install python3-boto3") from error
