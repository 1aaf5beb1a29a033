import { DeleteBucketCommand, type Bucket } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { counted } from "../../../components/count";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { emptyBucket, useBuckets, useS3 } from "../use-s3";

export default function BucketsPage() {
  const navigate = useNavigate();
  const client = useS3();
  const buckets = useBuckets();
  const [selected, setSelected] = useState<Bucket[]>([]);
  const [dialog, setDialog] = useState<"empty" | "delete" | null>(null);
  const [gone, setGone] = useState(0);
  const { run, busy, error, reset } = useAction<number | void>();
  const name = selected[0]?.Name ?? "";
  const close = () => {
    setDialog(null);
    setGone(0);
    reset();
  };

  async function empty() {
    if (await run({ done: `Bucket ${name} was emptied`, failed: "", quiet: true }, () => emptyBucket(client, name, setGone))) close();
  }
  async function remove() {
    if (!(await run({ done: `Bucket ${name} was deleted`, failed: "", quiet: true }, async () => void (await client.send(new DeleteBucketCommand({ Bucket: name })))))) return;
    setSelected([]);
    close();
  }

  return (
    <>
      <ResourceTable
        id="buckets"
        title="Buckets"
        noun="buckets"
        description="Buckets are containers for data stored in S3."
        items={buckets.data}
        loading={buckets.isLoading}
        error={buckets.error}
        refresh={() => void buckets.refetch()}
        keyOf={(bucket) => bucket.Name ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[
          { id: "name", header: "Name", cell: (bucket) => <AppLink href={`/s3/buckets/${bucket.Name}`}>{bucket.Name}</AppLink>, sortingField: "Name" },
          { id: "region", header: "AWS Region", cell: (bucket) => bucket.BucketRegion ?? "–" },
          { id: "created", header: "Creation date", cell: (bucket) => formatTime(bucket.CreationDate), sortingField: "CreationDate" },
        ]}
        actions={
          <>
            <Button disabled={!name} onClick={() => setDialog("empty")}>
              Empty
            </Button>
            <Button disabled={!name} onClick={() => setDialog("delete")}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => navigate("/s3/buckets/create")}>
              Create bucket
            </Button>
          </>
        }
      />
      {dialog === "empty" && (
        <ConfirmModal title={`Empty bucket ${name}?`} verb="Empty" typed="permanently delete" busy={busy} error={error} onConfirm={empty} onDismiss={close}>
          {gone > 0 ? `${counted(gone, "object")} deleted so far.` : "All objects in the bucket, with all their versions, are deleted for good."}
        </ConfirmModal>
      )}
      {dialog === "delete" && (
        <ConfirmModal title={`Delete bucket ${name}?`} verb="Delete bucket" typed={name} busy={busy} error={error} onConfirm={remove} onDismiss={close}>
          A bucket must be empty before it can be deleted.
        </ConfirmModal>
      )}
    </>
  );
}
