import { GetRoleCommand } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useParams } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { JsonView } from "../../../components/JsonView";
import { TagTable } from "../../../components/TagTable";
import { Unavailable } from "../../../components/Unavailable";
import { formatTime } from "../../../components/time";
import { PermissionsTab } from "../PermissionsTab";
import { readableDocument, useIam, useRolePolicies } from "../use-iam";

export default function RolePage() {
  const { name = "" } = useParams();
  const client = useIam();
  const role = useAws(["iam", "role", name], async () => (await client.send(new GetRoleCommand({ RoleName: name }))).Role);
  const policies = useRolePolicies(name);
  if (role.error && !role.data) return <Unavailable title={name} noun="role" error={role.error} retry={() => void role.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{name}</Header>
      <ErrorAlert error={role.error ?? policies.error} header="The role could not be loaded" retry={() => void Promise.all([role.refetch(), policies.refetch()])} />
      <Container header={<Header variant="h2">Summary</Header>}>
        <Details
          items={{
            "Creation date": formatTime(role.data?.CreateDate),
            ARN: <Copyable value={role.data?.Arn} />,
            "Last activity": formatTime(role.data?.RoleLastUsed?.LastUsedDate),
            "Maximum session duration": role.data?.MaxSessionDuration && `${role.data.MaxSessionDuration / 3600} h`,
            Description: role.data?.Description,
          }}
        />
      </Container>
      <Tabs
        ariaLabel="Role"
        tabs={[
          { id: "permissions", label: "Permissions", content: <PermissionsTab kind="role" name={name} attached={policies.data?.attached} inline={policies.data?.inline} loading={policies.isLoading} /> },
          { id: "trust", label: "Trust relationships", content: <JsonView value={readableDocument(role.data?.AssumeRolePolicyDocument)} label="Trust policy" /> },
          { id: "tags", label: "Tags", content: <TagTable tags={role.data?.Tags} /> },
        ]}
      />
    </SpaceBetween>
  );
}
