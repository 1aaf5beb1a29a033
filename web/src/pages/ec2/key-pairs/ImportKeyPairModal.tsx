import { ImportKeyPairCommand } from "@aws-sdk/client-ec2";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { useAction } from "../../../components/use-action";
import { useEc2 } from "../use-ec2";

export function ImportKeyPairModal({ onDismiss }: { onDismiss: () => void }) {
  const client = useEc2();
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const { run, busy, error } = useAction();

  async function submit() {
    const words = { done: `Key pair ${name} was imported`, failed: "The key pair was not imported", quiet: true };
    const input = { KeyName: name, PublicKeyMaterial: new TextEncoder().encode(key.trim()) };
    if (await run(words, async () => void (await client.send(new ImportKeyPairCommand(input))))) onDismiss();
  }

  return (
    <ConfirmModal title="Import key pair" verb="Import key pair" busy={busy} error={error} disabled={!name || !key.trim()} onConfirm={submit} onDismiss={onDismiss}>
      <FormField label="Name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
      <FormField label="Public key" description="What is in the file that ends in .pub.">
        <Textarea value={key} onChange={({ detail }) => setKey(detail.value)} placeholder="ssh-ed25519 AAAA…" spellcheck={false} />
      </FormField>
    </ConfirmModal>
  );
}
