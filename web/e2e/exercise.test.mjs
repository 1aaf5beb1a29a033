// The exercise, Tasks 1 to 5, as a person does it: the console by its visible labels, the web server over ssh, the
// website in another tab. Run by tests/console_exercise_test.py over `opentrail lab up`; ends with `opentrail lab check`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { given, openPage, settle, shoot, signIn, takeFaults } from "./browser.mjs";
import { opentrail, ssh, sshGood, typeInto } from "./host.mjs";
import { browser, openSession, page } from "./session.mjs";

const BUCKET = "monitoring4711";
const TABLE = "cloudtrail_logs_monitoring4711";
const HACK_MS = 150_000;
const DELIVERY_MS = 120_000;

let website;
const found = {}; // the answers to the Challenge

openSession(async () => {
  website = await openPage(browser);
});

let failed = false;
/** A step of the exercise; none is tried where one before it went wrong. */
const step = (name, act) =>
  test(name, async (context) => {
    if (failed) return context.skip("a step before it failed");
    try {
      await act();
    } catch (error) {
      failed = true;
      if (page) await shoot(page, "failed");
      throw error;
    }
  });

const noFaults = () => assert.deepEqual(takeFaults(page), []);

async function service(name) {
  await page.getByRole("button", { name: "Services" }).click();
  await page.getByRole("menuitem", { name }).click();
}

async function selectTheWebServer() {
  await service(/^EC2/);
  await page.getByRole("heading", { name: /^Instances/ }).waitFor();
  await page.getByRole("checkbox", { name: "Select Cafe Web Server" }).check();
}

async function openItsSecurityGroup() {
  await selectTheWebServer();
  await page.getByRole("tab", { name: "Security", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(`^${given.security_group}`) }).first().click();
  await page.getByRole("heading", { name: new RegExp(given.security_group) }).waitFor();
  await page.getByRole("tab", { name: "Inbound rules" }).click();
  await settle(page);
}

const rules = () => page.getByRole("table", { name: "Inbound rules" }).getByRole("row");
/** The picture that hangs in the Café: its width, and a sum over its bytes that tells one from another. */
const picture = () =>
  website.evaluate(async () => {
    const image = [...document.images].find((one) => one.src.includes("Coffee-and-Pastries"));
    await image.decode();
    const bytes = new Uint8Array(await (await fetch(image.src, { cache: "reload" })).arrayBuffer());
    return { width: image.naturalWidth, sum: bytes.reduce((sum, byte) => (sum * 31 + byte) % 4_294_967_291, bytes.length) };
  });

async function query(sql) {
  await page.getByLabel("SQL editor").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(sql);
  await page.getByRole("button", { name: /^Run( again)?$/ }).click();
  await page.getByText("Completed", { exact: true }).waitFor();
  await settle(page);
  const lines = await page.getByRole("table", { name: "Results" }).getByRole("row").all();
  const [header, ...rows] = await Promise.all(lines.map(async (line) => (await line.getByRole(/** @type any */ ("cell")).or(line.getByRole("columnheader")).allInnerTexts()).map((text) => text.trim())));
  return { header, rows };
}

step("the student signs in", async () => {
  await signIn(page, { user: given.user, password: given.password });
  await page.getByRole("heading", { name: "Console Home" }).waitFor();
  await settle(page);
  await shoot(page, "01-home");
  noFaults();
});

