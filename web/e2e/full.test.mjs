// An account in which there is much: 10,000 events, 500 buckets, 200 groups and users.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, downloaded, faultsOfPages, given, LISTS, open, overflow, settle, shoot, signInAsRoot, takeFaults, TIMEOUT_MS } from "./browser.mjs";
import { browser, openSession, page } from "./session.mjs";

openSession(signInAsRoot);

/** Goes to a list and finds one of its things by name. */
async function findIn(path, count, filter, name) {
  await open(page, path);
  await page.getByRole("heading", { name: new RegExp(`\\(${count}\\)$`) }).waitFor();
  assert.ok((await page.getByRole("row").count()) <= 22); // a page of twenty, and the header
  await shoot(page, `full${path.replaceAll("/", "-")}`);
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.ok((await overflow(page)) <= 1);
  await page.getByLabel(filter).fill(name);
  await page.getByText(/^1 match/).first().waitFor();
  await page.getByRole("link", { name, exact: true }).waitFor();
  assert.deepEqual(takeFaults(page), []);
}

test("every page is whole, with much in it", async () => {
  const paths = [...LISTS, "/s3/buckets/bucket-0001", "/iam/users/user-001", `/ec2/security-groups/${given.group}`, `/ec2/security-groups/${given.group}/edit-inbound-rules`];
  const noPassword = { "/iam/users/user-001": [404] }; // so IAM says that a user has none
  assert.deepEqual(await faultsOfPages(browser, paths, "full", noPassword), {});
});

test("500 buckets are paged and found", () => findIn("/s3/buckets", "50\\d", "Find buckets", "bucket-0497"));
test("200 users are paged and found", () => findIn("/iam/users", "20\\d", "Find users", "user-173"));

test("200 security groups are paged and found by an attribute", async () => {
  await open(page, "/ec2/security-groups");
  await page.getByRole("heading", { name: /\(20\d\)$/ }).waitFor();
  await shoot(page, "full-security-groups");
  await page.getByLabel("Find security groups").fill("group-173");
  await page.keyboard.press("Enter");
  await page.getByText(/^1 match/).first().waitFor();
  await page.getByText("Group 173").waitFor();
  assert.deepEqual(takeFaults(page), []);
});

test("10,000 events are read a page at a time, compared, and downloaded whole", async () => {
  await open(page, "/cloudtrail/events");
  await page.getByText("(50+)").waitFor();
  await page.getByRole("button", { name: "Load more events" }).click();
  await page.getByText("(100+)").waitFor();
  for (const box of (await page.getByRole("checkbox", { name: /^Select CreateTags/ }).all()).slice(0, 2)) await box.check();
  await page.getByRole("heading", { name: "Comparing 2 events" }).waitFor();
  await page.getByRole("table", { name: "Compared events" }).getByText("requestParameters").waitFor();
  await shoot(page, "full-compare");
  const choose = (name) => async () => {
    await page.getByRole("button", { name: "Download events" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  const csv = await downloaded(page, choose("Download as CSV"));
  assert.equal(csv.name, "event_history.csv");
  assert.match(csv.text.split("\r\n")[0], /^Event name,Event time,User name/);
  assert.ok(csv.text.split("\r\n").length > given.events, `${csv.text.split("\r\n").length} lines`);
  await page.getByText(/\d+ events are in your downloads/).waitFor();
  const json = await downloaded(page, choose("Download as JSON"));
  const { Records } = JSON.parse(json.text);
  assert.ok(Records.length >= given.events);
  assert.equal(new Set(Records.map((record) => record.eventID)).size, Records.length);
  assert.deepEqual(takeFaults(page), []);
});

test("a filter finds the few among the many", async () => {
  await open(page, "/cloudtrail/events");
  await page.getByRole("button", { name: /Lookup attribute/ }).click();
  await page.getByRole("option", { name: "Event name" }).click();
  await page.getByLabel("Lookup value").fill("CreateUser");
  await page.getByRole("link", { name: "CreateUser" }).first().waitFor();
  await settle(page);
  assert.equal(await page.getByRole("link", { name: "CreateTags" }).count(), 0);
  await page.waitForURL(/EventName=CreateUser/);
  await page.reload();
  await page.getByRole("link", { name: "CreateUser" }).first().waitFor();
  await settle(page);
  assert.equal(await page.getByRole("link", { name: "CreateTags" }).count(), 0);
});

const shownEvents = async () => Number(/Timeline\s*\((\d+)\)/.exec(await page.locator("#content").innerText())?.[1] ?? 0);

test("the timeline of 10,000 events is drawn, filtered and zoomed", async () => {
  await open(page, "/investigate");
  for (const end = Date.now() + TIMEOUT_MS; (await shownEvents()) < given.events; await page.waitForTimeout(200)) assert.ok(Date.now() < end, await page.locator("#content").innerText());
  await shoot(page, "full-investigate");
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole("button", { name: /^CreateUser/ }).click();
  await page.getByText("Event name: CreateUser").waitFor();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "Services" }).click();
  await page.getByRole("menuitem", { name: /^S3/ }).click();
  await page.getByRole("heading", { name: /^Buckets/ }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: /^Timeline/ }).waitFor();
  assert.ok((await shownEvents()) >= given.events); // not loaded anew
  assert.deepEqual(takeFaults(page), []);
});
