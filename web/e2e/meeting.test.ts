// The Meeting page against the mock server: choosing, sorting, causes, the replay, what happened, the jump to the worst minute.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MeetingDetail, MeetingMinutes } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked, review } from "./mocked.ts";

const m = mocked();

const detailOf = async () => m.api<MeetingDetail>(`meetings/${(await review(m)).id}`);
const minutesOf = async () => (await m.api<MeetingMinutes>(`meetings/${(await review(m)).id}/minutes`)).rows;

/** What stands in the rows, top to bottom: the drawn order is not that of the list's elements. */
const drawn = (selector: string, what: "textContent" | "title" = "textContent") => m.page.$$eval(".heat-rows li", (rows, [s, w]) =>
  rows.toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((r) => { const e = r.querySelector<HTMLElement>(s); return (w === "title" ? e?.title : e?.textContent) ?? ""; }), [selector, what] as const);
const names = () => drawn(".nm");

async function open(query = ""): Promise<MeetingDetail> {
  const detail = await detailOf();
  await goTo(m.page, `/meetings/${detail.id}${query}`);
  await m.page.waitForSelector(".heat-rows li");
  return detail;
}

/** Where an element stands once it is in the middle of the window: at its foot the bar of the replay lies over the rows. */
async function boxOf(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
  const element = m.page.locator(selector).first();
  await element.evaluate((e) => { e.scrollIntoView({ block: "center" }); });
  const box = await element.boundingBox();
  assert.ok(box, selector);
  return box;
}

/** Waits until the rail tells another minute, and returns it. */
const railTold = async (before: string) => (await m.page.waitForFunction((t) => {
  const now = document.querySelector(".rail input")?.getAttribute("aria-valuetext") ?? "";
  return now !== t && now;
}, before)).jsonValue() as Promise<string>;

