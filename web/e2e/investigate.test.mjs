// The Investigate page: of the account as it happens, and of a folder of logs.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { accessibilityFaults, open, openPage, overflow, shoot, signInAsRoot, takeFaults } from "./browser.mjs";
import { browser, openSession, page } from "./session.mjs";

openSession(signInAsRoot);

const noFaults = () => assert.deepEqual(takeFaults(page), []);
const shown = async () => Number(/Timeline\s*\((\d+)\)/.exec(await page.locator("#content").innerText())[1]);
const awaitShown = (count) => page.waitForFunction((wanted) => new RegExp(`Timeline\\s*\\(${wanted}\\)`).test(document.querySelector("#content").innerText), count);

/** Three hours of two users, in two log files of different forms, and one that is broken. */
function writeLogs() {
  const folder = mkdtempSync(join(tmpdir(), "opentrail-logs-"));
  const event = (number, userName, eventName, more = {}) => ({
    eventVersion: "1.08", eventID: `e-${number}`, eventTime: new Date(Date.UTC(2026, 10, 23, 8, number)).toISOString().replace(".000", ""), eventName, eventSource: "ec2.amazonaws.com",
    userIdentity: { type: "IAMUser", userName, accessKeyId: `AKIA${userName.toUpperCase()}` }, sourceIPAddress: userName === "chaos" ? "203.0.113.66" : "198.51.100.7",
    userAgent: "aws-cli/2.15.0", readOnly: eventName.startsWith("Describe"), requestParameters: { groupId: "sg-0a1b2c3d4e5f60718" }, ...more,
  });
  const first = Array.from({ length: 60 }, (_, number) => event(number, "martha", "DescribeInstances"));
  const second = [
    event(100, "chaos", "DescribeSecurityGroups"), event(110, "chaos", "AuthorizeSecurityGroupIngress"),
    event(120, "chaos", "DeleteTrail", { errorCode: "AccessDenied", errorMessage: "User: chaos is not authorized" }),
  ];
  mkdirSync(join(folder, "day"));
  writeFileSync(join(folder, "day", "one.json.gz"), gzipSync(JSON.stringify({ Records: first })));
  writeFileSync(join(folder, "day", "two.json"), second.map((one) => JSON.stringify(one)).join("\n"));
  writeFileSync(join(folder, "day", "broken.json"), "{");
  return folder;
}

test("a folder of logs is read in the browser; what could not be read is named", async () => {
  await open(page, "/investigate");
  await page.getByLabel("Folder of log files").setInputFiles(writeLogs());
  await page.getByText("63 events of 3 log files of a folder").waitFor();
  await page.getByText(/1 file could not be read: broken.json/).waitFor();
  await awaitShown(63);
  await shoot(page, "investigate-folder");
  assert.deepEqual(await accessibilityFaults(page), []);
  noFaults();
});

test("reads, writes and denials are told apart and switched", async () => {
  await page.getByRole("checkbox", { name: "Read", exact: true }).uncheck();
  await awaitShown(2);
  await page.getByRole("checkbox", { name: "Write", exact: true }).uncheck();
  await awaitShown(1);
  await page.getByRole("row", { name: /DeleteTrail .*AccessDenied/ }).waitFor();
  for (const name of ["Read", "Write"]) await page.getByRole("checkbox", { name, exact: true }).check();
  await awaitShown(63);
});

test("a range is picked by dragging, the wheel zooms, and all is shown again", async () => {
  const plot = page.getByRole("group", { name: /^Timeline/ });
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  const y = box.y + 45;
  await page.mouse.move(box.x + box.width * 0.7, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.99, y, { steps: 5 });
  await page.mouse.up();
  await awaitShown(3);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, 400);
  await page.keyboard.up("Control");
  await page.getByRole("button", { name: "Show all" }).click();
  await awaitShown(63);
  await plot.focus();
  await page.keyboard.press("+");
  assert.ok((await shown()) < 63);
  await page.getByRole("button", { name: "Show all" }).click();
  noFaults();
});

test("everything leads on: a mark, its event, its key, its address", async () => {
  await page.getByRole("button", { name: "chaos", exact: true }).click();
  await page.getByText("Identity: chaos").waitFor();
  await awaitShown(3);
  await page.getByRole("button", { name: /^AuthorizeSecurityGroupIngress by chaos at/ }).click();
  await page.getByRole("heading", { name: "AuthorizeSecurityGroupIngress" }).waitFor();
  await page.getByText("By a program").waitFor();
  await shoot(page, "investigate-event");
  await page.getByTitle("Show everything with AKIACHAOS").click();
  await page.getByText("Access key: AKIACHAOS").waitFor();
  await page.getByRole("button", { name: "Remove Identity chaos" }).click();
  await awaitShown(3);
  await page.getByRole("button", { name: "Remove Access key AKIACHAOS" }).click();
  await page.getByRole("button", { name: /^198\.51\.100\.7/ }).click();
  await awaitShown(60);
  await page.getByRole("button", { name: "Remove Source address 198.51.100.7" }).click();
  noFaults();
});

test("what happens in the account comes to the timeline by itself, a dropped connection or not", async () => {
  await page.getByRole("button", { name: "Back to this account" }).click();
  await page.getByText("Loading events").waitFor({ state: "detached" });
  const other = await page.context().newPage();
  const make = async (name) => {
    await open(other, "/s3/buckets/create");
    await other.getByLabel("Bucket name").fill(name);
    await other.getByRole("button", { name: "Create bucket" }).click();
    await other.getByText(`Bucket ${name} was created`).waitFor();
  };
  await make("live-1");
  await page.bringToFront();
  await page.getByRole("row", { name: /CreateBucket .*live-1/ }).waitFor();
  await page.route("**/*", (route) => route.abort("connectionrefused"));
  await page.getByText("The server cannot be reached: asking again").waitFor();
  await page.unroute("**/*");
  await make("live-2");
  await page.bringToFront();
  await page.getByRole("row", { name: /CreateBucket .*live-2/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /LookupEvents/ }).count(), 0); // its own
  page.faults.length = 0; // the browser says that connections were refused
});

test("it is good at 400 pixels, too", async () => {
  const narrow = await openPage(browser, { width: 400, height: 800, dark: true });
  await signInAsRoot(narrow);
  await open(narrow, "/investigate");
  assert.ok((await overflow(narrow)) <= 1);
  assert.deepEqual(await accessibilityFaults(narrow), []);
  await shoot(narrow, "investigate-narrow");
  await narrow.getByLabel("Folder of log files").setInputFiles(writeLogs());
  await narrow.getByText("63 events of 3 log files of a folder").waitFor();
  const cut = await narrow.evaluate(() => {
    const plot = document.querySelector(".timeline-plot svg").getBoundingClientRect();
    const marks = [...document.querySelectorAll(".timeline-mark")].map((mark) => mark.getBoundingClientRect());
    return { all: marks.length, cut: marks.filter((mark) => mark.left < plot.left - 0.5 || mark.right > plot.right + 0.5).length };
  });
  assert.ok(cut.all > 3);
  assert.equal(cut.cut, 0);
});
