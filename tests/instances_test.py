#!/usr/bin/env python3
"""EC2 instances as hosts of this machine: launched by the aws CLI, entered over SSH, audited by the kernel, stopped, started and
ended; what their root may not do; and that nothing stays behind, whatever ends the server. Needs root."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from account_case import AccountCase, Server
from opentrail_case import OPENTRAIL, main

WAIT_SECONDS = 60
IMAGE_SECONDS = 900


def wait_for(what, check, seconds=WAIT_SECONDS):
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def processes_of(data):
    """The server's launcher and all that descends from it."""
    children, roots = {}, []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int(entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
            command = entry.joinpath("cmdline").read_bytes()
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
        if b"opentrail-launcher" in command and str(data).encode() in command:
            roots.append(int(entry.name))
    found = []
    while roots:
        process = roots.pop()
        found.append(process)
        roots += children.get(process, [])
    return found


def left_of(data, processes):
    """What of the host still bears an account's mark: mounts, control groups, processes that were its instances'."""
    mounts = [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if str(data) in line]
    groups = [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob("**/i-*") if path.is_dir()]
    alive = [process for process in processes if pathlib.Path(f"/proc/{process}").exists()]
    return mounts + groups + alive


def listing(*command):
    return sorted(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()) if shutil.which(command[0]) else []


def network_of_host():
    links = [line.split(": ")[1].split("@")[0] for line in listing("ip", "-o", "link")]
    return links + listing("ip", "route") + listing("ip", "rule") + listing("nft", "list", "tables")


class InstancesTest(AccountCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("instances that the kernel audits need root")
        for tool in ("mmdebstrap", "ssh", "sshpass", "nsenter"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"no {tool}: see tools/packages.txt")
        built = subprocess.run([str(OPENTRAIL), "instance", "image", "build"], capture_output=True, text=True, timeout=IMAGE_SECONDS, check=False)
        if built.returncode != 0:
            raise AssertionError(built.stderr)
        super().setUpClass()
        cls.server.stop()
        cls.host_before = network_of_host()
        cls.server = Server(cls.scratch / "data", instances="hosts").start()
        cls.key = cls.scratch / "key.pem"
        cls.key.write_text(cls.aws("ec2", "create-key-pair", "--key-name", "k", "--key-type", "ed25519", "--query", "KeyMaterial", "--output", "text") + "\n")
        cls.key.chmod(0o400)
        cls.ec2 = cls.client("ec2")

    # Helpers

    def launch(self, user_data=""):
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        answer = json.loads(self.aws("ec2", "run-instances", "--image-id", image, "--instance-type", "t3.micro", "--key-name", "k", "--user-data", user_data))
        instance = answer["Instances"][0]["InstanceId"]
        self.assertEqual(answer["Instances"][0]["State"]["Name"], "pending")
        self.wait_state(instance, "running")
        return instance

    def describe(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    def wait_state(self, instance, state):
        try:
            wait_for(f"{instance} {state}", lambda: self.describe(instance)["State"]["Name"] == state)
        except AssertionError as error:
            log = (self.server.data.parent / f"{self.server.data.name}.log").read_text()[-2000:]
            raise AssertionError(f"{error}; it is {self.describe(instance)['State']}\n{log}") from error

    def pid(self, instance):
        status = json.loads((self.server.data / "instances" / "status.json").read_text())
        return next(host["pid"] for host in status["instances"] if host["instance_id"] == instance)

    def inside_network(self, instance, *command, **options):
        return subprocess.run(["nsenter", "-t", str(self.pid(instance)), "-n", *command], capture_output=True, text=True, timeout=60, check=False, **options)

    def ssh_command(self, *options, user="ec2-user"):
        return ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=10",
                *options, f"{user}@127.0.0.1"]

    def ssh(self, instance, command, code=0):
        done = self.inside_network(instance, *self.ssh_command("-i", str(self.key)), command)
        self.assertEqual(done.returncode, code, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def terminate(self, instance):
        self.ec2.terminate_instances(InstanceIds=[instance])
        self.wait_state(instance, "terminated")

    # Tests

    def test_an_instance(self):
        instance = self.launch("#!/bin/sh\necho user data ran as $(id -un)\necho hello > /var/www/html/hello")
        for part in (self.is_a_host, self.chaos_logs_in_and_is_removed, self.roots_hands_are_tied, self.disks_last_until_termination):
            with self.subTest(part=part.__name__):
                part(instance)

    def is_a_host(self, instance):
        self.assertIn("uid=1000(ec2-user)", self.ssh(instance, "id"))
        self.assertEqual(self.ssh(instance, "sudo id -u; python -c 'print(1)'; sudo vi --version | grep -o ^VIM; hostname").split(),
                         ["0", "1", "VIM", "ip-" + self.describe(instance)["PrivateIpAddress"].replace(".", "-")])
        wait_for("user data", lambda: self.inside_network(instance, "curl", "-sf", "http://127.0.0.1/hello").stdout == "hello\n")
        console = wait_for("console output", lambda: self.ec2.get_console_output(InstanceId=instance).get("Output"))
        self.assertIn("user data ran as root", console)
        self.assertIn("BEGIN SSH HOST KEY FINGERPRINTS", console)

    def chaos_logs_in_and_is_removed(self, instance):
        """Task 5 of the exercise, on the host."""
        self.assertIn("PasswordAuthentication no", self.ssh(instance, "sed -n 63p /etc/ssh/sshd_config"))
        self.ssh(instance, "sudo sed -i -e '61s/^#//' -e '63s/^/#/' /etc/ssh/sshd_config && sudo service sshd restart && "
                           "sudo useradd -m -s /bin/bash chaos-user && echo chaos-user:p | sudo chpasswd")
        with subprocess.Popen(["nsenter", "-t", str(self.pid(instance)), "-n", "sshpass", "-p", "p",
                               *self.ssh_command("-tt", "-o", "PubkeyAuthentication=no", user="chaos-user")],
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as session:
            wait_for("chaos-user logged in", lambda: "chaos-user" in self.ssh(instance, "who"))
            report = self.ssh(instance, "sudo aureport --auth --input /var/log/audit/audit.log")
            self.assertRegex(report, r"chaos-user 127\.0\.0\.1 ssh /usr/sbin/sshd yes")
            refusal = self.ssh(instance, "sudo userdel -r chaos-user", code=8)
            self.assertIn("user chaos-user is currently used by process", refusal)
            self.ssh(instance, f"sudo kill -9 {refusal.split()[-1]}")
            self.assertNotEqual(session.wait(timeout=20), 0)
        wait_for("chaos-user gone", lambda: "chaos-user" not in self.ssh(instance, "who"))
        self.ssh(instance, "sudo userdel -r chaos-user")
        self.ssh(instance, "id chaos-user", code=1)
        log = subprocess.run([str(OPENTRAIL), "instance", "logs", instance, "audit", "--data", str(self.server.data)], capture_output=True, text=True, check=True).stdout
        self.assertIn('type=DEL_USER', log)
        self.assertNotIn("opentrail-launcher", log)

    def roots_hands_are_tied(self, instance):
        self.ssh(instance, "sudo true")
        for attempt in ("mount -t tmpfs none /mnt", "mount -t proc none /mnt", "mount -o remount,rw /proc/sys", "umount /proc/sys", "mknod /tmp/disk b 254 0",
                        "mknod /tmp/mem c 1 1", "sysctl -w kernel.hostname=x", "sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'", "unshare -m true", "unshare -Ur true",
                        "nsenter -t 1 -m true", "chmod 0 /dev/null", "dd if=/proc/kcore of=/dev/null count=1 status=none | grep .", "test -s /proc/kcore",
                        "ls /sys/kernel", "test -e /dev/kmsg", "test -e /dev/vda", "dmesg", "date -s 2001-01-01", "hostname other", "ip link add x type dummy",
                        "chroot /proc/1/root/proc/1/cwd/../../sys ls", "sh -c 'echo b > /proc/sysrq-trigger'", "auditctl -e 0",
                        "python3 -c 'import ctypes; exit(ctypes.CDLL(None).syscall(321, 0, 0, 0) >= 0)' && false",
                        "python3 -c 'import socket; socket.socket(40, 1)'", "sh -c 'echo > /proc/1/exe'"):
            self.ssh(instance, f"if sudo {attempt}; then exit 0; else exit 9; fi", code=9)
        self.assertEqual(self.ssh(instance, "ls -A /sys; sudo cat /proc/1/root/etc/hostname").strip(), self.ssh(instance, "hostname").strip())
        processes = self.ssh(instance, "ps -e -o pid= | sort -n | head -1; sudo find / -xdev -name 'opentrail*' -type f | head")
        self.assertEqual(processes.split(), ["1"])

    def disks_last_until_termination(self, instance):
        self.ssh(instance, "echo kept > note; sudo touch /root/too")
        self.ec2.stop_instances(InstanceIds=[instance])
        self.wait_state(instance, "stopped")
        self.assertEqual(self.pid(instance), -1)
        keys = sorted(path.name for path in (self.server.data / "instances" / instance / "upper/etc/ssh").glob("ssh_host_*"))
        self.ec2.start_instances(InstanceIds=[instance])
        self.wait_state(instance, "running")
        self.assertEqual(self.ssh(instance, "cat note; sudo ls /root/too").split(), ["kept", "/root/too"])
        self.assertTrue(set(keys) <= set(self.ssh(instance, "ls /etc/ssh").split()))
        before = self.pid(instance)
        self.ec2.reboot_instances(InstanceIds=[instance])
        wait_for("a new first process", lambda: self.pid(instance) not in (before, -1))
        self.wait_state(instance, "running")
        self.inside_network(instance, *self.ssh_command("-i", str(self.key)), "sudo shutdown -h now")
        self.wait_state(instance, "stopped")
        self.assertIn("Client.InstanceInitiatedShutdown", self.describe(instance)["StateTransitionReason"])
        self.terminate(instance)
        wait_for("the disk removed", lambda: not (self.server.data / "instances" / instance).exists())

    def test_killed_servers_leave_nothing(self):
        instance = self.launch()
        self.ssh(instance, "echo kept > note")
        processes = processes_of(self.server.data)
        self.assertIn(self.pid(instance), processes)
        self.server.process.send_signal(signal.SIGKILL)
        for process in processes[:1]:
            os.kill(process, signal.SIGKILL)  # the launcher: nobody is left who could clean
        self.server.process.wait()
        wait_for("its processes gone", lambda: not [p for p in processes if pathlib.Path(f"/proc/{p}").exists()])
        self.server.start()
        self.wait_state(instance, "running")
        wait_for("ssh", lambda: self.ssh(instance, "cat note") == "kept\n")
        self.terminate(instance)
        processes = processes_of(self.server.data)
        self.server.stop()
        wait_for("nothing left", lambda: not left_of(self.server.data, processes))
        wait_for("the host's network as before", lambda: network_of_host() == self.host_before)
        self.server.start()


if __name__ == "__main__":
    main()
