// What one does in the console beside the exercise: keys, users, policies, objects, instances; nothing is lost on the way.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { downloaded, given, open, openPage, shoot, signIn, signInAsRoot, takeFaults } from "./browser.mjs";
import { browser, openSession, page } from "./session.mjs";

const PASSWORD = "An0ther-One!";
openSession(signInAsRoot);

const click = (name) => page.getByRole("button", { name, exact: true }).click();
const dialog = () => page.getByRole("dialog");
const inDialog = (name) => dialog().getByRole("button", { name, exact: true }).click();
const noFaults = (...statuses) => assert.deepEqual(takeFaults(page, ...statuses), []);

/** The code of six digits that an authenticator shows (RFC 6238) `steps` times 30 seconds from now. */
function codeOf(secret, steps = 0) {
  const bits = [...secret.replace(/=+$/, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test("a key pair is made, and its private key downloaded once", async () => {
  await open(page, "/ec2/key-pairs");
  await click("Create key pair");
  await dialog().getByLabel("Key pair name").fill("mine");
  const { name, text } = await downloaded(page, () => inDialog("Create key pair"));
  assert.equal(name, "mine.pem");
  assert.match(text, /^-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  await page.getByRole("row", { name: /mine/ }).waitFor();
  noFaults();
});

test("an instance is launched, and stopped", async () => {
  await open(page, "/ec2/launch");
  await page.getByLabel("Name", { exact: true }).fill("Second");
  await page.getByRole("button", { name: /^Key pair name/ }).click();
  await page.getByRole("option", { name: /^mine/ }).click();
  await click("Launch instance");
  await page.getByText(/Successfully initiated launch of instance i-/).waitFor();
  await page.getByRole("checkbox", { name: "Select Second" }).check();
  await page.getByRole("row", { name: /Second .*Running/ }).waitFor();
  await page.getByRole("button", { name: "Instance state" }).first().click();
  await page.getByRole("menuitem", { name: "Stop instance" }).click();
  await inDialog("Stop");
  await page.getByText(/Successfully initiated stopping of i-/).waitFor();
  await page.getByRole("row", { name: /Second .*Stopped/ }).waitFor();
  noFaults();
});

test("a user with a console password, an access key and a policy", async () => {
  await open(page, "/iam/policies/create");
  await page.getByLabel("Policy name").fill("looking");
  const textOf = (action) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
  await page.getByLabel("JSON", { exact: true }).fill("{");
  await click("Create policy");
  assert.equal(await page.getByLabel("Policy name").inputValue(), "looking"); // it was no JSON: nothing is lost
  await page.getByLabel("JSON", { exact: true }).fill(textOf("s3:ListAllMyBuckets"));
  await click("Create policy");
  await page.getByRole("heading", { name: "looking" }).waitFor();
  await click("Edit");
  await page.getByLabel("Policy document").fill(textOf(["s3:ListAllMyBuckets", "iam:GetUser"]));
  await click("Save changes");
  await page.getByText("A new version of looking is in force").waitFor();
  await page.getByText("v2", { exact: true }).waitFor();

  await open(page, "/iam/users/create");
  await page.getByLabel("User name").fill("sofia");
  await page.getByText("Provide user access to the console").click();
  await page.getByLabel("Console password").fill(PASSWORD);
  await page.getByText("Users must create a new password at next sign-in").click();
  await click("Create user");
  await page.getByRole("heading", { name: "sofia" }).waitFor();
  await page.getByRole("tab", { name: "Security credentials" }).click();
  await click("Create access key");
  const csv = await downloaded(page, () => inDialog("Download .csv file"));
  assert.equal(csv.name, "sofia_accessKeys.csv");
  assert.match(csv.text, /^Access key ID,Secret access key\r\nAKIA[A-Z0-9]{16},\S{40}\r\n$/);
  await inDialog("Done");
  await shoot(page, "user-credentials");
  noFaults(404);
});

test("an MFA device is assigned, and asked for at the next sign-in", async () => {
  await click("Assign MFA device");
  await inDialog("Next");
  const secret = (await dialog().getByText(/^[A-Z2-7]{32,}=*$/).innerText()).trim();
  await dialog().getByLabel("MFA code 1").fill(codeOf(secret, -1));
  await dialog().getByLabel("MFA code 2").fill(codeOf(secret));
  await inDialog("Add MFA");
  await page.getByText("MFA is on for sofia").waitFor();
  const sofia = await openPage(browser);
  await signIn(sofia, { user: "sofia", password: PASSWORD });
  await sofia.getByLabel("MFA code").fill("000000");
  await sofia.getByRole("button", { name: "Submit" }).click();
  await sofia.getByText("Your authentication information is incorrect").waitFor();
  await sofia.getByLabel("MFA code").fill(codeOf(secret, 1));
  await sofia.getByRole("button", { name: "Submit" }).click();
  await sofia.getByRole("heading", { name: "Console Home" }).waitFor();
  await sofia.context().close();
  noFaults(404);
});

test("a user is deleted with all that stands in the way", async () => {
  await open(page, "/iam/users/sofia");
  await click("Delete");
  await dialog().getByText(/1 access key/).waitFor();
  await dialog().getByRole("textbox").fill("sofia");
  await inDialog("Delete");
  await page.getByText("User sofia was deleted").waitFor();
  noFaults(404);
});

test("files are uploaded, looked at, downloaded and deleted", async () => {
  const folder = mkdtempSync(join(tmpdir(), "opentrail-upload-"));
  const records = JSON.stringify({ Records: [{ eventName: "RunInstances", eventID: "5" }] });
  writeFileSync(join(folder, "log.json.gz"), gzipSync(records));
  writeFileSync(join(folder, "note.txt"), "hello");
  await open(page, "/s3/buckets/create");
  await page.getByLabel("Bucket name").fill("files-4711");
  await click("Create bucket");
  await page.getByText("Bucket files-4711 was created").waitFor();
  await open(page, "/s3/buckets/files-4711");
  await page.getByLabel("Files to upload").setInputFiles(["log.json.gz", "note.txt"].map((name) => join(folder, name)));
  await page.getByText("Upload succeeded: 2 files").waitFor();
  await page.getByRole("link", { name: "log.json.gz" }).click();
  await page.getByText("RunInstances").waitFor(); // what is in it, not the gzip
  await shoot(page, "object-preview");
  await open(page, "/s3/buckets/files-4711");
  await page.getByRole("checkbox", { name: "Select note.txt" }).check();
  assert.equal((await downloaded(page, () => click("Download"))).text, "hello");
  await page.getByRole("checkbox", { name: "Select log.json.gz" }).check();
  await click("Delete");
  await dialog().getByRole("textbox").fill("delete");
  await inDialog("Delete objects");
  await page.getByText("2 objects were deleted").waitFor();
  await page.getByText("No objects").waitFor();
  noFaults();
});

test("a key is made, disabled, and its deletion scheduled and taken back", async () => {
  await open(page, "/kms/keys/create");
  await page.getByLabel("Alias", { exact: true }).fill("mine");
  await click("Create key");
  await page.getByText("Key mine was created").waitFor();
  await open(page, "/kms/keys");
  await page.getByRole("link").filter({ hasText: /^[0-9a-f-]{36}$/ }).first().click();
  await click("Disable");
  await page.getByText(/is disabled/).first().waitFor();
  await click("Schedule key deletion");
  await inDialog("Schedule deletion");
  await page.getByText(/is deleted in 30 days/).waitFor();
  await click("Cancel key deletion");
  await page.getByText(/stays; it is disabled/).waitFor();
  noFaults();
});

test("what was typed survives a reload, and a connection that drops", async () => {
  await open(page, "/cloudtrail/trails/create");
  await page.getByLabel("Trail name").fill("kept");
  await page.reload();
  assert.equal(await page.getByLabel("Trail name").inputValue(), "kept");
  await open(page, "/ec2/security-groups/create");
  await page.getByLabel("Security group name").fill("kept");
  await page.getByRole("button", { name: "Add rule" }).click();
  await page.getByLabel("Port range of rule 1").fill("8080");
  await page.reload();
  assert.equal(await page.getByLabel("Security group name").inputValue(), "kept");
  assert.equal(await page.getByLabel("Port range of rule 1").inputValue(), "8080");
  await click("Cancel");
  await page.getByRole("button", { name: "Create security group" }).first().click();
  assert.equal(await page.getByLabel("Security group name").inputValue(), ""); // done with
  await open(page, "/s3/buckets/create");
  await page.getByLabel("Bucket name").fill("kept-4711");
  await page.context().setOffline(true);
  await click("Create bucket");
  await page.getByText("The server cannot be reached.").first().waitFor();
  assert.equal(await page.getByLabel("Bucket name").inputValue(), "kept-4711");
  await page.context().setOffline(false);
  await click("Create bucket");
  await page.getByText("Bucket kept-4711 was created").waitFor();
  page.faults.length = 0; // the browser says that it was offline
});

test("the session's end leads to the sign-in page, and back to where one was", async () => {
  await open(page, "/s3/buckets");
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.getByLabel("Password", { exact: true }).fill(given.rootPassword);
  await click("Sign in");
  await page.getByRole("heading", { name: "Buckets" }).waitFor();
  noFaults(403);
});
