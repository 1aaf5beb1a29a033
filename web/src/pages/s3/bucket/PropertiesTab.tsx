import { GetBucketEncryptionCommand, GetBucketLocationCommand, GetBucketVersioningCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAws } from "../../../aws/query";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useS3 } from "../use-s3";

export function PropertiesTab({ bucket }: { bucket: string }) {
  const client = useS3();
  const Bucket = bucket;
  const location = useAws(["s3", "location", bucket], async () => (await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint ?? "us-east-1");
  const versioning = useAws(["s3", "versioning", bucket], async () => (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status ?? "Disabled");
  const encryption = useAws(["s3", "encryption", bucket], async () => {
    const { ServerSideEncryptionConfiguration: rules } = await client.send(new GetBucketEncryptionCommand({ Bucket }));
    return rules?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  });
  const { run, busy } = useAction();
  const enabled = versioning.data === "Enabled";
  const toggle = () =>
    run({ done: `Versioning of ${bucket} is ${enabled ? "suspended" : "enabled"}`, failed: "Versioning was not changed" }, async () => {
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: enabled ? "Suspended" : "Enabled" } }));
    });

  return (
    <SpaceBetween size="l">
      <ErrorAlert error={location.error ?? versioning.error ?? encryption.error} header="Not all properties could be loaded" />
      <Container header={<Header variant="h2">Bucket overview</Header>}>
        <Details items={{ "AWS Region": location.data, "Amazon Resource Name (ARN)": <Copyable value={`arn:aws:s3:::${bucket}`} /> }} />
      </Container>
      <Container header={<Header variant="h2" actions={<Button loading={busy} onClick={() => void toggle()}>{enabled ? "Suspend" : "Enable"}</Button>}>Bucket Versioning</Header>}>
        <Details items={{ "Bucket Versioning": versioning.data }} />
      </Container>
      <Container header={<Header variant="h2">Default encryption</Header>}>
        <Details items={{ "Encryption type": encryption.data?.SSEAlgorithm === "aws:kms" ? "SSE-KMS" : "SSE-S3", "Encryption key ARN": <Copyable value={encryption.data?.KMSMasterKeyID} /> }} />
      </Container>
    </SpaceBetween>
  );
}
