import { describe, expect, it } from "vitest";
import type { GradeCount } from "../api/types.ts";
import { noGrades } from "./grade.ts";
import { fewWords, groupGrade, hourGrade, leastGoodFirst, okShare, pctText, shareBounds, shareGrade, targetWords } from "./target.ts";

const sum = (people: number, part: Partial<GradeCount>) => ({ people, minutes: { ...noGrades(), ...part } });

describe("the verdict about a group's minutes", () => {
  it("is the share of good and fair ones, held against the target", () => {
    expect([99, 98, 97.9, 95, 94.9, 85, 84.9].map((x) => shareGrade(x, 95))).toEqual(["good", "good", "fair", "fair", "poor", "poor", "bad"]);
    expect(shareBounds(95)).toEqual({ fair: 98, bad: 85 });
    expect(shareBounds(98.5)).toEqual({ fair: 99.4, bad: 88.5 });
    expect(shareGrade(98.1, 98.5)).toBe("poor");
    expect(shareGrade(100, 100)).toBe("good");
  });
  it("counts poor minutes as well as bad ones: few bad ones do not make a site good", () => {
    expect(groupGrade(sum(40, { good: 1850, fair: 10, poor: 130, bad: 10 }), 95)).toBe("poor");
    expect(groupGrade(sum(40, { good: 1000, fair: 900, poor: 10, bad: 10 }), 95)).toBe("good");
    expect(okShare({ ...noGrades(), good: 3, unclassified: 100 })).toBe(100);
  });
  it("is none of too few people or minutes, which is said", () => {
    expect(groupGrade(sum(9, { bad: 500 }), 95)).toBe("unclassified");
    expect(groupGrade(sum(10, { bad: 59 }), 95)).toBe("unclassified");
    expect(groupGrade(sum(10, { bad: 60 }), 95)).toBe("bad");
    expect(groupGrade(sum(10, { unclassified: 500 }), 95)).toBe("unclassified");
    expect([sum(9, { good: 500 }), sum(10, { good: 59 }), sum(10, { good: 60 })].map(fewWords)).toEqual(["under 10", "under 60 min", ""]);
  });
  it("orders the least good first, and what cannot be judged last", () => {
    const [worst, well, few, none] = [sum(10, { good: 80, bad: 20 }), sum(10, { good: 100 }), sum(2, { bad: 100 }), sum(0, {})];
    expect([few, none, well, worst].toSorted(leastGoodFirst)).toEqual([worst, well, few, none]);
  });
  it("is the same for an hour of the week", () => {
    const hour = (minutes: number, poor: number, bad: number) => hourGrade({ minutes, poor, bad, people: 12 }, 95);
    expect(hour(100, 0, 0)).toEqual({ grade: "good", pct: 0 });
    expect(hour(100, 6, 0)).toEqual({ grade: "poor", pct: 6 });
    expect(hour(100, 3, 13).grade).toBe("bad");
    expect(hour(59, 59, 0).grade).toBe("unclassified");
    expect(hour(0, 0, 0)).toEqual({ grade: "unclassified", pct: 0 });
  });
});

describe("a share", () => {
  it("never rounds a bad minute away, nor a share up to its bound", () => {
    expect([99.97, 100, 94.99, undefined].map(pctText)).toEqual(["99.9", "100", "94.9", "–"]);
  });
  it("adds up to the target with what is missing", () => {
    expect(targetWords(90, 95)).toBe("5.0 below the target of 95 %");
    expect(targetWords(89.66, 95)).toBe("5.4 below the target of 95 %"); // 89.6 is shown
    expect(targetWords(95, 95)).toBe("target of 95 % met");
    expect(targetWords(undefined, 95)).toBe("target 95 %");
  });
});
