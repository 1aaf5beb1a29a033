#!/usr/bin/env python3
"""The catalog as statements see it: information_schema, a table's partitions, the hidden columns of its files; and the one that a
Trino cluster is offered."""

import base64
import json

from account_case import policy_text
from athena_case import BUCKET, RESULTS, TABLE, AthenaCase, create_table, event, log_file
from opentrail_case import main

LOCATION = f"s3://{BUCKET}/logs/"
KEYS = "PARTITIONED BY (region string, year int)\n"


class Catalog(AthenaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.body = log_file([event("RunInstances", "alice", 0)])
        cls.s3.put_object(Bucket=BUCKET, Key="logs/region=us-east-1/a.json.gz", Body=cls.body)
        case = cls()
        case.run_statement("CREATE DATABASE cafe_logs")
        case.run_statement(create_table(TABLE, LOCATION))
        case.run_statement(create_table("parted", LOCATION, partitioned=KEYS))
        case.run_statement(f"ALTER TABLE parted ADD PARTITION (region='us-east-1', year='2026') LOCATION '{LOCATION}region=us-east-1/' "
                           f"PARTITION (region='eu \"west\"', year='2025') LOCATION '{LOCATION}nothing/'")
        case.run_statement("CREATE VIEW names AS SELECT eventname, count(*) AS n FROM parted GROUP BY 1")

    def test_schemata_tables_and_views(self):
        self.assertEqual(self.rows("SELECT catalog_name, schema_name FROM information_schema.schemata ORDER BY 2"),
                         [["awsdatacatalog", name] for name in ("cafe_logs", "default", "information_schema")])
        self.assertEqual(self.rows("SELECT * FROM information_schema.tables WHERE table_schema = 'default' ORDER BY table_name"),
                         [["awsdatacatalog", "default", TABLE, "BASE TABLE"], ["awsdatacatalog", "default", "names", "VIEW"],
                          ["awsdatacatalog", "default", "parted", "BASE TABLE"]])
        self.assertEqual(self.rows("SELECT table_name FROM awsdatacatalog.information_schema.tables WHERE table_schema IN ('cafe_logs', 'information_schema') ORDER BY 1"),
                         [["columns"], ["schemata"], ["tables"], ["views"]])
        self.assertEqual(self.rows("SELECT table_name, view_definition FROM information_schema.views"),
                         [["names", "SELECT eventname, count(*) AS n FROM parted GROUP BY 1"]])
        self.assertIn("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.information_schema.nope' does not exist",
                      self.failure("SELECT * FROM information_schema.nope"))

    def test_columns(self):
        rows = self.rows("SELECT column_name, ordinal_position, is_nullable, data_type, comment, extra_info FROM information_schema.columns "
                         "WHERE table_schema = 'default' AND table_name = 'parted' ORDER BY 2 DESC LIMIT 3")
        self.assertEqual(rows[:2], [["year", "26", "YES", "integer", None, "partition key"], ["region", "25", "YES", "varchar", None, "partition key"]])
        self.assertEqual(rows[2][:4], ["tlsdetails", "24", "YES", "row(tlsversion varchar, ciphersuite varchar, clientprovidedhostheader varchar)"])
        self.assertEqual(self.rows("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'names' ORDER BY ordinal_position"),
                         [["eventname", "varchar"], ["n", "bigint"]])
        found = self.run_statement("SELECT * FROM information_schema.columns LIMIT 1")
        _, answer = self.results(found["QueryExecutionId"])
        self.assertEqual([one["Name"] for one in answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]],
                         ["table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default", "is_nullable", "data_type",
                          "comment", "extra_info"])

    def test_partitions(self):
        found = self.run_statement('SELECT * FROM "parted$partitions" ORDER BY year')
        rows, answer = self.results(found["QueryExecutionId"])
        self.assertEqual(rows, [["region", "year"], ['eu "west"', "2025"], ["us-east-1", "2026"]])
        self.assertEqual([one["Type"] for one in answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]], ["varchar", "integer"])
        self.assertEqual(self.rows('SELECT max(year) + 1 FROM default."parted$partitions" WHERE region LIKE \'us%\''), [["2027"]])
        self.assertIn("TABLE_NOT_FOUND", self.failure(f'SELECT * FROM "{TABLE}$partitions"'))

    def test_hidden_columns_of_files(self):
        path = f"s3://{BUCKET}/logs/region=us-east-1/a.json.gz"
        row = self.rows('SELECT "$path", "$file_size", "$file_modified_time", region, year FROM parted')[0]
        modified = self.s3.head_object(Bucket=BUCKET, Key="logs/region=us-east-1/a.json.gz")["LastModified"]
        self.assertEqual(row[:2] + row[3:], [path, str(len(self.body)), "us-east-1", "2026"])
        self.assertEqual(row[2][:19], modified.strftime("%Y-%m-%d %H:%M:%S"))
        self.assertEqual(self.rows(f'SELECT count(*) FROM parted WHERE "$path" = \'{path}\''), [["1"]])
        self.run_statement("CREATE TABLE parquet AS SELECT eventname FROM parted")
        self.assertRegex(self.rows('SELECT "$path" FROM parquet')[0][0], f"^{RESULTS}tables/")
        self.run_statement("DROP TABLE parquet")

    def test_who_may_not_see_the_catalog(self):
        iam = self.client("iam")
        iam.create_user(UserName="outsider")
        iam.put_user_policy(UserName="outsider", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["athena:*", "s3:*"], "Resource": "*"}))
        key = iam.create_access_key(UserName="outsider")["AccessKey"]
        athena = self.client("athena", (key["AccessKeyId"], key["SecretAccessKey"]))
        self.assertIn("PERMISSION_DENIED", self.failure("SELECT * FROM information_schema.tables", athena))

    def test_the_catalog_that_trino_is_offered(self):
        catalog = self.client("sts").get_caller_identity()["Account"] + ":trino"
        parted = self.glue.get_table(CatalogId=catalog, DatabaseName="default", Name="parted")["Table"]
        self.assertEqual((parted["TableType"], parted["CatalogId"]), ("VIRTUAL_VIEW", catalog))
        view = json.loads(base64.b64decode(parted["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")))
        self.assertTrue(view["originalSql"].startswith('SELECT r."eventversion", r."useridentity"'), view)
        self.assertIn('f."region", f."year" FROM "parted$records" AS f CROSS JOIN UNNEST(f.records) AS r ("eventversion", ', view["originalSql"])
        self.assertEqual(view["columns"][-1], {"name": "year", "type": "integer"})
        records = self.glue.get_table(CatalogId=catalog, DatabaseName="default", Name="parted$records")["Table"]
        self.assertEqual(records["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"], "org.openx.data.jsonserde.JsonSerDe")
        self.assertRegex(records["StorageDescriptor"]["Columns"][0]["Type"], "^array<struct<eventversion:string,useridentity:struct<")
        partitions = self.glue.get_partitions(CatalogId=catalog, DatabaseName="default", TableName="parted$records")["Partitions"]
        self.assertEqual({one["StorageDescriptor"]["Columns"][0]["Name"] for one in partitions}, {"records"})
        self.assertEqual(len(partitions), 2)
        # What Trino opens is as it is; the account's own catalog knows of none of it; nothing is written there.
        listed = {one["Name"]: one["TableType"] for one in self.glue.get_tables(CatalogId=catalog, DatabaseName="default")["TableList"]}
        self.assertEqual((listed["parted"], "parted$records" in listed), ("VIRTUAL_VIEW", False))
        self.assertEqual(self.glue.get_table(DatabaseName="default", Name="parted")["Table"]["TableType"], "EXTERNAL_TABLE")
        for call in (lambda: self.glue.get_table(DatabaseName="default", Name="parted$records"),
                     lambda: self.glue.get_table(CatalogId=catalog, DatabaseName="default", Name="names$records"),
                     lambda: self.glue.get_table(CatalogId="999999999999:trino", DatabaseName="default", Name="parted"),
                     lambda: self.glue.delete_table(CatalogId=catalog, DatabaseName="default", Name="parted")):
            with self.assertRaises(self.glue.exceptions.EntityNotFoundException):
                call()


if __name__ == "__main__":
    main()
