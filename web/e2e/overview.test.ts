// The overview against the mock server: the verdict, live without a reload, four clicks to why one person's call was bad,
// keyboard alone, the wall, and what it says when there is nothing or something fails.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OverviewGroups, OverviewNow } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked, OUTAGE, running } from "./mocked.ts";

const m = mocked(undefined, [OUTAGE]);

describe("Overview", () => {
  it("is where one arrives, and where g o leads", async () => {
    await m.page.goto("/");
    await m.page.waitForURL("**/overview");
    await m.page.waitForSelector(".verdict >> text=/right now/");
    await m.page.keyboard.press("g");
    await m.page.keyboard.press("l");
    await arrive(m.page, "**/live");
    await m.page.keyboard.press("g");
    await m.page.keyboard.press("o");
    await m.page.waitForURL("**/overview");
  });
  it("says first how many are bad, and shows a change without a reload", async () => {
    await m.page.goto("/overview");
    await m.page.waitForSelector(".verdict >> text=/[0-9,]+ of the [0-9,]+ people in [0-9,]+ meetings cannot hear or be heard well right now/");
    await m.page.evaluate(() => { document.body.dataset.loaded = "once"; });
    for (const { id } of await running(m)) await m.make(`grade?id=${id}&grade=good`);
    await m.page.waitForSelector(".verdict >> text=Nobody has a bad minute right now");
    await m.page.waitForSelector(".people-now >> text=Nobody.");
    const [first] = await running(m);
    await m.make(`grade?id=${first?.id}&grade=bad`);
    await m.page.waitForSelector(".verdict >> text=/cannot hear or be heard well right now/");
    assert.equal(await m.page.evaluate(() => document.body.dataset.loaded), "once", "the page was loaded again");
  });
  it("keeps the clocks below the day apart", async () => {
    for (const width of [390, 1190, 1440]) {
      await m.page.setViewportSize({ width, height: 900 });
      await goTo(m.page, "/overview");
      await m.page.waitForFunction(() => {
        const boxes = [...document.querySelectorAll(".daychart .axis span")].map((e) => e.getBoundingClientRect());
        return boxes.length > 1 && boxes.every((box, k) => k === 0 || box.left >= (boxes[k - 1]?.right ?? 0) + 4);
      });
    }
  });
  it("says the open incident before everything else, and leads to it", async () => {
    await goTo(m.page, "/overview");
    const said = await m.page.textContent(".verdict a");
    await m.page.click(".verdict a");
    await m.page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await m.page.waitForFunction((text) => document.querySelector("h1")?.textContent?.toLowerCase() === text?.toLowerCase(), said);
  });
  it("leads in one click from who is bad now to why", async () => {
    await goTo(m.page, "/overview");
    const name = await m.page.textContent(".pn a >> nth=0");
    await m.page.click(".pn a >> nth=0");
    await m.page.waitForURL(/\/segments\/[0-9a-f]{16}/);
    await m.page.waitForSelector(`role=heading[name*="${name}"]`);
  });
  it("leads in at most four clicks from an incident to why one person's call was bad", async () => {
    await m.page.goto("/overview");
    await m.page.click(".oi a >> text=/Arvel Fibre/"); // one
    await m.page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await m.page.click(".reach-row a >> nth=0"); // two: the person at the worst minute
    await m.page.waitForURL(/\/segments\/[0-9a-f]{16}/);
    await m.page.waitForSelector(".why-head .verdict b");
    await m.page.waitForSelector("role=heading[name='Evidence']");
  });
  it("works by keyboard alone: j, k and Enter through incidents and people", async () => {
    await goTo(m.page, "/overview");
    const focused = (text: string | null) => m.page.waitForFunction((t) => document.activeElement?.textContent === t, text);
    const [first, second] = [await m.page.textContent(".oi:nth-child(1) a"), await m.page.textContent(".oi:nth-child(2) a")];
    await m.page.keyboard.press("j");
    await focused(first);
    await m.page.keyboard.press("j");
    await focused(second);
    await m.page.keyboard.press("k");
    await focused(first);
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await m.page.goBack();
    await arrive(m.page, "**/overview");
    await m.page.waitForSelector(".daychart .plot");
    await m.page.keyboard.press("t");
    await arrive(m.page, /table=1/);
    await m.page.waitForSelector(".daychart-table tbody tr");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("t");
    await m.page.waitForSelector(".daychart .plot");
  });
  it("says what moved with its counts, and does not grade small groups", async () => {
    const { movers, sites } = await m.api<OverviewGroups>("overview/groups?tz=UTC");
    await m.page.goto("/overview");
    await m.page.waitForSelector(".mv >> text=/Lyon/");
    await m.page.waitForFunction((n) => document.querySelectorAll(".mv").length === n, movers.length);
    await m.page.waitForSelector(".mv >> text=/min poor or bad, \\d+ people; then/");
    await m.page.waitForFunction((n) => document.querySelectorAll(".site-table tbody tr").length === n, sites.length);
    await m.page.waitForSelector(".site-table tbody >> text=under 10");
  });
  it("counts the moment as the API does", async () => {
    const now = await m.api<OverviewNow>("overview/now");
    await m.page.goto("/overview");
    await m.page.waitForSelector(`.tile >> text=/of ${now.people} people/`);
    await m.page.waitForSelector(".tile >> text=/% reported/");
  });
  it("says what to do when nothing has ever come, and when there is no week before", async () => {
    await m.make("nothing?on=1");
    await m.page.goto("/overview");
    await m.page.waitForSelector("text=Waiting for the first event from Zoom.");
    await m.page.waitForSelector('[data-step="Secret token"][data-done=true]');
    await m.page.waitForSelector('[data-step=Events][data-done=false]');
    // There is no event time yet: the clock is the viewer's own.
    await m.page.waitForSelector(`.overview-head .meta >> text=${new Date().getUTCFullYear()}`);
    await m.page.waitForSelector(".nav .foot >> text=No event yet");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.goto("/wall");
    await m.page.waitForSelector(".wall .verdict >> text=Nothing has been received from Zoom yet");
    assert.equal(await m.page.locator(".wall-figures").count(), 0, "figures of nothing");
    await m.page.goto("/overview");
    await m.page.waitForSelector("text=Waiting for the first event from Zoom.");
    await m.make("nothing?on=0");
    await m.page.waitForSelector(".overview-top");
    await m.make("first?on=1");
    await m.page.goto("/overview");
    await m.page.waitForSelector("text=/Nothing to compare with yet:.* from \\w+ \\d+ \\w+ \\d+ at the latest/");
    await m.page.waitForSelector("text=/nothing of last \\w+ to compare with/");
  });
  it("says before everything else that Zoom has fallen silent", async () => {
    await m.make("silent?minutes=7");
    await m.page.goto("/overview");
    await m.page.waitForSelector(".verdict >> text=/^Nothing has come from Zoom for 7 min$/");
    await m.page.waitForSelector(".tile >> text=Trust low.");
    await m.page.waitForSelector(".nav .foot >> text=7 min ago");
    assert.equal(await m.page.getByText("All are well").count(), 0);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.goto("/wall");
    await m.page.waitForSelector(".wall .verdict >> text=/^Nothing has come from Zoom for 7 min$/");
    await m.page.goto("/overview");
    await m.page.click(".verdict >> text=What to look at");
    await m.page.waitForURL("**/ingest");
  });
  it("keeps the other panels when one fails", async () => {
    await m.make("fail?path=/api/v1/overview/groups&status=500");
    await m.page.goto("/overview");
    await m.page.waitForSelector("text=The comparison could not be read.");
    await m.page.waitForSelector(".verdict >> text=/right now/");
    await m.page.waitForSelector(".oi");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.make("fail?path=/api/v1/overview/groups&status=0");
    await m.page.click(".movers >> text=Try again");
    await m.page.waitForSelector(".mv");
  });
});

