// Every page of an account in which there is nothing yet: by keyboard and by screen reader, wide and narrow, light and dark.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, faultsOfPages, given, LISTS, open, settle, signIn, signInAsRoot, takeFaults } from "./browser.mjs";
import { browser, openSession, page } from "./session.mjs";

openSession();

test("a wrong password is refused in the sign-in page's words", async () => {
  await signIn(page, { user: "nobody", password: "wrong" });
  await page.getByText("Your authentication information is incorrect. Please try again.").waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.deepEqual(takeFaults(page, 401), []);
});

test("what fades while axe looks is seen as it will be", async () => {
  const heading = page.getByRole("heading", { name: "Sign in" });
  await heading.evaluate((text) => {
    text.style.color = "#ddd";
    getComputedStyle(text).color;
    text.style.transition = "color 600s";
    // The fade begins with axe, and would last for all of its run.
    Object.defineProperty(globalThis, "axe", {
      configurable: true,
      set(value) {
        Object.defineProperty(globalThis, "axe", { configurable: true, writable: true, value });
        text.style.color = "#000";
      },
    });
  });
  assert.deepEqual(await accessibilityFaults(page), []);
  await heading.evaluate((text) => Object.assign(text.style, { transition: "", color: "#ddd" }));
  const [fault] = await accessibilityFaults(page);
  assert.match(fault, /^color-contrast: #heading/); // what stays unreadable is found
  await heading.evaluate((text) => (text.style.color = ""));
});

test("root signs in and is at home", async () => {
  await signInAsRoot(page);
  await settle(page);
  assert.deepEqual(takeFaults(page), []);
});

test("every page is whole: axe finds nothing serious, nothing is wider than the window, no error in its console", async () => {
  assert.deepEqual(await faultsOfPages(browser, LISTS, "empty"), {});
});

test("what is not there is told by AWS's words, with nothing to do to it", async () => {
  const missing = {
    "/ec2/instances/i-0123456789abcdef0": /does not exist/, "/ec2/security-groups/sg-0123456789abcdef0": /does not exist/, "/cloudtrail/trails/nosuch": /no trail nosuch/,
    "/cloudtrail/events/00000000-0000-0000-0000-000000000000": /no event/, "/iam/users/nosuch": /cannot be found/, "/iam/groups/nosuch": /cannot be found/,
    "/iam/roles/nosuch": /cannot be found/, "/iam/policies/nosuch": /not found/, "/s3/buckets/nosuch-bucket": /does not exist/,
    "/s3/object/nosuch-bucket?key=nosuch": /no such object/, "/kms/keys/00000000-0000-0000-0000-000000000000": /does not exist/,
  };
  for (const [path, words] of Object.entries(missing)) {
    await open(page, path);
    await page.getByText(words).first().waitFor();
  }
  takeFaults(page, 400, 404);
});

test("an address that is no page's leads home", async () => {
  await open(page, "/nosuch/page");
  await page.getByRole("heading", { name: "Console Home" }).waitFor();
  await open(page, "/iam/nosuch");
  await page.getByRole("heading", { name: "Users" }).waitFor();
});

test("the keyboard reaches everything that the menu has", async () => {
  await open(page, "/home");
  await page.getByRole("button", { name: "Services" }).focus();
  await page.keyboard.press("Enter");
  for (let left = 12; left > 0 && !(await page.getByRole("menuitem", { name: /^IAM/ }).evaluate((item) => item === document.activeElement || item.contains(document.activeElement))); left--) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /^Users/ }).waitFor();
});

test("signing out ends the session, and a reload does not bring it back", async () => {
  await page.getByRole("button", { name: /^Account:/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByText("You have signed out.").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(takeFaults(page), []);
});

test("the account is named where one signs in", async () => {
  await page.goto(given.url);
  await page.getByText("Root user", { exact: true }).waitFor();
});
