// The console in a browser, by visible labels only. Run by tests/console_test.py, which makes the account.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { given, openBrowser, openPage, settle, shoot, signIn, signInAsRoot } from "./browser.mjs";

let browser;
let page;

before(async () => {
  browser = await openBrowser();
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
});

const noFaults = () => assert.deepEqual(page.faults.splice(0), []);
const open = async (path) => {
  await page.goto(`${given.url}/_console${path}`);
  await settle(page);
};

test("a wrong password is refused in the sign-in page's words", async () => {
  await signIn(page, { user: given.user, password: "wrong" });
  await page.getByText("Your authentication information is incorrect. Please try again.").waitFor();
  page.faults.length = 0; // the browser notes the answer 401
});

test("root signs in and is at home", async () => {
  await signInAsRoot(page);
  await settle(page);
  await shoot(page, "home");
  noFaults();
});

test("Task 1: a security group gets a rule for my IP", async () => {
  await page.getByRole("button", { name: "Services" }).click();
  await page.getByRole("menuitem", { name: /EC2/ }).click();
  await page.getByRole("heading", { name: /^Instances/ }).waitFor();
  await page.getByRole("link", { name: "Security Groups" }).click();
  await page.getByRole("link", { name: given.group }).click();
  await page.getByText("HTTP", { exact: true }).first().waitFor();
  await shoot(page, "security-group");
  await page.getByRole("button", { name: "Edit inbound rules" }).click();
  await page.getByRole("button", { name: "Add rule" }).click();
  await page.getByRole("button", { name: /^Type .*rule 2/ }).click();
  await page.getByRole("option", { name: "SSH" }).click();
  await page.getByRole("button", { name: /^Source type .*rule 2/ }).click();
  await page.getByRole("option", { name: "My IP" }).click();
  assert.equal(await page.getByLabel("Source of rule 2", { exact: true }).inputValue(), "127.0.0.1/32");
  assert.equal(await page.getByLabel("Port range of rule 2").inputValue(), "22");
  await page.getByText(/allow all IP addresses to access your instance/).waitFor(); // the rule for port 80
  await shoot(page, "edit-inbound-rules");
  await page.getByRole("button", { name: "Save rules" }).click();
  await page.getByText(`Inbound security group rules were modified on ${given.group}`).waitFor();
  await page.getByText("127.0.0.1/32").waitFor();
  noFaults();
});

test("Task 2: a trail with a new bucket and a new key", async () => {
  await page.getByRole("button", { name: "Services" }).click();
  await page.getByRole("menuitem", { name: /CloudTrail/ }).click();
  await page.getByRole("link", { name: "Trails", exact: true }).click();
  await page.getByRole("button", { name: "Create trail" }).first().click();
  await page.getByLabel("Trail name").fill("monitor");
  await page.getByLabel("Trail log bucket and folder").fill(given.bucket);
  await page.getByLabel("AWS KMS alias").fill("ab-KMS");
  await shoot(page, "create-trail");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "Management events", exact: true }).waitFor();
  await page.reload(); // loses nothing
  assert.equal(await page.getByLabel("Trail name").inputValue(), "monitor");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "Management events", exact: true }).waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await shoot(page, "create-trail-review");
  await page.getByRole("button", { name: "Create trail" }).click();
  await page.getByText("Trail monitor was created and is logging").waitFor();
  await page.getByRole("link", { name: "monitor", exact: true }).waitFor();
  await shoot(page, "trails");
  noFaults();
});

test("event history shows what was done", async () => {
  await page.getByRole("link", { name: "Event history" }).click();
  await page.getByRole("link", { name: "CreateTrail" }).first().waitFor();
  await shoot(page, "event-history");
  await page.getByRole("link", { name: "CreateTrail" }).first().click();
  await page.getByText("sessionCredentialFromConsole").waitFor();
  await shoot(page, "event");
  noFaults();
});

test("what happened is on one timeline, and everything leads on", async () => {
  await open("/investigate");
  await page.getByRole("button", { name: "chaos", exact: true }).click();
  await page.getByText("Identity: chaos").waitFor();
  await page.getByRole("row", { name: /AuthorizeSecurityGroupIngress/ }).first().click();
  await page.getByText("By a program").waitFor();
  await shoot(page, "investigate");
  noFaults();
});

test("Task 5.4: the user chaos is deleted by typing its name", async () => {
  await open("/iam/users");
  await page.getByRole("radio", { name: "Select chaos" }).check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("1 access key").waitFor();
  await shoot(page, "delete-user");
  assert.equal(await dialog.getByRole("button", { name: "Delete", exact: true }).isDisabled(), true);
  await dialog.getByRole("textbox").fill("chaos");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("User chaos was deleted").waitFor();
  page.faults = page.faults.filter((fault) => !fault.includes("404")); // so IAM says that there is no password
  noFaults();
});
