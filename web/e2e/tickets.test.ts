// From what a ticket says to the minute it is about, against the mock server: find, meetings, series, setup.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FindResult, OverviewNow } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { arrive, goTo, whole } from "./browser.ts";
import { mocked } from "./mocked.ts";

const m = mocked();

/** Somebody who had bad minutes lately, and where they were. */
async function somebody(): Promise<{ address: string; name: string; segment: string; at: Date }> {
  const { watermark } = await m.api<OverviewNow>("overview/now");
  const at = new Date(Math.floor((Date.parse(watermark ?? "") - 12 * 60_000) / 60_000) * 60_000);
  const found = await m.api<FindResult>(`find?q=10.20.4.0%2F22&at=${at.toISOString()}`);
  const row = found.items[0];
  assert.ok(row?.matched, "nobody of the subnet was in a meeting");
  return { address: row.matched, name: row.person.name, segment: row.id, at };
}

const utc = (at: Date) => `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)} UTC`;

describe("find", () => {
  it("leads from an address at a time to the participant at that minute in two clicks", async () => {
    const { address, segment, at } = await somebody();
    await goTo(m.page, "/live");
    await m.page.keyboard.press("/");
    await m.page.keyboard.insertText(`${address} ${utc(at)}`);
    await m.page.click(`role=option >> text=/^who that was on/`);
    await m.page.waitForURL((u) => u.pathname === "/find" && u.searchParams.get("q") === address && u.searchParams.get("at") === at.toISOString());
    await m.page.click(`.found a[href*="${segment}"]`);
    await m.page.waitForURL((u) => u.pathname === `/segments/${segment}` && u.searchParams.get("at") === at.toISOString());
    await m.page.waitForSelector(".lanes canvas");
  });
  it("works by keyboard alone, worst first", async () => {
    const { at } = await somebody();
    await goTo(m.page, "/sites");
    await m.page.keyboard.press("/");
    await m.page.keyboard.insertText(`10.20.4.0/22 ${utc(at)}`);
    await m.page.waitForSelector("[data-combobox-selected] >> text=/^who that was on/");
    await m.page.keyboard.press("Enter");
    await arrive(m.page, /\/find\?/);
    await m.page.waitForSelector(".found tbody tr");
    const grades = await m.page.$$eval(".found tbody tr", (rows) => rows.map((r) => (r as HTMLElement).dataset.grade ?? ""));
    const rank = ["bad", "poor", "fair", "good", "unclassified"];
    assert.deepEqual(grades, grades.toSorted((a, b) => rank.indexOf(a) - rank.indexOf(b)));
    await m.page.keyboard.press("j");
    await m.page.waitForFunction(() => document.activeElement?.closest(".found tbody tr") !== null);
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(/\/segments\/[0-9a-f]{16}\?at=/);
  });
  it("takes a time that is typed into its field out of the text", async () => {
    const { address, at } = await somebody();
    await goTo(m.page, "/find");
    await m.page.waitForSelector("text=Type what the ticket says");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.fill("input[aria-label='What the ticket says']", `${address} ${utc(at)}`);
    await m.page.waitForURL((u) => u.searchParams.get("q") === address && u.searchParams.get("at") === at.toISOString());
    await m.page.waitForSelector(`h1 >> text=${address}`);
    await m.page.waitForSelector(".found tbody tr");
  });
  it("says what one can do when nobody matches, and that calls have no address", async () => {
    await goTo(m.page, "/find?q=10.99.0.1&at=2026-01-01T09:00:00.000Z");
    await m.page.waitForSelector("text=/Nobody in a meeting matches “10.99.0.1”/");
    await m.page.waitForSelector("text=Zoom sends no address for a call");
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("finds a name whenever it was, hostile ones too, as text", async () => {
    await m.page.goto("/find?q=Board");
    await m.page.waitForSelector("role=region[name='Meetings'] >> text=/<b>Board<.b> meeting/");
    await m.page.goto(`/find?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
    await m.page.waitForSelector("h1 >> text=<img src=x onerror=alert(1)>");
    assert.equal(await m.page.$$eval("main img", (x) => x.length), 0);
  });
});

describe("setup", () => {
  it("ticks the challenge and each event as they arrive, without a reload", async () => {
    await m.make("fresh");
    await m.page.goto("/setup");
    await m.page.waitForSelector("text=Nothing has reached the receiver yet.");
    await whole(m.page);
    assert.equal(await m.page.$$eval("[data-event][data-on=true]", (x) => x.length), 0);
    assert.equal(await m.page.$$eval("[data-event]", (x) => x.filter((e) => /_(qos|data)(_summary)?$/.test((e as HTMLElement).dataset.event ?? "")).length), 14);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.evaluate(() => { (window as unknown as { here: boolean }).here = true; });
    await m.make("event?name=endpoint.url_validation");
    await m.page.waitForSelector("[data-subscription=''][data-challenge=passed]");
    await m.page.waitForSelector(".step[data-done=true] >> text=Zoom has validated it");
    await m.make("event?name=meeting.participant_qos");
    await m.page.waitForSelector("[data-event='meeting.participant_qos'][data-on=true]");
    await m.page.waitForSelector("text=Events are arriving.");
    await m.page.waitForFunction(() => document.querySelectorAll("[data-event][data-on=true]").length === 1);
    assert.equal(await m.page.evaluate(() => (window as unknown as { here: boolean }).here), true, "it was loaded again");
  });
  it("keeps the public name in the address, and puts it in what is pasted", async () => {
    await m.page.goto("/setup");
    await m.page.fill("input[aria-label='Public name of the receiver']", "zoom.halden.example");
    await m.page.waitForURL("**/setup?host=zoom.halden.example");
    await m.page.waitForSelector("text=https://zoom.halden.example/webhook/phone");
  });
});

describe("meetings", () => {
  it("narrow by host, cause, site and kind, in the address", async () => {
    await m.page.goto("/meetings");
    await m.page.waitForSelector(".meetings tbody tr");
    await m.page.selectOption("select[aria-label=Cause]", "isp");
    await m.page.waitForURL((u) => u.searchParams.get("cause") === "isp");
    await m.page.selectOption("select[aria-label=Site]", { label: "Lyon" });
    await arrive(m.page, (u) => (u.searchParams.get("site") ?? "") !== "");
    const want = (await m.api<{ items: { id: string }[] }>(`meetings${new URL(m.page.url()).search}&state=past&sort=worst&limit=50`)).items.length;
    await m.page.waitForFunction((n) => document.querySelectorAll(".meetings tbody tr").length === n, want);
    await m.page.reload();
    await whole(m.page);
    await m.page.waitForFunction((n) => (document.querySelector("select[aria-label=Cause]") as HTMLSelectElement | null)?.value === "isp" && document.querySelectorAll(".meetings tbody tr").length === n, want);
    await m.page.fill("input[aria-label='Filter by host']", "nobody of that name");
    await m.page.waitForURL((u) => u.searchParams.get("host") === "nobody of that name");
    await m.page.waitForSelector("text=No meeting matches the filter.");
    await m.page.click("text=Clear");
    await m.page.waitForURL((u) => !u.searchParams.has("cause") && !u.searchParams.has("host"));
    await m.page.waitForSelector(".meetings tbody tr");
  });
  it("lead to the series of a number, who is hit again and again first", async () => {
    await m.page.goto("/meetings?sort=start");
    await m.page.click(".meetings .over >> nth=0");
    await m.page.waitForURL(/\/series\/[0-9a-f]{16}/);
    await m.page.waitForSelector(".trend li");
    await whole(m.page);
    await m.page.waitForSelector("[aria-label='Who is hit again and again'] td.r b");
    const times = await m.page.$$eval("[aria-label='Who is hit again and again'] td.r b", (cells) => cells.map((c) => Number(c.textContent)));
    assert.deepEqual(times, times.toSorted((a, b) => b - a));
    await m.page.click("text=All its meetings");
    await m.page.waitForURL(/\/meetings\?.*series=/);
    await m.page.click("button[aria-label='All series']");
    await m.page.waitForURL((u) => !u.searchParams.has("series"));
  });
});

describe("accounts", () => {
  it("are offered only where several send, and narrow the lists, in the address", async () => {
    await goTo(m.page, "/meetings");
    await m.page.waitForSelector(".meetings tbody tr");
    assert.equal(await m.page.$("select[aria-label='Zoom account']"), null);
    await m.make("account?id=00000000000000ff&zoom_id=Subsidiary");
    await m.page.reload();
    await m.page.selectOption("select[aria-label='Zoom account']", { label: "Subsidiary" });
    await m.page.waitForURL((u) => u.searchParams.get("account") === "00000000000000ff");
    await m.page.waitForSelector("text=No meeting has ended yet.");
    await m.page.click("nav[aria-label=Main] >> text=Live");
    await m.page.waitForSelector("text=No running meeting matches the filter.");
    await m.page.click("nav[aria-label=Main] >> text=Sites");
    await m.page.waitForSelector("text=Nobody of this account was at a site in the last 7 days.");
    await m.page.selectOption("select[aria-label='Zoom account']", "");
    await m.page.waitForSelector("table.sites tbody tr");
  });
});
