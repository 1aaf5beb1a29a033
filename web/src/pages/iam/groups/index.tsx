import { AddUserToGroupCommand, CreateGroupCommand, type Group } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import type { SelectProps } from "@cloudscape-design/components/select";
import { useState } from "react";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { DeleteGroupModal } from "../DeleteGroupModal";
import { useGroups, useIam, useUsers } from "../use-iam";

export default function GroupsPage() {
  const groups = useGroups();
  const [selected, setSelected] = useState<Group[]>([]);
  const [dialog, setDialog] = useState<"create" | "delete" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <ResourceTable
        id="groups"
        title="User groups"
        noun="user groups"
        description="A user group is a collection of IAM users. Use groups to specify permissions for a collection of users."
        items={groups.data}
        loading={groups.isLoading}
        error={groups.error}
        refresh={() => void groups.refetch()}
        keyOf={(group) => group.GroupName ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[
          { id: "name", header: "Group name", cell: (group) => <AppLink href={`/iam/groups/${group.GroupName}`}>{group.GroupName}</AppLink>, sortingField: "GroupName" },
          { id: "created", header: "Creation time", cell: (group) => formatTime(group.CreateDate), sortingField: "CreateDate" },
          { id: "arn", header: "ARN", cell: (group) => group.Arn },
        ]}
        actions={
          <>
            <Button disabled={selected.length === 0} onClick={() => setDialog("delete")}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setDialog("create")}>
              Create group
            </Button>
          </>
        }
      />
      {dialog === "create" && <CreateGroupModal onDismiss={close} />}
      {dialog === "delete" && (
        <DeleteGroupModal
          name={selected[0].GroupName ?? ""}
          onDismiss={close}
          deleted={() => {
            setSelected([]);
            close();
          }}
        />
      )}
    </>
  );
}

function CreateGroupModal({ onDismiss }: { onDismiss: () => void }) {
  const client = useIam();
  const users = useUsers();
  const [name, setName] = useState("");
  const [members, setMembers] = useState<readonly SelectProps.Option[]>([]);
  const { run, busy, error } = useAction();

  async function create() {
    const good = await run({ done: `Group ${name} was created`, failed: "", quiet: true }, async () => {
      await client.send(new CreateGroupCommand({ GroupName: name }));
      for (const { value } of members) await client.send(new AddUserToGroupCommand({ GroupName: name, UserName: value }));
    });
    if (good) onDismiss();
  }

  return (
    <ConfirmModal title="Create user group" verb="Create user group" busy={busy} error={error} disabled={!name} onConfirm={create} onDismiss={onDismiss}>
      <FormField label="User group name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
      <FormField label="Users - optional">
        <Multiselect
          placeholder="Choose users"
          options={users.data?.map((user) => ({ value: user.UserName, label: user.UserName })) ?? []}
          selectedOptions={members}
          onChange={({ detail }) => setMembers(detail.selectedOptions)}
          deselectAriaLabel={(option) => `Remove ${option.label}`}
        />
      </FormField>
    </ConfirmModal>
  );
}
