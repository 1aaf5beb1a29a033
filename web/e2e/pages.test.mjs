// What the exercise does not touch: Athena's pages, names that look like scripts, axe, denials. Run by hand, over the account that
// tests/console_test.py describes: OPENTRAIL_CONSOLE_TEST='{...}' node --test web/e2e/pages.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults, given, openBrowser, openPage, settle, shoot, signIn, signInAsRoot } from "./browser.mjs";

let browser;
let page;

before(async () => {
  browser = await openBrowser();
  page = await openPage(browser);
  await signInAsRoot(page);
});
after(async () => {
  await browser?.close();
});

const noFaults = () => assert.deepEqual(page.faults.splice(0), []);
const open = async (path) => {
  await page.goto(`${given.url}/_console${path}`);
  await settle(page);
};

const catalog = { skip: given.hasCatalog ? false : "the account has no Glue, where tables are kept" };

test("Task 4.1: the Athena table over the trail's bucket", catalog, async () => {
  await open("/cloudtrail/events");
  await page.getByRole("button", { name: "Create Athena table" }).click();
  await page.getByRole("button", { name: /Storage location/ }).click();
  await page.getByRole("option", { name: new RegExp(given.bucket) }).click();
  await page.getByText(`LOCATION 's3://${given.bucket}/AWSLogs/${given.account}/CloudTrail/'`).waitFor();
  await shoot(page, "create-athena-table");
  await page.getByRole("button", { name: "Create table" }).click();
  await page.getByText(`Table ${given.table} was created`).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  noFaults();
});

test("Task 4.2: the query editor", catalog, async () => {
  await page.getByRole("button", { name: "Services" }).click();
  await page.getByRole("menuitem", { name: /Athena/ }).click();
  await page.getByRole("button", { name: `Show columns of ${given.table}` }).click();
  await page.getByText("useridentity").waitFor();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Manage" }).click();
  await page.getByLabel("Location of query result").fill(`s3://${given.bucket}/results/`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The location of query results was saved").waitFor();
  await page.getByRole("tab", { name: "Editor", exact: true }).click();
  await page.getByLabel("SQL editor").click();
  await page.keyboard.insertText("SELECT eventname, count(*) AS n FROM " + given.table + " GROUP BY eventname");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Completed", { exact: true }).waitFor();
  await settle(page);
  await shoot(page, "query-editor");
  await page.reload(); // the query and its results are still there
  await page.getByText("Completed", { exact: true }).waitFor();
  await page.getByRole("button", { name: "New query" }).click();
  await page.getByRole("tab", { name: "Query 2" }).waitFor();
  await page.getByLabel("SQL editor").click();
  await page.keyboard.insertText("SELECT nosuch FROM " + given.table);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText(/COLUMN_NOT_FOUND/).first().waitFor();
  await shoot(page, "query-failed");
  noFaults();
});

test("names that look like scripts are names", async () => {
  for (const path of ["/ec2/security-groups", `/s3/buckets/${given.files}`, "/cloudtrail/events", "/iam/users", "/investigate"]) await open(path);
  await open(`/s3/object/${given.files}?key=${encodeURIComponent(given.scriptKey)}`);
  await page.getByText("hello from an object").waitFor();
  assert.equal(await page.evaluate(() => globalThis.opentrailPwned), undefined);
  noFaults();
});

test("nobody is kept out: axe finds nothing serious, light or dark, wide or narrow", async () => {
  const narrow = await openPage(browser, { width: 400, height: 800, dark: true });
  await signInAsRoot(narrow);
  const paths = ["/home", `/ec2/security-groups/${given.group}`, "/cloudtrail/trails", "/cloudtrail/events", "/athena/query-editor", "/iam/users", "/s3/buckets", "/investigate"];
  const found = {};
  for (const [name, one] of [["wide", page], ["narrow", narrow]]) {
    for (const path of paths) {
      await one.goto(`${given.url}/_console${path}`);
      await settle(one);
      await shoot(one, `${name}${path.replaceAll("/", "-")}`);
      const faults = await accessibilityFaults(one);
      if (faults.length > 0) found[`${name} ${path}`] = faults;
      const overflow = await one.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 1) found[`${name} ${path} overflow`] = overflow;
    }
  }
  assert.deepEqual(found, {});
  noFaults();
});

test("who may do nothing is told so, by AWS's words, on every page", async () => {
  const other = await openPage(browser);
  await signIn(other, { user: given.user, password: given.password });
  await other.getByRole("heading", { name: "Console Home" }).waitFor();
  for (const path of ["/ec2/instances", "/cloudtrail/trails", "/iam/users", "/s3/buckets", "/kms/keys"]) {
    await other.goto(`${given.url}/_console${path}`);
    await other.getByText(/not authorized to perform/).first().waitFor();
  }
  await shoot(other, "denied");
});

test("signing out ends the session, and a reload does not bring it back", async () => {
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByText("You have signed out.").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
});
