// How the pages behave, against the mock server, which does what a test asks for: rows hold still, grades flash, the
// connection breaks, a panel fails, keys work, the address holds the view.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import type { IncidentRow, MeetingDetail, MeetingMinutes, MeetingRow, SegmentDetail } from "../src/api/types.ts";
import { PASSWORD, serve } from "../mock/server.ts";
import { findings } from "./axe.ts";
import { launch, visit, type Visit } from "./browser.ts";

let browser: Browser;
let server: Server;
let base: string;
let v: Visit;
let page: Page;

const WIDE = { width: 1440, height: 900, theme: "dark" } as const;

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
  v = await visit(browser, base, WIDE, [/50[03]|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION/]);
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
const running = async () => (await api<{ items: MeetingRow[] }>("meetings?state=live&limit=500")).items;
const ids = () => page.$$eval(".lr.row", (rows) => rows.toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((r) => (r as HTMLElement).dataset.id));

describe("Live", () => {
  it("holds the order under the pointer, says how many rows would move, and moves them on r", async () => {
    await page.goto("/live");
    await page.waitForSelector(".lr.row");
    const first = (await ids())[0];
    const good = (await running()).findLast((r) => r.grade === "good");
    assert.ok(good);
    // A topic of its own, so that the row is in sight and the list is short.
    await page.hover(".lr.row >> nth=0");
    await make(`grade?id=${first}&grade=good`);
    await page.waitForSelector(".held >> text=Order held");
    assert.equal((await ids())[0], first, "moved under the pointer");
    await page.keyboard.press("r");
    await page.waitForFunction((id) => [...document.querySelectorAll<HTMLElement>(".lr.row")].find((r) => r.getBoundingClientRect().top === Math.min(...[...document.querySelectorAll(".lr.row")].map((x) => x.getBoundingClientRect().top)))?.dataset.id !== id, first);
  });
  it("moves at once when nobody points at the list, and says what the grade was", async () => {
    await page.goto("/live?grade=good");
    await page.waitForSelector(".lr.row");
    await page.mouse.move(5, 5);
    await page.goto("/live");
    await page.waitForSelector(".lr.row");
    const first = (await ids())[0] as string;
    await make(`grade?id=${first}&grade=fair`);
    await page.waitForSelector(`.flash >> text=/→ fair, better/`);
    assert.notEqual((await ids())[0], first);
  });
  it("says since when it does not follow, keeps the figures, and follows again", async () => {
    await page.goto("/live");
    await page.waitForSelector("text=Following");
    const rows = (await ids()).length;
    await make("drop?ms=2500");
    await page.waitForSelector("text=/Not following since \\d\\d:\\d\\d:\\d\\d/");
    await page.waitForSelector("text=/trying again in/");
    assert.equal((await ids()).length, rows, "rows vanished");
    assert.deepEqual(await findings(page), [], "axe");
    await page.waitForSelector(".notice-line", { state: "detached", timeout: 15_000 });
  });
  it("walks with j and k, opens with Enter, and comes back with the filter", async () => {
    await page.goto("/live?grade=bad,poor");
    await page.waitForSelector(".lr.row");
    const [, second] = await ids();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.waitForFunction((id) => document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset.id === id, second);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/meetings/${second}`);
    await page.goBack();
    await page.waitForSelector(".btn.on >> text=bad");
    const grades = await page.$$eval(".lr.row", (rows) => rows.map((r) => (r as HTMLElement).dataset.grade));
    assert.ok(grades.length > 0 && grades.every((g) => g === "bad" || g === "poor"), String(grades));
  });
  it("shows names as text", async () => {
    await page.goto("/live?q=board");
    await page.waitForSelector(".lr.row >> text=<b>Board</b> meeting");
  });
  it("keeps a meeting that ended for a while, dimmed", async () => {
    await page.goto("/live");
    await page.waitForSelector(".lr.row");
    const first = (await ids())[0];
    await make(`end?id=${first}`);
    await page.waitForSelector(`.lr.ended[data-id="${first}"] >> text=ended`);
  });
  it("says what is the matter when nothing runs, and when nothing matches", async () => {
    await page.goto("/live?q=zzzz");
    await page.waitForSelector("text=No running meeting matches the filter.");
    await make("empty?on=1");
    await page.goto("/live");
    await page.waitForSelector("text=No meetings are running.");
  });
});

describe("panels", () => {
  it("fail one by one, with words and another try", async () => {
    const [meeting] = await running();
    await make(`fail?path=/api/v1/meetings/${meeting?.id}/minutes&status=500`);
    await page.goto(`/meetings/${meeting?.id}`);
    await page.waitForSelector("text=Minutes could not be read.");
    await page.waitForSelector("text=the facts store does not answer");
    await page.waitForSelector(`role=heading[name*="${meeting?.topic}"]`);
    assert.deepEqual(await findings(page), [], "axe");
    await make(`fail?path=/api/v1/meetings/${meeting?.id}/minutes&status=0`);
    await page.click("text=Try again");
    await page.waitForSelector(".heat-rows li");
  });
  it("keep what they had, and say how old it is", async () => {
    await page.goto("/ingest");
    await page.waitForSelector("text=What the receiver answered");
    await make("fail?path=/api/v1/ingest&status=503");
    await page.waitForSelector("text=/Ingest health not renewed since/", { timeout: 15_000 });
    await page.waitForSelector("text=Subscriptions");
  });
  it("say so where there is no such thing", async () => {
    v = Object.assign(v, { errors: [] });
    await page.goto("/phone");
    await page.route("**/api/v1/calls/0000000000000000", (r) => r.fulfill({ status: 404, contentType: "application/problem+json", body: '{"detail":"no"}' }));
    v.errors.length = 0;
    await page.goto("/phone/0000000000000000");
    await page.waitForSelector("text=Earshot knows no such call.");
    v.errors.splice(0, v.errors.length, ...v.errors.filter((e) => !e.includes("404")));
  });
});

describe("Meeting", () => {
  const board = async () => (await running()).find((r) => r.topic === "Q4 supply review" && r.people > 20) as MeetingRow;
  it("chooses person and minute by keyboard, keeps them in the address, and opens the participant", async () => {
    const m = await board();
    await page.goto(`/meetings/${m.id}`);
    await page.waitForSelector(".heat-rows li");
    const second = await page.textContent(".heat-rows li:nth-child(2) .nm");
    await page.keyboard.press("j");
    await page.waitForSelector(`.person h2 >> text=${second}`);
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/at=2/);
    const url = page.url();
    await page.goto(url);
    await page.waitForSelector(`.person h2 >> text=${second}`);
    await page.waitForSelector(".heat-rows li");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/segments\/.*at=/);
    await page.waitForSelector(`role=heading[name*="${second}"]`);
  });
  it("opens the person that is chosen, also after a row was clicked", async () => {
    const m = await board();
    await page.goto(`/meetings/${m.id}`);
    await page.click(".heat-rows li:nth-child(3) .nm");
    const fourth = await page.textContent(".heat-rows li:nth-child(4) .nm");
    await page.keyboard.press("j");
    await page.waitForSelector(`.person h2 >> text=${fourth}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`role=heading[name*="${fourth} in "]`);
  });
  it("shows people whom Zoom does not report as missing", async () => {
    const m = await board();
    await page.goto(`/meetings/${m.id}`);
    // Only rows in sight are drawn, and these are the last.
    await page.waitForSelector(".heat-rows li");
    await page.evaluate(() => { window.scrollTo(0, document.body.scrollHeight); });
    await page.waitForSelector(".hr.ext >> text=Not reported");
    await page.waitForSelector("text=3 people are not reported by Zoom.");
  });
  it("says its verdict from the same figures as the API", async () => {
    const m = await board();
    const detail = await api<MeetingDetail>(`meetings/${m.id}`);
    const bad = new Set(detail.segments.filter((s) => s.minutes.bad > 0).map((s) => s.person.id));
    await page.goto(`/meetings/${m.id}`);
    await page.waitForSelector(`.verdict >> text=/${bad.size} of \\d+ people ha(ve|s) bad minutes/`);
  });
  it("follows while it runs", async () => {
    const m = await board();
    const followed = page.waitForRequest((r) => r.url().includes(`/events?meeting=${m.id}`));
    await page.goto(`/meetings/${m.id}`);
    await followed;
    await page.waitForSelector(".heat-rows li");
  });
  it("explains a minute under the pointer", async () => {
    const m = await board();
    await page.goto(`/meetings/${m.id}`);
    const strip = await page.waitForSelector(".heat-rows li:first-child .plot");
    const box = await strip.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width * 0.75, box.y + 7);
    await page.waitForSelector(".tip");
    assert.match((await page.textContent(".tip")) ?? "", /bad|poor|fair|good|no report/);
  });
});

