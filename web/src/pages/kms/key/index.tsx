import {
  CancelKeyDeletionCommand, DescribeKeyCommand, DisableKeyCommand, DisableKeyRotationCommand, EnableKeyCommand, EnableKeyRotationCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand,
  PutKeyPolicyCommand, ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useParams } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { counted } from "../../../components/count";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { JsonView } from "../../../components/JsonView";
import { Unavailable } from "../../../components/Unavailable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { useKeptDraft } from "../../../components/use-kept";
import { KeyState } from "../KeyState";
import { aliasesOf, useAliases, useKms } from "../use-kms";

export default function KeyPage() {
  const { id = "" } = useParams();
  const client = useKms();
  const KeyId = id;
  const key = useAws(["kms", "key", id], async () => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata);
  const aliases = useAliases();
  const [asking, setAsking] = useState(false);
  const [days, setDays] = useState("30");
  const { run, busy, error } = useAction();
  const state = key.data?.KeyState;
  const enabled = state === "Enabled";

  const toggle = () =>
    run({ done: `Key ${id} is ${enabled ? "disabled" : "enabled"}`, failed: "The key was not changed" }, async () => {
      await (enabled ? client.send(new DisableKeyCommand({ KeyId })) : client.send(new EnableKeyCommand({ KeyId })));
    });
  const cancel = () => run({ done: `Key ${id} stays; it is disabled`, failed: "The deletion was not cancelled" }, async () => void (await client.send(new CancelKeyDeletionCommand({ KeyId }))));
  async function schedule() {
    const input = { KeyId, PendingWindowInDays: Number(days) };
    if (await run({ done: `Key ${id} is deleted in ${counted(Number(days), "day")}`, failed: "", quiet: true }, async () => void (await client.send(new ScheduleKeyDeletionCommand(input))))) setAsking(false);
  }

  if (key.error && !key.data) return <Unavailable title={id} noun="key" error={key.error} retry={() => void key.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {state === "PendingDeletion" ? (
              <Button loading={busy} onClick={() => void cancel()}>
                Cancel key deletion
              </Button>
            ) : (
              <>
                <Button loading={busy && !asking} onClick={() => void toggle()}>
                  {enabled ? "Disable" : "Enable"}
                </Button>
                <Button onClick={() => setAsking(true)}>Schedule key deletion</Button>
              </>
            )}
          </SpaceBetween>
        }
      >
        {id}
      </Header>
      <ErrorAlert error={key.error} header="The key could not be loaded" retry={() => void key.refetch()} />
      <Container header={<Header variant="h2">General configuration</Header>}>
        <Details
          items={{
            Alias: aliasesOf(aliases.data, key.data?.KeyId).join(", "),
            Status: <KeyState state={state} />,
            "Creation date": formatTime(key.data?.CreationDate),
            ARN: <Copyable value={key.data?.Arn} />,
            Description: key.data?.Description,
            "Deletion date": key.data?.DeletionDate && formatTime(key.data.DeletionDate),
            "Key spec": key.data?.KeySpec,
            "Key usage": key.data?.KeyUsage,
            Origin: key.data?.Origin,
          }}
        />
      </Container>
      <Tabs
        ariaLabel="Key"
        tabs={[
          { id: "policy", label: "Key policy", content: <PolicyTab keyId={id} /> },
          { id: "rotation", label: "Key rotation", content: <RotationTab keyId={id} /> },
        ]}
      />
      {asking && (
        <ConfirmModal title="Schedule key deletion" verb="Schedule deletion" busy={busy} error={error} onConfirm={schedule} onDismiss={() => setAsking(false)} warning="What was encrypted with the key can never be read again once it is deleted.">
          <FormField label="Waiting period (in days)" constraintText="7 to 30 days">
            <Input type="number" inputMode="numeric" value={days} onChange={({ detail }) => setDays(detail.value)} />
          </FormField>
        </ConfirmModal>
      )}
    </SpaceBetween>
  );
}

function PolicyTab({ keyId }: { keyId: string }) {
  const client = useKms();
  const policy = useAws(["kms", "policy", keyId], async () => {
    const { Policy = "" } = await client.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: "default" }));
    try {
      return JSON.stringify(JSON.parse(Policy), null, 4);
    } catch {
      return Policy;
    }
  });
  const [draft, setDraft] = useKeptDraft("policy");
  const { run, busy, error } = useAction();
  async function save() {
    const input = { KeyId: keyId, PolicyName: "default", Policy: draft ?? "" };
    if (await run({ done: "The key policy was saved", failed: "", quiet: true }, async () => void (await client.send(new PutKeyPolicyCommand(input))))) setDraft(null);
  }
  if (draft === null) {
    return (
      <SpaceBetween size="s">
        <ErrorAlert error={policy.error} header="The key policy could not be loaded" />
        <Button disabled={policy.data === undefined} onClick={() => setDraft(policy.data ?? "")}>
          Edit
        </Button>
        {policy.data !== undefined && <JsonView value={policy.data} label="Key policy" />}
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="s">
      <Textarea value={draft} rows={18} spellcheck={false} ariaLabel="Key policy" onChange={({ detail }) => setDraft(detail.value)} />
      <ErrorAlert error={error} header="The key policy was not saved" />
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" loading={busy} onClick={() => void save()}>
          Save changes
        </Button>
        <Button onClick={() => setDraft(null)}>Cancel</Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}

function RotationTab({ keyId }: { keyId: string }) {
  const client = useKms();
  const rotation = useAws(["kms", "rotation", keyId], () => client.send(new GetKeyRotationStatusCommand({ KeyId: keyId })));
  const { run, busy } = useAction();
  const on = rotation.data?.KeyRotationEnabled ?? false;
  const toggle = () =>
    run({ done: `Key rotation is ${on ? "off" : "on"}`, failed: "Key rotation was not changed" }, async () => {
      await (on ? client.send(new DisableKeyRotationCommand({ KeyId: keyId })) : client.send(new EnableKeyRotationCommand({ KeyId: keyId })));
    });
  return (
    <SpaceBetween size="s">
      <ErrorAlert error={rotation.error} header="The state of key rotation could not be loaded" />
      <Details items={{ "Automatic key rotation": on ? "Enabled" : "Disabled", "Rotation period": rotation.data?.RotationPeriodInDays && `${rotation.data.RotationPeriodInDays} days`, "Next rotation date": on ? formatTime(rotation.data?.NextRotationDate) : "" }} />
      <Button loading={busy} onClick={() => void toggle()}>
        {on ? "Disable rotation" : "Enable rotation"}
      </Button>
    </SpaceBetween>
  );
}
