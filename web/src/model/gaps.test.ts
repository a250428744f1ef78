import { describe, expect, it } from "vitest";
import { nearest, reportGaps, withGaps } from "./gaps.ts";

const S = 1000;

describe("withGaps", () => {
  it("breaks the line where reports stopped for more than two and a half times their distance", () => {
    expect(withGaps([0, 60 * S, 240 * S], [1, 2, 3], 60)).toEqual([[0, 60 * S, 150 * S, 240 * S], [1, 2, null, 3]]);
  });
  it("keeps a line whole at exactly two and a half times", () => {
    expect(withGaps([0, 150 * S], [1, 2], 60)).toEqual([[0, 150 * S], [1, 2]]);
  });
  it("keeps what a report did not say as a hole", () => {
    expect(withGaps([0, 60 * S], [1, null], 60)[1]).toEqual([1, null]);
  });
  it("takes a column that is too short as not said", () => {
    expect(withGaps([0, 60 * S], [1], 60)[1]).toEqual([1, null]);
  });
});

describe("reportGaps", () => {
  it("finds where no stream at all was reported", () => {
    expect(reportGaps([{ at: [0, 60 * S, 360 * S] }], 60)).toEqual([{ from: 90 * S, to: 330 * S }]);
  });
  it("sees no gap where another stream went on", () => {
    expect(reportGaps([{ at: [0, 360 * S] }, { at: [60 * S, 120 * S, 180 * S, 240 * S, 300 * S] }], 60)).toEqual([]);
  });
  it("sees none before the first report and after the last", () => {
    expect(reportGaps([{ at: [600 * S] }], 60)).toEqual([]);
    expect(reportGaps([], 60)).toEqual([]);
  });
});

describe("nearest", () => {
  const at = [0, 60 * S, 120 * S];
  it("takes the nearest report", () => {
    expect(nearest(at, [1, 2, 3], 70 * S, 60)).toBe(2);
    expect(nearest(at, [1, 2, 3], 100 * S, 60)).toBe(3);
  });
  it("says nothing where no report is near", () => {
    expect(nearest(at, [1, 2, 3], 400 * S, 60)).toBeNull();
    expect(nearest([], [], 0, 60)).toBeNull();
  });
  it("says nothing where the nearest report did not say", () => {
    expect(nearest(at, [1, null, 3], 60 * S, 60)).toBeNull();
  });
});
