import { describe, expect, it } from "vitest";
import type { AlertMaintenance, Maintenance, MaintenancePreview } from "../api/types.ts";
import { byStanding, coversWords, keptBackWords, maintenanceForm, maintenanceOf, maintenanceVerdict, newMaintenance, weeklyHere, weeklyWords } from "./maintenance.ts";
import { at, T0 } from "./testing.ts";

const weekly: Maintenance = { name: "nightly", days: ["wed", "sun"], start: "22:00", end: "04:00", zone: "Europe/Paris", rules: ["SiteBad"], scope: { sites: ["Lyon", "Gdynia"], subnets: ["10.20.4.0/22"] } };
const once: Maintenance = { name: "switches", from: "2026-12-05T20:00:00.000Z", to: "2026-12-05T23:00:00.000Z" };

describe("a form of maintenance", () => {
  it.each([weekly, once, { name: "utc", start: "00:00", end: "00:00", zone: "UTC" }])("says what it was made of: $name", (m) => {
    const { maintenance, problems } = maintenanceOf(maintenanceForm(m, T0, "Asia/Kolkata"));
    expect(maintenance).toEqual(m);
    expect([...problems]).toEqual([]);
  });
  it("begins with the next whole hours, and says what is missing", () => {
    const form = newMaintenance(T0 + 1, "Europe/Paris");
    expect(Date.parse(form.to) - Date.parse(form.from)).toBe(2 * 3_600_000);
    expect(Date.parse(form.from)).toBeGreaterThan(T0);
    expect([...maintenanceOf({ ...form, from: "" }).problems.keys()]).toEqual(["from", "name"]);
    expect([...maintenanceOf({ ...form, name: "x", weekly: true, end: "" }).problems.keys()]).toEqual(["end"]);
  });
  it("sends only what its sort has", () => {
    const form = { ...maintenanceForm(weekly, T0, "UTC"), weekly: false };
    expect(Object.keys(maintenanceOf(form).maintenance).sort()).toEqual(["from", "name", "rules", "scope", "to"]);
    expect(maintenanceOf({ ...maintenanceForm(weekly, T0, "UTC"), places: { sites: " , " }, days: [] }).maintenance).toEqual({ name: "nightly", start: "22:00", end: "04:00", zone: "Europe/Paris" });
  });
});

const listed = (m: Maintenance, part: Partial<AlertMaintenance>): AlertMaintenance => ({ ...m, origin: "typed", next: [], ...part });
const span = (from: string, to: string) => ({ from, to });

describe("when it takes place", () => {
  it("is told by the viewer's clock, days that shift included", () => {
    const m = listed(weekly, { next: [span("2026-11-18T21:00:00Z", "2026-11-19T03:00:00Z")] });
    expect(weeklyWords(m)).toBe("Wed, Sun 22:00–04:00, Europe/Paris");
    expect(weeklyHere(m, "UTC")).toBe("Wed, Sun 21:00–03:00");
    expect(weeklyHere(m, "Asia/Tokyo")).toBe("Mon, Thu 06:00–12:00");
    const early = listed({ ...weekly, start: "00:30", days: ["sun"] }, { next: [span("2026-11-21T23:30:00Z", "2026-11-22T03:00:00Z")] });
    expect(weeklyHere(early, "America/New_York")).toBe("Sat 18:30–22:00");
    expect(weeklyHere(listed({ ...weekly, days: [] }, { next: m.next }), "UTC")).toBe("every day 21:00–03:00");
    expect(weeklyWords({ ...weekly, days: ["mon", "tue", "wed", "thu", "fri"] })).toBe("Mon–Fri 22:00–04:00, Europe/Paris");
    expect(weeklyWords({ ...weekly, days: ["sun", "mon", "sat", "wed"] })).toBe("Mon, Wed, Sat, Sun 22:00–04:00, Europe/Paris");
    expect([weeklyWords(once), weeklyHere(listed(once, {}), "UTC")]).toEqual(["", ""]);
  });
  it("is listed now first, then what comes soonest, then what is newest of what is over", () => {
    const s = (k: number) => span(at(k), at(k + 10));
    const all = [
      listed({ name: "old" }, { last: s(-500) }), listed({ name: "later" }, { next: [s(90)] }), listed({ name: "soon" }, { next: [s(30)] }),
      listed({ name: "new" }, { last: s(-20) }), listed({ name: "now" }, { running: true, next: [s(-5)] }), listed({ name: "never" }, {}),
    ];
    expect(byStanding(all).map((g) => [g.standing, ...g.rows.map((m) => m.name)])).toEqual([["running", "now"], ["coming", "soon", "later"], ["over", "new", "old", "never"]]);
    expect(maintenanceVerdict(all).pieces.map((p) => p.text).join("")).toBe("Maintenance takes place now: now. What is covered is told at the end, if it still holds then. 2 others come later.");
    expect(maintenanceVerdict([]).pieces[0]?.text).toBe("No maintenance takes place now.");
  });
});

describe("what it covers", () => {
  it("is told in words", () => {
    expect(coversWords(weekly)).toBe("rule SiteBad, only for Lyon, Gdynia, 10.20.4.0/22");
    expect(coversWords(once)).toBe("all rules, everywhere");
  });
  it("and what it would have kept back", () => {
    const p: MaintenancePreview = { next: [], rules: [], rules_on: 3, unknown: [], from: at(0), to: at(1), spans: 30, covered: 9, held: 5, late: 2, newest: [] };
    const words = (part: Partial<MaintenancePreview>) => { const w = keptBackWords({ ...p, ...part }); return w.strong + w.rest; };
    expect(words({})).toBe("It would have kept back 5 of 9 alerts that it covers, in the last 30 days. 2 outlasted it: told at its end.");
    expect(words({ held: 1, late: 1, covered: 1, shifted: true, spans: 4 })).toBe("It would have kept back 1 of 1 alert that it covers, in the same hours of the 4 weeks before. It outlasted it: told at its end.");
    expect(words({ held: 0, late: 0 })).toBe("It would have kept back none of 9 alerts that it covers, in the last 30 days.");
    expect(words({ held: 0, late: 0, spans: 0 })).toBe("It covers 9 alerts of the last 30 days. It did not take place in them.");
    expect(words({ covered: 0, held: 0, late: 0 })).toBe("No alert of the last 30 days is of this sort.");
  });
});
