import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Copyable, Details } from "../../../components/Details";
import { download } from "../../../components/download";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { JsonView } from "../../../components/JsonView";
import { Unavailable } from "../../../components/Unavailable";
import { formatBytes, formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { bucketHref } from "../bucket/ObjectsTab";
import { useS3 } from "../use-s3";
import { MAX_PREVIEW_BYTES, previewOf } from "./preview";

export default function ObjectPage() {
  const { name: bucket = "" } = useParams();
  const [search] = useSearchParams();
  const key = search.get("key") ?? "";
  const navigate = useNavigate();
  const client = useS3();
  const input = { Bucket: bucket, Key: key };
  const head = useAws(["s3", "object", bucket, key], () => client.send(new HeadObjectCommand(input)));
  const [deleting, setDeleting] = useState(false);
  const { run, busy, error } = useAction();
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const name = key.slice(folder.length);

  const save = () =>
    run({ done: `${name} is in your downloads`, failed: "The object could not be downloaded" }, async () => {
      const { Body, ContentType } = await client.send(new GetObjectCommand(input));
      download(name, (await Body!.transformToByteArray()) as BlobPart, ContentType ?? "application/octet-stream");
    });
  async function remove() {
    if (await run({ done: `${key} was deleted`, failed: "", quiet: true }, async () => void (await client.send(new DeleteObjectCommand(input))))) navigate(bucketHref(bucket, folder));
  }

  if (head.error && !head.data) return <Unavailable title={name} noun="object" error={head.error} retry={() => void head.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={<AppLink href={bucketHref(bucket, folder)}>{`${bucket}/${folder}`}</AppLink>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setDeleting(true)}>Delete</Button>
            <Button iconName="download" loading={busy && !deleting} onClick={() => void save()}>
              Download
            </Button>
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      <ErrorAlert error={head.error} header="The object could not be loaded" retry={() => void head.refetch()} />
      {head.data && (
        <Container header={<Header variant="h2">Object overview</Header>}>
          <Details
            items={{
              "S3 URI": <Copyable value={`s3://${bucket}/${key}`} />,
              Size: formatBytes(head.data.ContentLength),
              "Last modified": formatTime(head.data.LastModified),
              Type: head.data.ContentType,
              "Entity tag (ETag)": <Copyable value={head.data.ETag?.replaceAll('"', "")} />,
              Encryption: head.data.SSEKMSKeyId ? `SSE-KMS with ${head.data.SSEKMSKeyId}` : (head.data.ServerSideEncryption ?? "–"),
              "Version ID": head.data.VersionId,
            }}
          />
        </Container>
      )}
      {head.data && <Preview bucket={bucket} objectKey={key} size={head.data.ContentLength ?? 0} />}
      {deleting && (
        <ConfirmModal title={`Delete ${name}?`} verb="Delete" typed="delete" busy={busy} error={error} onConfirm={remove} onDismiss={() => setDeleting(false)}>
          s3://{bucket}/{key}
        </ConfirmModal>
      )}
    </SpaceBetween>
  );
}

function Preview({ bucket, objectKey, size }: { bucket: string; objectKey: string; size: number }) {
  const client = useS3();
  const small = size <= MAX_PREVIEW_BYTES;
  const content = useAws(
    ["s3", "preview", bucket, objectKey],
    async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey }));
      return previewOf(objectKey, await Body!.transformToByteArray());
    },
    { enabled: small },
  );
  return (
    <Container header={<Header variant="h2">Preview</Header>}>
      {!small && <Box>The object is too large to be shown here: download it.</Box>}
      {content.isLoading && small && <Spinner />}
      <ErrorAlert error={content.error} header="The object could not be read" />
      {content.data?.kind === "text" && <JsonView value={content.data.text} label="Content" />}
      {content.data?.kind === "binary" && <Box>This is no text.</Box>}
      {content.data?.truncated && <Box color="text-body-secondary">Only the beginning is shown.</Box>}
    </Container>
  );
}
