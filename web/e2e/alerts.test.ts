// Alerts: one is seen and acknowledged, silenced with a preview, a rule is changed and tried on the past, who may not change
// anything reads all of it; rows hold still; every state is sound for axe, dark and light.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlertRow, AlertRule, AlertSilence } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked } from "./mocked.ts";

/** What the browser logs when the server does not accept a form: the pages say it in words. */
const REFUSED = [/status of 422/];

for (const theme of ["dark", "light"] as const) {
  describe(`alerts, ${theme}`, () => {
    const m = mocked({ width: theme === "dark" ? 1440 : 390, height: 900, theme }, REFUSED);
    const sound = async () => {
      assert.deepEqual(await findings(m.page), [], "axe");
      assert.equal(await m.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "wider than the window");
    };

    it("shows the worst first, opens it, and says who was told and who did not take it", async () => {
      await goTo(m.page, "/alerts");
      await m.page.waitForSelector(".alert-row >> nth=0 >> text=critical");
      await m.page.waitForSelector("[aria-label='Who is told'] >> text=on-call does not take alerts");
      await sound();
      await m.page.click(".alert-row a >> nth=0");
      await m.page.waitForSelector("[aria-label='Who was told'] >> text=noc");
      await m.page.waitForSelector("[aria-label='Who was told'] >> text=unexpected status code 503");
      await m.page.waitForSelector("[aria-label='Timeline'] >> text=on-call did not take it");
      assert.match((await m.page.getAttribute("a.btn:has-text('The incident')", "href")) ?? "", /^\/incidents\/[0-9a-f]{16}$/);
      await sound();
    });

    it("makes a silence, with what it would silence now, and ends it early", async () => {
      await goTo(m.page, "/alerts");
      await m.page.click(".alert-row a >> nth=0");
      await m.page.click("a.btn:has-text('Silence')");
      await m.page.waitForSelector(".preview >> text=1 of 4 alerts");
      assert.equal(await m.page.isEnabled("button:text-is('Silence')"), false, "without a comment");
      await m.page.fill("role=textbox[name='Why']", "carrier works until noon");
      await sound();
      await m.page.click("button:text-is('Silence')");
      await m.page.waitForSelector(".silence >> text=carrier works until noon");
      const all = (await m.api<{ items: AlertSilence[] }>("alert-silences")).items;
      const made = all.find((s) => s.comment === "carrier works until noon");
      assert.equal(made?.matchers.find((x) => x.name === "subject")?.value, "Arvel Fibre");
      assert.equal(Math.round((Date.parse(made.ends) - Date.parse(made.starts)) / 60_000), 60);
      await m.page.click("role=button[name='End now: “carrier works until noon”']");
      await m.page.waitForSelector(`.silence.over[data-id='${made.id}']`);
      await sound();
    });

    it("says at the field what the server does not accept, and saves what it does", async () => {
      await goTo(m.page, "/alerts/rules");
      await m.page.click(".rule a:text-is('SiteBad')");
      await m.page.fill("role=textbox[name='Bad minutes']", "20");
      await m.page.fill("role=textbox[name='Cleared below']", "25");
      await m.page.fill("role=textbox[name='Window']", "45m");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector("[role=alert] >> text=2 fields are marked above");
      const below = (name: string) => m.page.$eval(`.rule-form .stacked:has(label:text-is("${name}")) .field-error`, (e) => e.textContent);
      assert.equal(await below("Cleared below"), "want less than share_pct");
      assert.equal(await below("Window"), "want at most 30m; for longer spans use kind burn");
      assert.equal(await m.page.getAttribute("role=textbox[name='Window']", "aria-invalid"), "true");
      await sound();
      await m.page.fill("role=textbox[name='Cleared below']", "10");
      await m.page.fill("role=textbox[name='Window']", "twenty");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector(".rule-form .field-error >> text=want a time such as 90s");
      await m.page.fill("role=textbox[name='Window']", "20m");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector("text=Saved. It holds from now on.");
      const saved = (await m.api<{ items: AlertRule[] }>("alert-rules")).items.find((r) => r.name === "SiteBad");
      assert.deepEqual([saved?.origin, saved?.share_pct, saved?.clear_pct, saved?.window, saved?.per, saved?.people], ["typed", 20, 10, "20m", "site", 10]);
      await m.page.click("button:text-is('Back to how it was')");
      await m.page.waitForSelector(".rule[data-name='SiteBad'] >> text=shipped");
    });

    it("compares the saved rule with the edited one on the past", async () => {
      await goTo(m.page, "/alerts/rules/SiteBad");
      await m.page.click("button:text-is('Try it')");
      await m.page.waitForSelector(".version .would:text-is('Would have fired 14 times in the last 30 days, 10 in Lyon, 3 in Gdynia.')");
      await m.page.fill("role=textbox[name='Bad minutes']", "20");
      await m.page.click("button:text-is('Compare')");
      await m.page.waitForSelector(".difference:has-text('The edited rule would have raised 5 more alerts.')");
      await m.page.waitForSelector("section[aria-label='As edited'] .would:has-text('Would have fired 19 times')");
      await m.page.waitForSelector("section[aria-label='As saved'] svg[role=img][aria-label^='Fired on']");
      await m.page.waitForSelector("[aria-label='Where the past knows less'] li:text-is('The people of a window are those of its busiest minute.')");
      await sound();
      await m.page.fill("role=textbox[name='Bad minutes']", "0");
      await m.page.click("button:text-is('Compare')");
      await m.page.waitForSelector(".rule-form .field-error >> text=want more than 0 and at most 100");
    });
  });
}

