import { ChangePasswordCommand, paginateListAccessKeys } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { collect, useAws } from "../../../aws/query";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { useSession } from "../../../session/SessionContext";
import { AccessKeys } from "../AccessKeys";
import { AddMfaModal } from "../AddMfaModal";
import { useIam, withLastUse } from "../use-iam";

/** What one signs in with oneself. */
export default function SecurityCredentialsPage() {
  const { session } = useSession();
  const client = useIam();
  const keys = useAws(["iam", "own-keys"], async () => withLastUse(client, await collect(paginateListAccessKeys({ client }, {}), (page) => page.AccessKeyMetadata)));
  const [dialog, setDialog] = useState<"password" | "mfa" | null>(null);
  const isRoot = session.type === "Root";
  const close = () => setDialog(null);
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setDialog("mfa")}>Assign MFA device</Button>
            <Button onClick={() => setDialog("password")}>Change password</Button>
          </SpaceBetween>
        }
      >
        My security credentials
      </Header>
      <Container header={<Header variant="h2">Account details</Header>}>
        <Details
          items={{
            User: isRoot ? "Root user" : session.userName,
            "Account ID": <Copyable value={session.accountId} />,
            ARN: <Copyable value={session.arn} />,
            "Session ends": formatTime(session.expiration),
            "Access key of this session": <Copyable value={session.accessKeyId} />,
            "Your address": session.sourceIp,
          }}
        />
      </Container>
      <ErrorAlert error={keys.error} header="Your access keys could not be loaded" retry={() => void keys.refetch()} />
      <AccessKeys keys={keys.data} loading={keys.isLoading} />
      {dialog === "password" && <ChangePasswordModal onDismiss={close} />}
      {dialog === "mfa" && <AddMfaModal user={isRoot ? session.accountId : session.userName} onDismiss={close} />}
    </SpaceBetween>
  );
}

function ChangePasswordModal({ onDismiss }: { onDismiss: () => void }) {
  const client = useIam();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [repeated, setRepeated] = useState("");
  const { run, busy, error } = useAction();
  const differs = repeated !== "" && repeated !== fresh;

  async function change() {
    const input = { OldPassword: old, NewPassword: fresh };
    if (await run({ done: "Your password was changed", failed: "", quiet: true }, async () => void (await client.send(new ChangePasswordCommand(input))))) onDismiss();
  }

  return (
    <ConfirmModal title="Change password" verb="Change password" busy={busy} error={error} disabled={!old || !fresh || fresh !== repeated} onConfirm={change} onDismiss={onDismiss}>
      <FormField label="Current password">
        <Input type="password" value={old} onChange={({ detail }) => setOld(detail.value)} autoComplete="current-password" autoFocus />
      </FormField>
      <FormField label="New password">
        <Input type="password" value={fresh} onChange={({ detail }) => setFresh(detail.value)} autoComplete="new-password" />
      </FormField>
      <FormField label="Confirm new password" errorText={differs && "The two are not the same."}>
        <Input type="password" value={repeated} onChange={({ detail }) => setRepeated(detail.value)} autoComplete="new-password" />
      </FormField>
    </ConfirmModal>
  );
}
