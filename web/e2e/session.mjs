// A file of tests has one browser and one page of it, which both end with its last test.
import { after, before } from "node:test";
import { openBrowser, openPage } from "./browser.mjs";

export let browser;
export let page;

/** Opens both before the first test and does `begin` on the page, with which it may sign in. */
export function openSession(begin = async () => {}) {
  before(async () => {
    browser = await openBrowser();
    page = await openPage(browser);
    await begin(page);
  });
  after(async () => {
    await browser?.close();
  });
}
