// How long a person waits for the console. Run by bench/console; prints a line of JSON for each measurement.
import { given, openBrowser, openPage, settle, signInAsRoot } from "./browser.mjs";

const ROUNDS = Number(process.env.OPENTRAIL_BENCH_ROUNDS ?? 5);
const VISITS = [
  ["EC2", "/ec2/instances", "Instances"], ["Security Groups", "/ec2/security-groups", "Security Groups"], ["Trails", "/cloudtrail/trails", "Trails"],
  ["Event history", "/cloudtrail/events", "Event history"], ["Athena", "/athena/query-editor", "Query editor"], ["Users", "/iam/users", "Users"],
  ["Policies", "/iam/policies", "Policies"], ["Buckets", "/s3/buckets", "Buckets"], ["Keys", "/kms/keys", "Customer managed keys"], ["Investigate", "/investigate", "Investigate"],
];

const tell = (what, how, times) => process.stdout.write(`${JSON.stringify({ what, how, times })}\n`);
const heading = (page, name) => page.getByRole("heading", { level: 1, name: new RegExp(`^${name}`) }).waitFor();
async function timed(act) {
  const begin = performance.now();
  await act();
  return Math.round(performance.now() - begin);
}
/** As a link of the console would: no page is loaded, only code and data that are missing. */
const follow = (page, path) =>
  page.evaluate((to) => {
    history.pushState(null, "", `/_console${to}`);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);

const browser = await openBrowser();
const first = [];
const again = [];
for (let round = 0; round < ROUNDS; round++) {
  const page = await openPage(browser); // a context of its own: nothing is cached
  first.push(await timed(async () => {
    await page.goto(given.url);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
  }));
  await signInAsRoot(page);
  await settle(page);
  again.push(await timed(async () => {
    await page.reload();
    await heading(page, "Console Home");
  }));
  await page.context().close();
}
tell("first load: the sign-in page", "nothing cached", first);
tell("reload: Console Home", "cached", again);

for (const [name, path, title] of VISITS) {
  const cold = [];
  const warm = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await openPage(browser);
    await signInAsRoot(page);
    await settle(page);
    for (const times of [cold, warm]) {
      times.push(await timed(async () => {
        await follow(page, path);
        await heading(page, title);
        await settle(page);
      }));
      await follow(page, "/home");
      await heading(page, "Console Home");
      await settle(page);
    }
    await page.context().close();
  }
  tell(name, "first visit", cold);
  tell(name, "again", warm);
}
await browser.close();
