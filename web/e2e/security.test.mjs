// What is done to the console, and must do nothing: other origins with the session's cookie, names that are scripts.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { given, open, openPage, settle, signInAsRoot, takeFaults } from "./browser.mjs";
import { browser, openSession, page } from "./session.mjs";

const ATTACK = `<!doctype html><title>other</title><form id="form" method="post" enctype="text/plain" action="${given.url}/_signin/credentials"><input name='{"token":"x","a":"' value='"}'></form>`;

let other; // another server, as anybody may have one on this machine

openSession(signInAsRoot);
before(async () => {
  other = createServer((_, response) => response.setHeader("content-type", "text/html").end(ATTACK)).listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
});
after(() => {
  other?.close();
});

const sessionWorks = async () => {
  await open(page, "/iam/users");
  await page.getByRole("link", { name: "chaos" }).waitFor();
};

// localhost on another port is the same site: the browser sends the cookie along.
for (const host of ["localhost", "127.0.0.1"]) {
  test(`a page of http://${host}:other reads nothing and uses nothing up`, async () => {
    const evil = await page.context().newPage();
    await evil.goto(`http://${host}:${other.address().port}/`);
    const tried = await evil.evaluate(async (url) => {
      const answers = [];
      for (const action of ["credentials", "sign-out", "sign-in"]) {
        for (const type of ["application/json", "text/plain"]) {
          for (const mode of ["cors", "no-cors"]) {
            try {
              const answer = await fetch(`${url}/_signin/${action}`, { method: "POST", mode, credentials: "include", headers: { "content-type": type }, body: '{"token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}' });
              answers.push(answer.type === "opaque" ? "" : await answer.text());
            } catch {
              answers.push("");
            }
          }
        }
      }
      return answers;
    }, given.url);
    assert.deepEqual([...new Set(tried)], [""]);
    await evil.evaluate(() => document.querySelector("#form").submit());
    await evil.getByText("another origin").waitFor();
    const framed = await evil.evaluate(
      (url) =>
        new Promise((resolve) => {
          const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { src: `${url}/_console/home` }));
          frame.onload = () => resolve(frame.contentDocument === null);
        }),
      given.url,
    ).catch(() => true);
    assert.equal(framed, true);
    await evil.close();
    await sessionWorks();
    takeFaults(page);
  });
}

test("the cookie alone, in another browser, is shown the sign-in page", async () => {
  const cookies = await page.context().cookies();
  assert.ok(cookies.every((cookie) => cookie.httpOnly && cookie.sameSite === "Strict"));
  const thief = await openPage(browser);
  await thief.context().addCookies(cookies);
  await thief.goto(`${given.url}/_console/iam/users`);
  await thief.getByRole("button", { name: "Sign in" }).waitFor();
  const answers = await thief.evaluate(async () => {
    const post = async (headers) => (await fetch("/_signin/credentials", { method: "POST", headers: { "content-type": "application/json", ...headers }, body: `{"token":"${"A".repeat(43)}"}` })).status;
    return [await post({}), await post({ "x-console-token": "A".repeat(43) })];
  });
  assert.deepEqual(answers, [403, 403]);
  await thief.context().close();
  await sessionWorks();
});

test("a token that was used is worth nothing, and its use is no harm to who has the next", async () => {
  const old = await page.evaluate(() => JSON.parse(localStorage.getItem("opentrail.token")).current);
  await page.reload();
  await settle(page);
  const status = await page.evaluate(
    async (token) => (await fetch("/_signin/credentials", { method: "POST", headers: { "content-type": "application/json", "x-console-token": token }, body: `{"token":"${"B".repeat(43)}"}` })).status,
    old,
  );
  assert.equal(status, 403);
  takeFaults(page, 403);
  await sessionWorks();
});

test("a document in a bucket, opened at the console's own address, has no part in its session", async () => {
  const evil = await page.context().newPage();
  await evil.goto(given.documentUrl);
  await evil.getByText("looked").waitFor();
  assert.equal(await evil.locator("#found").innerText(), "SecurityError");
  assert.equal(await evil.locator("#answer").innerText(), "refused");
  await evil.close();
  await sessionWorks();
  takeFaults(page);
});

test("names that look like scripts are names, on every page that shows them", async () => {
  const paths = [
    "/home", "/ec2/instances", "/ec2/security-groups", `/ec2/security-groups/${given.group}`, `/s3/buckets/${given.files}`, "/cloudtrail/dashboard", "/cloudtrail/events", "/iam/users",
    "/iam/policies", "/kms/keys", "/kms/aliases", "/athena/query-editor", "/investigate",
  ];
  for (const path of paths) await open(page, path);
  await page.getByRole("button", { name: "chaos", exact: true }).click();
  await page.getByRole("row", { name: /AuthorizeSecurityGroupIngress/ }).first().click();
  await page.getByText("<script>", { exact: false }).first().waitFor(); // the user agent, as text
  await open(page, `/s3/object/${given.files}?key=${encodeURIComponent(given.script)}`);
  await page.getByText("hello from an object").waitFor();
  await open(page, `/iam/policies/odd?arn=${encodeURIComponent(given.policy)}`);
  await page.getByText(given.script).first().waitFor();
  await open(page, "/athena/query-editor");
  await page.getByRole("tab", { name: "Saved queries" }).click();
  await page.getByText(given.script).first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.opentrailPwned), undefined);
  assert.equal(await page.locator("#content img[src=x]").count(), 0);
  assert.deepEqual(takeFaults(page, 404), []);
});

test("no text becomes markup or script, whoever tries", async () => {
  // Later, and so on the page's own account: what the test's tools run at once is exempt from the policy.
  const tried = await page.evaluate(
    () =>
      new Promise((resolve) =>
        setTimeout(() => {
          const outcomes = {};
          const attempt = (name, act) => {
            try {
              act();
              outcomes[name] = "done";
            } catch (error) {
              outcomes[name] = error.name;
            }
          };
          attempt("innerHTML", () => (document.createElement("div").innerHTML = "<b>x</b>"));
          attempt("eval", () => globalThis.eval("globalThis.opentrailPwned = 1"));
          attempt("script", () => document.head.appendChild(Object.assign(document.createElement("script"), { textContent: "globalThis.opentrailPwned = 1" })));
          resolve(outcomes);
        }),
      ),
  );
  assert.notEqual(tried.innerHTML, "done");
  assert.notEqual(tried.eval, "done");
  assert.equal(await page.evaluate(() => globalThis.opentrailPwned), undefined);
  takeFaults(page);
});
