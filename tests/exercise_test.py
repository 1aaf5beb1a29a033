#!/usr/bin/env python3
"""The whole exercise of the hacked Café, Tasks 1 to 5, on `opentrail lab`: real ssh, aws CLI and curl, the commands as the exercise
has them; the website before, hacked and after; both sides of the security group, from several addresses, around each change; the
checker red before and green after; and that nothing stays behind, also after the server was killed. Needs root."""

import atexit
import hashlib
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import time
import unittest

from account_case import trail_bucket_policy, trail_key_policy
from athena_case import create_table
from instance_case import build_image, network_of_host, wait_for
from opentrail_case import OPENTRAIL, ROOT, OpentrailCase, main

BUCKET = "monitoring4711"
TABLE = f"cloudtrail_logs_{BUCKET}"
REGION = "us-east-1"
SEED = "26"  # of an attack that is soon: ten seconds after the trail
STRANGER = "198.51.100.251"  # the lab's people have others
PICTURE = "Coffee-and-Pastries"
OWN_PICTURE = ROOT / "lab/site/cafe/images/Coffee-and-Pastries.jpg"
OTHER_PICTURE = ROOT / "lab/pictures/intruder.jpg"
ATTACK_SECONDS = 240  # she is there within a minute, on a machine that has nothing else to do
NAMESPACE = re.compile(r"(?:net|mnt|pid|uts|ipc|user|cgroup|time):\[\d+\]")


