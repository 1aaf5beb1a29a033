#!/usr/bin/env python3
"""Writes three days of the Café's CloudTrail logs, all invented, in the native layout.

  lab/sample_logs.py FOLDER

The account is quiet: people look at instances, a role reads a bucket, backups run. On the last day the user chaos, who
found an access key, looks around and opens port 22 of the web server's security group to the whole world. The same
bytes come out at every run; some events are delivered twice, as CloudTrail does at times.
"""

import gzip
import json
import random
import shutil
import sys
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

ACCOUNT = "210987654321"
REGION = "us-east-1"
START = datetime(2026, 3, 2, tzinfo=timezone.utc)
WEB_SECURITY_GROUP = "sg-0cafe0feb5ec0417a"
CONSOLE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
CLI = "aws-cli/2.28.1 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython"
SDK = "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1 lang/python#3.11.2"


class Account:
    """Makes events; everything random comes from one seeded generator."""

    def __init__(self):
        self.random = random.Random(2026)
        self.events = []

    def identifier(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def token(self, prefix, letters="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length=16):
        return prefix + "".join(self.random.choice(letters) for _ in range(length))

    def add(self, when, identity, source, name, address, agent, request=None, response=None, read_only=True, **more):
        event = {
            "eventVersion": "1.11", "userIdentity": identity, "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": source, "eventName": name, "awsRegion": REGION, "sourceIPAddress": address,
            "userAgent": agent}
        event.update({k: more.pop(k) for k in ("errorCode", "errorMessage") if k in more})
        event.update({
            "requestParameters": request, "responseElements": response, "requestID": self.identifier(),
            "eventID": self.identifier(), "readOnly": read_only, "eventType": "AwsApiCall", "managementEvent": True,
            "recipientAccountId": ACCOUNT, "eventCategory": "Management"})
        event.update(more)
        self.events.append(event)


class User:
    def __init__(self, account, name, address, agent):
        self.identity = {
            "type": "IAMUser", "principalId": account.token("AIDA"), "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
            "accountId": ACCOUNT, "accessKeyId": account.token("AKIA"), "userName": name}
        self.address = address
        self.agent = agent


def web_server_role(account):
    principal = account.token("AROA")
    return {
        "type": "AssumedRole", "principalId": f"{principal}:i-0cafe0feb5e7e1234",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/CafeWebServer/i-0cafe0feb5e7e1234", "accountId": ACCOUNT,
        "accessKeyId": account.token("ASIA"),
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "principalId": principal, "arn": f"arn:aws:iam::{ACCOUNT}:role/CafeWebServer",
                              "accountId": ACCOUNT, "userName": "CafeWebServer"},
            "attributes": {"creationDate": "2026-03-02T00:00:00Z", "mfaAuthenticated": "false"},
            "ec2RoleDelivery": "2.0"}}


def tls(host):
    return {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}


def everyday(account, people, role):
    """What happens on any day."""
    looks = [("ec2.amazonaws.com", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}),
             ("ec2.amazonaws.com", "DescribeSecurityGroups", {"securityGroupSet": {}, "securityGroupIdSet": {}, "filterSet": {}}),
             ("ec2.amazonaws.com", "DescribeAvailabilityZones", {"availabilityZoneSet": {}, "availabilityZoneIdSet": {}}),
             ("s3.amazonaws.com", "ListBuckets", None), ("iam.amazonaws.com", "ListUsers", {"maxItems": 20}),
             ("cloudtrail.amazonaws.com", "DescribeTrails", {"includeShadowTrails": True})]
    for day in range(3):
        for person in people:
            begin = START + timedelta(days=day, hours=8, minutes=account.random.randrange(90))
            sign_in(account, person, begin, mfa=person is people[0])
            for _ in range(120):
                begin += timedelta(seconds=account.random.randrange(5, 240))
                source, name, request = account.random.choice(looks)
                account.add(begin, person.identity, source, name, person.address, person.agent, request,
                            tlsDetails=tls(source.replace("amazonaws", f"{REGION}.amazonaws")), sessionCredentialFromConsole="true")
        for minute in range(0, 24 * 60, 5):
            account.add(START + timedelta(days=day, minutes=minute, seconds=7), role, "s3.amazonaws.com", "GetBucketLocation",
                        "198.51.100.20", SDK, {"bucketName": "cafe-website-media", "Host": f"s3.{REGION}.amazonaws.com"})


def sign_in(account, person, when, mfa=False, failed=False):
    identity = dict(person.identity)
    identity.pop("accessKeyId")
    more = {"errorMessage": "Failed authentication"} if failed else {}
    account.add(when, identity, "signin.amazonaws.com", "ConsoleLogin", person.address, CONSOLE, None,
                {"ConsoleLogin": "Failure" if failed else "Success"}, read_only=False,
                additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No",
                                     "MFAUsed": "Yes" if mfa else "No"}, **more)
    account.events[-1]["eventType"] = "AwsConsoleSignIn"


