// Maintenance: what takes place, comes and is over, by the viewer's clock; one is made with what it would keep back, changed and
// removed; what is of the file and what is wrong is said; every state is sound for axe, dark and light.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlertMaintenance } from "../src/api/types.ts";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked } from "./mocked.ts";

/** What the browser logs when the server does not accept a form: the page says it in words. */
const REFUSED = [/status of 422/];

for (const theme of ["dark", "light"] as const) {
  describe(`maintenance, ${theme}`, () => {
    const m = mocked({ width: theme === "dark" ? 1440 : 390, height: 900, theme }, REFUSED);
    const sound = async () => {
      assert.deepEqual(await findings(m.page), [], "axe");
      assert.equal(await m.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "wider than the window");
    };
    const all = async () => (await m.api<{ items: AlertMaintenance[] }>("alert-maintenance")).items;

    it("is made every week with a preview, changed and removed", async () => {
      await goTo(m.page, "/alerts");
      await m.page.click("nav[aria-label='Alerts, silences, maintenance, rules'] >> text=Maintenance");
      await arrive(m.page, "**/alerts/maintenance");
      await m.page.waitForSelector("section[aria-label='Over'] .works[data-name='carrier works']:has-text('changed in the file')");
      await m.page.click("a:text-is('New maintenance')");
      await arrive(m.page, "**/alerts/maintenance?fresh=1");
      await m.page.waitForSelector(".preview >> text=that are on.");
      await m.page.fill("role=textbox[name='Name']", "access points");
      await m.page.click("button:text-is('Every week')");
      await m.page.fill("role=textbox[name='Sites']", "Gdynia, Atlantis");
      await m.page.waitForSelector(".preview >> text=Nothing here is called Atlantis.");
      await m.page.fill("role=textbox[name='Sites']", "Gdynia");
      await m.page.waitForFunction(() => { const said = document.querySelector(".preview")?.textContent ?? ""; return !said.includes("Atlantis") && /2 of 8 rules: Incident, SiteBad/.test(said) && /It (would have kept back|covers) /.test(said); });
      await m.page.click("role=group[name='Days'] >> text=Wed");
      await sound();
      await m.page.click("button:text-is('Save')");
      await arrive(m.page, "**/alerts/maintenance");
      await m.page.waitForSelector(".works[data-name='access points']:has-text('all rules, only for Gdynia'):has-text('from this page, admin'):has-text('Wed 22:00–04:00')");
      assert.deepEqual((await all()).map((x) => [x.name, x.origin, x.days, x.start, x.end, x.zone, x.scope?.sites]).at(-1), ["access points", "typed", ["wed"], "22:00", "04:00", "UTC", ["Gdynia"]]);
      await sound();
      await m.page.click("role=link[name='Change: access points']");
      await m.page.waitForSelector("role=region[name='Change access points']");
      await m.page.fill("role=textbox[name='Sites']", "");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector(".works[data-name='access points']:has-text('all rules, everywhere')");
      await m.page.click("role=button[name='Remove: access points']");
      await m.page.waitForSelector(".works[data-name='access points']", { state: "detached" });
      assert.equal((await all()).length, 2);
    });

    it("says at the field what is missing and what the server does not accept", async () => {
      await goTo(m.page, "/alerts/maintenance?fresh=1");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector("role=form[name='Maintenance'] >> .field-error >> text=want a name");
      await m.page.fill("role=textbox[name='Name']", "nightly backups");
      await m.page.fill("label:text-is('To') + span input", "2020-01-01T10:00");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector(".stacked:has(label:text-is('To')) .field-error:text-is('want a time after from')");
      await m.page.waitForSelector(".preview [role=alert] >> text=want a time after from");
      await sound();
      await m.page.fill("label:text-is('To') + span input", "2099-01-01T10:00");
      await m.page.click("button:text-is('Save')");
      await m.page.waitForSelector(".stacked:has(label:text-is('Name')) .field-error:has-text('want another name: the file')");
      await m.page.click("button:text-is('Cancel')");
      await m.page.waitForSelector("role=form[name='Maintenance']", { state: "detached" });
    });
  });
}

describe("maintenance", () => {
  const m = mocked(undefined, REFUSED);

  it("tells every week's hours by the viewer's clock, and how they were typed", async () => {
    await goTo(m.page, "/alerts/maintenance");
    await m.page.waitForSelector(".works[data-name='nightly backups']:has-text('every day 01:00–03:30'):not(:has-text(', UTC'))");
    await m.page.evaluate(() => { localStorage.setItem("earshot-zone", "Asia/Kolkata"); });
    await goTo(m.page, "/alerts/maintenance");
    await m.page.waitForSelector(".works[data-name='nightly backups']:has-text('every day 06:30–09:00'):has-text('every day 01:00–03:30, UTC')");
  });

  it("is read by viewers, and changed by admins only", async () => {
    await m.make("role?is=viewer");
    await goTo(m.page, "/alerts/maintenance?fresh=1");
    await m.page.waitForSelector("text=Only admins change this.");
    await m.page.waitForSelector(".works[data-name='nightly backups']");
    assert.equal(await m.page.$("role=form[name='Maintenance']"), null);
    assert.equal(await m.page.$("a:text-is('New maintenance')"), null);
  });

  it("says what it is for when there is none, and when it cannot be read", async () => {
    await m.make("empty?on=1");
    await goTo(m.page, "/alerts/maintenance");
    await m.page.waitForSelector(".maintenance .empty >> text=There is no maintenance.");
  });
});
