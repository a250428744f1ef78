import { describe, expect, it } from "vitest";
import type { IncidentRow, OverviewNow } from "../api/types.ts";
import { noGrades } from "./grade.ts";
import { headline } from "./headline.ts";

const now = (part: Partial<OverviewNow> = {}): OverviewNow => ({
  received: true, watermark: "2026-11-12T09:07:14Z", people: 188, external: 0, by_grade: { ...noGrades(), good: 135, bad: 1, poor: 52 }, meetings: 30, meetings_by_grade: noGrades(), calls: 2, calls_bad: 0, calls_scored: 2,
  strip: [], groups: [{ cause: "zoom-edge", people: 14, cell: { scope: "data-center", name: "Amsterdam" } }], sites: [], bad: [], coverage: { minutes: 30, expected: 1000, reported: 995, missing_pct: 0.5 }, ...part,
});
const incident = (id: string, part: Partial<IncidentRow> = {}): IncidentRow => ({
  id, sentence: "carrier Arvel Fibre, 41 people, since 09:41 CET", cause: "isp", confidence: 90, cell: { scope: "isp", name: "Arvel Fibre" }, severity: "major", state: "open",
  inside: { bad: 41, of: 44 }, elsewhere: { bad: 7, of: 1240 }, affected: 41, minutes: 100, ...part,
});
const says = (o: OverviewNow, open: IncidentRow[]) => headline(o, open).pieces.map((p) => p.text).join("");

describe("the first line", () => {
  it("is the open incident, then how people are now, each said once", () => {
    expect(says(now({ groups: [] }), [incident("1")])).toBe("One problem matters: carrier Arvel Fibre, 41 people, since 09:41 CET. 1 of the 188 people in 30 meetings cannot hear or be heard well right now; 52 more have a poor minute.");
    expect(headline(now(), [incident("1")]).pieces.filter((p) => p.strong)).toEqual([{ text: "carrier Arvel Fibre, 41 people, since 09:41 CET", strong: true, incident: "1" }]);
  });
  it("is the incident alone beside large figures, and the people where none is open", () => {
    expect(headline(now(), [incident("1")], true).pieces.map((p) => p.text).join("")).toBe("One problem matters: carrier Arvel Fibre, 41 people, since 09:41 CET.");
    expect(headline(now(), [], true)).toEqual(headline(now(), []));
  });
  it("is the greatest of several", () => {
    const open = [incident("1", { affected: 3, severity: "minor" }), incident("2", { affected: 9, severity: "critical", sentence: "lyon office link, 9 people, since 09:40 CET" }), incident("3")];
    expect(says(now(), open)).toContain("3 problems are open, the greatest: Lyon office link, 9 people, since 09:40 CET. 1 of the 188 people");
    expect(open.map((r) => r.id)).toEqual(["1", "2", "3"]); // as they were
  });
  it("says whether it is still as bad, of those who are still in a meeting", () => {
    const at = (bad: number, of: number) => says(now(), [incident("1", { now: { bad, of } })]);
    expect(at(6, 40)).toContain("since 09:41 CET, easing: 6 of 40 poor or bad now. 1 of the 188 people");
    expect(at(0, 40)).toContain("One problem seems over: carrier Arvel Fibre, 41 people, since 09:41 CET, none of 40 poor or bad now. 1 of the 188 people");
    expect(at(1, 1)).toContain("since 09:41 CET, 1 of 1 poor or bad now."); // most have left, and whoever is there suffers
    expect(at(39, 40)).toContain("since 09:41 CET, 39 of 40 poor or bad now.");
    expect(at(0, 0)).toContain("since 09:41 CET. 1 of the 188 people");
  });
  it("puts what seems over behind what goes on, and gives it no grade of its own", () => {
    const over = incident("1", { severity: "critical", now: { bad: 0, of: 9 } });
    expect(says(now(), [over, incident("2", { severity: "minor", sentence: "carrier Sol, 3 people" })])).toContain("2 problems are open, the greatest: Carrier Sol, 3 people.");
    expect(says(now(), [over, { ...over, id: "2" }])).toContain("2 problems seem over, the greatest: ");
    expect(headline(now({ by_grade: { ...noGrades(), good: 188 } }), [over]).grade).toBe("good");
  });
  it("says where most of the bad ones are when that is another place", () => {
    const bad = now({ by_grade: { ...noGrades(), good: 100, bad: 16 } });
    expect(says(bad, [incident("1")])).toContain("right now, 14 of them connected to Amsterdam");
    expect(says(bad, [incident("1", { cell: { scope: "data-center", name: "Amsterdam" } })])).toMatch(/ 16 of the 188 people in 30 meetings cannot hear or be heard well right now[.;]/);
  });
  it("is no incident about one person, which the count has", () => {
    expect(says(now(), [incident("1", { personal: true })])).toMatch(/^1 of the 188 people in 30 meetings cannot hear or be heard well right now/);
    expect(says(now({ received: false }), [incident("1")])).toContain("Nothing has been received");
  });
  it("has the grade of what is worse", () => {
    const calm = now({ by_grade: { ...noGrades(), good: 188 } });
    expect(headline(calm, []).grade).toBe("good");
    expect(headline(calm, [incident("1", { severity: "minor" })]).grade).toBe("poor");
    expect(headline(calm, [incident("1")]).grade).toBe("bad");
    expect(headline(now(), [incident("1", { severity: "minor" })]).grade).toBe("bad");
  });
});
