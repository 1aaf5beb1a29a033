import { AddUserToGroupCommand, CreateLoginProfileCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import type { SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { useGroups, useIam } from "../use-iam";

export default function CreateUserPage() {
  const navigate = useNavigate();
  const client = useIam();
  const groups = useGroups();
  const [{ name, signsIn, reset, chosen, made }, set] = useKept(() => ({ name: "", signsIn: false, reset: true, chosen: [] as readonly SelectProps.Option[], made: false }));
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useAction();

  async function submit() {
    setTried(true);
    if (!name || (signsIn && !password)) return;
    const good = await run({ done: `User ${name} was created`, failed: "", quiet: true }, async () => {
      if (!made) await client.send(new CreateUserCommand({ UserName: name }));
      set({ made: true });
      if (signsIn) await client.send(new CreateLoginProfileCommand({ UserName: name, Password: password, PasswordResetRequired: reset }));
      for (const { value } of chosen) await client.send(new AddUserToGroupCommand({ UserName: name, GroupName: value }));
    });
    if (good) navigate(`/iam/users/${name}`);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Form
        header={<Header variant="h1">Create user</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => navigate("/iam/users")}>
              Cancel
            </Button>
            <Button formAction="submit" variant="primary" loading={busy}>
              Create user
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header={made ? "The user was created, but not all of its settings" : "The user was not created"} />
          <ErrorAlert error={groups.error} header="The groups could not be loaded" retry={() => void groups.refetch()} />
          <Container header={<Header variant="h2">User details</Header>}>
            <SpaceBetween size="m">
              <FormField label="User name" constraintText="Up to 64 characters: A-Z, a-z, 0-9, and + = , . @ _ - (hyphen)" errorText={tried && !name && "Enter a name."}>
                <Input value={name} onChange={({ detail }) => set({ name: detail.value })} disabled={made} spellcheck={false} />
              </FormField>
              <Checkbox checked={signsIn} onChange={({ detail }) => set({ signsIn: detail.checked })}>
                Provide user access to the console
              </Checkbox>
              {signsIn && (
                <>
                  <FormField label="Console password" errorText={tried && !password && "Enter a password."}>
                    <Input type="password" value={password} onChange={({ detail }) => setPassword(detail.value)} autoComplete="new-password" />
                  </FormField>
                  <Checkbox checked={reset} onChange={({ detail }) => set({ reset: detail.checked })}>
                    Users must create a new password at next sign-in
                  </Checkbox>
                </>
              )}
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Permissions</Header>}>
            <FormField label="User groups - optional" description="A user has the permissions of its groups. Policies can be attached to the user afterwards.">
              <Multiselect
                placeholder="Choose groups"
                empty="There are no groups."
                options={groups.data?.map((group) => ({ value: group.GroupName, label: group.GroupName })) ?? []}
                selectedOptions={chosen}
                onChange={({ detail }) => set({ chosen: detail.selectedOptions })}
                deselectAriaLabel={(option) => `Remove ${option.label}`}
              />
            </FormField>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
