#!/usr/bin/env python3
"""Statements that mean harm, and many at once: each ends by a bound with an error that says so, and the server goes on."""

import threading

from account_case import policy_text
from athena_case import RESULTS, AthenaCase
from opentrail_case import main

TIMEOUT_SECONDS = 15
NUMBERS = "UNNEST(sequence(1, 10000))"


class HostileStatements(AthenaCase):
    server_options = ("--query-timeout", str(TIMEOUT_SECONDS))

    def tearDown(self):
        self.assertEqual(self.rows("SELECT 'up'"), [["up"]])

    def refused(self, statement):
        with self.assertRaises(self.athena.exceptions.ClientError) as caught:
            self.start(statement)
        return caught.exception.response["Error"]

    def test_nesting(self):
        for statement in ("SELECT " + "(" * 20_000 + "1" + ")" * 20_000, "SELECT " + "array[" * 20_000 + "]" * 20_000,
                          "SELECT " + "NOT " * 50_000 + "true"):
            self.assertIn("EXCEEDED_DEPTH_LIMIT", self.refused(statement)["Message"])
        for statement in ("SELECT 1" + " + 1" * 50_000, "SELECT 1 WHERE true" + " OR true" * 20_000,
                          " UNION ALL ".join(["SELECT 1"] * 5_000)):
            found = self.finish(self.start(statement))["Status"]
            if found["State"] == "FAILED":
                self.assertRegex(found["StateChangeReason"], "^(EXCEEDED_|QUERY_|Query timeout|GENERIC_INTERNAL_ERROR: .*[Dd]epth)")

    def test_length(self):
        self.assertIn("failed to satisfy constraint", self.refused("SELECT '" + "x" * (1 << 20) + "'")["Message"])
        self.assertEqual(self.rows("SELECT length('" + "x" * 262_000 + "')"), [["262000"]])

    def test_joins_without_end(self):
        found = self.finish(self.start(f"SELECT count(*) FROM {NUMBERS} a(x), {NUMBERS} b(y), {NUMBERS} c(z) WHERE x * y = z + 1"))
        self.assertEqual((found["Status"]["State"], found["Status"]["StateChangeReason"]), ("FAILED", "Query timeout"))
        self.assertEqual(found["Status"]["AthenaError"]["ErrorCategory"], 1)
        self.assertLess(found["Statistics"]["TotalExecutionTimeInMillis"], (TIMEOUT_SECONDS + 20) * 1000)

    def test_regular_expressions(self):
        for pattern in ("(a+)+$", "(a|a)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"):
            found = self.finish(self.start(f"SELECT regexp_like(rpad('', 40000, 'a') || '!', '{pattern}')"))["Status"]
            self.assertIn(found["State"], ("FAILED", "SUCCEEDED"))
        self.assertRegex(self.failure("SELECT regexp_like('a', '" + "(" * 20_000 + "a" + ")" * 20_000 + "')"), "^(INVALID_FUNCTION_ARGUMENT|EXCEEDED_|Query timeout)")

    def test_memory(self):
        for statement in (f"SELECT cardinality(array_agg(lpad('', 10000, 'x') || CAST(a.x * 10000 + b.y AS varchar))) FROM {NUMBERS} a(x), {NUMBERS} b(y)",
                          "SELECT length(lpad('x', 2000000000, 'y'))",
                          f"SELECT cardinality(map_agg(a.x * 10000 + b.y, lpad('', 1000, 'x'))) FROM {NUMBERS} a(x), {NUMBERS} b(y)"):
            found = self.finish(self.start(statement))["Status"]
            self.assertEqual(found["State"], "FAILED", statement)
            self.assertRegex(found["StateChangeReason"], "^(EXCEEDED_|INVALID_FUNCTION_ARGUMENT|Query timeout|Query exhausted)")

    def test_many_at_once(self):
        """Fifty of two users: none fails, and the one of the second does not wait for all of the first."""
        iam = self.client("iam")
        iam.create_user(UserName="second")
        iam.put_user_policy(UserName="second", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["athena:*", "s3:*", "glue:Get*"], "Resource": "*"}))
        key = iam.create_access_key(UserName="second")["AccessKey"]
        other = self.client("athena", keys=(key["AccessKeyId"], key["SecretAccessKey"]))
        started = [None] * 49

        def start(i):
            started[i] = self.start(f"SELECT {i}, count(*) FROM {NUMBERS} a(x)")
        threads = [threading.Thread(target=start, args=(i,)) for i in range(49)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        last = self.finish(self.start("SELECT 'mine'", other), other)
        self.assertEqual(last["Status"]["State"], "SUCCEEDED")
        ended = [self.finish(execution) for execution in started]
        self.assertEqual({found["Status"]["State"] for found in ended}, {"SUCCEEDED"})
        later = [found for found in ended if found["Status"]["CompletionDateTime"] > last["Status"]["CompletionDateTime"]]
        waiting = [found for found in ended if found["Status"]["CompletionDateTime"] > last["Status"]["SubmissionDateTime"]]
        self.assertTrue(later or len(waiting) < 10, "the second user waited for all of the first")
        self.assertEqual(sorted(int(self.results(found["QueryExecutionId"])[0][1][0]) for found in ended), list(range(49)))
        self.assertTrue(all(found["ResultConfiguration"]["OutputLocation"].startswith(RESULTS) for found in ended))


if __name__ == "__main__":
    main()
