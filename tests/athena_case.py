"""An account with CloudTrail logs in a bucket, and statements over them through Athena."""

import gzip
import json
import time

from account_case import AccountCase, prefer_pinned_boto3

BUCKET = "monitoring4711"
RESULTS = f"s3://{BUCKET}/results/"
TABLE = "cloudtrail_logs_monitoring4711"

# The statement that the CloudTrail console writes for a trail's bucket.
CREATE_TABLE = """CREATE EXTERNAL TABLE {table} (
    eventVersion STRING,
    userIdentity STRUCT<
        type: STRING, principalId: STRING, arn: STRING, accountId: STRING,
        invokedBy: STRING, accessKeyId: STRING, userName: STRING,
        sessionContext: STRUCT<
            attributes: STRUCT<mfaAuthenticated: STRING, creationDate: STRING>,
            sessionIssuer: STRUCT<type: STRING, principalId: STRING, arn: STRING, accountId: STRING, username: STRING>,
            ec2RoleDelivery: STRING,
            webIdFederationData: MAP<STRING,STRING>>>,
    eventTime STRING, eventSource STRING, eventName STRING, awsRegion STRING,
    sourceIpAddress STRING, userAgent STRING, errorCode STRING, errorMessage STRING,
    requestParameters STRING, responseElements STRING, additionalEventData STRING,
    requestId STRING, eventId STRING,
    resources ARRAY<STRUCT<arn: STRING, accountId: STRING, type: STRING>>,
    eventType STRING, apiVersion STRING, readOnly STRING, recipientAccountId STRING,
    serviceEventDetails STRING, sharedEventID STRING, vpcEndpointId STRING,
    tlsDetails STRUCT<tlsVersion: STRING, cipherSuite: STRING, clientProvidedHostHeader: STRING>
)
COMMENT 'CloudTrail table for {bucket} bucket'
{partitioned}ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION '{location}'
TBLPROPERTIES ({properties});"""


def create_table(table, location, bucket=BUCKET, partitioned="", properties="'classification'='cloudtrail'"):
    return CREATE_TABLE.format(table=table, location=location, bucket=bucket, partitioned=partitioned, properties=properties)


def event(name, user, number, **more):
    return {"eventVersion": "1.10", "userIdentity": {"type": "IAMUser", "userName": user, "accountId": "111122223333"},
            "eventTime": f"2026-03-0{number % 9 + 1}T10:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": name,
            "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7", "eventID": f"00000000-0000-4000-8000-{number:012d}", **more}


def log_file(events):
    return gzip.compress(json.dumps({"Records": events}, separators=(",", ":")).encode())


class AthenaCase(AccountCase):
    @classmethod
    def setUpClass(cls):
        prefer_pinned_boto3()  # Debian's is from before SubstatementType
        super().setUpClass()
        cls.s3 = cls.client("s3")
        cls.athena = cls.client("athena")
        cls.glue = cls.client("glue")
        cls.s3.create_bucket(Bucket=BUCKET)

    def start(self, statement, client=None, output=RESULTS, **more):
        return (client or self.athena).start_query_execution(
            QueryString=statement, ResultConfiguration={"OutputLocation": output}, **more)["QueryExecutionId"]

    def finish(self, execution, client=None):
        deadline = time.monotonic() + 60
        while True:
            found = (client or self.athena).get_query_execution(QueryExecutionId=execution)["QueryExecution"]
            if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return found
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.01)

    def run_statement(self, statement, client=None, **more):
        """The execution, which must have succeeded."""
        found = self.finish(self.start(statement, client, **more), client)
        self.assertEqual(found["Status"]["State"], "SUCCEEDED", found["Status"])
        return found

    def failure(self, statement, client=None, **more):
        found = self.finish(self.start(statement, client, **more), client)
        self.assertEqual(found["Status"]["State"], "FAILED", found)
        self.assertEqual(found["Status"]["StateChangeReason"], found["Status"]["AthenaError"]["ErrorMessage"])
        return found["Status"]["StateChangeReason"]

    def results(self, execution, client=None, **more):
        answer = (client or self.athena).get_query_results(QueryExecutionId=execution, **more)
        return [[datum.get("VarCharValue") for datum in row["Data"]] for row in answer["ResultSet"]["Rows"]], answer

    def rows(self, statement, client=None, **more):
        """The rows of a query without its header, or all lines of what SHOW and DESCRIBE answer."""
        found = self.run_statement(statement, client, **more)
        rows, _ = self.results(found["QueryExecutionId"], client)
        return rows[1:] if found["StatementType"] == "DML" else rows
