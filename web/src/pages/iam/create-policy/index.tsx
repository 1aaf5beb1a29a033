import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { useIam } from "../use-iam";

const START = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "Statement1", Effect: "Allow", Action: [], Resource: [] }] }, null, 4);

function faultOf(document: string): string {
  try {
    JSON.parse(document);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export default function CreatePolicyPage() {
  const navigate = useNavigate();
  const client = useIam();
  const [{ name, description, document }, set] = useKept(() => ({ name: "", description: "", document: START }));
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useAction();
  const fault = faultOf(document);

  async function submit() {
    setTried(true);
    if (!name || fault) return;
    const input = { PolicyName: name, Description: description || undefined, PolicyDocument: document };
    if (await run({ done: `Policy ${name} was created`, failed: "", quiet: true }, async () => void (await client.send(new CreatePolicyCommand(input))))) navigate(`/iam/policies/${name}`);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Form
        header={<Header variant="h1">Create policy</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => navigate("/iam/policies")}>
              Cancel
            </Button>
            <Button formAction="submit" variant="primary" loading={busy}>
              Create policy
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header="The policy was not created" />
          <Container header={<Header variant="h2">Policy details</Header>}>
            <SpaceBetween size="m">
              <FormField label="Policy name" errorText={tried && !name && "Enter a name."}>
                <Input value={name} onChange={({ detail }) => set({ name: detail.value })} />
              </FormField>
              <FormField label="Description - optional">
                <Input value={description} onChange={({ detail }) => set({ description: detail.value })} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Policy editor</Header>}>
            <FormField label="JSON" stretch errorText={tried && fault}>
              <Textarea value={document} rows={18} spellcheck={false} onChange={({ detail }) => set({ document: detail.value })} />
            </FormField>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
