"""The console: signing in and what guards it, over plain HTTP and TLS; and, where Chromium and node are, all of it in a browser."""

import http.client
import json
import time
import os
import secrets
import shutil
import ssl
import subprocess
import unittest

from account_case import AccountCase
from opentrail_case import ROOT, main

PASSWORD = "Caf3-Martha!x"
GROUP_NAME = "WebSecurityGroup"
SCRIPT = "<img src=x onerror=\"globalThis.opentrailPwned=1\"><script>globalThis.opentrailPwned=1</script>"
BROWSER_SECONDS = 840


def new_token():
    return secrets.token_urlsafe(32)


class ConsoleCase(AccountCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root_password = (cls.server.data / "root-console-password").read_text().strip()
        cls.account = cls.client("sts").get_caller_identity()["Account"]

    def post(self, action, body, cookie="", token="", tls=False, **fields):
        """POST /_signin/ACTION as the console's own page sends it; fields change or (None) leave out header fields."""
        scheme = "https" if tls else "http"
        host = f"localhost:{self.server.port}"
        headers = {"origin": f"{scheme}://{host}", "content-type": "application/json", "user-agent": "Mozilla/5.0 (test)"}
        if cookie:
            headers["cookie"] = f"{'__Host-' if tls else ''}opentrail-session={cookie}"
        if token:
            headers["x-console-token"] = token
        headers.update({name.replace("_", "-"): value for name, value in fields.items()})
        if tls:
            link = http.client.HTTPSConnection(host, context=ssl.create_default_context(cafile=self.server.ca))
        else:
            link = http.client.HTTPConnection(host)
        link.request("POST", f"/_signin/{action}", body=body if isinstance(body, str) else json.dumps(body),
                     headers={name: value for name, value in headers.items() if value is not None})
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return answer, json.loads(text)

    def sign_in(self, tls=False, **request):
        """The cookie and the token of a new session."""
        token = new_token()
        answer, told = self.post("sign-in", {"token": token, **request}, tls=tls)
        self.assertEqual((answer.status, told), (200, {"step": "signed-in"}))
        cookie = answer.getheader("set-cookie")
        self.assertIn("HttpOnly; SameSite=Strict", cookie)
        self.assertEqual("; Secure" in cookie, tls)
        return cookie.split("=", 1)[1].split(";")[0], token

    def sign_in_as_root(self, tls=False):
        return self.sign_in(tls, root=True, password=self.root_password)


class SignInTest(ConsoleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        iam = cls.client("iam")
        iam.create_user(UserName="martha")
        iam.create_login_profile(UserName="martha", Password=PASSWORD)

    def credentials(self, cookie, token, **more):
        following = new_token()
        answer, told = self.post("credentials", {"token": following}, cookie, token, **more)
        return answer.status, told, following

    def await_event(self, wanted, **filters):
        """The event of that kind that the history will have within a second."""
        deadline = time.monotonic() + 5
        while True:
            found = [event for event in self.events(**filters) if wanted(event)]
            if found or time.monotonic() > deadline:
                return found[0]
            time.sleep(0.05)

    def test_the_session_signs_calls_that_the_trail_knows_for_the_consoles(self):
        for tls in (False, True):
            cookie, token = self.sign_in_as_root(tls)
            status, told, _ = self.credentials(cookie, token, tls=tls)
            self.assertEqual(status, 200)
            self.assertEqual((told["accountId"], told["type"], told["sourceIp"]), (self.account, "Root", "127.0.0.1"))
            keys = told["accessKeyId"], told["secretAccessKey"]
            self.client("iam", keys, token=told["sessionToken"]).create_user(UserName=f"console-{tls}")
            event = self.await_event(lambda event: event["requestParameters"]["userName"] == f"console-{tls}", eventName="CreateUser")
            self.assertEqual(event["sessionCredentialFromConsole"], "true")
            self.assertEqual(event["userIdentity"]["accessKeyId"], told["accessKeyId"])
            self.assertEqual(event["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"], "false")

    def test_sign_ins_are_recorded_the_failed_ones_too(self):
        self.sign_in(account=self.account, user="martha", password=PASSWORD)
        answer, told = self.post("sign-in", {"account": self.account, "user": "martha", "password": "no", "token": new_token()})
        self.assertEqual((answer.status, told["message"]), (401, "Your authentication information is incorrect. Please try again."))
        deadline = time.monotonic() + 5
        while True:  # the history follows within a second
            found = [event for event in self.events(eventName="ConsoleLogin") if event["userIdentity"].get("userName") == "martha"]
            if len(found) == 2 or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        self.assertEqual({event["responseElements"]["ConsoleLogin"] for event in found}, {"Success", "Failure"})
        for event in found:
            self.assertEqual((event["eventType"], event["eventSource"]), ("AwsConsoleSignIn", "signin.amazonaws.com"))
            self.assertNotIn("requestID", event)
        used = self.client("iam").get_user(UserName="martha")["User"]["PasswordLastUsed"]
        self.assertIsNotNone(used)

    def test_a_password_that_must_be_changed_is_changed_at_the_first_sign_in(self):
        iam = self.client("iam")
        iam.create_user(UserName="frank")
        iam.create_login_profile(UserName="frank", Password=PASSWORD, PasswordResetRequired=True)
        request = {"account": self.account, "user": "frank", "password": PASSWORD, "token": new_token()}
        self.assertEqual(self.post("sign-in", request)[1]["step"], "new-password")
        answer, told = self.post("sign-in", {**request, "newPassword": "An0ther-One!"})
        self.assertEqual(told["step"], "new-password")  # not allowed to iam:ChangePassword
        self.assertIn("not authorized to perform: iam:ChangePassword", told["message"])
        iam.attach_user_policy(UserName="frank", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
        self.assertEqual(self.post("sign-in", {**request, "newPassword": "short"})[1]["step"], "new-password")
        self.assertEqual(self.post("sign-in", {**request, "newPassword": "An0ther-One!"})[1], {"step": "signed-in"})
        self.sign_in(account=self.account, user="frank", password="An0ther-One!")

    def test_an_alias_is_as_good_as_the_accounts_number(self):
        self.client("iam").create_account_alias(AccountAlias="cafe")
        self.sign_in(account="cafe", user="martha", password=PASSWORD)

    def test_guessing_is_locked_out_and_a_restart_forgives_nothing(self):
        request = {"account": self.account, "user": "guessed", "password": "no", "token": new_token()}
        for _ in range(5):
            self.assertEqual(self.post("sign-in", request)[0].status, 401)
        self.assertEqual(self.post("sign-in", request)[0].status, 429)
        self.server.stop()
        self.server.start()
        answer, told = self.post("sign-in", request)
        self.assertEqual(answer.status, 429)
        self.assertGreater(int(answer.getheader("retry-after")), 0)
        self.assertIn("Too many failed attempts", told["message"])

    def test_a_stolen_cookie_is_worth_nothing(self):
        cookie, token = self.sign_in_as_root()
        self.assertEqual(self.credentials(cookie, "")[0], 403)
        self.assertEqual(self.credentials(cookie, new_token())[0], 403)
        self.assertEqual(self.credentials("", token)[0], 403)
        for fields in ({"origin": "http://evil.example"}, {"origin": None}, {"origin": "null"}, {"sec_fetch_site": "cross-site"},
                       {"content_type": "text/plain"}, {"origin": f"http://127.0.0.1:{self.server.port}"}):
            self.assertEqual(self.credentials(cookie, token, **fields)[0], 403, fields)
        status, _, following = self.credentials(cookie, token)
        self.assertEqual(status, 200)
        self.assertEqual(self.credentials(cookie, token)[0], 403)  # replayed
        self.assertEqual(self.credentials(cookie, following)[0], 200)  # which hurts nobody

    def test_after_signing_out_nothing_is_left(self):
        cookie, token = self.sign_in_as_root()
        _, told, following = self.credentials(cookie, token)
        answer, _ = self.post("sign-out", {"token": new_token()}, cookie, following)
        self.assertEqual(answer.status, 200)
        self.assertIn("Max-Age=0", answer.getheader("set-cookie"))
        sts = self.client("sts", (told["accessKeyId"], told["secretAccessKey"]), token=told["sessionToken"])
        with self.assertRaisesRegex(Exception, "InvalidClientTokenId"):
            sts.get_caller_identity()

    def test_what_is_no_request_is_told_so(self):
        for body, status in (("", 400), ("[", 400), ("[]", 400), ("{}", 400), ('{"password":5}', 400), ("x" * 20_000, 413)):
            self.assertEqual(self.post("sign-in", body)[0].status, status, body[:20])
        self.assertEqual(self.post("nonsense", {})[0].status, 404)


class PagesTest(ConsoleCase):
    def get(self, path, **fields):
        link = http.client.HTTPConnection(f"localhost:{self.server.port}")
        link.request("GET", path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        answer = link.getresponse()
        answer.text = answer.read()
        link.close()
        return answer

    def test_a_browser_finds_the_console_and_a_client_s3(self):
        self.assertEqual(self.get("/", accept="text/html").getheader("location"), "/_console/")
        self.assertEqual(self.get("/").status, 403)
        page = self.get("/_console/ec2/instances")
        self.assertEqual((page.status, page.getheader("x-frame-options")), (200, "DENY"))
        policy = page.getheader("content-security-policy")
        self.assertNotIn("unsafe", policy)
        self.assertIn("default-src 'none'", policy)
        self.assertNotEqual(policy, self.get("/_console/").getheader("content-security-policy"))  # another nonce
        script = page.text.decode().split('src="', 1)[1].split('"')[0]
        asset = self.get(script, accept_encoding="gzip")
        self.assertEqual((asset.status, asset.getheader("content-encoding")), (200, "gzip"))
        self.assertIn("immutable", asset.getheader("cache-control"))
        self.assertEqual(self.get(script, if_none_match=asset.getheader("etag")).status, 304)
        self.assertEqual(self.get("/_console/assets/../../secret").status, 404)
        self.assertEqual(self.get("/_console/assets/none.js").status, 404)


class BrowserTest(ConsoleCase):
    server_options = ("--delivery-interval", "1")

    @classmethod
    def setUpClass(cls):
        if not shutil.which("node") or not (ROOT / "web" / "node_modules" / "playwright-core").exists():
            raise unittest.SkipTest("no node or no web/node_modules: tools/build-web --install")
        cls.chromium = shutil.which("chromium")
        if cls.chromium is None:
            raise unittest.SkipTest("no chromium: apt-get install chromium")
        super().setUpClass()
        iam, ec2, s3 = cls.client("iam"), cls.client("ec2"), cls.client("s3")
        for user in ("martha", "chaos"):
            iam.create_user(UserName=user)
        iam.create_login_profile(UserName="martha", Password=PASSWORD)
        iam.attach_user_policy(UserName="chaos", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        key = iam.create_access_key(UserName="chaos")["AccessKey"]
        cls.group = ec2.create_security_group(GroupName=GROUP_NAME, Description="HTTP of the cafe")["GroupId"]
        ec2.authorize_security_group_ingress(GroupId=cls.group, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        ec2.create_tags(Resources=[cls.group], Tags=[{"Key": "Name", "Value": SCRIPT}])
        hacker = cls.client("ec2", (key["AccessKeyId"], key["SecretAccessKey"]), user_agent_extra=SCRIPT)
        hacker.create_security_group(GroupName="chaos-group", Description="x")
        hacker.authorize_security_group_ingress(GroupName="chaos-group", IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
        s3.create_bucket(Bucket="cafe-files")
        s3.put_object(Bucket="cafe-files", Key=SCRIPT, Body=b"hello from an object")

    def test_the_exercise_in_a_browser(self):
        bucket = "monitoring4711"
        given = {"url": f"http://localhost:{self.server.port}", "account": self.account, "rootPassword": self.root_password, "user": "martha",
                 "password": PASSWORD, "group": self.group, "bucket": bucket, "table": f"cloudtrail_logs_{bucket}", "files": "cafe-files",
                 "scriptKey": SCRIPT}
        done = subprocess.run(["node", "--test", "--test-reporter=spec", str(ROOT / "web" / "e2e" / "exercise.test.mjs")], capture_output=True, text=True,
                              env={**os.environ, "OPENTRAIL_CONSOLE_TEST": json.dumps(given), "CHROMIUM": self.chromium},
                              timeout=BROWSER_SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-2000:])
        made = [event for event in self.events(eventName="AuthorizeSecurityGroupIngress")]
        console = [event for event in made if event.get("sessionCredentialFromConsole") == "true"]
        program = [event for event in made if "sessionCredentialFromConsole" not in event]
        self.assertEqual((len(console), len(program)), (1, 2))
        self.assertIn("Mozilla/5.0", console[0]["userAgent"])
        self.assertIn("Boto3", program[0]["userAgent"])


if __name__ == "__main__":
    main()
