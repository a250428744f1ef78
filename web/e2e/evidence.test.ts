// What leaves the pages: tables, the evidence as a file that opens offline, what Zoom sent, and the way from an incident to the
// worst minute of one of its people. Runs against the mock server and against a real Earshot alike.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { IncidentPeople, IncidentRow, MeetingDetail, MeetingRow, SegmentRow } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { launch, visit, type Visit } from "./browser.ts";
import { target, type Target } from "./target.ts";

let where: Target;
let browser: Browser;
let v: Visit;
let page: Page;
let folder: string;
let worst: SegmentRow;

const get = async <T>(path: string) => (await (await page.request.get(`/api/v1/${path}`)).json()) as T;

/** Clicks a link that saves a file, and returns where it was saved. */
async function saved(selector: string): Promise<{ path: string; name: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { path, name: download.suggestedFilename() };
}

before(async () => {
  where = await target();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "earshot-e2e-"));
  v = await visit(browser, where.base, { width: 1440, height: 900, theme: "dark" });
  page = v.page;
  await where.login(page);
  // Somebody who has been there long enough for something to be known, and whose name is no word of the pages.
  const found: SegmentRow[] = [];
  for (const meeting of (await get<{ items: MeetingRow[] }>("meetings?state=live&sort=worst&limit=20")).items) {
    const { segments, watermark } = await get<MeetingDetail>(`meetings/${meeting.id}`);
    found.push(...segments.filter((s) => s.reported && s.present && s.person.name.length > 4 && Date.parse(s.join ?? "") < Date.parse(watermark) - 4 * 60_000));
  }
  const first = found.toSorted((a, b) => b.minutes.bad - a.minutes.bad)[0];
  assert.ok(first, "nobody is reported");
  worst = first;
});
after(async () => {
  await v.context.close();
  await browser.close();
  await where.close();
  await rm(folder, { recursive: true, force: true });
});

describe("evidence", () => {
  it("saves a participant as a table", async () => {
    await page.goto(`/segments/${worst.id}`);
    const { path, name } = await saved(".acts >> text=CSV");
    assert.match(name, /^earshot-[a-z0-9.-]+\.csv$/);
    const text = await readFile(path, "utf8");
    assert.ok(text.startsWith("\uFEFFdate_time,"), text.slice(0, 80));
    const lines = text.split("\r\n").filter(Boolean);
    assert.ok(lines.length > 1, "no rows");
    assert.ok(lines.every((l) => !/(^|,)"?[=+@]/.test(l)), "a cell that is a formula");
  });

  it("saves the evidence as a file that opens offline, loads nothing, and is sound", async () => {
    for (const [label, redacted] of [["Evidence, redacted", true], ["Evidence, full", false]] as const) {
      await page.goto(`/segments/${worst.id}`);
      const { path } = await saved(`.acts >> text=${label}`);
      const context = await browser.newContext({ viewport: { width: 1180, height: 900 } });
      await context.setOffline(true);
      const file = await context.newPage();
      const loaded: string[] = [];
      const errors: string[] = [];
      file.on("request", (r) => loaded.push(r.url()));
      file.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
      await file.goto(pathToFileURL(path).href);
      await file.waitForSelector("text=How grades are made");
      assert.deepEqual(loaded, [pathToFileURL(path).href]);
      assert.deepEqual(await findings(file), [], "axe");
      assert.equal(await file.$$eval("script, img, link, iframe, a", (x) => x.length), 0);
      assert.equal(await file.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "wider than the window");
      const text = await file.evaluate(() => document.body.innerText);
      assert.equal(text.includes("This copy is redacted."), redacted);
      if (redacted) assert.ok(!text.includes(worst.person.name), "a name in a redacted file");
      assert.deepEqual(errors, []);
      await context.close();
    }
  });

  it("shows what Zoom sent around the crosshair, as text", async () => {
    const { watermark } = await get<MeetingDetail>(`meetings/${worst.meeting}`);
    await page.goto(`/segments/${worst.id}?at=${new Date(Date.parse(watermark) - 60_000).toISOString()}`);
    await page.waitForSelector(".lanes canvas >> nth=0");
    await page.click("text=Show those around the crosshair");
    await page.click(".raw-list summary >> nth=0");
    await page.waitForFunction(() => document.querySelector(".raw-list details[open] pre")?.textContent?.includes('"event"') === true);
    assert.deepEqual(await findings(page), [], "axe");
  });

  it("leads from an incident to the worst minute of one of its people", async (t) => {
    const incidents = (await get<{ items: IncidentRow[] }>("incidents?limit=50")).items;
    for (const row of incidents) {
      if ((await get<IncidentPeople>(`incidents/${row.id}/people`)).items.length === 0) continue;
      await page.goto(`/incidents/${row.id}`);
      await page.click(".reach-row a >> nth=0");
      await page.waitForURL(/\/segments\/[0-9a-f]{16}\?at=/);
      await page.waitForSelector("role=heading[name='What Zoom sent']");
      return;
    }
    t.diagnostic("no incident has people yet");
  });
});
