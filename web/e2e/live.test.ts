// Live and what every page does when something fails, against the mock server: rows hold still, grades flash, the connection
// breaks, a panel fails, the address holds the view.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked, OUTAGE, running } from "./mocked.ts";

const m = mocked(undefined, [OUTAGE, /404/]);

/** The ids of the rows, top to bottom as drawn, once there are some. */
async function ids(): Promise<string[]> {
  const found = await m.page.waitForFunction(() => {
    const rows = [...document.querySelectorAll<HTMLElement>(".lr.row")].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    return rows.length > 0 && rows.map((r) => r.dataset.id ?? "");
  });
  return (await found.jsonValue()) as string[];
}

/** Waits until another row is the first. */
const overtaken = (first: string) => m.page.waitForFunction((id) => {
  const rows = [...document.querySelectorAll<HTMLElement>(".lr.row")].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  return rows.length > 0 && rows[0]?.dataset.id !== id;
}, first);

describe("Live", () => {
  it("holds the order under the pointer, says how many rows would move, and moves them on r", async () => {
    await goTo(m.page, "/live");
    const [first = ""] = await ids();
    await m.page.hover(`.lr.row[data-id="${first}"]`);
    await m.make(`grade?id=${first}&grade=good`);
    await m.page.waitForSelector(".held >> text=Order held");
    assert.equal((await ids())[0], first, "moved under the pointer");
    await m.page.keyboard.press("r");
    await overtaken(first);
  });
  it("shows the phone calls that run, the worst few beside meetings, all of them alone", async () => {
    await goTo(m.page, "/live");
    const names = "section[aria-label='Running phone calls'] tbody tr:not(.none)";
    await m.page.waitForSelector(`${names} >> nth=2`);
    const scores = async () => (await m.page.locator(`${names} td:nth-child(3)`).allInnerTexts()).map(Number);
    const few = await scores();
    assert.deepEqual(few, [...few].sort((a, z) => a - z), "worst first");
    await m.page.click("section[aria-label='Running phone calls'] >> text=/^All 4$/");
    await m.page.waitForSelector(`${names} >> nth=3`);
    assert.match(m.page.url(), /kind=call/);
    assert.equal(await m.page.locator("section[aria-label='Running meetings']").count(), 0);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("j");
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(/\/phone\/[0-9a-f]{16}/);
  });
  it("moves at once when nobody points at the list, and says what the grade was", async () => {
    await m.page.mouse.move(5, 5);
    await goTo(m.page, "/live");
    const [first = ""] = await ids();
    await m.make(`grade?id=${first}&grade=fair`);
    await m.page.waitForSelector(`.lr.row[data-id="${first}"] .flash >> text=/→ fair, better/`);
    await overtaken(first);
  });
  it("says since when it does not follow, keeps the figures, and follows again", async () => {
    await goTo(m.page, "/live");
    await m.page.waitForSelector("text=Following");
    const rows = (await ids()).length;
    await m.make("drop?ms=600000");
    await m.page.waitForSelector(".notice-line:has-text('trying again in') >> text=/Not following since \\d\\d:\\d\\d:\\d\\d/");
    assert.equal((await ids()).length, rows, "rows vanished");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.make("drop?ms=0");
    await m.page.waitForSelector(".notice-line", { state: "detached" });
    await m.page.waitForSelector("text=Following");
  });
  it("walks with j and k, opens with Enter, and comes back with the filter", async () => {
    await goTo(m.page, "/live?grade=bad,poor");
    const [, second] = await ids();
    await m.page.keyboard.press("j");
    await m.page.keyboard.press("j");
    await m.page.waitForFunction((id) => document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset.id === id, second);
    await m.page.keyboard.press("Enter");
    await arrive(m.page, `**/meetings/${second}`);
    await m.page.goBack();
    await m.page.waitForSelector(".btn.on >> text=bad");
    await m.page.waitForFunction(() => {
      const grades = [...document.querySelectorAll<HTMLElement>(".lr.row")].map((r) => r.dataset.grade);
      return grades.length > 0 && grades.every((g) => g === "bad" || g === "poor");
    });
  });
  it("shows names as text", async () => {
    await m.page.goto("/live?q=board");
    await m.page.waitForSelector(".lr.row >> text=<b>Board</b> meeting");
  });
  it("keeps a meeting that ended for a while, dimmed", async () => {
    await goTo(m.page, "/live");
    const [first = ""] = await ids();
    await m.make(`end?id=${first}`);
    await m.page.waitForSelector(`.lr.ended[data-id="${first}"] >> text=ended`);
  });
  it("says what is the matter when nothing runs, and when nothing matches", async () => {
    await m.page.goto("/live?q=zzzz");
    await m.page.waitForSelector("text=No running meeting matches the filter.");
    await m.make("empty?on=1");
    await m.page.goto("/live");
    await m.page.waitForSelector("text=No meetings are running.");
  });
});

describe("panels", () => {
  it("fail one by one, with words and another try", async () => {
    const [meeting] = await running(m);
    await m.make(`fail?path=/api/v1/meetings/${meeting?.id}/minutes&status=500`);
    await m.page.goto(`/meetings/${meeting?.id}`);
    await m.page.waitForSelector("text=Minutes could not be read.");
    await m.page.waitForSelector("text=the facts store does not answer");
    await m.page.waitForSelector(`role=heading[name*="${meeting?.topic}"]`);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.make(`fail?path=/api/v1/meetings/${meeting?.id}/minutes&status=0`);
    await m.page.click("text=Try again");
    await m.page.waitForSelector(".heat-rows li");
  });
  it("say which destination does not take what is sent, worst first", async () => {
    await goTo(m.page, "/ingest");
    await m.page.waitForSelector("section[aria-label=Exports] tbody tr:nth-child(1):has-text('grafana'):has-text('answered 502')");
    await m.page.waitForSelector("section[aria-label=Exports] tbody tr:nth-child(3)");
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("keep what they had, and say how old it is", async () => {
    await goTo(m.page, "/ingest");
    await m.page.waitForSelector("text=What the receiver answered");
    await m.make("fail?path=/api/v1/ingest&status=503");
    await m.page.waitForSelector("text=/Ingest health not renewed since/");
    await m.page.waitForSelector("text=Subscriptions");
  });
  it("say so where there is no such thing", async () => {
    await m.page.route("**/api/v1/calls/0000000000000000", (r) => r.fulfill({ status: 404, contentType: "application/problem+json", body: '{"detail":"no"}' }));
    await m.page.goto("/phone/0000000000000000");
    await m.page.waitForSelector("text=Earshot knows no such call.");
  });
});
