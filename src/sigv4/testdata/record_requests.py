#!/usr/bin/env python3
"""Signs requests with botocore and writes them to requests.json, which signature_test.cc verifies.

  src/sigv4/testdata/record_requests.py     needs botocore; the clock stands still, so that the file is the same each time
"""

import datetime
import hashlib
import json
from pathlib import Path
from unittest import mock

import botocore.auth
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 23, 8, 41, 2)
EPOCH = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())
KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//////////wEaDO+token/with=signs=="
HOST = "localhost:4566"

# Paths as they are sent: S3 keys of every kind, and what other services normalise.
S3_PATHS = ["/", "/bucket", "/bucket/", "/bucket/key", "/bucket/a%20b", "/bucket/%E6%97%A5%E6%9C%AC/%F0%9F%98%80.txt",
            "/bucket//double//slash", "/bucket/../up", "/bucket/./here/.", "/bucket/tilde~dash-under_dot.",
            "/bucket/plus%2Bpercent%25equals%3D", "/bucket/a%2Fb", "/bucket/%3Fquestion%26and%23hash",
            "/bucket/semi%3Bcolon%3Aat%40", "/bucket/trailing%20", "/bucket/quote%27%22%28%29%2A%21",
            "/bucket/" + "k" * 900]
OTHER_PATHS = ["/", "/2015-03-31/functions/", "/a/./b/../c", "/a//b///c", "/..", "/a/b/", "/a%20b", "/%E6%97%A5",
               "/a%2Fb", "/~x", "/a:b@c"]
QUERIES = ["", "list-type=2", "prefix=a%20b&delimiter=%2F", "b=2&a=1&c=3", "a=2&a=1&a=", "acl", "empty=&none&x=y",
           "prefix=%E6%97%A5%E6%9C%AC", "A=1&a=2&%C3%A4=3", "x=%2B%20%25%3D%26", "versionId=abc.%2F%2B&partNumber=1",
           "a-b=1&a.b=2&a_b=3&a~b=4&ab=5", "key=value%3Dwith%3Dequals"]


def entry(name, service, region, request, body, now=EPOCH, bucket=""):
    """One request as it goes over the wire."""
    rest = request.url.split("://", 1)[1]
    slash = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    headers = [[k, v if isinstance(v, str) else v.decode()] for k, v in request.headers.items()]
    if not any(k.lower() == "host" for k, _ in headers):
        headers.append(["Host", rest[:slash]])
    return {"name": name, "service": service, "region": region, "method": request.method, "target": rest[slash:] or "/",
            "headers": headers, "body_sha256": hashlib.sha256(body).hexdigest(), "secret": SECRET, "now": now,
            "bucket": bucket}


def signed(name, auth, service, region, method, path, query="", body=b"", headers=None, token=None, host=HOST):
    url = f"http://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
    auth(Credentials(KEY, SECRET, token), service, region).add_auth(request)
    return entry(name, service, region, request, body)


def presigned(name, auth, service, region, method, path, query="", headers=None, token=None, expires=600, host=HOST):
    url = f"http://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, headers=headers or {})
    auth(Credentials(KEY, SECRET, token), service, region, expires=expires).add_auth(request)
    return entry(name, service, region, request, b"", EPOCH + 300)


def presigned_v2(name, method, path, query="", headers=None, token=None, host=HOST, auth_path=None, bucket="", keep_headers=False):
    url = f"http://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, headers=headers or {}, auth_path=auth_path)
    HmacV1QueryAuth(Credentials(KEY, SECRET, token), expires=600).add_auth(request)
    del request.headers["Date"]
    if not keep_headers:  # a URL that is passed on goes without them
        for header in list(request.headers):
            del request.headers[header]
    return entry(name, "s3", "", request, b"", EPOCH + 300, bucket)


