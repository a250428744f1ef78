// The overview against the mock server: the verdict, live without a reload, four clicks to why one person's call was bad,
// keyboard alone, the wall, and what it says when there is nothing or something fails.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import type { MeetingRow, OverviewGroups, OverviewNow } from "../src/api/types.ts";
import { PASSWORD, serve } from "../mock/server.ts";
import { findings } from "./axe.ts";
import { launch, visit, type Visit } from "./browser.ts";

let browser: Browser;
let server: Server;
let base: string;
let v: Visit;
let page: Page;

before(async () => {
  server = await serve(0);
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launch();
});
after(async () => {
  await browser.close();
  await new Promise<void>((done) => {
    server.close(() => { done(); });
    server.closeAllConnections();
  });
});
beforeEach(async () => {
  v = await visit(browser, base, { width: 1440, height: 900, theme: "dark" }, [/50[03]|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION/]);
  page = v.page;
  await make("reset");
  await page.request.post("/api/v1/session", { data: { user: "admin", password: PASSWORD } });
});
afterEach(async () => {
  const errors = [...v.errors];
  await v.context.close();
  assert.deepEqual(errors, [], "console");
});

const make = (what: string) => page.request.post(`/mock/${what}`);
const api = async <T>(path: string) => (await (await page.request.get(`/api/v1/${path}`)).json()) as T;

describe("Overview", () => {
  it("is where one arrives, and where g o leads", async () => {
    await page.goto("/");
    await page.waitForURL("**/overview");
    await page.waitForSelector(".verdict >> text=/right now/");
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await page.waitForURL("**/live");
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await page.waitForURL("**/overview");
  });
  it("says first how many are bad, and shows a change without a reload", async () => {
    await page.goto("/overview");
    await page.waitForSelector(".verdict >> text=/\\d+ (person|people) cannot hear or be heard well right now/");
    await page.evaluate(() => { document.body.dataset.loaded = "once"; });
    for (const m of (await api<{ items: MeetingRow[] }>("meetings?state=live&limit=500")).items) await make(`grade?id=${m.id}&grade=good`);
    await page.waitForSelector(".verdict >> text=Nobody has a bad minute right now");
    await page.waitForSelector(".people-now >> text=Nobody.");
    const [first] = (await api<{ items: MeetingRow[] }>("meetings?state=live&limit=500")).items;
    await make(`grade?id=${first?.id}&grade=bad`);
    await page.waitForSelector(".verdict >> text=/cannot hear or be heard well right now/");
    assert.equal(await page.evaluate(() => document.body.dataset.loaded), "once", "the page was loaded again");
  });
  it("leads in one click from who is bad now to why", async () => {
    await page.goto("/overview");
    const link = await page.waitForSelector(".pn a");
    const name = await link.textContent();
    await link.click();
    await page.waitForURL(/\/segments\/[0-9a-f]{16}/);
    await page.waitForSelector(`role=heading[name*="${name}"]`);
  });
  it("leads in at most four clicks from an incident to why one person's call was bad", async () => {
    await page.goto("/overview");
    await page.click(".oi a >> text=/Arvel Fibre/"); // one
    await page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await page.click(".names a >> nth=0"); // two: the person at the worst minute
    await page.waitForURL(/\/segments\/[0-9a-f]{16}/);
    await page.waitForSelector(".why-head .verdict b");
    await page.waitForSelector("role=heading[name='Evidence']");
  });
  it("works by keyboard alone: j, k and Enter through incidents and people", async () => {
    await page.goto("/overview");
    await page.waitForSelector(".oi");
    await page.keyboard.press("j");
    await page.waitForFunction(() => document.activeElement?.closest(".oi") !== null);
    const second = await page.textContent(".oi:nth-child(2) a");
    await page.keyboard.press("j");
    await page.waitForFunction((text) => document.activeElement?.textContent === text, second);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await page.goBack();
    await page.waitForSelector(".daychart");
    await page.keyboard.press("t");
    await page.waitForURL(/table=1/);
    await page.waitForSelector(".daychart-table tbody tr");
    assert.deepEqual(await findings(page), [], "axe");
    await page.keyboard.press("t");
    await page.waitForSelector(".daychart .plot");
  });
  it("says what moved with its counts, and does not grade small groups", async () => {
    await page.goto("/overview");
    await page.waitForSelector(".mv >> text=/Lyon/");
    const { movers, sites } = await api<OverviewGroups>("overview/groups?tz=UTC");
    assert.equal(await page.locator(".mv").count(), movers.length);
    await page.waitForSelector(".mv >> text=/min poor or bad, \\d+ people; then/");
    assert.equal(await page.locator(".site-table tbody tr").count(), sites.length);
    await page.waitForSelector(".site-table tbody >> text=under 10");
  });
  it("counts the moment as the API does", async () => {
    await page.goto("/overview");
    const now = await api<OverviewNow>("overview/now");
    await page.waitForSelector(`.tile >> text=/of ${now.people} people/`);
    await page.waitForSelector(".tile >> text=/% reported/");
  });
  it("says what to do when nothing has ever come, and when there is no week before", async () => {
    await make("nothing?on=1");
    await page.goto("/overview");
    await page.waitForSelector("text=Waiting for the first event from Zoom.");
    assert.deepEqual(await findings(page), [], "axe");
    await make("nothing?on=0");
    await page.waitForSelector(".overview-top");
    await make("first?on=1");
    await page.goto("/overview");
    await page.waitForSelector("text=Nothing to compare with yet.");
    await page.waitForSelector("text=/nothing of last \\w+ to compare with/");
  });
  it("keeps the other panels when one fails", async () => {
    await make("fail?path=/api/v1/overview/groups&status=500");
    await page.goto("/overview");
    await page.waitForSelector("text=The comparison could not be read.");
    await page.waitForSelector(".verdict >> text=/right now/");
    await page.waitForSelector(".oi");
    assert.deepEqual(await findings(page), [], "axe");
    await make("fail?path=/api/v1/overview/groups&status=0");
    await page.click(".movers >> text=Try again");
    await page.waitForSelector(".mv");
  });
});

