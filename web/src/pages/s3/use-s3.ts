import { DeleteObjectsCommand, ListBucketsCommand, ListObjectVersionsCommand, ListObjectsV2Command, S3Client, type ObjectIdentifier } from "@aws-sdk/client-s3";
import { useClient } from "../../aws/clients";
import { useAws } from "../../aws/query";

export const useS3 = () => useClient(S3Client);

export function useBuckets() {
  const client = useS3();
  return useAws(["s3", "buckets"], async () => (await client.send(new ListBucketsCommand({}))).Buckets ?? []);
}

/** A line of a bucket's listing: a folder (with a key that ends in /) or an object. */
export interface Entry {
  key: string;
  name: string;
  isFolder: boolean;
  size?: number;
  modified?: Date;
  storageClass?: string;
}

const MAX_LISTED = 5000;

/** The folders and objects directly beneath a prefix. */
export function useEntries(bucket: string, prefix: string) {
  const client = useS3();
  return useAws<{ entries: Entry[]; truncated: boolean }>(["s3", "objects", bucket, prefix], async () => {
    const entries: Entry[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix || undefined, Delimiter: "/", ContinuationToken: token }));
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) entries.push({ key: Prefix, name: Prefix.slice(prefix.length), isFolder: true });
      for (const object of page.Contents ?? []) {
        if (object.Key === prefix) continue;
        entries.push({ key: object.Key ?? "", name: (object.Key ?? "").slice(prefix.length), isFolder: false, size: object.Size, modified: object.LastModified, storageClass: object.StorageClass });
      }
      token = page.NextContinuationToken;
    } while (token && entries.length < MAX_LISTED);
    return { entries, truncated: token !== undefined };
  });
}

const MAX_BATCH = 1000;

async function deleteBatch(client: S3Client, Bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
  if (Objects.length === 0) return;
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  if (Errors.length > 0) throw Object.assign(new Error(`${Errors[0].Key}: ${Errors[0].Message}`), { name: Errors[0].Code });
}

/** Deletes the objects, and all that lies beneath the folders among them. Tells how many are gone. */
export async function deleteEntries(client: S3Client, bucket: string, entries: Entry[], tell: (count: number) => void): Promise<number> {
  let count = 0;
  const remove = async (keys: string[]) => {
    for (let at = 0; at < keys.length; at += MAX_BATCH) {
      const batch = keys.slice(at, at + MAX_BATCH);
      await deleteBatch(client, bucket, batch.map((Key) => ({ Key })));
      tell((count += batch.length));
    }
  };
  await remove(entries.filter((entry) => !entry.isFolder).map((entry) => entry.key));
  for (const folder of entries.filter((entry) => entry.isFolder)) {
    for (;;) {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: folder.key }));
      if (!page.Contents?.length) break;
      await remove(page.Contents.map((object) => object.Key ?? ""));
    }
  }
  return count;
}

/** Deletes every object of a bucket, with all versions. */
export async function emptyBucket(client: S3Client, Bucket: string, tell: (count: number) => void): Promise<number> {
  let count = 0;
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key: Key ?? "", VersionId }));
    if (versions.length === 0) return count;
    await deleteBatch(client, Bucket, versions.slice(0, MAX_BATCH));
    tell((count += versions.length));
  }
}
