#!/usr/bin/env python3
"""EC2 instances of an ordinary user: hosts in a user namespace, with ids of /etc/subuid, entered over SSH, audited by opentrail in the
kernel's place, behind security groups; and the refusal where there are no such ids. Run as root, which makes the user up."""

import os
import re
import shutil
import signal
import subprocess
import time
import unittest
import urllib.request

from account_case import REFUSED, Server
from instance_case import InstanceCase, OrdinaryUser, build_image, wait_for
from opentrail_case import OPENTRAIL, OpentrailCase, main


def need_root():
    if os.geteuid() != 0:
        raise unittest.SkipTest("an ordinary user is made up by root")
    for tool in ("mmdebstrap", "newuidmap", "setpriv", "ssh", "sshpass"):
        if shutil.which(tool) is None:
            raise unittest.SkipTest(f"no {tool}: see tools/packages.txt")


class OrdinaryUserCase(InstanceCase):
    """An account that an ordinary user serves."""

    subordinate_ids = True

    @classmethod
    def setUpClass(cls):
        need_root()
        OpentrailCase.setUpClass.__func__(cls)
        cls.user = OrdinaryUser(cls.scratch / "user", cls.subordinate_ids)
        cls.server = Server(cls.user.home / "data", "--instances", "hosts")
        cls.server.prefix = cls.user.prefix

    def status(self):
        return self.user.run(OPENTRAIL, "status", "--data", self.server.data)


class RootlessTest(OrdinaryUserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.take_image(build_image())
        cls.user.run(OPENTRAIL, "instance", "image", "build", timeout=300)
        cls.server.start()
        cls.furnish()
        os.chown(cls.key, cls.user.NUMBER, cls.user.NUMBER)

    def ssh_command(self, *options, user="ec2-user"):
        # `opentrail internet` without an address: this machine itself, as the instances see it.
        return [*self.user.prefix, str(OPENTRAIL), "internet", "--data", str(self.server.data), "--",
                *InstanceCase.ssh_command(self, *options, user=user)]

    def ssh(self, command, code=0):
        done = subprocess.run([*self.user.prefix, str(OPENTRAIL), "instance", "ssh", self.instance, "-i", str(self.key), "--data",
                               str(self.server.data), "--", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=90, check=False)
        self.assertEqual(done.returncode, code, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout + (done.stderr if code else "")

    def test_an_instance(self):
        self.launch()
        self.wait_state("running")
        for part in (self.is_of_its_level, self.chaos_logs_in_and_is_removed, self.roots_hands_are_tied, self.its_group_filters,
                     self.aws_knows_who_calls, self.comes_back_after_a_killed_server, self.leaves_nothing):
            with self.subTest(part=part.__name__):
                begun = time.monotonic()
                part()
                print(f"{part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)

    def is_of_its_level(self):
        self.assertIn("user namespace", self.status())
        self.assertEqual(self.ssh("id -un; sudo id -u; sudo cat /proc/self/uid_map").split(),
                         ["ec2-user", "0", "0", str(self.user.NUMBER), "1", "1", "7000000", "65535"])
        self.assertEqual(os.stat(f"/proc/{self.pid()}").st_uid, self.user.NUMBER)

    def its_group_filters(self):
        """From the user's machine by a forwarded port, and from somebody else's."""
        with subprocess.Popen([*self.user.prefix, str(OPENTRAIL), "instance", "forward", self.instance, "80", "--data", str(self.server.data)],
                              stdout=subprocess.PIPE, text=True) as forward:
            port = re.match(r"127.0.0.1:(\d+) leads to", forward.stdout.readline())[1]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
                self.assertIn("nginx", page.read().decode())
            forward.send_signal(signal.SIGINT)
            self.assertEqual(forward.wait(timeout=10), 0)
        ask = (OPENTRAIL, "internet", "--data", self.server.data, "--address", "198.51.100.77", "--", "curl", "-s", "-o", "/dev/null", "-m")
        self.user.run(*ask, "5", f"http://{self.address}/")
        rule = {"GroupName": "default", "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
        self.ec2.revoke_security_group_ingress(**rule, CidrIp="0.0.0.0/0")
        self.user.run(*ask, "0.5", f"http://{self.address}/", code=28)
        self.ec2.authorize_security_group_ingress(**rule, CidrIp="198.51.100.77/32")
        self.user.run(*ask, "5", f"http://{self.address}/")

    def aws_knows_who_calls(self):
        region = self.ssh("TOKEN=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token); "
                          "curl -s -H \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/latest/meta-data/placement/region")
        self.assertEqual(region, "us-east-1")
        access, secret = self.server.root_keys()
        identity = self.ssh(f"AWS_ACCESS_KEY_ID={access} AWS_SECRET_ACCESS_KEY={secret} aws sts get-caller-identity --query Arn --output text")
        self.assertRegex(identity, r"arn:aws:iam::\d{12}:root")
        self.assertEqual(self.events(eventName="GetCallerIdentity")[0]["sourceIPAddress"], self.address)

    def comes_back_after_a_killed_server(self):
        self.ssh("echo kept > note")
        before = self.user.processes()
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait()
        wait_for("all processes gone", lambda: not set(before) & set(self.user.processes()))
        self.server.start()
        wait_for("a new first process", lambda: self.pid() != -1)
        self.wait_state("running")
        self.assertEqual(self.ssh("cat note"), "kept\n")

    def leaves_nothing(self):
        self.ec2.terminate_instances(InstanceIds=[self.instance])
        self.wait_state("terminated")
        wait_for("the disk removed", lambda: not (self.server.data / "instances" / self.instance).exists())
        self.server.stop()
        wait_for("all processes gone", lambda: not self.user.processes())
        self.server.start()


class RefusedTest(OrdinaryUserCase):
    """A user who has no ids of others can have no hosts."""

    subordinate_ids = False

    def test_no_host_can_be_had(self):
        self.server.start()
        self.assertRegex(self.status(), r"level +none: no root, and no 65536 ids for guest in /etc/subuid")
        image = self.client("ec2").describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        refused = self.aws("ec2", "run-instances", "--image-id", image, "--instance-type", "t3.micro", code=REFUSED)
        self.assertIn("(InsufficientInstanceCapacity) when calling the RunInstances operation", refused)
        self.assertIn("no root, and no 65536 ids for guest in /etc/subuid: usermod --add-subuids", refused)
        self.assertEqual(self.client("ec2").describe_instances()["Reservations"], [])
        recorded = self.events(eventName="RunInstances")[0]
        self.assertEqual(recorded["errorCode"], "Server.InsufficientInstanceCapacity")


if __name__ == "__main__":
    main()
