// Athena's pages over the log files of a trail that delivers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, downloaded, given, open, settle, shoot, signInAsRoot, takeFaults } from "./browser.mjs";
import { openSession, page } from "./session.mjs";

openSession(signInAsRoot);

const noFaults = () => assert.deepEqual(takeFaults(page), []);
const editor = () => page.getByLabel("SQL editor");
const results = () => page.getByRole("table", { name: "Results" });
const runButton = () => page.getByRole("button", { name: /^Run( again)?$/ });
/** A tab of the editor's; Cloudscape makes no tabs of those that can be closed. */
const queryTab = (title) => page.getByRole("button", { name: `Close ${title}`, exact: true });

async function write(sql) {
  await editor().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(sql);
}
async function run(sql, end = "Completed") {
  await write(sql);
  await runButton().click();
  await page.getByText(end, { exact: true }).waitFor();
  await settle(page);
}

test("a table is made from the event history, by the statement that is shown", async () => {
  await open(page, "/cloudtrail/events");
  await page.getByRole("button", { name: "Create Athena table" }).click();
  await page.getByRole("button", { name: /Storage location/ }).click();
  await page.getByRole("option", { name: new RegExp(given.bucket) }).click();
  const statement = await page.getByLabel("CREATE TABLE statement").innerText();
  assert.match(statement, new RegExp(`^CREATE EXTERNAL TABLE ${given.table} \\(`));
  assert.match(statement, new RegExp(`LOCATION 's3://${given.bucket}/AWSLogs/${given.account}/CloudTrail/'\nTBLPROPERTIES \\('classification'='cloudtrail'\\);$`));
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole("button", { name: "Create table" }).click();
  await page.getByRole("dialog").getByText(`Table ${given.table} was created`).waitFor();
  await page.getByRole("button", { name: "Create table" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "query editor of Athena" }).click();
  await page.getByRole("button", { name: `Show columns of ${given.table}` }).waitFor();
  noFaults();
});

test("the same table a second time is refused by Athena's words", async () => {
  await open(page, "/cloudtrail/events");
  await page.getByRole("button", { name: "Create Athena table" }).click();
  await page.getByRole("button", { name: /Storage location/ }).click();
  await page.getByRole("option", { name: new RegExp(given.bucket) }).click();
  await page.getByRole("button", { name: "Create table" }).click();
  await page.getByText(/AlreadyExistsException/).waitFor();
  noFaults();
});

test("the data pane shows columns, types and the fields of structs", async () => {
  await open(page, "/athena/query-editor");
  await page.getByRole("button", { name: `Show columns of ${given.table}` }).click();
  await page.getByRole("button", { name: "Show fields of useridentity", exact: true }).click();
  await page.getByRole("button", { name: "sessionContext", exact: true }).waitFor();
  await page.getByRole("button", { name: "eventname", exact: true }).click();
  await page.waitForFunction(() => document.querySelector(".cm-content").textContent.includes("eventname"));
  await shoot(page, "athena-data");
  assert.deepEqual(await accessibilityFaults(page), []);
  noFaults();
});

test("results go where Settings > Manage says", async () => {
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Manage" }).click();
  await page.getByLabel("Location of query result").fill("nowhere at all");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(/Enter a place in a bucket/).waitFor();
  await page.getByLabel("Location of query result").fill(`s3://${given.bucket}/results/`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The location of query results was saved").waitFor();
  await page.getByText(`s3://${given.bucket}/results/`).first().waitFor();
  await page.getByRole("tab", { name: "Editor", exact: true }).click();
  noFaults();
});

test("a query's rows are searched, sorted, copied and downloaded", async () => {
  await run(`SELECT eventname, count(*) AS n FROM ${given.table} GROUP BY eventname ORDER BY n DESC`);
  await shoot(page, "athena-results");
  const all = await results().getByRole("row").count();
  assert.ok(all > 3);
  await page.getByLabel("Search rows").fill("PutBucketPolicy");
  await page.getByText("1 match").first().waitFor();
  assert.equal(await results().getByRole("row").count(), 2);
  await page.getByLabel("Search rows").fill("");
  await page.getByRole("button", { name: "Copy", exact: true }).last().click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^eventname\tn\n/);
  const csv = await downloaded(page, () => page.getByRole("button", { name: "Download results CSV" }).click());
  assert.match(csv.name, /^[0-9a-f-]{36}\.csv$/);
  assert.match(csv.text, /^"eventname","n"\n/);
  assert.match(csv.text, /"PutBucketPolicy","1"/);
  assert.deepEqual(await accessibilityFaults(page), []);
  noFaults();
});

