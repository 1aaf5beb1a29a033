"""What the tests of the console share: signing in over plain HTTP and TLS; a browser over an account of the test's own."""

import http.client
import json
import os
import secrets
import shutil
import ssl
import subprocess
import unittest

from account_case import AccountCase
from opentrail_case import OPENTRAIL, ROOT

PASSWORD = "Caf3-Martha!x"
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


class BrowserCase(ConsoleCase):
    """An account, and a file of web/e2e that uses it in Chromium by what it is `given`."""

    @classmethod
    def setUpClass(cls):
        need_browser()
        super().setUpClass()
        cls.given = {"url": f"http://localhost:{cls.server.port}", "account": cls.account, "rootPassword": cls.root_password}

    def run_in_browser(self, name, **given):
        run_in_browser(name, {**self.given, **given})


def need_browser():
    if not shutil.which("node") or not (ROOT / "web" / "node_modules" / "playwright-core").exists():
        raise unittest.SkipTest("no node or no web/node_modules: tools/build-web --install")
    if not shutil.which("chromium"):
        raise unittest.SkipTest("no chromium: apt-get install chromium")


def run_in_browser(name, given):
    """web/e2e/NAME.test.mjs; fails with what it printed."""
    environment = {**os.environ, "OPENTRAIL_CONSOLE_TEST": json.dumps({"program": str(OPENTRAIL), **given}), "CHROMIUM": shutil.which("chromium")}
    command = ["node", "--test", "--test-reporter=spec", str(ROOT / "web" / "e2e" / f"{name}.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=BROWSER_SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{name}: {done.stdout[-8000:]}{done.stderr[-2000:]}")
