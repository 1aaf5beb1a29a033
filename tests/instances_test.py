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
import urllib.request

from account_case import AccountCase
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


def left_of(data, instance, processes):
    """What of the host still bears an account's mark: mounts, control groups, processes that were its instances'."""
    mounts = [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if str(data) in line]
    groups = [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/{instance}")]
    alive = [process for process in processes if pathlib.Path(f"/proc/{process}").exists()]
    return mounts + groups + alive


def listing(*command):
    return sorted(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()) if shutil.which(command[0]) else []


def network_of_host():
    links = [line.split(": ")[1].split("@")[0] for line in listing("ip", "-o", "link")]
    return set(links + listing("ip", "route") + listing("ip", "rule") + listing("nft", "list", "tables"))


class InstancesTest(AccountCase):
    """One instance, through its whole life: what is slow is a launch."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("instances that the kernel audits need root")
        for tool in ("mmdebstrap", "ssh", "sshpass"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"no {tool}: see tools/packages.txt")
        built = subprocess.run([str(OPENTRAIL), "instance", "image", "build"], capture_output=True, text=True, timeout=IMAGE_SECONDS, check=False)
        if built.returncode != 0:
            raise AssertionError(built.stderr)
        cls.server_options = ("--instances", "hosts")
        cls.host_before = network_of_host()
        super().setUpClass()
        cls.ec2 = cls.client("ec2")
        cls.key = cls.scratch / "key.pem"
        cls.key.write_text(cls.ec2.create_key_pair(KeyName="k", KeyType="ed25519")["KeyMaterial"] + "\n")
        cls.key.chmod(0o400)
        group = cls.ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
        for port in (22, 80):
            cls.ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0")

    # Helpers

    def describe(self):
        return self.ec2.describe_instances(InstanceIds=[self.instance])["Reservations"][0]["Instances"][0]

    def wait_state(self, state):
        try:
            wait_for(f"the instance {state}", lambda: self.describe()["State"]["Name"] == state)
        except AssertionError as error:
            log = (self.server.data.parent / f"{self.server.data.name}.log").read_text()[-2000:]
            raise AssertionError(f"{error}; it is {self.describe()['State']}\n{log}") from error
        if state == "running":
            self.address = self.describe()["PublicIpAddress"]

    def pid(self):
        status = json.loads((self.server.data / "instances" / "status.json").read_text())
        return next(host["pid"] for host in status["instances"] if host["instance_id"] == self.instance)

    def ssh_command(self, *options, user="ec2-user"):
        return ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=10",
                *options, f"{user}@{self.address}"]

    def ssh(self, command, code=0):
        # One connection for all commands to a host; a boot of it ends the connection.
        shared = ("-o", "ControlMaster=auto", "-o", f"ControlPath={self.scratch}/ssh-{self.pid()}", "-o", "ControlPersist=20")
        done = subprocess.run([*self.ssh_command("-i", str(self.key), *shared), command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, f"{command}\n{done.stdout}")
        return done.stdout

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.address}/{path}", timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            return None

    # The life

    def test_an_instance(self):
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        user_data = "#!/bin/sh\necho user data ran as $(id -un)\necho hello > /var/www/html/hello"
        launched = json.loads(self.aws("ec2", "run-instances", "--image-id", image, "--instance-type", "t3.micro", "--key-name", "k",
                                       "--user-data", user_data))["Instances"][0]
        self.instance = launched["InstanceId"]
        self.assertEqual(launched["State"]["Name"], "pending")
        self.wait_state("running")
        for part in (self.is_a_host, self.chaos_logs_in_and_is_removed, self.roots_hands_are_tied, self.stops_starts_and_reboots,
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
        console = wait_for("console output", lambda: self.ec2.get_console_output(InstanceId=self.instance).get("Output"))
        self.assertIn("user data ran as root", console)
        self.assertIn("BEGIN SSH HOST KEY FINGERPRINTS", console)

    def chaos_logs_in_and_is_removed(self):
        """Task 5 of the exercise, on the host."""
        self.assertIn("PasswordAuthentication no", self.ssh("sed -n 63p /etc/ssh/sshd_config"))
        self.ssh("sudo sed -i -e '61s/^#//' -e '63s/^/#/' /etc/ssh/sshd_config && sudo service sshd restart && "
                 "sudo useradd -m -s /bin/bash chaos-user && echo chaos-user:p | sudo chpasswd")
        with subprocess.Popen(["sshpass", "-p", "p", *self.ssh_command("-tt", "-o", "PubkeyAuthentication=no", user="chaos-user")],
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as session:
            wait_for("chaos-user logged in", lambda: "chaos-user" in self.ssh("who"))
            report = self.ssh("sudo aureport --auth --input /var/log/audit/audit.log")
            self.assertRegex(report, r"chaos-user [0-9.]+ ssh /usr/sbin/sshd yes")
            refusal = self.ssh("sudo userdel -r chaos-user", code=8)
            self.assertIn("user chaos-user is currently used by process", refusal)
            self.ssh(f"sudo kill -9 {refusal.split()[-1]}")
            self.assertNotEqual(session.wait(timeout=20), 0)
        wait_for("chaos-user gone", lambda: "chaos-user" not in self.ssh("who"))
        self.ssh("sudo userdel -r chaos-user")
        self.ssh("id chaos-user", code=1)
        log = subprocess.run([str(OPENTRAIL), "instance", "logs", self.instance, "audit", "--data", str(self.server.data)],
                             capture_output=True, text=True, check=True).stdout
        self.assertIn("type=DEL_USER", log)
        self.assertNotIn("opentrail-launcher", log)

    def roots_hands_are_tied(self):
        attempts = [
            "mount -t tmpfs none /mnt", "mount -t proc none /mnt", "mount -o remount,rw /proc/sys", "umount /proc/sys", "mknod /tmp/disk b 254 0",
            "mknod /tmp/memory c 1 1", "sysctl -w kernel.domainname=x", "sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'", "unshare -m true",
            "unshare -Ur true", "nsenter -t 1 -m true", "chmod 0 /dev/null", "test -s /proc/kcore", "ls /sys/kernel", "test -e /dev/kmsg",
            "test -e /dev/vda", "dmesg", "date -s 2001-01-01", "hostname other", "ip link add x type dummy", "ip addr flush dev eth0",
            "sh -c 'echo b > /proc/sysrq-trigger'", "auditctl -e 0", "python3 -c 'import socket; socket.socket(40, 1)'", "sh -c 'echo > /proc/1/exe'",
            # open_by_handle_at, bpf, io_uring_setup, kexec_load, finit_module
            *(f"python3 -c 'import ctypes, sys; c = ctypes.CDLL(None, use_errno=True); sys.exit(c.syscall({number}, 0, 0, 0, 0) < 0 and ctypes.get_errno() == 1)'"
              for number in (304, 321, 425, 246, 313))]
        script = "".join(f"sudo {attempt} >/dev/null 2>&1; echo {at} $?\n" for at, attempt in enumerate(attempts))
        codes = dict(line.split() for line in self.ssh(script).splitlines())
        self.assertEqual(len(codes), len(attempts))
        self.assertEqual([attempt for at, attempt in enumerate(attempts) if codes[str(at)] == "0"], [], "succeeded")
        self.assertEqual(self.ssh("ls -A /sys; ps -e -o pid= | sort -n | head -1; sudo find / -xdev -name 'opentrail-*' -type f").split(), ["1"])
        self.assertTrue(os.stat("/dev/null").st_mode & 0o666 == 0o666)

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
        added = network_of_host() - self.host_before
        self.ec2.terminate_instances(InstanceIds=[self.instance])
        self.wait_state("terminated")
        wait_for("the disk removed", lambda: not (self.server.data / "instances" / self.instance).exists())
        self.server.stop()
        wait_for("nothing left", lambda: not left_of(self.server.data, self.instance, processes))
        wait_for("the host's network as before", lambda: not added & network_of_host())
        self.server.start()


if __name__ == "__main__":
    main()
