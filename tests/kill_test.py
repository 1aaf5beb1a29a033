#!/usr/bin/env python3
"""Nothing acknowledged is lost: the server is killed again and again under a mixed load; afterwards every answered call
is in the journal once, in the event history once and in the delivered files once, and state and records agree.
  OPENTRAIL_KILL_ROUNDS=200 tests/kill_test.py    the long run; a short one otherwise"""

import gzip
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter

from account_case import AccountCase, need_boto3
from opentrail_case import OPENTRAIL, main

ROUNDS = int(os.environ.get("OPENTRAIL_KILL_ROUNDS", "6"))
WORKERS = 6
BUCKET = "killed"


class Load(threading.Thread):
    """Calls of several services; notes what was answered, by request id."""

    def __init__(self, clients, number, answered):
        super().__init__()
        self.clients, self.number, self.answered = clients, number, answered
        self.stopping = False
        self.count = 0

    def run(self):
        try:
            while not self.stopping:
                self.one_call()
        except Exception:  # pylint: disable=broad-except
            pass  # the server was killed under it: what was answered before is noted

    def note(self, kind, name, answer):
        metadata = answer["ResponseMetadata"]
        self.answered.append((metadata["RequestId"], kind, name))

    def one_call(self):
        self.count += 1
        name = f"w{self.number}-{time.monotonic_ns()}"
        which = self.count % 4
        if which == 0:
            self.note("user", name, self.clients["iam"].create_user(UserName=name))
        elif which == 1:
            self.note("object", name, self.clients["s3"].put_object(Bucket=BUCKET, Key=f"load/{name}", Body=os.urandom(random.choice([100, 40_000]))))
        elif which == 2:
            self.note("read", name, self.clients["sts"].get_caller_identity())
        else:
            self.note("group", name, self.clients["ec2"].create_security_group(GroupName=name, Description=name))


class KillTest(AccountCase):
    server_options = ("--delivery-interval", "0.5")

    @classmethod
    def setUpClass(cls):
        need_boto3()
        super().setUpClass()
        s3 = cls.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": ["s3:GetBucketAcl", "s3:PutObject"],
             "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/AWSLogs/*"]}]}))
        trail = cls.client("cloudtrail")
        trail.create_trail(Name="all", S3BucketName=BUCKET, IsMultiRegionTrail=True)
        trail.put_event_selectors(TrailName="all", EventSelectors=[{
            "ReadWriteType": "All", "IncludeManagementEvents": True,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{BUCKET}/load/"]}]}])
        trail.start_logging(Name="all")
        cls.answered = []
        cls.clients = {service: cls.client(service, connect_timeout=2, read_timeout=5, max_pool_connections=WORKERS)
                       for service in ("iam", "s3", "ec2", "sts")}
        for _ in range(ROUNDS):
            cls.one_round()
        cls.trail = cls.client("cloudtrail")

    @classmethod
    def one_round(cls):
        workers = [Load(cls.clients, number, cls.answered) for number in range(WORKERS)]
        for worker in workers:
            worker.start()
        time.sleep(random.uniform(0.5, 1.5))
        cls.server.process.send_signal(signal.SIGKILL)
        cls.server.process.wait()
        for worker in workers:
            worker.stopping = True
        for worker in workers:
            worker.join()
        cls.server.start()

    def journal(self):
        done = subprocess.run([OPENTRAIL, "journal", "--data", self.server.data], capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def delivered(self, wanted):
        """Counts of request ids in the delivered files, once all that are wanted have come."""
        s3 = self.client("s3")
        deadline = time.monotonic() + 60
        seen, counts = set(), Counter()
        while time.monotonic() < deadline:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="AWSLogs/"):
                for item in page.get("Contents", []):
                    if item["Key"] in seen or item["Size"] == 0:
                        continue
                    seen.add(item["Key"])
                    body = gzip.decompress(s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read())
                    counts.update(record.get("requestID") for record in json.loads(body)["Records"])
            if wanted <= set(counts):
                break
            time.sleep(0.5)
        return counts

    def test_every_answered_call_is_recorded_once(self):
        self.assertGreater(len(self.answered), ROUNDS * 10, "the load did not get anywhere")
        journal = self.journal()
        events = Counter(record["eventID"] for record in journal)
        self.assertEqual([event for event, count in events.items() if count > 1], [])
        requests = Counter(record["requestID"] for record in journal)
        wrong = [(call, requests[call[0]]) for call in self.answered if requests[call[0]] != 1]
        self.assertEqual(wrong, [])

        answered = {call[0] for call in self.answered}
        counts = self.delivered(answered)
        self.assertEqual([(call, counts[call]) for call in answered if counts[call] != 1], [])

        management = {call[0] for call in self.answered if call[1] != "object"}
        history = Counter()
        for page in self.trail.get_paginator("lookup_events").paginate():
            history.update(json.loads(event["CloudTrailEvent"])["requestID"] for event in page["Events"])
        self.assertEqual([(call, history[call]) for call in management if history[call] != 1], [])

    def test_state_and_records_agree(self):
        journal = [record for record in self.journal() if "errorCode" not in record]

        def recorded(event, *path):
            names = set()
            for record in journal:
                if record["eventName"] == event:
                    value = record["requestParameters"]
                    for step in path:
                        value = value[step]
                    names.add(value)
            return names

        users = {user["UserName"] for page in self.client("iam").get_paginator("list_users").paginate() for user in page["Users"]}
        self.assertEqual(users, recorded("CreateUser", "userName"))
        groups = {group["GroupName"] for page in self.client("ec2").get_paginator("describe_security_groups").paginate()
                  for group in page["SecurityGroups"]} - {"default"}
        self.assertEqual(groups, recorded("CreateSecurityGroup", "groupName"))
        objects = {item["Key"] for page in self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="load/")
                   for item in page.get("Contents", [])}
        self.assertEqual(objects, {key for key in recorded("PutObject", "key") if key.startswith("load/")})
        for call in self.answered:
            if call[1] == "user":
                self.assertIn(call[2], users)


if __name__ == "__main__":
    main()
