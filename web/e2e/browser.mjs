// What the browser tests share: a browser, a signed-in page, what must never be seen on it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** What tests/console_case.py tells: {url, account, rootPassword, user, password, group, ...} */
export const given = JSON.parse(process.env.OPENTRAIL_CONSOLE_TEST ?? "{}");
export const TIMEOUT_MS = Number(process.env.OPENTRAIL_CONSOLE_TIMEOUT_MS ?? 60_000);

export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A page that notes every error of its console; `faults` is looked at when the test ends. */
export async function openPage(browser, { width = 1280, height = 800, dark = false } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale: "en-US", timezoneId: "UTC", permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.faults = [];
  // Interfaces that come and go on this machine (other tests make instances) interrupt the browser's requests.
  const isWeather = (text) => text.includes("net::ERR_NETWORK_CHANGED");
  page.on("console", (message) => message.type() === "error" && !isWeather(message.text()) && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(`${error.message}\n${error.stack}`));
  page.on("dialog", (dialog) => {
    page.faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return page;
}

export async function signIn(page, { user, password }) {
  await page.goto(given.url);
  if (user) {
    await page.getByLabel("IAM user", { exact: true }).check();
    await page.getByLabel("Account ID (12 digits) or account alias").fill(given.account);
    await page.getByLabel("IAM user name").fill(user);
  } else {
    await page.getByText("Root user", { exact: true }).click();
  }
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signInAsRoot(page) {
  await signIn(page, { password: given.rootPassword });
  await page.getByRole("heading", { name: "Console Home" }).waitFor();
}

export async function signInAsUser(page) {
  await signIn(page, { user: given.user, password: given.password });
  await page.getByRole("heading", { name: "Console Home" }).waitFor();
}

/** Goes to a page of the console by its address. */
export async function open(page, path) {
  await page.goto(`${given.url}/_console${path}`);
  await settle(page);
}

/** Waits until nothing is loading any more. */
export async function settle(page) {
  await page.locator("#content").waitFor();
  await page.waitForFunction(() => !/\bLoading\b/.test(document.querySelector("#content")?.innerText ?? ""));
}

export async function shoot(page, name) {
  if (process.env.OPENTRAIL_SHOTS) await page.screenshot({ path: `${process.env.OPENTRAIL_SHOTS}/${name}.png` });
}

/** What fades or slides is where it ends from now on, also what begins later: half there, its contrast is not what people will
 * see. Waiting until nothing moves is not enough: axe takes seconds on a full page, and answers that arrive meanwhile move things. */
const stopMotion = (page) =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; animation-duration: 0s !important; animation-delay: 0s !important; animation-iteration-count: 1 !important; }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    globalThis.startMotion = () => (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet));
  });

/** What axe finds that keeps people out: "rule: where". */
export async function accessibilityFaults(page) {
  await stopMotion(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  await page.evaluate(() => void globalThis.startMotion());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`);
}

/** How many pixels the page is wider than its window: nothing may be. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What one page at a time is wrong with, wide and light, narrow and dark: {"/address, look": faults}. `answers` has the statuses
 * of errors that a page asks for. */
export async function faultsOfPages(browser, paths, shots, answers = {}) {
  const found = {};
  for (const [look, settings] of Object.entries({ wide: {}, narrow: { width: 400, height: 800, dark: true } })) {
    const page = await openPage(browser, settings);
    await signInAsRoot(page);
    for (const path of paths) {
      await open(page, path);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await shoot(page, `${shots}-${look}${path.replaceAll(/[/?=]/g, "-")}`);
      const faults = [...(await accessibilityFaults(page)), ...takeFaults(page, ...(answers[path] ?? []))];
      if ((await overflow(page)) > 1) faults.push("wider than the window");
      if (faults.length > 0) found[`${path}, ${look}`] = faults;
    }
    await page.context().close();
  }
  return found;
}

/** The errors of the page's console since they were last asked for, but those of answers with one of `statuses`: the
 * browser itself writes a line for each answer that is an error, also where it is what was asked for. */
export function takeFaults(page, ...statuses) {
  return page.faults.splice(0).filter((fault) => !statuses.some((status) => fault.includes(`the server responded with a status of ${status} `)));
}

/** The text of the file that `act` makes the page give. */
export async function downloaded(page, act) {
  const waiting = page.waitForEvent("download");
  await act();
  const download = await waiting;
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

/** Every page that lists or makes something, with the words of AWS's that it shows where it may not. */
export const LISTS = [
  "/home", "/ec2/instances", "/ec2/launch", "/ec2/security-groups", "/ec2/security-groups/create", "/ec2/key-pairs", "/cloudtrail/dashboard", "/cloudtrail/events",
  "/cloudtrail/trails", "/cloudtrail/trails/create", "/investigate", "/athena/query-editor", "/athena/workgroups", "/iam/users", "/iam/users/create", "/iam/groups",
  "/iam/roles", "/iam/policies", "/iam/policies/create", "/iam/security-credentials", "/s3/buckets", "/s3/buckets/create", "/kms/keys", "/kms/keys/create", "/kms/aliases",
];
