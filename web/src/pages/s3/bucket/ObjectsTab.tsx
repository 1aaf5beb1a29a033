import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import Alert from "@cloudscape-design/components/alert";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Icon from "@cloudscape-design/components/icon";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRef, useState } from "react";
import { useSearchParams } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { counted } from "../../../components/count";
import { download } from "../../../components/download";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatBytes, formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { deleteEntries, useEntries, useS3, type Entry } from "../use-s3";
import { uploadFiles } from "./upload";

export const bucketHref = (bucket: string, prefix: string) => `/s3/buckets/${bucket}${prefix && `?prefix=${encodeURIComponent(prefix)}`}`;
export const objectHref = (bucket: string, key: string) => `/s3/object/${bucket}?key=${encodeURIComponent(key)}`;

export function ObjectsTab({ bucket }: { bucket: string }) {
  const client = useS3();
  const [search, setSearch] = useSearchParams();
  const prefix = search.get("prefix") ?? "";
  const listing = useEntries(bucket, prefix);
  const [selected, setSelected] = useState<Entry[]>([]);
  const [dialog, setDialog] = useState<"delete" | "folder" | null>(null);
  const files = useRef<HTMLInputElement>(null);
  const { run, busy, error, reset } = useAction<number | void>();
  const folders = prefix.split("/").filter(Boolean);
  const go = (next: string) => {
    setSelected([]);
    setSearch(next ? { prefix: next } : {});
  };
  const close = () => {
    setDialog(null);
    reset();
  };

  async function upload(list: FileList | null) {
    const chosen = [...(list ?? [])];
    if (chosen.length === 0) return;
    const count = counted(chosen.length, "file");
    const words = { doing: `Uploading ${count}`, done: `Upload succeeded: ${count}`, failed: "The upload did not end well; what was uploaded before is there" };
    await run(words, (tell) => uploadFiles(client, bucket, prefix, chosen, (percent, name) => tell(`Uploading ${name}: ${percent} %`)));
    if (files.current) files.current.value = "";
  }
  async function save(entry: Entry) {
    await run({ done: `${entry.name} is in your downloads`, failed: `${entry.name} could not be downloaded` }, async () => {
      const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: entry.key }));
      download(entry.name, (await Body!.transformToByteArray()) as BlobPart, ContentType ?? "application/octet-stream");
    });
  }
  async function remove() {
    const words = { doing: "Deleting objects", done: (count: number | void) => counted(count ?? 0, "object was deleted", "objects were deleted"), failed: "Not all of the objects were deleted", quiet: true };
    const good = await run(words, (tell) => deleteEntries(client, bucket, selected, (count) => tell(`Deleting objects: ${count} so far`)));
    if (!good) return;
    setSelected([]);
    close();
  }

  return (
    <SpaceBetween size="m">
      {folders.length > 0 && (
        <BreadcrumbGroup
          ariaLabel="Folders"
          items={[{ text: bucket, href: "#" }, ...folders.map((text, index) => ({ text: `${text}/`, href: `#${folders.slice(0, index + 1).join("/")}/` }))]}
          onFollow={(event) => {
            event.preventDefault();
            go(event.detail.href.slice(1));
          }}
        />
      )}
      {listing.data?.truncated && <Alert type="info">There is more here than is shown: go into a folder, or give a longer prefix.</Alert>}
      <input ref={files} type="file" multiple hidden aria-label="Files to upload" onChange={(event) => void upload(event.target.files)} />
      <ResourceTable<Entry>
        id="objects"
        variant="embedded"
        title="Objects"
        noun="objects"
        items={listing.data?.entries}
        loading={listing.isLoading}
        error={listing.error}
        refresh={() => void listing.refetch()}
        keyOf={(entry) => entry.key}
        labelOf={(entry) => entry.name}
        selectionType="multi"
        selected={selected}
        onSelect={setSelected}
        columns={[
          {
            id: "name", header: "Name", sortingField: "name",
            cell: (entry) => (
              <>
                <Icon name={entry.isFolder ? "folder" : "file"} /> <AppLink href={entry.isFolder ? bucketHref(bucket, entry.key) : objectHref(bucket, entry.key)}>{entry.name}</AppLink>
              </>
            ),
          },
          { id: "type", header: "Type", cell: (entry) => (entry.isFolder ? "Folder" : (/\.([^./]+)$/.exec(entry.name)?.[1] ?? "–")) },
          { id: "modified", header: "Last modified", cell: (entry) => formatTime(entry.modified), sortingField: "modified" },
          { id: "size", header: "Size", cell: (entry) => formatBytes(entry.size), sortingField: "size" },
          { id: "class", header: "Storage class", cell: (entry) => entry.storageClass ?? "–", hidden: true },
        ]}
        actions={
          <>
            <Button iconName="download" disabled={selected.length !== 1 || selected[0].isFolder} onClick={() => void save(selected[0])}>
              Download
            </Button>
            <Button disabled={selected.length === 0} onClick={() => setDialog("delete")}>
              Delete
            </Button>
            <Button onClick={() => setDialog("folder")}>Create folder</Button>
            <Button variant="primary" iconName="upload" loading={busy && dialog === null} onClick={() => files.current?.click()}>
              Upload
            </Button>
          </>
        }
      />
      {dialog === "delete" && (
        <ConfirmModal title={`Delete ${counted(selected.length, "object")}?`} verb="Delete objects" typed="delete" busy={busy} error={error} onConfirm={remove} onDismiss={close}>
          <ul>
            {selected.slice(0, 10).map((entry) => (
              <li key={entry.key}>
                {entry.key}
                {entry.isFolder && " and all that is in it"}
              </li>
            ))}
          </ul>
          {selected.length > 10 && `and ${selected.length - 10} more`}
        </ConfirmModal>
      )}
      {dialog === "folder" && <CreateFolderModal bucket={bucket} prefix={prefix} onDismiss={close} />}
    </SpaceBetween>
  );
}

function CreateFolderModal({ bucket, prefix, onDismiss }: { bucket: string; prefix: string; onDismiss: () => void }) {
  const client = useS3();
  const [name, setName] = useState("");
  const { run, busy, error } = useAction();
  const Key = `${prefix}${name.replace(/\/+$/, "")}/`;
  async function create() {
    if (await run({ done: `Folder ${Key} was created`, failed: "", quiet: true }, async () => void (await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "" }))))) onDismiss();
  }
  return (
    <ConfirmModal title="Create folder" verb="Create folder" busy={busy} error={error} disabled={!name.trim()} onConfirm={create} onDismiss={onDismiss}>
      <FormField label="Folder name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
    </ConfirmModal>
  );
}
