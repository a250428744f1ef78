// Where an incident is, and where it is not, against the mock server: the rows and clues of the API, on a wide screen and on a telephone,
// and what stands there while there is nothing to compare.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IncidentRow, IncidentSplits } from "../src/api/types.ts";
import { againstWord, clueTitle, hereWord } from "../src/model/splits.ts";
import { findings } from "./axe.ts";
import { goTo } from "./browser.ts";
import { mocked, OUTAGE } from "./mocked.ts";

const m = mocked({ width: 1440, height: 900, theme: "dark" }, [OUTAGE]);

const incident = async (state: string, wanted: (i: IncidentRow) => boolean) => {
  const found = (await m.api<{ items: IncidentRow[] }>(`incidents?state=${state}`)).items.find(wanted);
  assert.ok(found, "no such incident");
  return found;
};

/** Waits until the table has exactly these rows, each by its first words. */
const rows = (wanted: [string, string][]) => m.page.waitForFunction((all) => {
  const found = [...document.querySelectorAll(".splits tbody tr")].map((r) => [r.querySelector(".in")?.textContent?.trim(), r.querySelector(".out")?.textContent?.trim()]);
  return JSON.stringify(found) === JSON.stringify(all);
}, wanted);

describe("Where an incident is", () => {
  it("is told by each way of parting people, and what it is not", async () => {
    const i = await incident("open", (x) => x.cause === "isp");
    const { splits, clues } = await m.api<IncidentSplits>(`incidents/${i.id}/splits`);
    assert.ok(splits.length > 3 && clues.length > 1, "too little to look at");
    await goTo(m.page, `/incidents/${i.id}`);
    await rows(splits.map((s) => [hereWord(s), againstWord(s)]));
    assert.deepEqual(await m.page.$$eval(".splits tr.here .in", (x) => x.map((e) => e.textContent)), ["Arvel Fibre"], "the incident's own row is marked");
    assert.deepEqual(await m.page.$$eval(".clues b", (x) => x.map((e) => e.textContent)), clues.map(clueTitle));
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.setViewportSize({ width: 360, height: 780 });
    await m.page.waitForFunction(() => getComputedStyle(document.querySelector(".splits tbody tr") as Element).display === "grid");
    assert.equal(await m.page.evaluate(() => document.documentElement.scrollWidth), 360, "wider than a telephone");
    assert.deepEqual(await findings(m.page), [], "axe at 360 px");
  });
  it("is a line for one person alone, who is compared with nobody", async () => {
    const i = await incident("open", (x) => x.personal === true);
    await goTo(m.page, `/incidents/${i.id}`);
    await m.page.waitForSelector("section[aria-label^='Where it is'] >> text=One person alone has it: there is no group to compare.");
    assert.equal(await m.page.locator(".splits").count(), 0);
  });
  it("says when too few people were there to compare", async () => {
    const i = await incident("no-data", (x) => !x.personal);
    await goTo(m.page, `/incidents/${i.id}`);
    await m.page.waitForSelector("section[aria-label^='Where it is'] >> text=/Too few people to compare/");
    assert.equal(await m.page.locator(".splits tbody tr").count(), 1);
  });
  it("keeps the incident's own counts where the others could not be read, until they are", async () => {
    const i = await incident("open", (x) => x.cause === "isp");
    const path = `/api/v1/incidents/${i.id}/splits`;
    await m.make(`fail?path=${path}&status=503`);
    await m.page.goto(`/incidents/${i.id}`);
    await m.page.waitForSelector("section[aria-label^='Where it is'] >> text=Comparison could not be read.", { timeout: 60_000 });
    await rows([["Arvel Fibre", "other ISPs"]]);
    const { splits } = await m.make(`fail?path=${path}&status=0`).then(() => m.api<IncidentSplits>(`incidents/${i.id}/splits`));
    await m.page.click("section[aria-label^='Where it is'] >> text=Try again");
    await rows(splits.map((s) => [hereWord(s), againstWord(s)]));
  });
});
