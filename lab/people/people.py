#!/usr/bin/env python3
"""What the people of the Café do in their account on an ordinary morning, each from an address of their own, by their own access key
(`opentrail internet`, the aws CLI): so that the one call that matters is not the only one in the trail.

  people.py faythe|frank|martha BUCKET     BUCKET: where the website is kept
"""

import json
import subprocess
import sys
import time

PAUSE_SECONDS = 1.5


def aws(*arguments, stdin=""):
    """Not everything is allowed to everybody: a refusal is part of the morning."""
    done = subprocess.run(["aws", *arguments, "--output", "json"], input=stdin, capture_output=True, text=True, check=False)
    print(f"aws {' '.join(arguments)}: {done.returncode} {done.stderr.strip()}", flush=True)
    time.sleep(PAUSE_SECONDS)
    return done.stdout


def faythe(bucket):
    """Edits the website."""
    aws("s3", "ls", f"s3://{bucket}/cafe/")
    aws("s3api", "get-bucket-location", "--bucket", bucket)
    aws("s3", "cp", "-", f"s3://{bucket}/drafts/menu-of-the-week.txt", stdin="Monday: almond croissants\n")
    aws("s3api", "put-bucket-tagging", "--bucket", bucket, "--tagging", "TagSet=[{Key=owner,Value=faythe}]")


def frank(_bucket):
    """Tries a thermometer for the oven, open to the bakery's network alone."""
    aws("ec2", "describe-instances")
    me = json.loads(aws("sts", "get-caller-identity"))["Arn"]
    aws("ec2", "create-security-group", "--group-name", "OvenSecurityGroup", "--description", f"thermometer of {me.rsplit('/', 1)[-1]}")
    aws("ec2", "authorize-security-group-ingress", "--group-name", "OvenSecurityGroup", "--protocol", "tcp", "--port", "8080", "--cidr", "192.0.2.0/24")
    aws("ec2", "describe-security-groups", "--group-names", "OvenSecurityGroup")


def martha(_bucket):
    """Looks after everything."""
    aws("ec2", "describe-instances")
    aws("ec2", "describe-security-groups")
    aws("s3api", "list-buckets")
    aws("iam", "list-users")


def main():
    people = {"faythe": faythe, "frank": frank, "martha": martha}
    if len(sys.argv) != 3 or sys.argv[1] not in people:
        sys.exit(__doc__)
    people[sys.argv[1]](sys.argv[2])


if __name__ == "__main__":
    main()
