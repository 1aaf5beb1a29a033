import { AddUserToGroupCommand, RemoveUserFromGroupCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { ResourceTable } from "../../../components/ResourceTable";
import { useAction } from "../../../components/use-action";
import { useGroups, useIam } from "../use-iam";

export function GroupsTab({ user, groups }: { user: string; groups: string[] | undefined }) {
  const client = useIam();
  const all = useGroups();
  const [selected, setSelected] = useState<string[]>([]);
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState("");
  const { run, busy, error } = useAction();

  return (
    <>
      <ResourceTable<string>
        id="user-groups"
        variant="embedded"
        title="User groups membership"
        noun="groups"
        items={groups}
        loading={!groups}
        keyOf={(group) => group}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[{ id: "name", header: "Group name", cell: (group) => <AppLink href={`/iam/groups/${group}`}>{group}</AppLink> }]}
        actions={
          <>
            <Button
              disabled={selected.length === 0}
              loading={busy && !adding}
              onClick={async () => {
                const [GroupName] = selected;
                const words = { done: `${user} was removed from ${GroupName}`, failed: "The user was not removed" };
                if (await run(words, async () => void (await client.send(new RemoveUserFromGroupCommand({ UserName: user, GroupName }))))) setSelected([]);
              }}
            >
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Add user to groups</Button>
          </>
        }
      />
      {adding && (
        <ConfirmModal
          title={`Add ${user} to a group`}
          verb="Add user to group"
          busy={busy}
          error={error}
          disabled={!chosen}
          onDismiss={() => setAdding(false)}
          onConfirm={async () => {
            const words = { done: `${user} was added to ${chosen}`, failed: "", quiet: true };
            if (await run(words, async () => void (await client.send(new AddUserToGroupCommand({ UserName: user, GroupName: chosen }))))) setAdding(false);
          }}
        >
          <FormField label="Group">
            <Select
              placeholder="Choose a group"
              empty="There are no groups."
              options={all.data?.filter((group) => !groups?.includes(group.GroupName ?? "")).map((group) => ({ value: group.GroupName, label: group.GroupName })) ?? []}
              selectedOption={chosen ? { value: chosen, label: chosen } : null}
              onChange={({ detail }) => setChosen(detail.selectedOption.value ?? "")}
            />
          </FormField>
        </ConfirmModal>
      )}
    </>
  );
}
