// Every page, dark and light, wide and narrow: it shows what it is for, nothing is logged as an error, nothing is wider
// than the window, and axe finds nothing. Runs against the mock server and against a real Earshot alike.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { findings } from "./axe.ts";
import { launch, visit, whole, type Look, type Visit } from "./browser.ts";
import { target, type Target } from "./target.ts";

const LOOKS: Look[] = [
  { width: 1440, height: 900, theme: "dark" }, { width: 1440, height: 900, theme: "light" },
  { width: 390, height: 844, theme: "dark" }, { width: 360, height: 780, theme: "light" },
];

/** The other theme of the wider telephone: it is looked at for its width alone. */
const WIDER = { width: 390, height: 844 };

/** Minutes are sealed by then. */
const SEALED_MS = 5 * 60_000;

interface Row { id: string; people?: number; state?: string; personal?: boolean; verdicts?: { cause: string; to: string }[]; topic?: string; present?: boolean; minutes: Record<string, number> }

/** The addresses to look at, with what has to be seen there. Pages of single things are taken from what the API lists. */
async function addresses(v: Visit): Promise<[name: string, path: string, seen: string][]> {
  const get = async <T>(path: string) => (await (await v.page.request.get(`/api/v1/${path}`)).json()) as T;
  const items = async (path: string) => (await get<{ items: Row[] }>(path)).items;
  const found: [string, string, string][] = [
    ["overview", "/overview", ".overview .verdict b"], ["overview, table", "/overview?table=1", ".daychart-table tbody tr >> nth=0"], ["wall", "/wall", ".wall .verdict b"],
    ["live", "/live", "role=heading[name='Live']"], ["incidents", "/incidents", ".incidents .inc, .incidents .empty >> nth=0"], ["no incident passes", "/incidents?cause=client-version&state=quiet", "role=heading[name='Incidents']"], ["alerts", "/alerts", ".alert-row, .alerts .empty >> nth=0"], ["no alert passes", "/alerts?severity=info&how=silenced", "role=heading[name='Alerts']"], ["silences", "/alerts/silences?matchers=alertname=~.%2B", ".silences .silence, .silences .empty >> nth=0"], ["maintenance", "/alerts/maintenance", ".works, .maintenance .empty >> nth=0"], ["new maintenance", "/alerts/maintenance?fresh=1", "role=form[name='Maintenance']"], ["rules", "/alerts/rules", ".rule >> nth=0"], ["rule", "/alerts/rules/BudgetBurn", "role=form[name='Rule']"], ["new rule", "/alerts/new-rule", "role=form[name='Rule']"],
    ["meetings", "/meetings", "role=heading[name='Meetings']"], ["running meetings", "/meetings?state=live", "tbody tr >> nth=0"],
    ["people", "/people", "tbody tr >> nth=0"], ["phone", "/phone", "role=heading[name='Phone']"], ["sites", "/sites", "role=heading[name='Sites']"], ["ingest", "/ingest", "text=What the receiver answered"],
  ];
  found.push(["addresses of no site", "/sites/addresses", ".networks li, .empty >> nth=0"], ["import sites", "/sites/import", "role=heading[name='Import sites']"], ["new site", "/sites/new", "role=form[name='Site']"], ["devices", "/devices", ".devices tbody tr, .devices .empty >> nth=0"], ["microphones", "/devices?by=microphone", ".devices tbody tr, .devices .empty >> nth=0"]);
  const [site] = (await items("sites")).toSorted((a, b) => (b.people ?? 0) - (a.people ?? 0));
  assert.ok(site, "there is no site");
  found.push(["site", `/sites/${site.id}`, ".week td >> nth=0"], ["site, 30 days", `/sites/${site.id}?span=30d`, ".week td >> nth=0"]);
  found.push(["edit a site", `/sites/${site.id}/edit`, "role=form[name='Site']"]);
  const [meeting] = await items("meetings?state=live&sort=worst&limit=1");
  assert.ok(meeting, "no meeting is running: there is nothing to look at");
  found.push(["meeting", `/meetings/${meeting.id}`, ".heat-rows li >> nth=0"]);
  const incidents = await items("incidents?limit=1000&state=open,quiet,closed,no-data,merged");
  // One of each sort: shared and of one person, and each state.
  for (const [i, incident] of incidents.filter((x, k) => incidents.findIndex((y) => y.state === x.state && y.personal === x.personal) === k).entries()) found.push([`incident ${i}, ${incident.state}`, `/incidents/${incident.id}`, "role=heading[name='Timeline']"]);
  for (const state of ["firing", "past"]) {
    const [alert] = await items(`alerts?state=${state}&limit=1`);
    if (alert) found.push([`alert, ${state}`, `/alerts/${alert.id}`, "role=heading[name='Timeline']"]);
  }
  const { segments, series, watermark } = await get<{ segments: Row[]; series?: string; watermark: string }>(`meetings/${meeting.id}`);
  if (series) found.push(["series", `/series/${series}`, "role=heading[name='Who is hit again and again']"]);
  const segment = segments.toSorted((a, b) => (b.minutes.bad ?? 0) - (a.minutes.bad ?? 0) || (b.minutes.good ?? 0) - (a.minutes.good ?? 0))[0];
  assert.ok(segment, "nobody is in the meeting");
  for (const tab of ["audio", "video", "cpu", "all"]) found.push([`participant, ${tab}`, `/segments/${segment.id}?tab=${tab}`, ".lanes canvas >> nth=0"]);
  found.push(["participant, table", `/segments/${segment.id}?table=1&tab=all`, ".lane-table tbody tr >> nth=0"]);
  // One whose trouble has a cause, and one whose has none.
  for (const unknown of [false, true]) {
    for (const s of segments.toSorted((a, b) => (b.minutes.bad ?? 0) - (a.minutes.bad ?? 0)).slice(0, 20)) {
      const { verdicts = [] } = await get<Row>(`segments/${s.id}`);
      // What is held of the last minutes may be taken back until they are sealed.
      if (!verdicts.some((x) => (x.cause === "unknown") === unknown && Date.parse(x.to) < Date.parse(watermark) - SEALED_MS)) continue;
      found.push([`participant, cause ${unknown ? "unknown" : "known"}`, `/segments/${s.id}`, "role=heading[name='Evidence']"]);
      break;
    }
  }
  const [person] = await items("persons?limit=1");
  if (person) found.push(["person", `/people/${person.id}`, "text=Joins"]);
  const [call] = await items("calls?limit=1");
  if (call) found.push(["call", `/phone/${call.id}`, "text=Caller"]);
  const when = new Date(Date.parse(watermark) - 10 * 60_000).toISOString();
  found.push(["setup", "/setup", "[data-event='meeting.participant_qos']"]);
  found.push(["find, nothing asked", "/find", "text=Type what the ticket says"], ["find", `/find?q=10.0.0.0%2F8&at=${when}`, ".found tbody tr, .empty >> nth=0"]);
  found.push(["no such page", "/nowhere", "text=There is no such page"]);
  return found;
}

