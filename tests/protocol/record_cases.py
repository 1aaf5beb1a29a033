#!/usr/bin/env python3
"""Records what botocore sends, and what it must read back: the cases of src/protocol/codec_test.cc.

  tests/protocol/record_cases.py                 writes requests.json and outputs.json beside this file
  tests/protocol/record_cases.py --all FOLDER    the same of every operation there is, for a wider run by hand:
                                                 OPENTRAIL_PROTOCOL_CASES=FOLDER build/release/bin/protocol_test

Parameters are made of the models (each member once, lists of two, texts that need escaping), and of a few hand-written
ones. Timestamps are ISO 8601 and blobs base64 in these files; the shape says which is which.
"""

import base64
import datetime
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tools"))
import generate_models  # noqa: E402  pylint: disable=wrong-import-position

TEXTS = ["plain", "a b+c&d=e/f?g%h", "Grüße, 世界 🎉", "<tag attr=\"x\">'&amp;'</tag>", "~.-_*!()"]
MOMENT = datetime.datetime(2026, 11, 23, 8, 41, 2, tzinfo=datetime.timezone.utc)
MAX_DEPTH = 4

CHOSEN = {
    "athena": ["StartQueryExecution", "GetQueryExecution", "GetQueryResults", "BatchGetQueryExecution", "CreateWorkGroup",
               "GetWorkGroup", "ListWorkGroups", "CreateNamedQuery", "GetNamedQuery", "ListQueryExecutions", "CreateDataCatalog",
               "GetDatabase", "GetTableMetadata", "CreatePreparedStatement", "TagResource", "StopQueryExecution"],
    "cloudtrail": ["CreateTrail", "DescribeTrails", "GetTrail", "GetTrailStatus", "StartLogging", "LookupEvents", "DeleteTrail",
                   "PutEventSelectors", "GetEventSelectors", "AddTags", "ListTags", "ListPublicKeys", "UpdateTrail", "ListTrails",
                   "PutInsightSelectors", "StopLogging"],
    "ec2": ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DescribeSecurityGroups",
            "DescribeSecurityGroupRules", "ModifySecurityGroupRules", "RunInstances", "DescribeInstances", "TerminateInstances",
            "CreateTags", "DescribeTags", "CreateKeyPair", "ImportKeyPair", "DescribeVpcs", "DescribeInstanceTypes",
            "AllocateAddress", "DeleteKeyPair", "ModifyInstanceAttribute", "DescribeImages"],
    "glue": ["CreateDatabase", "GetDatabase", "GetDatabases", "CreateTable", "GetTable", "GetTables", "UpdateTable",
             "DeleteTable", "BatchCreatePartition", "GetPartitions", "GetPartition", "BatchDeletePartition", "CreatePartition",
             "CreateCrawler", "SearchTables", "TagResource"],
    "iam": ["CreateUser", "GetUser", "ListUsers", "DeleteUser", "CreateAccessKey", "ListAccessKeys", "CreateLoginProfile",
            "PutUserPolicy", "GetUserPolicy", "CreatePolicy", "CreateRole", "GetRole", "AttachUserPolicy", "GetAccountSummary",
            "GetAccountAuthorizationDetails", "SimulatePrincipalPolicy", "TagUser", "UploadServerCertificate"],
    "kms": ["CreateKey", "DescribeKey", "ListKeys", "CreateAlias", "ListAliases", "Encrypt", "Decrypt", "ReEncrypt",
            "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateRandom", "ScheduleKeyDeletion", "PutKeyPolicy",
            "GetKeyPolicy", "CreateGrant", "ListResourceTags", "Sign"],
    "s3": ["ListBuckets", "CreateBucket", "HeadBucket", "DeleteBucket", "GetBucketLocation", "PutBucketPolicy", "GetBucketPolicy",
           "GetBucketPolicyStatus", "PutPublicAccessBlock", "GetPublicAccessBlock", "PutBucketVersioning", "GetBucketVersioning",
           "PutBucketTagging", "GetBucketTagging", "PutBucketEncryption", "GetBucketEncryption", "PutBucketOwnershipControls",
           "PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "PutBucketNotificationConfiguration",
           "GetBucketAcl", "PutBucketAcl", "PutBucketCors", "GetBucketWebsite", "PutBucketInventoryConfiguration",
           "ListBucketInventoryConfigurations", "GetBucketInventoryConfiguration", "ListObjects", "ListObjectsV2",
           "ListObjectVersions", "ListMultipartUploads", "ListParts", "PutObject", "GetObject", "HeadObject", "CopyObject",
           "DeleteObject", "DeleteObjects", "CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload",
           "AbortMultipartUpload", "GetObjectTagging", "PutObjectTagging", "GetObjectAttributes", "PutObjectRetention",
           "PutObjectLegalHold", "GetObjectAcl", "RestoreObject", "SelectObjectContent"],
    "sts": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage",
            "GetAccessKeyInfo", "GetCallerIdentity", "GetDelegatedAccessToken", "GetFederationToken", "GetSessionToken",
            "GetWebIdentityToken"],
}