def record():
    cases = []
    for i, path in enumerate(S3_PATHS):
        cases.append(signed(f"s3 path {i}", S3SigV4Auth, "s3", "us-east-1", "GET", path))
        cases.append(presigned(f"s3 presigned path {i}", S3SigV4QueryAuth, "s3", "eu-west-1", "GET", path))
        cases.append(presigned_v2(f"s3 v2 path {i}", "GET", path))
    for i, path in enumerate(OTHER_PATHS):
        cases.append(signed(f"other path {i}", SigV4Auth, "lambda", "us-east-1", "GET", path))
    for i, query in enumerate(QUERIES):
        cases.append(signed(f"s3 query {i}", S3SigV4Auth, "s3", "us-east-1", "GET", "/bucket", query))
        cases.append(presigned(f"s3 presigned query {i}", S3SigV4QueryAuth, "s3", "us-east-1", "GET", "/bucket", query))
        cases.append(signed(f"other query {i}", SigV4Auth, "execute-api", "us-east-1", "GET", "/p", query))
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    for service, region in (("sts", "us-east-1"), ("iam", "us-east-1"), ("ec2", "ap-northeast-1")):
        body = b"Action=GetCallerIdentity&Version=2011-06-15&Name=%E6%97%A5"
        cases.append(signed(f"{service} form", SigV4Auth, service, region, "POST", "/", body=body, headers=form))
        cases.append(signed(f"{service} token", SigV4Auth, service, region, "POST", "/", body=body, headers=form, token=TOKEN))
        cases.append(presigned(f"{service} presigned", SigV4QueryAuth, service, region, "GET", "/",
                               "Action=GetCallerIdentity&Version=2011-06-15", token=TOKEN))
    for service, target in (("kms", "TrentService.Encrypt"), ("athena", "AmazonAthena.GetQueryExecution")):
        cases.append(signed(f"{service} json", SigV4Auth, service, "us-west-2", "POST", "/", body=b'{"a":"\xc3\xa4"}',
                            headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}))
    put = {"Content-Type": "text/plain", "Content-MD5": "XUFAKrxLKna5cZ2REBfFkg==", "x-amz-meta-Name": "  a   b  c ",
           "x-amz-acl": "private", "Content-Encoding": "gzip", "If-None-Match": "*"}
    cases.append(signed("s3 put", S3SigV4Auth, "s3", "us-east-1", "PUT", "/b/k", body=b"hello", headers=put))
    cases.append(signed("s3 put token", S3SigV4Auth, "s3", "us-east-1", "PUT", "/b/k", body=b"hello", headers=put, token=TOKEN))
    cases.append(signed("s3 host style", S3SigV4Auth, "s3", "us-east-1", "GET", "/k", host="bucket.s3.localhost:4566"))
    cases.append(signed("s3 delete", S3SigV4Auth, "s3", "us-east-1", "DELETE", "/b/k", "versionId=null"))
    cases.append(presigned("s3 presigned put", S3SigV4QueryAuth, "s3", "us-east-1", "PUT", "/b/k",
                           headers={"Content-Type": "text/plain", "x-amz-acl": "private"}, token=TOKEN))
    cases.append(presigned("s3 presigned week", S3SigV4QueryAuth, "s3", "us-east-1", "GET", "/b/k", expires=604800))
    overrides = "response-content-type=text%2Fplain&response-content-disposition=attachment%3B%20filename%3D%22a%20b.txt%22"
    cases.append(presigned("s3 presigned overrides", S3SigV4QueryAuth, "s3", "us-east-1", "GET", "/b/k", overrides))
    cases.append(presigned_v2("s3 v2 overrides", "GET", "/b/k", overrides))
    cases.append(presigned_v2("s3 v2 subresources", "GET", "/b/k", "versionId=abc&uploads&prefix=ignored&acl"))
    cases.append(presigned_v2("s3 v2 token", "GET", "/b/k", token=TOKEN))
    cases.append(presigned_v2("s3 v2 token header", "GET", "/b/k", token=TOKEN, keep_headers=True))
    cases.append(presigned_v2("s3 v2 put header", "PUT", "/b/k", headers=put, keep_headers=True))
    cases.append(presigned_v2("s3 v2 put", "PUT", "/b/k", headers={"Content-Type": "text/plain", "x-amz-acl": "private"}))
    cases.append(presigned_v2("s3 v2 host style", "GET", "/k", host="bucket.s3.localhost:4566", auth_path="/bucket/k",
                              bucket="bucket"))
    return cases


def main():
    moment = mock.Mock(wraps=datetime.datetime)
    moment.utcnow.return_value = NOW
    moment.now.return_value = NOW.replace(tzinfo=datetime.timezone.utc)
    patches = [mock.patch("time.time", return_value=float(EPOCH))]
    for name in ("get_current_datetime",):
        if hasattr(botocore.auth, name):
            patches.append(mock.patch.object(botocore.auth, name, lambda *a, **k: NOW))
    if hasattr(botocore.auth, "datetime"):
        patches.append(mock.patch.object(botocore.auth.datetime, "datetime", moment))
    for patch in patches:
        patch.start()
    cases = record()
    for patch in patches:
        patch.stop()
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    Path(__file__).with_name("requests.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(cases)} requests")


if __name__ == "__main__":
    main()
