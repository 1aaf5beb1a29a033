#!/usr/bin/env python3
"""Athena through clients that nobody here wrote: PyAthena with its kinds of cursors, awswrangler, the AWS SDK for JavaScript."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import unittest

from account_case import CLIENTS, REGION
from athena_case import BUCKET, RESULTS, TABLE, AthenaCase, create_table, event, log_file
from opentrail_case import ROOT, main

LOCATION = f"s3://{BUCKET}/logs/"
CONNECT = f"connect(s3_staging_dir={RESULTS!r}, region_name={REGION!r}, poll_interval=0.02"


class Clients(AthenaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        events = [event("RunInstances", "alice", 0), event("AuthorizeSecurityGroupIngress", "chaos", 1, errorMessage='a "quoted", text\nof two lines'),
                  event("StopInstances", "bob", 2)]
        cls.s3.put_object(Bucket=BUCKET, Key="logs/a.json.gz", Body=log_file(events))
        cls().run_statement(create_table(TABLE, LOCATION))

    def environment(self, **more):
        access, secret = self.server.root_keys()
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return {**kept, "AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": "/dev/null",
                "AWS_ENDPOINT_URL": self.server.endpoint, "AWS_CA_BUNDLE": self.server.ca, "AWS_EC2_METADATA_DISABLED": "true", **more}

    def run_client(self, command, **more):
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(**more), timeout=300, check=False)
        self.assertEqual(done.returncode, 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def first_words(self):
        """Of the newest statements: what a client really sent."""
        found = self.athena.list_query_executions(MaxResults=10)["QueryExecutionIds"]
        executions = self.athena.batch_get_query_execution(QueryExecutionIds=found)["QueryExecutions"]
        return {execution["Query"].split()[0] for execution in executions}

    def python(self, package, code):
        """Runs code with the clients on its path; it prints one line of JSON."""
        if not (CLIENTS / "python" / package).is_dir():
            self.skipTest(f"no {package}: tools/fetch-clients")
        return self.run_client([sys.executable, "-c", textwrap.dedent(code)], PYTHONPATH=str(CLIENTS / "python"))

    def test_pyathena(self):
        found = self.python("pyathena", f"""
            import json
            from pyathena import connect
            cursor = {CONNECT}).cursor()
            rows = cursor.execute("SELECT eventname, errormessage, 1.5 d, true b, DATE '2026-03-01' day, count(*) OVER () n FROM {TABLE} ORDER BY 1").fetchall()
            names = [column[:2] for column in cursor.description]
            cursor.execute("SELECT eventname FROM {TABLE} WHERE useridentity.username = %(who)s", {{"who": "chaos"}})
            who = cursor.fetchone()
            cursor.execute("SELECT ?", ["'x'"], paramstyle="qmark")
            print(json.dumps([[[str(v) if v is not None else None for v in row] for row in rows], names, who, cursor.fetchall(), cursor.state]))
            """)
        self.assertEqual(found[0][0], ["AuthorizeSecurityGroupIngress", 'a "quoted", text\nof two lines', "1.5", "True", "2026-03-01", "3"])
        self.assertEqual(found[0][1][1], None)
        self.assertEqual(found[1], [["eventname", "varchar"], ["errormessage", "varchar"], ["d", "double"], ["b", "boolean"], ["day", "date"], ["n", "bigint"]])
        self.assertEqual(found[2:], [["AuthorizeSecurityGroupIngress"], [["x"]], "SUCCEEDED"])

    def test_pyathena_dictionaries_and_errors(self):
        found = self.python("pyathena", f"""
            import json
            from pyathena import connect
            from pyathena.cursor import DictCursor
            from pyathena.error import OperationalError, DatabaseError
            connection = {CONNECT})
            rows = connection.cursor(DictCursor).execute("SELECT eventname AS e FROM {TABLE} ORDER BY 1").fetchall()
            errors = []
            for statement in ("SELECT banana FROM {TABLE}", "SELEC 1"):
                try:
                    connection.cursor().execute(statement)
                except (OperationalError, DatabaseError) as error:
                    errors.append(str(error))
            tables = connection.cursor().execute("SHOW TABLES").fetchall()
            print(json.dumps([rows, errors, tables]))
            """)
        self.assertEqual(found[0], [{"e": "AuthorizeSecurityGroupIngress"}, {"e": "RunInstances"}, {"e": "StopInstances"}])
        self.assertIn("COLUMN_NOT_FOUND: line 1:8: Column 'banana'", found[1][0])
        self.assertIn("mismatched input 'SELEC'", found[1][1])
        self.assertIn([TABLE], found[2])

    def test_pyathena_pandas(self):
        found = self.python("pyathena", f"""
            import json
            from pyathena import connect
            from pyathena.pandas.cursor import PandasCursor
            cursor = {CONNECT}, cursor_class=PandasCursor).cursor()
            frame = cursor.execute("SELECT eventname, errormessage, 7 AS n FROM {TABLE} ORDER BY 1").as_pandas()
            print(json.dumps([list(frame["eventname"]), int(frame["n"].sum()), bool(frame["errormessage"].isna()[1]), frame["errormessage"][0]]))
            """)
        self.assertEqual(found, [["AuthorizeSecurityGroupIngress", "RunInstances", "StopInstances"], 21, True, 'a "quoted", text\nof two lines'])

    def test_pyathena_arrow(self):
        # Arrow's own client of S3 hears of another endpoint in its arguments alone, which PyAthena does not pass on.
        found = self.python("pyathena", f"""
            import functools, json, os
            import pyarrow.fs
            pyarrow.fs.S3FileSystem = functools.partial(pyarrow.fs.S3FileSystem, scheme="http",
                                                        endpoint_override=os.environ["AWS_ENDPOINT_URL"].removeprefix("https://"))
            from pyathena import connect
            from pyathena.arrow.cursor import ArrowCursor
            cursor = {CONNECT}, cursor_class=ArrowCursor).cursor()
            table = cursor.execute("SELECT eventname, 7 AS n FROM {TABLE} ORDER BY 1").as_arrow()
            print(json.dumps([table.column("eventname").to_pylist(), table.column("n").to_pylist(), str(table.schema.field("n").type)]))
            """)
        self.assertEqual(found, [["AuthorizeSecurityGroupIngress", "RunInstances", "StopInstances"], [7, 7, 7], "int32"])

    def test_awswrangler(self):
        found = self.python("awswrangler", f"""
            import json
            import awswrangler
            frame = awswrangler.athena.read_sql_query("SELECT eventname, errormessage, 7 AS n FROM {TABLE} ORDER BY 1", database="default",
                                                      ctas_approach=False, s3_output={RESULTS!r})
            types = awswrangler.catalog.get_table_types(database="default", table="{TABLE}")
            chunks = awswrangler.athena.read_sql_query("SELECT eventname FROM {TABLE} ORDER BY 1", database="default",
                                                       ctas_approach=False, s3_output={RESULTS!r}, chunksize=2)
            print(json.dumps([list(frame["eventname"]), int(frame["n"].sum()), types["eventname"], awswrangler.catalog.does_table_exist("default", "nope"),
                              [len(chunk) for chunk in chunks]]))
            """)
        self.assertEqual(found, [["AuthorizeSecurityGroupIngress", "RunInstances", "StopInstances"], 21, "string", False, [2, 1]])

    def test_awswrangler_by_tables_and_unloads(self):
        # What is read back is Parquet: types that CSV has not, rows in structures, and nothing left in the catalog.
        found = self.python("awswrangler", f"""
            import json
            import awswrangler
            query = ('''SELECT eventname, errormessage, CAST(7 AS bigint) AS n, 1.5 AS d, DATE '2026-03-01' AS day, useridentity, ARRAY[1, 2] AS a
                        FROM {TABLE}''')
            found = []
            for mode in ({{"ctas_approach": True}}, {{"ctas_approach": False, "unload_approach": True}}):
                frame = awswrangler.athena.read_sql_query(query, database="default", s3_output={RESULTS!r} + "wrangler/" + str(len(found)) + "/", **mode)
                frame = frame.sort_values("eventname")
                who = [row["username"] for row in frame["useridentity"]]
                found.append([list(frame["eventname"]), list(frame["errormessage"].isna()), int(frame["n"].sum()), float(frame["d"].sum()),
                              str(frame["day"].iloc[0]), who, [int(v) for v in frame["a"].iloc[0]]])
            tables = [table["Name"] for table in awswrangler.catalog.get_tables(database="default")]
            print(json.dumps([found, [name for name in tables if name.startswith("temp_table")]]))
            """)
        rows = [["AuthorizeSecurityGroupIngress", "RunInstances", "StopInstances"], [False, True, True], 21, 4.5, "2026-03-01", ["chaos", "alice", "bob"], [1, 2]]
        self.assertEqual(found, [[rows, rows], []])
        self.assertLessEqual({"CREATE", "UNLOAD"}, self.first_words())

    def test_pyathena_unloads(self):
        found = self.python("pyathena", f"""
            import functools, json, os
            import pyarrow.fs
            pyarrow.fs.S3FileSystem = functools.partial(pyarrow.fs.S3FileSystem, scheme="http",
                                                        endpoint_override=os.environ["AWS_ENDPOINT_URL"].removeprefix("https://"))
            from pyathena import connect
            from pyathena.arrow.cursor import ArrowCursor
            from pyathena.pandas.cursor import PandasCursor
            query = "SELECT eventname, CAST(7 AS bigint) AS n, useridentity FROM {TABLE}"
            table = {CONNECT}, cursor_class=ArrowCursor).cursor(unload=True).execute(query).as_arrow().sort_by("eventname")
            frame = {CONNECT}, cursor_class=PandasCursor).cursor(unload=True).execute(query).as_pandas().sort_values("eventname")
            print(json.dumps([table.column("eventname").to_pylist(), table.column("n").to_pylist(), table.column("useridentity")[0].as_py()["username"],
                              list(frame["eventname"]), int(frame["n"].sum())]))
            """)
        names = ["AuthorizeSecurityGroupIngress", "RunInstances", "StopInstances"]
        self.assertEqual(found, [names, [7, 7, 7], "chaos", names, 21])
        self.assertIn("UNLOAD", self.first_words())

    def test_pyathena_side_by_side(self):
        found = self.python("pyathena", f"""
            import json
            from pyathena import connect
            from pyathena.async_cursor import AsyncCursor, AsyncDictCursor
            from pyathena.pandas.async_cursor import AsyncPandasCursor
            cursor = {CONNECT}, cursor_class=AsyncCursor).cursor(max_workers=4)
            futures = [cursor.execute(f"SELECT {{n}}, eventname FROM {TABLE} ORDER BY 2")[1] for n in range(8)]
            rows = [[list(row) for row in future.result().fetchall()][0] for future in futures]
            named = {CONNECT}, cursor_class=AsyncDictCursor).cursor().execute("SELECT 1 AS one")[1].result().fetchall()
            frame = {CONNECT}, cursor_class=AsyncPandasCursor).cursor().execute("SELECT 2 AS two")[1].result().as_pandas()
            slow_id, slow = cursor.execute("SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x), UNNEST(sequence(1, 10000)) b (y), "
                                           "UNNEST(sequence(1, 10000)) c (z)")
            cursor.cancel(slow_id).result()
            print(json.dumps([rows, named, int(frame["two"][0]), slow.result().state]))
            """)
        self.assertEqual(found[0], [[n, "AuthorizeSecurityGroupIngress"] for n in range(8)])
        self.assertEqual(found[1:], [[{"one": 1}], 2, "CANCELLED"])

    def test_javascript(self):
        if not (CLIENTS / "javascript" / "node_modules").is_dir():
            self.skipTest("no AWS SDK for JavaScript: tools/fetch-clients")
        if shutil.which("node") is None:
            self.skipTest("no node: apt-get install nodejs")
        script = CLIENTS / "javascript" / "athena.mjs"
        shutil.copyfile(ROOT / "tests" / "javascript" / "athena.mjs", script)  # its imports are found beside it
        found = self.run_client(["node", str(script), f"SELECT eventname, errormessage FROM {TABLE} ORDER BY 1", RESULTS],
                                NODE_EXTRA_CA_CERTS=self.server.ca)
        self.assertEqual(found["rows"], [["eventname", "errormessage"], ["AuthorizeSecurityGroupIngress", 'a "quoted", text\nof two lines'],
                                         ["RunInstances", None], ["StopInstances", None]])
        self.assertEqual((found["state"], found["submitted"]), ("SUCCEEDED", True))
        self.assertEqual(found["refusal"], {"name": "InvalidRequestException", "code": "MALFORMED_QUERY"})


if __name__ == "__main__":
    main()