describe("Meeting", () => {
  it("chooses person and minute by keyboard, keeps them in the address, and opens the participant", async () => {
    await open();
    const [, second = ""] = await names();
    await m.page.keyboard.press("j");
    await m.page.waitForSelector(`.person h2 >> text=${second}`);
    await m.page.keyboard.press("ArrowRight");
    await m.page.waitForURL((u) => u.searchParams.has("at") && u.searchParams.has("person"));
    await m.page.reload();
    await m.page.waitForSelector(`.person h2 >> text=${second}`);
    await m.page.waitForSelector(".heat-rows li");
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(/\/segments\/.*at=/);
    await m.page.waitForSelector(`role=heading[name*="${second}"]`);
  });
  it("opens the person that is chosen, also after a row was clicked", async () => {
    await open();
    const [, , third = "", fourth = ""] = await names();
    await m.page.click(`.heat-rows li .nm:text-is("${third}")`);
    await m.page.waitForSelector(`.person h2 >> text=${third}`);
    await m.page.keyboard.press("j");
    await m.page.waitForSelector(`.person h2 >> text=${fourth}`);
    await m.page.keyboard.press("Enter");
    await m.page.waitForSelector(`role=heading[name*="${fourth} in "]`);
  });
  it("grades one medium alone, in the address, and says which", async () => {
    const { segments } = await open();
    const rows = new Map((await minutesOf()).map((r) => [r.segment, r.minutes]));
    // Who has trouble with video in most minutes, by the API's own grades of the two streams of video.
    const bad = new Map<string, number>();
    for (const s of segments) bad.set(s.person.id ?? s.id, (bad.get(s.person.id ?? s.id) ?? 0) + (rows.get(s.id) ?? []).filter((x) => x.slots[2] === "bad" || x.slots[3] === "bad").length);
    const most = Math.max(...bad.values());
    await m.page.click("[aria-label=Media] >> text=video");
    await m.page.waitForURL((u) => u.searchParams.get("media") === "video");
    await m.page.waitForSelector(".crowd-lane >> text=by video alone");
    await m.page.waitForFunction((n) => [...document.querySelectorAll(".heat-rows li")].some((r) => r.querySelector(".r")?.textContent === String(n) && (r as HTMLElement).style.top === "0px"), most);
    await m.page.waitForSelector(".person >> text=By video alone:");
    await m.page.reload();
    await m.page.waitForSelector(".crowd-lane >> text=by video alone");
    await m.page.click("[aria-label=Media] >> text=all media");
    await m.page.waitForURL((u) => !u.searchParams.has("media"));
    await m.page.waitForSelector(".crowd-lane >> text=by video alone", { state: "detached" });
  });
  it("shows people whom Zoom does not report as missing", async () => {
    await open();
    // Only rows in sight are drawn, and these are the last.
    await m.page.waitForFunction(() => { window.scrollTo(0, document.body.scrollHeight); return document.querySelector(".hr.ext") !== null; });
    await m.page.waitForSelector(".hr.ext >> text=Not reported");
    await m.page.waitForSelector("text=3 people are not reported by Zoom.");
  });
  it("says its verdict from the same figures as the API", async () => {
    const detail = await open();
    const bad = new Set(detail.segments.filter((s) => s.minutes.bad > 0).map((s) => s.person.id));
    await m.page.waitForSelector(`.verdict >> text=/${bad.size} of \\d+ people ha(ve|s) bad minutes/`);
  });
  it("follows while it runs", async () => {
    const { id } = await review(m);
    const followed = m.page.waitForRequest((r) => r.url().includes(`/events?meeting=${id}`));
    await m.page.goto(`/meetings/${id}`);
    await followed;
    await m.page.waitForSelector(".heat-rows li");
  });
  it("explains a minute under the pointer", async () => {
    await open();
    const box = await boxOf(".heat-rows li .plot");
    await m.page.mouse.move(box.x + box.width * 0.75, box.y + 7);
    await m.page.waitForSelector(".tip >> text=/bad|poor|fair|good|no report/");
  });
  it("sorts by name, site and join, by button and key, and keeps it in the address", async () => {
    await open();
    const worst = await names();
    await m.page.click(".hr.hd >> text=Person");
    await arrive(m.page, /sort=name/);
    await m.page.waitForSelector(".hr.hd [aria-pressed=true] >> text=Person");
    const byName = await names();
    const reported = byName.filter((n) => !n.startsWith("Guest"));
    assert.deepEqual(reported, reported.toSorted((a, b) => a.localeCompare(b, "en")));
    assert.notDeepEqual(byName, worst);
    await m.page.keyboard.press("s");
    await m.page.waitForURL(/sort=site/);
    await m.page.waitForSelector(".hr.hd [aria-pressed=true] >> text=Site");
    await m.page.reload();
    await m.page.waitForSelector(".heat-rows li");
    await m.page.waitForSelector(".hr.hd [aria-pressed=true] >> text=Site");
    const sites = (await drawn(".site", "title")).filter((t) => t !== "" && !t.includes("/"));
    assert.deepEqual(sites, sites.toSorted((a, b) => a.localeCompare(b, "en")), "sites");
  });
  it("jumps to the worst minute and to the one who had it worst", async () => {
    await open("?person=nobody");
    const bad = new Map<number, number>();
    for (const x of (await minutesOf()).flatMap((r) => r.minutes)) if (x.grade === "bad") bad.set(Date.parse(x.at), (bad.get(Date.parse(x.at)) ?? 0) + 1);
    const most = Math.max(...bad.values());
    await m.page.click("text=Jump to the worst");
    await m.page.waitForURL((u) => bad.get(Date.parse(u.searchParams.get("at") ?? "")) === most);
    await m.page.waitForSelector(".at-minute .at .g-bad");
    await m.page.waitForSelector(".at-minute .slots .g-bad");
  });
  it("replays: minute by minute, with the panel and the counts, dims what was not yet, and rests in the address", async () => {
    // From its beginning there is a minute of replay to look at, however slow the machine.
    const { start } = await detailOf();
    const begun = new Date(Date.parse(start ?? "") + 60_000).toISOString();
    await open(`?at=${begun}`);
    const label = (await m.page.textContent(".heat-line b")) ?? "";
    await m.page.keyboard.press(" ");
    await m.page.waitForSelector("role=button[name=Pause]");
    await m.page.waitForSelector(".veil", { state: "attached" });
    await m.page.waitForFunction((t) => ![t, ""].includes(document.querySelector(".heat-line b")?.textContent ?? ""), label);
    assert.equal(new URL(m.page.url()).searchParams.get("at"), begun, "the address changed while it played");
    await m.page.keyboard.press(" ");
    await m.page.waitForSelector("role=button[name=Play]");
    await m.page.waitForURL((u) => u.searchParams.get("at") !== begun);
    await m.page.waitForFunction(() => { const shown = document.querySelector(".heat-line b")?.textContent ?? "-"; return document.querySelector(".at-minute h3")?.textContent.includes(`At ${shown}`); });
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("Escape");
    await m.page.waitForSelector(".veil", { state: "detached" });
  });
  it("is scrubbed by the keyboard, and says the minute and its count", async () => {
    await open();
    const before = await railTold("");
    await m.page.focus("role=slider[name='Minute of the meeting']");
    await m.page.keyboard.press("Home");
    const first = await railTold(before);
    assert.match(first, /^\d\d:\d\d, (\d+ bad, \d+ poor of \d+|no report)$/);
    await m.page.waitForURL((u) => u.searchParams.has("at"));
    await m.page.keyboard.press("ArrowRight");
    await railTold(first);
    assert.equal(await m.page.inputValue(".rail input"), "1");
  });
  it("stops at the end", async () => {
    await open();
    await m.page.focus("role=slider[name='Minute of the meeting']");
    await m.page.keyboard.press("End");
    await m.page.waitForFunction(() => { const rail = document.querySelector<HTMLInputElement>(".rail input"); return rail?.value === rail?.max; });
    await m.page.keyboard.press("ArrowLeft");
    await m.page.waitForFunction(() => { const rail = document.querySelector<HTMLInputElement>(".rail input"); return Number(rail?.value) === Number(rail?.max) - 1; });
    await m.page.click("role=button[name='240×']");
    await m.page.click("role=button[name=Play]");
    await m.page.waitForFunction(() => {
      const rail = document.querySelector<HTMLInputElement>(".rail input");
      return rail?.value === rail?.max && document.querySelector(".replay button[aria-label=Play]") !== null;
    });
  });
  it("shows who came and went, what changed and what Zoom told, and leads to the minute", async () => {
    const detail = await open();
    for (const kind of ["join", "change", "notice"]) await m.page.waitForSelector(`.ticks .tick.${kind}`, { state: "attached" });
    const change = detail.changes[0];
    const who = detail.segments.find((s) => s.id === change?.segment)?.person.id;
    await goTo(m.page, `/meetings/${detail.id}?person=${who}`);
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
    // The list of all zones is there once it has the focus.
    await m.page.focus(".tool.zone");
    await m.page.selectOption(".tool.zone", "Asia/Tokyo");
    await m.page.waitForFunction(() => document.querySelector<HTMLSelectElement>(".tool.zone")?.value === "Asia/Tokyo");
    await m.page.evaluate(() => { (document.activeElement as HTMLElement).blur(); });
    await m.page.keyboard.press("w");
    await m.page.waitForURL((u) => u.searchParams.has("at"));
    const at = new URL(m.page.url()).searchParams.get("at") ?? "";
    const told = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }).format(new Date(at));
    await m.page.waitForSelector(`.heat-line b >> text=${told}`);
    await m.page.reload();
    await m.page.waitForSelector(`.heat-line b >> text=${told}`);
  });
  it("goes to the next person by button, for those without a keyboard", async () => {
    await open("?sort=name");
    const [, , third = "", fourth = ""] = await names();
    await m.page.click(`.heat-rows li .nm:text-is("${third}")`);
    await m.page.waitForSelector(`.person h2 >> text=${third}`);
    await m.page.click("role=button[name='Next person']");
    await m.page.waitForSelector(`.person h2 >> text=${fourth}`);
  });
});

