#!/usr/bin/env python3
"""Adds up what ./test ran: JUnit files of ctest and the single checks. Names what failed and what skipped, with the
reasons, what passed at its second try only, and ends on one line: "N passed, N failed, N skipped". Exits 1 where
anything failed or nothing passed."""

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

# unittest's word for a test of a file that ran otherwise: the file counts as passed, this one as skipped
PART_SKIPPED = re.compile(r"^(\w+) \([^)]*\).*\.\.\. skipped ['\"](.*)['\"]$", re.M)
FIRST_TRY = re.compile(r"Test +#\d+: (\S+) \.*\*\*\*", re.M)


def junit(path):
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{path.stem}: {case.get('name')}"
        status = case.get("status")
        if case.find("skipped") is not None or status in ("notrun", "disabled"):
            yield "skipped", name, reason(case)
        elif case.find("failure") is not None or status == "fail":
            yield "failed", name, ""
        else:
            yield "passed", name, ""
            for part, why in PART_SKIPPED.findall(case.findtext("system-out") or ""):
                yield "skipped", f"{name}.{part}", why


def reason(case):
    output = case.findtext("system-out") or ""
    found = re.search(r"Skipped[:\n] *(.*?)(?:\n\n?\[|$)", output, re.S)
    return " ".join(found.group(1).split()) if found else "no reason given"


def second_tries(folder, failed):
    """The tests of which the logs of ctest tell a failure, but which passed in the end."""
    for log in sorted(folder.glob("ctest-*.log")):
        preset = log.stem.removeprefix("ctest-")
        names = {f"{preset}: {name}" for name in FIRST_TRY.findall(log.read_text(errors="replace"))}
        yield from sorted(names - failed)


def main():
    folder = Path(sys.argv[1])
    outcomes = [outcome for path in sorted(folder.glob("*.xml")) for outcome in junit(path)]
    single = folder / "single"
    for line in single.read_text().splitlines() if single.exists() else []:
        state, name = line.split(" ", 1)
        outcomes.append((state, name, ""))
    for reason_text, count in Counter(why for state, _, why in outcomes if state == "skipped").items():
        print(f"skipped {count}: {reason_text}")
    failed = {name for state, name, _ in outcomes if state == "failed"}
    skipped = {name for state, name, _ in outcomes if state == "skipped"}
    for name in second_tries(folder, failed | skipped):
        print(f"passed at its second try only: {name}")
    for name in sorted(failed):
        print(f"failed: {name}")
    counts = Counter(state for state, _, _ in outcomes)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
