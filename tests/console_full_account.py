"""Fills an account: as much as the console must be good for. Requests are signed by botocore and sent on kept connections."""

import http.client
import json
import threading
import urllib.parse

EVENTS = 10_000
BUCKETS = 500
GROUPS = 200
THREADS = 4


class Sender:
    """One connection to the server, as the root user."""

    def __init__(self, server, region):
        from botocore.auth import S3SigV4Auth, SigV4Auth  # pylint: disable=import-outside-toplevel
        from botocore.awsrequest import AWSRequest  # pylint: disable=import-outside-toplevel
        from botocore.credentials import Credentials  # pylint: disable=import-outside-toplevel
        self.request = AWSRequest
        self.host = f"localhost:{server.port}"
        credentials = Credentials(*server.root_keys())
        self.signers = {service: (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region) for service in ("s3", "ec2", "iam")}
        self.link = http.client.HTTPConnection(self.host)

    def send(self, service, method="POST", path="/", **parameters):
        body = urllib.parse.urlencode(parameters) if parameters else ""
        headers = {"User-Agent": "aws-cli/2.15.0 Python/3.11.6", "Content-Type": "application/x-www-form-urlencoded"}
        request = self.request(method, f"http://{self.host}{path}", headers=headers, data=body)
        self.signers[service].add_auth(request)
        self.link.request(method, path, body=body, headers=dict(request.headers.items()))
        answer = self.link.getresponse()
        text = answer.read()
        if answer.status not in (200, 204):
            raise AssertionError(f"{method} {path} {parameters}: {answer.status} {text[:500]}")
        return text

    def ec2(self, action, **parameters):
        return self.send("ec2", Action=action, Version="2016-11-15", **parameters)

    def iam(self, action, **parameters):
        return self.send("iam", Action=action, Version="2010-05-08", **parameters)


def make(sender, number, tagged):
    """The thing of that number: buckets first, then groups, users; from then on one tag after another."""
    if number < BUCKETS:
        sender.send("s3", "PUT", f"/bucket-{number:04}")
    elif number < BUCKETS + GROUPS:
        at = number - BUCKETS
        sender.ec2("CreateSecurityGroup", GroupName=f"group-{at:03}", GroupDescription=f"Group {at}")
    elif number < BUCKETS + 2 * GROUPS:
        at = number - BUCKETS - GROUPS
        sender.iam("CreateUser", UserName=f"user-{at:03}")
    else:
        sender.ec2("CreateTags", **{"ResourceId.1": tagged, "Tag.1.Key": "Step", "Tag.1.Value": str(number)})


def fill(server, region, tagged):
    """Makes GROUPS groups and users, BUCKETS buckets, and so many changes that EVENTS events lie in the history."""
    faults = []

    def work(first):
        try:
            sender = Sender(server, region)
            for number in range(first, EVENTS, THREADS):
                make(sender, number, tagged)
            sender.link.close()
        except Exception as error:  # pylint: disable=broad-except
            faults.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return json.dumps({"events": EVENTS, "buckets": BUCKETS, "groups": GROUPS})