describe("Causes in a meeting", () => {
  it("narrow the heat strip to one, in the address, with the API's own counts", async () => {
    const { causes: [top] } = await open();
    assert.ok(top);
    await m.page.waitForFunction((n) => document.querySelector(".cause-lane .aside b")?.textContent.replace(",", "") === String(n), top.minutes);
    await m.page.click(".cause-lane >> nth=0 >> button");
    await m.page.waitForURL((u) => u.searchParams.get("cause") === top.cause);
    await m.page.waitForSelector(".filter-line");
    await m.page.waitForFunction((n) => document.querySelectorAll(".heat-rows li").length === n, top.people);
    await m.page.reload();
    await m.page.waitForSelector(".filter-line");
    await m.page.waitForFunction((n) => document.querySelectorAll(".heat-rows li").length === n, top.people);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.click("text=Show all");
    await m.page.waitForURL((u) => !u.searchParams.has("cause"));
  });
  it("stand in the words under the pointer and in the side panel", async () => {
    const { id, segments } = await detailOf();
    const hit = (await minutesOf()).find((r) => r.minutes.some((x) => x.cause?.cause === "isp"));
    const at = hit?.minutes.find((x) => x.cause?.cause === "isp")?.at;
    const who = segments.find((s) => s.id === hit?.segment)?.person.id;
    await goTo(m.page, `/meetings/${id}?person=${who}&at=${at}`);
    await m.page.waitForSelector(".person >> text=/ISP, \\d+ % sure/");
    await m.page.waitForSelector(".contrib >> text=ISP");
    const box = await boxOf(`[data-person="${who}"] .plot`);
    const line = await m.page.locator(".heat-line i").boundingBox();
    assert.ok(line);
    await m.page.mouse.move(line.x, box.y + 6);
    await m.page.waitForSelector(".tip >> text=/ISP, \\d+ % sure/");
  });
});
