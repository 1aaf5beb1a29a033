import type { S3Client } from "@aws-sdk/client-s3";

const MIN_PART_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 10_000;

/** Uploads files one after the other, large ones in parts; tells how far the present one is. */
export async function uploadFiles(client: S3Client, bucket: string, prefix: string, files: File[], tell: (percent: number, name: string) => void): Promise<void> {
  const { Upload } = await import("@aws-sdk/lib-storage");
  for (const file of files) {
    const upload = new Upload({
      client,
      partSize: Math.max(MIN_PART_BYTES, Math.ceil(file.size / MAX_PARTS)),
      params: { Bucket: bucket, Key: prefix + file.name, Body: file, ContentType: file.type || undefined },
    });
    upload.on("httpUploadProgress", ({ loaded = 0 }) => tell(file.size === 0 ? 100 : Math.floor((100 * loaded) / file.size), file.name));
    await upload.done();
  }
}
