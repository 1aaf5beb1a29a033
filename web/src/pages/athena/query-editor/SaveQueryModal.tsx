import { CreateNamedQueryCommand } from "@aws-sdk/client-athena";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { useAction } from "../../../components/use-action";
import { useAthena } from "../use-athena";

interface Props {
  sql: string;
  database: string;
  workgroup: string;
  suggested: string;
  saved: (name: string) => void;
  onDismiss: () => void;
}

export function SaveQueryModal({ sql, database, workgroup, suggested, saved, onDismiss }: Props) {
  const client = useAthena();
  const [name, setName] = useState(suggested);
  const [description, setDescription] = useState("");
  const { run, busy, error } = useAction();

  async function save() {
    const input = { Name: name, Description: description || undefined, Database: database, QueryString: sql, WorkGroup: workgroup };
    const good = await run({ done: `Query ${name} was saved`, failed: "The query was not saved", quiet: true }, async () => void (await client.send(new CreateNamedQueryCommand(input))));
    if (!good) return;
    saved(name);
    onDismiss();
  }

  return (
    <ConfirmModal title="Save query" verb="Save query" busy={busy} error={error} disabled={!name.trim()} onConfirm={save} onDismiss={onDismiss}>
      <FormField label="Query name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
      <FormField label="Description - optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </ConfirmModal>
  );
}