step("Task 1: SSH from my IP alone, and a website that looks normal", async () => {
  await openItsSecurityGroup();
  await page.getByText("1 permission entry").first().waitFor();
  assert.match(await rules().nth(1).innerText(), /HTTP\s+TCP\s+80/);
  await page.getByRole("button", { name: "Edit inbound rules" }).click();
  await page.getByRole("button", { name: "Add rule" }).click();
  await page.getByRole("button", { name: /^Type .*rule 2/ }).click();
  await page.getByRole("option", { name: "SSH", exact: true }).click();
  assert.equal(await page.getByLabel("Port range of rule 2").inputValue(), "22");
  await page.getByRole("button", { name: /^Source type .*rule 2/ }).click();
  await page.getByRole("option", { name: "My IP" }).click();
  assert.match(await page.getByLabel("Source of rule 2", { exact: true }).inputValue(), /^\d+\.\d+\.\d+\.\d+\/32$/);
  await shoot(page, "02-edit-inbound-rules");
  await page.getByRole("button", { name: "Save rules" }).click();
  await page.getByText(`Inbound security group rules were modified on ${given.security_group}`).waitFor();
  await selectTheWebServer();
  await page.getByRole("tab", { name: "Details", exact: true }).click();
  await page.getByRole("tabpanel", { name: "Details" }).getByText("Public IPv4 address", { exact: true }).waitFor();
  await page.getByRole("button", { name: `Copy ${given.address}` }).first().click();
  await shoot(page, "03-instance");
  const address = await page.evaluate(() => navigator.clipboard.readText());
  await website.goto(`http://${address}/cafe/`);
  found.picture = await picture();
  await shoot(website, "04-website");
  noFaults();
});

step("Task 2.1: the trail monitor, with a new bucket and a new key", async () => {
  await service(/^CloudTrail/);
  await page.getByRole("link", { name: "Trails", exact: true }).click();
  await page.getByRole("button", { name: "Create trail" }).first().click();
  await page.getByLabel("Trail name").fill("monitor");
  await page.getByRole("radio", { name: "Create new S3 bucket" }).check();
  await page.getByLabel("Trail log bucket and folder").fill(BUCKET);
  await page.getByLabel("AWS KMS alias").fill("kc-KMS");
  await shoot(page, "05-create-trail");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "Management events", exact: true }).waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await shoot(page, "06-review");
  await page.getByRole("button", { name: "Create trail" }).click();
  await page.getByRole("table", { name: "Trails" }).getByRole("link", { name: "monitor", exact: true }).waitFor();
  await shoot(page, "07-trails");
  noFaults();
});

step("Task 2.2: the website is hacked, and port 22 is open to everybody", async () => {
  const deadline = Date.now() + HACK_MS;
  while ((await picture()).sum === found.picture.sum) {
    assert.ok(Date.now() < deadline, "nobody hacked the website");
    await website.waitForTimeout(2000);
    await website.reload();
  }
  await shoot(website, "08-website-hacked");
  await openItsSecurityGroup();
  await page.getByRole("row", { name: /SSH TCP 22 .*0\.0\.0\.0\/0/ }).waitFor();
  assert.equal(await rules().count(), 4); // the header, HTTP, mine, and one more
  await shoot(page, "09-security-group");
  noFaults();
});

step("Task 3.3: the log files are downloaded to the web server", async () => {
  assert.match(await sshGood("mkdir -p ctraillogs; aws s3 ls"), new RegExp(BUCKET));
  const deadline = Date.now() + DELIVERY_MS;
  for (;;) {
    await sshGood(`cd ctraillogs && aws s3 cp s3://${BUCKET}/ . --recursive`);
    if ((await ssh(`cd ctraillogs && find . -name '*.json.gz' | xargs -r zcat | grep -l AuthorizeSecurityGroupIngress`)).code === 0) break;
    assert.ok(Date.now() < deadline, "no log file tells of the security group");
  }
  const listing = await sshGood("cd ctraillogs/AWSLogs/*/CloudTrail/*/*/*/* && gunzip -f *.gz && ls");
  assert.match(listing, new RegExp(`^${given.account}_CloudTrail_\\S+\\.json$`, "m"));
});

step("Task 3.4: grep", async () => {
  const inEach = (field) => sshGood(`cd ctraillogs/AWSLogs/*/CloudTrail/*/*/*/* && for i in $(ls); do echo $i && cat $i | python -m json.tool | grep ${field} ; done`);
  // The address that opened the port, as the record itself has it two members after its name.
  const rule = await sshGood(`cd ctraillogs/AWSLogs/*/CloudTrail/*/*/*/* && grep -ho '"eventName":"AuthorizeSecurityGroupIngress".\\{0,120\\}' *.json`);
  const [, from] = rule.match(/"sourceIPAddress":"([\d.]+)"/);
  assert.match(await inEach("sourceIPAddress"), new RegExp(`"sourceIPAddress": "${from.replaceAll(".", "\\.")}"`));
  assert.match(await inEach("eventName"), /"eventName": "AuthorizeSecurityGroupIngress"/);
});

