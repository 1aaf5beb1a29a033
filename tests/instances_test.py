#!/usr/bin/env python3
"""EC2 instances as hosts of this machine: launched by the aws CLI, entered over SSH, audited by the kernel, stopped, started and
ended; what their root may not do; and that nothing stays behind, whatever ends the server. Needs root."""

import base64
import email.mime.multipart
import email.mime.text
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
import urllib.request

from account_case import policy_text
from instance_case import InstanceCase, network_of_host, processes_of, wait_for
from opentrail_case import OPENTRAIL, main

CLOUD_CONFIG = """#cloud-config
groups: [baristas]
users:
  - default
  - name: brewer
    groups: adm, baristas
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: [ssh-ed25519 AAAAbrewer brewer]
ssh_authorized_keys:
  - ssh-ed25519 AAAAsecond second
write_files:
  - {path: /etc/beans.conf, content: YXJhYmljYQo=, encoding: b64, permissions: 0640}
  - {path: /root/order, content: written}
  - {path: /root/late, content: late, owner: "brewer:baristas", defer: true}
runcmd:
  - [sh, -c, 'echo "it''s one" > /tmp/ran']
  - chown brewer /etc/beans.conf; echo commands ran
packages: [espresso]
ntp: {enabled: true}
"""


def left_of(data, instance, processes):
    """What of the host still bears an account's mark: mounts, control groups, processes that were its instances'."""
    mounts = [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if str(data) in line]
    groups = [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/{instance}")]
    alive = [process for process in processes if pathlib.Path(f"/proc/{process}").exists()]
    return mounts + groups + alive


def launchers():
    return [entry for entry in pathlib.Path("/proc").glob("[0-9]*/comm") if read_or_none(entry) == "opentrail-launc\n"]


def read_or_none(path):
    try:
        return path.read_text()
    except OSError:
        return None


def audit_settings():
    """Whether the kernel's audit is on, and who hears it: audit_status(7)'s second and fourth member; None where it has none."""
    audit_get, request = 1000, 1
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9) as audit:
            audit.settimeout(2)
            audit.send(struct.pack("=IHHII", 16, audit_get, request, 1, 0))
            answer = audit.recv(8192)
    except OSError:
        return None
    kind = struct.unpack_from("=H", answer, 4)[0]
    _, enabled, _, process = struct.unpack_from("=IIII", answer, 16) if kind == audit_get else (0, 0, 0, 0)
    return enabled, process


