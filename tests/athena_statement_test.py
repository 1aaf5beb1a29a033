#!/usr/bin/env python3
"""Athena's statements beside plain queries: partitions, views, prepared statements and their parameters, EXPLAIN, reused results."""

import base64
import json
import uuid

from athena_case import BUCKET, RESULTS, TABLE, AthenaCase, create_table, event, log_file
from opentrail_case import main

LOCATION = f"s3://{BUCKET}/logs/"


class Statements(AthenaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, (name, user) in enumerate((("RunInstances", "alice"), ("AuthorizeSecurityGroupIngress", "chaos"), ("StopInstances", "bob"))):
            cls.s3.put_object(Bucket=BUCKET, Key=f"logs/day=2026-03-0{number + 1}/a.json.gz", Body=log_file([event(name, user, number)]))
        cls().run_statement(create_table(TABLE, LOCATION))

    def test_repaired_and_changed_partitions(self):
        self.run_statement(create_table("parted", LOCATION, partitioned="PARTITIONED BY (day string)\n"))
        told = self.rows("MSCK REPAIR TABLE parted")
        self.assertEqual(told[0], ["Partitions not in metastore:\tparted:day=2026-03-01\tparted:day=2026-03-02\tparted:day=2026-03-03"])
        self.assertEqual(told[3], ["Repair: Added partition to metastore parted:day=2026-03-03"])
        self.assertEqual(self.rows("MSCK REPAIR TABLE parted"), [])
        self.assertEqual(self.rows("SELECT day, eventname FROM parted WHERE day > '2026-03-01' ORDER BY 1"),
                         [["2026-03-02", "AuthorizeSecurityGroupIngress"], ["2026-03-03", "StopInstances"]])
        self.run_statement("ALTER TABLE parted DROP PARTITION (day <= '2026-03-02')")
        self.assertEqual(self.rows("SHOW PARTITIONS parted"), [["day=2026-03-03"]])
        self.assertIn("Partition not found", self.failure("ALTER TABLE parted DROP PARTITION (day = '1999-01-01')"))
        self.run_statement("ALTER TABLE parted DROP IF EXISTS PARTITION (day = '1999-01-01')")
        self.run_statement("ALTER TABLE parted PARTITION (day='2026-03-03') RENAME TO PARTITION (day='third')")
        self.assertEqual(self.rows("SELECT day, eventname FROM parted"), [["third", "StopInstances"]])
        self.run_statement(f"ALTER TABLE parted PARTITION (day='third') SET LOCATION '{LOCATION}day=2026-03-01/'")
        self.assertEqual(self.rows("SELECT day, eventname FROM parted"), [["third", "RunInstances"]])
        self.assertIn("AlreadyExistsException", self.failure("ALTER TABLE parted ADD PARTITION (day='third')"))
        self.run_statement("ALTER TABLE parted ADD IF NOT EXISTS PARTITION (day='third')")
        self.assertIn("[Error 10006]", self.failure("ALTER TABLE parted ADD PARTITION (month='1')"))
        self.run_statement("ALTER TABLE parted ADD PARTITION (day='2026/03/09')")
        self.assertIn(["day=2026%2F03%2F09"], self.rows("SHOW PARTITIONS parted"))
        self.assertIn("is not a partitioned table", self.failure(f"SHOW PARTITIONS {TABLE}"))

    def test_columns_and_properties(self):
        self.run_statement(create_table("shaped", LOCATION))
        self.run_statement("ALTER TABLE shaped ADD COLUMNS (note string COMMENT 'ours')")
        self.assertIn(["note                \tstring              \tours                "], self.rows("DESCRIBE shaped"))
        self.assertEqual(self.rows("DESCRIBE shaped note"), [["note                \tstring              \tours                "]])
        self.run_statement("ALTER TABLE shaped CHANGE COLUMN note remark string AFTER eventversion")
        self.assertEqual(self.rows("SHOW COLUMNS IN shaped")[1], ["remark".ljust(20)])
        self.assertIn("Duplicate column name", self.failure("ALTER TABLE shaped ADD COLUMNS (remark string)"))
        self.run_statement("ALTER TABLE shaped REPLACE COLUMNS (eventname string, eventtime string)")
        self.assertEqual(self.rows("SELECT * FROM shaped ORDER BY 2")[0], ["RunInstances", "2026-03-01T10:00:00Z"])
        self.run_statement("ALTER TABLE shaped SET TBLPROPERTIES ('owner'='us')")
        self.assertEqual(self.rows("SHOW TBLPROPERTIES shaped('owner')"), [["us"]])
        self.assertIn(["owner\tus"], self.rows("SHOW TBLPROPERTIES shaped"))
        self.assertIn(["# Storage Information\t \t "], self.rows("DESCRIBE FORMATTED shaped"))
        self.assertTrue(self.rows("DESCRIBE EXTENDED shaped")[-1][0].startswith("Detailed Table Information\tTable(tableName:shaped, dbName:default,"))
        with self.assertRaises(self.athena.exceptions.InvalidRequestException) as caught:
            self.start("DESCRIBE nope")
        self.assertIn("Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException;", str(caught.exception))

    def test_views(self):
        made = self.run_statement(f"CREATE OR REPLACE VIEW who AS SELECT useridentity.username AS name, eventname, count(*) n\nFROM {TABLE} GROUP BY 1, 2")
        self.assertEqual((made["StatementType"], made["SubstatementType"]), ("DDL", "CREATE_VIEW"))
        self.assertEqual(self.rows("SELECT name, n FROM who WHERE eventname LIKE '%Security%'"), [["chaos", "1"]])
        self.assertEqual(self.rows('SELECT w."name" FROM default.who w JOIN who v ON v.name = w.name ORDER BY 1'), [["alice"], ["bob"], ["chaos"]])
        table = self.glue.get_table(DatabaseName="default", Name="who")["Table"]
        self.assertEqual((table["TableType"], table["ViewExpandedText"], table["Parameters"]["presto_view"]), ("VIRTUAL_VIEW", "/* Presto View */", "true"))
        definition = json.loads(base64.b64decode(table["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")))
        self.assertEqual(definition["columns"], [{"name": "name", "type": "varchar"}, {"name": "eventname", "type": "varchar"}, {"name": "n", "type": "bigint"}])
        self.assertEqual(self.rows("SHOW VIEWS"), [["who"]])
        self.assertIn(["who"], self.rows("SHOW TABLES 'wh*'"))
        self.assertTrue(self.rows("SHOW CREATE VIEW who")[0][0].startswith("CREATE VIEW default.who AS"))
        self.assertEqual(self.rows("DESCRIBE who")[2], ["n                   \tbigint"])
        self.run_statement("CREATE VIEW of_who AS SELECT upper(name) AS loud FROM who")
        self.assertEqual(self.rows("SELECT loud FROM of_who ORDER BY 1"), [["ALICE"], ["BOB"], ["CHAOS"]])
        self.assertIn("TABLE_ALREADY_EXISTS: line 1:1: View already exists", self.failure("CREATE VIEW who AS SELECT 1 one"))
        self.assertIn("TABLE_NOT_FOUND: line 2:15:", self.failure("CREATE VIEW broken AS\nSELECT 1 FROM nowhere"))
        self.run_statement("DROP VIEW who")
        self.assertIn("INVALID_VIEW: line 1:15: Failed analyzing stored view 'awsdatacatalog.default.of_who'", self.failure("SELECT * FROM of_who"))
        self.run_statement("DROP VIEW of_who")
        self.run_statement("DROP VIEW IF EXISTS of_who")
        self.assertIn("is a table", self.failure(f"DROP VIEW {TABLE}"))

    def test_a_view_of_itself(self):
        self.run_statement("CREATE DATABASE rings")
        there = {"QueryExecutionContext": {"Database": "rings"}}
        self.run_statement("CREATE VIEW ring AS SELECT 1 AS n", **there)
        self.run_statement("CREATE OR REPLACE VIEW ring_too AS SELECT n FROM ring", **there)
        self.run_statement("CREATE OR REPLACE VIEW ring AS SELECT n FROM ring_too", **there)
        self.assertIn("VIEW_IS_RECURSIVE", self.failure("SELECT * FROM ring", **there))

    def test_prepared_statements_and_parameters(self):
        self.run_statement(f"PREPARE by_user FROM SELECT eventname FROM {TABLE} WHERE useridentity.username = ? LIMIT ?")
        self.assertEqual(self.rows("EXECUTE by_user USING 'chaos', 5"), [["AuthorizeSecurityGroupIngress"]])
        self.assertEqual(self.rows("EXECUTE by_user", ExecutionParameters=["bob", "1"]), [["StopInstances"]])
        self.assertEqual(self.rows("SELECT ? || 'x', ? + 1", ExecutionParameters=["it's", "41"]), [["it'sx", "42"]])
        found = self.run_statement("SELECT ?", ExecutionParameters=["'a'"])
        self.assertEqual((found["Query"], found["ExecutionParameters"]), ("SELECT ?", ["'a'"]))
        self.refused("INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected 2 but found 1", "EXECUTE by_user USING 'x'")
        self.refused("INVALID_PARAMETER_USAGE", "Incorrect number of parameters: expected 1 but found 0", "SELECT ?")
        self.run_statement("DEALLOCATE PREPARE by_user")
        self.refused("INVALID_INPUT", "PreparedStatement by_user was not found in workGroup primary", "EXECUTE by_user USING 'x', 1")

    def refused(self, code, message, statement, **more):
        with self.assertRaises(self.athena.exceptions.InvalidRequestException) as caught:
            self.start(statement, **more)
        self.assertEqual((caught.exception.response["AthenaErrorCode"], caught.exception.response["Error"]["Message"]), (code, message))

    def test_explain(self):
        found = self.run_statement(f"EXPLAIN SELECT eventname FROM {TABLE} WHERE eventname = 'x'")
        self.assertEqual((found["StatementType"], found["SubstatementType"]), ("DML", "EXPLAIN"))
        self.assertTrue(found["ResultConfiguration"]["OutputLocation"].endswith(".txt"))
        rows, answer = self.results(found["QueryExecutionId"])
        self.assertEqual(rows[0], ["Query Plan"])
        self.assertGreater(len(rows), 2)
        self.assertNotIn("UpdateCount", answer)
        self.assertEqual(self.rows("EXPLAIN (TYPE VALIDATE) SELECT 1"), [["true"]])
        inputs = json.loads(self.rows(f"EXPLAIN (TYPE IO, FORMAT JSON) SELECT 1 FROM {TABLE}")[0][0])
        self.assertEqual(inputs["inputTableColumnInfos"][0]["table"]["schemaTable"], {"schema": "default", "table": TABLE})
        self.assertIn("COLUMN_NOT_FOUND: line 1:16:", self.failure(f"EXPLAIN SELECT banana FROM {TABLE}"))

    def test_functions_and_what_cannot_be_modified(self):
        rows = self.rows("SHOW FUNCTIONS LIKE 'regexp_like'")
        self.assertEqual(rows[0], ["Function", "Return Type", "Argument Types", "Function Type", "Deterministic", "Description"])
        self.assertEqual((rows[1][0], rows[1][1], rows[1][3]), ("regexp_like", "boolean", "scalar"))
        self.assertEqual(self.failure(f"DELETE FROM {TABLE} WHERE eventname = 'x'"),
                         "NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables")
        self.assertEqual(self.failure("UPDATE nope SET a = 1"), "TABLE_NOT_FOUND: line 1:8: Table 'awsdatacatalog.default.nope' does not exist")

    def test_reused_results(self):
        reuse = {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 5}}}
        query = f"SELECT eventname, '{uuid.uuid4()}' AS mark FROM {TABLE} ORDER BY 1"
        first = self.run_statement(query)
        again = self.run_statement(query, **reuse)
        self.assertIs(again["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"], True)
        self.assertEqual(again["Statistics"]["DataScannedInBytes"], 0)
        self.assertEqual(again["ResultConfiguration"]["OutputLocation"], first["ResultConfiguration"]["OutputLocation"])
        self.assertEqual(self.results(again["QueryExecutionId"])[0], self.results(first["QueryExecutionId"])[0])
        other = self.run_statement(query, output=f"s3://{BUCKET}/elsewhere/", **reuse)
        self.assertIs(other["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"], False)
        for changing in (f"SELECT eventname FROM {TABLE} LIMIT 1", "SELECT now()"):
            self.run_statement(changing, **reuse)
            self.assertIs(self.run_statement(changing, **reuse)["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"], False)

    def test_statistics(self):
        execution = self.run_statement(f"SELECT eventname FROM {TABLE}")
        self.assertEqual(set(execution["Statistics"]), {
            "EngineExecutionTimeInMillis", "DataScannedInBytes", "TotalExecutionTimeInMillis", "QueryQueueTimeInMillis",
            "ServicePreProcessingTimeInMillis", "QueryPlanningTimeInMillis", "ServiceProcessingTimeInMillis", "ResultReuseInformation"})
        runtime = self.athena.get_query_runtime_statistics(QueryExecutionId=execution["QueryExecutionId"])["QueryRuntimeStatistics"]
        self.assertEqual((runtime["Rows"]["InputRows"], runtime["Rows"]["OutputRows"]), (3, 3))
        self.assertEqual(runtime["Rows"]["InputBytes"], execution["Statistics"]["DataScannedInBytes"])
        self.assertEqual(runtime["Timeline"]["EngineExecutionTimeInMillis"], execution["Statistics"]["EngineExecutionTimeInMillis"])

    def test_a_workgroup_bounds_what_is_scanned(self):
        for number in range(3):
            filler = log_file([event("Filler", str(uuid.uuid4()), 4, note=base64.b64encode(uuid.uuid4().bytes * 1).decode()) for _ in range(10)])
            padding = json.dumps({"Records": []}).encode() + b" " * 6_000_000
            self.s3.put_object(Bucket=BUCKET, Key=f"large/{number}.json", Body=filler if number == 0 else padding)
        self.run_statement(create_table("large", f"s3://{BUCKET}/large/"))
        self.athena.create_work_group(Name="thrifty", Configuration={"ResultConfiguration": {"OutputLocation": RESULTS}, "BytesScannedCutoffPerQuery": 10_000_000})
        found = self.finish(self.start("SELECT count(*) FROM large", WorkGroup="thrifty"))
        self.assertEqual((found["Status"]["State"], found["Status"]["StateChangeReason"]), ("CANCELLED", "Bytes scanned limit was exceeded"))
        self.assertEqual(self.rows("SELECT count(*) FROM large"), [["10"]])
        self.athena.update_work_group(WorkGroup="thrifty", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True})
        self.assertEqual(self.rows("SELECT count(*) FROM large", WorkGroup="thrifty"), [["10"]])


if __name__ == "__main__":
    main()
