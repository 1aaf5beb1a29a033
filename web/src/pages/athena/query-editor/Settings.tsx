import { UpdateWorkGroupCommand } from "@aws-sdk/client-athena";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useAthena, useWorkgroup } from "../use-athena";

/** "s3://bucket/folder/", the slash at the end as the console of Athena has it. */
export function completeLocation(text: string): string {
  const trimmed = text.trim();
  const whole = trimmed.startsWith("s3://") || trimmed === "" ? trimmed : `s3://${trimmed}`;
  return whole === "" || whole.endsWith("/") ? whole : `${whole}/`;
}

export function Settings({ workgroup }: { workgroup: string }) {
  const group = useWorkgroup(workgroup);
  const [managing, setManaging] = useState(false);
  const settings = group.data?.Configuration;
  if (managing) return <Manage workgroup={workgroup} location={settings?.ResultConfiguration?.OutputLocation ?? ""} done={() => setManaging(false)} />;
  return (
    <SpaceBetween size="m">
      <ErrorAlert error={group.error} header="The settings could not be loaded" retry={() => void group.refetch()} />
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setManaging(true)}>Manage</Button>}>
            Query result and encryption settings
          </Header>
        }
      >
        <Details
          items={{
            "Query result location": <Copyable value={settings?.ResultConfiguration?.OutputLocation} />,
            "Encrypt query results": settings?.ResultConfiguration?.EncryptionConfiguration?.EncryptionOption ?? "Off",
            "Expected bucket owner": settings?.ResultConfiguration?.ExpectedBucketOwner,
            Workgroup: workgroup,
            "Override client-side settings": settings?.EnforceWorkGroupConfiguration ? "Yes" : "No",
            "Data limit for each query": settings?.BytesScannedCutoffPerQuery ? `${settings.BytesScannedCutoffPerQuery} bytes` : "None",
          }}
        />
      </Container>
    </SpaceBetween>
  );
}

function Manage({ workgroup, location, done }: { workgroup: string; location: string; done: () => void }) {
  const client = useAthena();
  const [text, setText] = useState(location);
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useAction();
  const whole = completeLocation(text);
  const fault = whole !== "" && !/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.*$/.test(whole) ? "Enter a place in a bucket, such as s3://bucket/results/." : undefined;

  async function save() {
    setTried(true);
    if (fault) return;
    const updates = whole ? { OutputLocation: whole } : { RemoveOutputLocation: true };
    const words = { done: "The location of query results was saved", failed: "The settings were not saved", quiet: true };
    const good = await run(words, async () => {
      await client.send(new UpdateWorkGroupCommand({ WorkGroup: workgroup, ConfigurationUpdates: { ResultConfigurationUpdates: updates } }));
    });
    if (good) done();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Form
        header={<Header variant="h2">Manage settings</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={done}>
              Cancel
            </Button>
            <Button formAction="submit" variant="primary" loading={busy}>
              Save
            </Button>
          </SpaceBetween>
        }
      >
        <Container header={<Header variant="h3">Query result location and encryption</Header>}>
          <SpaceBetween size="m">
            <FormField
              label="Location of query result"
              description="Enter an S3 prefix in the current region where the query result will be saved as an object."
              errorText={tried && fault}
            >
              <Input value={text} onChange={({ detail }) => setText(detail.value)} placeholder="s3://bucket/prefix/object/" spellcheck={false} />
            </FormField>
            <ErrorAlert error={error} header="The settings were not saved" />
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}
