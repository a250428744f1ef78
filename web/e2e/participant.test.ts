// A participant's page against the mock server: tabs, table and crosshair, why a call was bad and where that leads.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MeetingDetail, MeetingMinutes, Peers, SegmentDetail } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { goTo } from "./browser.ts";
import { mocked, review, running } from "./mocked.ts";

const m = mocked();

/** The join with the most bad minutes in the worst meeting. */
async function worst(): Promise<string> {
  const [meeting] = await running(m);
  const { segments } = await m.api<MeetingDetail>(`meetings/${meeting?.id}`);
  return segments.toSorted((a, b) => b.minutes.bad - a.minutes.bad)[0]?.id ?? "";
}

const minutes = async () => (await m.api<MeetingMinutes>(`meetings/${(await review(m)).id}/minutes`)).rows;

/** Waits until the crosshair tells another time, and returns it. */
async function told(before: string): Promise<string> {
  const found = await m.page.waitForFunction((text) => {
    const now = document.querySelector(".xh b")?.textContent ?? "";
    return now !== "" && now !== text && now;
  }, before);
  return (await found.jsonValue()) as string;
}

describe("Participant", () => {
  it("switches tabs and the table by key, and keeps both in the address", async () => {
    await goTo(m.page, `/segments/${await worst()}?tab=audio`);
    await m.page.waitForSelector(".lanes canvas");
    await m.page.keyboard.press("2");
    await m.page.waitForSelector('[role="tab"][aria-selected="true"] >> text=Video');
    await m.page.keyboard.press("t");
    await m.page.waitForSelector(".lane-table");
    await m.page.waitForURL((u) => u.searchParams.get("tab") === "video" && u.searchParams.get("table") === "1");
    await m.page.reload();
    await m.page.waitForSelector(".lane-table");
    await m.page.waitForSelector('[role="tab"][aria-selected="true"] >> text=Video');
  });
  it("has all tabs in sight on a telephone", async () => {
    await m.page.setViewportSize({ width: 360, height: 740 });
    await goTo(m.page, `/segments/${await worst()}?tab=all`);
    await m.page.waitForSelector("role=tab[name=All][selected=true]");
    await m.page.waitForFunction(() => {
      const tabs = document.querySelector(".tabs");
      const last = document.querySelector(".tabs [role=tab]:last-child")?.getBoundingClientRect();
      return tabs && last && tabs.scrollWidth <= tabs.clientWidth && last.right <= tabs.getBoundingClientRect().right && document.documentElement.scrollWidth === 360;
    });
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("moves one crosshair through all lanes, and pins it", async () => {
    await goTo(m.page, `/segments/${await worst()}?tab=audio`);
    const lane = await m.page.waitForSelector(".lanes .u-over");
    const box = await lane.boundingBox();
    assert.ok(box);
    // Whole pixels: a click knows no others.
    const y = Math.round(box.y + 10);
    await m.page.mouse.move(Math.round(box.x + box.width * 0.1), y);
    const early = await told("");
    const x = Math.round(box.x + box.width * 0.6);
    await m.page.mouse.move(x, y);
    await told(early);
    await m.page.mouse.click(x, y);
    await m.page.waitForURL((u) => u.searchParams.has("at"));
    // It may be drawn anew at any moment, and then catches up with its address.
    const pinned = new URL(m.page.url()).searchParams.get("at")?.slice(11, 19) ?? "";
    await m.page.waitForSelector(`.xh b >> text=${pinned}`);
    await m.page.mouse.move(5, 5);
    await m.page.waitForSelector(`.xh b >> text=${pinned}`);
    await m.page.keyboard.press("Escape");
    await m.page.waitForURL((u) => !u.searchParams.has("at"));
  });
  it("shows what was usual for the others, in the chart, at the crosshair and as a column, until it is switched off", async () => {
    const id = (await review(m)).id;
    const { segments } = await m.api<MeetingDetail>(`meetings/${id}`);
    const segment = segments.toSorted((a, b) => b.minutes.bad - a.minutes.bad)[0]?.id;
    const usual = await m.api<Peers>(`segments/${segment}/peers`);
    await goTo(m.page, `/segments/${segment}?tab=audio`);
    await m.page.waitForSelector(`.panel-foot >> text=Dashed: the median of ${usual.people} others in this meeting`);
    await m.page.waitForSelector(".cv >> text=/^others [0-9.]+ %$/");
    await m.page.keyboard.press("t");
    await m.page.waitForSelector(".lane-table th:has-text('median')");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.click("role=button[name='Others’ median']");
    await m.page.waitForURL((u) => u.searchParams.get("peers") === "0");
    await m.page.waitForSelector(".lane-table th:has-text('median')", { state: "detached" });
  });
  it("says that Zoom does not report an external person", async () => {
    const meeting = (await running(m)).find((r) => r.unreported > 0);
    const guest = (await m.api<MeetingDetail>(`meetings/${meeting?.id}`)).segments.find((s) => !s.reported);
    await goTo(m.page, `/segments/${guest?.id}`);
    await m.page.waitForSelector(".empty >> text=Zoom sends no quality reports about this person.");
    assert.deepEqual(await findings(m.page), [], "axe");
  });
});

describe("Causes", () => {
  /** A join with a verdict of a cause, the one with the most minutes. */
  const suffering = async (cause: string) => {
    const of = (r: MeetingMinutes["rows"][number]) => r.minutes.filter((x) => x.cause?.cause === cause).length;
    return (await minutes()).toSorted((a, b) => of(b) - of(a))[0]?.segment as string;
  };
  it("say first why somebody's call was bad, with how many of how many, and lead to the incident", async () => {
    const id = await suffering("isp");
    const v = (await m.api<SegmentDetail>(`segments/${id}`)).verdicts.find((x) => x.cause === "isp");
    assert.ok(v);
    await goTo(m.page, `/segments/${id}?at=${v.from}`);
    await m.page.waitForSelector(".verdict >> text=/\\d+ of \\d+ people on Arvel Fibre/");
    await m.page.waitForFunction(
      (words) => { const text = document.querySelector(".evidence tbody")?.textContent ?? ""; return words.every((w) => text.includes(w)); },
      [`${v.inside.bad} of ${v.inside.of} bad`, `${v.elsewhere.bad} of ${v.elsewhere.of} elsewhere`],
    );
    await m.page.click(".why-meta >> text=/carrier Arvel Fibre/");
    await m.page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await m.page.waitForSelector("role=heading[name=/Arvel Fibre/]");
  });
  it("move the crosshair to what is chosen of all trouble, and keep it in the address", async () => {
    const two = (await minutes()).find((r) => new Set(r.minutes.flatMap((x) => (x.cause ? [x.cause.cause] : []))).size > 1);
    await goTo(m.page, `/segments/${two?.segment}`);
    const other = m.page.locator(".trouble button:not([aria-current])").first();
    const says = ((await other.locator(".say").textContent()) ?? "").slice(0, 30);
    await other.click();
    await m.page.waitForURL((u) => u.searchParams.has("at"));
    await m.page.waitForFunction((text) => [".verdict", ".trouble [aria-current] .say"].every((s) => document.querySelector(s)?.textContent.includes(text)), says);
  });
  it("say unknown in grey, with what was ruled out", async () => {
    const id = await suffering("unknown");
    const v = (await m.api<SegmentDetail>(`segments/${id}`)).verdicts.find((x) => x.cause === "unknown");
    await m.page.goto(`/segments/${id}?at=${v?.from}`);
    await m.page.waitForSelector(".verdict.unknown:has-text('Not the computer') >> text=/^Unknown/");
  });
  it("leave healthy people one calm line", async () => {
    const fine = (await minutes()).find((r) => r.minutes.length > 10 && r.minutes.every((x) => x.grade === "good"));
    assert.ok(fine);
    await goTo(m.page, `/segments/${fine.segment}`);
    await m.page.waitForSelector(".verdict >> text=No poor or bad minute");
    assert.equal(await m.page.$$eval(".evidence, .trouble", (x) => x.length), 0);
  });
});
