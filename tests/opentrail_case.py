"""What the end-to-end tests share: the program, the sample logs, a scratch folder."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPENTRAIL = Path(os.environ.get("OPENTRAIL", ROOT / "build" / "release" / "bin" / "opentrail"))
SHARED = Path(os.environ.get("OPENTRAIL_SHARED", ROOT.parent / "shared"))
SKIP_CODE = 77  # what ctest takes for skipped


class OpentrailCase(unittest.TestCase):
    """A test with a scratch folder of its own and a program to run."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="opentrail-test-")
        cls.scratch = Path(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_program(self, *arguments, code=0, stdin="", **more):
        """Runs opentrail with a cache and a state folder of the test's own; checks the exit code."""
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.scratch / "cache-home"), "XDG_STATE_HOME": str(self.scratch / "state")}
        done = subprocess.run([str(OPENTRAIL), *map(str, arguments)], capture_output=True, input=stdin, text=True, env=environment,
                              timeout=300, check=False, **more)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done

    def query(self, logs, sql, *options, code=0):
        """The rows of a query as a list of dicts."""
        return json.loads(self.run_program("query", "--logs", logs, "--output", "json", *options, sql, code=code).stdout)


def make_sample(folder):
    subprocess.run([sys.executable, str(ROOT / "lab" / "sample_logs.py"), str(folder)], check=True, capture_output=True)


def main():
    """unittest's main, but a run in which everything was skipped says so to ctest."""
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and result.testsRun <= len(result.skipped):
        print("Skipped\n" + result.skipped[0][1] + "\n\n[ all ]")
        sys.exit(SKIP_CODE)
