#!/usr/bin/env python3
"""Athena's statements answered by a real Trino that reads the account's tables through its own Glue and S3. Needs Java, and
Trino where OPENTRAIL_TRINO_HOME, or .cache/trino-435, has it: `tools/trino-oracle account DATA` fetches it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from account_case import policy_text
from athena_case import BUCKET, TABLE, AthenaCase, create_table, event, log_file
from opentrail_case import ROOT, main

HOME = Path(os.environ.get("OPENTRAIL_TRINO_HOME", ROOT / ".cache" / "trino-435"))
LOGS = f"s3://{BUCKET}/AWSLogs/111122223333/CloudTrail/"

PROJECTED = {"projection.enabled": "true", "projection.region.type": "enum", "projection.region.values": "us-east-1,eu-west-1",
             "projection.day.type": "date", "projection.day.format": "yyyy/MM/dd", "projection.day.range": "2026/03/01,2026/03/09",
             "storage.location.template": LOGS + "${region}/${day}"}

# Of each kind of value, and of each thing in which Athena and Trino differ.
QUERIES = [
    f"SELECT * FROM {TABLE} ORDER BY eventid",
    f"SELECT useridentity.userName AS Who, eventName, count(*) FROM {TABLE} GROUP BY 1, 2 ORDER BY 1, 2;",
    f"SELECT json_extract_scalar(requestparameters, '$.ipPermissions.items[0].ipRanges.items[0].cidrIp') FROM {TABLE} WHERE eventname LIKE '%Security%'",
    f"SELECT e.eventname, r.arn, n FROM {TABLE} e CROSS JOIN UNNEST(resources) WITH ORDINALITY AS t (r, n) ORDER BY 2",
    f"SELECT eventname, arn, type FROM {TABLE} CROSS JOIN UNNEST(resources) AS t (arn, account, type) ORDER BY 2",
    f"SELECT eventname, t.r FROM {TABLE} LEFT JOIN UNNEST(resources) AS t (r) ON TRUE WHERE eventname <> 'StopInstances' ORDER BY eventname",
    "SELECT region, day, count(*), max(eventname) FROM projected WHERE day >= '2026/03/01' AND region = 'eu-west-1' GROUP BY 1, 2 ORDER BY 2",
    "SELECT region, count(*) FROM registered WHERE day = '2026/03/02' GROUP BY 1",
    "SELECT name, n FROM by_view ORDER BY 1",
    "SELECT * FROM parquet ORDER BY eventname",
    "SELECT 1.5, 1.50 + 1, DECIMAL '1.50', 1e0 / 3, CAST(0.1 AS real), 7 / 2, 1e10, nan(), -0e0",
    "SELECT true, NULL, CAST(NULL AS varchar), '', 'a\"b,c', X'0102ff', DATE '2026-03-01', TIME '01:02:03', uuid() IS NULL",
    "SELECT TIMESTAMP '2026-03-01 01:02:03.123456', TIMESTAMP '2026-03-01 01:02:03.1 Europe/Berlin', from_iso8601_timestamp('2026-03-01T10:00:00Z')",
    "SELECT INTERVAL '3' DAY, INTERVAL '2' MONTH, JSON '{\"a\":[1]}', IPADDRESS '10.0.0.1', CAST('ab' AS char(4)), approx_set(1)",
    "SELECT ARRAY[1, NULL], MAP(ARRAY[2, 10], ARRAY['a', NULL]), ROW(1, 'x'), CAST(ROW(1, 'x') AS ROW(a integer, b varchar(3))), ARRAY[ROW('a')], MAP()",
]
REFUSED = [
    "SELECT banana FROM parquet", "SELECT 1 / 0", "SELECT * FROM nope", "SELECT CAST('x' AS integer)", "SELECT nope(1)", "SELECT 'a' = 1",
    "SELECT * FROM tpch.tiny.nation", "SELECT json_parse('{')",
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Trino(AthenaCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("java") is None or not (HOME / "hive-complete").exists():
            raise unittest.SkipTest(f"no Trino in {HOME}: tools/trino-oracle account DATA fetches it")
        port = free_port()
        cls.server_options = ("--engine", f"trino=http://127.0.0.1:{port}", "--engine", "embedded:embedded")
        super().setUpClass()
        # What it writes is the test's own.
        cls.home = Path(tempfile.mkdtemp(prefix="opentrail-trino-"))
        for name in ("lib", "complete", "hive-complete"):
            (cls.home / name).symlink_to(HOME / name)
        (cls.home / "account").mkdir()
        (cls.home / "account" / "plugin").symlink_to(HOME / "account" / "plugin")
        cls.trino("account", str(cls.server.data), str(port))
        cls.athena.create_work_group(Name="embedded")
        case = cls()
        case.make_tables()
        case.wait_for_nodes()

    @classmethod
    def trino(cls, *arguments):
        done = subprocess.run([str(ROOT / "tools" / "trino-oracle"), *arguments], env={**os.environ, "OPENTRAIL_TRINO_HOME": str(cls.home)},
                              stdout=sys.stderr, stderr=sys.stderr, timeout=600, check=False)
        if done.returncode != 0:
            raise AssertionError(f"trino-oracle {arguments} gave {done.returncode}")

    @classmethod
    def tearDownClass(cls):
        cls.trino("stop-account")
        super().tearDownClass()
        shutil.rmtree(cls.home)

    def make_tables(self):
        rule = {"groupId": "sg-1", "ipPermissions": {"items": [{"ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}
        bucket = {"ARN": "arn:aws:s3:::b", "accountId": "111122223333", "type": "AWS::S3::Bucket"}
        days = {("us-east-1", "2026/03/01"): [event("RunInstances", "alice", 0, readOnly=False, resources=[bucket, {**bucket, "ARN": "arn:aws:s3:::c"}])],
                ("eu-west-1", "2026/03/02"): [event("AuthorizeSecurityGroupIngress", "chaos", 1, requestParameters=rule, errorMessage='a "quoted"\ntext'),
                                              event("StopInstances", "bob", 2, responseElements=None)]}
        keys = "PARTITIONED BY (region string, day string)\n"
        for (region, day), events in days.items():
            self.s3.put_object(Bucket=BUCKET, Key=f"AWSLogs/111122223333/CloudTrail/{region}/{day}/a.json.gz", Body=log_file(events))
        self.run_statement(create_table(TABLE, LOGS))
        projected = ", ".join(f"'{key}'='{value}'" for key, value in PROJECTED.items())
        self.run_statement(create_table("projected", LOGS, partitioned=keys, properties=projected))
        self.run_statement(create_table("registered", LOGS, partitioned=keys))
        for region, day in days:
            self.run_statement(f"ALTER TABLE registered ADD PARTITION (region='{region}', day='{day}') LOCATION '{LOGS}{region}/{day}/'")
        self.run_statement(f"CREATE VIEW by_view AS SELECT eventname AS name, count(*) AS n FROM {TABLE} GROUP BY 1")
        self.run_statement(f"CREATE TABLE parquet AS SELECT eventname, useridentity, resources, 1.5 AS d FROM {TABLE}")

    def wait_for_nodes(self):
        """A coordinator answers some seconds before it knows that it may work, too."""
        deadline = time.monotonic() + 60
        while "ErrorMessage" in (error := self.answer(f"SELECT count(*) FROM {TABLE}")):
            self.assertIn("NO_NODES_AVAILABLE", error["ErrorMessage"])
            self.assertLess(time.monotonic(), deadline, error)
            time.sleep(0.5)

    def answer(self, statement, **more):
        found = self.finish(self.start(statement, **more))
        if found["Status"]["State"] != "SUCCEEDED":
            return found["Status"]["AthenaError"]
        rows, answer = self.results(found["QueryExecutionId"])
        body = self.s3.get_object(Bucket=BUCKET, Key=found["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{BUCKET}/"))["Body"].read()
        return rows, answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"], body

    def test_both_engines_answer_the_same(self):
        for statement in QUERIES:
            with self.subTest(statement):
                rows, columns, body = self.answer(statement)
                self.assertEqual((rows, columns, body), self.answer(statement, WorkGroup="embedded"))
        for statement in REFUSED:
            with self.subTest(statement):
                error = self.answer(statement)
                self.assertIn("ErrorMessage", error)
                self.assertEqual(error, self.answer(statement, WorkGroup="embedded"))

    def test_the_cluster_answers(self):
        rows, _, _ = self.answer("EXPLAIN SELECT 1")
        self.assertEqual(rows[1], ["Trino version: 435"])

    def test_statistics(self):
        found = self.run_statement(f"SELECT eventname FROM {TABLE}")
        self.assertGreater(found["Statistics"]["DataScannedInBytes"], 400)
        self.assertGreater(found["Statistics"]["EngineExecutionTimeInMillis"], 0)
        runtime = self.athena.get_query_runtime_statistics(QueryExecutionId=found["QueryExecutionId"])["QueryRuntimeStatistics"]
        self.assertEqual(runtime["Rows"]["OutputRows"], 3)

    def test_a_statement_is_stopped(self):
        execution = self.start("SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x), UNNEST(sequence(1, 10000)) b (y), UNNEST(sequence(1, 10000)) c (z)")
        while self.athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]["State"] == "QUEUED":
            pass
        self.athena.stop_query_execution(QueryExecutionId=execution)
        self.assertEqual(self.finish(execution)["Status"]["State"], "CANCELLED")
        self.assertEqual(self.rows("SELECT 1"), [["1"]])

    def test_the_callers_permissions_hold(self):
        """The cluster may read all; who asks through Athena may not."""
        iam = self.client("iam")
        iam.create_user(UserName="reader")
        may = [{"Effect": "Allow", "Action": ["athena:*", "glue:*", "s3:ListBucket", "s3:GetBucketLocation"], "Resource": "*"},
               {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/results/*"}]
        iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=policy_text(*may))
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        reader = self.client("athena", (key["AccessKeyId"], key["SecretAccessKey"]))
        for statement in (f"SELECT eventname FROM {TABLE}", "SELECT * FROM by_view", "SELECT count(*) FROM projected WHERE region = 'eu-west-1'"):
            self.assertIn("PERMISSION_DENIED", self.failure(statement, reader))
        may.append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/*"})
        iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=policy_text(*may))
        self.assertEqual(self.rows(f"SELECT count(*) FROM {TABLE}", reader), [["3"]])


if __name__ == "__main__":
    main()
