#!/usr/bin/env python3
"""Writes src/protocol/generated/ from botocore's service models: the shapes alone, no prose.

  tools/generate_models.py            writes the tables
  tools/generate_models.py --check    compares; exits 1 where they differ, 77 where the pinned botocore is not here

The version is pinned: tables are the same wherever they are made. tools/fetch-botocore brings it into .deps/; a botocore
of that version that Python finds by itself does as well.
"""

import gzip
import importlib
import importlib.util
import json
import sys
from pathlib import Path

BOTOCORE = "1.43.11"
ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "protocol" / "generated"
FETCHED = ROOT / ".deps" / f"botocore-{BOTOCORE}"
# Our id, botocore's folder, its version, global.
SERVICES = [("athena", "2017-05-18", False), ("cloudtrail", "2013-11-01", False), ("ec2", "2016-11-15", False), ("glue", "2017-03-31", False),
            ("iam", "2010-05-08", True), ("kms", "2014-11-01", False), ("s3", "2006-03-01", False), ("s3control", "2018-08-20", False),
            ("sts", "2011-06-15", False)]
# A service whose calls another's name stands for in the trail.
EVENT_SOURCES = {"s3control": "s3"}
KINDS = {"structure": "kStructure", "list": "kList", "map": "kMap", "string": "kString", "character": "kString", "integer": "kInteger",
         "long": "kLong", "float": "kFloat", "double": "kDouble", "boolean": "kBoolean", "timestamp": "kTimestamp", "blob": "kBlob"}
PROTOCOLS = {"query": "kQuery", "ec2": "kEc2", "json": "kJson", "rest-xml": "kRestXml", "rest-json": "kRestJson"}
LOCATIONS = {"uri": "kUri", "querystring": "kQueryString", "header": "kHeader", "headers": "kHeaders", "statusCode": "kStatusCode"}
TIMESTAMPS = {"iso8601": "kIso8601", "rfc822": "kRfc822", "unixTimestamp": "kUnix"}


def view(text):
    return json.dumps(text) if text else "{}"


def flag(value):
    return "true" if value else "false"


