// From what a ticket says to the minute it is about, against the mock server: find, meetings, series, setup.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import type { FindResult } from "../src/api/types.ts";
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
  v = await visit(browser, base, { width: 1440, height: 900, theme: "dark" });
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

/** Somebody who had bad minutes lately, and where they were. */
async function somebody(): Promise<{ address: string; name: string; segment: string; at: Date }> {
  const at = new Date(Math.floor((Date.now() - 12 * 60_000) / 60_000) * 60_000);
  const found = await api<FindResult>(`find?q=10.20.4.0%2F22&at=${at.toISOString()}`);
  const row = found.items[0];
  assert.ok(row?.matched, "nobody of the subnet was in a meeting");
  return { address: row.matched, name: row.person.name, segment: row.id, at };
}

const utc = (at: Date) => `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)} UTC`;

describe("find", () => {
  it("leads from an address at a time to the participant at that minute in two clicks", async () => {
    const { address, segment, at } = await somebody();
    await page.goto("/live");
    await page.waitForSelector(".lr.row");
    await page.keyboard.press("/");
    await page.keyboard.type(`${address} ${utc(at)}`);
    await page.click(`role=option >> text=/^who that was on/`);
    await page.waitForURL((u) => u.pathname === "/find" && u.searchParams.get("q") === address && u.searchParams.get("at") === at.toISOString());
    await page.click(`.found a[href*="${segment}"]`);
    await page.waitForURL((u) => u.pathname === `/segments/${segment}` && u.searchParams.get("at") === at.toISOString());
    await page.waitForSelector(".lanes canvas");
  });
  it("works by keyboard alone, worst first", async () => {
    const { at } = await somebody();
    await page.goto("/sites");
    await page.waitForSelector("tbody tr");
    await page.keyboard.press("/");
    await page.keyboard.type(`10.20.4.0/22 ${utc(at)}`);
    await page.waitForSelector("[data-combobox-selected] >> text=/^who that was on/");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".found tbody tr");
    const grades = await page.$$eval(".found tbody tr", (rows) => rows.map((r) => (r as HTMLElement).dataset.grade ?? ""));
    const rank = ["bad", "poor", "fair", "good", "unclassified"];
    assert.deepEqual(grades, grades.toSorted((a, b) => rank.indexOf(a) - rank.indexOf(b)));
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/segments\/[0-9a-f]{16}\?at=/);
  });
  it("takes a time that is typed into its field out of the text", async () => {
    const { address, at } = await somebody();
    await page.goto("/find");
    await page.waitForSelector("text=Type what the ticket says");
    assert.deepEqual(await findings(page), [], "axe");
    await page.fill("input[aria-label='What the ticket says']", `${address} ${utc(at)}`);
    await page.waitForURL((u) => u.searchParams.get("q") === address && u.searchParams.get("at") === at.toISOString());
    await page.waitForSelector(`h1 >> text=${address}`);
    await page.waitForSelector(".found tbody tr");
  });
  it("says what one can do when nobody matches, and that calls have no address", async () => {
    await page.goto("/find?q=10.99.0.1&at=2026-01-01T09:00:00.000Z");
    await page.waitForSelector("text=/Nobody in a meeting matches “10.99.0.1”/");
    await page.waitForSelector("text=Zoom sends no address for a call");
    assert.deepEqual(await findings(page), [], "axe");
  });
  it("finds a name whenever it was, hostile ones too, as text", async () => {
    await page.goto("/find?q=Board");
    await page.waitForSelector("role=region[name='Meetings'] >> text=/<b>Board<.b> meeting/");
    await page.goto(`/find?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
    await page.waitForSelector("h1 >> text=<img src=x onerror=alert(1)>");
    assert.equal(await page.$$eval("main img", (x) => x.length), 0);
  });
});

describe("setup", () => {
  it("ticks the challenge and each event as they arrive, without a reload", async () => {
    await make("fresh");
    await page.goto("/setup");
    await page.waitForSelector("text=Nothing has reached the receiver yet.");
    assert.equal(await page.$$eval("[data-event][data-on=true]", (x) => x.length), 0);
    assert.equal(await page.$$eval("[data-event]", (x) => x.filter((e) => /_(qos|data)(_summary)?$/.test((e as HTMLElement).dataset.event ?? "")).length), 14);
    assert.deepEqual(await findings(page), [], "axe");
    await page.evaluate(() => { (window as unknown as { here: boolean }).here = true; });
    await make("event?name=endpoint.url_validation");
    await page.waitForSelector("[data-subscription=''][data-challenge=passed]");
    await page.waitForSelector(".step[data-done=true] >> text=Zoom has validated it");
    await make("event?name=meeting.participant_qos");
    await page.waitForSelector("[data-event='meeting.participant_qos'][data-on=true]");
    await page.waitForSelector("text=Events are arriving.");
    assert.equal(await page.$$eval("[data-event][data-on=true]", (x) => x.length), 1);
    assert.equal(await page.evaluate(() => (window as unknown as { here: boolean }).here), true, "it was loaded again");
  });
  it("keeps the public name in the address, and puts it in what is pasted", async () => {
    await page.goto("/setup");
    await page.fill("input[aria-label='Public name of the receiver']", "zoom.halden.example");
    await page.waitForURL("**/setup?host=zoom.halden.example");
    await page.waitForSelector("text=https://zoom.halden.example/webhook/phone");
  });
});

describe("meetings", () => {
  it("narrow by host, cause, site and kind, in the address", async () => {
    await page.goto("/meetings");
    await page.waitForSelector(".meetings tbody tr");
    await page.selectOption("select[aria-label=Cause]", "isp");
    await page.waitForURL((u) => u.searchParams.get("cause") === "isp");
    await page.selectOption("select[aria-label=Site]", { label: "Lyon" });
    await page.waitForURL((u) => (u.searchParams.get("site") ?? "") !== "");
    const want = (await api<{ items: { id: string }[] }>(`meetings${new URL(page.url()).search}&state=past&sort=worst&limit=50`)).items.length;
    await page.waitForFunction((n) => document.querySelectorAll(".meetings tbody tr").length === n, want);
    await page.reload();
    await page.waitForFunction((n) => (document.querySelector("select[aria-label=Cause]") as HTMLSelectElement | null)?.value === "isp" && document.querySelectorAll(".meetings tbody tr").length === n, want);
    await page.fill("input[aria-label='Filter by host']", "nobody of that name");
    await page.waitForSelector("text=No meeting matches the filter.");
    await page.click("text=Clear");
    await page.waitForURL((u) => !u.searchParams.has("cause") && !u.searchParams.has("host"));
    await page.waitForSelector(".meetings tbody tr");
  });
  it("lead to the series of a number, who is hit again and again first", async () => {
    await page.goto("/meetings?sort=start");
    await page.click(".meetings .over >> nth=0");
    await page.waitForURL(/\/series\/[0-9a-f]{16}/);
    await page.waitForSelector(".trend li");
    await page.waitForSelector("role=heading[name='Who is hit again and again']");
    const times = await page.$$eval("[aria-label='Who is hit again and again'] td.r b", (cells) => cells.map((c) => Number(c.textContent)));
    assert.deepEqual(times, times.toSorted((a, b) => b - a));
    await page.click("text=All its meetings");
    await page.waitForURL(/\/meetings\?.*series=/);
    await page.click("button[aria-label='All series']");
    await page.waitForURL((u) => !u.searchParams.has("series"));
  });
});

describe("accounts", () => {
  it("are offered only where several send, and narrow the lists, in the address", async () => {
    await page.goto("/meetings");
    await page.waitForSelector(".meetings tbody tr");
    assert.equal(await page.$("select[aria-label='Zoom account']"), null);
    await make("account?id=00000000000000ff&zoom_id=Subsidiary");
    await page.reload();
    await page.selectOption("select[aria-label='Zoom account']", { label: "Subsidiary" });
    await page.waitForURL((u) => u.searchParams.get("account") === "00000000000000ff");
    await page.waitForSelector("text=No meeting has ended yet.");
    await page.click("nav[aria-label=Main] >> text=Live");
    await page.waitForSelector("text=No running meeting matches the filter.");
    await page.selectOption("select[aria-label='Zoom account']", "");
    await page.waitForSelector(".lr.row");
  });
});
