#!/usr/bin/env python3
"""Results and tables' files that Athena encrypts before they reach S3 (CSE_KMS): what lies in the bucket, read as an encryption client reads it."""

import base64
import json
import unittest

from account_case import policy_text
from athena_case import BUCKET, RESULTS, AthenaCase
from opentrail_case import main

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    AESGCM = None

QUERY = "SELECT n, 'a secret' AS what FROM UNNEST(sequence(1, 1000)) AS t(n) ORDER BY n"
ROWS = [["n", "what"]] + [[str(n), "a secret"] for n in range(1, 1001)]


@unittest.skipIf(AESGCM is None, "Python's cryptography is not here")
class EncryptedResults(AthenaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kms = cls.client("kms")
        cls.key = cls.kms.create_key()["KeyMetadata"]["Arn"]
        cls.configuration = {"OutputLocation": RESULTS, "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS", "KmsKey": cls.key}}

    def execute(self, statement, client=None):
        execution = (client or self.athena).start_query_execution(QueryString=statement, ResultConfiguration=self.configuration)["QueryExecutionId"]
        return self.finish(execution, client)

    def stored(self, execution, suffix=""):
        return self.s3.get_object(Bucket=BUCKET, Key=f"results/{execution}.csv{suffix}")

    def decrypted(self, stored):
        """As the Amazon S3 encryption client does it."""
        envelope = stored["Metadata"]
        self.assertEqual((envelope["x-amz-cek-alg"], envelope["x-amz-wrap-alg"], envelope["x-amz-tag-len"]), ("AES/GCM/NoPadding", "kms", "128"))
        self.assertEqual(json.loads(envelope["x-amz-matdesc"]), {"kms_cmk_id": self.key})
        key = self.kms.decrypt(CiphertextBlob=base64.b64decode(envelope["x-amz-key-v2"]),
                               EncryptionContext=json.loads(envelope["x-amz-matdesc"]))["Plaintext"]
        plain = AESGCM(key).decrypt(base64.b64decode(envelope["x-amz-iv"]), stored["Body"].read(), None)
        self.assertEqual(int(envelope["x-amz-unencrypted-content-length"]), len(plain))
        return plain

    def test_the_result_is_readable_with_the_key_alone(self):
        found = self.execute(QUERY)
        self.assertEqual(found["Status"]["State"], "SUCCEEDED", found["Status"])
        self.assertEqual(found["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"], "CSE_KMS")
        execution = found["QueryExecutionId"]
        self.assertNotIn(b"secret", self.stored(execution)["Body"].read())
        csv = "".join('"' + '","'.join(row) + '"\n' for row in ROWS).encode()
        self.assertEqual(self.decrypted(self.stored(execution)), csv)
        self.assertIn(execution.encode(), self.decrypted(self.stored(execution, ".metadata")))
        keys = {self.stored(execution, suffix)["Metadata"]["x-amz-key-v2"] for suffix in ("", ".metadata")}
        self.assertEqual(len(keys), 2)  # each object has a key of its own
        changed = bytearray(self.stored(execution)["Body"].read())
        changed[0] ^= 1
        with self.assertRaises(InvalidTag):
            self.decrypted({"Metadata": self.stored(execution)["Metadata"], "Body": BytesBody(changed)})

    def test_an_envelope_that_somebody_changed_does_no_harm(self):
        execution = self.execute(QUERY)["QueryExecutionId"]
        stored = self.stored(execution)
        body, envelope = stored["Body"].read(), stored["Metadata"]
        context = json.loads(envelope["x-amz-matdesc"])
        short = self.kms.encrypt(KeyId=self.key, Plaintext=b"short", EncryptionContext=context)["CiphertextBlob"]
        for changed in ({"x-amz-key-v2": base64.b64encode(short).decode()}, {"x-amz-matdesc": '{"a":[1,{"b":2}]}'}, {"x-amz-matdesc": "[[["},
                        {"x-amz-iv": "AAAA"}, {"x-amz-unencrypted-content-length": "99999999999999999999"}):
            self.s3.put_object(Bucket=BUCKET, Key=f"results/{execution}.csv", Body=body, Metadata=envelope | changed)
            with self.assertRaises(self.athena.exceptions.InvalidRequestException, msg=changed):
                self.athena.get_query_results(QueryExecutionId=execution)
        self.s3.put_object(Bucket=BUCKET, Key=f"results/{execution}.csv", Body=body, Metadata=envelope)
        self.assertEqual(self.results(execution, MaxResults=2)[0], ROWS[:2])

    def test_get_query_results_reads_it_page_by_page(self):
        execution = self.execute(QUERY)["QueryExecutionId"]
        rows, token = [], {}
        while True:
            page, answer = self.results(execution, MaxResults=333, **token)
            rows += page
            if "NextToken" not in answer:
                break
            token = {"NextToken": answer["NextToken"]}
        self.assertEqual(rows, ROWS)

    def test_statements_that_answer_a_text(self):
        found = self.execute("SHOW DATABASES")
        self.assertEqual(self.results(found["QueryExecutionId"])[0], [["default"]])
        stored = self.s3.get_object(Bucket=BUCKET, Key=f"results/{found['QueryExecutionId']}.txt")
        self.assertEqual(self.decrypted(stored), b"default")

    def test_kms_is_asked_by_athena_for_the_caller(self):
        execution = self.execute("SELECT 'recorded'")["QueryExecutionId"]
        self.results(execution)
        for name in ("GenerateDataKey", "Decrypt"):
            record = [one for one in self.events(eventName=name) if one["userIdentity"].get("invokedBy") == "athena.amazonaws.com"][-1]
            self.assertEqual(record["requestParameters"]["encryptionContext"], {"kms_cmk_id": self.key})
            self.assertEqual(record["resources"][0]["ARN"], self.key)
            self.assertNotIn("plaintext", json.dumps(record["responseElements"]).lower())

    def test_who_may_not_use_the_key_gets_nothing(self):
        iam = self.client("iam")
        iam.create_user(UserName="analyst")
        key = iam.create_access_key(UserName="analyst")["AccessKey"]
        athena = self.client("athena", keys=(key["AccessKeyId"], key["SecretAccessKey"]))

        def allow(*actions):
            iam.put_user_policy(UserName="analyst", PolicyName="p",
                                PolicyDocument=policy_text({"Effect": "Allow", "Action": ["athena:*", "s3:*", *actions], "Resource": "*"}))
        allow()
        self.assertIn("Access denied when writing output to url", self.execute("SELECT 1", athena)["Status"]["StateChangeReason"])
        allow("kms:GenerateDataKey")
        execution = self.execute("SELECT 1", athena)["QueryExecutionId"]
        with self.assertRaises(athena.exceptions.InvalidRequestException) as caught:
            athena.get_query_results(QueryExecutionId=execution)
        self.assertIn("Access denied when reading the query results", str(caught.exception))
        allow("kms:GenerateDataKey", "kms:Decrypt")
        self.assertEqual(self.results(execution, athena)[0], [["_col0"], ["1"]])

    def test_a_page_of_a_result_that_somebody_changed_is_refused(self):
        execution = self.execute(QUERY)["QueryExecutionId"]
        token = {"NextToken": self.results(execution, MaxResults=900)[1]["NextToken"]}
        stored = self.stored(execution)
        body, envelope = stored["Body"].read(), stored["Metadata"]
        changed = bytearray(body)
        changed[-20] ^= 1  # behind the first page, and before the tag
        for put in ({"Body": bytes(changed), "Metadata": envelope}, {"Body": body[:-1], "Metadata": envelope},
                    {"Body": body, "Metadata": envelope | {"x-amz-iv": base64.b64encode(b"another nonc").decode()}}):
            self.s3.put_object(Bucket=BUCKET, Key=f"results/{execution}.csv", **put)
            for page in ({}, token):
                with self.assertRaises(self.athena.exceptions.InvalidRequestException):
                    self.athena.get_query_results(QueryExecutionId=execution, MaxResults=5, **page)
        # What is encrypted anew, by who has the key, is a result again: all of it is looked at first.
        key = self.kms.decrypt(CiphertextBlob=base64.b64decode(envelope["x-amz-key-v2"]), EncryptionContext={"kms_cmk_id": self.key})["Plaintext"]
        nonce = b"another nonc"
        csv = b"".join(b'"%d","theirs"\n' % n for n in range(2000))
        self.s3.put_object(Bucket=BUCKET, Key=f"results/{execution}.csv", Body=AESGCM(key).encrypt(nonce, csv, None),
                           Metadata=envelope | {"x-amz-iv": base64.b64encode(nonce).decode(), "x-amz-unencrypted-content-length": str(len(csv))})
        self.assertEqual(self.results(execution, MaxResults=1)[0], [["0", "theirs"]])

    def tables_files(self, prefix):
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [self.s3.get_object(Bucket=BUCKET, Key=one["Key"]) for one in listed]

    def rows(self, statement):
        found = self.execute(statement)
        self.assertEqual(found["Status"]["State"], "SUCCEEDED", found["Status"])
        return self.results(found["QueryExecutionId"])[0][1:]

    def test_tables_are_written_and_read_so(self):
        for form in ("PARQUET", "JSON", "TEXTFILE"):
            name, place = f"sealed_{form.lower()}", f"sealed/{form.lower()}/"
            made = self.execute(f"CREATE TABLE {name} WITH (format = '{form}', external_location = 's3://{BUCKET}/{place}', partitioned_by = ARRAY['p'])"
                                " AS SELECT n, 'a secret' AS what, n % 2 AS p FROM UNNEST(sequence(1, 10)) AS t(n)")
            self.assertEqual(made["Status"]["State"], "SUCCEEDED", made["Status"])
            self.assertEqual(self.execute(f"INSERT INTO {name} VALUES (11, 'a secret', 1)")["Status"]["State"], "SUCCEEDED")
            files = self.tables_files(place)
            self.assertEqual(len(files), 3)
            self.assertEqual(len({file["Metadata"]["x-amz-key-v2"] for file in files}), 3)
            for file in files:
                self.decrypted(file)
            table = self.client("glue").get_table(DatabaseName="default", Name=name)["Table"]
            self.assertEqual(table["Parameters"]["has_encrypted_data"], "true")
            self.assertEqual(self.rows(f"SELECT sum(n), count(*), max(what) FROM {name}"), [["66", "11", "a secret"]])
            self.assertEqual(self.rows(f"SELECT count(*) FROM {name} WHERE p = 1"), [["6"]])

    def test_unload_writes_so(self):
        found = self.execute(f"UNLOAD (SELECT 'a secret' AS what) TO 's3://{BUCKET}/unloaded/' WITH (format = 'JSON', compression = 'NONE')")
        self.assertEqual(found["Status"]["State"], "SUCCEEDED", found["Status"])
        (file,) = self.tables_files("unloaded/")
        self.assertEqual(json.loads(self.decrypted(file)), {"what": "a secret"})

    def test_a_tables_file_that_somebody_changed_is_not_read(self):
        for form in ("PARQUET", "JSON"):
            self.execute(f"CREATE TABLE changed_{form.lower()} WITH (format = '{form}', external_location = 's3://{BUCKET}/changed/{form.lower()}/') AS SELECT 1 AS n")
            (listed,) = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"changed/{form.lower()}/")["Contents"]
            stored = self.s3.get_object(Bucket=BUCKET, Key=listed["Key"])
            body = bytearray(stored["Body"].read())
            body[5] ^= 1
            self.s3.put_object(Bucket=BUCKET, Key=listed["Key"], Body=bytes(body), Metadata=stored["Metadata"])
            found = self.execute(f"SELECT n FROM changed_{form.lower()}")
            self.assertEqual(found["Status"]["State"], "FAILED")
            self.assertIn("is not as it was encrypted", found["Status"]["StateChangeReason"])

    def test_plain_files_of_such_a_table_are_read_as_they_are(self):
        self.s3.put_object(Bucket=BUCKET, Key="mixed/plain.json", Body=b'{"n": 1}\n')
        self.execute(f"""CREATE EXTERNAL TABLE mixed (n int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
            LOCATION 's3://{BUCKET}/mixed/' TBLPROPERTIES ('has_encrypted_data' = 'true')""")
        self.execute("INSERT INTO mixed VALUES (2)")
        self.assertEqual(self.rows("SELECT n FROM mixed ORDER BY n"), [["1"], ["2"]])

    def test_who_may_not_decrypt_cannot_read_such_a_table(self):
        self.execute("CREATE TABLE kept AS SELECT 1 AS n")
        iam = self.client("iam")
        iam.create_user(UserName="reader")
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["athena:*", "s3:*", "glue:*", "kms:GenerateDataKey"], "Resource": "*"}))
        found = self.execute("SELECT n FROM kept", self.client("athena", keys=(key["AccessKeyId"], key["SecretAccessKey"])))
        self.assertEqual(found["Status"]["State"], "FAILED")
        self.assertIn("PERMISSION_DENIED", found["Status"]["StateChangeReason"])


class BytesBody:
    def __init__(self, content):
        self.content = bytes(content)

    def read(self):
        return self.content


if __name__ == "__main__":
    main()
