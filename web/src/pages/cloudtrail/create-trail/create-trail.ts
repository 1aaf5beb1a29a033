import { CreateTrailCommand, PutEventSelectorsCommand, StartLoggingCommand, type CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CreateAliasCommand, CreateKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketPolicyCommand, type BucketLocationConstraint, type S3Client } from "@aws-sdk/client-s3";

/** What the wizard asks for, with the defaults of CloudTrail's own. */
export interface TrailForm {
  name: string;
  storage: "new" | "existing";
  bucket: string;
  existingBucket: string;
  prefix: string;
  encrypted: boolean;
  keyKind: "new" | "existing";
  alias: string;
  existingKey: string;
  validation: boolean;
  management: boolean;
  read: boolean;
  write: boolean;
  excludeKms: boolean;
  excludeRds: boolean;
  data: boolean;
  dataRead: boolean;
  dataWrite: boolean;
}

export function defaultForm(accountId: string, random: string): TrailForm {
  return {
    name: "management-events", storage: "new", bucket: `aws-cloudtrail-logs-${accountId}-${random}`, existingBucket: "", prefix: "", encrypted: true, keyKind: "new",
    alias: "", existingKey: "", validation: true, management: true, read: true, write: true, excludeKms: false, excludeRds: false, data: false, dataRead: true, dataWrite: true,
  };
}

/** "bucket/a/b", as the field takes it, is the bucket and the prefix of its log files. */
export function splitLocation(form: TrailForm): { bucket: string; prefix: string } {
  if (form.storage === "existing") return { bucket: form.existingBucket, prefix: form.prefix.replace(/^\/+|\/+$/g, "") };
  const [bucket, ...folders] = form.bucket.split("/");
  return { bucket, prefix: folders.filter(Boolean).join("/") };
}

export const aliasName = (text: string) => (text.startsWith("alias/") ? text : `alias/${text}`);

export type FormErrors = Partial<Record<keyof TrailForm, string>>;

/** What is wrong with the first step. */
export function validateAttributes(form: TrailForm): FormErrors {
  const errors: FormErrors = {};
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$/.test(form.name) || /[._-]{2}/.test(form.name)) {
    errors.name = "3-128 characters. Only letters, numbers, periods, underscores, and dashes are allowed.";
  }
  const { bucket } = splitLocation(form);
  if (form.storage === "existing" && !bucket) errors.existingBucket = "Choose a bucket.";
  if (form.storage === "new" && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    errors.bucket = "3-63 characters: lower-case letters, digits, periods and hyphens; it begins and ends with a letter or digit.";
  }
  if (form.encrypted && form.keyKind === "new" && !/^(alias\/)?[A-Za-z0-9/_-]{1,250}$/.test(form.alias)) {
    errors.alias = form.alias ? "Letters, digits, slashes, underscores and hyphens are allowed." : "Enter a KMS alias.";
  }
  if (form.encrypted && form.keyKind === "existing" && !form.existingKey) errors.existingKey = "Choose a key.";
  return errors;
}

export function validateEvents(form: TrailForm): FormErrors {
  if (!form.management && !form.data) return { management: "Choose at least one type of events." };
  if (form.management && !form.read && !form.write) return { management: "Choose Read, Write, or both." };
  if (form.data && !form.dataRead && !form.dataWrite) return { data: "Choose Read, Write, or both." };
  return {};
}

interface Place {
  accountId: string;
  region: string;
  trailArn: string;
}

/** Lets CloudTrail see the bucket's ACL and write this trail's files, and nothing else. */
export function bucketPolicy(bucket: string, prefix: string, { accountId, trailArn }: Place): string {
  const folder = [bucket, ...prefix.split("/").filter(Boolean), "AWSLogs", accountId, "*"].join("/");
  const statement = (Sid: string, Action: string, Resource: string, more: object = {}) => ({
    Sid, Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action, Resource, Condition: { StringEquals: { "AWS:SourceArn": trailArn, ...more } },
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement("AWSCloudTrailAclCheck20150319", "s3:GetBucketAcl", `arn:aws:s3:::${bucket}`),
      statement("AWSCloudTrailWrite20150319", "s3:PutObject", `arn:aws:s3:::${folder}`, { "s3:x-amz-acl": "bucket-owner-full-control" }),
    ],
  });
}