/** By how much the page is wider than the window. */
const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

/** What scrolls sideways but is not positioned: texts for screen readers in it are placed against the page and widen it once the row is long enough. */
const unplaced = () =>
  [...document.querySelectorAll("body *")].filter((e) => {
    const style = getComputedStyle(e);
    return /auto|scroll/.test(style.overflowX) && style.position === "static" && e.querySelector(".sr");
  }).map((e) => `${e.tagName}.${e.className}`);

describe("pages", () => {
  let where: Target;
  let browser: Browser;
  before(async () => {
    where = await target();
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    await where.close();
  });

  for (const look of LOOKS) {
    it(`are sound at ${look.width} px, ${look.theme}`, async (t) => {
      const v = await visit(browser, where.base, look);
      await where.login(v.page);
      for (const [name, path, seen] of await addresses(v)) {
        await t.test(name, async () => {
          v.errors.length = 0;
          await v.page.goto(path);
          await v.page.waitForSelector(seen);
          await whole(v.page);
          assert.deepEqual(await findings(v.page), [], "axe");
          assert.equal(await v.page.evaluate(sideways), 0, "wider than the window");
          assert.deepEqual(await v.page.evaluate(unplaced), [], "scrolls without being positioned");
          if (look.width < WIDER.width) {
            await v.page.setViewportSize(WIDER);
            assert.equal(await v.page.evaluate(sideways), 0, `wider than a window of ${WIDER.width} px`);
            assert.deepEqual(await v.page.evaluate(unplaced), [], `scrolls without being positioned at ${WIDER.width} px`);
            await v.page.setViewportSize(look);
          }
          assert.deepEqual(v.errors, [], "console");
        });
      }
      await v.context.close();
    });
  }

  it("come under a policy that runs no script but their own files", async () => {
    const v = await visit(browser, where.base, LOOKS[0] as Look);
    for (const path of ["/", "/login", "/meetings"]) {
      const policy = (await v.page.request.get(path)).headers()["content-security-policy"] ?? "";
      const rules = new Map(policy.split(";").map((rule) => { const [name = "", ...sources] = rule.trim().split(" "); return [name, sources.join(" ")]; }));
      assert.equal(rules.get("default-src"), "'none'", path);
      assert.equal(rules.get("script-src"), "'self'", path);
      assert.equal(rules.get("base-uri"), "'none'", path);
      assert.equal(rules.get("frame-ancestors"), "'none'", path);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/, path);
    }
    await v.context.close();
  });

  it("lead to the login without a session, and back", async () => {
    const v = await visit(browser, where.base, { width: 1440, height: 900, theme: "dark" }, [/401/]);
    await v.page.goto("/ingest");
    await v.page.waitForURL(/\/login\?next=%2Fingest/);
    await v.page.waitForSelector("text=Password");
    assert.deepEqual(await findings(v.page), [], "axe");
    await where.login(v.page);
    await v.page.goto("/ingest");
    await v.page.waitForSelector("text=What the receiver answered");
    assert.deepEqual(v.errors, []);
    await v.context.close();
  });
});
