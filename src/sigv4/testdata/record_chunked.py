#!/usr/bin/env python3
"""Writes aws-chunked bodies to chunked.json, which chunked_body_test.cc takes apart. Made from the description at
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html with hmac and hashlib alone.

  src/sigv4/testdata/record_chunked.py
"""

import base64
import hashlib
import hmac
import json
import zlib
from pathlib import Path

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
DATE = "20130524"
AMZ_DATE = "20130524T000000Z"
REGION = "us-east-1"
SCOPE = f"{DATE}/{REGION}/s3/aws4_request"
# The seed signature of Amazon's own example: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
SEED_TRAILER = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)


def signing_key():
    key = b"AWS4" + SECRET.encode()
    for part in (DATE, REGION, "s3", "aws4_request"):
        key = mac(key, part).digest()
    return key


def sha(data):
    return hashlib.sha256(data).hexdigest()


def sign_chunk(previous, chunk):
    return mac(signing_key(), "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", AMZ_DATE, SCOPE, previous, sha(b""), sha(chunk)])).hexdigest()


def sign_trailer(previous, canonical):
    return mac(signing_key(), "\n".join(["AWS4-HMAC-SHA256-TRAILER", AMZ_DATE, SCOPE, previous, sha(canonical)])).hexdigest()


def part(data):
    """Bytes and how often they are repeated: a long run of one byte stays short in the file."""
    run = len(data) > 1000 and data == data[:1] * len(data)
    return [base64.b64encode(data[:1] if run else data).decode(), len(data) if run else 1]


def encode(payload, chunks, seed, trailers=()):
    """The body in parts, and the signatures in it."""
    signed = payload.startswith("STREAMING-AWS4")
    body, previous, signatures = [], seed, []
    for chunk in [*chunks, b""]:
        line = f"{len(chunk):x}"
        if signed:
            previous = sign_chunk(previous, chunk)
            signatures.append(previous)
            line += f";chunk-signature={previous}"
        body += [line.encode() + b"\r\n"] + ([chunk, b"\r\n"] if chunk else [])
    for name, value in trailers:
        body.append(f"{name}:{value}\r\n".encode())
    if signed and payload.endswith("TRAILER"):
        signature = sign_trailer(previous, "".join(f"{n}:{v}\n" for n, v in trailers).encode())
        signatures.append(signature)
        body.append(f"x-amz-trailer-signature:{signature}\r\n".encode())
    return [part(piece) for piece in [*body, b"\r\n"]], signatures


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def pattern(size, seed):
    return bytes((i * 31 + i // 251 + seed) % 256 for i in range(size))


def main():
    signed, with_trailer, unsigned = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                                      "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    example = [b"a" * 65536, b"a" * 1024]
    bodies = {"empty": [], "small": [b"hello"], "one byte": [b"x"], "line ends": [b"\r\n0\r\n\r\n"],
              "two": [pattern(8192, 1), pattern(100, 2)], "three": [pattern(8192, 3), pattern(9000, 4), pattern(1, 5)]}
    cases = []
    for name, chunks in bodies.items():
        whole = b"".join(chunks)
        trailers = [("x-amz-checksum-crc32", crc32(whole))]
        for payload, seed, trailing in ((signed, SEED, []), (with_trailer, SEED_TRAILER, trailers), (unsigned, "", trailers)):
            cases.append((f"{payload} {name}", payload, chunks, seed, trailing))
    cases.append(("amazon's example", signed, example, SEED, []))
    cases.append(("amazon's example with trailer", with_trailer, example, SEED_TRAILER, [("x-amz-checksum-crc32c", "sOO8/Q==")]))
    cases.append(("two trailers", with_trailer, [b"hello"], SEED_TRAILER,
                  [("x-amz-checksum-crc32", crc32(b"hello")), ("x-amz-meta-note", "a b")]))
    lines = []
    for name, payload, chunks, seed, trailers in cases:
        body, signatures = encode(payload, chunks, seed, trailers)
        lines.append(json.dumps({
            "name": name, "payload": payload, "seed": seed, "secret": SECRET, "amz_date": AMZ_DATE, "region": REGION,
            "trailer": ",".join(n for n, _ in trailers), "trailers": [list(t) for t in trailers],
            "decoded_length": sum(map(len, chunks)), "decoded_sha256": sha(b"".join(chunks)), "signatures": signatures,
            "body": body}))
    Path(__file__).with_name("chunked.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(lines)} bodies")


if __name__ == "__main__":
    main()
