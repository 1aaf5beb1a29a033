#!/usr/bin/env python3
"""Tables of every form in the account's buckets, and the statements that write such."""

import gzip
import re

from account_case import policy_text
from athena_case import BUCKET, RESULTS, AthenaCase, event, log_file
from opentrail_case import SHARED, main

FLOW = ("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
        "2 111122223333 eni-1 192.0.2.66 10.0.0.5 40000 22 6 10 840 1772359200 1772359260 ACCEPT OK\n"
        "2 111122223333 eni-1 - - - - - - - 1772359260 1772359320 - NODATA\n")
FLOW_TABLE = """CREATE EXTERNAL TABLE {name} (version int, account string, interfaceid string, sourceaddress string,
  destinationaddress string, sourceport int, destinationport int, protocol int, numpackets int, numbytes bigint, starttime int,
  endtime int, action string, logstatus string)
PARTITIONED BY (`date` date) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://{bucket}/flow/'
TBLPROPERTIES ("skip.header.line.count"="1")"""


class TableCase(AthenaCase):
    def put(self, key, body):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body if isinstance(body, bytes) else body.encode())

    def keys(self, prefix):
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]

    def manifest(self, execution):
        location = self.athena.get_query_execution(QueryExecutionId=execution["QueryExecutionId"])[
            "QueryExecution"]["Statistics"]["DataManifestLocation"]
        self.assertEqual(location, f"{RESULTS}{execution['QueryExecutionId']}-manifest.csv")
        body = self.s3.get_object(Bucket=BUCKET, Key=location.split("/", 3)[3])["Body"].read().decode()
        return body.splitlines()


