import { DeleteKeyPairCommand, type KeyPairInfo } from "@aws-sdk/client-ec2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { useEc2, useKeyPairs } from "../use-ec2";
import { CreateKeyPairModal } from "./CreateKeyPairModal";
import { ImportKeyPairModal } from "./ImportKeyPairModal";

export default function KeyPairsPage() {
  const client = useEc2();
  const pairs = useKeyPairs();
  const [selected, setSelected] = useState<KeyPairInfo[]>([]);
  const [dialog, setDialog] = useState<"create" | "import" | "delete" | null>(null);
  const { run, busy, error } = useAction();
  const [pair] = selected;
  const close = () => setDialog(null);

  async function remove() {
    const words = { done: `Key pair ${pair.KeyName} was deleted`, failed: "The key pair was not deleted", quiet: true };
    if (!(await run(words, async () => void (await client.send(new DeleteKeyPairCommand({ KeyPairId: pair.KeyPairId })))))) return;
    setSelected([]);
    close();
  }

  return (
    <>
      <ResourceTable
        id="key-pairs"
        title="Key pairs"
        noun="key pairs"
        items={pairs.data}
        loading={pairs.isLoading}
        error={pairs.error}
        refresh={() => void pairs.refetch()}
        keyOf={(item) => item.KeyPairId ?? ""}
        labelOf={(item) => item.KeyName ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[
          { id: "name", header: "Name", cell: (item) => item.KeyName, sortingField: "KeyName" },
          { id: "type", header: "Type", cell: (item) => item.KeyType, sortingField: "KeyType" },
          { id: "created", header: "Created", cell: (item) => formatTime(item.CreateTime), sortingField: "CreateTime" },
          { id: "fingerprint", header: "Fingerprint", cell: (item) => <span className="mono">{item.KeyFingerprint}</span> },
          { id: "id", header: "ID", cell: (item) => item.KeyPairId },
        ]}
        actions={
          <>
            <Button disabled={!pair} onClick={() => setDialog("delete")}>
              Delete
            </Button>
            <Button onClick={() => setDialog("import")}>Import key pair</Button>
            <Button variant="primary" onClick={() => setDialog("create")}>
              Create key pair
            </Button>
          </>
        }
      />
      {dialog === "create" && <CreateKeyPairModal onDismiss={close} />}
      {dialog === "import" && <ImportKeyPairModal onDismiss={close} />}
      {dialog === "delete" && (
        <ConfirmModal title="Delete key pair" verb="Delete" typed="Delete" busy={busy} error={error} onConfirm={remove} onDismiss={close}>
          {pair.KeyName} can no longer be given to new instances. Those that run keep it.
        </ConfirmModal>
      )}
    </>
  );
}
