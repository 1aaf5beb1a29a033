"""What tests of instances as hosts share: one that is launched, waited for and entered; what its root must not manage; an
ordinary user."""

import json
import os
import pathlib
import shutil
import subprocess
import time
import unittest
import urllib.request

from account_case import AccountCase
from opentrail_case import OPENTRAIL

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


# System calls that an instance's root has not got: open_by_handle_at, bpf, io_uring_setup, kexec_load, finit_module, init_module,
# perf_event_open, userfaultfd, swapon, reboot, mount_setattr, fsopen, open_tree, move_mount.
REFUSED_CALLS = (304, 321, 425, 246, 313, 175, 298, 323, 167, 169, 442, 430, 428, 429)

# What an instance's root tries: each must fail.
ESCAPES = [
    "mount -t tmpfs none /mnt", "mount -t proc none /mnt", "mount -t sysfs none /mnt", "mount -t cgroup2 none /mnt", "mount --bind / /mnt",
    "mount -o remount,rw /proc/sys", "umount /proc/sys", "umount -l /proc/kcore", "mknod /tmp/disk b 254 0", "mknod /tmp/memory c 1 1",
    "mknod /tmp/port c 1 4", "sysctl -w kernel.domainname=x", "sysctl -w kernel.core_pattern='|/tmp/x'", "sysctl -w kernel.modprobe=/tmp/x",
    "sysctl -w net.ipv4.ip_forward=1", "sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'", "sh -c 'echo b > /proc/sysrq-trigger'",
    "unshare -m true", "unshare -Ur true", "unshare -n true", "nsenter -t 1 -m true", "chmod 0 /dev/null", "chown 1 /dev/null",
    "test -s /proc/kcore", "test -s /proc/kmsg", "test -s /proc/keys", "ls /sys/kernel", "test -e /dev/kmsg", "test -e /dev/mem",
    "test -e /dev/vda", "test -e /dev/sda", "test -e /dev/loop-control", "test -e /dev/kvm", "test -e /dev/net/tun", "test -e /dev/fuse",
    "dmesg", "date -s 2001-01-01", "hostname other", "ip link add x type dummy", "ip addr flush dev eth0",
    "ip addr add 172.31.0.77/32 dev eth0", "ip link set eth0 address 0a:00:00:00:00:01", "ip route replace default dev lo", "auditctl -e 0",
    "auditctl -D", "sh -c 'echo > /proc/1/exe'",
    # The hypervisor's sockets, and the kernel's ciphers
    "python3 -c 'import socket; socket.socket(40, 1)'", "python3 -c 'import socket; socket.socket(38, 5)'",
    *(f"python3 -c 'import ctypes, sys; c = ctypes.CDLL(None, use_errno=True); sys.exit(c.syscall({number}, 0, 0, 0, 0) < 0 "
      "and ctypes.get_errno() in (1, 38))'" for number in REFUSED_CALLS)]
# The way out of a chroot that root has, and a file of the host's at its end.
CHROOT = ("python3 -c 'import os, sys; os.makedirs(\"/tmp/c\", exist_ok=True); os.chroot(\"/tmp/c\"); [os.chdir(\"..\") for _ in range(64)]; "
          "os.chroot(\".\"); sys.exit(not os.path.exists(\"{}\"))'")


def listing(*command):
    return sorted(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()) if shutil.which(command[0]) else []


def network_of_host():
    links = [line.split(": ")[1].split("@")[0] for line in listing("ip", "-o", "link")]
    return set(links + listing("ip", "route") + listing("ip", "rule") + listing("nft", "list", "tables"))


def build_image():
    built = subprocess.run([str(OPENTRAIL), "instance", "image", "build"], capture_output=True, text=True, timeout=IMAGE_SECONDS, check=False)
    if built.returncode != 0:
        raise AssertionError(built.stderr)
    return pathlib.Path(built.stdout.strip())


