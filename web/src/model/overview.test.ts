import { describe, expect, it } from "vitest";
import type { Ingest, NowGroup, OverviewNow } from "../api/types.ts";
import { noGrades } from "./grade.ts";
import { daySpan, looseWords, overviewVerdict, points, shareFloor, stepsOf, stepWords, trustOf } from "./overview.ts";

const HOUR = 3_600_000;

const now = (part: Partial<OverviewNow> = {}): OverviewNow => ({
  received: true, watermark: "2026-11-12T09:07:14Z", people: 1284, external: 74, by_grade: { ...noGrades(), good: 1210 }, meetings: 213, meetings_by_grade: noGrades(), calls: 38, calls_bad: 0, calls_scored: 30,
  strip: [], groups: [], sites: [], bad: [], coverage: { minutes: 30, expected: 1000, reported: 995, missing_pct: 0.5 }, ...part,
});
const says = (o: OverviewNow) => overviewVerdict(o, true).pieces.map((p) => p.text).join("");
const lyon: NowGroup = { cause: "local-network", people: 17, cell: { scope: "site", site: { id: "1", name: "Lyon" } } };
const bad = (n: number, part: Partial<OverviewNow> = {}) => now({ by_grade: { ...noGrades(), good: 1000, bad: n }, ...part });

describe("what matters now", () => {
  it("is how many people, and where most of them are", () => {
    expect(says(bad(23, { groups: [lyon, { cause: "unknown", people: 3 }] }))).toBe("23 of the 1,284 people in 213 meetings cannot hear or be heard well right now, 17 of them at Lyon (local network).");
    expect(says(bad(17, { groups: [lyon] }))).toContain("right now, all of them at Lyon (local network).");
    expect(overviewVerdict(bad(23), true).grade).toBe("bad");
  });
  it("does not name a sender as the cause of a sender", () => {
    expect(says(bad(5, { groups: [{ cause: "remote", people: 2, cell: { scope: "sender" } }] }))).toContain("right now, 2 of them hearing one sender.");
  });
  it("names a place without a cause only when most are there", () => {
    const sites = [{ site: { id: "1", name: "Gdynia" }, bad: 4, people: 30 }];
    expect(says(bad(6, { sites }))).toContain("right now, 4 of them at Gdynia.");
    expect(says(bad(9, { sites }))).toMatch(/right now\.$/);
    expect(says(bad(9, { sites, groups: [{ cause: "unknown", people: 5 }] }))).toContain("right now, 5 of them of unknown cause.");
  });
  it("does not call one person a group", () => {
    expect(says(bad(1, { groups: [{ cause: "isp", people: 1, cell: { scope: "isp", name: "Arvel" } }] }))).toBe("1 of the 1,284 people in 213 meetings cannot hear or be heard well right now.");
    expect(says(bad(1, { people: 1, meetings: 1 }))).toBe("The only person in a meeting cannot hear or be heard well right now.");
  });
  it("tells of those who are poor beside those who are bad", () => {
    expect(says(now({ by_grade: { ...noGrades(), good: 100, bad: 1, poor: 52 } }))).toBe("1 of the 1,284 people in 213 meetings cannot hear or be heard well right now; 52 more have a poor minute.");
    expect(says(now({ by_grade: { ...noGrades(), good: 100, bad: 2, poor: 1 } }))).toContain("right now; 1 more has a poor minute.");
  });
  it("is good news in words when nobody is bad", () => {
    expect(says(now())).toBe("Nobody has a bad minute right now, of 1,284 people in 213 meetings.");
    expect(overviewVerdict(now({ by_grade: { ...noGrades(), good: 5, poor: 2 } }), true).grade).toBe("poor");
    expect(says(now({ calls_bad: 2 }))).toContain(" 2 of 38 phone calls are bad.");
  });
  it("is no news when nobody is there, nothing can be graded or nothing has come", () => {
    expect(says(now({ people: 0, meetings: 0 }))).toBe("Nobody is in a meeting right now; 38 phone calls are running.");
    expect(says(now({ by_grade: noGrades() }))).toContain("No verdict yet");
    expect(says(now({ received: false }))).toContain("Nothing has been received");
    expect(overviewVerdict(now({ people: 0, meetings: 0, calls_bad: 1 }), true).grade).toBe("bad");
  });
  it("tells those without a place in a few words", () => {
    expect(looseWords([lyon, { cause: "unknown", people: 2 }, { cause: "device", people: 1 }, { people: 1 }])).toBe("2 of unknown cause, 1 device, 1 not explained yet");
  });
});

describe("the day", () => {
  it("tells changes with their sign", () => {
    expect([points(1.94), points(-7.3), points(0.04)]).toEqual(["+1.9", "\u22127.3", "±0.0"]);
  });
  it("is laid over the week before by the distance from midnight", () => {
    const midnight = Date.parse("2026-11-12T23:00:00Z");
    const steps = stepsOf([{ at: "2026-11-13T07:00:00Z", ...noGrades(), good: 30, bad: 10 }, { at: "2026-11-13T07:10:00Z", ...noGrades(), good: 3 }], midnight);
    expect(steps.map((s) => [s.offset / HOUR, s.share])).toEqual([[8, 75], [8 + 1 / 6, undefined]]);
    expect(daySpan(steps, [], 9.5 * HOUR)).toEqual({ from: 8 * HOUR, to: 12 * HOUR });
    expect(daySpan([], [], 0)).toEqual({ from: 0, to: 4 * HOUR });
    expect(daySpan(steps, stepsOf([{ at: "2026-11-13T17:00:00Z", ...noGrades() }], midnight), 9 * HOUR).to).toBe(19 * HOUR);
    expect(stepWords(steps[0]?.counts ?? noGrades())).toBe("75.0 % good of 40 minutes: 10 bad, 0 poor, 0 fair");
  });
  it("draws from a round share under everything", () => {
    expect(shareFloor([99, 98], 95)).toBe(90);
    expect(shareFloor([99, 71], 95)).toBe(70);
    expect(shareFloor([0], 95)).toBe(0);
  });
});

describe("trust", () => {
  const ingest = (part: Partial<Ingest> = {}) => ({ receiver: true, notices: [], applied: { backlog: 0, dirty_hours: 0 }, ...part }) as unknown as Ingest;
  const cover = (missing_pct?: number) => now({ coverage: { minutes: 30, expected: 100, reported: 100, ...(missing_pct === undefined ? {} : { missing_pct }) } });
  it("falls with what is missing, with complaints, and without a receiver", () => {
    expect(trustOf(cover(0.5), ingest()).word).toBe("high");
    expect(trustOf(cover(4), ingest()).word).toBe("medium");
    expect(trustOf(cover(12), ingest()).word).toBe("low");
    expect(trustOf(cover(0), ingest({ receiver: false })).word).toBe("low");
    expect(trustOf(cover(0), ingest({ notices: [{ severity: "warning", text: "clock" }] }))).toEqual({ word: "medium", why: "clock" });
    expect(trustOf(cover(0), ingest({ notices: [{ severity: "info", text: "x" }] })).word).toBe("high");
    expect(trustOf(cover(), ingest()).word).toBe("unknown");
    expect(trustOf(cover(0), undefined).word).toBe("unknown");
  });
});