class ReadingTest(TableCase):
    def test_flow_logs_in_partitions_of_dates(self):
        self.put("flow/2026/03/01/a.log.gz", gzip.compress(FLOW.encode()))
        self.put("flow/2026/03/02/b.log", FLOW)
        self.run_statement(FLOW_TABLE.format(name="flow", bucket=BUCKET))
        for day in ("01", "02"):
            self.run_statement(f"ALTER TABLE flow ADD PARTITION (`date`='2026-03-{day}') LOCATION 's3://{BUCKET}/flow/2026/03/{day}/'")
        self.assertEqual(self.rows("SELECT sourceaddress, destinationport, numbytes, \"date\" FROM flow WHERE \"date\" = DATE '2026-03-02' "
                                   "ORDER BY starttime"),
                         [["192.0.2.66", "22", "840", "2026-03-02"], ["-", None, None, "2026-03-02"]])
        found = self.run_statement("SELECT count(*) FROM flow WHERE \"date\" >= DATE '2026-03-02'")
        self.assertEqual(found["Statistics"]["DataScannedInBytes"], len(FLOW))

    def test_json_lines_of_openx(self):
        self.put("openx/a.json", '{"schemaType":"M","identity":{"arn":"a"},"input":{"inputTokenCount":5}}\nnot json\n{"broken":\n')
        self.run_statement(f"""CREATE EXTERNAL TABLE openx (schematype string, identity struct<arn:string>, input struct<inputtokencount:int>)
            ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('ignore.malformed.json'='true')
            LOCATION 's3://{BUCKET}/openx/'""")
        self.assertEqual(self.rows("SELECT schematype, identity.arn, input FROM openx ORDER BY 1 NULLS LAST"),
                         [["M", "a", "{inputtokencount=5}"], [None, None, None], [None, None, None]])

    def test_the_plain_json_serde_reads_a_log_as_one_object(self):
        self.put("plain/a.json.gz", log_file([event("One", "x", 1), event("Two", "y", 2)]))
        self.run_statement(f"""CREATE EXTERNAL TABLE plain (records array<struct<eventname:string,useridentity:struct<username:string>>>)
            ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' LOCATION 's3://{BUCKET}/plain/'""")
        self.assertEqual(self.rows("SELECT r.eventname, r.useridentity.username FROM plain CROSS JOIN UNNEST(records) AS t(r)"),
                         [["One", "x"], ["Two", "y"]])

    def test_csv_and_what_it_refuses(self):
        self.put("iocs/a.csv", '192.0.2.66,"seen, twice"\n198.51.100.1,"a \\"b\\""\n')
        self.run_statement(f"""CREATE EXTERNAL TABLE iocs (threat_ip string, threat_comment string)
            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
            WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '\\"', 'escapeChar' = '\\\\') LOCATION 's3://{BUCKET}/iocs/'""")
        self.assertEqual(self.rows("SELECT * FROM iocs ORDER BY 1"), [["192.0.2.66", "seen, twice"], ["198.51.100.1", 'a "b"']])
        self.run_statement(f"""CREATE EXTERNAL TABLE iocs_n (threat_ip int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
            LOCATION 's3://{BUCKET}/iocs/'""")
        self.assertRegex(self.failure("SELECT threat_ip FROM iocs_n"), "^HIVE_BAD_DATA: Error parsing field value '")

    def test_a_regex(self):
        self.put("web/access", '192.0.2.66 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n')
        self.run_statement(f"""CREATE EXTERNAL TABLE web (ip string, at string, request string, status int)
            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
            WITH SERDEPROPERTIES ('input.regex' = '(\\\\S+) \\\\S+ \\\\S+ \\\\[([^\\\\]]+)\\\\] "([^"]*)" (\\\\d+).*') LOCATION 's3://{BUCKET}/web/'""")
        self.assertEqual(self.rows("SELECT ip, request, status FROM web"), [["192.0.2.66", "GET / HTTP/1.1", "200"]])

    def test_projection_with_injected_accounts(self):
        for account in ("111122223333", "444455556666"):
            self.put(f"org/{account}/us-east-1/2026/03/01/a.json.gz", log_file([event("Get", account, 1)]))
        self.run_statement(f"""CREATE EXTERNAL TABLE org (eventname string, useridentity struct<username:string>)
            PARTITIONED BY (p_account string, p_region string, p_date string)
            ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
            STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
            OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' LOCATION 's3://{BUCKET}/org/'
            TBLPROPERTIES ('projection.enabled'='true', 'projection.p_date.type'='date', 'projection.p_date.format'='yyyy/MM/dd',
             'projection.p_date.interval'='1', 'projection.p_date.interval.unit'='DAYS', 'projection.p_date.range'='2026/02/27,2026/03/03',
             'projection.p_region.type'='enum', 'projection.p_region.values'='us-east-1,eu-west-1', 'projection.p_account.type'='injected',
             'storage.location.template'='s3://{BUCKET}/org/${{p_account}}/${{p_region}}/${{p_date}}')""")
        self.assertEqual(self.rows("SELECT useridentity.username, p_date FROM org WHERE p_account = '444455556666' AND p_date >= '2026/03/01'"),
                         [["444455556666", "2026/03/01"]])
        self.assertRegex(self.failure("SELECT count(*) FROM org"), "injected projected partition column p_account")

    def test_what_may_not_be_read(self):
        self.put("secret/a", "x\n")
        self.run_statement(f"CREATE EXTERNAL TABLE secret (a string) LOCATION 's3://{BUCKET}/secret/'")
        iam = self.client("iam")
        iam.create_user(UserName="reader")
        iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["athena:*", "glue:Get*"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/results/*"]}))
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        athena = self.client("athena", (key["AccessKeyId"], key["SecretAccessKey"]))
        self.assertRegex(self.failure("SELECT * FROM secret", athena), f"PERMISSION_DENIED: Permission denied on S3 path: s3://{BUCKET}/secret/")

    def test_the_shared_definitions(self):
        folder = SHARED / "queries" / "ddl"
        if not folder.is_dir():
            self.skipTest("the definitions of others are not here")
        for number, path in enumerate(sorted(folder.rglob("*.sql"))):
            if path.parts[-2:] == ("easttimor", "002.sql"):
                continue  # a partition of the one before
            with self.subTest(path=path):
                if path.parts[-2:] == ("customer_playbooks", "001.sql"):  # a column's name with dashes, unquoted
                    with self.assertRaisesRegex(AssertionError, "FAILED: ParseException line 53:5"):
                        self.create_shared(path.read_text(), f"shared{number}")
                    continue
                self.create_shared(path.read_text(), f"shared{number}")

    def create_shared(self, text, name):
        text = re.sub(r"^--.*\n", "", text)
        text = re.sub(r"(CREATE EXTERNAL TABLE (?:IF NOT EXISTS )?)\S+(?=\s*\()", rf"\g<1>{name} ", text, count=1)
        text = re.sub(r"'s3://[^']*?'", lambda found: f"'s3://{BUCKET}/{name}/" + "/".join(re.findall(r"\$\{(?!tftpl)[a-z_]+\}", found[0].replace("$${", "${"))) + "'", text)
        text = re.sub(r"s3://\S*?(\$\{)", rf"s3://{BUCKET}/{name}/\1", text)
        text = text.replace("<YYYY>/<MM>/<DD>", "2026/03/01").replace("$${", "${").replace("${tftpl_cloudtrail_enum_region}", "us-east-1").replace("[REGIONS]", "us-east-1")
        text = re.sub(r"<[a-z_0-9-]+>", "us-east-1", text)
        self.run_statement(text)
        columns = self.rows(f"SHOW COLUMNS IN {name}")
        self.assertGreater(len(columns), 1)
        # A day of one account: without them, every projected place would be listed.
        asked = [f"\"{key}\" = '1'" for key in re.findall(r"projection\.(\w+)\.type.\s*=\s*.injected", text)]
        asked += [f"\"{key}\" = '2026/03/01'" for key in re.findall(r"projection\.(\w+)\.type.\s*=\s*.date", text)]
        where = " WHERE " + " AND ".join(asked) if asked else ""
        self.assertEqual(self.rows(f"SELECT count(*) FROM {name}{where}"), [["0"]])


# Of each query over five events, the last of them of today: its rows, or how many there are.
OCSF_ROWS = {
    "001.sql": 5, "002.sql": 5, "004.sql": 5, "006.sql": 4, "007.sql": 1, "009.sql": [["us-east-1", "4"]],
    "011.sql": [["AIDA", "ConsoleLogin", "[192.0.2.66]"]],
    "012.sql": [["AIDA", name, "[192.0.2.66]"] for name in ("AttachUserPolicy", "ConsoleLogin", "CreateUser", "RunInstances")],
    "014.sql": [["AIDA", "chaos", "[AttachUserPolicy, ConsoleLogin, CreateUser, RunInstances]", "[192.0.2.66]", "[aws-cli]"]],
    "016.sql": [["1772359200004", "20230604", "AIDA", "chaos", "{accesskeyid}", "AttachUserPolicy", "mallory", "Admin", "{error=null, message=null}"]],
    "017.sql": [["1772359200003", "AIDA", "chaos", "CreateUser", "x"], ["1772359200004", "AIDA", "chaos", "AttachUserPolicy", "x"]],
    "021.sql": 5, "022.sql": 5, "024.sql": 5, "026.sql": 4, "027.sql": 1, "029.sql": 4,
}


class WritingTest(TableCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue.create_database(DatabaseInput={"Name": "w"})

    def test_create_table_as_parquet(self):
        found = self.run_statement("CREATE TABLE w.flat AS SELECT 1 AS id, 'x' AS name, ARRAY[1, 2] AS list UNION ALL SELECT 2, NULL, NULL")
        self.assertEqual((found["StatementType"], found["SubstatementType"]), ("DDL", "CREATE_TABLE_AS_SELECT"))
        answer = self.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])
        self.assertEqual(answer["UpdateCount"], 2)
        self.assertEqual(self.manifest(found), [f"s3://{BUCKET}/{key}" for key in self.keys(f"results/tables/{found['QueryExecutionId']}/")])
        self.assertEqual(self.rows("SELECT * FROM w.flat ORDER BY id"), [["1", "x", "[1, 2]"], ["2", None, None]])
        table = self.glue.get_table(DatabaseName="w", Name="flat")["Table"]
        self.assertEqual([(column["Name"], column["Type"]) for column in table["StorageDescriptor"]["Columns"]],
                         [("id", "int"), ("name", "varchar(1)"), ("list", "array<int>")])
        self.assertRegex(self.failure("CREATE TABLE w.flat AS SELECT 1 AS a"), "^TABLE_ALREADY_EXISTS: ")
        self.run_statement("CREATE TABLE IF NOT EXISTS w.flat AS SELECT 1 AS a")

    def test_create_table_as_with_partitions(self):
        found = self.run_statement(
            f"CREATE TABLE w.parts WITH (format = 'JSON', partitioned_by = ARRAY['day', 'n'], external_location = 's3://{BUCKET}/parts/') AS "
            "SELECT CAST(a AS varchar) AS a, day, n FROM (VALUES ('x', DATE '2026-03-01', 1), ('y', DATE '2026-03-02', 2), ('z', DATE '2026-03-02', 2)) AS v(a, day, n)")
        self.assertEqual(self.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["UpdateCount"], 3)
        self.assertEqual({key.rsplit("/", 1)[0] for key in self.keys("parts/")}, {"parts/day=2026-03-01/n=1", "parts/day=2026-03-02/n=2"})
        values = [part["Values"] for part in self.glue.get_partitions(DatabaseName="w", TableName="parts")["Partitions"]]
        self.assertEqual(sorted(values), [["2026-03-01", "1"], ["2026-03-02", "2"]])
        self.assertEqual(self.rows("SELECT a FROM w.parts WHERE day = DATE '2026-03-02' ORDER BY 1"), [["y"], ["z"]])
        self.assertRegex(self.failure(f"CREATE TABLE w.again WITH (external_location = 's3://{BUCKET}/parts/') AS SELECT 1 AS a"),
                         "^HIVE_PATH_ALREADY_EXISTS: Target directory for table 'w.again' already exists: s3://")
        self.run_statement("INSERT INTO w.parts VALUES ('new', DATE '2026-03-03', 3), ('more', DATE '2026-03-01', 1)")
        self.assertEqual(self.rows("SELECT a, n FROM w.parts WHERE n <> 2 ORDER BY 1"), [["more", "1"], ["new", "3"], ["x", "1"]])
        self.assertEqual(len(self.rows("SHOW PARTITIONS w.parts")), 3)
        self.run_statement(f"CREATE TABLE w.short WITH (external_location = 's3://{BUCKET}/short/') AS SELECT 'x' AS a")
        self.assertEqual(self.failure("INSERT INTO w.short VALUES ('new')"),
                         "INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from varchar(3) to varchar(1) on INSERT")
        self.run_statement("INSERT INTO w.short VALUES ('y  ')")
        self.assertEqual(self.rows("SELECT a FROM w.short ORDER BY 1"), [["x"], ["y"]])

    def test_too_many_partitions_leave_nothing(self):
        self.assertEqual(self.failure("CREATE TABLE w.many WITH (partitioned_by = ARRAY['n']) AS SELECT 'x' AS a, n FROM UNNEST(sequence(1, 101)) AS t(n)"),
                         "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets")
        self.assertFalse([key for key in self.keys("results/tables/") if "/n=" in key])
        self.assertRegex(self.failure("SELECT * FROM w.many"), "TABLE_NOT_FOUND")

    def test_insert_into(self):
        self.run_statement(f"CREATE EXTERNAL TABLE w.ins (id bigint, name string, at timestamp) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://{BUCKET}/ins/'")
        found = self.run_statement("INSERT INTO w.ins (name, id) SELECT 'a', 1")
        self.assertEqual((found["StatementType"], found["SubstatementType"]), ("DML", "INSERT"))
        self.run_statement("INSERT INTO w.ins VALUES (2, 'b', TIMESTAMP '2026-03-01 10:00:00')")
        self.assertEqual(self.rows("SELECT * FROM w.ins ORDER BY 1"), [["1", "a", None], ["2", "b", "2026-03-01 10:00:00.000"]])
        self.assertEqual(self.failure("INSERT INTO w.ins SELECT 'a', 'b', NULL"),
                         "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [bigint, varchar, timestamp(3)], Query: [varchar(1), varchar(1), unknown]")
        self.assertRegex(self.failure("INSERT INTO w.nope VALUES 1"), "^TABLE_NOT_FOUND: ")
        self.assertRegex(self.failure("INSERT INTO w.ins (nope) VALUES 1"), "^COLUMN_NOT_FOUND: ")

    def test_unload(self):
        found = self.run_statement(f"UNLOAD (SELECT 1 AS n, 'a' AS s, 'p' AS k) TO 's3://{BUCKET}/un/' WITH (format = 'TEXTFILE', field_delimiter = ',', compression = 'gzip', partitioned_by = ARRAY['k'])")
        self.assertEqual((found["StatementType"], found["SubstatementType"]), ("DML", "UNLOAD"))
        keys = self.keys("un/")
        self.assertEqual([f"s3://{BUCKET}/{key}" for key in keys], self.manifest(found))
        self.assertTrue(keys[0].startswith("un/k=p/") and keys[0].endswith(".gz"), keys)
        self.assertEqual(gzip.decompress(self.s3.get_object(Bucket=BUCKET, Key=keys[0])["Body"].read()), b"1,a\n")
        self.assertRegex(self.failure(f"UNLOAD (SELECT 1) TO 's3://{BUCKET}/un/' WITH (format = 'JSON')"), "^HIVE_PATH_ALREADY_EXISTS")
        self.assertRegex(self.failure(f"UNLOAD (SELECT 1 AS a) TO 's3://{BUCKET}/orc/' WITH (format = 'ORC')"), "^NOT_SUPPORTED")
        self.assertRegex(self.failure(f"UNLOAD (SELECT now() AS a) TO 's3://{BUCKET}/tz/' WITH (format = 'PARQUET')"),
                         r"^NOT_SUPPORTED: Unsupported Hive type: timestamp\(3\) with time zone")

    def test_what_is_refused(self):
        for statement, reason in (
                ("CREATE TABLE w.r AS SELECT 1", "^MISSING_COLUMN_NAME: "),
                ("CREATE TABLE w.r AS SELECT 1 AS a, 2 AS a", "^DUPLICATE_COLUMN_NAME: "),
                ("CREATE TABLE w.r AS SELECT NULL AS a", "^COLUMN_TYPE_UNKNOWN: "),
                ("CREATE TABLE w.r WITH (strange = 1) AS SELECT 1 AS a", "table property 'strange' does not exist$"),
                ("CREATE TABLE w.r WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b", "^HIVE_COLUMN_ORDER_MISMATCH: "),
                ("CREATE TABLE w.r WITH (bucketed_by = ARRAY['a'], bucket_count = 2) AS SELECT 1 AS a", "^NOT_SUPPORTED: "),
                ("CREATE TABLE nope.r AS SELECT 1 AS a", "^SCHEMA_NOT_FOUND: ")):
            with self.subTest(statement=statement):
                self.assertRegex(self.failure(statement), reason)

    def test_writing_needs_the_callers_permission(self):
        iam = self.client("iam")
        iam.create_user(UserName="writer")
        iam.put_user_policy(UserName="writer", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["athena:*", "glue:*"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/results/*"]}))
        key = iam.create_access_key(UserName="writer")["AccessKey"]
        athena = self.client("athena", (key["AccessKeyId"], key["SecretAccessKey"]))
        self.assertRegex(self.failure(f"CREATE TABLE w.denied WITH (external_location = 's3://{BUCKET}/denied/') AS SELECT 1 AS a", athena),
                         f"PERMISSION_DENIED: Permission denied on S3 path: s3://{BUCKET}/denied/")
        self.assertRegex(self.failure("SELECT * FROM w.denied"), "TABLE_NOT_FOUND")

    def test_ocsf_queries_over_parquet(self):
        folder = SHARED / "queries" / "bootstrap_ocsf"
        if not folder.is_dir():
            self.skipTest("the queries of others are not here")
        database = "amazon_security_lake_glue_db_us_east_1"
        self.glue.create_database(DatabaseInput={"Name": database})
        for table in ("cloud_trail_mgmt", "lambda_execution", "s3_data"):
            self.run_statement(f"""CREATE TABLE {database}.amazon_security_lake_table_us_east_1_{table}_1_0
              WITH (partitioned_by = ARRAY['region', 'accountid', 'eventday']) AS
              SELECT 1772359200000 + n AS time, 1 AS activity_id,
                CAST(ROW(ROW('AIDA', 'chaos', 'IAMUser', access_key, '1')) AS ROW("user" ROW(uuid varchar, name varchar, type varchar, credential_uid varchar, uid varchar))) AS actor,
                CAST(ROW(operation, ROW(NULL, NULL), ROW(service)) AS ROW(operation varchar, response ROW(error varchar, message varchar), service ROW(name varchar))) AS api,
                CAST(ROW('192.0.2.66') AS ROW(ip varchar)) AS src_endpoint, CAST(ROW('aws-cli') AS ROW(user_agent varchar)) AS http_request,
                MAP(ARRAY['requestParameters', 'requestParameters.userName', 'requestParameters.policyArn'], ARRAY['x', 'mallory', 'Admin']) AS unmapped,
                ARRAY[CAST(ROW('MyLambdaFunction') AS ROW(uid varchar))] AS resources, 'us-east-1' AS region, '111122223333' AS accountid, day AS eventday
              FROM (VALUES (1, 'RunInstances', 'ec2.amazonaws.com', 'AKIA', '20230601'), (2, 'ConsoleLogin', 'signin.amazonaws.com', 'AKIA', '20230602'),
                (3, 'CreateUser', 'iam.amazonaws.com', 'AKIA', '20230603'), (4, 'AttachUserPolicy', 'iam.amazonaws.com', '{{accesskeyid}}', '20230604'),
                (5, 'GetCallerIdentity', 'sts.amazonaws.com', 'AKIA', date_format(current_timestamp, '%Y%m%d'))) AS v (n, operation, service, access_key, day)""")
        for path in sorted(folder.glob("*.sql")):
            with self.subTest(path=path):
                if path.name == "019.sql":  # asks for a column "user", which the table has not
                    with self.assertRaisesRegex(AssertionError, "COLUMN_NOT_FOUND: line 3:2: Column 'user.name' cannot be resolved"):
                        self.rows(path.read_text())
                    continue
                rows = self.rows(path.read_text())
                expected = OCSF_ROWS[path.name]
                self.assertEqual(len(rows) if isinstance(expected, int) else rows, expected)


if __name__ == "__main__":
    main()
