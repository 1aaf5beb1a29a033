#!/usr/bin/env python3
"""The command line as a user meets it, over the sample logs."""

import bz2
import csv
import gzip
import io
import json
import os
import pty
import select
import signal
import subprocess
import time

from opentrail_case import OPENTRAIL, OpentrailCase, main, make_sample


class QueryTest(OpentrailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = cls.scratch / "logs"
        make_sample(cls.logs)

    def test_names_who_opened_the_port(self):
        rows = self.query(self.logs, "SELECT useridentity.userName, eventtime, sourceipaddress, useragent LIKE 'aws-cli%' AS program "
                          "FROM cloudtrail_logs WHERE eventname = 'AuthorizeSecurityGroupIngress' AND requestparameters LIKE '%0.0.0.0/0%'", "--dedup")
        self.assertEqual(rows, [{"userName": "chaos", "eventtime": "2026-03-04T12:06:58Z", "sourceipaddress": "192.0.2.66", "program": True}])

    def test_deduplicates_only_when_asked(self):
        sql = "SELECT count(*) AS n, count(DISTINCT eventid) AS ids FROM cloudtrail_logs"
        plain = self.query(self.logs, sql)[0]
        once = self.query(self.logs, sql, "--dedup")[0]
        self.assertGreater(plain["n"], plain["ids"])
        self.assertEqual(once, {"n": plain["ids"], "ids": plain["ids"]})

    def test_csv_is_athenas(self):
        sql = "SELECT eventname, errorcode, '' AS empty, 'a \"b\", c' AS quoted FROM cloudtrail_logs WHERE eventname = 'CreateTrail'"
        text = self.run_program("query", "--logs", self.logs, "--output", "csv", sql).stdout
        self.assertEqual(text, '"eventname","errorcode","empty","quoted"\n"CreateTrail",,"","a ""b"", c"\n')
        self.assertEqual(len(list(csv.reader(io.StringIO(text)))), 2)

    def test_json_lines_and_table(self):
        sql = "SELECT eventname, count(*) AS n, 0.5E0 AS half, true AS yes, NULL AS nothing FROM cloudtrail_logs WHERE eventname = 'CreateTrail' GROUP BY 1"
        lines = self.run_program("query", "--logs", self.logs, "--output", "jsonl", sql).stdout.splitlines()
        self.assertEqual([json.loads(line) for line in lines], [{"eventname": "CreateTrail", "n": 1, "half": 0.5, "yes": True, "nothing": None}])
        table = self.run_program("query", "--logs", self.logs, sql).stdout
        self.assertIn(" eventname   | n | half | yes  | nothing\n", table)
        self.assertTrue(table.endswith("(1 row)\n"), table)

    def test_a_wrong_statement_leaves_the_file_as_it_is(self):
        file = self.scratch / "answer.csv"
        ask = ["query", "--logs", self.logs, "--output", "csv", "--output-file", file]
        for sql, text in (("SELECT 12345 AS n", '"n"\n"12345"\n'), ("SELECT 1 AS n", '"n"\n"1"\n')):
            self.run_program(*ask, sql)
            self.assertEqual(file.read_text(), text)
        self.run_program(*ask, "SELECT nope", code=1)
        self.assertEqual(file.read_text(), '"n"\n"1"\n')
        self.run_program("query", "--logs", self.logs, "--output", "csv", "--output-file", "/dev/null", "SELECT 1")

    def test_the_journal_of_no_account(self):
        refused = self.run_program("journal", "--data", self.scratch / "nothing", code=1)
        self.assertIn("--data names a directory that `opentrail serve` made", refused.stderr)
        self.run_program("journal", "--after", "-1", code=2)

    def test_lake(self):
        store = "0e5d7c1a-4b1f-4e0a-9c58-1f2a3b4c5d6e"
        sql = (f"SELECT userIdentity.userName, eventTime, element_at(requestParameters, 'groupId') AS security_group FROM {store} "
               "WHERE eventName = 'AuthorizeSecurityGroupIngress' AND eventTime > '2026-03-04 12:00:00' AND eventTime < '2026-03-05'")
        rows = self.query(self.logs, sql, "--lake", "--dedup")
        self.assertEqual([(row["userName"], row["eventTime"]) for row in rows], [("chaos", "2026-03-04 12:06:58.000")])
        self.assertTrue(rows[0]["security_group"].startswith("sg-"), rows)
        self.assertEqual(self.query(self.logs, "SELECT count(*) AS n FROM eds WHERE json_parse(eventJson) IS NULL", "--lake", "--table", "eds"), [{"n": 0}])
        refused = self.run_program("query", "--logs", self.logs, sql, code=1)
        self.assertIn("identifiers must not start with a digit", refused.stderr)
        self.assertIn("TABLE_NOT_FOUND", self.run_program("query", "--lake", "--logs", self.logs, "SELECT 1 FROM trail", code=1).stderr)

    def test_declared_tables_in_every_compression(self):
        folder = self.scratch / "packed"
        folder.mkdir()
        lines = b'{"n": 1, "s": "a"}\n{"n": 2, "s": "b"}\n'
        (folder / "plain.json").write_bytes(lines)
        (folder / "one.json.gz").write_bytes(gzip.compress(lines))
        (folder / "two.json.bz2").write_bytes(bz2.compress(lines[:19]) + bz2.compress(lines[19:]))
        subprocess.run(["zstd", "-q", folder / "plain.json", "-o", folder / "three.json.zst"], check=True)
        (self.scratch / "packed.sql").write_text("CREATE EXTERNAL TABLE packed (n int, s string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 'packed'")
        ask = ["query", "--ddl", self.scratch / "packed.sql", "--output", "jsonl", "SELECT n, count(*) AS files FROM packed GROUP BY 1 ORDER BY 1"]
        answer = '{"n":1,"files":4}\n{"n":2,"files":4}\n'
        self.assertEqual(self.run_program(*ask).stdout.replace(" ", ""), answer)
        whole = (folder / "two.json.bz2").read_bytes()
        bomb = subprocess.run(["zstd", "-q", "-c"], input=b" " * (64 << 20), stdout=subprocess.PIPE, check=True).stdout
        for name, content, told in (
                ("cut.json.bz2", whole[:-20], r"bzip2: the bzip2 stream that begins at offset \d+ is cut off \(in .*/cut.json.bz2 at byte \d+\)"),
                ("other.json.snappy", b"\x00\x00\x00\x01", r"files named \*.snappy are not read here"),
                ("bomb.json.zst", bomb, r"zstd: inflates to more than 1000 times its size \(max_ratio\)")):
            (folder / name).write_bytes(content)
            self.assertRegex(self.run_program(*ask, code=1).stderr, told)
            (folder / name).unlink()

    def test_parquet_reads_back(self):
        target = self.scratch / "out.parquet"
        self.run_program("query", "--logs", self.logs, "--output", "parquet", "--output-file", target, "SELECT eventname, useridentity FROM cloudtrail_logs LIMIT 7")
        data = target.read_bytes()
        self.assertEqual((data[:4], data[-4:]), (b"PAR1", b"PAR1"))
        self.assertEqual(self.run_program("query", "--logs", self.logs, "--output", "parquet", "SELECT 1", code=2).stdout, "")

    def test_statement_from_file_pipe_and_dash(self):
        statement = self.scratch / "q.sql"
        statement.write_text("SELECT count(*) AS n\nFROM cloudtrail_logs;\n")
        from_file = self.run_program("query", "--logs", self.logs, "-o", "csv", "--file", statement).stdout
        from_pipe = self.run_program("query", "--logs", self.logs, "-o", "csv", stdin=statement.read_text()).stdout
        from_dash = self.run_program("query", "--logs", self.logs, "-o", "csv", "-", stdin=statement.read_text()).stdout
        self.assertEqual(from_file, from_pipe)
        self.assertEqual(from_file, from_dash)
        self.assertIn("no SQL", self.run_program("query", "--logs", self.logs, stdin=" \n", code=1).stderr)

    def test_other_names_for_the_table(self):
        rows = self.query(self.logs, "SELECT count(*) AS n FROM Security.Trail_2026", "--table", "security.trail_2026")
        self.assertGreater(rows[0]["n"], 2000)

    def test_refuses_in_athenas_words(self):
        for sql, words in (("SELECT banana FROM cloudtrail_logs", "COLUMN_NOT_FOUND: line 1:8: Column 'banana' cannot be resolved"),
                           ("SELECT * FROM nope", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nope' does not exist"),
                           ("SELEC 1", "line 1:1: mismatched input 'SELEC'"),
                           ("SELECT 1 FROM cloudtrail_logs WHERE eventname = 1", "TYPE_MISMATCH: line 1:"),
                           ("SELECT 1/0", "DIVISION_BY_ZERO: ")):
            self.assertIn(words, self.run_program("query", "--logs", self.logs, sql, code=1).stderr)

    def test_partition_columns_prune_and_stay_hidden(self):
        sql = "SELECT count(*) AS n FROM cloudtrail_logs WHERE region = 'us-east-1' AND year = '2026' AND month = '03' AND day = '04'"
        day = self.query(self.logs, sql)[0]["n"]
        self.assertEqual(day, self.query(self.logs, "SELECT count(*) AS n FROM cloudtrail_logs WHERE \"$path\" LIKE '%/2026/03/04/%'")[0]["n"])
        self.assertGreater(day, 0)
        self.assertEqual(self.query(self.logs, sql.replace("us-east-1", "eu-west-1"))[0]["n"], 0)
        self.assertNotIn("region", self.query(self.logs, "SELECT * FROM cloudtrail_logs LIMIT 1")[0])


class FaultTest(OpentrailCase):
    """What cannot be read is named, counted, and told by the exit code."""

    def setUp(self):
        self.logs = self.scratch / self.id().split(".")[-1]
        self.logs.mkdir()
        event = {"eventVersion": "1.11", "eventTime": "2026-03-04T12:00:00Z", "eventName": "GetObject", "eventID": "a"}
        (self.logs / "good.json").write_text(json.dumps({"Records": [event, {**event, "eventID": "b"}]}))

    def count(self, code, *options):
        done = self.run_program("query", "--logs", self.logs, "-o", "csv", *options, "SELECT count(*) AS n FROM cloudtrail_logs", code=code)
        return done

    def test_cut_off_gzip(self):
        whole = gzip.compress((self.logs / "good.json").read_bytes())
        (self.logs / "cut.json.gz").write_bytes(whole[:-9])
        done = self.count(3)
        self.assertEqual(done.stdout, '"n"\n"4"\n')  # what came before the cut is delivered
        self.assertIn("1 of 2 files", done.stderr)
        self.assertIn("cut.json.gz at byte", done.stderr)
        self.assertIn("cut.json.gz", self.count(1, "--strict").stderr)

    def test_malformed_json_names_its_offset(self):
        (self.logs / "bad.json").write_text('{"Records":[{"eventName":"A","eventID":"c"},{"eventName":"B"')
        done = self.count(3)
        self.assertEqual(done.stdout, '"n"\n"3"\n')
        self.assertRegex(done.stderr, r"bad\.json at byte \d+: ")

    def test_bomb_is_refused_by_name_of_its_bound(self):
        (self.logs / "bomb.json.gz").write_bytes(gzip.compress(b" " * (8 << 20)))
        self.assertIn("--max-ratio", self.count(3, "--max-ratio", "100").stderr)
        (self.logs / "bomb.json.gz").unlink()
        (self.logs / "large.json.gz").write_bytes(gzip.compress(b'{"Records":[' + b" " * 5000 + b"]}"))
        self.assertIn("--max-inflated", self.count(3, "--max-inflated", "4096").stderr)

    def test_a_broken_answer_does_not_look_whole(self):
        (self.logs / "bad.json").write_text('{"Records":[{"eventName":"A","eventID":"c"},{"eventName":"B"')
        for output in ("table", "csv", "json", "jsonl"):
            done = self.run_program("query", "--logs", self.logs, "--strict", "-o", output, "SELECT count(*) AS n FROM cloudtrail_logs", code=1)
            self.assertEqual(done.stdout, "", output)
        sql = "SELECT json_parse(v) AS j FROM UNNEST(transform(sequence(1, 5000), x -> if(x = 4999, '{', '1'))) AS t (v)"
        table = self.run_program("query", "--logs", self.logs, sql, code=1).stdout
        self.assertNotIn("rows)", table)
        with self.assertRaises(ValueError):
            json.loads(self.run_program("query", "--logs", self.logs, "-o", "json", sql, code=1).stdout)

    def test_no_logs_are_told_from_no_events(self):
        (self.scratch / "nothing").mkdir(exist_ok=True)
        for verb in (["query"], ["lookup"], ["summary"]):
            question = ["SELECT count(*) FROM cloudtrail_logs"] if verb == ["query"] else []
            self.assertIn("no log files are there", self.run_program(*verb, "--logs", self.scratch / "nothing", *question).stderr)
        for question in ("SELECT 1", "SELECT count(*) FROM cloudtrail_logs WHERE region = 'us-east-1'"):
            self.assertEqual(self.run_program("query", "--logs", self.logs, question).stderr, "")

    def test_who_stops_reading_is_not_told_an_error(self):
        event = {"eventVersion": "1.11", "eventTime": "2026-03-04T12:00:00Z", "eventName": "GetObject", "requestParameters": {"key": "k" * 1000}}
        (self.logs / "many.json").write_text(json.dumps({"Records": [{**event, "eventID": str(i)} for i in range(2000)]}))
        for arguments in (["query", "-o", "csv", "SELECT * FROM cloudtrail_logs"], ["query", "SELECT * FROM cloudtrail_logs"], ["lookup"]):
            started = subprocess.Popen([str(OPENTRAIL), *arguments, "--logs", str(self.logs)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            started.stdout.read(10)
            started.stdout.close()
            self.assertEqual((started.stderr.read(), started.wait(timeout=60)), (b"", 141), arguments)
            started.stderr.close()
        # A question without an end ends with its reader.
        endless = subprocess.Popen([str(OPENTRAIL), "query", "--logs", str(self.logs), "-o", "csv", "SELECT a.n FROM " + ", ".join(
            f"UNNEST(sequence(1, 10000)) AS {name} (n)" for name in "abc")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        endless.stdout.read(10)
        endless.stdout.close()
        self.assertEqual(endless.wait(timeout=60), 141)

    def test_full_disk(self):
        for arguments in (["query", "SELECT 1"], ["lookup"], ["summary"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([str(OPENTRAIL), *arguments, "--logs", str(self.logs)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            self.assertEqual((done.returncode, done.stderr), (1, "opentrail: writing the result: No space left on device\n"), arguments)

    def test_wrong_command_lines(self):
        self.run_program("query", code=2)
        self.assertIn("no verb nonsense; there are: lab, serve", self.run_program("nonsense", code=2).stderr)
        self.assertIn("no verb begin; there are: up, status, attack, check, reset, down\n", self.run_program("lab", "begin", code=2).stderr)
        for wrong in (["lookup", "--logs", self.logs, "--max-items", "-1"], ["serve", "--port", "99999"], ["serve", "--account-id", "12"],
                      ["summary", "--logs", self.logs, "--max-ratio", "-1"]):
            self.assertIn(wrong[-1], self.run_program(*wrong, code=2).stderr)
        self.assertIn("no such file or folder", self.run_program("summary", "--logs", self.scratch / "none", code=1).stderr)
        self.assertIn("Exit codes", self.run_program("--help").stdout)
        for verb in ("query", "lookup", "summary"):
            self.assertIn("Examples", self.run_program(verb, "--help").stdout)


class LookupTest(OpentrailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = cls.scratch / "logs"
        make_sample(cls.logs)

    def lookup(self, *options, **attributes):
        given = [f"AttributeKey={key},AttributeValue={value}" for key, value in attributes.items()]
        arguments = ["--lookup-attributes", *given] if given else []
        return json.loads(self.run_program("lookup", "--logs", self.logs, *arguments, *options).stdout)["Events"]

    def test_each_attribute(self):
        authorize = self.lookup(EventName="AuthorizeSecurityGroupIngress")
        self.assertEqual([e["Username"] for e in authorize], ["chaos", "sofia"])
        event = authorize[0]
        self.assertEqual(event["Resources"], [{"ResourceType": "AWS::EC2::SecurityGroup", "ResourceName": "sg-0cafe0feb5ec0417a"}])
        self.assertEqual(event["EventTime"], "2026-03-04T12:06:58+00:00")
        self.assertEqual(json.loads(event["CloudTrailEvent"])["eventID"], event["EventId"])
        self.assertEqual([e["EventId"] for e in self.lookup(EventId=event["EventId"])], [event["EventId"]])
        self.assertEqual(len(self.lookup(Username="chaos")), 6)
        self.assertEqual(len(self.lookup(AccessKeyId=event["AccessKeyId"])), 6)
        self.assertEqual(len(self.lookup(ResourceName="sg-0cafe0feb5ec0417a")), 3)
        self.assertEqual(len(self.lookup(ResourceType="AWS::EC2::SecurityGroup")), 3)
        self.assertEqual({e["EventName"] for e in self.lookup(EventSource="signin.amazonaws.com")}, {"ConsoleLogin"})
        self.assertTrue(all(e["ReadOnly"] == "false" for e in self.lookup(ReadOnly="false")))

    def test_several_attributes_times_and_order(self):
        found = self.lookup("--start-time", "2026-03-04", Username="sofia", ReadOnly="false")
        self.assertEqual([e["EventName"] for e in found], ["CreateTrail", "CreateBucket", "AuthorizeSecurityGroupIngress", "ConsoleLogin"])
        self.assertEqual(self.lookup("--end-time", "2026-03-01"), [])
        self.assertEqual(self.lookup("--start-time", "2026-03-04T01:00:00+01:00", Username="sofia", ReadOnly="false"), found)
        everything = self.lookup("--max-items", "5")
        times = [e["EventTime"] for e in everything]
        self.assertEqual((len(times), times), (5, sorted(times, reverse=True)))

    def test_text_and_table(self):
        done = self.run_program("lookup", "--logs", self.logs, "--output", "text", "--lookup-attributes", "AttributeKey=ResourceType,AttributeValue=AWS::EC2::SecurityGroup")
        lines = done.stdout.splitlines()
        self.assertEqual([line.split("\t")[0] for line in lines], ["EVENTS", "RESOURCES"] * 3)
        self.assertEqual(lines[1].split("\t")[1:], ["sg-0cafe0feb5ec0417a", "AWS::EC2::SecurityGroup"])
        table = self.run_program("lookup", "--logs", self.logs, "--output", "table", "--max-items", "1").stdout
        self.assertIn("| EventName ", table)

    def test_wrong_attributes(self):
        for attribute in ("EventName=x", "AttributeKey=Nope,AttributeValue=x"):
            self.run_program("lookup", "--logs", self.logs, "--lookup-attributes", attribute, code=2)
        for time_text in ("yesterday", "2026-02-30", "2026-03-04T25:00:00Z"):
            self.assertIn(time_text, self.run_program("lookup", "--logs", self.logs, "--start-time", time_text, code=2).stderr)


class SummaryTest(OpentrailCase):
    def test_tells_what_the_sample_is(self):
        logs = self.scratch / "logs"
        make_sample(logs)
        summary = json.loads(self.run_program("summary", "--logs", logs, "--output", "json", "--top", "100").stdout)
        self.assertEqual(summary["records"], summary["events"] + summary["duplicates"])
        self.assertGreater(summary["duplicates"], 0)
        self.assertEqual(summary["failed"], 3)
        self.assertEqual(summary["errors"], {"distinct": 1, "top": [{"name": "AccessDenied", "events": 3}]})
        self.assertEqual(summary["accounts"]["distinct"], 1)
        self.assertEqual(summary["days"]["distinct"], 3)
        self.assertIn({"name": "210987654321/chaos", "events": 6}, summary["users"]["top"])
        self.assertIn("arn:aws:iam::210987654321:user/chaos", [c["principal"] for c in summary["changes"]])
        failures = [s for s in summary["sign_ins"] if s["result"] == "Failure"]
        self.assertEqual([(s["user"], s["events"]) for s in failures], [("arn:aws:iam::210987654321:user/frank", 1)])
        table = self.run_program("summary", "--logs", logs).stdout
        self.assertIn("What changed, by whom", table)


class TerminalTest(OpentrailCase):
    """The prompt and Ctrl-C, on a terminal of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = cls.scratch / "logs"
        make_sample(cls.logs)

    def start(self, *arguments):
        process, terminal = pty.fork()
        if process == 0:
            os.environ.update(XDG_CACHE_HOME=str(self.scratch / "c"), XDG_STATE_HOME=str(self.scratch / "s"), TERM="xterm")
            os.execv(OPENTRAIL, [str(OPENTRAIL), *map(str, arguments)])
        return process, terminal

    def read_until(self, terminal, words, seconds=60):
        seen, end = b"", time.monotonic() + seconds
        while words.encode() not in seen:
            ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"waited for {words!r}, saw {seen[-2000:]!r}")
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                self.fail(f"ended before {words!r}: {seen[-2000:]!r}")
        return seen.decode(errors="replace")

    def test_prompt(self):
        process, terminal = self.start("query", "--logs", self.logs)
        self.read_until(terminal, "opentrail> ")
        os.write(terminal, b".help\n")
        self.read_until(terminal, "Tab completes")
        os.write(terminal, b"SELECT useridentity.username\nFROM cloudtrail_logs WHERE eventname = 'CreateTrail';\n")
        self.read_until(terminal, "(1 row)")
        os.write(terminal, b"SELECT nope;\n")
        self.read_until(terminal, "COLUMN_NOT_FOUND")
        os.write(terminal, b"SELECT json_extr\t")
        self.read_until(terminal, "act")  # the line editor writes just what the word lacks
        os.write(terminal, b"\x15.quit\n")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), 0)
        self.assertIn("CreateTrail", (self.scratch / "s" / "opentrail" / "history").read_text())

    def test_nothing_of_a_log_acts_on_the_terminal(self):
        hostile = self.scratch / "hostile.json"
        name = "a\x1b[31m\u009b2J\u202eb"
        event = {"eventTime": "2026-03-04T12:00:00Z", "eventName": name, "eventSource": "s3.amazonaws.com", "eventID": "e", "eventVersion": "1.11"}
        hostile.write_text(json.dumps({"Records": [event]}))
        asked = [["query", "-o", output, "SELECT eventname, 'end' AS e FROM cloudtrail_logs"] for output in ("table", "csv", "json", "jsonl")]
        asked += [["lookup", "-o", output] for output in ("json", "text", "table")]
        for arguments in [*asked, ["summary"]]:
            process, terminal = self.start(*arguments, "--logs", hostile)
            seen = b""
            while True:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), 0)
            shown = seen.decode().replace("\x1b[K", "").replace("\r", "")  # progress may wipe its line
            self.assertIn("[31m", shown, arguments)
            for control in ("\x1b", "\u009b", "\u202e"):
                self.assertNotIn(control, shown, arguments)
            os.close(terminal)
        piped = self.run_program("query", "-o", "csv", "--logs", hostile, "SELECT eventname FROM cloudtrail_logs").stdout
        self.assertEqual(piped, f'"eventname"\n"{name}"\n')

    def test_ctrl_c_ends_a_long_question_at_once(self):
        started = subprocess.Popen([str(OPENTRAIL), "query", "--logs", str(self.logs), "--no-cache",
                                    "SELECT count(*) FROM cloudtrail_logs a, cloudtrail_logs b, cloudtrail_logs c WHERE a.eventid < b.eventid AND b.eventid < c.eventid"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(2)
        self.assertIsNone(started.poll(), "the question was over before it could be interrupted")
        begin = time.monotonic()
        started.send_signal(signal.SIGINT)
        _, errors = started.communicate(timeout=30)
        self.assertEqual(started.returncode, 130)
        self.assertIn("interrupted", errors)
        self.assertLess(time.monotonic() - begin, 3)


if __name__ == "__main__":
    main()