describe("alerts", () => {
  const m = mocked(undefined, REFUSED);
  const firing = async () => (await m.api<{ items: AlertRow[] }>("alerts")).items;

  it("is acknowledged with the keyboard alone", async () => {
    await goTo(m.page, "/live");
    await m.page.keyboard.press("g");
    await m.page.keyboard.press("a");
    await arrive(m.page, "**/alerts");
    await m.page.keyboard.press("j");
    await m.page.waitForFunction(() => document.activeElement?.closest(".alert-row") !== null);
    await m.page.keyboard.press("Enter");
    await arrive(m.page, /\/alerts\/[0-9a-f]{16}/);
    await m.page.waitForSelector("text=Nobody has taken it on.");
    await m.page.keyboard.press("a");
    await m.page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Comment");
    await m.page.keyboard.type("carrier called");
    await m.page.keyboard.press("Enter");
    await m.page.waitForSelector(".ack-words:has-text('admin has taken it on'):has-text('carrier called')");
    await m.page.waitForSelector("[aria-label='Timeline'] >> text=Acknowledged by admin");
    assert.equal((await firing()).filter((r) => r.ack).length, 1);
  });

  it("says in the list who was told, and nothing of whom nobody was told", async () => {
    await goTo(m.page, "/alerts?severity=critical&state=firing");
    await m.page.waitForSelector(".alert-row .what:has-text('rule Incident'):has-text('told noc')");
    await goTo(m.page, "/alerts?how=silenced");
    await m.page.waitForSelector(".alert-row .what:has-text('rule Incident'):not(:has-text('told'))");
  });

  it("says in the list of rules when each fired last, and how often", async () => {
    await goTo(m.page, "/alerts/rules");
    const incidents = (await m.api<{ items: AlertRule[] }>("alert-rules")).items.find((r) => r.name === "Incident");
    assert.ok(incidents?.last_fired && incidents.fired_times);
    await m.page.waitForSelector(`.rule[data-name='Incident'] .last:has(time[datetime='${new Date(incidents.last_fired).toISOString()}']):has-text('${incidents.fired_times} times in 30 days')`);
    await m.page.waitForSelector(".rule[data-name='PhoneQuality'] .last:has-text('never')");
    await m.page.click(".rule a:text-is('Incident')");
    await arrive(m.page, "**/alerts/rules/Incident");
    await m.page.click("a:text-is('its alerts')");
    await arrive(m.page, "**/alerts?rule=Incident");
    await m.page.waitForFunction(() => { const rows = [...document.querySelectorAll(".alert-row")]; return rows.length > 0 && rows.every((r) => r.textContent.includes("rule Incident")); });
  });

  it("holds its rows under the pointer, says that one waits, and shows it on r", async () => {
    await goTo(m.page, "/alerts");
    await m.page.waitForSelector(".alert-row");
    await m.page.hover(".alert-row >> nth=1");
    const before = await m.page.$$eval(".alert-row", (rows) => rows.map((r) => (r as HTMLElement).dataset.id));
    await m.make("raise");
    await m.page.waitForSelector(".held >> text=1 new alert waits");
    assert.deepEqual(await m.page.$$eval(".alert-row", (rows) => rows.map((r) => (r as HTMLElement).dataset.id)), before);
    await m.page.keyboard.press("r");
    await m.page.waitForSelector(".alert-row >> nth=0 >> text=used up 9.2 times too fast");
  });

  it("keeps the filter in the address", async () => {
    await goTo(m.page, "/alerts?severity=warning&how=silenced");
    await m.page.waitForFunction(() => document.querySelectorAll(".alert-row").length === 1);
    await m.page.waitForSelector(".alert-row >> text=Gdynia");
    await m.page.click("button:text-is('Clear')");
    await m.page.waitForFunction(() => document.querySelectorAll(".alert-row").length > 4 && location.search === "");
  });

  it("says what is no regular expression, and what a label selects when it is none", async () => {
    await goTo(m.page, "/alerts/silences?matchers=site=Nowhere");
    await m.page.waitForSelector(".preview >> text=None of 4 alerts that fire now.");
    await m.page.selectOption("role=combobox[name='Comparison 1']", "=~");
    await m.page.fill("role=combobox[name='Value 1']", "Gd.*|Ly.*");
    await m.page.waitForSelector(".preview >> text=1 of 4 alerts");
    await m.page.fill("role=combobox[name='Value 1']", "Gd(");
    await m.page.waitForSelector(".preview [role=alert]:has-text('no regular expression: Gd(')");
  });

  it("switches a rule off and on again", async () => {
    await goTo(m.page, "/alerts/rules");
    const rule = ".rule[data-name='PhoneQuality']";
    await m.page.click(`${rule} input[role=switch]`);
    await m.page.waitForSelector(`${rule}.off >> text=from this page, changed`);
    await m.page.click(`${rule} input[role=switch]`);
    await m.page.waitForSelector(`${rule}:not(.off)`);
  });

  it("lets viewers read and try, and not change", async () => {
    await m.make("role?is=viewer");
    await goTo(m.page, "/alerts/rules/SiteBad");
    await m.page.waitForSelector("text=Only admins change this.");
    await m.page.fill("role=textbox[name='Bad minutes']", "25");
    await m.page.waitForSelector("text=only admins save it");
    assert.equal(await m.page.isEnabled("button:text-is('Save')"), false);
    await m.page.click("button:text-is('Compare')");
    await m.page.waitForSelector(".difference");
    const [alert] = await firing();
    await goTo(m.page, `/alerts/${alert?.id}`);
    await m.page.waitForSelector("text=Only admins change this.");
    assert.equal(await m.page.$("button:text-is('Acknowledge')"), null);
  });

  it("says how to tell somebody when there is no receiver, and what a sample was answered when there is", async () => {
    await m.make("receivers?on=0");
    await goTo(m.page, "/alerts");
    await m.page.waitForSelector("[aria-label='Who is told'] >> text=earshot alert test noc");
    await m.make("receivers?on=1");
    await goTo(m.page, "/alerts");
    await m.page.click("role=button[name='Send a sample to on-call']");
    await m.page.waitForSelector("text=did not take the sample:");
    await m.page.click("role=button[name='Send a sample to noc']");
    await m.page.waitForSelector("text=took the sample in 182 ms.");
  });
});
