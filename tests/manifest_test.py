#!/usr/bin/env python3
"""Answers over a generated tree against its manifest of exact counts: cold and cached, with one thread and two, and after
the cache was cut off at random places."""

import json
import random
import subprocess
import unittest

from opentrail_case import OpentrailCase, SHARED, main

EVENTS = 60_000


class ManifestTest(OpentrailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        generator = SHARED / "tools" / "gen"
        if not (generator / "gen.cpp").exists():
            raise unittest.SkipTest(f"no log generator at {generator} (OPENTRAIL_SHARED says where)")
        program = cls.scratch / "gen"
        subprocess.run(["g++", "-O2", "-std=c++17", str(generator / "gen.cpp"), "-o", str(program), "-lz", "-lpthread"], check=True)
        cls.logs = cls.scratch / "tree"
        subprocess.run([str(program), "--pack", str(generator / "visible.tpl"), "--out", str(cls.logs), "--events", str(EVENTS), "--seed", "7", "--days", "3",
                        "--accounts", "2", "--regions", "3", "--dups", "0.01", "--chains", "2", "--threads", "2"], check=True, capture_output=True)
        cls.manifest = json.loads((cls.logs / "manifest.json").read_text())

    def summary(self, *options):
        return json.loads(self.run_program("summary", "--logs", self.logs / "AWSLogs", "--output", "json", "--top", "1000", *options).stdout)

    def check_summary(self, summary):
        manifest = self.manifest
        self.assertEqual(summary["events"], manifest["unique_events"])
        self.assertEqual(summary["duplicates"], manifest["duplicate_records"])
        self.assertEqual(summary["failed"], manifest["events_with_errorCode"])
        self.assertEqual((summary["first_event"], summary["last_event"]), (manifest["min_eventTime"], manifest["max_eventTime"]))
        for ours, theirs in (("services", "by_eventSource"), ("actions", "by_event"), ("accounts", "by_account"), ("regions", "by_awsRegion"),
                             ("errors", "by_errorCode"), ("days", "by_day")):
            self.assertEqual(summary[ours]["distinct"], manifest[theirs]["distinct"], ours)
            counted = {entry["name"]: entry["events"] for entry in summary[ours]["top"]}
            for name, events in manifest[theirs]["top"]:
                self.assertEqual(counted.get(name), events, f"{ours}: {name}")

    def check_queries(self, *options):
        table = "cloudtrail_logs"
        rows = self.query(self.logs / "AWSLogs", f"SELECT eventsource, eventname, count(*) AS n FROM {table} GROUP BY 1, 2", "--dedup", *options)
        counted = {f"{r['eventsource']}:{r['eventname']}": r["n"] for r in rows}
        self.assertEqual(len(counted), self.manifest["by_event"]["distinct"])
        for name, events in self.manifest["by_event"]["top"]:
            self.assertEqual(counted[name], events)
        total = self.query(self.logs / "AWSLogs", f"SELECT count(*) AS n, count(DISTINCT eventid) AS ids FROM {table}", *options)[0]
        self.assertEqual(total, {"n": self.manifest["unique_events"] + self.manifest["duplicate_records"], "ids": self.manifest["unique_events"]})
        for chain in self.manifest["planted_chains"]:
            found = self.query(self.logs / "AWSLogs", f"SELECT DISTINCT eventid FROM {table} WHERE useridentity.accesskeyid = '{chain['key']}'", *options)
            self.assertLessEqual(set(chain["eventIDs"]), {r["eventid"] for r in found})

    def test_cold_with_one_thread_and_two(self):
        for threads in ("1", "2"):
            self.check_summary(self.summary("--no-cache", "--threads", threads))
            self.check_queries("--no-cache", "--threads", threads)

    def test_cached_and_after_the_cache_was_damaged(self):
        cache = self.scratch / "cache"
        for _ in range(2):
            self.check_summary(self.summary("--cache", cache))
            self.check_queries("--cache", cache)
        chance = random.Random(11)
        files = sorted(f for f in cache.rglob("*") if f.is_file())
        self.assertTrue(files, "the first question wrote no cache")
        for round_number in range(4):
            for file in files:
                if not file.exists() or file.stat().st_size == 0:
                    continue
                if round_number % 2 == 0:
                    with open(file, "r+b") as handle:
                        handle.truncate(chance.randrange(file.stat().st_size))
                else:
                    with open(file, "r+b") as handle:
                        handle.seek(chance.randrange(file.stat().st_size))
                        handle.write(bytes([chance.randrange(256)]))
            self.check_summary(self.summary("--cache", cache))
            self.check_queries("--cache", cache)
            files = sorted(f for f in cache.rglob("*") if f.is_file())


if __name__ == "__main__":
    main()
