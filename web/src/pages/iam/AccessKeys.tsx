import { CreateAccessKeyCommand, DeleteAccessKeyCommand, UpdateAccessKeyCommand, type AccessKey } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Copyable, Details } from "../../components/Details";
import { download, toCsv } from "../../components/download";
import { ResourceTable } from "../../components/ResourceTable";
import { formatAge } from "../../components/time";
import { useAction } from "../../components/use-action";
import { useIam, type KeyState } from "./use-iam";

/** The access keys of a user; without a name, the caller's own. */
export function AccessKeys({ user, keys, loading }: { user?: string; keys: KeyState[] | undefined; loading: boolean }) {
  const client = useIam();
  const [selected, setSelected] = useState<KeyState[]>([]);
  const [made, setMade] = useState<AccessKey | null>(null);
  const [deleting, setDeleting] = useState(false);
  const { run, busy, error } = useAction();
  const key = keys?.find((one) => one.AccessKeyId === selected[0]?.AccessKeyId);
  const isActive = key?.Status === "Active";

  const create = () =>
    run({ done: "The access key was created", failed: "The access key was not created" }, async () => {
      setMade((await client.send(new CreateAccessKeyCommand({ UserName: user }))).AccessKey ?? null);
    });
  const toggle = () =>
    run({ done: `Access key ${key?.AccessKeyId} is ${isActive ? "inactive" : "active"}`, failed: "The access key was not changed" }, async () => {
      await client.send(new UpdateAccessKeyCommand({ UserName: user, AccessKeyId: key?.AccessKeyId, Status: isActive ? "Inactive" : "Active" }));
    });
  async function remove() {
    const words = { done: `Access key ${key?.AccessKeyId} was deleted`, failed: "", quiet: true };
    if (!(await run(words, async () => void (await client.send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId: key?.AccessKeyId })))))) return;
    setDeleting(false);
    setSelected([]);
  }

  return (
    <>
      <ResourceTable<KeyState>
        id="access-keys"
        variant="embedded"
        title="Access keys"
        noun="access keys"
        items={keys}
        loading={loading}
        keyOf={(one) => one.AccessKeyId ?? ""}
        selectionType="single"
        selected={key ? [key] : []}
        onSelect={setSelected}
        columns={[
          { id: "id", header: "Access key ID", cell: (one) => <Copyable value={one.AccessKeyId} /> },
          { id: "status", header: "Status", cell: (one) => <StatusIndicator type={one.Status === "Active" ? "success" : "stopped"}>{one.Status}</StatusIndicator> },
          { id: "created", header: "Created", cell: (one) => formatAge(one.CreateDate) },
          { id: "used", header: "Last used", cell: (one) => (one.lastUsed?.LastUsedDate ? `${formatAge(one.lastUsed.LastUsedDate)} with ${one.lastUsed.ServiceName} in ${one.lastUsed.Region}` : "Never") },
        ]}
        actions={
          <>
            <Button disabled={!key} loading={busy && !deleting} onClick={() => void toggle()}>
              {isActive || !key ? "Deactivate" : "Activate"}
            </Button>
            <Button disabled={!key} onClick={() => setDeleting(true)}>
              Delete
            </Button>
            <Button onClick={() => void create()}>Create access key</Button>
          </>
        }
      />
      {deleting && key && (
        <ConfirmModal
          title={`Delete ${key.AccessKeyId}?`}
          verb="Delete"
          typed={key.AccessKeyId}
          busy={busy}
          error={error}
          disabled={isActive}
          warning={isActive ? "Deactivate the key first, and see whether something still needs it." : undefined}
          onConfirm={remove}
          onDismiss={() => setDeleting(false)}
        >
          {key.lastUsed?.LastUsedDate ? `The key was last used ${formatAge(key.lastUsed.LastUsedDate)}.` : "The key was never used."}
        </ConfirmModal>
      )}
      {made && (
        <Modal
          visible
          header="Retrieve access keys"
          onDismiss={() => setMade(null)}
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => download(`${made.UserName}_accessKeys.csv`, toCsv(["Access key ID", "Secret access key"], [[made.AccessKeyId, made.SecretAccessKey]]), "text/csv")}>Download .csv file</Button>
                <Button variant="primary" onClick={() => setMade(null)}>
                  Done
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          <SpaceBetween size="m">
            <Alert type="warning">This is the only time that the secret access key can be viewed or downloaded.</Alert>
            <Details columns={1} items={{ "Access key": <Copyable value={made.AccessKeyId} />, "Secret access key": <Copyable value={made.SecretAccessKey} /> }} />
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}
