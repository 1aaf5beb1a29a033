import { CreateLoginProfileCommand, DeactivateMFADeviceCommand, DeleteLoginProfileCommand, DeleteVirtualMFADeviceCommand, UpdateLoginProfileCommand, type IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Details } from "../../../components/Details";
import { ResourceTable } from "../../../components/ResourceTable";
import { useAction } from "../../../components/use-action";
import { useSession } from "../../../session/SessionContext";
import { AccessKeys } from "../AccessKeys";
import { AddMfaModal } from "../AddMfaModal";
import { useIam, type UserThings } from "../use-iam";

export function CredentialsTab({ user, things }: { user: string; things: UserThings | undefined }) {
  return (
    <SpaceBetween size="l">
      <PasswordPart user={user} hasPassword={things?.hasPassword} />
      <MfaPart user={user} devices={things?.mfa} />
      <AccessKeys user={user} keys={things?.keys} loading={!things} />
    </SpaceBetween>
  );
}

function PasswordPart({ user, hasPassword }: { user: string; hasPassword: boolean | undefined }) {
  const client = useIam();
  const { session } = useSession();
  const [dialog, setDialog] = useState<"set" | "disable" | null>(null);
  const [password, setPassword] = useState("");
  const [reset, setReset] = useState(true);
  const { run, busy, error } = useAction();

  async function save() {
    const input = { UserName: user, Password: password, PasswordResetRequired: reset };
    const good = await run({ done: `The console password of ${user} was set`, failed: "", quiet: true }, async () => {
      await (hasPassword ? client.send(new UpdateLoginProfileCommand(input)) : client.send(new CreateLoginProfileCommand(input)));
    });
    if (!good) return;
    setPassword("");
    setDialog(null);
  }
  async function disable() {
    const words = { done: `${user} can no longer sign in to the console`, failed: "", quiet: true };
    if (await run(words, async () => void (await client.send(new DeleteLoginProfileCommand({ UserName: user }))))) setDialog(null);
  }

  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {hasPassword && <Button onClick={() => setDialog("disable")}>Disable console access</Button>}
              <Button onClick={() => setDialog("set")}>{hasPassword ? "Update password" : "Enable console access"}</Button>
            </SpaceBetween>
          }
        >
          Console sign-in
        </Header>
      }
    >
      <Details items={{ "Console sign-in link": `${window.location.origin}/_console/`, "Account ID": session.accountId, "Console password": hasPassword ? "Set" : "Not enabled" }} />
      {dialog === "set" && (
        <ConfirmModal title={`Console password of ${user}`} verb={hasPassword ? "Reset password" : "Enable console access"} busy={busy} error={error} disabled={!password} onConfirm={save} onDismiss={() => setDialog(null)}>
          <FormField label="Custom password">
            <Input type="password" value={password} onChange={({ detail }) => setPassword(detail.value)} autoComplete="new-password" autoFocus />
          </FormField>
          <Checkbox checked={reset} onChange={({ detail }) => setReset(detail.checked)}>
            User must create new password at next sign-in
          </Checkbox>
        </ConfirmModal>
      )}
      {dialog === "disable" && (
        <ConfirmModal title="Disable console access" verb="Disable access" busy={busy} error={error} onConfirm={disable} onDismiss={() => setDialog(null)}>
          {user} can no longer sign in. Access keys go on working.
        </ConfirmModal>
      )}
    </Container>
  );
}

/** A virtual device that nobody has is of no use, and its name would be taken. */
async function removeDevice(client: IAMClient, UserName: string, SerialNumber: string): Promise<void> {
  await client.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
  if (SerialNumber.includes(":mfa/")) await client.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
}

function MfaPart({ user, devices }: { user: string; devices: string[] | undefined }) {
  const client = useIam();
  const [selected, setSelected] = useState<string[]>([]);
  const [adding, setAdding] = useState(false);
  const { run, busy } = useAction();
  return (
    <>
      <ResourceTable<string>
        id="mfa"
        variant="embedded"
        title="Multi-factor authentication (MFA)"
        noun="MFA devices"
        items={devices}
        loading={!devices}
        keyOf={(serial) => serial}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[{ id: "serial", header: "Identifier", cell: (serial) => serial }]}
        actions={
          <>
            <Button
              disabled={selected.length === 0}
              loading={busy}
              onClick={async () => {
                const [SerialNumber] = selected;
                const words = { done: "The MFA device was removed", failed: "The MFA device was not removed" };
                if (await run(words, () => removeDevice(client, user, SerialNumber))) setSelected([]);
              }}
            >
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Assign MFA device</Button>
          </>
        }
      />
      {adding && <AddMfaModal user={user} onDismiss={() => setAdding(false)} />}
    </>
  );
}
