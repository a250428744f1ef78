// Incidents against the mock server: where they lead, their filter, what waits while somebody points at one, hostile names.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlertRow, IncidentDetail, IncidentMinutes, IncidentPeople, IncidentRow } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked, OUTAGE } from "./mocked.ts";

const m = mocked(undefined, [OUTAGE]);

const carrier = async () => (await m.api<{ items: IncidentRow[] }>("incidents?state=open")).items.find((i) => i.cause === "isp")?.id as string;

describe("Incidents", () => {
  it("lead from an incident to a person's worst minute in two clicks", async () => {
    await m.page.goto("/incidents");
    await m.page.click(".inc a >> text=/Carrier Arvel Fibre/");
    await m.page.waitForURL(/\/incidents\/[0-9a-f]{16}/);
    await m.page.click(".reach-row a >> nth=0");
    await m.page.waitForURL(/\/segments\/[0-9a-f]{16}\?at=/);
    await m.page.waitForSelector(".why-head .verdict >> text=/\\w+/");
  });
  it("tell how many had it by minute, by pointer and by keyboard", async () => {
    const id = await carrier();
    const minutes = await m.api<IncidentMinutes>(`incidents/${id}/minutes`);
    const worst = minutes.steps.reduce((best, s) => (s.reached.bad + s.reached.poor > best.reached.bad + best.reached.poor ? s : best));
    const words = `${worst.reached.bad + worst.reached.poor} of ${Object.values(worst.reached).reduce((a, b) => a + b, 0)}`;
    await goTo(m.page, `/incidents/${id}`);
    await m.page.waitForSelector(`section[aria-label="How many"] .right >> text=most ${words} at`);
    const chart = m.page.locator("role=slider[name='People at a time']");
    await chart.press("ArrowRight");
    await m.page.waitForSelector(`.how-many-chart .readout >> text=${words}`);
    await chart.press("End");
    await m.page.waitForFunction((at) => document.querySelector(".how-many-chart .readout b")?.textContent === at, minutes.steps.at(-1)?.at.slice(11, 16));
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("show how each person was on the axis of the chart, with one time for both", async () => {
    const id = await carrier();
    const { items, from, step_seconds: step } = await m.api<IncidentPeople>(`incidents/${id}/people`);
    assert.ok(items.length > 12, "too few people to fold");
    await goTo(m.page, `/incidents/${id}`);
    const rows = (n: number) => m.page.waitForFunction((x) => document.querySelectorAll(".reach-row").length === x, n);
    await rows(12);
    assert.deepEqual(await m.page.$$eval(".reach-row a", (all) => all.map((a) => a.textContent)), items.slice(0, 12).map((p) => p.person.name));
    const edges = (selector: string) => m.page.$eval(selector, (e) => { const box = e.getBoundingClientRect(); return [Math.round(box.left), Math.round(box.right)]; });
    assert.deepEqual(await edges(".reach-row .strip"), await edges(".how-many-chart .plot"));
    // A person's worst column is where the line is when the pointer is over it.
    const column = items[0]?.strip.search(/[bp]/) ?? -1;
    const strip = m.page.locator(".reach-row .strip >> nth=0");
    await strip.scrollIntoViewIfNeeded();
    const box = await strip.boundingBox();
    assert.ok(box && column >= 0);
    await m.page.mouse.move(box.x + (box.width * (column + 0.5)) / (items[0]?.strip.length ?? 1), box.y + 5);
    const time = new Date(Date.parse(from) + column * step * 1000).toISOString().slice(11, 16);
    await m.page.waitForFunction((t) => document.querySelector(".reach-line b")?.textContent === t && document.querySelector(".how-many-chart .readout b")?.textContent === t, time);
    await m.page.click(".reach-panel .panel-foot >> text=/^All [0-9]+ people$/");
    await m.page.waitForSelector(`.reach-row[aria-setsize="${items.length}"] >> nth=12`);
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("keep a person's row in place under the pointer while it is read again", async () => {
    const id = await carrier();
    await goTo(m.page, `/incidents/${id}`);
    const first = () => m.page.$eval(".reach-row[aria-posinset='1'] a", (e) => e.textContent);
    const was = await first();
    await m.page.hover(".reach-row >> nth=0");
    let read = 0;
    await m.page.route(`**/api/v1/incidents/${id}/people`, async (route) => {
      const answer = await route.fetch();
      const people = await answer.json() as IncidentPeople;
      await route.fulfill({ response: answer, json: { ...people, items: [...people.items].reverse().map((p) => ({ ...p, minutes: p.minutes + 100 })) } });
      read++;
    });
    await m.make("drop?ms=10"); // what the page shows is read again once it follows again
    await m.page.waitForFunction(() => /^\d{3}/.test(document.querySelector(".reach-row .r")?.textContent ?? ""));
    assert.ok(read > 0);
    assert.equal(await first(), was);
    await m.page.mouse.move(5, 5);
    await m.page.waitForFunction((name) => document.querySelector(".reach-row[aria-posinset='1'] a")?.textContent !== name, was);
  });
  it("lead to a person's worst minute by keyboard", async () => {
    const id = await carrier();
    const { items } = await m.api<IncidentPeople>(`incidents/${id}/people`);
    await goTo(m.page, `/incidents/${id}`);
    await m.page.waitForSelector(".reach-row a >> nth=1");
    const at = (n: number) => m.page.waitForFunction((x) => document.activeElement?.closest(".reach-row")?.getAttribute("aria-posinset") === String(x), n);
    await m.page.keyboard.press("j");
    await at(1);
    await m.page.keyboard.press("j");
    await at(2);
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(`**/segments/${items[1]?.segment}?at=*`);
  });
  it("tell how many of which meeting had it, worst first", async () => {
    const id = await carrier();
    const { meetings } = await m.api<IncidentPeople>(`incidents/${id}/people`);
    const [first] = meetings ?? [];
    await goTo(m.page, `/incidents/${id}`);
    await m.page.waitForFunction((words) => document.querySelector(".touched-meetings li")?.textContent.replaceAll(/\s+/g, " ").includes(words), `${first?.people.bad} of ${first?.people.of} people bad or poor,${first?.minutes} minutes`);
  });
  it("tell whether the same place had one before", async () => {
    const id = await carrier();
    const [before] = (await m.api<{ items: IncidentRow[] }>(`incidents?cell_of=${id}`)).items.filter((i) => i.id !== id);
    await goTo(m.page, `/incidents/${id}`);
    await m.page.click("section[aria-label='Seen before'] a");
    await arrive(m.page, `**/incidents/${before?.id}`);
    await m.page.waitForSelector("section[aria-label='Seen before'] >> text=It is the first here in 30 days");
  });
  it("have room on a telephone", async () => {
    await m.page.setViewportSize({ width: 360, height: 740 });
    await goTo(m.page, `/incidents/${await carrier()}`);
    await m.page.waitForSelector(".reach-row >> nth=11");
    assert.equal(await m.page.evaluate(() => document.documentElement.scrollWidth), 360);
    const [name, strip] = await m.page.$eval(".reach-row", (row) => [row.querySelector("a"), row.querySelector(".strip")].map((e) => e?.getBoundingClientRect().top ?? NaN));
    assert.ok(Number(strip) > Number(name), "the strip stands below the name");
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("lead to the meeting with its cause chosen", async () => {
    await m.page.goto(`/incidents/${await carrier()}`);
    await m.page.click(".rows a >> nth=0");
    await m.page.waitForURL(/\/meetings\/[0-9a-f]{16}\?.*cause=isp/);
    await m.page.waitForSelector(".filter-line >> text=ISP");
  });
  it("are filtered by state and cause in the address", async () => {
    await goTo(m.page, "/incidents");
    await m.page.click(".cause-filter >> text=Wi-Fi");
    await m.page.waitForURL(/cause=wifi/);
    await m.page.waitForFunction(() => { const all = document.querySelectorAll(".group h3"); return all.length === 1 && all[0]?.textContent === "Wi-Fi"; });
    await m.page.click("role=group[name=State] >> text=closed");
    await m.page.waitForURL(/state=closed/);
    await m.page.waitForSelector("text=No incident matches the filter.");
    await m.page.reload();
    await m.page.waitForSelector("text=No incident matches the filter.");
    await m.page.click("text=Remove the filter");
    await m.page.waitForSelector(".inc >> nth=3");
  });
  it("do not move under the pointer, and say what waits", async () => {
    const id = await carrier();
    await goTo(m.page, "/incidents");
    const row = m.page.locator(`.inc[data-id="${id}"]`);
    await row.hover();
    const before = await row.boundingBox();
    await m.make(`over?id=${id}`);
    await m.page.waitForSelector(`.inc[data-id="${id}"] >> text=closed`);
    assert.deepEqual(await row.boundingBox(), before, "moved under the pointer");
    await m.page.waitForSelector(".held >> text=List held.");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("r");
    await m.page.waitForSelector(`section[aria-label="Over"] .inc[data-id="${id}"]`);
  });
  it("are walked by keyboard", async () => {
    await goTo(m.page, "/live");
    await m.page.keyboard.press("g");
    await m.page.keyboard.press("i");
    await arrive(m.page, "**/incidents");
    const first = await m.page.getAttribute(".inc >> nth=0", "data-id");
    const second = await m.page.getAttribute(".inc >> nth=1", "data-id");
    const at = (id: string | null) => m.page.waitForFunction((x) => document.activeElement?.closest<HTMLElement>(".inc")?.dataset.id === x, id);
    await m.page.keyboard.press("j");
    await at(first);
    await m.page.keyboard.press("j");
    await at(second);
    await m.page.keyboard.press("k");
    await at(first);
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(`**/incidents/${first}`);
  });
  it("say what one is when there is none", async () => {
    await m.make("empty?on=1");
    await goTo(m.page, "/incidents");
    await m.page.waitForSelector("text=No incident is open, and none was in the last 24 hours.");
    await m.page.waitForSelector("text=/An incident is bad minutes that share one cause/");
    assert.deepEqual(await findings(m.page), [], "axe");
  });
  it("name the incident that one was merged into", async () => {
    const [part] = (await m.api<{ items: IncidentRow[] }>("incidents?state=merged")).items;
    await m.page.goto(`/incidents/${part?.id}`);
    await m.page.click(".merged-line >> text=Open that one");
    await m.page.waitForURL(`**/incidents/${part?.merged_into}`);
  });
  it("say who was alerted of one", async () => {
    const [alert] = (await m.api<{ items: AlertRow[] }>("alerts")).items.filter((a) => a.rule === "Incident");
    await m.page.goto(`/incidents/${alert?.incident}`);
    await m.page.waitForSelector(".alerted >> text=by the rule Incident");
    await m.page.click(".alerted >> text=Alerted");
    await m.page.waitForURL(`**/alerts/${alert?.id}`);
  });
  it("are told of on the pages of the meetings and people that they touched, with who was alerted", async () => {
    const [alert] = (await m.api<{ items: AlertRow[] }>("alerts")).items.filter((a) => a.rule === "Incident");
    const incident = await m.api<IncidentDetail>(`incidents/${alert?.incident}`);
    for (const path of [`/meetings/${incident.meetings[0]?.id}`, `/people/${incident.people.find((p) => p.id)?.id}`]) {
      await goTo(m.page, path);
      await m.page.waitForSelector(".touched >> text=Incident, ");
      await m.page.waitForSelector(".alerted >> text=by the rule Incident");
      await m.page.click(`.alerted a[href='/alerts/${alert?.id}']`);
      await m.page.waitForURL(`**/alerts/${alert?.id}`);
    }
  });
  it("show names as text", async () => {
    await m.page.goto("/incidents?state=no-data");
    await m.page.click(".inc a >> text=<img src=x onerror=alert(1)>");
    await m.page.waitForSelector("h1 >> text=<img src=x onerror=alert(1)>");
    assert.equal(await m.page.$$eval("main img", (x) => x.length), 0);
  });
  it("are found by the search", async () => {
    await goTo(m.page, "/sites");
    await m.page.keyboard.press("/");
    await m.page.keyboard.insertText("wi-f");
    await m.page.click("role=option >> text=Incidents: Wi-Fi");
    await m.page.waitForURL(/\/incidents\?cause=wifi/);
  });
});
