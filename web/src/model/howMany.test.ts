import { describe, expect, it } from "vitest";
import type { GradeCount, IncidentMinutes } from "../api/types.ts";
import { columnAt, columnWords, courseOf, stepTitle } from "./howMany.ts";

const g = (part: Partial<GradeCount>): GradeCount => ({ good: 0, fair: 0, poor: 0, bad: 0, unclassified: 0, ...part });
const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 6, minute)).toISOString();
const minutes = (steps: [number, Partial<GradeCount>, Partial<GradeCount>?][], step = 60): IncidentMinutes =>
  ({ from: at(0), to: at(20), step_seconds: step, people: 4, steps: steps.map(([m, reached, others]) => ({ at: at(m), reached: g(reached), others: g(others ?? {}) })) });

describe("courseOf", () => {
  it("is as high as the most who were present, or as the most others in trouble", () => {
    expect(courseOf(minutes([[0, { good: 3, unclassified: 1 }], [1, { bad: 2, good: 1 }]])).full).toBe(4);
    expect(courseOf(minutes([[0, { bad: 1 }, { bad: 4, poor: 2, good: 90 }]])).full).toBe(6);
    expect(courseOf(minutes([])).full).toBe(1);
  });
  it("leaves the others out where it is about one person alone", () => {
    const c = courseOf(minutes([[0, { bad: 1 }, { bad: 4, good: 90 }]]), true);
    expect(c.full).toBe(1);
    expect(c.columns.map(columnWords)).toEqual(["1 of 1 bad"]);
  });
  it("peaks where most were bad or poor, the first of several", () => {
    expect(courseOf(minutes([[0, { fair: 4 }], [1, { bad: 1, poor: 1 }], [2, { bad: 2 }]])).peak?.at).toBe(Date.parse(at(1)));
    expect(courseOf(minutes([[0, { fair: 4, good: 2 }]])).peak).toBeUndefined();
  });
});

describe("columnAt", () => {
  it("finds the step of an instant, and none where nobody was present", () => {
    const c = courseOf(minutes([[0, { good: 1 }], [10, { bad: 1 }]]));
    expect(columnAt(c, Date.parse(at(10)) + 59_999)?.at).toBe(Date.parse(at(10)));
    expect(columnAt(c, Date.parse(at(5)))).toBeUndefined();
  });
});

describe("words", () => {
  it("say who was in trouble of whom, and how the others were", () => {
    const [c] = courseOf(minutes([[0, { bad: 3, poor: 1, good: 1 }, { bad: 1, good: 9 }]])).columns;
    expect(c && columnWords(c)).toBe("4 of 5 bad or poor; 1 of 10 others in the same meetings");
    const [poor] = courseOf(minutes([[0, { poor: 1, good: 1 }]])).columns;
    expect(poor && columnWords(poor)).toBe("1 of 2 poor");
    expect(stepTitle(60_000)).toBe("by minute");
    expect(stepTitle(300_000)).toBe("every 5 minutes");
  });
});