class OrdinaryUser:
    """Somebody without rights, for commands to be run by. Where the test is root, a user who is in no file of this machine: a
    command sees files of users and ids of its own in /etc, in a mount namespace that ends with it."""

    NUMBER = 64242
    SCRIPT = """for file in passwd group subuid subgid; do mount --bind "$OPENTRAIL_USER/$file" "/etc/$file" || exit 99; done
export HOME="$OPENTRAIL_USER/home" XDG_CACHE_HOME="$OPENTRAIL_USER/home/.cache"; cd "$HOME" || exit 99
exec setpriv --reuid "$OPENTRAIL_NUMBER" --regid "$OPENTRAIL_NUMBER" --clear-groups -- "$@" """

    def __init__(self, folder, subordinate_ids=True):
        self.home = folder / "home"
        for file in ("passwd", "group", "subuid", "subgid"):
            if not pathlib.Path("/etc", file).exists():
                raise unittest.SkipTest(f"no /etc/{file}: apt-get install passwd uidmap")
        line = f"guest:x:{self.NUMBER}"
        ids = "guest:7000000:65536\n" if subordinate_ids else ""
        self.home.mkdir(parents=True)
        for file, text in (("passwd", pathlib.Path("/etc/passwd").read_text() + f"{line}:{self.NUMBER}::{self.home}:/bin/bash\n"),
                           ("group", pathlib.Path("/etc/group").read_text() + f"{line}:\n"), ("subuid", ids), ("subgid", ids)):
            (folder / file).write_text(text)
        for opened in (folder.parent, folder):
            opened.chmod(0o755)
        os.chown(self.home, self.NUMBER, self.NUMBER)
        self.prefix = ("env", f"OPENTRAIL_USER={folder}", f"OPENTRAIL_NUMBER={self.NUMBER}", "unshare", "-m", "--propagation", "private",
                       "bash", "-c", self.SCRIPT, "as")

    def take_image(self, directory):
        """The image that root built, to be unpacked by the user."""
        images = self.home / ".cache" / "opentrail" / "images"
        images.mkdir(parents=True)
        shutil.copy(f"{directory}.tar.zst", images)
        subprocess.run(["chown", "-R", f"{self.NUMBER}:{self.NUMBER}", str(self.home)], check=True)

    def run(self, *command, code=0, timeout=90, **more):
        done = subprocess.run([*self.prefix, *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
                              check=False, **more)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{command} gave {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout + done.stderr

    def processes(self):
        """All that run as the user, or as one of his subordinate ids."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                owner = entry.stat().st_uid if entry.name.isdigit() else 0
            except OSError:
                continue
            if owner == self.NUMBER or 7000000 <= owner < 7065536:
                found.append(int(entry.name))
        return found


class InstanceCase(AccountCase):
    """An account whose instances are hosts of this machine; `launch` and what follows are about one of them."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("instances that the kernel audits need root")
        for tool in ("mmdebstrap", "ssh", "sshpass"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"no {tool}: see tools/packages.txt")
        build_image()
        cls.server_options = ("--instances", "hosts")
        super().setUpClass()
        cls.furnish()

    @classmethod
    def furnish(cls):
        """A key, and what the default group lets in."""
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

    def launch(self, *options):
        """One more instance, which `instance` names from here on; the aws CLI's own answer."""
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        launched = json.loads(self.aws("ec2", "run-instances", "--image-id", image, "--instance-type", "t3.micro", "--key-name", "k", *options))
        self.instance = launched["Instances"][0]["InstanceId"]
        return launched["Instances"][0]

    def roots_hands_are_tied(self):
        attempts = [*ESCAPES, CHROOT.format(self.key), f"kill -0 {os.getpid()}"]
        script = "".join(f"sudo {attempt} >/dev/null 2>&1; echo {at} $?\n" for at, attempt in enumerate(attempts))
        codes = dict(line.split() for line in self.ssh(script).splitlines())
        self.assertEqual(len(codes), len(attempts))
        self.assertEqual([attempt for at, attempt in enumerate(attempts) if codes[str(at)] == "0"], [], "succeeded")
        self.assertEqual(self.ssh("ls -A /sys; ps -e -o pid= | sort -n | head -1; sudo find / -xdev -name 'opentrail-*' -type f").split(), ["1"])
        self.assertTrue(os.stat("/dev/null").st_mode & 0o666 == 0o666)

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