INGRESS = {"GroupId": "sg-0a1b2c3d4e5f60718", "IpPermissions": [
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "x y"}, {"CidrIp": "10.0.0.0/8"}]},
    {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]}
EXTRA = [
    ("ec2", "AuthorizeSecurityGroupIngress", INGRESS),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "tag:Name", "Values": [f"v{n}" for n in range(1, 13)]}], "MaxResults": 5}),
    ("ec2", "DescribeSecurityGroups", {}),
    ("iam", "GetUser", {}),
    ("iam", "CreateUser", {"UserName": "chaos", "Path": "/", "Tags": [{"Key": f"k{n}", "Value": ""} for n in range(11)]}),
    ("iam", "PutUserPolicy", {"UserName": "chaos", "PolicyName": "p", "PolicyDocument": '{"Version": "2012-10-17",\n "Statement": []}'}),
    ("kms", "ListKeys", {}),
    ("kms", "Encrypt", {"KeyId": "alias/ab-KMS", "Plaintext": b"\x00\xff\x10", "EncryptionContext": {"aws:cloudtrail:arn": "arn:x", "ü": ""}}),
    ("cloudtrail", "DescribeTrails", {"trailNameList": []}),
    ("cloudtrail", "LookupEvents", {"StartTime": MOMENT, "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "ConsoleLogin"}]}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "a b/c+d/é?x=&y#z%41", "Metadata": {"one": "1", "two-parts": "a, b"}, "Body": b"hello"}),
    ("s3", "GetObject", {"Bucket": "b", "Key": "/leading//double/"}),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "AWSLogs/", "Delimiter": "/", "MaxKeys": 0}),
    ("s3", "ListBuckets", {}),
    ("s3", "CreateBucket", {"Bucket": "b"}),
    ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "a&b"}, {"Key": " lead and trail "}], "Quiet": True}}),
    ("athena", "ListWorkGroups", {}),
    ("glue", "GetDatabases", {}),
]
EXTRA_OUTPUTS = [
    ("ec2", "DescribeSecurityGroups", {"SecurityGroups": []}),
    ("ec2", "DeleteKeyPair", {"Return": True}),
    ("iam", "ListUsers", {"Users": [], "IsTruncated": False}),
    ("iam", "GetAccountSummary", {"SummaryMap": {"Users": 2, "UsersQuota": 5000}}),
    ("cloudtrail", "LookupEvents", {"Events": []}),
    ("kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "CreationDate": MOMENT, "Enabled": True}}),
    ("s3", "GetBucketLocation", {"LocationConstraint": "eu-west-1"}),
    ("s3", "ListObjectsV2", {"Name": "b", "Prefix": "", "KeyCount": 0, "MaxKeys": 1000, "IsTruncated": False}),
]


class Maker:
    """Values for shapes, the same each time."""

    def __init__(self):
        self.count = 0

    def value(self, shape, depth=0, header=False):
        self.count += 1
        kind = shape.type_name
        if kind == "structure":
            return {name: made for name, member in shape.members.items()
                    if (made := self.member(shape, name, member, depth)) is not None}
        if kind == "list":
            return [self.value(shape.member, depth + 1, header) for _ in range(min(2, int(shape.metadata.get("max", 2))))]
        if kind == "map":
            if getattr(shape.key, "enum", None):
                return {}
            return {f"key{n}": self.value(shape.value, depth + 1, header) for n in (1, 2)}
        return self.scalar(shape, kind, header)

    def member(self, shape, name, member, depth):
        deepest = MAX_DEPTH if member.type_name in ("structure", "list", "map") else MAX_DEPTH + 1
        if depth >= deepest and name not in shape.required_members:
            return None
        if getattr(member, "is_document_type", False):
            return {"free": [1, "text", None, {"deep": True}]}
        location = member.serialization.get("location")
        return self.value(member, depth + 1, header=location in ("header", "headers"))

    def scalar(self, shape, kind, header):
        if kind == "boolean":
            return self.count % 2 == 0
        if kind in ("integer", "long"):
            low, high = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 2**31 - 1))
            return min(high, max(low, self.count))
        if kind in ("float", "double"):
            return min(float(shape.metadata.get("max", 1e9)), max(float(shape.metadata.get("min", 0)), 1.5))
        if kind == "timestamp":
            return MOMENT
        if kind == "blob":
            return b"\x00\x01\xfe\xff text"[:max(1, int(shape.metadata.get("max", 100)))]
        return self.text(shape, header)

    def text(self, shape, header):
        if getattr(shape, "enum", None):
            return shape.enum[self.count % len(shape.enum)]
        low, high = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 1 << 30))
        plain = header or "pattern" in shape.metadata
        text = "x1" if plain else TEXTS[self.count % len(TEXTS)]
        if "pattern" in shape.metadata and ("\\d" in shape.metadata["pattern"] or "0-9]{" in shape.metadata["pattern"] or "^[0-9]+" in shape.metadata["pattern"]):
            text = "1"
        if "pattern" in shape.metadata and shape.metadata["pattern"].startswith(("(\\u002F)", "\\u002F", "((/")):
            text = "/x1/"  # IAM's paths
        text += (text if plain else "y") * max(0, low - len(text))
        return text if len(text) <= high else "x" * max(low, min(high, 3))


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def request_case(model, operation, params):
    from botocore import awsrequest, serialize  # pylint: disable=import-outside-toplevel
    serializer = serialize.create_serializer(model.metadata["protocol"], False)
    request = serializer.serialize_to_request(params, model.operation_model(operation))
    request["context"] = {}
    awsrequest.prepare_request_dict(request, "http://localhost")
    prepared = awsrequest.create_request_object(request).prepare()
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    try:
        text = {"body": body.decode()}
    except UnicodeDecodeError:
        text = {"body_base64": base64.b64encode(body).decode()}
    headers = {key: value.decode() if isinstance(value, bytes) else str(value) for key, value in prepared.headers.items()}
    return {"service": model.service_name, "operation": operation, "params": plain(params), "method": prepared.method,
            "target": prepared.url.removeprefix("http://localhost"), "headers": headers, **text}


