import {
  AttachGroupPolicyCommand, AttachRolePolicyCommand, AttachUserPolicyCommand, DeleteGroupPolicyCommand, DeleteRolePolicyCommand, DeleteUserPolicyCommand, DetachGroupPolicyCommand,
  DetachRolePolicyCommand, DetachUserPolicyCommand, GetGroupPolicyCommand, GetRolePolicyCommand, GetUserPolicyCommand, type AttachedPolicy, type IAMClient,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useState } from "react";
import { useAws } from "../../aws/query";
import { AppLink } from "../../components/AppLink";
import { ConfirmModal } from "../../components/ConfirmModal";
import { counted } from "../../components/count";
import { JsonView } from "../../components/JsonView";
import { ResourceTable } from "../../components/ResourceTable";
import { useAction } from "../../components/use-action";
import { AttachPolicyModal } from "./AttachPolicyModal";
import { readableDocument, useIam } from "./use-iam";

type Kind = "user" | "group" | "role";

interface Entry {
  name: string;
  /** "" for an inline policy. */
  arn: string;
}

interface Props {
  kind: Kind;
  name: string;
  attached: AttachedPolicy[] | undefined;
  inline: string[] | undefined;
  loading: boolean;
}

const attach = (client: IAMClient, kind: Kind, name: string, PolicyArn: string): Promise<unknown> =>
  ({
    user: () => client.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn })),
    group: () => client.send(new AttachGroupPolicyCommand({ GroupName: name, PolicyArn })),
    role: () => client.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn })),
  })[kind]();

const remove = (client: IAMClient, kind: Kind, name: string, entry: Entry): Promise<unknown> =>
  entry.arn
    ? {
        user: () => client.send(new DetachUserPolicyCommand({ UserName: name, PolicyArn: entry.arn })),
        group: () => client.send(new DetachGroupPolicyCommand({ GroupName: name, PolicyArn: entry.arn })),
        role: () => client.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: entry.arn })),
      }[kind]()
    : {
        user: () => client.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName: entry.name })),
        group: () => client.send(new DeleteGroupPolicyCommand({ GroupName: name, PolicyName: entry.name })),
        role: () => client.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: entry.name })),
      }[kind]();

const read = (client: IAMClient, kind: Kind, name: string, PolicyName: string): Promise<{ PolicyDocument?: string }> =>
  ({
    user: () => client.send(new GetUserPolicyCommand({ UserName: name, PolicyName })),
    group: () => client.send(new GetGroupPolicyCommand({ GroupName: name, PolicyName })),
    role: () => client.send(new GetRolePolicyCommand({ RoleName: name, PolicyName })),
  })[kind]();

/** The policies of a user, group or role. */
export function PermissionsTab({ kind, name, attached, inline, loading }: Props) {
  const client = useIam();
  const [selected, setSelected] = useState<Entry[]>([]);
  const [dialog, setDialog] = useState<"attach" | "remove" | null>(null);
  const [shown, setShown] = useState("");
  const { run, busy, error, reset } = useAction();
  const entries: Entry[] | undefined = attached && [
    ...attached.map((policy) => ({ name: policy.PolicyName ?? "", arn: policy.PolicyArn ?? "" })),
    ...(inline ?? []).map((policy) => ({ name: policy, arn: "" })),
  ];
  const [entry] = selected;
  const close = () => {
    setDialog(null);
    reset();
  };

  return (
    <>
      <ResourceTable<Entry>
        id={`permissions-${kind}`}
        variant="embedded"
        title="Permissions policies"
        noun="policies"
        items={entries}
        loading={loading}
        keyOf={(one) => one.arn || one.name}
        labelOf={(one) => one.name}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        actions={
          <>
            <Button disabled={!entry} onClick={() => setDialog("remove")}>
              Remove
            </Button>
            <Button onClick={() => setDialog("attach")}>Add permissions</Button>
          </>
        }
        columns={[
          {
            id: "name", header: "Policy name", sortingField: "name",
            cell: (one) =>
              one.arn ? (
                <AppLink href={`/iam/policies/${encodeURIComponent(one.name)}?arn=${encodeURIComponent(one.arn)}`}>{one.name}</AppLink>
              ) : (
                <Button variant="inline-link" onClick={() => setShown(one.name)}>
                  {one.name}
                </Button>
              ),
          },
          { id: "type", header: "Type", cell: (one) => (one.arn === "" ? "Customer inline" : one.arn.includes(":aws:policy") ? "AWS managed" : "Customer managed") },
        ]}
      />
      {dialog === "attach" && (
        <AttachPolicyModal
          present={entries?.map((one) => one.arn) ?? []}
          busy={busy}
          error={error}
          onDismiss={close}
          onAttach={async (arns) => {
            const words = { done: `${counted(arns.length, "policy was", "policies were")} attached to ${name}`, failed: "", quiet: true };
            const good = await run(words, async () => {
              for (const arn of arns) await attach(client, kind, name, arn);
            });
            if (good) close();
          }}
        />
      )}
      {dialog === "remove" && (
        <ConfirmModal
          title={`Remove ${entry.name}?`}
          verb="Remove policy"
          busy={busy}
          error={error}
          onDismiss={close}
          onConfirm={async () => {
            if (!(await run({ done: `${entry.name} was removed from ${name}`, failed: "", quiet: true }, async () => void (await remove(client, kind, name, entry))))) return;
            setSelected([]);
            close();
          }}
        >
          {entry.arn ? "The policy itself stays." : "An inline policy is deleted for good."}
        </ConfirmModal>
      )}
      {shown && <InlinePolicyModal kind={kind} name={name} policy={shown} onDismiss={() => setShown("")} />}
    </>
  );
}

function InlinePolicyModal({ kind, name, policy, onDismiss }: { kind: Kind; name: string; policy: string; onDismiss: () => void }) {
  const client = useIam();
  const document = useAws(["iam", "inline", kind, name, policy], async () => (await read(client, kind, name, policy)).PolicyDocument);
  return (
    <Modal visible size="large" header={policy} onDismiss={onDismiss}>
      <JsonView value={readableDocument(document.data)} label={policy} />
    </Modal>
  );
}
