// Names of people, devices, meetings and sites are hostile input. Three hundred of them stand wherever the API has words of
// others, and every page is opened: nothing of them runs, nothing is fetched for them, nothing is logged as an error, and no
// page becomes wider than the window.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { HOSTILE_NAMES } from "../mock/hostile.ts";
import { PASSWORD, serve } from "../mock/server.ts";
import type { IncidentRow, MeetingDetail, MeetingRow } from "../src/api/types.ts";
import { launch, visit, whole, type Look } from "./browser.ts";

const LOOKS: Look[] = [{ width: 1440, height: 900, theme: "dark" }, { width: 390, height: 844, theme: "light" }];

/** What must not come of a name: a mark that it ran, an address that runs, an element that no page makes. */
const harm = () => {
  const found: string[] = [];
  if ("__ran" in window) found.push("a script ran");
  for (const a of document.querySelectorAll<HTMLAnchorElement>("a[href]")) if (!a.href.startsWith(location.origin)) found.push(`link to ${a.href.slice(0, 80)}`);
  for (const e of document.querySelectorAll("iframe, object, embed, base, body script, body link, body style, math, video, img")) found.push(e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll("body *")) for (const a of e.attributes) if (a.name.startsWith("on")) found.push(`${e.tagName} ${a.name}`);
  const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wider > 0) {
    const widest = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 3).map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`);
    found.push(`${wider} px wider than the window: ${widest.join(", ")}`);
  }
  return found;
};

async function addresses(page: Page): Promise<string[]> {
  const get = async <T>(path: string) => (await (await page.request.get(`/api/v1/${path}`)).json()) as T;
  const items = async <T>(path: string) => (await get<{ items: T[] }>(path)).items;
  const [live] = await items<MeetingRow>("meetings?state=live&sort=people&limit=1");
  const [past] = await items<MeetingRow>("meetings?state=past&sort=people&limit=1");
  const { segments } = await get<MeetingDetail>(`meetings/${live?.id}`);
  const worst = segments.toSorted((a, b) => b.minutes.bad - a.minutes.bad)[0];
  const incidents = (await items<IncidentRow>("incidents?limit=1000&state=open,quiet,closed,no-data,merged")).slice(0, 2);
  const [person] = await items<{ id: string }>("persons?limit=1");
  const [call] = await items<{ id: string }>("calls?limit=1");
  return [
    // Every page that the navigation leads to, and one of each thing.
    ...(await page.$$eval("nav[aria-label=Main] a[href]", (links) => links.map((a) => a.getAttribute("href") ?? ""))), "/meetings?state=live", `/meetings/${live?.id}`, `/meetings/${live?.id}?sort=name`, `/meetings/${past?.id}`,
    `/segments/${worst?.id}`, `/segments/${worst?.id}?tab=all&table=1`, `/people/${person?.id}`, `/phone/${call?.id}`, ...incidents.map((i) => `/incidents/${i.id}`),
  ];
}

describe("hostile names", () => {
  let server: Server;
  let browser: Browser;
  let base: string;
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

  for (const look of LOOKS) {
    it(`stay text at ${look.width} px`, async (t) => {
      const v = await visit(browser, base, look);
      const { page } = v;
      const foreign: string[] = [];
      page.on("request", (r) => { if (!r.url().startsWith(base) && !r.url().startsWith("data:font")) foreign.push(r.url()); });
      page.on("dialog", (d) => { v.errors.push(`dialog: ${d.message()}`); void d.dismiss(); });
      await page.request.post("/api/v1/session", { data: { user: "admin", password: PASSWORD } });
      await page.request.post("/mock/hostile?on=1");
      await page.goto("/live");
      await page.waitForSelector(".lr.row");
      for (const path of new Set(await addresses(page))) {
        await t.test(path.replaceAll(/[0-9a-f]{16}/g, "…"), async () => {
          v.errors.length = 0;
          await page.goto(path);
          await page.waitForSelector("main h1");
          await whole(page);
          // What appears under the pointer is made of names, too.
          for (const row of (await page.$$("main li, main tbody tr, main .lr.row")).slice(0, 3)) await row.hover({ timeout: 2000, force: true }).catch(() => undefined);
          assert.deepEqual(await page.evaluate(harm), [], "harm");
          assert.deepEqual(v.errors, [], "console");
          assert.equal(await page.$("main .broken"), null, "the page broke");
        });
      }
      await t.test("the search", async () => {
        v.errors.length = 0;
        await page.goto("/live");
        await page.waitForSelector("main h1");
        await page.keyboard.press("/");
        await page.keyboard.type("an");
        await page.waitForSelector('[role="option"] >> nth=0');
        assert.deepEqual(await page.evaluate(harm), [], "harm");
        assert.deepEqual(v.errors, [], "console");
      });
      assert.deepEqual(foreign, [], "fetched from elsewhere");
      const { used } = (await (await page.request.post("/mock/hostile")).json()) as { used: number };
      assert.equal(used, HOSTILE_NAMES.length, "names that were told");
      assert.equal(new Set(HOSTILE_NAMES).size, 300);
      await v.context.close();
    });
  }
});