def as_parsed(shape, params):
    """The body of a streamed upload is no part of the input that is parsed; its length is."""
    payload = shape.serialization.get("payload")
    if not payload or shape.members[payload].type_name != "blob":
        return params
    rest = {key: value for key, value in params.items() if key != payload}
    return {"ContentLength": len(params[payload]), **rest} if payload in params else rest


def cases(everything):
    from botocore.model import ServiceModel  # pylint: disable=import-outside-toplevel
    requests, outputs = [], []
    for name, version, _ in generate_models.SERVICES:
        model = ServiceModel(generate_models.load(name, version), name)
        operations = model.operation_names if everything else CHOSEN[name]
        inputs = [(operation, None) for operation in operations] + [(o, p) for s, o, p in EXTRA if s == name]
        for operation, params in inputs:
            shape = model.operation_model(operation).input_shape
            if model.operation_model(operation).deprecated or operation in ("ListDirectoryBuckets",):
                continue
            if shape is None:
                requests.append(request_case(model, operation, {}))
                continue
            made = Maker().value(shape) if params is None else params
            case = request_case(model, operation, made)
            case["params"] = plain(as_parsed(shape, made))
            requests.append(case)
        given = [(operation, None) for operation in operations] + [(o, p) for s, o, p in EXTRA_OUTPUTS if s == name]
        for operation, output in given:
            shape = model.operation_model(operation).output_shape
            if shape is None or model.operation_model(operation).has_event_stream_output or model.operation_model(operation).deprecated:
                continue
            made = Maker().value(shape) if output is None else output
            outputs.append({"service": name, "operation": operation, "output": plain(made)})
    return requests, outputs


def write(path, rows):
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n")


def main():
    if not generate_models.botocore_is_here():
        print(f"needs botocore {generate_models.BOTOCORE} (tools/fetch-botocore)")
        return 77
    everything = sys.argv[1:2] == ["--all"]
    folder = Path(sys.argv[2]) if everything else HERE
    folder.mkdir(parents=True, exist_ok=True)
    requests, outputs = cases(everything)
    write(folder / "requests.json", requests)
    write(folder / "outputs.json", outputs)
    print(f"{len(requests)} requests, {len(outputs)} outputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
