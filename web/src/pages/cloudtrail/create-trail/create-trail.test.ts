import { describe, expect, it } from "vitest";
import { aliasName, bucketPolicy, createTrail, defaultForm, keyPolicy, selectorsOf, splitLocation, validateAttributes, validateEvents } from "./create-trail";

const form = { ...defaultForm("123456789012", "1a2b3c4d"), name: "monitor", bucket: "monitoring1234", alias: "ab-KMS" };
const where = { accountId: "123456789012", region: "us-east-1" };
const trailArn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/monitor";

/** Clients that note the commands that they are sent; the n-th of a name fails where `failing` says so. */
function fakeClients(failing = "") {
  const sent: { name: string; input: Record<string, unknown> }[] = [];
  const client = {
    send: (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      const { name } = command.constructor;
      sent.push({ name, input: command.input });
      return name === failing ? Promise.reject(new Error(`${name} failed`)) : Promise.resolve({ KeyMetadata: { KeyId: "key-1" } });
    },
  };
  return { sent, clients: { cloudtrail: client, s3: client, kms: client } as unknown as Parameters<typeof createTrail>[1] };
}

describe("the create-trail wizard", () => {
  it("has CloudTrail's defaults", () => {
    expect(form).toMatchObject({ storage: "new", encrypted: true, keyKind: "new", validation: true, management: true, read: true, write: true, data: false });
    expect(validateAttributes(form)).toEqual({});
  });
  it("says what is wrong", () => {
    expect(Object.keys(validateAttributes({ ...form, name: "x", bucket: "No", alias: "" }))).toEqual(["name", "bucket", "alias"]);
    expect(validateEvents({ ...form, management: false })).toHaveProperty("management");
    expect(validateEvents({ ...form, read: false, write: false })).toHaveProperty("management");
    expect(validateEvents({ ...form, data: true, dataRead: false, dataWrite: false })).toHaveProperty("data");
  });
  it("takes a bucket with a folder", () => {
    expect(splitLocation({ ...form, bucket: "monitoring1234/a/b/" })).toEqual({ bucket: "monitoring1234", prefix: "a/b" });
    expect(aliasName("ab-KMS")).toBe("alias/ab-KMS");
    expect(bucketPolicy("b", "a", { ...where, trailArn })).toContain("arn:aws:s3:::b/a/AWSLogs/123456789012/*");
    expect(keyPolicy({ ...where, trailArn })).toContain("kms:GenerateDataKey*");
  });
  it("selects the events that were chosen", () => {
    expect(selectorsOf(form)).toEqual([{ ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] }]);
    expect(selectorsOf({ ...form, read: false, excludeKms: true, data: true })).toMatchObject([
      { ReadWriteType: "WriteOnly", ExcludeManagementEventSources: ["kms.amazonaws.com"] },
      { IncludeManagementEvents: false, DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3"] }] },
    ]);
  });
  it("goes on where an attempt failed", async () => {
    const done = new Map<string, string>();
    const first = fakeClients("CreateTrailCommand");
    await expect(createTrail(form, first.clients, where, done, () => {})).rejects.toThrow("CreateTrailCommand failed");
    expect(first.sent.map(({ name }) => name)).toEqual(["CreateBucketCommand", "PutBucketPolicyCommand", "CreateKeyCommand", "CreateAliasCommand", "CreateTrailCommand"]);
    const second = fakeClients();
    await createTrail(form, second.clients, where, done, () => {});
    expect(second.sent.map(({ name }) => name)).toEqual(["CreateTrailCommand", "PutEventSelectorsCommand", "StartLoggingCommand"]);
    expect(second.sent[0].input).toMatchObject({ Name: "monitor", S3BucketName: "monitoring1234", KmsKeyId: "alias/ab-KMS", EnableLogFileValidation: true, IsMultiRegionTrail: true });
  });
});
