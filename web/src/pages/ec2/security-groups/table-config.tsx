import type { PropertyFilterProperty } from "@cloudscape-design/collection-hooks";
import type { SecurityGroup } from "@aws-sdk/client-ec2";
import { AppLink } from "../../../components/AppLink";
import type { Column } from "../../../components/ResourceTable";
import { tagOf } from "../use-ec2";

export const COLUMNS: Column<SecurityGroup>[] = [
  { id: "id", header: "Security group ID", cell: (group) => <AppLink href={`/ec2/security-groups/${group.GroupId}`}>{group.GroupId}</AppLink>, sortingField: "GroupId" },
  { id: "name", header: "Name", cell: (group) => tagOf(group, "Name") || "–" },
  { id: "groupName", header: "Security group name", cell: (group) => group.GroupName, sortingField: "GroupName" },
  { id: "vpc", header: "VPC ID", cell: (group) => group.VpcId, sortingField: "VpcId" },
  { id: "description", header: "Description", cell: (group) => group.Description, sortingField: "Description" },
  { id: "owner", header: "Owner", cell: (group) => group.OwnerId, hidden: true },
  { id: "inbound", header: "Inbound permission entries", cell: (group) => group.IpPermissions?.length ?? 0 },
  { id: "outbound", header: "Outbound permission entries", cell: (group) => group.IpPermissionsEgress?.length ?? 0 },
];

const property = (key: string, propertyLabel: string): PropertyFilterProperty => ({
  key, propertyLabel, groupValuesLabel: `${propertyLabel} values`, operators: ["=", "!=", ":", "!:"],
});

export const FILTERS = [property("GroupId", "Security group ID"), property("GroupName", "Security group name"), property("VpcId", "VPC ID"), property("Description", "Description")];