/** Lets the account's policies govern the key, CloudTrail encrypt with it, and whoever may read the logs decrypt. */
export function keyPolicy({ accountId, trailArn }: Place): string {
  const context = { StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${accountId}:trail/*` } };
  const service = { Service: "cloudtrail.amazonaws.com" };
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "Key policy created by CloudTrail",
    Statement: [
      { Sid: "Enable IAM User Permissions", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: "kms:*", Resource: "*" },
      { Sid: "Allow CloudTrail to encrypt logs", Effect: "Allow", Principal: service, Action: "kms:GenerateDataKey*", Resource: "*", Condition: { StringEquals: { "aws:SourceArn": trailArn }, ...context } },
      { Sid: "Allow CloudTrail to describe key", Effect: "Allow", Principal: service, Action: "kms:DescribeKey", Resource: "*" },
      {
        Sid: "Allow principals in the account to decrypt log files", Effect: "Allow", Principal: { AWS: "*" }, Action: ["kms:Decrypt", "kms:ReEncryptFrom"], Resource: "*",
        Condition: { StringEquals: { "kms:CallerAccount": accountId }, ...context },
      },
    ],
  });
}

const readWrite = (read: boolean, write: boolean) => (read && write ? "All" : read ? "ReadOnly" : "WriteOnly") as "All" | "ReadOnly" | "WriteOnly";

export function selectorsOf(form: TrailForm) {
  const selectors = [];
  if (form.management) {
    selectors.push({
      ReadWriteType: readWrite(form.read, form.write),
      IncludeManagementEvents: true,
      DataResources: [],
      ExcludeManagementEventSources: [form.excludeKms && "kms.amazonaws.com", form.excludeRds && "rdsdata.amazonaws.com"].filter((one) => one !== false),
    });
  }
  if (form.data) {
    selectors.push({ ReadWriteType: readWrite(form.dataRead, form.dataWrite), IncludeManagementEvents: false, DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3"] }] });
  }
  return selectors;
}

interface Clients {
  cloudtrail: CloudTrailClient;
  s3: S3Client;
  kms: KMSClient;
}

/** What making the trail consists of, in order: each step is told before it begins. What was made by an attempt that
 * failed is kept in `done`, so that the next one goes on from there. */
export async function createTrail(form: TrailForm, clients: Clients, where: { accountId: string; region: string }, done: Map<string, string>, tell: (step: string) => void): Promise<void> {
  const { cloudtrail, s3, kms } = clients;
  const { bucket, prefix } = splitLocation(form);
  const place: Place = { ...where, trailArn: `arn:aws:cloudtrail:${where.region}:${where.accountId}:trail/${form.name}` };
  const once = async (step: string, work: () => Promise<string | void>): Promise<string> => {
    const known = done.get(step);
    if (known !== undefined) return known;
    tell(step);
    const result = (await work()) ?? "";
    done.set(step, result);
    return result;
  };

  if (form.storage === "new") {
    await once(`Creating bucket ${bucket}`, async () => {
      const LocationConstraint = where.region as BucketLocationConstraint;
      await s3.send(new CreateBucketCommand({ Bucket: bucket, ...(where.region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }) }));
    });
    await once(`Writing the policy of bucket ${bucket} for ${place.trailArn}`, async () => {
      await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: bucketPolicy(bucket, prefix, place) }));
    });
  }
  let key = form.encrypted && form.keyKind === "existing" ? form.existingKey : undefined;
  if (form.encrypted && form.keyKind === "new") {
    const alias = aliasName(form.alias);
    const id = await once(`Creating the key for ${place.trailArn}`, async () => {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: keyPolicy(place), Description: "The key created by CloudTrail to encrypt log files. Created by the console." }));
      return KeyMetadata?.KeyId ?? "";
    });
    key = await once(`Creating ${alias}`, async () => {
      await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: id }));
      return alias;
    });
  }
  await once(`Creating trail ${form.name}`, async () => {
    await cloudtrail.send(
      new CreateTrailCommand({
        Name: form.name, S3BucketName: bucket, S3KeyPrefix: prefix || undefined, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: form.validation, KmsKeyId: key,
      }),
    );
  });
  await once(`Choosing the events of ${form.name} ${JSON.stringify(selectorsOf(form))}`, async () => {
    await cloudtrail.send(new PutEventSelectorsCommand({ TrailName: form.name, EventSelectors: selectorsOf(form) }));
  });
  await once(`Starting to log to ${form.name}`, async () => void (await cloudtrail.send(new StartLoggingCommand({ Name: form.name }))));
}