step("Task 3.5: the event history from the command line", async () => {
  const logins = JSON.parse(await sshGood("aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin"));
  assert.deepEqual([...new Set(logins.Events.map((event) => event.Username))], [given.user]); // mine alone
  const group = "AttributeKey=ResourceType,AttributeValue=AWS::EC2::SecurityGroup";
  assert.match(await sshGood(`aws cloudtrail lookup-events --lookup-attributes ${group} --output text`), /AuthorizeSecurityGroupIngress/);
  const narrowed = await sshGood(
    "region=$(curl -s http://169.254.169.254/latest/dynamic/instance-identity/document|grep region | cut -d '\"' -f4); " +
      `sgId=$(aws ec2 describe-instances --filters "Name=tag:Name,Values='Cafe Web Server'" --query 'Reservations[*].Instances[*].SecurityGroups[*].[GroupId]' --region $region --output text); ` +
      `echo $sgId; aws cloudtrail lookup-events --lookup-attributes ${group} --region $region --output text | grep $sgId`,
  );
  assert.equal(narrowed.split("\n")[0], given.security_group);
  assert.ok(narrowed.split("\n").length > 2);
});

step("Task 4.1: the Athena table", async () => {
  await service(/^CloudTrail/);
  await page.getByRole("link", { name: "Event history", exact: true }).click();
  await settle(page);
  await shoot(page, "10-event-history");
  await page.getByRole("button", { name: "Create Athena table" }).click();
  await page.getByRole("button", { name: /Storage location/ }).click();
  await page.getByRole("option", { name: new RegExp(BUCKET) }).click();
  const statement = await page.getByLabel("CREATE TABLE statement").innerText();
  assert.match(statement, new RegExp(`LOCATION 's3://${BUCKET}/AWSLogs/${given.account}/CloudTrail/'`));
  await shoot(page, "11-create-athena-table");
  await page.getByRole("button", { name: "Create table" }).click();
  await page.getByRole("dialog").getByText(`Table ${TABLE} was created`).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  noFaults();
});

