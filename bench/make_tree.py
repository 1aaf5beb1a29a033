#!/usr/bin/env python3
"""Writes a tree of invented CloudTrail logs of any size, for bench/scan.

  bench/make_tree.py FOLDER EVENTS [--events-per-file N]

The same arguments give the same bytes. One event carries the access key that the needle question looks for.
"""

import argparse
import gzip
import json
import os
import random
import uuid
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

NEEDLE = "AKIANEEDLEINHAYSTACK"
START = datetime(2026, 1, 5, tzinfo=timezone.utc)
ACCOUNTS = ("111122223333", "444455556666", "777788889999")
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")
AGENTS = ("aws-cli/2.28.1 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.7",
          "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1 lang/python#3.11.2", "aws-internal/3", "ec2.amazonaws.com",
          "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12]", "HashiCorp-Terraform/1.0 (+https://www.terraform.io)")
CALLS = (("ec2", "DescribeInstances", True, {"filterSet": {"items": [{"name": "instance-state-name", "valueSet": {"items": [{"value": "running"}]}}]}, "instancesSet": {}}),
         ("ssm", "DescribeInstanceInformation", True, {"maxResults": 50, "filters": [{"key": "PingStatus", "values": ["Online"]}]}),
         ("s3", "GetObject", True, {"bucketName": "data-lake-prod", "key": "raw/2026/01/05/part-00017.parquet", "Host": "data-lake-prod.s3.amazonaws.com"}),
         ("sts", "AssumeRole", True, {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "ci-4711", "durationSeconds": 3600}),
         ("kms", "Decrypt", True, {"encryptionContext": {"aws:s3:arn": "arn:aws:s3:::data-lake-prod"}, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
         ("secretsmanager", "GetSecretValue", True, {"secretId": "prod/database/password"}),
         ("iam", "ListAttachedRolePolicies", True, {"roleName": "eks-node", "maxItems": 100}),
         ("ec2", "AuthorizeSecurityGroupIngress", False, {"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": {}, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}, "ipv6Ranges": {}, "prefixListIds": {}}]}}),
         ("lambda", "Invoke20150331", False, {"functionName": "arn:aws:lambda:us-east-1:111122223333:function:resize"}),
         ("logs", "CreateLogStream", False, {"logGroupName": "/aws/lambda/resize", "logStreamName": "2026/01/05/[$LATEST]5f2"}))
ERRORS = (None,) * 9 + ("AccessDenied",)


def identity(r, account):
    user = r.randrange(200)
    if user % 3:
        role, session = f"role-{user % 40}", f"i-{r.getrandbits(68):017x}"
        return {"type": "AssumedRole", "principalId": f"AROA{user:016d}:{session}",
                "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}", "accountId": account, "accessKeyId": f"ASIA{r.getrandbits(60):016X}",
                "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": f"AROA{user:016d}", "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account, "userName": role},
                                   "attributes": {"creationDate": "2026-01-05T00:00:00Z", "mfaAuthenticated": "false"}}}
    return {"type": "IAMUser", "principalId": f"AIDA{user:016d}", "arn": f"arn:aws:iam::{account}:user/user-{user}", "accountId": account, "accessKeyId": f"AKIA{user:016d}", "userName": f"user-{user}"}


def event(r, account, region, when, needle):
    source, name, read_only, parameters = r.choice(CALLS)
    who = identity(r, account)
    if needle:
        who["accessKeyId"] = NEEDLE
    error = r.choice(ERRORS)
    made = {"eventVersion": "1.11", "userIdentity": who, "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "eventSource": f"{source}.amazonaws.com",
            "eventName": name, "awsRegion": region, "sourceIPAddress": f"198.51.{r.randrange(100)}.{r.randrange(256)}", "userAgent": r.choice(AGENTS)}
    if error:
        made["errorCode"] = error
        made["errorMessage"] = f"User: {who['arn']} is not authorized to perform: {source}:{name} because no identity-based policy allows the {source}:{name} action"
    made.update({"requestParameters": parameters, "responseElements": None if read_only else {"_return": True, "requestId": str(uuid.UUID(int=r.getrandbits(128)))},
                 "requestID": str(uuid.UUID(int=r.getrandbits(128))), "eventID": str(uuid.UUID(int=r.getrandbits(128))), "readOnly": read_only, "eventType": "AwsApiCall",
                 "managementEvent": True, "recipientAccountId": account, "eventCategory": "Management",
                 "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": f"{source}.{region}.amazonaws.com"}})
    return made


def write_file(task):
    folder, index, count, needle = task
    r = random.Random(index)
    account, region = ACCOUNTS[index % 3], REGIONS[index // 3 % 4]
    when = START + timedelta(minutes=5 * (index // 12))
    events = [event(r, account, region, when + timedelta(seconds=i * 300 // count), needle and i == count // 2) for i in range(count)]
    day = Path(folder) / "AWSLogs" / account / "CloudTrail" / region / when.strftime("%Y/%m/%d")
    day.mkdir(parents=True, exist_ok=True)
    name = f"{account}_CloudTrail_{region}_{when.strftime('%Y%m%dT%H%MZ')}_{index:016d}.json.gz"
    (day / name).write_bytes(gzip.compress(json.dumps({"Records": events}, separators=(",", ":")).encode(), 6, mtime=0))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("events", type=int)
    parser.add_argument("--events-per-file", type=int, default=400)
    options = parser.parse_args()
    files = max(1, options.events // options.events_per_file)
    tasks = [(options.folder, i, options.events_per_file, i == files // 2) for i in range(files)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done, _ in enumerate(pool.map(write_file, tasks, chunksize=64)):
            if done % 500 == 0:
                print(f"\r{done} of {files} files", end="", flush=True)
    print(f"\r{files} files, {files * options.events_per_file} events")


if __name__ == "__main__":
    main()
