"""The console in Chromium: each page on an empty account, a full one and with nothing allowed; Athena's pages over a trail's
logs; and what must do nothing. With OPENTRAIL_SHOTS=DIR pictures are left there."""

import datetime
import json
import time

import console_full_account
from account_case import REGION, trail_bucket_policy
from console_case import PASSWORD, BrowserCase
from opentrail_case import main

SCRIPT = "<img src=x onerror=\"globalThis.opentrailPwned=1\"><script>globalThis.opentrailPwned=1</script>"
DOCUMENT = """<!doctype html><title>looks</title><p id="found"></p><p id="answer"></p><script>
try { document.getElementById("found").textContent = String(localStorage.length); }
catch (error) { document.getElementById("found").textContent = error.name; }
fetch("/_signin/credentials", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })
  .then((answer) => answer.text(), () => "refused")
  .then((text) => { document.getElementById("answer").textContent = text; document.title = "looked"; document.body.append("looked"); });
</script>"""


class EmptyAccountTest(BrowserCase):
    def test_every_page(self):
        self.run_in_browser("pages")


class ActionsTest(BrowserCase):
    def test_what_one_does(self):
        self.run_in_browser("actions")


class InvestigateTest(BrowserCase):
    def test_the_timeline(self):
        self.run_in_browser("investigate")


class FullAccountTest(BrowserCase):
    def test_every_list(self):
        group = self.client("ec2").create_security_group(GroupName="first", Description="first")["GroupId"]
        console_full_account.fill(self.server, REGION, group)
        self.run_in_browser("full", events=console_full_account.EVENTS, group=group)


class DeniedTest(BrowserCase):
    def test_every_page_tells_so(self):
        iam, ec2 = self.client("iam"), self.client("ec2")
        iam.create_user(UserName="martha")
        iam.create_login_profile(UserName="martha", Password=PASSWORD)
        group = ec2.create_security_group(GroupName="WebSecurityGroup", Description="HTTP of the cafe")["GroupId"]
        instance = ec2.run_instances(ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=1, MaxCount=1, InstanceType="t2.micro")
        self.client("s3").create_bucket(Bucket="cafe-files")
        self.run_in_browser("denied", user="martha", password=PASSWORD, group=group, files="cafe-files", instance=instance["Instances"][0]["InstanceId"],
                            key=self.client("kms").create_key()["KeyMetadata"]["KeyId"])