describe("Wall", () => {
  it("is the overview's other face: no navigation, dark, and Escape leads back", async () => {
    await page.goto("/?wall=1");
    await page.waitForURL("**/wall");
    await page.waitForSelector(".wall .verdict >> text=/right now/");
    assert.equal(await page.locator("nav").count(), 0);
    assert.equal(await page.locator(".wall >> text=Luc Harnois").count(), 0, "a person's name is on the wall");
    assert.deepEqual(await findings(page), [], "axe");
    await page.keyboard.press("Escape");
    await page.waitForURL("**/overview");
  });
  it("fits its screen and can be read from afar", async () => {
    for (const [width, height] of [[1280, 720], [1920, 1080], [3840, 2160]] as const) {
      await page.setViewportSize({ width, height });
      await page.goto("/wall");
      await page.waitForSelector(".wall-incidents li");
      await page.waitForSelector(".daychart");
      assert.deepEqual(await page.evaluate(() => [document.documentElement.scrollWidth - document.documentElement.clientWidth, document.documentElement.scrollHeight - document.documentElement.clientHeight]), [0, 0], `${width} px`);
      // A fiftieth of the height is 14 mm on a screen of 55 inches: read from four metres it is as large as 1.4 mm at arm's length.
      const least = await page.evaluate(() => Math.min(...[...document.querySelectorAll<HTMLElement>(".wall :not(svg, svg *)")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent?.trim()) && !e.closest(".leave")).map((e) => parseFloat(getComputedStyle(e).fontSize))));
      assert.ok(least >= height / 50, `${least} px of ${height}`);
    }
  });
  it("shows that it is not following, and that it is again", async () => {
    await page.goto("/wall");
    await page.waitForSelector(".wall .verdict >> text=/right now/");
    await make("drop?ms=2500");
    await page.waitForSelector(".wall-lost >> text=/Not following since \\d\\d:\\d\\d:\\d\\d: these figures are/");
    assert.deepEqual(await findings(page), [], "axe");
    await page.waitForSelector(".wall-lost", { state: "detached", timeout: 15_000 });
    await page.waitForSelector(".wall .verdict >> text=/right now/");
  });
});
