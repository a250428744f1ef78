// The Meeting page against the mock server: sorting, the replay, what happened, the jump to the worst minute.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MeetingDetail, MeetingMinutes, MeetingRow } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { mocked } from "./mocked.ts";

const m = mocked();

const board = async () => (await m.api<{ items: MeetingRow[] }>("meetings?state=live&limit=500")).items.find((r) => r.topic === "Q4 supply review" && r.people > 20) as MeetingRow;

/** The names of the rows, top to bottom: the drawn order is not that of the list's elements. */
const names = () => m.page.$$eval(".heat-rows li", (rows) => rows.toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((r) => r.querySelector(".nm")?.textContent ?? ""));

async function open(query = "") {
  const row = await board();
  await m.page.goto(`/meetings/${row.id}${query}`);
  await m.page.waitForSelector(".heat-rows li");
  return row;
}

describe("Meeting", () => {
  it("sorts by name, site and join, by button and key, and keeps it in the address", async () => {
    await open();
    const worst = await names();
    await m.page.click(".hr.hd >> text=Person");
    await m.page.waitForURL(/sort=name/);
    await m.page.waitForSelector(".hr.hd [aria-pressed=true] >> text=Person");
    const byName = await names();
    const reported = byName.filter((n) => !n.startsWith("Guest"));
    assert.deepEqual(reported, reported.toSorted((a, b) => a.localeCompare(b, "en")));
    assert.notDeepEqual(byName, worst);
    await m.page.keyboard.press("s");
    await m.page.waitForURL(/sort=site/);
    await m.page.waitForSelector(".hr.hd [aria-pressed=true] >> text=Site");
    await m.page.goto(m.page.url());
    await m.page.waitForSelector(".hr.hd [aria-pressed=true] >> text=Site");
    await m.page.waitForSelector(".heat-rows li");
    const sites = await m.page.$$eval(".heat-rows li", (rows) => rows.toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((r) => r.querySelector<HTMLElement>(".site")?.title ?? "").filter((t) => t !== "" && !t.includes("/")));
    assert.deepEqual(sites, sites.toSorted((a, b) => a.localeCompare(b, "en")), "sites");
  });
  it("jumps to the worst minute and to the one who had it worst", async () => {
    const row = await open("?person=nobody");
    const { rows } = await m.api<MeetingMinutes>(`meetings/${row.id}/minutes`);
    const bad = new Map<string, number>();
    for (const x of rows.flatMap((r) => r.minutes)) if (x.grade === "bad") bad.set(x.at, (bad.get(x.at) ?? 0) + 1);
    const most = Math.max(...bad.values());
    await m.page.click("text=Jump to the worst");
    await m.page.waitForURL((u) => bad.get((u.searchParams.get("at") ?? "").replace(".000Z", "Z")) === most || bad.get(u.searchParams.get("at") ?? "") === most);
    await m.page.waitForSelector(".at-minute .at .g-bad");
    await m.page.waitForSelector(".at-minute .slots .g-bad");
  });
  it("replays: minute by minute, with the panel and the counts, dims what was not yet, and rests in the address", async () => {
    await open();
    await m.page.keyboard.press("w");
    await m.page.waitForURL(/at=2/);
    const at = () => new URL(m.page.url()).searchParams.get("at");
    const begun = at();
    const label = (await m.page.textContent(".heat-line b")) ?? "";
    await m.page.keyboard.press(" ");
    await m.page.waitForSelector("role=button[name=Pause]");
    await m.page.waitForSelector(".veil", { state: "attached" });
    await m.page.waitForFunction((t) => document.querySelector(".heat-line b")?.textContent !== t, label);
    assert.equal(at(), begun, "the address changed while it played");
    await m.page.keyboard.press(" ");
    await m.page.waitForSelector("role=button[name=Play]");
    await m.page.waitForURL((u) => u.searchParams.get("at") !== begun);
    const shown = await m.page.textContent(".heat-line b");
    await m.page.waitForSelector(`.at-minute h3 >> text=At ${shown}`);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("Escape");
    await m.page.waitForSelector(".veil", { state: "detached" });
  });
  it("is scrubbed by the keyboard, and says the minute and its count", async () => {
    await open();
    await m.page.focus("role=slider[name='Minute of the meeting']");
    await m.page.keyboard.press("Home");
    await m.page.waitForURL(/at=2/);
    const first = await m.page.getAttribute(".rail input", "aria-valuetext");
    assert.match(first ?? "", /^\d\d:\d\d, (\d+ bad, \d+ poor of \d+|no report)$/);
    await m.page.keyboard.press("ArrowRight");
    await m.page.waitForFunction((t) => document.querySelector(".rail input")?.getAttribute("aria-valuetext") !== t, first);
    assert.equal(await m.page.inputValue(".rail input"), "1");
  });
  it("stops at the end", async () => {
    await open();
    await m.page.focus("role=slider[name='Minute of the meeting']");
    await m.page.keyboard.press("End");
    await m.page.waitForURL(/at=2/);
    await m.page.keyboard.press("ArrowLeft");
    await m.page.click("role=button[name='240×']");
    await m.page.click("role=button[name=Play]");
    await m.page.waitForSelector("role=button[name=Play]");
    assert.equal(await m.page.inputValue(".rail input"), await m.page.getAttribute(".rail input", "max"));
  });
  it("shows who came and went, what changed and what Zoom told, and leads to the minute", async () => {
    const row = await open();
    const detail = await m.api<MeetingDetail>(`meetings/${row.id}`);
    for (const kind of ["join", "change", "notice"]) await m.page.waitForSelector(`.ticks .tick.${kind}`, { state: "attached" });
    const change = detail.changes[0];
    const who = detail.segments.find((s) => s.id === change?.segment)?.person.id;
    await m.page.goto(`/meetings/${row.id}?person=${who}`);
    await m.page.click(".events button >> text=network changed from Wi-Fi to wired");
    await m.page.waitForURL((u) => u.searchParams.get("at")?.slice(0, 16) === change?.at.slice(0, 16));
    await m.page.waitForSelector(".events [aria-current=true]");
  });
  it("marks stretches with the icon of their cause, and tells overall quality and drops", async () => {
    await open();
    await m.page.waitForSelector(".marks i svg", { state: "attached" });
    await m.page.waitForSelector(".figure >> text=/% good or fair/");
    await m.page.waitForSelector(".figure:has-text('Drops') >> text=/nobody fell out|came back/");
    const cut = await m.page.$$eval(".hr .why .clip", (cells) => cells.filter((c) => c.scrollWidth > c.clientWidth).map((c) => c.textContent));
    assert.deepEqual(cut, [], "causes are cut off");
  });
  it("is told in the zone of whoever reported", async () => {
    await open();
    await m.page.focus(".tool.zone");
    await m.page.selectOption(".tool.zone", "Asia/Tokyo");
    await m.page.evaluate(() => { (document.activeElement as HTMLElement).blur(); });
    await m.page.keyboard.press("w");
    await m.page.waitForURL(/at=2/);
    const at = new URL(m.page.url()).searchParams.get("at") ?? "";
    const told = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }).format(new Date(at));
    await m.page.waitForSelector(`.heat-line b >> text=${told}`);
    await m.page.reload();
    await m.page.waitForSelector(`.heat-line b >> text=${told}`);
  });
  it("goes to the next person by button, for those without a keyboard", async () => {
    // By name: the order by trouble moves as the meeting goes on.
    await open("?sort=name");
    await m.page.click(".heat-rows li:nth-child(3) .nm");
    const [third, fourth] = (await names()).slice(2, 4);
    await m.page.waitForSelector(`.person h2 >> text=${third}`);
    await m.page.click("role=button[name='Next person']");
    await m.page.waitForSelector(`.person h2 >> text=${fourth}`);
  });
});
