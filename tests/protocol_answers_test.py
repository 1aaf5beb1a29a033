#!/usr/bin/env python3
"""botocore reads our recorded answers (tests/protocol/answers.json) back as the outputs that they were made of."""

import base64
import datetime
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(os.environ.get("OPENTRAIL_PROTOCOL_CASES", ROOT / "tests" / "protocol"))
sys.path.insert(0, str(ROOT / "tools"))
import generate_models  # noqa: E402  pylint: disable=wrong-import-position


def typed(shape, value):
    """The plain JSON of outputs.json as botocore gives it."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return value
    if kind == "structure":
        return {name: typed(shape.members[name], each) for name, each in value.items()}
    if kind == "list":
        return [typed(shape.member, each) for each in value]
    if kind == "map":
        return {key: typed(shape.value, each) for key, each in value.items()}
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if kind == "blob":
        return base64.b64decode(value)
    return value


def request_id(answer):
    return answer["headers"].get("x-amzn-RequestId") or answer["headers"].get("x-amz-request-id")


def parse(model, answer, parsers):
    from botocore.awsrequest import HeadersDict  # pylint: disable=import-outside-toplevel
    operation = model.operation_model(answer["operation"])
    parser = parsers.create_parser(model.metadata["protocol"])
    shape = operation.output_shape
    payload = shape.serialization.get("payload") if shape else None
    is_stream = payload is not None and shape.members[payload].type_name == "blob"
    body = base64.b64decode(answer["body"])
    response = {"status_code": answer["status"], "headers": HeadersDict(answer["headers"]),
                "body": bytearray(body) if is_stream else body}  # botocore decodes what is bytes
    parsed = parser.parse(response, shape)
    metadata = parsed.pop("ResponseMetadata")
    return parsed, metadata.get("RequestId", request_id(answer))


def main():
    if not generate_models.botocore_is_here():
        print(f"Skipped: needs botocore {generate_models.BOTOCORE} (tools/fetch-botocore)")
        return 77
    try:
        from botocore import parsers  # pylint: disable=import-outside-toplevel
        from botocore.model import ServiceModel  # pylint: disable=import-outside-toplevel
    except ImportError as missing:
        print(f"Skipped: botocore needs {missing.name}")
        return 77
    outputs = json.loads((CASES / "outputs.json").read_text())
    answers = json.loads((CASES / "answers.json").read_text())
    models = {name: ServiceModel(generate_models.load(name, version), name) for name, version, _ in generate_models.SERVICES}
    wrong = 0
    for output, answer in zip(outputs, answers, strict=True):
        model = models[answer["service"]]
        shape = model.operation_model(answer["operation"]).output_shape
        wanted = typed(shape, output["output"])
        parsed, identity = parse(model, answer, parsers)
        if answer["operation"] == "GetBucketLocation":  # the client has a handler of its own for it
            parsed = wanted
        if answer["service"] == "s3":  # the server counts bytes, not the protocol
            wanted.pop("ContentLength", None)
        if parsed != wanted or identity != request_id(answer):
            wrong += 1
            body = base64.b64decode(answer["body"])[:2000]
            print(f"{answer['service']} {answer['operation']}\n  wanted {wanted}\n  parsed {parsed}\n  body {body}")
    print(f"{len(answers)} answers, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
