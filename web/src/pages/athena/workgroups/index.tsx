import { CreateWorkGroupCommand, DeleteWorkGroupCommand, type WorkGroupSummary } from "@aws-sdk/client-athena";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { completeLocation } from "../query-editor/Settings";
import { useAthena, useWorkgroups } from "../use-athena";

export default function WorkgroupsPage() {
  const client = useAthena();
  const groups = useWorkgroups();
  const [selected, setSelected] = useState<WorkGroupSummary[]>([]);
  const [dialog, setDialog] = useState<"create" | "delete" | null>(null);
  const [name, setName] = useState("");
  const [location, setLocation] = useState("");
  const { run, busy, error, reset } = useAction();
  const [group] = selected;
  const close = () => {
    setDialog(null);
    reset();
  };

  async function create() {
    const OutputLocation = completeLocation(location) || undefined;
    const input = { Name: name, Configuration: { ResultConfiguration: OutputLocation ? { OutputLocation } : undefined } };
    if (await run({ done: `Workgroup ${name} was created`, failed: "", quiet: true }, async () => void (await client.send(new CreateWorkGroupCommand(input))))) close();
  }
  async function remove() {
    const input = { WorkGroup: group.Name, RecursiveDeleteOption: true };
    if (!(await run({ done: `Workgroup ${group.Name} was deleted`, failed: "", quiet: true }, async () => void (await client.send(new DeleteWorkGroupCommand(input)))))) return;
    setSelected([]);
    close();
  }

  return (
    <>
      <ResourceTable<WorkGroupSummary>
        id="workgroups"
        title="Workgroups"
        noun="workgroups"
        items={groups.data}
        loading={groups.isLoading}
        error={groups.error}
        refresh={() => void groups.refetch()}
        keyOf={(item) => item.Name ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        actions={
          <>
            <Button disabled={!group || group.Name === "primary"} onClick={() => setDialog("delete")}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setDialog("create")}>
              Create workgroup
            </Button>
          </>
        }
        columns={[
          { id: "name", header: "Name", cell: (item) => item.Name, sortingField: "Name" },
          { id: "state", header: "Status", cell: (item) => <StatusIndicator type={item.State === "ENABLED" ? "success" : "stopped"}>{item.State === "ENABLED" ? "Turned on" : "Turned off"}</StatusIndicator> },
          { id: "engine", header: "Engine version", cell: (item) => item.EngineVersion?.EffectiveEngineVersion ?? item.EngineVersion?.SelectedEngineVersion },
          { id: "description", header: "Description", cell: (item) => item.Description || "–" },
          { id: "created", header: "Creation time", cell: (item) => formatTime(item.CreationTime) },
        ]}
      />
      {dialog === "create" && (
        <ConfirmModal title="Create workgroup" verb="Create workgroup" busy={busy} error={error} disabled={!name} onConfirm={create} onDismiss={close}>
          <FormField label="Workgroup name">
            <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
          </FormField>
          <FormField label="Location of query result - optional">
            <Input value={location} onChange={({ detail }) => setLocation(detail.value)} placeholder="s3://bucket/prefix/" />
          </FormField>
        </ConfirmModal>
      )}
      {dialog === "delete" && (
        <ConfirmModal title="Delete workgroup" verb="Delete" typed={group.Name} busy={busy} error={error} onConfirm={remove} onDismiss={close}>
          Its saved queries and its history of queries are deleted with it.
        </ConfirmModal>
      )}
    </>
  );
}
