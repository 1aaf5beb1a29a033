#!/usr/bin/env python3
"""CloudTrail Lake through boto3 and the aws CLI: event data stores over the account's own journal, queries, results."""

import json
import shutil
import signal
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from account_case import REFUSED, REGION, AccountCase, policy_text, prefer_pinned_boto3
from opentrail_case import main

ENDED = ("FINISHED", "FAILED", "CANCELLED", "TIMED_OUT")
OTHER_REGION = "eu-central-1"
REGIONS = ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-north-1",
           "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-2", "us-west-1", "us-west-2", "af-south-1", "me-south-1", "eu-south-1",
           "ap-east-1", "ap-south-2", "ap-southeast-3", "eu-central-2", "il-central-1")
S3_OBJECTS = [{"Name": "S3 objects", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]},
                                                       {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}]


class Lake(AccountCase):
    @classmethod
    def setUpClass(cls):
        prefer_pinned_boto3()  # Debian's is from before EventDataStoreOwnerAccountId
        super().setUpClass()
        cls.regions = iter(REGIONS)
        cls.ec2 = cls.client("ec2")
        cls.account = cls.client("sts").get_caller_identity()["Account"]

    def setUp(self):
        """Ten event data stores are all that a region has, those that wait for their deletion among them: each test has a region of its own."""
        self.use(next(self.regions))

    def use(self, region):
        self.region = region
        self.trail = self.client("cloudtrail", region=region)

    def delete(self, store):
        self.trail.update_event_data_store(EventDataStore=store, TerminationProtectionEnabled=False)
        self.trail.delete_event_data_store(EventDataStore=store)

    def make(self, **more):
        """The id of a new event data store."""
        made = self.trail.create_event_data_store(Name=f"store-{uuid.uuid4().hex[:8]}", **more)
        return made["EventDataStoreArn"].split("/")[1]

    def finish(self, query, client=None):
        deadline = time.monotonic() + 60
        while True:
            found = (client or self.trail).describe_query(QueryId=query)
            if found["QueryStatus"] in ENDED:
                return found
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.02)

    def run_query(self, statement, client=None):
        """The id of a query, which must have finished."""
        query = (client or self.trail).start_query(QueryStatement=statement)["QueryId"]
        self.assertEqual(self.finish(query, client)["QueryStatus"], "FINISHED", self.finish(query, client))
        return query

    def rows(self, statement, client=None):
        answer = (client or self.trail).get_query_results(QueryId=self.run_query(statement, client))
        return [[value for column in row for value in column.values()] for row in answer["QueryResultRows"]]

    def refused(self, operation, client=None, **arguments):
        """The error's code."""
        client = client or self.trail
        with self.assertRaises(client.exceptions.ClientError) as caught:
            getattr(client, operation)(**arguments)
        return caught.exception.response["Error"]["Code"]

    def test_create_and_describe(self):
        self.use(REGION)  # where the event history is asked
        name = f"monitoring-{uuid.uuid4().hex[:8]}"
        made = self.trail.create_event_data_store(Name=name, TagsList=[{"Key": "team", "Value": "blue"}])
        arn = made["EventDataStoreArn"]
        self.assertRegex(arn, f"^arn:aws:cloudtrail:{REGION}:{self.account}:eventdatastore/[0-9a-f-]{{36}}$")
        default = [{"Name": "Default management events", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
        wanted = {"Name": name, "AdvancedEventSelectors": default, "MultiRegionEnabled": True, "OrganizationEnabled": False,
                  "RetentionPeriod": 366, "TerminationProtectionEnabled": True, "BillingMode": "EXTENDABLE_RETENTION_PRICING"}
        self.assertEqual({**made, **wanted, "Status": "CREATED", "TagsList": [{"Key": "team", "Value": "blue"}]}, made)
        got = self.trail.get_event_data_store(EventDataStore=arn.split("/")[1])
        self.assertEqual({**got, **wanted, "Status": "ENABLED", "FederationStatus": "DISABLED", "EventDataStoreArn": arn}, got)
        self.assertEqual(got["CreatedTimestamp"], made["CreatedTimestamp"])
        self.assertIn({"EventDataStoreArn": arn, "Name": name}, self.trail.list_event_data_stores()["EventDataStores"])
        self.assertEqual(self.trail.list_tags(ResourceIdList=[arn])["ResourceTagList"],
                         [{"ResourceId": arn, "TagsList": [{"Key": "team", "Value": "blue"}]}])
        self.assertNotIn(arn, [one["EventDataStoreArn"] for one in self.client("cloudtrail", region=OTHER_REGION).list_event_data_stores()["EventDataStores"]])

        record = self.events(eventName="CreateEventDataStore", requestID=made["ResponseMetadata"]["RequestId"])[0]
        self.assertEqual((record["eventSource"], record["readOnly"], record["eventCategory"]), ("cloudtrail.amazonaws.com", False, "Management"))
        self.assertEqual(record["requestParameters"], {"name": name, "tagsList": [{"key": "team", "value": "blue"}]})
        answered = record["responseElements"]
        self.assertEqual({**answered, "eventDataStoreArn": arn, "name": name, "status": "CREATED", "retentionPeriod": 366,
                          "advancedEventSelectors": [{"name": "Default management events",
                                                      "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}]}, answered)
        listed = self.trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventId", "AttributeValue": record["eventID"]}])["Events"][0]
        self.assertEqual(listed["Resources"], [{"ResourceType": "AWS::CloudTrail::EventDataStore", "ResourceName": arn}])

    def test_the_journal_is_there_at_once(self):
        before = self.ec2.describe_vpcs()["ResponseMetadata"]["RequestId"]
        store = self.make()
        for number in range(25):
            request = self.ec2.describe_regions()["ResponseMetadata"]["RequestId"]
            found = self.rows(f"SELECT requestID, eventTime, useridentity.type FROM {store} WHERE eventName = 'DescribeRegions' ORDER BY eventTime")
            self.assertEqual(len(found), number + 1)  # each is there as soon as it is answered
            self.assertIn(request, [row[0] for row in found])
        self.assertRegex(found[0][1], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$")
        self.assertEqual(found[0][2], "Root")
        self.assertEqual(self.rows(f"SELECT eventName FROM {store} WHERE requestID = '{before}'"), [])  # from before there was a store
        self.assertEqual(self.rows(f"SELECT count(*) FROM {store} WHERE eventName = 'CreateEventDataStore'"), [["1"]])

    def test_what_was_answered_is_found_whoever_else_calls(self):
        store = self.make()

        def call_and_look(number):
            ec2, trail = self.client("ec2"), self.client("cloudtrail", region=self.region)
            for _ in range(4):
                request = ec2.describe_security_groups()["ResponseMetadata"]["RequestId"]
                if self.rows(f"SELECT count(*) FROM {store} WHERE requestID = '{request}'", trail) != [["1"]]:
                    return f"{number}: {request} is not there once"
            return None

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual([fault for fault in pool.map(call_and_look, range(8)) if fault], [])

    def test_it_agrees_with_the_event_history(self):
        store = self.make()
        self.ec2.describe_instances()
        group = self.ec2.create_security_group(GroupName="lake", Description="d")["GroupId"]
        self.assertEqual(self.refused("revoke_security_group_ingress", self.ec2, GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22,
                                      CidrIp="0.0.0.0/0"), "InvalidPermission.NotFound")
        self.client("ec2", region=OTHER_REGION).describe_vpcs()
        raw = self.rows(f"SELECT eventID, eventJson FROM {store} WHERE eventName <> 'StartQuery'")
        records = {row[0]: json.loads(row[1]) for row in raw}
        for name in ("CreateSecurityGroup", "RevokeSecurityGroupIngress"):
            record = self.events(eventName=name)[0]
            self.assertEqual(records[record["eventID"]], record)
        self.assertEqual(self.rows(f"SELECT element_at(requestParameters, 'groupName'), errorCode FROM {store} WHERE eventName = 'CreateSecurityGroup'"),
                         [["lake", None]])
        self.assertEqual(self.rows(f"SELECT eventName FROM {store} WHERE awsRegion = '{OTHER_REGION}' AND eventSource = 'ec2.amazonaws.com'"),
                         [["DescribeVpcs"]])

    def test_results(self):
        store = self.make()
        for _ in range(5):
            self.ec2.describe_availability_zones()
        started = self.trail.start_query(QueryStatement=f"SELECT eventID AS id, eventName, errorCode, 1 + 1 FROM {store} WHERE eventName = 'DescribeAvailabilityZones'")
        query = started["QueryId"]
        self.assertEqual(started["EventDataStoreOwnerAccountId"], self.account)
        found = self.finish(query)
        self.assertEqual(found["QueryStatus"], "FINISHED", found)
        statistics = found["QueryStatistics"]
        self.assertEqual(statistics["EventsMatched"], 5)
        self.assertGreaterEqual(statistics["EventsScanned"], 6)
        self.assertGreater(statistics["BytesScanned"], 5 * 500)
        self.assertGreaterEqual(statistics["ExecutionTimeInMillis"], 0)
        whole = self.trail.get_query_results(QueryId=query)
        self.assertEqual(whole["QueryStatistics"], {"ResultsCount": 5, "TotalResultsCount": 5, "BytesScanned": statistics["BytesScanned"]})
        self.assertNotIn("NextToken", whole)
        self.assertEqual([list(column) for column in whole["QueryResultRows"][0]], [["id"], ["eventName"], ["errorCode"], ["_col3"]])
        self.assertEqual(whole["QueryResultRows"][0][1:], [{"eventName": "DescribeAvailabilityZones"}, {"errorCode": None}, {"_col3": "2"}])
        pages, token = [], {}
        while True:
            page = self.trail.get_query_results(QueryId=query, MaxQueryResults=2, **token)
            pages.append(page["QueryResultRows"])
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        self.assertEqual([len(page) for page in pages], [2, 2, 1])
        self.assertEqual(sum(pages, []), whole["QueryResultRows"])
        self.assertEqual(self.refused("get_query_results", QueryId=query, NextToken="made up"), "InvalidNextTokenException")
        other = self.run_query(f"SELECT 1 FROM {store}")
        self.assertEqual(self.refused("get_query_results", QueryId=other, **token), "InvalidNextTokenException")
        self.assertEqual(self.refused("get_query_results", QueryId=query, MaxQueryResults=1001), "InvalidMaxResultsException")
        self.assertEqual(self.refused("get_query_results", QueryId=str(uuid.uuid4())), "QueryIdNotFoundException")

    def test_a_long_result_comes_in_pages(self):
        store = self.make()
        query = self.run_query(f"SELECT n, rpad('x', 9000, 'y') FROM {store} CROSS JOIN UNNEST(sequence(1, 1500)) AS t(n) WHERE eventName = 'CreateEventDataStore' ORDER BY n")
        numbers, token, pages = [], {}, 0
        while True:
            page = self.trail.get_query_results(QueryId=query, **token)
            numbers += [int(row[0]["n"]) for row in page["QueryResultRows"]]
            pages += 1
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        self.assertEqual(numbers, list(range(1, 1501)))
        self.assertGreater(pages, 2)  # of at most 4 MiB each

    def test_the_statements_of_the_user_guide(self):
        store = self.make()
        query = self.run_query(f"SELECT count(*) FROM {store}")
        statement = f"SELECT element_at(responseElements, 'queryId'), element_at(requestParameters, 'queryStatement') FROM {store} " \
                    "WHERE eventName = 'StartQuery' AND eventSource = 'cloudtrail.amazonaws.com' AND responseElements IS NOT NULL " \
                    "AND eventTime > '2020-01-01 00:00:00'"
        self.assertEqual(self.rows(statement), [[query, f"SELECT count(*) FROM {store}"]])
        self.assertEqual(self.rows(f"""SELECT eventSource, eventName, COUNT(*) AS apiCount FROM {store} WHERE eventTime > '2020-01-01 00:00:00'
            AND eventName = 'CreateEventDataStore' GROUP BY eventSource, eventName ORDER BY apiCount DESC"""),
                         [["cloudtrail.amazonaws.com", "CreateEventDataStore", "1"]])
        arn = f"arn:aws:cloudtrail:{self.region}:{self.account}:eventdatastore/{store}"
        self.assertEqual(self.rows(f'SELECT count(*) FROM "{arn}" WHERE eventName = \'CreateEventDataStore\''), [["1"]])
        self.assertEqual(self.rows(f"SELECT count(*) FROM {store.upper()} WHERE eventName = 'CreateEventDataStore'"), [["1"]])
        other = self.make()
        self.assertEqual(self.rows(f"SELECT count(*) FROM {store} a JOIN {other} b ON a.eventID = b.eventID WHERE a.eventName = 'CreateEventDataStore'"), [["1"]])

    def test_what_is_refused_at_once(self):
        store = self.make()
        for statement in ("SELEC 1", f"SELECT banana FROM {store}", f"DELETE FROM {store}", f"SELECT 1 FROM {store}; SELECT 2 FROM {store}", "SELECT 1",
                          "SELECT 1 FROM cloudtrail_logs", f"SELECT eventName + 1 FROM {store}", f"SELECT '{'x' * 10_000}' FROM {store}", ""):
            self.assertEqual(self.refused("start_query", QueryStatement=statement), "InvalidQueryStatementException", statement[:80])
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {uuid.uuid4()}"), "EventDataStoreNotFoundException")
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {store} JOIN {uuid.uuid4()} ON true"), "EventDataStoreNotFoundException")
        self.assertEqual(self.refused("start_query", self.client("cloudtrail", region=OTHER_REGION), QueryStatement=f"SELECT 1 FROM {store}"),
                         "EventDataStoreNotFoundException")
        self.assertEqual(self.refused("start_query"), "InvalidParameterException")
        self.assertEqual(self.refused("start_query", QueryAlias="top"), "UnsupportedOperationException")
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {store}", DeliveryS3Uri="s3://b/x"), "UnsupportedOperationException")
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {store}", EventDataStoreOwnerAccountId="9" * 12), "OperationNotPermittedException")
        self.assertEqual(self.refused("describe_query"), "InvalidParameterException")
        self.assertEqual(self.refused("describe_query", QueryAlias="top"), "UnsupportedOperationException")
        self.assertEqual(self.refused("list_dashboards"), "UnsupportedOperationException")
        failed = self.trail.start_query(QueryStatement=f"SELECT 1 / (count(*) - count(*)) FROM {store}")["QueryId"]
        self.assertEqual(self.finish(failed)["ErrorMessage"], "DIVISION_BY_ZERO: Division by zero")
        answer = self.trail.get_query_results(QueryId=failed)
        self.assertEqual((answer["QueryStatus"], answer["ErrorMessage"], answer["QueryResultRows"]), ("FAILED", "DIVISION_BY_ZERO: Division by zero", []))

    def test_ingestion_stops_and_starts(self):
        store = self.make(StartIngestion=False)
        status = lambda: self.trail.get_event_data_store(EventDataStore=store)["Status"]
        names = lambda: [row[0] for row in self.rows(f"SELECT eventName FROM {store} WHERE eventSource = 'kms.amazonaws.com' ORDER BY eventName")]
        kms = self.client("kms")
        self.assertEqual(status(), "STOPPED_INGESTION")
        self.assertEqual(self.refused("stop_event_data_store_ingestion", EventDataStore=store), "InvalidEventDataStoreStatusException")
        kms.list_keys()
        self.assertEqual(names(), [])
        self.trail.start_event_data_store_ingestion(EventDataStore=store)
        self.assertEqual(status(), "ENABLED")
        self.assertEqual(self.refused("start_event_data_store_ingestion", EventDataStore=store), "InvalidEventDataStoreStatusException")
        kms.list_aliases()
        self.trail.stop_event_data_store_ingestion(EventDataStore=store)
        kms.list_keys()
        self.trail.start_event_data_store_ingestion(EventDataStore=store)
        self.assertEqual(names(), ["ListAliases"])
        kms.list_keys()
        self.assertEqual(names(), ["ListAliases", "ListKeys"])

    def test_selectors_choose_and_change(self):
        s3 = self.client("s3")
        bucket = f"lake-{uuid.uuid4().hex[:8]}"
        s3.create_bucket(Bucket=bucket)
        store = self.make(AdvancedEventSelectors=S3_OBJECTS)
        self.assertEqual(self.trail.get_event_data_store(EventDataStore=store)["AdvancedEventSelectors"], S3_OBJECTS)
        s3.put_object(Bucket=bucket, Key="a", Body=b"1")
        s3.get_bucket_location(Bucket=bucket)
        names = lambda: [row[0] for row in self.rows(f"SELECT eventName FROM {store} ORDER BY eventName")]
        self.assertEqual(names(), ["PutObject"])
        only_iam = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "eventSource", "Equals": ["iam.amazonaws.com"]}]}]
        changed = self.trail.update_event_data_store(EventDataStore=store, AdvancedEventSelectors=only_iam)
        self.assertEqual(changed["AdvancedEventSelectors"], only_iam)
        s3.put_object(Bucket=bucket, Key="b", Body=b"1")
        self.client("iam").list_users()
        self.assertEqual(names(), ["ListUsers", "PutObject"])  # what it had it keeps
        for wrong in ([], [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ConfigurationItem"]}]}],
                      [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}]):
            self.assertEqual(self.refused("create_event_data_store", Name="refused", AdvancedEventSelectors=wrong), "InvalidEventSelectorsException")

    def test_one_region_alone(self):
        self.use(REGION)
        store = self.make(MultiRegionEnabled=False)
        self.client("ec2", region=OTHER_REGION).describe_key_pairs()
        self.assertEqual(self.rows(f"SELECT count(*) FROM {store} WHERE eventName = 'DescribeKeyPairs'"), [["0"]])
        self.ec2.describe_key_pairs()
        self.assertEqual(self.rows(f"SELECT awsRegion FROM {store} WHERE eventName = 'DescribeKeyPairs'"), [[REGION]])

    def test_a_life(self):
        name = f"life-{uuid.uuid4().hex[:8]}"
        arn = self.trail.create_event_data_store(Name=name)["EventDataStoreArn"]
        store = arn.split("/")[1]
        query = self.run_query(f"SELECT 1 FROM {store} LIMIT 1")
        self.assertEqual(self.refused("create_event_data_store", Name=name), "EventDataStoreAlreadyExistsException")
        self.assertEqual(self.refused("delete_event_data_store", EventDataStore=arn), "EventDataStoreTerminationProtectedException")
        self.assertEqual(self.refused("restore_event_data_store", EventDataStore=arn), "InvalidEventDataStoreStatusException")
        self.delete(arn)
        self.assertEqual(self.trail.get_event_data_store(EventDataStore=arn)["Status"], "PENDING_DELETION")
        inactive = "InactiveEventDataStoreException"
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {store}"), inactive)
        self.assertEqual(self.refused("get_query_results", QueryId=query), inactive)
        self.assertEqual(self.refused("describe_query", QueryId=query), inactive)
        self.assertEqual(self.refused("list_queries", EventDataStore=arn), inactive)
        self.assertEqual(self.refused("update_event_data_store", EventDataStore=arn, RetentionPeriod=30), inactive)
        self.assertEqual(self.refused("delete_event_data_store", EventDataStore=arn), inactive)
        self.assertEqual(self.refused("start_event_data_store_ingestion", EventDataStore=arn), "InvalidEventDataStoreStatusException")
        self.assertEqual(self.refused("create_event_data_store", Name=name), "EventDataStoreAlreadyExistsException")
        self.ec2.describe_addresses()
        self.assertEqual(self.trail.restore_event_data_store(EventDataStore=arn)["Status"], "ENABLED")
        self.ec2.describe_volumes()
        self.assertEqual(self.trail.get_query_results(QueryId=query)["QueryResultRows"], [[{"_col0": "1"}]])
        self.assertEqual(self.rows(f"SELECT eventName FROM {store} WHERE eventName IN ('DescribeAddresses', 'DescribeVolumes')"), [["DescribeVolumes"]])

    def test_what_a_store_may_be(self):
        bad = lambda **input: self.refused("create_event_data_store", **{"Name": "a-good-name", **input})
        for name in ("ab", "a" * 129, "a b", "ä-ö-ü"):
            self.assertEqual(bad(Name=name), "InvalidParameterException", name)
        for days in (6, 3654):
            self.assertEqual(bad(RetentionPeriod=days), "InvalidParameterException", days)
        self.assertEqual(bad(RetentionPeriod=2558, BillingMode="FIXED_RETENTION_PRICING"), "InvalidParameterException")
        self.assertEqual(bad(BillingMode="FREE"), "InvalidParameterException")
        self.assertEqual(bad(OrganizationEnabled=True), "OrganizationsNotInUseException")
        self.assertEqual(bad(KmsKeyId="alias/nobodys"), "KmsKeyNotFoundException")
        self.assertEqual(bad(TagsList=[{"Key": "aws:x", "Value": "1"}]), "InvalidTagParameterException")
        self.assertEqual(self.refused("get_event_data_store", EventDataStore=str(uuid.uuid4())), "EventDataStoreNotFoundException")
        self.assertEqual(self.refused("get_event_data_store", EventDataStore="arn:aws:s3:::bucket"), "EventDataStoreARNInvalidException")
        store = self.make(BillingMode="FIXED_RETENTION_PRICING")
        self.assertEqual(self.trail.get_event_data_store(EventDataStore=store)["RetentionPeriod"], 2557)
        self.assertEqual(self.refused("update_event_data_store", EventDataStore=store), "InvalidParameterException")
        changed = self.trail.update_event_data_store(EventDataStore=store, BillingMode="EXTENDABLE_RETENTION_PRICING", RetentionPeriod=7, Name="another-name")
        self.assertEqual((changed["BillingMode"], changed["RetentionPeriod"], changed["Name"]), ("EXTENDABLE_RETENTION_PRICING", 7, "another-name"))
        self.assertEqual(self.refused("update_event_data_store", EventDataStore=store, BillingMode="FIXED_RETENTION_PRICING"), "InvalidParameterException")
        other = self.client("cloudtrail", region=OTHER_REGION)
        for number in range(10):
            other.create_event_data_store(Name=f"store-{number}")
        self.assertEqual(self.refused("create_event_data_store", other, Name="store-10"), "EventDataStoreMaxLimitExceededException")
        first = other.list_event_data_stores(MaxResults=7)
        second = other.list_event_data_stores(MaxResults=7, NextToken=first["NextToken"])
        self.assertEqual(sorted(one["Name"] for one in first["EventDataStores"] + second["EventDataStores"]), sorted(f"store-{n}" for n in range(10)))
        self.assertNotIn("NextToken", second)

    def test_queries_are_listed_and_cancelled(self):
        store = self.make()
        first = self.run_query(f"SELECT 1 FROM {store}")
        second = self.run_query(f"SELECT 2 FROM {store}")
        endless = f"SELECT count(*) FROM {store}, UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), UNNEST(sequence(1, 10000)) c(z)"
        running = [self.trail.start_query(QueryStatement=endless)["QueryId"] for _ in range(10)]
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {store}"), "MaxConcurrentQueriesException")
        listed = self.trail.list_queries(EventDataStore=store)["Queries"]
        self.assertEqual([query["QueryId"] for query in listed], running[::-1] + [second, first])
        states = lambda status: {query["QueryId"] for query in self.trail.list_queries(EventDataStore=store, QueryStatus=status)["Queries"]}
        deadline = time.monotonic() + 60
        while len(states("RUNNING")) < 4 and time.monotonic() < deadline:  # so many run at a time
            time.sleep(0.02)
        runs, waits = states("RUNNING"), states("QUEUED")
        self.assertEqual((len(runs), len(waits), runs | waits), (4, 6, set(running)))
        self.assertEqual(states("FINISHED"), {first, second})
        waits = self.trail.get_query_results(QueryId=running[-1])
        self.assertIn(waits["QueryStatus"], ("QUEUED", "RUNNING"))
        self.assertEqual(waits["QueryResultRows"], [])
        for query in running:
            self.assertEqual(self.trail.cancel_query(QueryId=query)["QueryStatus"], "CANCELLED")
        self.assertEqual(self.refused("cancel_query", QueryId=running[0]), "InactiveQueryException")
        self.assertEqual(self.refused("cancel_query", QueryId=first), "InactiveQueryException")
        self.assertEqual(states("CANCELLED"), set(running))
        self.assertEqual(self.rows(f"SELECT 3 FROM {store} LIMIT 1"), [["3"]])  # there is room again, and a thread
        page = self.trail.list_queries(EventDataStore=store, MaxResults=5)
        rest = self.trail.list_queries(EventDataStore=store, NextToken=page["NextToken"])
        self.assertEqual(len({query["QueryId"] for query in page["Queries"] + rest["Queries"]}), 13)
        self.assertEqual(self.trail.list_queries(EventDataStore=store, EndTime=time.time() - 3600)["Queries"], [])
        self.assertEqual(self.refused("list_queries", EventDataStore=store, StartTime=2_000_000_000, EndTime=1_000_000_000), "InvalidDateRangeException")
        self.assertEqual(self.refused("list_queries", EventDataStore=store, QueryStatus="DONE"), "InvalidQueryStatusException")
        self.assertEqual(self.refused("list_queries", EventDataStore=store, NextToken="bm9uZQ=="), "InvalidNextTokenException")

    def test_a_caller_sees_what_it_may(self):
        store, other = self.make(TagsList=[{"Key": "team", "Value": "blue"}]), self.make()
        iam = self.client("iam")
        iam.create_user(UserName="analyst")
        key = iam.create_access_key(UserName="analyst")["AccessKey"]
        analyst = self.client("cloudtrail", keys=(key["AccessKeyId"], key["SecretAccessKey"]), region=self.region)
        self.assertEqual(self.refused("start_query", analyst, QueryStatement=f"SELECT 1 FROM {store}"), "AccessDeniedException")
        allow = lambda resource, condition: iam.put_user_policy(UserName="analyst", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": ["cloudtrail:StartQuery", "cloudtrail:DescribeQuery", "cloudtrail:GetQueryResults"], "Resource": resource,
             "Condition": condition}))
        allow(f"arn:aws:cloudtrail:{self.region}:{self.account}:eventdatastore/{store}", {})
        self.assertEqual(self.rows(f"SELECT current_user FROM {store} LIMIT 1", analyst), [["analyst"]])
        self.assertEqual(self.refused("start_query", analyst, QueryStatement=f"SELECT 1 FROM {other}"), "AccessDeniedException")
        self.assertEqual(self.refused("start_query", analyst, QueryStatement=f"SELECT (SELECT count(*) FROM {other}) FROM {store}"), "AccessDeniedException")
        mine = self.run_query(f"SELECT 1 FROM {other}")
        self.assertEqual(self.refused("get_query_results", analyst, QueryId=mine), "AccessDeniedException")
        self.assertEqual(self.refused("cancel_query", analyst, QueryId=mine), "AccessDeniedException")
        allow("*", {"StringEquals": {"aws:ResourceTag/team": "blue"}})
        self.assertEqual(self.rows(f"SELECT 1 FROM {store} LIMIT 1", analyst), [["1"]])
        self.assertEqual(self.refused("start_query", analyst, QueryStatement=f"SELECT 1 FROM {other}"), "AccessDeniedException")

    def test_a_key_that_is_taken_away_takes_the_data(self):
        kms = self.client("kms", region=self.region)
        key = kms.create_key(Policy=policy_text(
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*"}))
        arn = key["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/lake", TargetKeyId=arn)
        store = self.make(KmsKeyId="alias/lake")
        self.assertEqual(self.trail.get_event_data_store(EventDataStore=store)["KmsKeyId"], arn)
        query = self.run_query(f"SELECT eventName FROM {store} WHERE eventName = 'CreateEventDataStore'")
        self.assertEqual(self.trail.get_query_results(QueryId=query)["QueryResultRows"], [[{"eventName": "CreateEventDataStore"}]])
        another = kms.create_key()["KeyMetadata"]["Arn"]
        self.assertEqual(self.refused("create_event_data_store", Name="locked", KmsKeyId=another), "InsufficientEncryptionPolicyException")
        kms.disable_key(KeyId=arn)
        self.assertEqual(self.refused("start_query", QueryStatement=f"SELECT 1 FROM {store}"), "InsufficientEncryptionPolicyException")
        self.assertEqual(self.refused("get_query_results", QueryId=query), "InsufficientEncryptionPolicyException")
        self.assertEqual(self.refused("create_event_data_store", Name="disabled", KmsKeyId=arn), "KmsException")
        kms.enable_key(KeyId=arn)
        self.assertEqual(len(self.trail.get_query_results(QueryId=query)["QueryResultRows"]), 1)

    def test_a_restart_keeps_stores_and_results(self):
        self.check_restart(signal.SIGTERM)

    def test_a_kill_keeps_stores_and_results(self):
        self.check_restart(signal.SIGKILL)

    def check_restart(self, with_signal):
        store = self.make()
        query = self.run_query(f"SELECT eventName FROM {store} WHERE eventName = 'CreateEventDataStore'")
        endless = self.trail.start_query(QueryStatement=f"SELECT count(*) FROM {store}, UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), "
                                                        "UNNEST(sequence(1, 10000)) c(z)")["QueryId"]
        self.server.stop(with_signal)
        self.server.start()
        self.assertEqual(self.trail.get_query_results(QueryId=query)["QueryResultRows"], [[{"eventName": "CreateEventDataStore"}]])
        found = self.finish(endless)
        self.assertEqual((found["QueryStatus"], found["ErrorMessage"]), ("FAILED", "The service was stopped while the query was running."))
        self.ec2.describe_images(Owners=["self"])
        self.assertEqual(self.rows(f"SELECT eventName FROM {store} WHERE eventName IN ('DescribeImages', 'CreateEventDataStore') ORDER BY 1"),
                         [["CreateEventDataStore"], ["DescribeImages"]])

    def test_the_command_line(self):
        cli = lambda *arguments, **more: self.aws("cloudtrail", *arguments, region=self.region, **more)
        made = json.loads(cli("create-event-data-store", "--name", "by-cli", "--retention-period", "30",
                              "--no-termination-protection-enabled", "--tags-list", "Key=a,Value=b"))
        self.assertEqual((made["RetentionPeriod"], made["MultiRegionEnabled"], made["TerminationProtectionEnabled"]), (30, True, False))
        store = made["EventDataStoreArn"].split("/")[1]
        self.aws("ec2", "describe-vpcs")
        query = json.loads(cli("start-query", "--query-statement",
                                    f"SELECT eventName, count(*) AS n FROM {store} WHERE eventName = 'DescribeVpcs' GROUP BY 1"))["QueryId"]
        self.finish(query)
        answer = json.loads(cli("get-query-results", "--query-id", query))
        self.assertEqual(answer["QueryResultRows"], [[{"eventName": "DescribeVpcs"}, {"n": "1"}]])
        self.assertEqual(json.loads(cli("describe-query", "--query-id", query))["QueryStatus"], "FINISHED")
        self.assertIn("InvalidQueryStatementException", cli("start-query", "--query-statement", "SELECT", code=REFUSED))
        self.assertIn("InactiveQueryException", cli("cancel-query", "--query-id", query, code=REFUSED))
        listed = json.loads(cli("list-queries", "--event-data-store", store, "--query-status", "FINISHED"))["Queries"]
        self.assertEqual([one["QueryId"] for one in listed], [query])
        self.assertEqual(json.loads(cli("list-event-data-stores"))["EventDataStores"], [{"EventDataStoreArn": made["EventDataStoreArn"], "Name": "by-cli"}])
        self.assertEqual(json.loads(cli("update-event-data-store", "--event-data-store", store, "--name", "renamed"))["Name"], "renamed")
        cli("delete-event-data-store", "--event-data-store", store)
        self.assertEqual(json.loads(cli("get-event-data-store", "--event-data-store", store))["Status"], "PENDING_DELETION")
        self.assertEqual(json.loads(cli("restore-event-data-store", "--event-data-store", store))["Status"], "ENABLED")

    def test_the_command_line_stops_ingestion(self):
        stop = ("cloudtrail", "stop-event-data-store-ingestion")
        if shutil.which("aws") is None or "required" not in subprocess.run(["aws", *stop], capture_output=True, text=True, check=False).stderr:
            self.skipTest("no aws CLI that stops ingestion: Debian 12's 2.9 knows of none")
        store = self.make()
        self.aws(*stop, "--event-data-store", store, region=self.region)
        self.assertEqual(self.trail.get_event_data_store(EventDataStore=store)["Status"], "STOPPED_INGESTION")
        self.aws("cloudtrail", "start-event-data-store-ingestion", "--event-data-store", store, region=self.region)
        self.assertEqual(self.trail.get_event_data_store(EventDataStore=store)["Status"], "ENABLED")


if __name__ == "__main__":
    main()
