"""Repeats calls of real events against the account; what a call needs is made first."""

import json
import time
import uuid

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
DENY_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
MAX_SECONDS = 60


def fresh(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


class Caller:
    """`repeat` gives the record of the same call made here, or None where there is no recipe for it."""

    def __init__(self, case):
        self.case = case
        self.clients = {name: case.client(name) for name in ("ec2", "s3", "iam", "sts", "kms", "cloudtrail")}
        self.account = self.clients["sts"].get_caller_identity()["Account"]
        self.denied_keys = None
        self.shown = None
        self.admin_keys = None

    def repeat(self, service, event):
        recipe = getattr(self, f"{service}_{event['eventName']}", None)
        if recipe is None:
            return None
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        client = self.clients[service]
        if event.get("errorCode") in ("Client.UnauthorizedOperation", "AccessDenied", "AccessDeniedException"):
            client = self.case.client(service, self.denied())
        try:
            answer = recipe(client, event.get("requestParameters") or {})
            request = answer["ResponseMetadata"]["RequestId"]
        except ClientError as error:
            request = error.response["ResponseMetadata"]["RequestId"]
        return self.record(event["eventName"], request)

    def record(self, name, request):
        deadline = time.monotonic() + MAX_SECONDS
        while time.monotonic() < deadline:
            newest = self.clients["cloudtrail"].lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}])
            for event in newest["Events"]:
                record = json.loads(event["CloudTrailEvent"])
                if record["requestID"] == request:
                    return record
            time.sleep(0.05)
        raise AssertionError(f"no record of {name} {request}")

    def denied(self):
        """The keys of a user who may do nothing."""
        if self.denied_keys is None:
            iam = self.clients["iam"]
            name = fresh("denied")
            iam.create_user(UserName=name)
            iam.put_user_policy(UserName=name, PolicyName="none", PolicyDocument=DENY_ALL)
            key = iam.create_access_key(UserName=name)["AccessKey"]
            self.denied_keys = key["AccessKeyId"], key["SecretAccessKey"]
        return self.denied_keys

    def admin(self):
        """The keys of a user who may do anything."""
        if self.admin_keys is None:
            user, iam = self.user(), self.clients["iam"]
            iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=DENY_ALL.replace("Deny", "Allow"))
            key = iam.create_access_key(UserName=user)["AccessKey"]
            self.admin_keys = key["AccessKeyId"], key["SecretAccessKey"]
        return self.admin_keys

    def shown_instance(self):
        """One that is only looked at."""
        self.shown = self.shown or self.instance()
        return self.shown

    def instance(self, state="running"):
        ec2 = self.clients["ec2"]
        image = ec2.describe_images()["Images"][0]["ImageId"]
        instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]["InstanceId"]
        self.wait(instance, "running")
        if state == "stopped":
            ec2.stop_instances(InstanceIds=[instance])
            self.wait(instance, "stopped")
        return instance

    def image(self):
        return self.clients["ec2"].create_image(InstanceId=self.shown_instance(), Name=fresh("image"))["ImageId"]

    def snapshot(self):
        ec2 = self.clients["ec2"]
        volume = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [self.shown_instance()]}])["Volumes"][0]
        return ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]

    def wait(self, instance, state):
        deadline = time.monotonic() + MAX_SECONDS
        while time.monotonic() < deadline:
            found = self.clients["ec2"].describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
            if found["State"]["Name"] == state:
                return
            time.sleep(0.1)
        raise AssertionError(f"{instance} did not become {state}")

    def trail(self):
        s3, name, bucket = self.clients["s3"], fresh("trail"), fresh("bucket")
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": ["s3:GetBucketAcl", "s3:PutObject"],
             "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}]}))
        self.clients["cloudtrail"].create_trail(Name=name, S3BucketName=bucket)
        return name

    def role(self):
        return self.clients["iam"].create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=TRUST)["Role"]

    def user(self):
        name = fresh("user")
        self.clients["iam"].create_user(UserName=name)
        return name

    # One recipe an operation, named service_EventName.

    def cloudtrail_DeleteTrail(self, client, _):
        return client.delete_trail(Name=self.trail())

    def cloudtrail_StopLogging(self, client, _):
        return client.stop_logging(Name=self.trail())

    def ec2_EnableSerialConsoleAccess(self, client, _parameters):
        return client.enable_serial_console_access()

    def ec2_ModifySnapshotAttribute(self, client, sent):
        changed = {key.capitalize(): [{name[0].upper() + name[1:]: value for name, value in item.items()} for item in change["items"]]
                   for key, change in sent["createVolumePermission"].items()}
        return client.modify_snapshot_attribute(SnapshotId=self.snapshot(), CreateVolumePermission=changed)

    def ec2_ModifyImageAttribute(self, client, sent):
        if not sent:
            return client.modify_image_attribute(ImageId=self.image())
        user = sent["launchPermission"]["add"]["items"][0]["userId"]
        return client.modify_image_attribute(ImageId=self.image(), LaunchPermission={"Add": [{"UserId": user}]})

    def ec2_CreateImage(self, client, sent):
        return client.create_image(InstanceId=self.shown_instance(), Name=fresh("image"), Description=sent["description"])

    def ec2_DescribeImages(self, client, _):
        return client.describe_images(Filters=[{"Name": "name", "Values": ["x"]}])

    def ec2_DescribeSnapshots(self, client, _):
        return client.describe_snapshots(OwnerIds=["self"], MaxResults=1000)

    def ec2_DeleteSnapshot(self, client, sent):
        return client.delete_snapshot(SnapshotId=sent["snapshotId"])

    def ec2_CreateVolume(self, client, sent):
        return client.create_volume(AvailabilityZone=sent["zone"], Size=int(sent["size"]))

    def ec2_AttachVolume(self, client, sent):
        return client.attach_volume(VolumeId=sent["volumeId"], InstanceId=sent["instanceId"], Device=sent["device"])

    def ec2_DeleteVolume(self, client, sent):
        return client.delete_volume(VolumeId=sent["volumeId"])

    def ec2_DescribeVolumes(self, client, sent):
        return client.describe_volumes(**({"VolumeIds": ["vol-0"]} if sent.get("volumeSet") else {}))

    def ec2_GetEbsEncryptionByDefault(self, client, _):
        return client.get_ebs_encryption_by_default()

    def ec2_DescribeInstances(self, client, sent):
        return client.describe_instances(**({"InstanceIds": [self.shown_instance()]} if sent.get("instancesSet") else {}))

    def ec2_DescribeInstanceAttribute(self, client, sent):
        return client.describe_instance_attribute(Attribute=sent["attribute"], InstanceId=sent["instanceId"])

    def ec2_ModifyInstanceAttribute(self, client, _):
        return client.modify_instance_attribute(InstanceId=self.instance("stopped"), UserData={"Value": b"#!/bin/sh\n"})

    def ec2_StartInstances(self, client, _):
        return client.start_instances(InstanceIds=[self.instance("stopped")])

    def ec2_StopInstances(self, client, sent):
        return client.stop_instances(InstanceIds=[self.instance()], **({"Force": True} if "force" in sent else {}))

    def ec2_RunInstances(self, client, _):
        image = client.describe_images()["Images"][0]["ImageId"]
        return client.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")

    def iam_AttachRolePolicy(self, client, sent):
        return client.attach_role_policy(RoleName=self.role()["RoleName"], PolicyArn=sent["policyArn"])

    def iam_CreateAccessKey(self, client, _):
        return client.create_access_key(UserName=self.user())

    def iam_CreateUser(self, client, sent):
        return client.create_user(UserName=fresh("user"), **({"Tags": [{"Key": "a", "Value": "b"}]} if "tags" in sent else {}))

    def iam_CreateRole(self, client, sent):
        more = {}
        if "permissionsBoundary" in sent:
            more["PermissionsBoundary"] = client.create_policy(PolicyName=fresh("boundary"), PolicyDocument=DENY_ALL)["Policy"]["Arn"]
        if "description" in sent:
            more["Description"] = sent["description"]
        if "maxSessionDuration" in sent:
            more["MaxSessionDuration"] = sent["maxSessionDuration"]
        return client.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=TRUST, **more)

    def iam_CreateLoginProfile(self, client, _):
        return client.create_login_profile(UserName=self.user(), Password="Long-enough-1!", PasswordResetRequired=False)

    def sts_GetCallerIdentity(self, client, _):
        return client.get_caller_identity()

    def sts_AssumeRole(self, client, sent):
        more = {"DurationSeconds": sent["durationSeconds"]} if "durationSeconds" in sent else {}
        if client is self.clients["sts"]:
            client = self.case.client("sts", self.admin())  # root may assume no role
        return client.assume_role(RoleArn=self.role()["Arn"], RoleSessionName=sent.get("roleSessionName", "session"), **more)

    def sts_GetFederationToken(self, client, sent):
        client = self.case.client("sts", self.admin())
        return client.get_federation_token(Name=sent["name"], **({"Policy": sent["policy"]} if "policy" in sent else {}))
