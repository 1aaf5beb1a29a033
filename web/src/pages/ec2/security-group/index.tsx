import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useNavigate, useParams } from "react-router-dom";
import { counted } from "../../../components/count";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { TagTable } from "../../../components/TagTable";
import { Unavailable } from "../../../components/Unavailable";
import { RuleTable } from "../RuleTable";
import { useRules, useSecurityGroups } from "../use-ec2";

export default function SecurityGroupPage() {
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const groups = useSecurityGroups([id]);
  const rules = useRules([id]);
  const group = groups.data?.[0];
  const table = (direction: "inbound" | "outbound") => (
    <RuleTable
      direction={direction}
      rules={rules.data}
      loading={rules.isLoading}
      error={rules.error}
      refresh={() => void rules.refetch()}
      actions={<Button onClick={() => navigate(`/ec2/security-groups/${id}/edit-${direction}-rules`)}>{`Edit ${direction} rules`}</Button>}
    />
  );
  if (groups.error && !groups.data) return <Unavailable title={id} noun="security group" error={groups.error} retry={() => void groups.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">
        {id}
        {group && ` - ${group.GroupName}`}
      </Header>
      <ErrorAlert error={groups.error} header="The security group could not be loaded" retry={() => void groups.refetch()} />
      <Container header={<Header variant="h2">Details</Header>}>
        <Details
          columns={4}
          items={{
            "Security group name": <Copyable value={group?.GroupName} />,
            "Security group ID": <Copyable value={id} />,
            Description: group?.Description,
            "VPC ID": group?.VpcId,
            Owner: group?.OwnerId,
            "Inbound rules count": counted(rules.data?.filter((rule) => !rule.IsEgress).length ?? 0, "permission entry", "permission entries"),
            "Outbound rules count": counted(rules.data?.filter((rule) => rule.IsEgress).length ?? 0, "permission entry", "permission entries"),
          }}
        />
      </Container>
      <Tabs
        ariaLabel="Security group"
        tabs={[
          { id: "inbound", label: "Inbound rules", content: table("inbound") },
          { id: "outbound", label: "Outbound rules", content: table("outbound") },
          { id: "tags", label: "Tags", content: <TagTable tags={group?.Tags} /> },
        ]}
      />
    </SpaceBetween>
  );
}
