import { CreateKeyPairCommand } from "@aws-sdk/client-ec2";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { download } from "../../../components/download";
import { useAction } from "../../../components/use-action";
import { useEc2 } from "../use-ec2";

export function CreateKeyPairModal({ onDismiss, created }: { onDismiss: () => void; created?: (name: string) => void }) {
  const client = useEc2();
  const [name, setName] = useState("");
  const [type, setType] = useState<"rsa" | "ed25519">("rsa");
  const [format, setFormat] = useState<"pem" | "ppk">("pem");
  const { run, busy, error } = useAction();

  async function create() {
    const words = { done: `Key pair ${name} was created; its private key is in your downloads, and nowhere else`, failed: "The key pair was not created", quiet: true };
    const good = await run(words, async () => {
      const made = await client.send(new CreateKeyPairCommand({ KeyName: name, KeyType: type, KeyFormat: format }));
      download(`${name}.${format}`, made.KeyMaterial ?? "", "application/x-pem-file");
    });
    if (!good) return;
    created?.(name);
    onDismiss();
  }

  return (
    <ConfirmModal title="Create key pair" verb="Create key pair" busy={busy} error={error} disabled={!name} onConfirm={create} onDismiss={onDismiss}>
      <FormField label="Key pair name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
      <FormField label="Key pair type">
        <RadioGroup
          value={type}
          onChange={({ detail }) => setType(detail.value as typeof type)}
          items={[
            { value: "rsa", label: "RSA" },
            { value: "ed25519", label: "ED25519" },
          ]}
        />
      </FormField>
      <FormField label="Private key file format">
        <RadioGroup
          value={format}
          onChange={({ detail }) => setFormat(detail.value as typeof format)}
          items={[
            { value: "pem", label: ".pem", description: "For use with OpenSSH" },
            { value: "ppk", label: ".ppk", description: "For use with PuTTY" },
          ]}
        />
      </FormField>
    </ConfirmModal>
  );
}