describe("Participant", () => {
  it("switches tabs and the table by key, and keeps both in the address", async () => {
    const [meeting] = await running();
    const detail = await api<MeetingDetail>(`meetings/${meeting?.id}`);
    const segment = detail.segments.toSorted((a, b) => b.minutes.bad - a.minutes.bad)[0];
    await page.goto(`/segments/${segment?.id}?tab=audio`);
    await page.waitForSelector(".lanes canvas");
    await page.keyboard.press("2");
    await page.waitForSelector('[role="tab"][aria-selected="true"] >> text=Video');
    await page.keyboard.press("t");
    await page.waitForSelector(".lane-table");
    await page.goto(page.url());
    await page.waitForSelector(".lane-table");
    assert.match(page.url(), /tab=video/);
  });
  it("moves one crosshair through all lanes, and pins it", async () => {
    const [meeting] = await running();
    const detail = await api<MeetingDetail>(`meetings/${meeting?.id}`);
    const segment = detail.segments.toSorted((a, b) => b.minutes.bad - a.minutes.bad)[0];
    await page.goto(`/segments/${segment?.id}?tab=audio`);
    const lane = await page.waitForSelector(".lanes .u-over");
    const box = await lane.boundingBox();
    assert.ok(box);
    // Whole pixels: a click knows no others.
    const y = Math.round(box.y + 10);
    await page.mouse.move(Math.round(box.x + box.width * 0.3), y);
    const time = await page.textContent(".xh b");
    const x = Math.round(box.x + box.width * 0.6);
    await page.mouse.move(x, y);
    assert.notEqual(await page.textContent(".xh b"), time);
    await page.mouse.click(x, y);
    await page.waitForURL(/at=/);
    // The page is live: it may be drawn anew at any moment, and then catches up with its address.
    const pinned = new URL(page.url()).searchParams.get("at")?.slice(11, 19) ?? "";
    await page.waitForSelector(`.xh b >> text=${pinned}`);
    await page.mouse.move(5, 5);
    await page.waitForSelector(`.xh b >> text=${pinned}`);
    await page.keyboard.press("Escape");
    await page.waitForURL((u) => !u.searchParams.has("at"));
  });
  it("says that Zoom does not report an external person", async () => {
    const m = (await running()).find((r) => r.unreported > 0);
    const guest = (await api<MeetingDetail>(`meetings/${m?.id}`)).segments.find((s) => !s.reported);
    await page.goto(`/segments/${guest?.id}`);
    await page.waitForSelector(".empty >> text=Zoom sends no quality reports about this person.");
    assert.deepEqual(await findings(page), [], "axe");
  });
});

