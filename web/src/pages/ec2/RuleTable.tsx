import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { AppLink } from "../../components/AppLink";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { isOpenToAll, portsOf, protocolLabel, sourceOf, typeOf } from "./rules";
import { tagOf } from "./use-ec2";

export function columnsFor(direction: "inbound" | "outbound", showGroup: boolean): Column<SecurityGroupRule>[] {
  const columns: Column<SecurityGroupRule>[] = [
    { id: "name", header: "Name", cell: (rule) => tagOf(rule, "Name") || "–" },
    { id: "id", header: "Security group rule ID", cell: (rule) => rule.SecurityGroupRuleId, sortingField: "SecurityGroupRuleId" },
    { id: "version", header: "IP version", cell: (rule) => (rule.CidrIpv4 ? "IPv4" : rule.CidrIpv6 ? "IPv6" : "–") },
    { id: "type", header: "Type", cell: (rule) => typeOf(rule.IpProtocol ?? "", portsOf(rule)).label },
    { id: "protocol", header: "Protocol", cell: (rule) => protocolLabel(rule.IpProtocol) },
    { id: "ports", header: "Port range", cell: portsOf, sortingField: "FromPort" },
    {
      id: "source",
      header: direction === "inbound" ? "Source" : "Destination",
      cell: (rule) => {
        const source = sourceOf(rule);
        return direction === "inbound" && isOpenToAll(source) ? <StatusIndicator type="warning">{source}</StatusIndicator> : source;
      },
    },
    { id: "description", header: "Description", cell: (rule) => rule.Description || "–" },
  ];
  if (showGroup) {
    columns.splice(2, 0, {
      id: "group", header: "Security group", cell: (rule) => <AppLink href={`/ec2/security-groups/${rule.GroupId}`}>{rule.GroupId}</AppLink>,
    });
  }
  return columns;
}

interface Props {
  direction: "inbound" | "outbound";
  rules: SecurityGroupRule[] | undefined;
  loading: boolean;
  error: unknown;
  refresh?: () => void;
  actions?: React.ReactNode;
  showGroup?: boolean;
}

export function RuleTable({ direction, rules, showGroup = false, ...rest }: Props) {
  return (
    <ResourceTable
      {...rest}
      id={`rules-${direction}${showGroup ? "-with-group" : ""}`}
      variant="embedded"
      title={direction === "inbound" ? "Inbound rules" : "Outbound rules"}
      noun={`${direction} rules`}
      items={rules?.filter((rule) => rule.IsEgress === (direction === "outbound"))}
      keyOf={(rule) => rule.SecurityGroupRuleId ?? ""}
      columns={columnsFor(direction, showGroup)}
    />
  );
}