def open_port(account, person, when, cidr):
    permission = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipRanges": {"items": [{"cidrIp": cidr}]},
                  "ipv6Ranges": {}, "prefixListIds": {}}
    rule = {"groupOwnerId": ACCOUNT, "groupId": WEB_SECURITY_GROUP, "securityGroupRuleId": account.token("sgr-", "0123456789abcdef", 17),
            "isEgress": False, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": cidr}
    account.add(when, person.identity, "ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", person.address, person.agent,
                {"groupId": WEB_SECURITY_GROUP, "ipPermissions": {"items": [permission]}},
                {"requestId": account.identifier(), "_return": True, "securityGroupRuleSet": {"items": [rule]}}, read_only=False,
                tlsDetails=tls(f"ec2.{REGION}.amazonaws.com"))


def denied(account, person, when, source, name, action):
    account.add(when, person.identity, source, name, person.address, person.agent, None, errorCode="AccessDenied",
                errorMessage=f"User: {person.identity['arn']} is not authorized to perform: {action} because no "
                             "identity-based policy allows the " + action + " action")


def intrusion(account, sofia, chaos):
    """The last day: Sofía opens SSH for herself, makes the trail; chaos looks around and opens it for everybody."""
    noon = START + timedelta(days=2, hours=12)
    open_port(account, sofia, noon, f"{sofia.address}/32")
    account.add(noon + timedelta(minutes=4), sofia.identity, "s3.amazonaws.com", "CreateBucket", sofia.address, CONSOLE,
                {"bucketName": "monitoring4711"}, None, read_only=False,
                resources=[{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::monitoring4711"}])
    account.add(noon + timedelta(minutes=5), sofia.identity, "cloudtrail.amazonaws.com", "CreateTrail", sofia.address, CONSOLE,
                {"name": "monitor", "s3BucketName": "monitoring4711", "isMultiRegionTrail": True},
                {"name": "monitor", "s3BucketName": "monitoring4711", "trailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/monitor"},
                read_only=False)
    when = noon + timedelta(minutes=6)
    for source, name, action in (("iam.amazonaws.com", "ListUsers", "iam:ListUsers"), ("s3.amazonaws.com", "ListBuckets", "s3:ListAllMyBuckets"),
                                 ("iam.amazonaws.com", "CreateUser", "iam:CreateUser")):
        denied(account, chaos, when, source, name, action)
        when += timedelta(seconds=9)
    account.add(when, chaos.identity, "ec2.amazonaws.com", "DescribeInstances", chaos.address, chaos.agent, {"instancesSet": {}, "filterSet": {}})
    account.add(when + timedelta(seconds=4), chaos.identity, "ec2.amazonaws.com", "DescribeSecurityGroups", chaos.address, chaos.agent,
                {"securityGroupSet": {}, "securityGroupIdSet": {"items": [{"groupId": WEB_SECURITY_GROUP}]}, "filterSet": {}})
    open_port(account, chaos, when + timedelta(seconds=31), "0.0.0.0/0")


def deliver(account, folder):
    """Five minutes a file, the name as CloudTrail forms it; every 40th event is delivered once more, in the next file."""
    files = {}
    for index, event in enumerate(sorted(account.events, key=lambda e: (e["eventTime"], e["eventID"]))):
        when = datetime.strptime(event["eventTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        slot = when.replace(minute=when.minute // 5 * 5, second=0) + timedelta(minutes=5)
        files.setdefault(slot, []).append(event)
        if index % 40 == 39:
            files.setdefault(slot + timedelta(minutes=5), []).append(event)
    root = Path(folder) / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION
    if root.exists():
        shutil.rmtree(root)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    for slot, events in sorted(files.items()):
        day = root / slot.strftime("%Y/%m/%d")
        day.mkdir(parents=True, exist_ok=True)
        name = f"{ACCOUNT}_CloudTrail_{REGION}_{slot.strftime('%Y%m%dT%H%MZ')}_{account.token('', letters)}.json.gz"
        body = json.dumps({"Records": events}, separators=(",", ":"), ensure_ascii=False).encode()
        (day / name).write_bytes(gzip.compress(body, mtime=0))
    return len(files)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    account = Account()
    sofia = User(account, "sofia", "203.0.113.25", CONSOLE)
    people = [sofia] + [User(account, name, f"203.0.113.{host}", CONSOLE) for name, host in (("martha", 26), ("frank", 27), ("faythe", 28))]
    chaos = User(account, "chaos", "192.0.2.66", CLI)
    everyday(account, people, web_server_role(account))
    sign_in(account, people[2], START + timedelta(days=1, hours=7, minutes=50), failed=True)
    intrusion(account, sofia, chaos)
    files = deliver(account, sys.argv[1])
    print(f"{len(account.events)} events in {files} files under {sys.argv[1]}", file=sys.stderr)


if __name__ == "__main__":
    main()
