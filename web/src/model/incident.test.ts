import { describe, expect, it } from "vitest";
import type { IncidentRow } from "../api/types.ts";
import { byCause, durationOf, incidentsVerdict, lineWords, listOf } from "./incident.ts";
import { at, T0 } from "./testing.ts";

const row = (id: string, part: Partial<IncidentRow> = {}): IncidentRow => ({
  id, account: "a", sentence: `incident ${id}`, cause: "isp", confidence: 90, cell: { scope: "isp", name: "X" }, severity: "minor", state: "open", start: at(0), inside: { bad: 3, of: 4 }, elsewhere: { bad: 0, of: 9 }, affected: 3, minutes: 9, ...part,
});
const said = (open: IncidentRow[], past: IncidentRow[]) => incidentsVerdict(open, past).pieces.map((p) => p.text).join("");

describe("the list", () => {
  it("puts open ones first, by cause, the group with the greatest first", () => {
    const list = listOf([row("a"), row("b", { cause: "wifi", severity: "critical" }), row("c", { affected: 9 })], [row("d", { state: "closed", end: at(5) })]);
    expect(list.map((l) => l.key)).toEqual(["open", "open wifi", "b", "open isp", "c", "a", "past", "past isp", "d"]);
  });
  it("sorts past ones of a cause by when they ended, newest first, and the same way whatever order they came in", () => {
    const old = row("old", { state: "closed", severity: "critical", end: at(5) });
    const late = row("late", { state: "quiet", end: at(50) });
    expect(byCause([old, late], false)[0]?.rows.map((r) => r.id)).toEqual(["late", "old"]);
    expect(byCause([late, old], false)).toEqual(byCause([old, late], false));
  });
  it("has no section for nothing", () => {
    expect(listOf([], [])).toEqual([]);
  });
});

describe("incidentsVerdict", () => {
  it("is calm when nothing is open", () => {
    expect(said([], [])).toBe("No incident is open. None in the last 24 hours either.");
    expect(incidentsVerdict([], [row("x")]).grade).toBe("good");
  });
  it("says how many, how many are about one person, and which is greatest", () => {
    expect(said([row("a"), row("b", { personal: true, affected: 1 })], [])).toBe("2 incidents are open, 1 of them about one person alone. Greatest: incident a.");
    expect(incidentsVerdict([row("a")], []).grade).toBe("poor");
    expect(incidentsVerdict([row("a", { severity: "major" })], []).grade).toBe("bad");
  });
});

describe("a timeline's line", () => {
  it("says what changed and how many people then", () => {
    expect(lineWords({ at: at(1), what: "renamed", inside: { bad: 4, of: 9 }, cause: "isp", cell: { scope: "isp", name: "X" } })).toEqual({ what: "Now ISP X", detail: "4 of 9 people bad" });
    expect(lineWords({ at: at(1), what: "renamed", inside: { bad: 4, of: 9 }, cause: "local-network", cell: { scope: "isp", name: "X" } }).what).toBe("Now Local network, ISP X");
    expect(lineWords({ at: at(1), what: "renamed", inside: { bad: 4, of: 9 } }).what).toBe("Now under another name");
    expect(lineWords({ at: at(1), what: "grew", inside: { bad: 1, of: 1 } }).detail).toBe("");
    expect(lineWords({ at: at(1), what: "ended", inside: { bad: 0, of: 0 }, other: "o" })).toEqual({ what: "Merged into another incident", detail: "" });
  });
  it("does not say of the end how many there were when its cause was seen last", () => {
    expect(lineWords({ at: at(1), what: "calmed", inside: { bad: 6, of: 11 } }).detail).toBe("6 of 11 people bad when it was seen last");
    expect(lineWords({ at: at(1), what: "ended", inside: { bad: 6, of: 11 } }).detail).toBe("");
  });
});

describe("durationOf", () => {
  it("runs until now while it is open, and is never negative", () => {
    expect(durationOf(row("a"), T0 + 90_000)).toBe(90_000);
    expect(durationOf(row("a", { end: at(2) }), T0 + 900_000)).toBe(120_000);
    expect(durationOf(row("a"), T0 - 1)).toBe(0);
  });
});
