#!/usr/bin/env python3
"""`aws cloudtrail validate-logs` over what the account delivered: whole, and after each kind of tampering."""

import gzip
import json
import time

from account_case import AccountCase, trail_bucket_policy
from opentrail_case import main

BUCKET = "validated"


class ValidateLogs(AccountCase):
    server_options = ("--delivery-interval", "0.5", "--digest-interval", "4")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.trail = cls.client("cloudtrail")
        account = cls.client("sts").get_caller_identity()["Account"]
        cls.s3.create_bucket(Bucket=BUCKET)
        arn = f"arn:aws:cloudtrail:us-east-1:{account}:trail/checked"
        cls.s3.put_bucket_policy(Bucket=BUCKET, Policy=trail_bucket_policy(BUCKET, account, arn))
        cls.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        cls.arn = cls.trail.create_trail(Name="checked", S3BucketName=BUCKET, EnableLogFileValidation=True)["TrailARN"]
        cls.trail.start_logging(Name="checked")
        cls.wait_for_digests()

    @classmethod
    def keys(cls, part):
        pages = cls.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", []) if f"/{part}/" in item["Key"])

    @classmethod
    def wait_for_digests(cls):
        """Until three digests stand, at least two of them with log files."""
        iam = cls.client("iam")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            iam.create_user(UserName=f"u{time.monotonic_ns()}")
            digests = [cls.digest(key) for key in cls.keys("CloudTrail-Digest")]
            if sum(1 for digest in digests if digest["logFiles"]) >= 2 and len(digests) >= 3:
                cls.trail.stop_logging(Name="checked")  # the final digest
                return
            time.sleep(0.3)
        raise AssertionError("no digests arrived")

    @classmethod
    def digest(cls, key):
        return json.loads(gzip.decompress(cls.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))

    def validate(self, code=0):
        import os, shutil, subprocess, unittest  # pylint: disable=import-outside-toplevel,multiple-imports
        from opentrail_case import OPENTRAIL  # pylint: disable=import-outside-toplevel
        if shutil.which("aws") is None:
            raise unittest.SkipTest("no aws CLI: apt-get install awscli")
        access, secret = self.server.root_keys()
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1"}
        done = subprocess.run([str(OPENTRAIL), "aws", "--data", str(self.server.data), "--", "cloudtrail", "validate-logs", "--trail-arn",
                               self.arn, "--start-time", "2020-01-01T00:00:00Z", "--verbose"], capture_output=True, text=True,
                              env=environment, timeout=180, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def tampered(self, change):
        """Validates after `change`, then takes it back: the bucket keeps versions."""
        before = {version["Key"]: version["VersionId"] for version in self.s3.list_object_versions(Bucket=BUCKET).get("Versions", [])
                  if version["IsLatest"]}
        change()
        try:
            return self.validate(code=1)
        finally:
            listing = self.s3.list_object_versions(Bucket=BUCKET)
            for version in listing.get("Versions", []) + listing.get("DeleteMarkers", []):
                if before.get(version["Key"]) != version["VersionId"]:
                    self.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])

    def read(self, key):
        return self.s3.get_object(Bucket=BUCKET, Key=key)

    def replace(self, key, body, metadata=None):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=metadata or {})

    def listed_log(self):
        return next(entry["s3Object"] for key in self.keys("CloudTrail-Digest") for entry in self.digest(key)["logFiles"])

    def test_untouched(self):
        text = self.validate()
        self.assertRegex(text, r"(\d+)/\1 digest files valid")
        self.assertRegex(text, r"(\d+)/\1 log files valid")

    def test_changed_byte_of_a_log(self):
        key = self.listed_log()
        plain = gzip.decompress(self.read(key)["Body"].read())
        changed = plain.replace(b'"eventName":"', b'"eventName":"X', 1)
        self.assertNotEqual(changed, plain)
        text = self.tampered(lambda: self.replace(key, gzip.compress(changed)))
        self.assertIn(f"s3://{BUCKET}/{key}\tINVALID: hash value doesn't match", text)

    def test_deleted_log(self):
        key = self.listed_log()
        text = self.tampered(lambda: self.s3.delete_object(Bucket=BUCKET, Key=key))
        self.assertIn(f"s3://{BUCKET}/{key}\tINVALID: not found", text)

    def test_changed_digest(self):
        key = self.keys("CloudTrail-Digest")[1]
        got = self.read(key)
        changed = dict(self.digest(key), oldestEventTime="2021-01-01T00:00:00Z")
        text = self.tampered(lambda: self.replace(key, gzip.compress(json.dumps(changed).encode()), got["Metadata"]))
        self.assertIn(f"s3://{BUCKET}/{key}\tINVALID: signature verification failed", text)

    def test_deleted_digest(self):
        key = self.keys("CloudTrail-Digest")[1]
        text = self.tampered(lambda: self.s3.delete_object(Bucket=BUCKET, Key=key))
        self.assertIn(f"s3://{BUCKET}/{key}\tINVALID: not found", text)

    def test_swapped_digests(self):
        one, two = self.keys("CloudTrail-Digest")[:2]
        first, second = self.read(one), self.read(two)
        bodies = first["Body"].read(), second["Body"].read()

        def swap():
            self.replace(one, bodies[1], second["Metadata"])
            self.replace(two, bodies[0], first["Metadata"])

        self.assertIn("INVALID: has been moved from its original location", self.tampered(swap))


if __name__ == "__main__":
    main()
