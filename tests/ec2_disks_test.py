#!/usr/bin/env python3
"""Volumes, snapshots and images end to end: what an attacker does with a disk, and what its records say."""

import json
import time

from account_case import AccountCase, need_boto3, policy_text, prefer_pinned_boto3
from opentrail_case import main

prefer_pinned_boto3()
STRANGER = "210987654321"
SETTLE_SECONDS = 20


class Disks(AccountCase):
    def setUp(self):
        need_boto3()
        self.ec2 = self.client("ec2")

    def settled(self, operation, list_name, state, **ids):
        """The described resource, once it is in the state."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            found = getattr(self.ec2, operation)(**ids)[list_name][0]
            if found["State"] == state:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{ids} did not become {state}")

    def instance(self):
        image = self.ec2.describe_images()["Images"][0]["ImageId"]
        made = self.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]["InstanceId"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[made], WaiterConfig={"Delay": 1, "MaxAttempts": SETTLE_SECONDS})
        return made

    def root_volume(self, instance):
        return self.ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["Volumes"][0]

    def record(self, name, answer):
        request = answer["ResponseMetadata"]["RequestId"]
        return next(event for event in self.events(eventName=name, requestID=request))

    def refused(self, code, call, **arguments):
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    def test_a_snapshot_leaves_the_account(self):
        volume = self.root_volume(self.instance())
        made = self.ec2.create_snapshot(VolumeId=volume["VolumeId"], Description="backup", TagSpecifications=[
            {"ResourceType": "snapshot", "Tags": [{"Key": "a", "Value": "b"}]}])
        snapshot = made["SnapshotId"]
        self.settled("describe_snapshots", "Snapshots", "completed", SnapshotIds=[snapshot])
        shared = self.ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add",
                                                    UserIds=[STRANGER])
        seen = self.ec2.describe_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
        self.assertEqual(seen["CreateVolumePermissions"], [{"UserId": STRANGER}])
        found = self.ec2.describe_snapshots(RestorableByUserIds=[STRANGER])["Snapshots"]
        self.assertIn(snapshot, [each["SnapshotId"] for each in found])
        record = self.record("CreateSnapshot", made)
        self.assertEqual(record["responseElements"]["volumeSize"], "8")
        self.assertEqual(record["responseElements"]["tagSet"], {"items": [{"key": "a", "value": "b"}]})
        record = self.record("ModifySnapshotAttribute", shared)
        self.assertFalse(record["readOnly"])
        self.assertEqual(record["requestParameters"], {
            "snapshotId": snapshot, "attributeType": "CREATE_VOLUME_PERMISSION",
            "createVolumePermission": {"add": {"items": [{"userId": STRANGER}]}}})
        looked = self.client("cloudtrail").lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": snapshot}])
        self.assertIn("ModifySnapshotAttribute", {event["EventName"] for event in looked["Events"]})

    def test_a_guard_rail_keeps_snapshots_home(self):
        iam = self.client("iam")
        iam.create_user(UserName="ops")
        iam.put_user_policy(UserName="ops", PolicyName="p", PolicyDocument=policy_text(
            {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "ec2:ModifySnapshotAttribute", "Resource": "*",
             "Condition": {"StringEquals": {"ec2:Add/group": "all"}}}))
        key = iam.create_access_key(UserName="ops")["AccessKey"]
        ops = self.client("ec2", (key["AccessKeyId"], key["SecretAccessKey"]))
        volume = ops.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        self.settled("describe_volumes", "Volumes", "available", VolumeIds=[volume])
        snapshot = ops.create_snapshot(VolumeId=volume)["SnapshotId"]
        ops.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": STRANGER}]})
        self.refused("UnauthorizedOperation", ops.modify_snapshot_attribute, SnapshotId=snapshot,
                     CreateVolumePermission={"Add": [{"Group": "all"}]})
        self.ec2.enable_snapshot_block_public_access(State="block-new-sharing")
        self.refused("OperationNotPermitted", self.ec2.modify_snapshot_attribute, SnapshotId=snapshot,
                     CreateVolumePermission={"Add": [{"Group": "all"}]})
        self.ec2.disable_snapshot_block_public_access()

    def test_a_disk_is_read_on_another_instance(self):
        victim, reader = self.instance(), self.instance()
        snapshots = self.ec2.create_snapshots(InstanceSpecification={"InstanceId": victim})["Snapshots"]
        snapshot = self.settled("describe_snapshots", "Snapshots", "completed", SnapshotIds=[snapshots[0]["SnapshotId"]])
        zone = self.root_volume(reader)["AvailabilityZone"]
        made = self.ec2.create_volume(SnapshotId=snapshot["SnapshotId"], AvailabilityZone=zone)
        self.settled("describe_volumes", "Volumes", "available", VolumeIds=[made["VolumeId"]])
        self.ec2.attach_volume(VolumeId=made["VolumeId"], InstanceId=reader, Device="/dev/sdf")
        described = self.ec2.describe_instances(InstanceIds=[reader])["Reservations"][0]["Instances"][0]
        self.assertIn(made["VolumeId"], [each["Ebs"]["VolumeId"] for each in described["BlockDeviceMappings"]])
        record = self.record("CreateVolume", made)
        self.assertEqual(record["requestParameters"]["zone"], zone)
        self.assertEqual(record["responseElements"]["size"], "8")

    def test_a_key_that_is_disabled_locks_the_volume(self):
        kms = self.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        instance = self.instance()
        zone = self.root_volume(instance)["AvailabilityZone"]
        volume = self.ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True, KmsKeyId=key)
        self.assertEqual(volume["KmsKeyId"], key)
        made = self.events(eventName="GenerateDataKeyWithoutPlaintext")[0]
        self.assertEqual(made["requestParameters"]["encryptionContext"], {"aws:ebs:id": volume["VolumeId"]})
        self.assertEqual(made["userIdentity"]["invokedBy"], "ec2.amazonaws.com")
        self.settled("describe_volumes", "Volumes", "available", VolumeIds=[volume["VolumeId"]])
        kms.disable_key(KeyId=key)
        self.refused("CustomerKeyHasBeenRevoked", self.ec2.attach_volume, VolumeId=volume["VolumeId"], InstanceId=instance,
                     Device="/dev/sdf")
        kms.enable_key(KeyId=key)
        self.ec2.attach_volume(VolumeId=volume["VolumeId"], InstanceId=instance, Device="/dev/sdf")

    def test_a_copy_is_in_another_region(self):
        volume = self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        self.settled("describe_volumes", "Volumes", "available", VolumeIds=[volume])
        snapshot = self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        self.settled("describe_snapshots", "Snapshots", "completed", SnapshotIds=[snapshot])
        there = self.client("ec2", region="eu-west-1")
        copied = there.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot, Encrypted=True)
        described = there.describe_snapshots(SnapshotIds=[copied["SnapshotId"]])["Snapshots"][0]
        self.assertTrue(described["Encrypted"])
        from_there = self.client("cloudtrail", region="eu-west-1")
        deadline, found = time.monotonic() + SETTLE_SECONDS, []
        while not found and time.monotonic() < deadline:
            found = from_there.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CopySnapshot"}])["Events"]
        self.assertNotIn("presignedUrl", json.loads(found[0]["CloudTrailEvent"])["requestParameters"])

    def test_an_image_leaves_the_account(self):
        instance = self.instance()
        made = self.ec2.create_image(InstanceId=instance, Name="golden", NoReboot=True)
        image = made["ImageId"]
        self.settled("describe_images", "Images", "available", ImageIds=[image])
        shared = self.ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": STRANGER}]})
        self.refused("OperationNotPermitted", self.ec2.modify_image_attribute, ImageId=image,
                     LaunchPermission={"Add": [{"Group": "all"}]})
        self.ec2.disable_image_block_public_access()
        self.ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
        self.assertTrue(self.ec2.describe_images(Owners=["self"])["Images"][0]["Public"])
        seen = self.ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]
        self.assertEqual(seen, [{"UserId": STRANGER}, {"Group": "all"}])
        record = self.record("CreateImage", made)
        self.assertEqual(record["requestParameters"], {"instanceId": instance, "name": "golden", "noReboot": True})
        self.assertEqual(record["responseElements"]["imageId"], image)
        self.assertEqual(self.record("ModifyImageAttribute", shared)["requestParameters"], {
            "imageId": image, "attributeType": "launchPermission",
            "launchPermission": {"add": {"items": [{"userId": STRANGER}]}}})
        again = self.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]["InstanceId"]
        self.assertEqual(self.root_volume(again)["SnapshotId"], self.ec2.describe_images(
            ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"])
        there = self.client("ec2", region="eu-west-1")
        there.copy_image(SourceRegion="us-east-1", SourceImageId=image, Name="copy")
        self.ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
        self.refused("InvalidAMIID.Unavailable", self.ec2.describe_images, ImageIds=[image])


if __name__ == "__main__":
    main()
