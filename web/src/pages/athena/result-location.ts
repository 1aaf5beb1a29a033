import { GetWorkGroupCommand, type AthenaClient } from "@aws-sdk/client-athena";
import { CreateBucketCommand, ListBucketsCommand, type BucketLocationConstraint, type S3Client } from "@aws-sdk/client-s3";

export async function locationOf(athena: AthenaClient, workgroup: string): Promise<string> {
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: workgroup }));
  return WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation ?? "";
}

/** Where a statement that the console runs by itself puts its result: the workgroup's place, or the bucket that AWS's
 * console makes for it. undefined: the workgroup's own counts. */
export async function ensureResultLocation(athena: AthenaClient, s3: S3Client, accountId: string, region: string): Promise<string | undefined> {
  if (await locationOf(athena, "primary")) return undefined;
  const Bucket = `aws-athena-query-results-${accountId}-${region}`;
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: Bucket }));
  if (!Buckets.some(({ Name }) => Name === Bucket)) {
    const LocationConstraint = region as BucketLocationConstraint;
    await s3.send(new CreateBucketCommand({ Bucket, ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }) }));
  }
  return `s3://${Bucket}/`;
}