def processes():
    """Of the whole machine: (number, start), parent's number, command line, namespaces that it is in or holds open. Numbers of
    processes and of namespaces are used again at once: with its start, a process is told from a later one."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()
            command = entry.joinpath("cmdline").read_bytes()
            links = [os.readlink(link) for folder in ("ns", "fd") for link in entry.joinpath(folder).iterdir()]
        except OSError:
            continue
        yield (int(entry.name), fields[19]), int(fields[1]), command, {link for link in links if NAMESPACE.fullmatch(link)}


class Belongings:
    """What a lab has of this machine: processes with all that descends from them, namespaces, mounts, links, routes, tables."""

    def __init__(self, data, before):
        table = list(processes())
        own = {process for process, _, command, _ in table if str(data).encode() in command and process[0] != os.getpid()}
        while grown := {process for process, parent, _, _ in table if parent in {pid for pid, _ in own}} - own:
            own |= grown
        home = {os.readlink(link) for link in pathlib.Path("/proc/self/ns").iterdir()}
        self.data = data
        self.everybody = {process for process, _, _, _ in table}
        self.processes = own
        self.namespaces = set().union(*(held for process, _, _, held in table if process in own)) - home
        # Other accounts of this machine have links of their own, named from their directories.
        self.link = "ot" + hashlib.sha256(str(data).encode()).hexdigest()[:8]
        self.network = {line for line in network_of_host() - before if self.link in line or not re.search(r"\bot[0-9a-f]{8}\b", line)}

    def left(self):
        """Those that are still there: a namespace of ours cannot be held by a process that came later."""
        table = list(processes())
        alive = {process for process, _, _, _ in table} & self.processes
        held = set().union(*(held for process, _, _, held in table if process in self.everybody)) & self.namespaces
        mounts = {line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if str(self.data) in line}
        return alive | held | mounts | (self.network & network_of_host())

    def await_end(self, test):
        try:
            wait_for("nothing left", lambda: not self.left())
        except AssertionError:
            test.assertEqual(self.left(), set())


class Exercise(OpentrailCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("the lab's web server needs root")
        for tool in ("mmdebstrap", "ssh", "sshpass", "aws", "curl"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"no {tool}: see tools/packages.txt")
        super().setUpClass()
        build_image()
        cls.before = network_of_host()
        cls.data = cls.scratch / "lab"
        atexit.register(cls.down)  # where the test is interrupted

    @classmethod
    def tearDownClass(cls):
        cls.down()
        super().tearDownClass()

    @classmethod
    def down(cls):
        subprocess.run([str(OPENTRAIL), "lab", "down", "--data", str(cls.data)], stdout=subprocess.DEVNULL, timeout=120, check=False)

    # Helpers

    def lab(self, verb, *arguments, code=0):
        done = subprocess.run([str(OPENTRAIL), "lab", verb, "--data", str(self.data), *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=300, check=False)
        logs = "".join(f"\n{log}\n{log.read_text()[-2000:]}" for log in self.data.glob("lab/**/*.log")) if done.returncode != code else ""
        self.assertEqual(done.returncode, code, f"lab {verb}\n{done.stdout}\n{done.stderr}{logs}")
        return done.stdout

    def up(self):
        self.lab("up", "--port", "0", "--seed", SEED, "--delivery-interval", "8")
        self.status = json.loads(self.lab("status", "--output", "json"))
        self.address = self.status["address"]

    def check(self, *answers, code=1):
        findings = json.loads(self.lab("check", "--output", "json", *answers, code=code))["findings"]
        return {finding["id"]: finding["done"] for finding in findings}

    def sign_in(self):
        """At the console, as the student; her calls are signed by the credentials that the console gives to its page."""
        host = self.status["console"].split("//")[1]
        tokens = [secrets.token_urlsafe(32) for _ in range(2)]

        def post(action, body, **fields):
            link = http.client.HTTPConnection(host)
            headers = {"origin": f"http://{host}", "content-type": "application/json", "user-agent": "Mozilla/5.0 (test)", **fields}
            link.request("POST", f"/_signin/{action}", body=json.dumps(body), headers=headers)
            answer = link.getresponse()
            told = json.loads(answer.read())
            link.close()
            return answer, told

        person = {name: self.status[name] for name in ("account", "user", "password")}
        answer, told = post("sign-in", {"token": tokens[0], **person})
        self.assertEqual(told, {"step": "signed-in"})
        _, told = post("credentials", {"token": tokens[1]}, cookie=answer.getheader("set-cookie").split(";")[0], **{"x-console-token": tokens[0]})
        self.my_address = told["sourceIp"]  # what the console takes for My IP
        self.student_keys = {"AWS_ACCESS_KEY_ID": told["accessKeyId"], "AWS_SECRET_ACCESS_KEY": told["secretAccessKey"],
                             "AWS_SESSION_TOKEN": told["sessionToken"]}

    def aws(self, *arguments, code=0, **more):
        """As the student."""
        environment = {**os.environ, "AWS_CONFIG_FILE": "/dev/null", "AWS_PAGER": "", **self.student_keys}
        environment.pop("AWS_PROFILE", None)
        done = subprocess.run([str(OPENTRAIL), "aws", "--data", str(self.data), "--", *arguments], capture_output=True, text=True,
                              env=environment, timeout=180, check=False, **more)
        self.assertEqual(done.returncode, code, f"aws {arguments}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout.strip()

    def curl(self, path, origin=""):
        source = [str(OPENTRAIL), "internet", "--data", str(self.data), "--address", origin, "--"] if origin else []
        done = subprocess.run([*source, "curl", "-sf", "-m", "5", f"http://{self.address}/{path}"], capture_output=True, timeout=30, check=False)
        return done.stdout if done.returncode == 0 else None

    def gets_in(self, port, origin=""):
        """Whether a connection comes about, from this machine or from somebody else's address."""
        source = [str(OPENTRAIL), "internet", "--data", str(self.data), "--address", origin, "--"] if origin else []
        connect = f"import socket; socket.create_connection(('{self.address}', {port}), 2)"
        return subprocess.run([*source, "python3", "-c", connect], capture_output=True, timeout=30, check=False).returncode == 0

    def doors(self):
        """Who gets in where: the student's port 22, everybody's port 22, both port 80s."""
        return [self.gets_in(22), self.gets_in(22, STRANGER), self.gets_in(80) and self.gets_in(80, STRANGER)]

    def ssh(self, command, code=0, tty=False):
        options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
        done = subprocess.run(["ssh", *(["-tt"] if tty else []), *options, "-i", self.status["key_file"], f"ec2-user@{self.address}", command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, code, f"{command}\n{done.stdout[-3000:]}")
        return done.stdout

    def statement(self, text):
        """The rows of an Athena statement, as the CLI prints them."""
        execution = self.aws("athena", "start-query-execution", "--query-string", text, "--query-execution-context", "Database=default",
                             "--query", "QueryExecutionId", "--output", "text")
        state = wait_for(text, lambda: (found := self.aws("athena", "get-query-execution", "--query-execution-id", execution, "--query",
                                                          "QueryExecution.Status.State", "--output", "text")) not in ("QUEUED", "RUNNING") and found)
        self.assertEqual(state, "SUCCEEDED", text)
        return self.aws("athena", "get-query-results", "--query-execution-id", execution, "--query", "ResultSet.Rows[].[Data[].VarCharValue]",
                        "--output", "text").splitlines()

    # The exercise

    def test_the_exercise(self):
        self.up()
        self.sign_in()
        for part in (self.task_1, self.task_2, self.task_3, self.task_3_5, self.task_4, self.task_5, self.comes_back_after_kill, self.leaves_nothing):
            begun = time.monotonic()
            part()
            print(f"{part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)

    def test_where_it_cannot_be_had(self):
        """An ordinary user is told so, and nothing is begun."""
        data = self.scratch / "nobodys"
        done = subprocess.run([str(OPENTRAIL), "lab", "up", "--data", str(data)], capture_output=True, text=True, user=65534, group=65534,
                              extra_groups=[], cwd="/", env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"}, timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("takes root", done.stderr)
        self.assertFalse(data.exists())

    def task_1(self):
        """Modifying a security group and observing the website."""
        found = json.loads(self.aws("ec2", "describe-instances", "--filters", "Name=tag:Name,Values=Cafe Web Server"))
        instance = found["Reservations"][0]["Instances"][0]
        self.assertEqual((instance["PublicIpAddress"], instance["SecurityGroups"][0]["GroupName"]), (self.address, "WebSecurityGroup"))
        self.group = instance["SecurityGroups"][0]["GroupId"]
        rules = json.loads(self.aws("ec2", "describe-security-groups", "--group-ids", self.group))["SecurityGroups"][0]["IpPermissions"]
        self.assertEqual([(rule["FromPort"], rule["ToPort"], rule["IpRanges"]) for rule in rules], [(80, 80, [{"CidrIp": "0.0.0.0/0"}])])
        self.assertEqual(self.doors(), [False, False, True])
        self.assertEqual(self.my_address, json.loads((self.data / "instances/status.json").read_text())["network"]["UserAddress"])
        self.aws("ec2", "authorize-security-group-ingress", "--group-id", self.group, "--protocol", "tcp", "--port", "22", "--cidr", f"{self.my_address}/32")
        self.assertEqual(self.doors(), [True, False, True])
        self.assertIn(f"images/{PICTURE}.jpg", self.curl("cafe/").decode())
        for picture in (ROOT / "lab/site/cafe/images").iterdir():
            self.assertEqual(self.curl(f"cafe/images/{picture.name}"), picture.read_bytes())

    def task_2(self):
        """Creating a trail, and observing the hacked website."""
        self.account = self.aws("sts", "get-caller-identity", "--query", "Account", "--output", "text")
        self.aws("s3", "mb", f"s3://{BUCKET}")
        trail = f"arn:aws:cloudtrail:{REGION}:{self.account}:trail/monitor"
        self.aws("s3api", "put-bucket-policy", "--bucket", BUCKET, "--policy", trail_bucket_policy(BUCKET, self.account, trail))
        kms = self.aws("kms", "create-key", "--policy", trail_key_policy(self.account), "--query", "KeyMetadata.KeyId", "--output", "text")
        self.aws("kms", "create-alias", "--alias-name", "alias/kc-KMS", "--target-key-id", kms)
        self.assertEqual(self.curl(f"cafe/images/{PICTURE}.jpg"), OWN_PICTURE.read_bytes())
        self.assertEqual(json.loads(self.lab("status", "--output", "json"))["attack"], "awaited")
        self.aws("cloudtrail", "create-trail", "--name", "monitor", "--s3-bucket-name", BUCKET, "--kms-key-id", "alias/kc-KMS",
                 "--is-multi-region-trail", "--enable-log-file-validation")
        self.aws("cloudtrail", "start-logging", "--name", "monitor")
        # Nobody gives a sign: she comes of her own accord.
        wait_for("the website hacked", lambda: self.curl(f"cafe/images/{PICTURE}.jpg") == OTHER_PICTURE.read_bytes(), ATTACK_SECONDS)
        wait_for("her session", lambda: json.loads(self.lab("status", "--output", "json"))["attack"] == "done")
        rules = json.loads(self.aws("ec2", "describe-security-groups", "--group-ids", self.group))["SecurityGroups"][0]["IpPermissions"]
        ranges = [spread["CidrIp"] for rule in rules if rule["FromPort"] == 22 for spread in rule["IpRanges"]]
        self.assertEqual(len(ranges), 2)
        self.assertIn("0.0.0.0/0", ranges)
        self.assertEqual(self.doors(), [True, True, True])
        self.assertEqual(set(self.check().values()), {False})

    def task_3(self):
        """Analyzing the logs with grep, on the web server."""
        self.ssh("mkdir ctraillogs; cd ctraillogs; aws s3 ls; aws s3 cp s3://{0}/ . --recursive".format(BUCKET))
        self.assertIn(BUCKET, self.ssh("aws s3 ls"))
        fetch = f"cd ctraillogs && rm -rf AWSLogs && aws s3 cp s3://{BUCKET}/ . --recursive >/dev/null && zgrep -hs . $(find . -name '*.json.gz' | grep -v Digest)"
        # Her door, and calls of the web server's own.
        wait_for("the logs", lambda: (said := self.ssh(fetch)) and '"cidrIp":"0.0.0.0/0"' in said and f'"sourceIPAddress":"{self.address}"' in said, 120)
        days = self.ssh(f"ls -d ctraillogs/AWSLogs/{self.account}/CloudTrail/{REGION}/*/*/*").split()
        self.assertRegex(days[-1], r"/\d{4}/\d\d/\d\d$")
        listed = ""
        for day in days:  # two, where the run goes past midnight
            self.ssh(f"cd {day} && gunzip *.gz")
            listed += self.ssh(f"cd {day} && ls && cat $(ls | head -1) | python -m json.tool")
            listed += self.ssh(f"cd {day}; for i in $(ls); do echo $i && cat $i | python -m json.tool | grep sourceIPAddress ; done")
            listed += self.ssh(f"cd {day}; for i in $(ls); do echo $i && cat $i | python -m json.tool | grep eventName ; done")
        self.assertRegex(listed, rf"{self.account}_CloudTrail_{REGION}_\d{{8}}T\d{{4}}Z_[A-Za-z0-9]{{16}}\.json\n")
        self.assertIn(f'"sourceIPAddress": "{self.address}"', listed)
        self.assertIn('"eventName": "AuthorizeSecurityGroupIngress"', listed)
        self.assertIn('"awsRegion": "us-east-1"', listed)

    def task_3_5(self):
        """Analyzing the logs with the aws CLI's CloudTrail commands, on the web server."""
        logins = self.ssh("aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin")
        self.assertEqual([event["Username"] for event in json.loads(logins)["Events"]], [self.status["user"]])
        said = self.ssh("""
            aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceType,AttributeValue=AWS::EC2::SecurityGroup --output text >all
            region=$(curl http://169.254.169.254/latest/dynamic/instance-identity/document|grep region | cut -d '"' -f4)
            sgId=$(aws ec2 describe-instances --filters "Name=tag:Name,Values='Cafe Web Server'" --query 'Reservations[*].Instances[*].SecurityGroups[*].[GroupId]' --region $region --output text)
            echo $sgId
            aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceType,AttributeValue=AWS::EC2::SecurityGroup --region $region --output text | grep $sgId""")
        self.assertIn(f"\n{self.group}\n", said)
        self.assertRegex(said, r"EVENTS\t.*AuthorizeSecurityGroupIngress.*chaos")

    def task_4(self):
        """Analyzing the logs with Athena; the Challenge."""
        self.aws("athena", "update-work-group", "--work-group", "primary", "--configuration-updates",
                 f"ResultConfigurationUpdates={{OutputLocation=s3://{BUCKET}/results/}}")
        self.statement(create_table(TABLE, f"s3://{BUCKET}/AWSLogs/{self.account}/CloudTrail/", BUCKET))
        self.assertEqual(len(self.statement(f"SELECT *\nFROM {TABLE}\nLIMIT 5")), 6)
        columns = "useridentity.userName, eventtime, eventsource, eventname, requestparameters"
        self.assertEqual(self.statement(f"SELECT {columns}\nFROM {TABLE}\nLIMIT 30")[0].split("\t")[0], "userName")
        self.assertTrue(self.statement(f"SELECT {columns} FROM {TABLE} WHERE eventsource = 'ec2.amazonaws.com' AND eventname LIKE '%Security%'"))
        active = self.statement(f"SELECT DISTINCT useridentity.userName, eventName, eventSource FROM {TABLE} "
                                "WHERE from_iso8601_timestamp(eventtime) > date_add('day', -1, now()) ORDER BY eventSource;")
        self.assertIn("chaos\tAuthorizeSecurityGroupIngress\tec2.amazonaws.com", active)
        self.assertGreaterEqual({line.split("\t")[0] for line in active}, {"chaos", "faythe", "frank", "martha", self.status["user"]})
        culprits = self.statement(f"SELECT useridentity.userName, eventtime, sourceipaddress, useragent FROM {TABLE} WHERE eventname = "
                                  "'AuthorizeSecurityGroupIngress' AND requestparameters LIKE '%0.0.0.0/0%' AND requestparameters LIKE '%\"fromPort\":22%'")
        self.assertEqual(len(culprits), 2, "the header, and one call")
        user, self.hacked_at, self.hacker, agent = culprits[1].split("\t")
        self.assertEqual(user, "chaos")
        self.assertNotIn(self.hacker, ("127.0.0.1", self.address))
        self.assertIn("aws-cli/", agent)
        answers = ("--user", user, "--time", self.hacked_at, "--address", self.hacker, "--method", "programmatic")
        graded = self.check(*answers)
        self.assertEqual({name for name, done in graded.items() if done}, {"user", "time", "address", "method"})
        self.assertFalse(self.check("--time", self.hacked_at[:-2] + "x")["time"])
        self.assertTrue(self.check("--time", self.hacked_at)["time"])

    def task_5(self):
        """Analyzing the hack further, and improving security."""
        self.assertRegex(self.ssh("sudo aureport --auth", tty=True), rf"chaos-user {re.escape(self.hacker)} ssh /usr/sbin/sshd yes")
        self.assertRegex(self.ssh("who"), rf"chaos-user +pts/\d+ .*\({re.escape(self.hacker)}\)")
        refusal = self.ssh("sudo userdel -r chaos-user", code=8)
        process = re.search(r"user chaos-user is currently used by process (\d+)", refusal)[1]
        self.ssh(f"sudo kill -9 {process}")
        wait_for("her session's end", lambda: "chaos-user" not in self.ssh("who"))
        self.assertEqual({name for name, done in self.check().items() if done} - {"user", "time", "address", "method"}, {"session-ended"})
        self.ssh("sudo userdel -r chaos-user")
        logins = [line.split(":")[0] for line in self.ssh("sudo cat /etc/passwd | grep -v nologin").splitlines()]
        self.assertEqual(sorted(logins), ["ec2-user", "halt", "root", "shutdown", "sync"])

        today = self.ssh("date '+%b %e'").strip()
        self.assertIn(f" {today} ", self.ssh("sudo ls -l /etc/ssh/sshd_config"))
        self.assertEqual(self.ssh("sudo sed -n '61p;63p' /etc/ssh/sshd_config"), "PasswordAuthentication yes\n#PasswordAuthentication no\n")
        self.ssh("sudo vi -es -c '61s/^/#/' -c '63s/^#//' -c wq /etc/ssh/sshd_config </dev/null", tty=True)
        graded = self.check()
        self.assertEqual((graded["passwords-off"], graded["sshd-restarted"]), (True, False))
        self.ssh("sudo service sshd restart")
        wait_for("sshd again", lambda: self.gets_in(22))
        self.assertTrue(self.check()["sshd-restarted"])
        self.assertEqual(self.doors(), [True, True, True])
        self.aws("ec2", "revoke-security-group-ingress", "--group-id", self.group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0")
        self.assertEqual(self.doors(), [True, False, True])

        self.assertIn(f"{PICTURE}.backup", self.ssh("cd /var/www/html/cafe/images/; ls -l"))
        self.ssh(f"cd /var/www/html/cafe/images/; sudo mv {PICTURE}.backup {PICTURE}.jpg")
        self.assertEqual(self.curl(f"cafe/images/{PICTURE}.jpg"), OWN_PICTURE.read_bytes())
        self.assertEqual([name for name, done in self.check().items() if not done], ["user-deleted"])
        key = json.loads(self.aws("iam", "list-access-keys", "--user-name", "chaos"))["AccessKeyMetadata"][0]["AccessKeyId"]
        self.aws("iam", "delete-access-key", "--user-name", "chaos", "--access-key-id", key)
        self.aws("iam", "detach-user-policy", "--user-name", "chaos", "--policy-arn", "arn:aws:iam::aws:policy/AmazonEC2FullAccess")
        self.aws("iam", "delete-user", "--user-name", "chaos")
        self.assertEqual(set(self.check(code=0).values()), {True})

    def comes_back_after_kill(self):
        """All of the lab's processes killed, the launcher too: the next start puts right what they left."""
        had = Belongings(self.data, self.before)
        self.assertTrue(had.processes and had.namespaces)
        self.assertIn(had.link, had.network)
        pids = [json.loads((self.data / name).read_text())["pid"] for name in ("server.json", "lab/keeper.json")]
        for (pid, _), _, command, _ in processes():
            if pid in pids or (b"opentrail-launcher" in command and str(self.data).encode() in command):
                os.kill(pid, signal.SIGKILL)
        had.await_end(self)
        self.up()
        self.assertEqual(self.curl(f"cafe/images/{PICTURE}.jpg"), OWN_PICTURE.read_bytes())
        wait_for("sshd", lambda: self.gets_in(22))  # the web server was there first
        self.assertEqual(set(self.check(code=0).values()), {True})

    def leaves_nothing(self):
        had = Belongings(self.data, self.before)
        self.lab("down")
        had.await_end(self)
        self.assertFalse(self.data.exists())
        groups = [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/{self.status['instance']}")]
        self.assertEqual(groups, [])
        self.lab("down")  # again: nothing to do


if __name__ == "__main__":
    main()
