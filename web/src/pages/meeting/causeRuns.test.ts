import { describe, expect, it } from "vitest";
import type { Cause, Grade, Minute } from "../../api/types.ts";
import { causeRuns } from "./causeRuns.ts";

const FROM = Date.parse("2026-11-12T09:00:00Z");
const m = (i: number, grade: Grade, cause?: Cause): Minute => ({ at: new Date(FROM + i * 60_000).toISOString(), grade, slots: [], ...(cause ? { cause: { cause, confidence: 90 } } : {}) });

describe("causeRuns", () => {
  it("marks a stretch once, where it has one grade for longest", () => {
    expect(causeRuns([m(0, "poor", "isp"), m(1, "bad", "isp"), m(2, "bad", "isp"), m(3, "poor", "isp")], FROM)).toEqual([{ start: 1, length: 2, cause: "isp", grade: "bad" }]);
  });
  it("parts causes, and stretches with something else or nothing between", () => {
    const runs = causeRuns([m(0, "bad", "isp"), m(1, "bad", "wifi"), m(2, "good"), m(3, "bad", "wifi"), m(5, "bad", "wifi")], FROM);
    expect(runs.map((r) => [r.start, r.length, r.cause])).toEqual([[0, 1, "isp"], [1, 1, "wifi"], [3, 1, "wifi"], [5, 1, "wifi"]]);
  });
  it("marks nothing without a cause", () => { expect(causeRuns([m(0, "bad"), m(1, "fair", "isp")], FROM)).toEqual([]); });
});
