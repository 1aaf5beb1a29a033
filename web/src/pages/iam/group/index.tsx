import { AddUserToGroupCommand, RemoveUserFromGroupCommand, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { ResourceTable } from "../../../components/ResourceTable";
import { Unavailable } from "../../../components/Unavailable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { DeleteGroupModal } from "../DeleteGroupModal";
import { PermissionsTab } from "../PermissionsTab";
import { useGroup, useGroupPolicies, useIam, useUsers } from "../use-iam";

export default function GroupPage() {
  const { name = "" } = useParams();
  const navigate = useNavigate();
  const group = useGroup(name);
  const policies = useGroupPolicies(name);
  const [deleting, setDeleting] = useState(false);
  if (group.error && !group.data) return <Unavailable title={name} noun="group" error={group.error} retry={() => void group.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}>
        {name}
      </Header>
      <ErrorAlert error={group.error ?? policies.error} header="The group could not be loaded" retry={() => void Promise.all([group.refetch(), policies.refetch()])} />
      <Container header={<Header variant="h2">Summary</Header>}>
        <Details items={{ "User group name": name, "Creation time": formatTime(group.data?.group?.CreateDate), ARN: <Copyable value={group.data?.group?.Arn} /> }} />
      </Container>
      <Tabs
        ariaLabel="User group"
        tabs={[
          { id: "users", label: "Users", content: <Members group={name} users={group.data?.users} /> },
          { id: "permissions", label: "Permissions", content: <PermissionsTab kind="group" name={name} attached={policies.data?.attached} inline={policies.data?.inline} loading={policies.isLoading} /> },
        ]}
      />
      {deleting && <DeleteGroupModal name={name} deleted={() => navigate("/iam/groups")} onDismiss={() => setDeleting(false)} />}
    </SpaceBetween>
  );
}

function Members({ group, users }: { group: string; users: User[] | undefined }) {
  const client = useIam();
  const all = useUsers();
  const [selected, setSelected] = useState<User[]>([]);
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState("");
  const { run, busy, error } = useAction();
  const present = new Set(users?.map((user) => user.UserName));

  async function remove() {
    const [{ UserName }] = selected;
    if (await run({ done: `${UserName} was removed from ${group}`, failed: "The user was not removed" }, async () => void (await client.send(new RemoveUserFromGroupCommand({ GroupName: group, UserName }))))) {
      setSelected([]);
    }
  }
  async function add() {
    if (!(await run({ done: `${chosen} was added to ${group}`, failed: "", quiet: true }, async () => void (await client.send(new AddUserToGroupCommand({ GroupName: group, UserName: chosen })))))) return;
    setAdding(false);
    setChosen("");
  }

  return (
    <>
      <ResourceTable<User>
        id="group-users"
        variant="embedded"
        title="Users in this group"
        noun="users"
        items={users}
        loading={!users}
        keyOf={(user) => user.UserName ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[
          { id: "name", header: "User name", cell: (user) => <AppLink href={`/iam/users/${user.UserName}`}>{user.UserName}</AppLink>, sortingField: "UserName" },
          { id: "created", header: "Creation time", cell: (user) => formatTime(user.CreateDate) },
        ]}
        actions={
          <>
            <Button disabled={selected.length === 0} loading={busy && !adding} onClick={() => void remove()}>
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Add users</Button>
          </>
        }
      />
      {adding && (
        <ConfirmModal title={`Add a user to ${group}`} verb="Add users" busy={busy} error={error} disabled={!chosen} onConfirm={add} onDismiss={() => setAdding(false)}>
          <FormField label="User">
            <Select
              placeholder="Choose a user"
              options={all.data?.filter((user) => !present.has(user.UserName)).map((user) => ({ value: user.UserName, label: user.UserName })) ?? []}
              selectedOption={chosen ? { value: chosen, label: chosen } : null}
              onChange={({ detail }) => setChosen(detail.selectedOption.value ?? "")}
            />
          </FormField>
        </ConfirmModal>
      )}
    </>
  );
}
