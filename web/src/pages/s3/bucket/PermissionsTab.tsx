import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, GetPublicAccessBlockCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { codeOf } from "../../../aws/errors";
import { useAws } from "../../../aws/query";
import { Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { JsonView } from "../../../components/JsonView";
import { useAction } from "../../../components/use-action";
import { useKeptDraft } from "../../../components/use-kept";
import { useS3 } from "../use-s3";

async function orNothing<T>(work: Promise<T>, code: string): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === code) return null;
    throw error;
  }
}

const pretty = (text: string) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 4);
  } catch {
    return text;
  }
};

export function PermissionsTab({ bucket }: { bucket: string }) {
  const client = useS3();
  const Bucket = bucket;
  const policy = useAws(["s3", "policy", bucket], async () => (await orNothing(client.send(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy"))?.Policy ?? "");
  const block = useAws(["s3", "public", bucket], async () => (await orNothing(client.send(new GetPublicAccessBlockCommand({ Bucket })), "NoSuchPublicAccessBlockConfiguration"))?.PublicAccessBlockConfiguration ?? {});
  const [draft, setDraft] = useKeptDraft("policy");
  const { run, busy, error } = useAction();
  const onOff = (value: boolean | undefined) => (value ? "On" : "Off");

  async function save() {
    const words = { done: `The policy of ${bucket} was saved`, failed: "", quiet: true };
    if (await run(words, async () => void (await client.send(new PutBucketPolicyCommand({ Bucket, Policy: draft ?? "" }))))) setDraft(null);
  }
  const remove = () => run({ done: `The policy of ${bucket} was deleted`, failed: "The policy was not deleted" }, async () => void (await client.send(new DeleteBucketPolicyCommand({ Bucket }))));

  return (
    <SpaceBetween size="l">
      <ErrorAlert error={policy.error ?? block.error} header="Not all permissions could be loaded" />
      <Container header={<Header variant="h2">Block public access</Header>}>
        <Details
          columns={4}
          items={{
            "Through new ACLs": onOff(block.data?.BlockPublicAcls),
            "Through any ACLs": onOff(block.data?.IgnorePublicAcls),
            "Through new policies": onOff(block.data?.BlockPublicPolicy),
            "Through any policies": onOff(block.data?.RestrictPublicBuckets),
          }}
        />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              draft === null && (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button disabled={!policy.data} loading={busy} onClick={() => void remove()}>
                    Delete
                  </Button>
                  <Button onClick={() => setDraft(pretty(policy.data ?? ""))}>Edit</Button>
                </SpaceBetween>
              )
            }
          >
            Bucket policy
          </Header>
        }
      >
        {draft !== null ? (
          <SpaceBetween size="s">
            <Textarea value={draft} rows={16} spellcheck={false} ariaLabel="Policy" onChange={({ detail }) => setDraft(detail.value)} />
            <ErrorAlert error={error} header="The policy was not saved" />
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="primary" loading={busy} onClick={() => void save()}>
                Save changes
              </Button>
              <Button onClick={() => setDraft(null)}>Cancel</Button>
            </SpaceBetween>
          </SpaceBetween>
        ) : policy.data ? (
          <JsonView value={pretty(policy.data)} label="Bucket policy" />
        ) : (
          <Box>No policy to display.</Box>
        )}
      </Container>
    </SpaceBetween>
  );
}
