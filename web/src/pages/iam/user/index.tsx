import { GetUserCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { TagTable } from "../../../components/TagTable";
import { Unavailable } from "../../../components/Unavailable";
import { formatTime } from "../../../components/time";
import { DeleteUserModal } from "../DeleteUserModal";
import { PermissionsTab } from "../PermissionsTab";
import { useIam, useUserThings } from "../use-iam";
import { CredentialsTab } from "./CredentialsTab";
import { GroupsTab } from "./GroupsTab";

export default function UserPage() {
  const { name = "" } = useParams();
  const navigate = useNavigate();
  const client = useIam();
  const user = useAws(["iam", "user", name], async () => (await client.send(new GetUserCommand({ UserName: name }))).User);
  const things = useUserThings(name);
  const [deleting, setDeleting] = useState(false);
  const active = things.data?.keys.filter((key) => key.Status === "Active").length ?? 0;

  if (user.error && !user.data) return <Unavailable title={name} noun="user" error={user.error} retry={() => void user.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}>
        {name}
      </Header>
      <ErrorAlert error={user.error} header="The user could not be loaded" retry={() => void user.refetch()} />
      <ErrorAlert error={things.error} header="What belongs to the user could not be loaded" retry={() => void things.refetch()} />
      <Container header={<Header variant="h2">Summary</Header>}>
        <Details
          items={{
            ARN: <Copyable value={user.data?.Arn} />,
            "Console access": things.data && (things.data.hasPassword ? (things.data.mfa.length > 0 ? "Enabled with MFA" : "Enabled without MFA") : "Disabled"),
            "Active access keys": things.data && String(active),
            Created: formatTime(user.data?.CreateDate),
            "Last console sign-in": formatTime(user.data?.PasswordLastUsed),
            "User ID": <Copyable value={user.data?.UserId} />,
          }}
        />
      </Container>
      <Tabs
        ariaLabel="User"
        tabs={[
          { id: "permissions", label: "Permissions", content: <PermissionsTab kind="user" name={name} attached={things.data?.attached} inline={things.data?.inline} loading={things.isLoading} /> },
          { id: "groups", label: "Groups", content: <GroupsTab user={name} groups={things.data?.groups} /> },
          { id: "tags", label: "Tags", content: <TagTable tags={user.data?.Tags} /> },
          { id: "credentials", label: "Security credentials", content: <CredentialsTab user={name} things={things.data} /> },
        ]}
      />
      {deleting && <DeleteUserModal name={name} deleted={() => navigate("/iam/users")} onDismiss={() => setDeleting(false)} />}
    </SpaceBetween>
  );
}
