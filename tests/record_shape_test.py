#!/usr/bin/env python3
"""Records have the shape of AWS's: for each real event of an operation that we have, the same call is made here, and its
record must have the same key paths with the same JSON types. Needs the real events of OPENTRAIL_SHARED."""

import json

from account_case import AccountCase
from opentrail_case import SHARED, main

WANTED = 0.95
STRATUS = SHARED / "data" / "stratus"
DISCOVERED = ["AttachVolume", "CreateImage", "CreateVolume", "DeleteSnapshot", "DeleteVolume", "DescribeImages", "DescribeVolumes",
              "GetEbsEncryptionByDefault", "ModifyImageAttribute", "ModifySnapshotAttribute"]
MORE = [SHARED / "data" / "traildiscover" / "DescribeSnapshots.json.cloudtrail",
        *(SHARED / "data" / "traildiscover" / f"EC2-{name}.json.cloudtrail" for name in DISCOVERED)]
SERVICES = {"ec2", "s3", "iam", "sts", "kms", "cloudtrail"}
# Paths that differ for a reason; each is a place where the two events cannot be alike.
REASONS = {
    "userIdentity": "another caller: the identity's shape follows who calls, not what is called",
    "tlsDetails": "the negotiated key exchange is in newer records only",
    "eventVersion": "newer version",
    "sharedEventID": "copies to other accounts",
    "vpcEndpointId": "no VPC endpoint here",
    "vpcEndpointAccountId": "no VPC endpoint here",
    "sessionCredentialFromConsole": "made from the console there",
}


def paths(value, prefix=""):
    """{path: JSON type} of every leaf and container; list elements share a path."""
    found = {prefix: type(value).__name__} if prefix else {}
    if isinstance(value, dict):
        for key, child in value.items():
            found.update(paths(child, f"{prefix}.{key}" if prefix else key))
    elif isinstance(value, list):
        for child in value:
            found.update(paths(child, prefix + "[]"))
    return found


def events_in(value):
    if isinstance(value, dict):
        if "eventName" in value and "eventSource" in value:
            yield value
            return
        value = value.values()
    if isinstance(value, (list, type({}.values()))):
        for child in value:
            yield from events_in(child)


def load(path):
    text = path.read_text()
    try:
        return list(events_in(json.loads(text)))
    except ValueError:
        return [event for line in text.splitlines() if line.strip() for event in events_in(json.loads(line))]


class RecordShape(AccountCase):
    """Repeats the calls of real events. What a call needs (an instance, a trail) is made first."""

    def setUp(self):
        if not STRATUS.is_dir():
            self.skipTest("no real events: set OPENTRAIL_SHARED")

    def test_key_paths_and_types(self):
        from record_shape_calls import Caller  # pylint: disable=import-outside-toplevel
        caller = Caller(self)
        compared, alike, differences, lacking = 0, 0, [], set()
        for path in [*sorted(STRATUS.glob("*.json")), *MORE]:
            for event in load(path):
                service = event["eventSource"].split(".")[0]
                if service not in SERVICES:
                    continue
                ours = caller.repeat(service, event)
                if ours is None:
                    lacking.add(f"{service}:{event['eventName']}")
                    continue
                compared += 1
                wrong = self.compare(event, ours)
                alike += not wrong
                differences += [f"{service}:{event['eventName']} ({path.name}): {line}" for line in wrong]
        print(f"{alike} of {compared} events alike; not repeated: {sorted(lacking)}")
        print("\n".join(sorted(set(differences))))
        self.assertGreater(compared, 20)
        self.assertGreaterEqual(alike / compared, WANTED, "\n".join(sorted(set(differences))))

    @staticmethod
    def compare(theirs, ours):
        wrong = []
        there, here = paths(theirs), paths(ours)
        for path in sorted(set(there) | set(here)):
            if path.split(".")[0] in REASONS or there.get(path) == here.get(path):
                continue
            wrong.append(f"{path}: AWS {there.get(path, 'absent')}, here {here.get(path, 'absent')}")
        return wrong


if __name__ == "__main__":
    main()
