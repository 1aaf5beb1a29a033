#!/usr/bin/env python3
"""Athena through boto3: statements over logs in the account's own buckets, their results, states and errors."""

import json
import uuid

from account_case import need_boto3, policy_text
from athena_case import BUCKET, RESULTS, TABLE, AthenaCase, create_table, event, log_file
from opentrail_case import main

LOCATION = f"s3://{BUCKET}/AWSLogs/111122223333/CloudTrail/"


class Athena(AthenaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        events = [event("RunInstances", "alice", 0), event("AuthorizeSecurityGroupIngress", "chaos", 1, errorCode=None,
                  requestParameters={"groupId": "sg-1", "note": "a \"quoted\", text\nof two lines"}), event("StopInstances", "bob", 2, readOnly=False)]
        for number, one in enumerate(events):
            cls.s3.put_object(Bucket=BUCKET, Key=f"AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/0{number + 1}/a.json.gz", Body=log_file([one]))
        cls.s3.put_object(Bucket=BUCKET, Key="AWSLogs/111122223333/CloudTrail/_hidden/x.json.gz", Body=b"not a log")
        cls().run_statement(create_table(TABLE, LOCATION))

    def test_a_query_and_its_files(self):
        found = self.run_statement(f"SELECT eventName, useridentity.userName, requestparameters FROM {TABLE} WHERE eventname LIKE '%Security%';")
        self.assertEqual((found["StatementType"], found["SubstatementType"]), ("DML", "SELECT"))
        self.assertFalse(found["Query"].endswith(";"))
        self.assertEqual(found["ResultConfiguration"]["OutputLocation"], f"{RESULTS}{found['QueryExecutionId']}.csv")
        self.assertGreater(found["Statistics"]["DataScannedInBytes"], 0)
        rows, answer = self.results(found["QueryExecutionId"])
        parameters = json.dumps({"groupId": "sg-1", "note": "a \"quoted\", text\nof two lines"}, separators=(",", ":"))
        self.assertEqual(rows, [["eventName", "userName", "requestparameters"], ["AuthorizeSecurityGroupIngress", "chaos", parameters]])
        self.assertEqual(answer["UpdateCount"], 0)
        column = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"][0]
        self.assertEqual(column, {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": "eventName", "Label": "eventName",
                                  "Type": "varchar", "Precision": 2147483647, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": True})
        key = f"results/{found['QueryExecutionId']}.csv"
        csv = self.s3.get_object(Bucket=BUCKET, Key=key)
        quoted = parameters.replace('"', '""')
        self.assertEqual(csv["Body"].read().decode(), '"eventName","userName","requestparameters"\n"AuthorizeSecurityGroupIngress","chaos","' + quoted + '"\n')
        self.assertEqual(csv["ContentType"], "application/octet-stream")
        self.assertIn(found["QueryExecutionId"].encode(), self.s3.get_object(Bucket=BUCKET, Key=key + ".metadata")["Body"].read())

    def test_null_and_empty_are_told_apart(self):
        rows = self.rows("SELECT * FROM (VALUES (1, '', NULL), (2, NULL, 'x')) AS t(n, a, b) ORDER BY n")
        self.assertEqual(rows, [["1", "", None], ["2", None, "x"]])

    def test_pages(self):
        execution = self.run_statement("SELECT n FROM UNNEST(sequence(1, 25)) AS t(n) ORDER BY n")["QueryExecutionId"]
        pages, token = [], {}
        while True:
            rows, answer = self.results(execution, MaxResults=13, **token)
            pages.append([row[0] for row in rows])
            if "NextToken" not in answer:
                break
            token = {"NextToken": answer["NextToken"]}
        # A full page always has a token, even where nothing follows it.
        self.assertEqual([len(page) for page in pages], [13, 13, 0])
        self.assertEqual(pages[0] + pages[1], ["n"] + [str(n) for n in range(1, 26)])

    def test_list_batch_and_stop(self):
        first = self.run_statement("SELECT 1")["QueryExecutionId"]
        second = self.run_statement("SELECT 2")["QueryExecutionId"]
        listed = self.athena.list_query_executions(MaxResults=2)
        self.assertEqual(listed["QueryExecutionIds"], [second, first])
        self.assertIn("NextToken", listed)
        missing = str(uuid.uuid4())
        batch = self.athena.batch_get_query_execution(QueryExecutionIds=[first, missing])
        self.assertEqual([one["QueryExecutionId"] for one in batch["QueryExecutions"]], [first])
        self.assertEqual(batch["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"], missing)
        self.athena.stop_query_execution(QueryExecutionId=first)  # of one that has ended: nothing
        self.assertEqual(self.finish(first)["Status"]["State"], "SUCCEEDED")
        endless = self.start("SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), UNNEST(sequence(1, 10000)) c(z)")
        self.athena.stop_query_execution(QueryExecutionId=endless)
        status = self.finish(endless)["Status"]
        self.assertEqual((status["State"], status["StateChangeReason"]), ("CANCELLED", "Query cancelled by user"))
        self.assert_refused("RESULT_NOT_FOUND", "Could not find results", "get_query_results", QueryExecutionId=endless)

    def assert_refused(self, code, message, operation, client=None, **arguments):
        with self.assertRaises((client or self.athena).exceptions.InvalidRequestException) as caught:
            getattr(client or self.athena, operation)(**arguments)
        self.assertEqual(caught.exception.response["AthenaErrorCode"], code)
        self.assertEqual(caught.exception.response["Error"]["Message"], message)

    def test_what_is_refused_at_once(self):
        self.assert_refused("MALFORMED_QUERY", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2", "start_query_execution",
                            QueryString="SELECT 1; SELECT 2", ResultConfiguration={"OutputLocation": RESULTS})
        self.assert_refused("INVALID_INPUT", "No output location provided. An output location is required either through the Workgroup "
                            "result configuration setting or as an API input.", "start_query_execution", QueryString="SELECT 1")
        self.assert_refused("INVALID_INPUT", "outputLocation is not a valid S3 path.", "start_query_execution",
                            QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "results"})
        self.assert_refused("INVALID_INPUT", "WorkGroup is not found.", "start_query_execution", QueryString="SELECT 1", WorkGroup="nobody")
        missing = str(uuid.uuid4())
        self.assert_refused("QUERY_EXECUTION_NOT_FOUND", f"QueryExecution {missing} was not found", "get_query_execution", QueryExecutionId=missing)

    def test_the_same_token_is_the_same_execution(self):
        token = {"ClientRequestToken": str(uuid.uuid4())}
        first = self.start("SELECT 7", **token)
        self.assertEqual(self.start("SELECT 7", **token), first)
        self.assert_refused("IDEMPOTENT_PARAMETER_MISMATCH", "Idempotent parameters do not match", "start_query_execution",
                            QueryString="SELECT 8", ResultConfiguration={"OutputLocation": RESULTS}, **token)

    def test_what_fails(self):
        self.assertEqual(self.failure(f"SELECT banana FROM {TABLE}"),
                         "COLUMN_NOT_FOUND: line 1:8: Column 'banana' cannot be resolved or requester is not authorized to access requested resources")
        self.assertEqual(self.failure("SELECT 1 FROM nope"), "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nope' does not exist")
        self.assertEqual(self.failure("SELECT 1 FROM nope.t"), "SCHEMA_NOT_FOUND: line 1:15: Schema 'nope' does not exist")
        self.assertEqual(self.failure("SELECT 1 / (n - 1) FROM (VALUES 1) AS t(n)"), "DIVISION_BY_ZERO: Division by zero")
        execution = self.finish(self.start("SELECT 1 FROM nope"))["QueryExecutionId"]
        self.assert_refused("INVALID_QUERY_EXECUTION_STATE", "Query did not finish successfully. Final query state: FAILED", "get_query_results",
                            QueryExecutionId=execution)

    def test_tables_and_databases(self):
        self.run_statement("CREATE DATABASE IF NOT EXISTS security COMMENT 'audit'")
        self.assertIn(["security"], self.rows("SHOW DATABASES"))
        in_security = {"QueryExecutionContext": {"Database": "security", "Catalog": "AwsDataCatalog"}}
        self.run_statement(create_table("trail", LOCATION), **in_security)
        self.assertEqual(self.rows("SHOW TABLES", **in_security), [["trail"]])
        self.assertEqual(self.rows("SELECT count(*) FROM trail", **in_security), [["3"]])
        self.assertEqual(self.rows("SELECT count(*) FROM security.trail"), [["3"]])
        self.assertIn("AlreadyExistsException(message:Table trail already exists.)", self.failure(create_table("trail", LOCATION), **in_security))
        self.assertEqual(self.failure("DROP TABLE security.nope"), "FAILED: SemanticException [Error 10001]: Table not found security.nope")
        self.assertEqual(self.rows("SHOW COLUMNS IN security.trail")[0], ["eventversion".ljust(20)])
        described = self.rows("DESCRIBE security.trail")
        self.assertEqual(described[2], ["eventtime           \tstring              \t                    "])
        statement = "\n".join(row[0] for row in self.rows("SHOW CREATE TABLE security.trail"))
        self.assertIn("CREATE EXTERNAL TABLE `trail`(", statement)
        self.run_statement("DROP TABLE security.trail")
        self.run_statement(statement, **in_security)  # what SHOW tells makes the same table again
        self.assertEqual(self.rows("SELECT count(*) FROM security.trail"), [["3"]])
        self.assertIn("is not empty", self.failure("DROP DATABASE security"))
        self.run_statement("DROP DATABASE security CASCADE")
        self.assertNotIn(["security"], self.rows("SHOW DATABASES"))

    def test_the_table_as_glue_and_athena_show_it(self):
        table = self.glue.get_table(DatabaseName="default", Name=TABLE)["Table"]
        self.assertEqual(table["TableType"], "EXTERNAL_TABLE")
        self.assertEqual(table["StorageDescriptor"]["Location"], LOCATION.rstrip("/"))
        self.assertEqual(table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"], "org.apache.hive.hcatalog.data.JsonSerDe")
        self.assertEqual(table["Parameters"]["comment"], f"CloudTrail table for {BUCKET} bucket")
        self.assertEqual(len(table["StorageDescriptor"]["Columns"]), 24)
        shown = self.athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="default", TableName=TABLE)["TableMetadata"]
        self.assertEqual(shown["Columns"][1]["Type"][:26], "struct<type:string,princip")
        self.assertEqual(shown["Parameters"]["serde.serialization.lib"], "org.apache.hive.hcatalog.data.JsonSerDe")
        self.assertIn("default", [one["Name"] for one in self.athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]])
        with self.assertRaises(self.athena.exceptions.MetadataException):
            self.athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="default", TableName="nope")

    def test_partitions(self):
        day = "PARTITIONED BY (day string)\n"
        properties = ("'projection.enabled'='true', 'projection.day.type'='date', 'projection.day.format'='yyyy/MM/dd', "
                      "'projection.day.range'='2026/03/01,2026/03/05', 'projection.day.interval'='1', 'projection.day.interval.unit'='DAYS', "
                      f"'storage.location.template'='{LOCATION}us-east-1/${{day}}'")
        self.run_statement(create_table("projected", LOCATION, partitioned=day, properties=properties))
        self.assertEqual(self.rows("SELECT day, eventname FROM projected WHERE day >= '2026/03/02' ORDER BY 1"),
                         [["2026/03/02", "AuthorizeSecurityGroupIngress"], ["2026/03/03", "StopInstances"]])
        one_day = self.run_statement("SELECT count(*) FROM projected WHERE day = '2026/03/02'")["Statistics"]["DataScannedInBytes"]
        all_days = self.run_statement("SELECT count(*) FROM projected")["Statistics"]["DataScannedInBytes"]
        self.assertLess(one_day, all_days)
        self.run_statement(create_table("registered", LOCATION, partitioned="PARTITIONED BY (region string, day string)\n"))
        self.assertEqual(self.rows("SELECT count(*) FROM registered"), [["0"]])
        self.run_statement(f"ALTER TABLE registered ADD PARTITION (region='us-east-1', day='1') LOCATION '{LOCATION}us-east-1/2026/03/01/' "
                           f"PARTITION (region='us-east-1', day='2') LOCATION '{LOCATION}us-east-1/2026/03/02/'")
        self.assertEqual(sorted(self.rows("SHOW PARTITIONS registered")), [["region=us-east-1/day=1"], ["region=us-east-1/day=2"]])
        self.assertEqual(self.rows("SELECT region, eventname FROM registered WHERE day = '2'"), [["us-east-1", "AuthorizeSecurityGroupIngress"]])

    def test_a_caller_sees_what_it_may(self):
        need_boto3()
        iam = self.client("iam")
        iam.create_user(UserName="analyst")
        key = iam.create_access_key(UserName="analyst")["AccessKey"]
        keys = (key["AccessKeyId"], key["SecretAccessKey"])
        athena = self.client("athena", keys=keys)
        with self.assertRaises(athena.exceptions.ClientError) as caught:
            self.start("SELECT 1", athena)
        self.assertEqual(caught.exception.response["Error"]["Code"], "AccessDeniedException")

        def allow(*statements):
            iam.put_user_policy(UserName="analyst", PolicyName="p", PolicyDocument=policy_text(
                *({"Effect": "Allow", "Action": actions, "Resource": resource} for actions, resource in statements)))
        allow(("athena:*", "*"))
        self.assertIn("Access denied when writing output to url", self.failure("SELECT 1", athena))
        results = (["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{BUCKET}/results/*")
        allow(("athena:*", "*"), results)
        self.assertEqual(self.rows("SELECT 1", athena), [["1"]])
        self.assertIn("glue:GetDatabase", self.failure(f"SELECT count(*) FROM {TABLE}", athena))
        allow(("athena:*", "*"), results, ("glue:Get*", "*"))
        self.assertIn("PERMISSION_DENIED: Permission denied on S3 path", self.failure(f"SELECT count(*) FROM {TABLE}", athena))
        allow(("athena:*", "*"), results, ("glue:Get*", "*"), ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"), ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/AWSLogs/*"))
        self.assertEqual(self.rows(f"SELECT count(*) FROM {TABLE}", athena), [["3"]])
        asked = [one for one in self.events(eventName="GetTable") if one["userIdentity"].get("userName") == "analyst"]
        self.assertEqual(asked[0]["userIdentity"]["invokedBy"], "athena.amazonaws.com")
        self.assertEqual(asked[0]["sourceIPAddress"], "athena.amazonaws.com")
        started = [one for one in self.events(eventName="StartQueryExecution") if one["userIdentity"].get("userName") == "analyst" and not one.get("errorCode")]
        self.assertEqual(started[-1]["requestParameters"]["queryString"], "SELECT 1")

    def test_an_execution_survives_a_restart(self):
        finished = self.run_statement("SELECT 'kept'")["QueryExecutionId"]
        endless = self.start("SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), UNNEST(sequence(1, 10000)) c(z)")
        self.server.stop()
        self.server.start()
        self.assertEqual(self.results(finished)[0], [["_col0"], ["kept"]])
        self.assertEqual(self.finish(endless)["Status"]["State"], "FAILED")

    def test_workgroups(self):
        self.athena.create_work_group(Name="audit", Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/audit/"}})
        self.assertEqual([one["Name"] for one in self.athena.list_work_groups()["WorkGroups"]], ["audit", "primary"])
        found = self.run_statement("SELECT 1", WorkGroup="audit")
        self.assertEqual(found["ResultConfiguration"]["OutputLocation"], f"s3://{BUCKET}/audit/{found['QueryExecutionId']}.csv")
        self.assertIs(self.athena.get_work_group(WorkGroup="audit")["WorkGroup"]["Configuration"]["EnforceWorkGroupConfiguration"], True)
        self.athena.update_work_group(WorkGroup="audit", ConfigurationUpdates={"EnforceWorkGroupConfiguration": False}, State="DISABLED")
        self.assert_refused("INVALID_INPUT", "WorkGroup audit is disabled.", "start_query_execution", QueryString="SELECT 1", WorkGroup="audit")
        self.assert_refused("INVALID_INPUT", "WorkGroup audit is not empty", "delete_work_group", WorkGroup="audit")
        self.athena.delete_work_group(WorkGroup="audit", RecursiveDeleteOption=True)
        self.assertEqual([one["Name"] for one in self.athena.list_work_groups()["WorkGroups"]], ["primary"])
        primary = self.athena.get_work_group(WorkGroup="primary")["WorkGroup"]
        self.assertEqual(primary["Configuration"]["EngineVersion"], {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"})
        created = self.client("iam").get_user()["User"]["CreateDate"]  # root's, and so the account's
        self.assertEqual(primary["CreationTime"].replace(microsecond=0), created)
        self.assertEqual(self.glue.get_database(Name="default")["Database"]["CreateTime"].replace(microsecond=0), created)

    def test_saved_queries_and_prepared_statements(self):
        saved = self.athena.create_named_query(Name="who", Database="default", QueryString="SELECT 1")["NamedQueryId"]
        self.assertEqual(self.athena.list_named_queries()["NamedQueryIds"], [saved])
        self.athena.update_named_query(NamedQueryId=saved, Name="who", QueryString="SELECT 2")
        self.assertEqual(self.athena.get_named_query(NamedQueryId=saved)["NamedQuery"]["QueryString"], "SELECT 2")
        self.athena.delete_named_query(NamedQueryId=saved)
        self.assertEqual(self.athena.list_named_queries()["NamedQueryIds"], [])
        self.athena.create_prepared_statement(StatementName="by_user", WorkGroup="primary", QueryStatement="SELECT ?")
        self.assertEqual(self.athena.get_prepared_statement(StatementName="by_user", WorkGroup="primary")["PreparedStatement"]["QueryStatement"], "SELECT ?")
        self.athena.delete_prepared_statement(StatementName="by_user", WorkGroup="primary")
        with self.assertRaises(self.athena.exceptions.ResourceNotFoundException):
            self.athena.get_prepared_statement(StatementName="by_user", WorkGroup="primary")


if __name__ == "__main__":
    main()
