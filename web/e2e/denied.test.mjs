// The console of a user who may do nothing: AWS's words on every page, what to do, and nothing that was typed is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, given, LISTS, open, shoot, signInAsUser, takeFaults } from "./browser.mjs";
import { openSession, page } from "./session.mjs";

const REFUSED = /not authorized to perform/;
const ADVICE = /Ask whoever manages this account's policies to allow this action/;
// These ask for nothing before something is made.
const FORMS = new Set(["/iam/policies/create", "/s3/buckets/create", "/kms/keys/create", "/cloudtrail/trails/create"]);

openSession(signInAsUser);

for (const path of LISTS.filter((one) => !FORMS.has(one))) {
  test(`${path} says what is refused and what to do`, async () => {
    await open(page, path);
    await page.getByText(REFUSED).first().waitFor();
    await page.getByText(ADVICE).first().waitFor();
    await shoot(page, `denied${path.replaceAll("/", "-")}`);
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(takeFaults(page, 400, 403), []);
  });
}

const things = {
  instance: `/ec2/instances/${given.instance}`, group: `/ec2/security-groups/${given.group}`, rules: `/ec2/security-groups/${given.group}/edit-inbound-rules`,
  trail: "/cloudtrail/trails/monitor", event: "/cloudtrail/events/00000000-0000-0000-0000-000000000000", user: "/iam/users/chaos", policy: "/iam/policies/nosuch",
  bucket: `/s3/buckets/${given.files}`, object: `/s3/object/${given.files}?key=nosuch`, key: `/kms/keys/${given.key}`,
};
for (const [name, path] of Object.entries(things)) {
  test(`so does the page of one ${name}`, async () => {
    await open(page, path);
    await page.getByText(name === "object" ? /Access Denied/ : REFUSED).first().waitFor();
    await page.getByText(ADVICE).first().waitFor();
    assert.deepEqual(takeFaults(page, 400, 403), []);
  });
}

async function refusedWith(fill, button) {
  await fill();
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByText(REFUSED).first().waitFor();
  await page.getByText(ADVICE).first().waitFor();
}

test("a bucket, a key and a policy that may not be made stay in their forms", async () => {
  await open(page, "/s3/buckets/create");
  await refusedWith(() => page.getByLabel("Bucket name").fill("mine-4711"), "Create bucket");
  assert.equal(await page.getByLabel("Bucket name").inputValue(), "mine-4711");
  await open(page, "/kms/keys/create");
  await refusedWith(() => page.getByLabel("Alias", { exact: true }).fill("mine"), "Create key");
  assert.equal(await page.getByLabel("Alias", { exact: true }).inputValue(), "mine");
  await open(page, "/iam/policies/create");
  await refusedWith(async () => {
    await page.getByLabel("Policy name").fill("mine");
    await page.getByLabel("JSON", { exact: true }).fill('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}');
  }, "Create policy");
  assert.equal(await page.getByLabel("Policy name").inputValue(), "mine");
});

test("a trail that may not be made stays in its wizard", async () => {
  await open(page, "/cloudtrail/trails/create");
  await page.getByLabel("Trail name").fill("mine");
  await page.getByLabel("AWS KMS alias").fill("mine");
  for (const heading of ["Management events", "Review and create"]) {
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("heading", { name: heading, exact: true }).first().waitFor();
  }
  await refusedWith(async () => {}, "Create trail");
});
