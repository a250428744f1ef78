import { describe, expect, it } from "vitest";
import type { Grade, MeetingDetail, MeetingMinutes, MeetingRow } from "../api/types.ts";
import { noGrades } from "../model/grade.ts";
import { at, minute, segment } from "../model/testing.ts";
import { applyLive, applyMinutes, applyRoom, applySegments, CHANGE_MS, emptyLive, forget, LINGER_MS, loadLive, passes, worstFirst } from "./meetings.ts";

const row = (id: string, grade: Grade, part: Partial<MeetingRow> = {}): MeetingRow =>
  ({ id, account: "a", uuid: id, kind: "meeting", live: true, people: 2, unreported: 0, grade, now: noGrades(), minutes: noGrades(), affected: noGrades(), ...part });
const start = () => loadLive(emptyLive(), [row("a", "good"), row("b", "poor")], false);

describe("applyLive", () => {
  it("replaces rows, adds new ones, and leaves the old state as it was", () => {
    const before = start();
    const after = applyLive(before, { rows: [row("a", "good", { people: 9 }), row("c", "bad")] }, 1000);
    expect([...after.rows.keys()]).toEqual(["a", "b", "c"]);
    expect(after.rows.get("a")?.people).toBe(9);
    expect(before.rows.size).toBe(2);
    expect(before.rows.get("a")?.people).toBe(2);
  });
  it("remembers a change of grade, and forgets it in time", () => {
    const after = applyLive(start(), { rows: [row("a", "bad"), row("b", "poor", { people: 5 })] }, 1000);
    expect([...after.changes]).toEqual([["a", { from: "good", to: "bad", at: 1000 }]]);
    expect(forget(after, 1000 + CHANGE_MS - 1).changes.size).toBe(1);
    expect(forget(after, 1000 + CHANGE_MS).changes.size).toBe(0);
  });
  it("does not call a new meeting a change", () => {
    expect(applyLive(start(), { rows: [row("n", "bad")] }, 1000).changes.size).toBe(0);
  });
  it("keeps an ended meeting for a minute, then takes it out", () => {
    const after = applyLive(start(), { rows: [], ended: ["a", "unknown"] }, 1000);
    expect([...after.ended.keys()]).toEqual(["a"]);
    expect(after.rows.has("a")).toBe(true);
    expect(forget(after, 1000 + LINGER_MS).rows.has("a")).toBe(false);
  });
  it("takes a meeting that speaks again as running", () => {
    const ended = applyLive(start(), { rows: [], ended: ["a"] }, 1000);
    expect(applyLive(ended, { rows: [row("a", "good")] }, 2000).ended.size).toBe(0);
  });
  it("returns the same object when there is nothing to forget", () => {
    const live = start();
    expect(forget(live, 1e12)).toBe(live);
  });
});

describe("worstFirst", () => {
  it("goes by grade, then by bad and poor people, then by how long", () => {
    const rows = [
      row("good", "good"), row("none", "unclassified"), row("late", "bad", { now: { ...noGrades(), bad: 1 }, since: at(9) }), row("early", "bad", { now: { ...noGrades(), bad: 1 }, since: at(1) }),
      row("many", "bad", { now: { ...noGrades(), bad: 3 }, since: at(20) }), row("fair", "fair"), row("poor", "poor"),
    ];
    expect(rows.sort(worstFirst).map((r) => r.id)).toEqual(["many", "early", "late", "poor", "fair", "good", "none"]);
  });
});

describe("passes", () => {
  const r = row("a", "bad", { topic: "Q4 supply review", host: "Gwilym Tarrant", number: "84219075536" });
  const f = (part: object) => passes(r, { q: "", grades: [], kind: "", ...part });
  it("looks for every word in topic, host and number", () => {
    expect(f({ q: "SUPPLY tarr" })).toBe(true);
    expect(f({ q: "842-1907-5536" })).toBe(true);
    expect(f({ q: "supply nobody" })).toBe(false);
  });
  it("narrows by grade and kind", () => {
    expect(f({ grades: ["bad", "poor"] })).toBe(true);
    expect(f({ grades: ["poor"] })).toBe(false);
    expect(f({ kind: "webinar" })).toBe(false);
  });
});

describe("a meeting that is followed", () => {
  it("keeps what is known of stays in breakout rooms while nothing new of them comes", () => {
    const rooms = [{ segment: "g1", meeting: "r", from: at(3) }];
    const after = applySegments({ segments: [segment("s1", "Ann", { rooms })] } as MeetingDetail, { meeting: "m", segments: [segment("s1", "Ann", { grade: "bad" })], minutes: [] });
    expect(after.segments).toMatchObject([{ id: "s1", grade: "bad", rooms }]);
  });
  it("takes stays in breakout rooms that began, ended, or turned out to be another's", () => {
    const early = { segment: "g0", meeting: "r", from: at(1), to: at(2) };
    const before = { segments: [segment("s1", "Ann", { rooms: [early] }), segment("s2", "Bob")] } as MeetingDetail;
    const told = (of: string, to?: string) => ({ meeting: "m", segments: [], minutes: [], stays: [{ of, segment: "g1", meeting: "r", from: at(3), ...(to ? { to } : {}) }] });
    const began = applySegments(before, told("s1"));
    expect(began.segments.map((s) => s.rooms)).toEqual([[early, { segment: "g1", meeting: "r", from: at(3) }], undefined]);
    const ended = applySegments(began, told("s1", at(5)));
    expect(ended.segments[0]?.rooms).toEqual([early, { segment: "g1", meeting: "r", from: at(3), to: at(5) }]);
    const others = applySegments(ended, told("s2"));
    expect(others.segments.map((s) => s.rooms)).toEqual([[early], [{ segment: "g1", meeting: "r", from: at(3) }]]);
    expect(applySegments(before, told("g9")).segments.map((s) => s.rooms)).toEqual([[early], undefined]);
  });
  it("takes breakout rooms that began or changed", () => {
    const one = applyRoom({ segments: [] as MeetingDetail["segments"] } as MeetingDetail, row("r1", "good"));
    expect(one.breakouts?.map((b) => `${b.id} ${b.grade}`)).toEqual(["r1 good"]);
    expect(applyRoom(applyRoom(one, row("r2", "fair")), row("r1", "bad")).breakouts?.map((b) => `${b.id} ${b.grade}`)).toEqual(["r1 bad", "r2 fair"]);
  });
  it("replaces segments by id and adds new ones", () => {
    const before = { segments: [segment("s1", "Ann"), segment("s2", "Bob")] } as MeetingDetail;
    const after = applySegments(before, { meeting: "m", segments: [segment("s2", "Bob", { grade: "bad" }), segment("s3", "Cy")], minutes: [] });
    expect(after.segments.map((s) => `${s.id} ${s.grade}`)).toEqual(["s1 good", "s2 bad", "s3 good"]);
  });
  it("replaces a minute of the same time, keeps the order, and reaches as far as the newest", () => {
    const before: MeetingMinutes = { from: at(0), to: at(2), rows: [{ segment: "s1", minutes: [minute(0, "good"), minute(1, "good")] }] };
    const after = applyMinutes(before, { meeting: "m", segments: [], minutes: [{ segment: "s1", minutes: [minute(2, "poor"), minute(1, "bad")] }, { segment: "s2", minutes: [minute(2, "good")] }] });
    expect(after.rows[0]?.minutes.map((m) => m.grade)).toEqual(["good", "bad", "poor"]);
    expect(after.rows[1]?.segment).toBe("s2");
    expect(after.to).toBe(at(3));
    expect(before.rows[0]?.minutes).toHaveLength(2);
  });
});