test("what is too long for its column is shown whole", async () => {
  await run(`SELECT eventname, requestparameters FROM ${given.table} WHERE eventname = 'PutBucketPolicy'`);
  await page.getByRole("button", { name: /^\{"/ }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/bucketPolicy/).first().waitFor();
  await dialog.getByRole("button", { name: /close/i }).click();
  noFaults();
});

test("statistics tell what it cost", async () => {
  await page.getByRole("tab", { name: "Query stats" }).click();
  await page.getByText("Engine execution time", { exact: true }).waitFor();
  await page.getByText(`s3://${given.bucket}/results/`, { exact: false }).first().waitFor();
  await shoot(page, "athena-statistics");
});

test("tabs are numbered and survive a reload, with what came of them", async () => {
  await page.getByRole("button", { name: "New query" }).click();
  await queryTab("Query 2").waitFor();
  await run("SELECT 40 + 2 AS answer");
  await page.reload();
  await queryTab("Query 2").waitFor();
  await queryTab("Query 1").waitFor();
  await page.getByText("SELECT 40 + 2 AS answer").waitFor();
  await results().getByText("42", { exact: true }).waitFor();
  noFaults();
});

test("an error is told by Athena's words, and where it is in the text", async () => {
  await run(`SELECT nosuch FROM ${given.table}`, "Failed");
  await page.getByText(/COLUMN_NOT_FOUND: line 1:8/).first().waitFor();
  await page.locator(".cm-fault").waitFor();
  assert.equal(await page.locator(".cm-fault").innerText(), "nosuch");
  await shoot(page, "athena-failed");
  assert.deepEqual(await accessibilityFaults(page), []);
  noFaults();
});

test("a query that takes long shows that it runs, and is stopped", async () => {
  await write("SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x) CROSS JOIN UNNEST(sequence(1, 10000)) b (y) CROSS JOIN UNNEST(sequence(1, 10000)) c (z) WHERE x * y + z < 0");
  await runButton().click();
  await page.getByText(/^(In queue|Running)$/).filter({ visible: true }).first().waitFor(); // a busy button says it, too, to screen readers
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByText("Cancelled", { exact: true }).waitFor();
  noFaults();
});

test("names are completed: tables, columns, functions", async () => {
  await write("SELECT ");
  for (const [typed, offered] of [["even", "eventname"], ["json_extract_s", "json_extract_scalar"], ["cloudtr", given.table]]) {
    await write(`SELECT * FROM ${given.table} WHERE `);
    await editor().click();
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type(typed, { delay: 30 });
    await page.keyboard.press("Control+Space");
    await page.getByRole("option", { name: new RegExp(`^${offered}`) }).first().waitFor();
    await page.keyboard.press("Escape");
  }
  noFaults();
});

test("a statement is formatted", async () => {
  await write("select 1 as a from t where b=2");
  await page.getByRole("button", { name: "Format" }).click();
  await page.waitForFunction(() => /SELECT\s*1 AS a/.test([...document.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n")));
  noFaults();
});

test("only what is selected runs", async () => {
  await write("SELECT 1 AS one;\nSELECT 2 AS two;");
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.press("ControlOrMeta+Enter");
  await page.getByText("Completed", { exact: true }).waitFor();
  await results().getByRole("columnheader", { name: /one/ }).waitFor();
  noFaults();
});

test("a query is saved, opened again and deleted", async () => {
  await write("SELECT 7 AS seven");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Query name").fill("Seven <b>");
  await dialog.getByRole("button", { name: "Save query" }).click();
  await page.getByText("Query Seven <b> was saved").waitFor();
  await page.getByRole("tab", { name: "Saved queries" }).click();
  await page.getByRole("radio", { name: "Select Seven <b>" }).check();
  await page.getByRole("button", { name: "Open in editor" }).click();
  await page.waitForFunction(() => document.querySelector(".cm-content")?.textContent.includes("SELECT 7 AS seven"));
  await page.getByRole("tab", { name: "Saved queries" }).click();
  await page.getByRole("radio", { name: "Select Seven <b>" }).check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No saved queries").waitFor();
  noFaults();
});

test("recent queries are there, and lead back to the editor", async () => {
  await page.getByRole("tab", { name: "Recent queries" }).click();
  await page.getByText("CANCELLED").first().waitFor();
  await page.getByText("FAILED").first().waitFor();
  await shoot(page, "athena-recent");
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole("button", { name: "SELECT 40 + 2 AS answer" }).first().click();
  await page.waitForFunction(() => document.querySelector(".cm-content")?.textContent.includes("SELECT 40 + 2 AS answer"));
  noFaults();
});

test("a workgroup is made, chosen, and has recent queries of its own", async () => {
  await open(page, "/athena/workgroups");
  await page.getByRole("button", { name: "Create workgroup" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Workgroup name").fill("detectives");
  await dialog.getByLabel(/Location of query result/).fill(`s3://${given.bucket}/detectives/`);
  await dialog.getByRole("button", { name: "Create workgroup" }).click();
  await page.getByText("Workgroup detectives was created").waitFor();
  await open(page, "/athena/query-editor");
  await page.getByRole("button", { name: /^Workgroup/ }).click();
  await page.getByRole("option", { name: "detectives" }).click();
  await page.getByRole("button", { name: "New query" }).click();
  await run("SELECT 'theirs' AS whose");
  await page.getByRole("tab", { name: "Query stats" }).click();
  await page.getByText(`s3://${given.bucket}/detectives/`, { exact: false }).first().waitFor();
  await page.getByRole("tab", { name: "Recent queries" }).click();
  await page.getByRole("button", { name: "SELECT 'theirs' AS whose" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "SELECT 40 + 2 AS answer" }).count(), 0);
  noFaults();
});