class Tables:
    """One service's tables in the making."""

    def __init__(self, identity, model):
        self.id, self.model, self.meta = identity, model, model["metadata"]
        self.shapes = model["shapes"]
        self.order, self.index = [], {}
        self.members, self.enumerations = [], []
        for name in sorted(model["operations"]):
            operation = model["operations"][name]
            for end in ("input", "output"):
                if end in operation:
                    self.reach(operation[end]["shape"])

    def reach(self, name):
        """Numbers a shape and all that it is made of."""
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name in self.index:
                continue
            self.index[name] = len(self.order)
            self.order.append(name)
            shape = self.shapes[name]
            waiting += [member["shape"] for member in reversed(list(shape.get("members", {}).values()))]
            waiting += [shape[part]["shape"] for part in ("member", "value") if part in shape]

    def member_row(self, name, member, shape):
        # What a shape says of its own name on the wire holds for its members, unless they say otherwise.
        target = self.shapes[member["shape"]]
        member = {**{key: target[key] for key in ("locationName", "queryName") if key in target}, **member}
        location = LOCATIONS.get(member.get("location"), "kBody")
        stamp = member.get("timestampFormat")
        return ("{%s, %s, %s, Location::%s, %s, %s, %s, %s, %s, %s, %s, %s, TimestampFormat::%s, &kShapes[%d]}," % (
            view(name), view(member.get("locationName")), view(member.get("queryName")), location, flag(name in shape.get("required", [])),
            flag(member.get("flattened")), flag(member.get("xmlAttribute")), flag(shape.get("payload") == name),
            flag(member.get("streaming") or target.get("streaming")), flag(member.get("sensitive")), flag(member.get("idempotencyToken")),
            flag(member.get("hostLabel")), TIMESTAMPS.get(stamp, "kDefault"), self.index[member["shape"]]))

    def shape_row(self, name):
        shape = self.shapes[name]
        members, enumeration = shape.get("members", {}), shape.get("enum", [])
        first_member, first_value = len(self.members), len(self.enumerations)
        self.members += [self.member_row(key, member, shape) for key, member in members.items()]
        self.enumerations += enumeration
        inner = shape.get("member") or shape.get("value")
        number = lambda key: f"{float(shape[key])!r}" if key in shape else "{}"
        namespace = shape.get("xmlNamespace", {})
        # A \x escape in a pattern would be read by the compiler: only what a check here can use is kept.
        pattern = shape.get("pattern", "") if len(shape.get("pattern", "")) <= 200 else ""
        return "{%s, ShapeKind::%s, %s, %s, TimestampFormat::%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s}," % (
            view(name), KINDS[shape["type"]], flag(shape.get("sensitive")), flag(shape.get("flattened")),
            TIMESTAMPS.get(shape.get("timestampFormat"), "kDefault"), view((shape.get("member") or {}).get("locationName")),
            view(shape.get("key", {}).get("locationName")), view(shape.get("value", {}).get("locationName")),
            view(namespace.get("uri") if isinstance(namespace, dict) else namespace),
            f"{{kMembers + {first_member}, {len(members)}}}" if members else "{}",
            f"&kShapes[{self.index[inner['shape']]}]" if inner else "nullptr",
            f"{{kEnumerations + {first_value}, {len(enumeration)}}}" if enumeration else "{}", number("min"), number("max"), view(pattern),
            flag(shape.get("document")))

    def error_rows(self):
        names = sorted({error["shape"] for operation in self.model["operations"].values() for error in operation.get("errors", [])} |
                       {name for name, shape in self.shapes.items() if shape.get("exception") or shape.get("fault")})
        self.errors = {name: number for number, name in enumerate(names)}
        for name in names:
            error = self.shapes[name].get("error", {})
            yield "{%s, %s, %d}," % (view(name), view(error.get("code", name)),
                                     error.get("httpStatusCode", 500 if self.shapes[name].get("fault") else 400))

    def operation_row(self, name, lists):
        operation = self.model["operations"][name]
        errors = [self.errors[error["shape"]] for error in operation.get("errors", [])]
        first = len(lists)
        lists += errors
        end = lambda key: f"&kShapes[{self.index[operation[key]['shape']]}]" if key in operation else "nullptr"
        streaming = False
        if "input" in operation:
            shape = self.shapes[operation["input"]["shape"]]
            payload = shape.get("members", {}).get(shape.get("payload"), {})
            target = self.shapes.get(payload.get("shape"), {})
            streaming = target.get("type") == "blob" and bool(payload.get("streaming") or target.get("streaming"))
        checksum = operation.get("httpChecksumRequired") or operation.get("httpChecksum", {}).get("requestChecksumRequired")
        return "{%s, %s, %s, %s, %s, %s, &kService, %s, %s, %s, %s, %d, %s}," % (
            view(name), view(operation["http"]["method"]), view(operation["http"]["requestUri"]), end("input"), end("output"),
            view(operation.get("output", {}).get("resultWrapper")), f"{{kOperationErrors + {first}, {len(errors)}}}" if errors else "{}",
            flag(streaming), flag(checksum), flag(operation.get("authtype") == "none"),
            operation["http"].get("responseCode", 200), flag(operation.get("deprecated")))

    def text(self, is_global):
        shapes = [self.shape_row(name) for name in self.order]
        errors = list(self.error_rows())
        lists = []
        operations = [self.operation_row(name, lists) for name in sorted(self.model["operations"])]
        meta = self.meta
        namespace = meta.get("xmlNamespace") or next((operation["input"].get("xmlNamespace", {}).get("uri", "")
                                                      for operation in self.model["operations"].values()
                                                      if operation.get("input", {}).get("xmlNamespace")), "")
        if self.id == "ec2":
            namespace = f"http://ec2.amazonaws.com/doc/{meta['apiVersion']}/"
        if self.id == "s3":
            namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
        service = "{%s, %s, %s, %s, %s, %s, %s, %s, Protocol::%s, %s, kOperations, kErrors}" % (
            view(self.id), view(meta["endpointPrefix"]), view(meta.get("signingName", meta["endpointPrefix"])),
            view(f"{EVENT_SOURCES.get(self.id, self.id)}.amazonaws.com"), view(meta["apiVersion"]), view(namespace), view(meta.get("targetPrefix")),
            view(meta.get("jsonVersion")), PROTOCOLS[meta["protocol"]], flag(is_global))
        sized = lambda rows: max(1, len(rows))
        join = lambda rows, empty: "\n".join("    " + row for row in rows) or f"    {empty}"
        return f"""// Written by tools/generate_models.py from botocore {BOTOCORE}; change that, not this.
#include "protocol/model.h"

namespace opentrail::protocol::{self.id} {{

extern const Shape kShapes[{sized(shapes)}];
extern const Operation kOperations[{sized(operations)}];
extern const ErrorShape kErrors[{sized(errors)}];
extern const Service kService;

[[maybe_unused]] constexpr std::string_view kEnumerations[] = {{
{join([view(value) + "," for value in self.enumerations], '""')}
}};

constexpr Member kMembers[] = {{
{join(self.members, "{}")}
}};

constexpr Shape kShapes[] = {{
{join(shapes, "{}")}
}};

constexpr ErrorShape kErrors[] = {{
{join(errors, "{}")}
}};

[[maybe_unused]] constexpr const ErrorShape* kOperationErrors[] = {{
{join([f"&kErrors[{number}]," for number in lists], "nullptr")}
}};

constexpr Operation kOperations[] = {{
{join(operations, "{}")}
}};

constexpr Service kService = {service};

}}  // namespace opentrail::protocol::{self.id}
"""


def index_text():
    declared = "\n".join(f"namespace {name} {{\nextern const Service kService;\n}}" for name, _, _ in SERVICES)
    listed = ", ".join(f"&{name}::kService" for name, _, _ in SERVICES)
    return f"""// Written by tools/generate_models.py; change that, not this.
#include "protocol/model.h"

namespace opentrail::protocol {{

{declared}

std::span<const Service* const> Services() {{
  static constexpr const Service* kServices[] = {{{listed}}};
  return kServices;
}}

}}  // namespace opentrail::protocol
"""


def botocore_is_here():
    if FETCHED.exists():
        sys.path.insert(0, str(FETCHED))
    return importlib.util.find_spec("botocore") is not None and importlib.import_module("botocore").__version__ == BOTOCORE


def load(folder, version):
    botocore = importlib.import_module("botocore")
    base = Path(botocore.__path__[0]) / "data" / folder / version
    packed = base / "service-2.json.gz"
    return json.loads(gzip.decompress(packed.read_bytes()) if packed.exists() else (base / "service-2.json").read_text())


def main():
    if not botocore_is_here():
        print(f"Skipped: needs botocore {BOTOCORE} (tools/fetch-botocore)")
        return 77
    files = {f"{name}.cc": Tables(name, load(name, version)).text(is_global) for name, version, is_global in SERVICES}
    files["services.cc"] = index_text()
    if "--check" in sys.argv:
        different = [name for name, text in files.items() if not (OUT / name).exists() or (OUT / name).read_text() != text]
        print("different: " + ", ".join(different) if different else "the tables are as the models have them")
        return 1 if different else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (OUT / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