describe("Causes", () => {
  const board = async () => (await running()).find((r) => r.topic === "Q4 supply review" && r.people > 20) as MeetingRow;
  /** A join with a verdict of a cause, the one with the most minutes. */
  const suffering = async (cause: string) => {
    const m = await board();
    const { rows } = await api<MeetingMinutes>(`meetings/${m.id}/minutes`);
    const of = (r: (typeof rows)[number]) => r.minutes.filter((x) => x.cause?.cause === cause).length;
    return rows.toSorted((a, b) => of(b) - of(a))[0]?.segment as string;
  };
  it("say first why somebody's call was bad, with how many of how many, and lead to the incident", async () => {
    const id = await suffering("isp");
    const v = (await api<SegmentDetail>(`segments/${id}`)).verdicts.find((x) => x.cause === "isp");
    assert.ok(v);
    await page.goto(`/segments/${id}?at=${v.from}`);
    await page.waitForSelector(".verdict >> text=/\\d+ of \\d+ people on Arvel Fibre/");
    assert.match((await page.textContent(".evidence tbody")) ?? "", new RegExp(`${v.inside.bad} of ${v.inside.of} bad.*${v.elsewhere.bad} of ${v.elsewhere.of} elsewhere`));
    await page.click(".why-meta >> text=/carrier Arvel Fibre/");
    await page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await page.waitForSelector("role=heading[name=/Arvel Fibre/]");
  });
  it("move the crosshair to what is chosen of all trouble, and keep it in the address", async () => {
    const m = await board();
    const { rows } = await api<MeetingMinutes>(`meetings/${m.id}/minutes`);
    const two = rows.find((r) => new Set(r.minutes.flatMap((x) => (x.cause ? [x.cause.cause] : []))).size > 1);
    await page.goto(`/segments/${two?.segment}`);
    await page.waitForSelector(".trouble li");
    const other = page.locator(".trouble button:not([aria-current])").first();
    const says = ((await other.locator(".say").textContent()) ?? "").slice(0, 30);
    await other.click();
    await page.waitForURL(/at=2/);
    await page.waitForFunction((text) => document.querySelector(".verdict")?.textContent?.includes(text), says);
    assert.match((await page.textContent(".trouble [aria-current] .say")) ?? "", new RegExp(says.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  });
  it("say unknown in grey, with what was ruled out", async () => {
    const id = await suffering("unknown");
    const v = (await api<SegmentDetail>(`segments/${id}`)).verdicts.find((x) => x.cause === "unknown");
    await page.goto(`/segments/${id}?at=${v?.from}`);
    await page.waitForSelector(".verdict.unknown >> text=/^Unknown/");
    await page.waitForSelector(".verdict.unknown >> text=/Not the computer/");
  });
  it("leave healthy people one calm line", async () => {
    const m = await board();
    const { rows } = await api<MeetingMinutes>(`meetings/${m.id}/minutes`);
    const fine = rows.find((r) => r.minutes.length > 10 && r.minutes.every((x) => x.grade === "good"));
    await page.goto(`/segments/${fine?.segment}`);
    await page.waitForSelector(".verdict >> text=No poor or bad minute");
    assert.equal(await page.$$eval(".evidence, .trouble", (x) => x.length), 0);
  });
  it("narrow the heat strip to one, in the address, with the API's own counts", async () => {
    const m = await board();
    const [top] = (await api<MeetingDetail>(`meetings/${m.id}`)).causes;
    assert.ok(top);
    await page.goto(`/meetings/${m.id}`);
    await page.waitForSelector(".heat-rows li");
    const first = page.locator(".cause-lane").first();
    // The world moves on: a minute may have come since.
    const shown = Number((await first.locator(".aside b").textContent())?.replace(",", ""));
    assert.ok(Math.abs(shown - top.minutes) <= 20, `${shown} minutes shown, ${top.minutes} counted`);
    await first.locator("button").click();
    await page.waitForURL(new RegExp(`cause=${top.cause}`));
    await page.waitForSelector(".filter-line");
    await page.waitForFunction((n) => document.querySelectorAll(".heat-rows li").length === n, top.people);
    await page.goto(page.url());
    await page.waitForSelector(".filter-line");
    assert.deepEqual(await findings(page), [], "axe");
    await page.click("text=Show all");
    await page.waitForURL((u) => !u.searchParams.has("cause"));
  });
  it("stand in the words under the pointer and in the side panel", async () => {
    const m = await board();
    const { rows } = await api<MeetingMinutes>(`meetings/${m.id}/minutes`);
    const detail = await api<MeetingDetail>(`meetings/${m.id}`);
    const hit = rows.find((r) => r.minutes.some((x) => x.cause?.cause === "isp"));
    const at = hit?.minutes.find((x) => x.cause?.cause === "isp")?.at;
    const who = detail.segments.find((s) => s.id === hit?.segment)?.person.id;
    await page.goto(`/meetings/${m.id}?person=${who}&at=${at}`);
    await page.waitForSelector(".person >> text=/ISP, \\d+ % sure/");
    await page.waitForSelector(".contrib >> text=ISP");
    const row = page.locator(`[data-person="${who}"] .plot`);
    const box = await row.boundingBox();
    const line = await page.locator(".heat-line i").boundingBox();
    assert.ok(box && line);
    await page.mouse.move(line.x, box.y + 6);
    await page.waitForSelector(".tip >> text=/ISP, \\d+ % sure/");
  });
});

describe("Incidents", () => {
  const open = async () => (await api<{ items: IncidentRow[] }>("incidents?state=open")).items;
  it("lead from an incident to a person's worst minute in two clicks", async () => {
    await page.goto("/incidents");
    await page.click(".inc a >> text=/Carrier Arvel Fibre/");
    await page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await page.click('.names a[href*="/segments/"] >> nth=0');
    await page.waitForURL(/\/segments\/[0-9a-f]{16}\?at=/);
    // The address changes before the page, and the page first shows an empty line: wait for this page's own words.
    await page.waitForSelector(".why-head .verdict >> text=/\\w+/");
  });
  it("lead to the meeting with its cause chosen", async () => {
    const lyon = (await open()).find((i) => i.cause === "isp");
    await page.goto(`/incidents/${lyon?.id}`);
    await page.click(".rows a >> nth=0");
    await page.waitForURL(/\/meetings\/[0-9a-f]{16}\?.*cause=isp/);
    await page.waitForSelector(".filter-line >> text=ISP");
  });
  it("are filtered by state and cause in the address", async () => {
    await page.goto("/incidents");
    await page.click(".cause-filter >> text=Wi-Fi");
    await page.waitForURL(/cause=wifi/);
    assert.deepEqual(await page.$$eval(".group h3", (h) => h.map((x) => x.textContent)), ["Wi-Fi"]);
    await page.click("role=group[name=State] >> text=closed");
    await page.waitForURL(/state=closed/);
    await page.waitForSelector("text=No incident matches the filter.");
    await page.goto(page.url());
    await page.waitForSelector("text=No incident matches the filter.");
    await page.click("text=Remove the filter");
    await page.waitForSelector(".inc >> nth=3");
  });
  it("do not move under the pointer, and say what waits", async () => {
    const lyon = (await open()).find((i) => i.cause === "isp");
    await page.goto("/incidents");
    const row = page.locator(`.inc[data-id="${lyon?.id}"]`);
    await row.hover();
    const before = await row.boundingBox();
    await make(`over?id=${lyon?.id}`);
    await page.waitForSelector(`.inc[data-id="${lyon?.id}"] >> text=closed`, { timeout: 25_000 });
    assert.deepEqual(await row.boundingBox(), before, "moved under the pointer");
    await page.waitForSelector(".held >> text=List held.");
    assert.deepEqual(await findings(page), [], "axe");
    await page.keyboard.press("r");
    await page.waitForSelector(`section[aria-label="Over"] .inc[data-id="${lyon?.id}"]`);
  });
  it("are walked by keyboard", async () => {
    await page.goto("/live");
    await page.waitForSelector(".lr.row");
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await page.waitForURL("**/incidents");
    await page.waitForSelector(".inc");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const first = await page.getAttribute(".inc >> nth=0", "data-id");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/incidents/${first}`);
  });
  it("say what one is when there is none", async () => {
    await make("empty?on=1");
    await page.goto("/incidents");
    await page.waitForSelector("text=No incident is open, and none was in the last 24 hours.");
    await page.waitForSelector("text=/An incident is bad minutes that share one cause/");
    assert.deepEqual(await findings(page), [], "axe");
  });
  it("name the incident that one was merged into", async () => {
    const [part] = (await api<{ items: IncidentRow[] }>("incidents?state=merged")).items;
    await page.goto(`/incidents/${part?.id}`);
    await page.click(".merged-line >> text=Open that one");
    await page.waitForURL(`**/incidents/${part?.merged_into}`);
  });
  it("show names as text", async () => {
    await page.goto("/incidents?state=no-data");
    await page.click(".inc a >> text=<img src=x onerror=alert(1)>");
    await page.waitForSelector("h1 >> text=<img src=x onerror=alert(1)>");
    assert.equal(await page.$$eval("main img", (x) => x.length), 0);
  });
  it("are found by the search", async () => {
    await page.goto("/sites");
    await page.waitForSelector("tbody tr");
    await page.keyboard.press("/");
    await page.keyboard.type("wi-f");
    await page.click("role=option >> text=Incidents: Wi-Fi");
    await page.waitForURL(/\/incidents\?cause=wifi/);
  });
});

describe("shell", () => {
  it("searches from anywhere by keyboard", async () => {
    await page.goto("/sites");
    await page.waitForSelector("tbody tr");
    await page.keyboard.press("/");
    await page.keyboard.type("ines");
    await page.waitForSelector("role=option >> text=Ines Okafor-Brandt");
    await page.waitForSelector("text=People >> visible=true");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/people\/[0-9a-f]{16}/);
  });
  it("goes to pages by g and a letter, and lists the shortcuts", async () => {
    await page.goto("/live");
    await page.waitForSelector(".lr.row");
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.waitForURL("**/ingest");
    await page.keyboard.press("?");
    await page.waitForSelector("role=dialog >> text=Shortcuts");
    assert.deepEqual(await findings(page), [], "axe");
    await page.keyboard.press("Escape");
    await page.waitForSelector("role=dialog", { state: "detached" });
  });
  it("changes theme and zone, and remembers both", async () => {
    await page.goto("/sites");
    await page.click("button[aria-label*='switch to dark']");
    await page.click("button[aria-label*='switch to light']");
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.reload();
    assert.equal(await page.getAttribute("html", "data-theme"), "light");
    assert.equal(await background(), light);
    await page.focus(".tool.zone");
    await page.selectOption(".tool.zone", { value: "UTC" });
    await page.reload();
    assert.equal(await page.evaluate(() => localStorage.getItem("earshot-zone")), "UTC");
  });
  it("logs in and out", async () => {
    await page.goto("/live");
    await page.click("text=Log out");
    await page.waitForURL("**/login");
    await page.fill("input[name=password]", "wrong");
    await page.click("button[type=submit]");
    await page.waitForSelector("text=wrong name or password");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button[type=submit]");
    await page.waitForURL("**/overview");
    await page.waitForSelector(".overview .verdict b");
    v.errors.splice(0, v.errors.length, ...v.errors.filter((e) => !e.includes("401")));
  });
  it("never leads to another site after the login", async () => {
    for (const next of ["//evil.example/", "/\\evil.example", "https://evil.example/"]) {
      await page.goto(`/login?next=${encodeURIComponent(next)}`);
      await page.fill("input[name=password]", PASSWORD);
      await page.click("button[type=submit]");
      await page.waitForURL(`${base}/overview`);
    }
  });
  it("has its pages in reach on a small screen", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/live");
    await page.click(".tabbar >> text=More");
    await page.click(".nav.open >> text=Ingest health");
    await page.waitForURL("**/ingest");
    await page.waitForSelector(".nav.open", { state: "detached" });
  });
  it("loads nothing from elsewhere and breaks no rule of the Content-Security-Policy", async () => {
    const foreign: string[] = [];
    page.on("request", (r) => { if (!r.url().startsWith(base)) foreign.push(r.url()); });
    for (const path of ["/overview", "/wall", "/live", "/meetings", "/ingest", "/phone"]) {
      await page.goto(path);
      await page.waitForSelector("main h1");
    }
    assert.deepEqual(foreign, []);
  });
});

describe("Places", () => {
  const lyon = async () => (await api<{ items: { id: string; name: string }[] }>("sites")).items.find((s) => s.name === "Lyon")?.id as string;
  it("give a network to a site in one click, and it is gone from those of no site", async () => {
    await page.goto("/sites/addresses");
    const row = page.locator(".networks li", { hasText: "10.88.12.0/24" });
    await row.locator("input").fill("Bergen annex");
    await row.locator("text=Assign").click();
    await page.waitForSelector(".done >> text=10.88.12.0/24 belongs to Bergen annex now");
    await page.waitForFunction(() => [...document.querySelectorAll(".networks .mono")].every((x) => x.textContent !== "10.88.12.0/24"));
    await page.goto("/sites?q=annex");
    await page.waitForSelector("tbody a >> text=Bergen annex");
  });
  it("preview an import with an overlap, with lines, and apply it", async () => {
    await page.goto("/sites/import");
    await page.fill("#csv", "name,range\nLyon,10.20.4.0/22\nLyon lab,10.20.5.0/24\n");
    await page.check("text=keep what the file does not name");
    await page.click("text=Preview");
    await page.waitForSelector(".verdict >> text=1 new, 0 changed, 0 removed");
    await page.waitForSelector("section[aria-label=Overlaps] >> text=line 3 in line 2");
    assert.deepEqual(await findings(page), [], "axe");
    await page.click("text=Apply 1 change");
    await page.waitForSelector(".done >> text=1 new");
    await page.goto("/sites?q=lab");
    await page.waitForSelector("tbody a >> text=Lyon lab");
  });
  it("refuse a bad file whole, with every line that is wrong", async () => {
    await page.goto("/sites/import");
    await page.fill("#csv", "name,range\nA,10.1.0.0/16\nB,10.1.0.0/16\nC,nowhere\n");
    await page.click("text=Preview");
    await page.waitForSelector(".verdict >> text=Nothing can be applied: 2 rows are wrong.");
    assert.deepEqual(await page.$$eval("section[aria-label=Problems] tbody td.r", (x) => x.map((e) => e.textContent)), ["3", "4"]);
    assert.equal(await page.locator("button >> text=/^Apply/").count(), 0);
  });
  it("show the hours of the week, with grey where there are too few minutes, and keep the span in the address", async () => {
    await page.goto(`/sites/${await lyon()}`);
    await page.waitForSelector(".week td.few");
    assert.equal(await page.locator(".week td").count(), 168);
    assert.match((await page.getAttribute(".week td.poor, .week td.bad", "title")) ?? "", /of .* minutes bad/);
    await page.click("text=30 days");
    await page.waitForURL(/span=30d/);
    await page.waitForSelector(".verdict >> text=in the last 30 days");
  });
  it("compare versions with the rest, in grey below the least, and lead to the people behind", async () => {
    await page.goto("/devices");
    await page.waitForSelector(".verdict >> text=/6.6.2.*4.8.% of minutes bad/");
    await page.waitForSelector(".few-row >> text=6.4.3 (8814)");
    await page.click(".name >> text=6.6.2 (11223)");
    await page.waitForURL(/show=6.6.2/);
    await page.click(".behind li a >> nth=0");
    await page.waitForURL(/\/people\/[0-9a-f]{16}/);
  });
  it("treat hostile names of devices as text", async () => {
    await page.goto("/devices?by=microphone");
    await page.waitForSelector(".name >> text==HYPERLINK");
    assert.deepEqual(await findings(page), [], "axe");
  });
});