describe("Wall", () => {
  it("is the overview's other face: no navigation, dark, and Escape leads back", async () => {
    await m.page.goto("/?wall=1");
    await m.page.waitForURL("**/wall");
    await m.page.waitForSelector(".wall .verdict >> text=/One problem matters|problems are open/");
    assert.equal(await m.page.locator("nav").count(), 0);
    assert.equal(await m.page.locator(".wall >> text=Luc Harnois").count(), 0, "a person's name is on the wall");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("Escape");
    await m.page.waitForURL("**/overview");
  });
  it("fits its screen and can be read from afar", async () => {
    for (const [width, height] of [[1280, 720], [1920, 1080], [3840, 2160]] as const) {
      await m.page.setViewportSize({ width, height });
      await goTo(m.page, "/wall");
      await m.page.waitForSelector(".wall-incidents li");
      await m.page.waitForSelector(".daychart .plot");
      assert.deepEqual(await m.page.evaluate(() => [document.documentElement.scrollWidth - document.documentElement.clientWidth, document.documentElement.scrollHeight - document.documentElement.clientHeight]), [0, 0], `${width} px`);
      // A fiftieth of the height is 14 mm on a screen of 55 inches: read from four metres it is as large as 1.4 mm at arm's length.
      const least = await m.page.evaluate(() => Math.min(...[...document.querySelectorAll<HTMLElement>(".wall :not(svg, svg *)")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent?.trim()) && !e.closest(".leave")).map((e) => parseFloat(getComputedStyle(e).fontSize))));
      assert.ok(least >= height / 50, `${least} px of ${height}`);
    }
  });
  it("shows that it is not following, and that it is again", async () => {
    await m.page.goto("/wall");
    await m.page.waitForSelector(".wall .verdict >> text=/One problem matters|problems are open/");
    await m.make("drop?ms=600000");
    await m.page.waitForSelector(".wall-lost >> text=/Not following since \\d\\d:\\d\\d:\\d\\d: these figures are/");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.make("drop?ms=0");
    await m.page.waitForSelector(".wall-lost", { state: "detached" });
    await m.page.waitForSelector(".wall .verdict >> text=/One problem matters|problems are open/");
  });
});
