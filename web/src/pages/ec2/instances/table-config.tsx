import type { Instance } from "@aws-sdk/client-ec2";
import { AppLink } from "../../../components/AppLink";
import type { Column } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { InstanceState } from "../InstanceState";
import { tagOf } from "../use-ec2";

export const COLUMNS: Column<Instance>[] = [
  { id: "name", header: "Name", cell: (instance) => tagOf(instance, "Name") || "–", sortingComparator: (a, b) => tagOf(a, "Name").localeCompare(tagOf(b, "Name")) },
  {
    id: "id", header: "Instance ID", sortingField: "InstanceId",
    cell: (instance) => <AppLink href={`/ec2/instances/${instance.InstanceId}`}>{instance.InstanceId}</AppLink>,
  },
  { id: "state", header: "Instance state", cell: (instance) => <InstanceState instance={instance} /> },
  { id: "type", header: "Instance type", cell: (instance) => instance.InstanceType, sortingField: "InstanceType" },
  { id: "zone", header: "Availability Zone", cell: (instance) => instance.Placement?.AvailabilityZone },
  { id: "public", header: "Public IPv4 address", cell: (instance) => instance.PublicIpAddress ?? "–", sortingField: "PublicIpAddress" },
  { id: "private", header: "Private IPv4 address", cell: (instance) => instance.PrivateIpAddress ?? "–", hidden: true },
  { id: "groups", header: "Security group name", cell: (instance) => instance.SecurityGroups?.map((group) => group.GroupName).join(", ") },
  { id: "key", header: "Key name", cell: (instance) => instance.KeyName ?? "–" },
  { id: "launched", header: "Launch time", cell: (instance) => formatTime(instance.LaunchTime), hidden: true },
  { id: "image", header: "AMI ID", cell: (instance) => instance.ImageId, hidden: true },
];
