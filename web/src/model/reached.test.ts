import { describe, expect, it } from "vitest";
import type { IncidentPeople, IncidentPerson } from "../api/types.ts";
import { axisOf, meetingsOf, reachedCells, stepAt, stepsIn, untold } from "./reached.ts";

const MINUTE = 60_000;
const from = Date.UTC(2026, 10, 21, 9, 0);
const axis = (minutes: number, step = 1, start = 0) => ({ from: from + start * MINUTE, to: from + (start + minutes) * MINUTE, step: step * MINUTE });
const person = (id: string, name: string): IncidentPerson => ({ person: { id, name }, segment: `s${id}`, meeting: { id: "m1" }, grade: "bad", at: "", minutes: 1, strip: "b" });

describe("axis", () => {
  it("is what the API tells, in whole steps", () => {
    const a = axisOf({ from: new Date(from).toISOString(), to: new Date(from + 30 * MINUTE).toISOString(), step_seconds: 300 });
    expect([a.from, a.to, a.step, stepsIn(a)]).toEqual([from, from + 30 * MINUTE, 5 * MINUTE, 6]);
    expect(stepAt(a, from + 7 * MINUTE)).toBe(from + 5 * MINUTE);
    expect([from - 1, a.to, NaN].map((at) => stepAt(a, at))).toEqual([NaN, NaN, NaN]);
  });
});

describe("reachedCells", () => {
  it("joins what is drawn as one stretch, and leaves gaps as gaps", () => {
    expect(reachedCells("..ggbb.nnu?p", axis(12), axis(12))).toEqual([
      { start: 2, length: 2, kind: "good" }, { start: 4, length: 1, kind: "bad" }, { start: 5, length: 1, kind: "bad" }, { start: 7, length: 2, kind: "no-report" },
      { start: 9, length: 1, kind: "unclassified" }, { start: 11, length: 1, kind: "poor" },
    ]);
    expect(reachedCells("", axis(12), axis(12))).toEqual([]);
  });
  it("finds its place on an axis that was told later, in longer steps", () => {
    expect(reachedCells(".b", axis(2, 1, 4), axis(20, 2))).toEqual([{ start: 2.5, length: 0.5, kind: "bad" }]);
    expect(reachedCells("gb", axis(2), axis(5))).toEqual(reachedCells("gb...", axis(5), axis(5)));
  });
});

describe("untold", () => {
  it("is who was reached and has no row, with those who have no id", () => {
    expect(untold({ people: [{ id: "1", name: "Ann" }, { id: "2", name: "Bob" }, { name: "Somebody" }] }, [person("1", "Ann")]).map((p) => p.name)).toEqual(["Bob", "Somebody"]);
  });
});

describe("meetingsOf", () => {
  const told: IncidentPeople = { from: "", to: "", step_seconds: 60, items: [], meetings: [{ meeting: { id: "m2", topic: "Daily" }, people: { bad: 3, of: 9 }, minutes: 12 }, { meeting: { id: "m1" }, people: { bad: 0, of: 2 }, minutes: 0 }] };
  it("has those that are told of first, in their order, then the forgotten ones", () => {
    const all = meetingsOf({ meetings: [{ id: "m1" }, { id: "m3", topic: "Gone" }, { id: "m2", topic: "Daily" }] }, told);
    expect(all.map((m) => [m.meeting.id, m.minutes])).toEqual([["m2", 12], ["m1", 0], ["m3", undefined]]);
  });
  it("is the incident's own list until they are told", () => {
    expect(meetingsOf({ meetings: [{ id: "m1" }] }, undefined)).toEqual([{ meeting: { id: "m1" } }]);
  });
});
