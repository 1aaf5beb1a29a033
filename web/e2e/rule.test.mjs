// One rule of a security group, put in by its user in the browser; tests/console_browser_test.py looks at the trail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { given, open, signInAsUser, takeFaults } from "./browser.mjs";
import { openSession, page } from "./session.mjs";

openSession(signInAsUser);

test("SSH from my address is allowed", async () => {
  await open(page, `/ec2/security-groups/${given.group}/edit-inbound-rules`);
  await page.getByRole("button", { name: "Add rule" }).click();
  await page.getByRole("button", { name: /^Type .*rule 1/ }).click();
  await page.getByRole("option", { name: "SSH", exact: true }).click();
  await page.getByRole("button", { name: /^Source type .*rule 1/ }).click();
  await page.getByRole("option", { name: "My IP" }).click();
  await page.getByRole("button", { name: "Save rules" }).click();
  await page.getByText(`Inbound security group rules were modified on ${given.group}`).waitFor();
  assert.deepEqual(takeFaults(page, 400), []); // home asks for the events, which this user may not see
});