step("Task 4.2: the result location, and the first queries", async () => {
  await service(/^Athena/);
  await page.getByRole("button", { name: `Show columns of ${TABLE}` }).click();
  await page.getByRole("button", { name: "useridentity", exact: true }).waitFor();
  await page.getByText("struct", { exact: true }).first().waitFor();
  await page.getByText("array", { exact: true }).first().waitFor();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Manage" }).click();
  await page.getByLabel("Location of query result").fill(`s3://${BUCKET}/results/`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The location of query results was saved").waitFor();
  await page.getByRole("tab", { name: "Editor", exact: true }).click();
  const five = await query(`SELECT *\nFROM ${TABLE}\nLIMIT 5`);
  assert.equal(five.rows.length, 5);
  assert.ok(five.header.includes("requestparameters"));
  await shoot(page, "12-query");
  const thirty = await query(`SELECT useridentity.userName, eventtime, eventsource, eventname, requestparameters\nFROM ${TABLE}\nLIMIT 30`);
  assert.equal(thirty.rows.length, 30);
  noFaults();
});

step("the Challenge: who, when, from where, how", async () => {
  await page.getByRole("button", { name: "New query" }).click();
  const recent = await query(
    `SELECT DISTINCT useridentity.userName, eventName, eventSource FROM ${TABLE} WHERE from_iso8601_timestamp(eventtime) > date_add('day', -1, now()) ORDER BY eventSource;`,
  );
  assert.ok(recent.rows.some((row) => row.includes("chaos") && row.includes("AuthorizeSecurityGroupIngress")));
  const { rows } = await query(
    `SELECT useridentity.userName, eventtime, sourceipaddress, useragent FROM ${TABLE} WHERE eventsource = 'ec2.amazonaws.com' AND eventname LIKE '%Security%' AND requestparameters LIKE '%"cidrIp":"0.0.0.0/0"%' AND requestparameters LIKE '%"fromPort":22%'`,
  );
  await shoot(page, "13-challenge");
  assert.equal(rows.length, 1);
  [, found.user, found.time, found.address] = rows[0];
  found.method = /Mozilla/.test(rows[0][4]) ? "console" : "programmatic";
  assert.equal(found.user, "chaos");
  noFaults();
});

step("Task 5.1: the intruder's login is ended", async () => {
  assert.match(await sshGood("sudo aureport --auth", { terminal: true }), /chaos-user/);
  assert.match(await sshGood("who"), /chaos-user/);
  const refused = await ssh("sudo userdel -r chaos-user");
  assert.notEqual(refused.code, 0);
  const [, number] = /currently used by process (\d+)/.exec(refused.text);
  await sshGood(`sudo kill -9 ${number}`);
  for (let left = 20; /chaos-user/.test(await sshGood("who")); left--) assert.ok(left > 0, "chaos-user is still there");
  await sshGood("sudo userdel -r chaos-user");
  assert.doesNotMatch(await sshGood("sudo cat /etc/passwd | grep -v nologin"), /chaos/);
});

step("Task 5.2: no passwords for sshd, no rule for everybody", async () => {
  await sshGood("sudo ls -l /etc/ssh/sshd_config");
  await typeInto("sudo vi /etc/ssh/sshd_config", [":set number\r", ":61\r", "0", "i#", "\u001b", ":63\r", "0", "x", ":wq\r"]);
  assert.match(await sshGood("sudo sed -n '61p;63p' /etc/ssh/sshd_config"), /^#PasswordAuthentication yes\nPasswordAuthentication no$/m);
  await ssh("sudo service sshd restart");
  await openItsSecurityGroup();
  await page.getByRole("button", { name: "Edit inbound rules" }).click();
  await page.getByRole("button", { name: "Delete rule 3" }).waitFor();
  for (const number of [1, 2, 3]) {
    const port = await page.getByLabel(`Port range of rule ${number}`).inputValue();
    const source = await page.getByLabel(`Source of rule ${number}`, { exact: true }).inputValue();
    if (port !== "22" || source !== "0.0.0.0/0") continue;
    await page.getByRole("button", { name: `Delete rule ${number}` }).click();
    break;
  }
  await shoot(page, "14-delete-rule");
  await page.getByRole("button", { name: "Save rules" }).click();
  await page.getByText(`Inbound security group rules were modified on ${given.security_group}`).waitFor();
  await settle(page);
  assert.equal(await rules().count(), 3);
  noFaults();
});

step("Task 5.3: the Café's own picture is back", async () => {
  await sshGood("cd /var/www/html/cafe/images/ && ls -l && sudo mv Coffee-and-Pastries.backup Coffee-and-Pastries.jpg");
  await website.reload();
  assert.deepEqual(await picture(), found.picture);
  await shoot(website, "15-website-restored");
});

step("Task 5.4: the user chaos is deleted by typing its name", async () => {
  await service(/^IAM/);
  await page.getByRole("heading", { name: /^Users/ }).waitFor();
  await page.getByRole("checkbox", { name: "Select chaos" }).check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/1 access key/).waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Delete", exact: true }).isDisabled(), true);
  await dialog.getByRole("textbox").fill("chaos");
  await shoot(page, "16-delete-user");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("User chaos was deleted").waitFor();
  assert.deepEqual(takeFaults(page, 404), []); // so IAM says that a user has no password
});

step("opentrail lab check finds nothing left to do", async () => {
  const { code, text } = await opentrail(
    "lab", "check", "--data", given.data, "--user", found.user, "--time", found.time, "--address", found.address, "--method", found.method,
  );
  assert.equal(code, 0, text);
});
