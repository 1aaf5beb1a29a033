import { CreateAliasCommand, CreateKeyCommand } from "@aws-sdk/client-kms";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router-dom";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { useKms } from "../use-kms";

export default function CreateKeyPage() {
  const navigate = useNavigate();
  const client = useKms();
  const [{ alias, description, made }, set] = useKept(() => ({ alias: "", description: "", made: "" }));
  const { run, busy, error } = useAction();

  async function submit() {
    const good = await run({ done: `Key ${alias} was created`, failed: "", quiet: true }, async () => {
      const id = made || ((await client.send(new CreateKeyCommand({ Description: description }))).KeyMetadata?.KeyId ?? "");
      set({ made: id });
      await client.send(new CreateAliasCommand({ AliasName: alias.startsWith("alias/") ? alias : `alias/${alias}`, TargetKeyId: id }));
    });
    if (good) navigate("/kms/keys");
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (alias) void submit();
      }}
    >
      <Form
        header={<Header variant="h1" description="A symmetric key to encrypt and decrypt with. The account's IAM policies say who may.">Create key</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => navigate("/kms/keys")}>
              Cancel
            </Button>
            <Button formAction="submit" variant="primary" loading={busy} disabled={!alias}>
              Create key
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header={made ? `Key ${made} was created, but not its alias` : "The key was not created"} />
          <Container header={<Header variant="h2">Labels</Header>}>
            <SpaceBetween size="m">
              <FormField label="Alias">
                <Input value={alias} onChange={({ detail }) => set({ alias: detail.value.trim() })} spellcheck={false} />
              </FormField>
              <FormField label="Description - optional">
                <Input value={description} onChange={({ detail }) => set({ description: detail.value })} disabled={made !== ""} />
              </FormField>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