class InstancesTest(InstanceCase):
    """One instance, through its whole life: what is slow is a launch."""

    @classmethod
    def setUpClass(cls):
        cls.audit_before = audit_settings() if os.geteuid() == 0 and not launchers() else None
        super().setUpClass()

    def test_an_instance(self):
        user_data = "#!/bin/sh\necho user data ran as $(id -un)\necho hello > /var/www/html/hello"
        launched = self.launch("--user-data", user_data)
        self.assertEqual(launched["State"]["Name"], "pending")
        self.wait_state("running")
        for part in (self.is_a_host, self.its_identity_is_signed, self.chaos_logs_in_and_is_removed, self.roots_hands_are_tied,
                     self.opentrail_looks_into_it, self.stops_starts_and_reboots, self.another_has_a_role_and_cloud_config,
                     self.comes_back_after_a_killed_server, self.leaves_nothing):
            with self.subTest(part=part.__name__):
                begun = time.monotonic()
                part()
                print(f"{part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)

    def is_a_host(self):
        wait_for("user data", lambda: self.get("hello") == "hello\n")
        shown = self.ssh("id; sudo id -u; python -c 'print(1)'; sudo vi --version | grep -o ^VIM; hostname; aws --version").split("\n")
        self.assertIn("uid=1000(ec2-user)", shown[0])
        self.assertEqual(shown[1:5], ["0", "1", "VIM", "ip-" + self.describe()["PrivateIpAddress"].replace(".", "-")])
        self.assertIn("aws-cli", shown[5])
        console = wait_for("all host keys", lambda: (lambda output: "END SSH HOST KEY" in output and output)(
            self.ec2.get_console_output(InstanceId=self.instance).get("Output", "")))
        self.assertIn("user data ran as root", console)
        for kind in ("ECDSA", "ED25519"):
            self.assertRegex(console, rf"(?s)BEGIN SSH HOST KEY FINGERPRINTS.*SHA256:\S+ .*\({kind}\)")

    def its_identity_is_signed(self):
        """As AWS's page on verifying says it, line by line."""
        service = "http://169.254.169.254/latest/dynamic/instance-identity"
        document = self.scratch / "document"
        document.write_text(self.ssh(f"curl -s {service}/document"))
        self.assertEqual(json.loads(document.read_text())["instanceId"], self.instance)
        signed = self.scratch / "signed"
        for name in ("pkcs7", "rsa2048"):
            signed.write_text(f"-----BEGIN PKCS7-----\n{self.ssh(f'curl -s {service}/{name}')}\n-----END PKCS7-----\n")
            certificate = self.server.data / "instances" / "identity.pem"
            verified = subprocess.run(["openssl", "smime", "-verify", "-in", signed, "-inform", "PEM", "-content", document, "-certfile",
                                       certificate, "-noverify"], capture_output=True, text=True, check=True)
            self.assertEqual(verified.stdout.replace("\r", ""), document.read_text())
        key = self.scratch / "identity-key.pem"
        key.write_text(subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], capture_output=True, text=True, check=True).stdout)
        signed.write_bytes(base64.b64decode(self.ssh(f"curl -s {service}/signature")))
        subprocess.run(["openssl", "dgst", "-sha256", "-verify", key, "-signature", signed, document], capture_output=True, check=True)

    def opentrail_looks_into_it(self):
        def look(*words):
            return subprocess.run([str(OPENTRAIL), "instance", *words, "--data", str(self.server.data)], capture_output=True, text=True,
                                  timeout=30, check=True).stdout
        self.assertIn("user data ran as root", look("console", self.instance))
        self.assertIn("GET /hello HTTP/1.1", look("logs", self.instance, "web"))
        self.assertIn("user data ran as root", look("logs", self.instance, "user-data"))
        shown = subprocess.run([str(OPENTRAIL), "instance", "ssh", self.instance, "-i", str(self.key), "--data", str(self.server.data), "--", "hostname"],
                               capture_output=True, text=True, timeout=30, check=True).stdout
        self.assertEqual(shown, self.ssh("hostname"))
        with subprocess.Popen([str(OPENTRAIL), "instance", "forward", self.instance, "--data", str(self.server.data)], stdout=subprocess.PIPE,
                              text=True) as forward:
            port = re.match(r"127.0.0.1:(\d+) leads to", forward.stdout.readline())[1]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/hello", timeout=10) as page:
                self.assertEqual(page.read(), b"hello\n")
            forward.send_signal(signal.SIGINT)
            self.assertEqual(forward.wait(timeout=10), 0)

    def another_has_a_role_and_cloud_config(self):
        first, address = self.instance, self.address
        iam = self.client("iam")
        iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=policy_text(
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}))
        iam.put_role_policy(RoleName="Reader", PolicyName="s3", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}))
        iam.create_instance_profile(InstanceProfileName="Reader")
        iam.add_role_to_instance_profile(InstanceProfileName="Reader", RoleName="Reader")
        self.client("s3").create_bucket(Bucket="beans")
        message = email.mime.multipart.MIMEMultipart()
        for kind, text in (("cloud-config", CLOUD_CONFIG), ("x-shellscript", "#!/bin/sh\necho script after $(cat /root/order)")):
            message.attach(email.mime.text.MIMEText(text, kind))
        user_data = self.scratch / "user-data"
        user_data.write_text(message.as_string())
        self.launch("--user-data", f"file://{user_data}", "--iam-instance-profile", "Name=Reader", "--metadata-options",
                    "HttpTokens=required,InstanceMetadataTags=enabled", "--tag-specifications",
                    "ResourceType=instance,Tags=[{Key=Name,Value=Roastery}]")
        self.wait_state("running")
        console = wait_for("the end of user data", lambda: (lambda output: "commands ran" in output and output)(
            self.ec2.get_console_output(InstanceId=self.instance).get("Output", "")))
        self.assertIn("script after written", console)
        self.assertIn("user data: packages: no package can be installed", console)
        self.assertIn("user data: ntp: is not supported here", console)
        shown = self.ssh("id -Gn brewer; sudo stat -c '%a %U' /etc/beans.conf; sudo cat /etc/beans.conf /tmp/ran; sudo -l -U brewer | tail -1; "
                         "sudo grep -ho AAAA[bs][a-z]* ~brewer/.ssh/authorized_keys .ssh/authorized_keys; sudo stat -c '%U:%G' /root/late").split("\n")
        self.assertEqual(shown[0].split(), ["brewer", "adm", "baristas"])
        self.assertEqual(shown[1:8], ["640 brewer", "arabica", "it's one", "    (ALL) NOPASSWD: ALL", "AAAAbrewer", "AAAAsecond", "brewer:baristas"])
        self.assertEqual(self.ssh("curl -s -o /dev/null -w '%{http_code}' http://169.254.169.254/latest/meta-data/"), "401")
        token = "TOKEN=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token); "
        read = "curl -s -H \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/latest/meta-data/"
        self.assertEqual(self.ssh(f"{token}{read}tags/instance/Name; echo; {read}iam/security-credentials/").split("\n"), ["Roastery", "Reader"])
        self.assertRegex(self.ssh("aws sts get-caller-identity --query Arn --output text"), rf"assumed-role/Reader/{self.instance}$")
        self.assertRegex(self.ssh("aws s3 ls"), r"^\S+ \S+ beans\n$")
        self.assertIn("AccessDenied", self.ssh("aws s3 ls s3://beans", code=254))
        listed = self.events(eventName="ListBuckets")[0]
        self.assertEqual((listed["sourceIPAddress"], listed["userIdentity"]["type"]), (self.address, "AssumedRole"))
        self.ec2.terminate_instances(InstanceIds=[self.instance])
        self.wait_state("terminated")
        self.instance, self.address = first, address

    def stops_starts_and_reboots(self):
        self.ssh("echo kept > note; sudo touch /root/too")
        self.ec2.stop_instances(InstanceIds=[self.instance])
        self.wait_state("stopped")
        self.assertEqual(self.pid(), -1)
        self.ec2.start_instances(InstanceIds=[self.instance])
        self.wait_state("running")
        self.assertEqual(self.ssh("cat note; sudo ls /root/too").split(), ["kept", "/root/too"])
        before = self.pid()
        self.ec2.reboot_instances(InstanceIds=[self.instance])
        wait_for("a new first process", lambda: self.pid() not in (before, -1))
        self.wait_state("running")
        subprocess.run([*self.ssh_command("-i", str(self.key)), "sudo shutdown -h now"], capture_output=True, timeout=60, check=False)
        self.wait_state("stopped")
        self.assertIn("Client.InstanceInitiatedShutdown", self.describe()["StateTransitionReason"])
        self.ec2.start_instances(InstanceIds=[self.instance])
        self.wait_state("running")

    def comes_back_after_a_killed_server(self):
        processes = processes_of(self.server.data)
        self.assertIn(self.pid(), processes)
        self.server.process.send_signal(signal.SIGKILL)
        os.kill(processes[0], signal.SIGKILL)  # the launcher: nobody is left who could clean
        self.server.process.wait()
        wait_for("its processes gone", lambda: not [p for p in processes if pathlib.Path(f"/proc/{p}").exists()])
        self.server.start()
        wait_for("a new first process", lambda: self.pid() != -1)
        self.wait_state("running")
        self.assertEqual(self.ssh("cat note"), "kept\n")

    def leaves_nothing(self):
        processes = processes_of(self.server.data)
        link = json.loads((self.server.data / "instances" / "status.json").read_text())["network"]["HostLink"]
        ours = {line for line in network_of_host() if link in line}
        self.assertGreaterEqual(len(ours), 2, "the link and a route")
        self.assertEqual([line for line in ours if "/" in line.split()[0] and not line.split()[0].endswith("/32")], [], "wide routes")
        self.ec2.terminate_instances(InstanceIds=[self.instance])
        self.wait_state("terminated")
        wait_for("the disk removed", lambda: not (self.server.data / "instances" / self.instance).exists())
        self.server.stop()
        wait_for("nothing left", lambda: not left_of(self.server.data, self.instance, processes))
        wait_for("the host's network as before", lambda: not ours & network_of_host())
        # Another account's instances may use the audit at this moment.
        if self.audit_before is not None and not launchers():
            self.assertEqual(audit_settings(), self.audit_before)
        self.server.start()


if __name__ == "__main__":
    main()
