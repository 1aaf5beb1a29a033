import { CreateBucketCommand, PutBucketVersioningCommand, type BucketLocationConstraint } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router-dom";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { useSession } from "../../../session/SessionContext";
import { useS3 } from "../use-s3";

export default function CreateBucketPage() {
  const navigate = useNavigate();
  const client = useS3();
  const { region } = useSession();
  const [{ name, versioning, made }, set] = useKept(() => ({ name: "", versioning: "off", made: false }));
  const { run, busy, error } = useAction();

  async function submit() {
    const good = await run({ done: `Bucket ${name} was created`, failed: "", quiet: true }, async () => {
      const LocationConstraint = region as BucketLocationConstraint;
      if (!made) await client.send(new CreateBucketCommand({ Bucket: name, ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }) }));
      set({ made: true });
      if (versioning === "on") await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }));
    });
    if (good) navigate("/s3/buckets");
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name) void submit();
      }}
    >
      <Form
        header={<Header variant="h1">Create bucket</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => navigate("/s3/buckets")}>
              Cancel
            </Button>
            <Button formAction="submit" variant="primary" loading={busy} disabled={!name}>
              Create bucket
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header={made ? "The bucket was created, but not its versioning" : "The bucket was not created"} />
          <Container header={<Header variant="h2">General configuration</Header>}>
            <SpaceBetween size="m">
              <FormField label="AWS Region">{region}</FormField>
              <FormField label="Bucket name" constraintText="3 to 63 characters: lower-case letters, digits, periods and hyphens.">
                <Input value={name} onChange={({ detail }) => set({ name: detail.value.trim() })} disabled={made} placeholder="myawsbucket" spellcheck={false} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Bucket Versioning</Header>}>
            <RadioGroup
              ariaLabel="Bucket Versioning"
              value={versioning}
              onChange={({ detail }) => set({ versioning: detail.value })}
              items={[
                { value: "off", label: "Disable" },
                { value: "on", label: "Enable", description: "What is overwritten or deleted is kept as an older version." },
              ]}
            />
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
