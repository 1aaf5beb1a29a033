import type { Instance } from "@aws-sdk/client-ec2";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { AppLink } from "../../components/AppLink";
import { Copyable, Details } from "../../components/Details";
import { TagTable } from "../../components/TagTable";
import { formatTime } from "../../components/time";
import { InstanceState } from "./InstanceState";
import { RuleTable } from "./RuleTable";
import { tagOf, useRules } from "./use-ec2";

function DetailsTab({ instance }: { instance: Instance }) {
  return (
    <Details
      items={{
        "Instance ID": <Copyable value={instance.InstanceId} />,
        "Public IPv4 address": <Copyable value={instance.PublicIpAddress} />,
        "Private IPv4 addresses": <Copyable value={instance.PrivateIpAddress} />,
        Name: tagOf(instance, "Name"),
        "Instance state": <InstanceState instance={instance} />,
        "Public IPv4 DNS": <Copyable value={instance.PublicDnsName} />,
        "Instance type": instance.InstanceType,
        "Private IP DNS name (IPv4 only)": <Copyable value={instance.PrivateDnsName} />,
        "AMI ID": <Copyable value={instance.ImageId} />,
        "Key pair assigned at launch": instance.KeyName,
        "IAM Role": instance.IamInstanceProfile?.Arn?.split("/").at(-1),
        "Launch time": formatTime(instance.LaunchTime),
        "State transition message": instance.StateReason?.Message,
      }}
    />
  );
}

function SecurityTab({ instance }: { instance: Instance }) {
  const groups = instance.SecurityGroups ?? [];
  const rules = useRules(groups.map((group) => group.GroupId ?? ""));
  return (
    <SpaceBetween size="l">
      <Details
        items={{
          "IAM Role": instance.IamInstanceProfile?.Arn?.split("/").at(-1),
          "Security groups": (
            <SpaceBetween size="xxs">
              {groups.map((group) => (
                <AppLink key={group.GroupId} href={`/ec2/security-groups/${group.GroupId}`}>
                  {`${group.GroupId} (${group.GroupName})`}
                </AppLink>
              ))}
            </SpaceBetween>
          ),
          "Launch time": formatTime(instance.LaunchTime),
        }}
      />
      <RuleTable direction="inbound" rules={rules.data} loading={rules.isLoading} error={rules.error} showGroup />
      <RuleTable direction="outbound" rules={rules.data} loading={rules.isLoading} error={rules.error} showGroup />
    </SpaceBetween>
  );
}

function NetworkingTab({ instance }: { instance: Instance }) {
  return (
    <Details
      items={{
        "Public IPv4 address": <Copyable value={instance.PublicIpAddress} />,
        "Private IPv4 addresses": <Copyable value={instance.PrivateIpAddress} />,
        "VPC ID": instance.VpcId,
        "Subnet ID": instance.SubnetId,
        "Availability zone": instance.Placement?.AvailabilityZone,
        "Network interfaces": instance.NetworkInterfaces?.map((one) => one.NetworkInterfaceId).join(", "),
      }}
    />
  );
}

/** What there is to know of an instance, on its own page and beneath the table. */
export function InstanceTabs({ instance }: { instance: Instance }) {
  return (
    <Tabs
      ariaLabel="Instance"
      tabs={[
        { id: "details", label: "Details", content: <DetailsTab instance={instance} /> },
        { id: "security", label: "Security", content: <SecurityTab instance={instance} /> },
        { id: "networking", label: "Networking", content: <NetworkingTab instance={instance} /> },
        { id: "tags", label: "Tags", content: <TagTable tags={instance.Tags} /> },
      ]}
    />
  );
}
