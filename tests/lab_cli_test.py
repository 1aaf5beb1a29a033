#!/usr/bin/env python3
"""The exercise of the hacked café with the aws CLI, as far as the command line goes: the trail, the hack, grep,
lookup-events, Athena, and taking it back."""

import gzip
import json
import re
import subprocess
import time

from account_case import REFUSED, AccountCase, trail_bucket_policy, trail_key_policy
from athena_case import create_table
from opentrail_case import main

BUCKET = "monitoring4711"
DELIVERY_SECONDS = 2


class CafeByCommandLine(AccountCase):
    server_options = ("--delivery-interval", str(DELIVERY_SECONDS))

    def create_trail(self):
        account = self.aws("sts", "get-caller-identity", "--query", "Account", "--output", "text")
        self.aws("s3", "mb", f"s3://{BUCKET}")
        trail_arn = f"arn:aws:cloudtrail:us-east-1:{account}:trail/monitor"
        refused = self.aws("cloudtrail", "create-trail", "--name", "monitor", "--s3-bucket-name", BUCKET, code=REFUSED)
        self.assertIn("InsufficientS3BucketPolicyException", refused)
        self.aws("s3api", "put-bucket-policy", "--bucket", BUCKET, "--policy", trail_bucket_policy(BUCKET, account, trail_arn))
        key = self.aws("kms", "create-key", "--policy", trail_key_policy(account), "--query", "KeyMetadata.KeyId", "--output", "text")
        self.aws("kms", "create-alias", "--alias-name", "alias/kc-KMS", "--target-key-id", key)
        self.aws("cloudtrail", "create-trail", "--name", "monitor", "--s3-bucket-name", BUCKET, "--kms-key-id", "alias/kc-KMS",
                 "--is-multi-region-trail", "--enable-log-file-validation")
        self.aws("cloudtrail", "start-logging", "--name", "monitor")
        return account

    def web_server(self):
        group = self.aws("ec2", "create-security-group", "--group-name", "WebSecurityGroup", "--description", "Web", "--query",
                         "GroupId", "--output", "text")
        self.aws("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "80", "--cidr", "0.0.0.0/0")
        image = self.aws("ec2", "describe-images", "--query", "Images[0].ImageId", "--output", "text")
        self.aws("ec2", "run-instances", "--image-id", image, "--instance-type", "t3.micro", "--security-group-ids", group,
                 "--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=Cafe Web Server}]")
        return group

    def chaos_user(self):
        self.aws("iam", "create-user", "--user-name", "chaos")
        self.aws("iam", "attach-user-policy", "--user-name", "chaos", "--policy-arn", "arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        key = json.loads(self.aws("iam", "create-access-key", "--user-name", "chaos"))["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def fetch_logs(self, until):
        """What `aws s3 cp --recursive` and gunzip bring, once an event of that name is among it."""
        deadline = time.monotonic() + 60
        while True:
            folder = self.scratch / f"ctraillogs-{time.monotonic_ns()}"
            folder.mkdir()
            self.aws("s3", "cp", f"s3://{BUCKET}/", ".", "--recursive", cwd=folder)
            text = "".join(gzip.decompress(path.read_bytes()).decode() for path in folder.rglob("*.json.gz"))
            if until in text:
                return folder
            self.assertLess(time.monotonic(), deadline, "the log did not arrive")
            time.sleep(1)

    def statement(self, text):
        """Runs it as the exercise does, and gives the rows as the CLI prints them."""
        execution = self.aws("athena", "start-query-execution", "--query-string", text, "--query-execution-context", "Database=default",
                             "--query", "QueryExecutionId", "--output", "text")
        state = "QUEUED"
        while state in ("QUEUED", "RUNNING"):
            state = self.aws("athena", "get-query-execution", "--query-execution-id", execution, "--query", "QueryExecution.Status.State",
                             "--output", "text")
        self.assertEqual(state, "SUCCEEDED")
        return self.aws("athena", "get-query-results", "--query-execution-id", execution, "--query",
                        "ResultSet.Rows[].[Data[].VarCharValue]", "--output", "text").splitlines()

    def ask_athena(self, account):
        """Task 4: the console's table, a place for results, the queries, and the tips of the challenge."""
        self.aws("athena", "update-work-group", "--work-group", "primary", "--configuration-updates",
                 f"ResultConfigurationUpdates={{OutputLocation=s3://{BUCKET}/results/}}")
        table = f"cloudtrail_logs_{BUCKET}"
        self.statement(create_table(table, f"s3://{BUCKET}/AWSLogs/{account}/CloudTrail/"))
        self.assertEqual(self.statement("SHOW TABLES"), [table])
        self.assertEqual(len(self.statement(f"SELECT *\nFROM {table}\nLIMIT 5")), 6)
        columns = "useridentity.userName, eventtime, eventsource, eventname, requestparameters"
        self.assertEqual(self.statement(f"SELECT {columns}\nFROM {table}\nLIMIT 30")[0],
                         "userName\teventtime\teventsource\teventname\trequestparameters")
        security = self.statement(f"SELECT {columns} FROM {table} WHERE eventsource = 'ec2.amazonaws.com' AND eventname LIKE '%Security%'")
        self.assertTrue(any(row.startswith("chaos\t") and "AuthorizeSecurityGroupIngress" in row and '"fromPort":22' in row for row in security))
        culprit = self.statement(f"SELECT DISTINCT useridentity.userName, eventName, eventSource FROM {table} WHERE "
                                 "from_iso8601_timestamp(eventtime) > date_add('day', -1, now()) AND eventname = 'AuthorizeSecurityGroupIngress' "
                                 "AND json_extract_scalar(requestparameters, '$.ipPermissions.items[0].fromPort') = '22' ORDER BY eventSource")
        self.assertEqual(culprit[1:], ["chaos\tAuthorizeSecurityGroupIngress\tec2.amazonaws.com"])

    def test_the_exercise(self):
        account = self.create_trail()
        group = self.web_server()
        chaos = self.chaos_user()
        denied = self.aws("iam", "list-users", keys=chaos, code=REFUSED)
        self.assertIn(f"User: arn:aws:iam::{account}:user/chaos is not authorized to perform: iam:ListUsers", denied)
        self.aws("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0",
                 keys=chaos)

        # Task 3: the logs in the bucket, and grep.
        folder = self.fetch_logs('"fromPort":22')
        self.assertIn(BUCKET, self.aws("s3", "ls"))
        subprocess.run("find . -name '*.gz' -exec gunzip {} +", shell=True, cwd=folder, check=True)
        logs = [path for path in folder.rglob("*.json") if "Digest" not in str(path)]
        self.assertTrue(logs)
        for path in logs:
            self.assertRegex(str(path.relative_to(folder)),
                             rf"AWSLogs/{account}/CloudTrail/us-east-1/\d{{4}}/\d\d/\d\d/{account}_CloudTrail_us-east-1_\d{{8}}T\d{{4}}Z_[A-Za-z0-9]{{16}}\.json")
        grep = subprocess.run(r"for i in $(find . -name '*.json' | grep -v Digest); do echo $i && cat $i | python3 -m json.tool | grep eventName ; done",
                              shell=True, cwd=folder, capture_output=True, text=True, check=True).stdout
        self.assertIn('"eventName": "AuthorizeSecurityGroupIngress"', grep)

        # Task 3.5: lookup-events, and the group of the web server.
        self.aws("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventName,AttributeValue=ConsoleLogin")
        found = self.aws("ec2", "describe-instances", "--filters", "Name=tag:Name,Values='Cafe Web Server'", "--query",
                         "Reservations[*].Instances[*].SecurityGroups[*].[GroupId]", "--region", "us-east-1", "--output", "text")
        self.assertEqual(found, group)
        text = self.aws("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=ResourceType,AttributeValue=AWS::EC2::SecurityGroup",
                        "--region", "us-east-1", "--output", "text")
        lines = [line for line in text.splitlines() if group in line]
        self.assertTrue(any(line.startswith("EVENTS") and "AuthorizeSecurityGroupIngress" in line and "chaos" in line for line in lines))
        self.assertTrue(any(re.match(rf"RESOURCES\t{group}\tAWS::EC2::SecurityGroup", line) for line in lines))

        # Who, when, from where, how.
        event = self.events(eventName="AuthorizeSecurityGroupIngress")[0]
        self.assertEqual(event["userIdentity"]["userName"], "chaos")
        self.assertEqual(event["userIdentity"]["accessKeyId"], chaos[0])
        self.assertEqual(event["sourceIPAddress"], "127.0.0.1")
        self.assertIn("aws-cli/", event["userAgent"])
        self.assertNotIn("sessionCredentialFromConsole", event)
        self.assertEqual(event["requestParameters"]["ipPermissions"]["items"][0]["ipRanges"]["items"][0]["cidrIp"], "0.0.0.0/0")
        self.assertEqual(event["tlsDetails"]["clientProvidedHostHeader"], "ec2.us-east-1.amazonaws.com")

        # `opentrail summary` and `query` on the same tree.
        rows = self.query(folder, "SELECT useridentity.username AS who, sourceipaddress FROM cloudtrail_logs WHERE eventname = "
                                  "'AuthorizeSecurityGroupIngress' AND requestparameters LIKE '%\"fromPort\":22%'")
        self.assertEqual(rows, [{"who": "chaos", "sourceipaddress": "127.0.0.1"}])
        self.run_program("summary", "--logs", folder)

        self.ask_athena(account)

        # Task 5: take it back.
        self.aws("ec2", "revoke-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0")
        self.assertIn("DeleteConflict", self.aws("iam", "delete-user", "--user-name", "chaos", code=REFUSED))
        self.aws("iam", "delete-access-key", "--user-name", "chaos", "--access-key-id", chaos[0])
        self.aws("iam", "detach-user-policy", "--user-name", "chaos", "--policy-arn", "arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        self.aws("iam", "delete-user", "--user-name", "chaos")
        self.assertIn("AuthFailure", self.aws("ec2", "describe-instances", keys=chaos, code=REFUSED))
        ports = self.aws("ec2", "describe-security-groups", "--group-ids", group, "--query", "SecurityGroups[0].IpPermissions[].FromPort",
                         "--output", "text")
        self.assertEqual(ports, "80")


if __name__ == "__main__":
    main()