class TrailTest(BrowserCase):
    """The same user adds a rule in the browser and with the aws CLI."""

    def test_the_trail_tells_the_console_from_a_program(self):
        iam, ec2 = self.client("iam"), self.client("ec2")
        iam.create_user(UserName="martha")
        iam.create_login_profile(UserName="martha", Password=PASSWORD)
        iam.attach_user_policy(UserName="martha", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        key = iam.create_access_key(UserName="martha")["AccessKey"]
        group = ec2.create_security_group(GroupName="WebSecurityGroup", Description="HTTP of the cafe")["GroupId"]
        self.run_in_browser("rule", user="martha", password=PASSWORD, group=group)
        self.aws("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "203.0.113.7/32",
                 keys=(key["AccessKeyId"], key["SecretAccessKey"]))
        deadline = time.monotonic() + 5
        while len(events := self.events(eventName="AuthorizeSecurityGroupIngress")) < 2:
            self.assertLess(time.monotonic(), deadline, events)
        program, console = events

        # Who, what and from where are the same; how is not.
        self.assertEqual(set(console) - set(program), {"sessionCredentialFromConsole"})
        self.assertEqual(set(program) - set(console), {"tlsDetails"})
        for field in ("eventSource", "eventName", "eventType", "awsRegion", "sourceIPAddress", "readOnly", "managementEvent", "recipientAccountId"):
            self.assertEqual(console[field], program[field], field)
        self.assertEqual(console["requestParameters"]["groupId"], program["requestParameters"]["groupId"])
        who = {"type": "IAMUser", "principalId": iam.get_user(UserName="martha")["User"]["UserId"], "arn": f"arn:aws:iam::{self.account}:user/martha",
               "accountId": self.account, "userName": "martha"}
        self.assertEqual(program["userIdentity"], {**who, "accessKeyId": key["AccessKeyId"]})
        session = console["userIdentity"].pop("sessionContext")
        temporary = console["userIdentity"].pop("accessKeyId")
        self.assertEqual(console["userIdentity"], who)
        self.assertRegex(temporary, r"^ASIA[A-Z0-9]{16}$")
        self.assertEqual(set(session), {"attributes"})
        self.assertEqual(session["attributes"]["mfaAuthenticated"], "false")
        [login] = self.events(eventName="ConsoleLogin")
        begun, signed_in = (datetime.datetime.fromisoformat(text) for text in (session["attributes"]["creationDate"], login["eventTime"]))
        self.assertLessEqual(abs(signed_in - begun), datetime.timedelta(seconds=5))  # the event's is the time when it was answered
        self.assertEqual(console["sessionCredentialFromConsole"], "true")
        self.assertRegex(console["userAgent"], r"^Mozilla/5\.0 .*Chrome/")
        self.assertRegex(program["userAgent"], r"^aws-cli/")
        self.assertEqual(program["tlsDetails"]["clientProvidedHostHeader"], f"ec2.{REGION}.amazonaws.com")


class AthenaTest(BrowserCase):
    server_options = ("--delivery-interval", "1")
    bucket = "monitoring4711"

    def start_trail(self):
        s3, trail = self.client("s3"), self.client("cloudtrail")
        s3.create_bucket(Bucket=self.bucket)
        arn = f"arn:aws:cloudtrail:{REGION}:{self.account}:trail/monitor"
        s3.put_bucket_policy(Bucket=self.bucket, Policy=trail_bucket_policy(self.bucket, self.account, arn))
        trail.create_trail(Name="monitor", S3BucketName=self.bucket, IsMultiRegionTrail=True)
        trail.start_logging(Name="monitor")
        s3.put_bucket_policy(Bucket=self.bucket, Policy=trail_bucket_policy(self.bucket, self.account, arn))  # the trail knows of this one
        deadline = time.monotonic() + 60
        while not any(entry["Key"].endswith(".json.gz") for entry in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])):
            self.assertLess(time.monotonic(), deadline, "no log file was delivered")
            time.sleep(0.2)

    def test_the_pages_of_athena(self):
        self.start_trail()
        self.run_in_browser("athena", bucket=self.bucket, table=f"cloudtrail_logs_{self.bucket}")


class SecurityTest(BrowserCase):
    def make_scripts(self):
        """Things whose names are scripts, where AWS takes such a name."""
        iam, ec2, s3 = self.client("iam"), self.client("ec2"), self.client("s3")
        iam.create_user(UserName="chaos")
        iam.attach_user_policy(UserName="chaos", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        key = iam.create_access_key(UserName="chaos")["AccessKey"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
        policy = iam.create_policy(PolicyName="odd", Description=SCRIPT, PolicyDocument=document)["Policy"]["Arn"]
        self.client("kms").create_key(Description=SCRIPT)
        with self.assertRaisesRegex(Exception, "InvalidParameterValue"):  # as on AWS
            ec2.create_security_group(GroupName="scripts", Description=SCRIPT)
        group = ec2.create_security_group(GroupName="scripts", Description="javascript:alert(1) {{constructor}}")["GroupId"]
        ec2.create_tags(Resources=[group], Tags=[{"Key": "Name", "Value": SCRIPT}, {"Key": SCRIPT[:120], "Value": SCRIPT}])
        hacker = self.client("ec2", (key["AccessKeyId"], key["SecretAccessKey"]), user_agent_extra=SCRIPT)
        hacker.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
        s3.create_bucket(Bucket="cafe-files")
        s3.put_object(Bucket="cafe-files", Key=SCRIPT, Body=b"hello from an object", ContentType="text/plain")
        self.client("athena").create_named_query(Name=SCRIPT, Description=SCRIPT, Database="default", QueryString=f"SELECT '{SCRIPT}'")
        return {"group": group, "policy": policy, "files": "cafe-files", "script": SCRIPT}

    def document_url(self):
        """A page in a bucket, by a link that anybody may open, at the console's own address."""
        s3 = self.client("s3", s3={"addressing_style": "path"}, signature_version="s3v4")
        s3.put_object(Bucket="cafe-files", Key="page.html", Body=DOCUMENT.encode(), ContentType="text/html")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "cafe-files", "Key": "page.html"})
        return url.replace("https://", "http://", 1)

    def test_what_must_do_nothing(self):
        made = self.make_scripts()
        self.run_in_browser("security", documentUrl=self.document_url(), **made)


if __name__ == "__main__":
    main()
