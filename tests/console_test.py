"""The console: signing in and what guards it, over plain HTTP and TLS. In a browser: console_browser_test.py."""

import http.client
import time
import urllib.parse

from console_case import PASSWORD, ConsoleCase, new_token
from opentrail_case import main


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

    def test_an_object_that_a_browser_opens_is_kept_from_the_console(self):
        s3 = self.client("s3", signature_version="s3v4")
        s3.create_bucket(Bucket="documents")
        s3.put_object(Bucket="documents", Key="page.html", Body=b"<script>1</script>", ContentType="text/html")
        link = urllib.parse.urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": "documents", "Key": "page.html"}))
        opened = self.get(f"{link.path}?{link.query}", host=link.netloc)
        self.assertEqual(opened.status, 200)
        self.assertEqual(opened.headers.get_all("server"), ["AmazonS3"])
        self.assertTrue(opened.getheader("content-security-policy").startswith("sandbox "))
        self.assertNotIn("allow-same-origin", opened.getheader("content-security-policy"))
        headers = s3.get_object(Bucket="documents", Key="page.html")["ResponseMetadata"]["HTTPHeaders"]
        self.assertNotIn("content-security-policy", headers)


if __name__ == "__main__":
    main()
