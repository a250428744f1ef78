import { describe, expect, it } from "vitest";
import { gradePath, stripCells, stripWords, type Presence } from "./strip.ts";
import { minute, minutes, T0 } from "./testing.ts";

const MINUTE = 60_000;
const cells = (letters: string, length: number, presence: Presence[] = []) =>
  stripCells({ from: T0, to: T0 + length * MINUTE, minutes: minutes(letters), presence }).map((c) => `${c.start}+${c.length} ${c.kind}`);

describe("stripCells", () => {
  it("joins runs of good into one line and keeps every other minute a cell of its own", () => {
    expect(cells("gggFFPBBgg", 10)).toEqual(["0+3 good", "3+1 fair", "4+1 fair", "5+1 poor", "6+1 bad", "7+1 bad", "8+2 good"]);
  });
  it("draws a minute that was never reported as a hole, not as good", () => {
    expect(cells("gg..gg", 6, [{ join: T0, leave: T0 + 6 * MINUTE }])).toEqual(["0+2 good", "2+2 no-report", "4+2 good"]);
  });
  it("leaves empty what was before the join and after the leave", () => {
    expect(cells("..gg..", 6, [{ join: T0 + 2 * MINUTE, leave: T0 + 4 * MINUTE }])).toEqual(["2+2 good"]);
  });
  it("does not call missing what is not over yet", () => {
    expect(cells("ggg", 6, [{ join: T0, leave: NaN }])).toEqual(["0+3 good"]);
  });
  it("marks a short absence between two joins as a drop", () => {
    expect(cells("ggg.gg", 6, [{ join: T0, leave: T0 + 3 * MINUTE }, { join: T0 + 4 * MINUTE, leave: NaN }])).toEqual(["0+3 good", "3+1 dropped", "4+2 good"]);
  });
  it("does not mark a long absence as a drop", () => {
    expect(cells("gg........gg", 12, [{ join: T0, leave: T0 + 2 * MINUTE }, { join: T0 + 10 * MINUTE, leave: NaN }])).toEqual(["0+2 good", "10+2 good"]);
  });
  it("tells an unclassified minute from one without a report", () => {
    const idle = { ...minute(0, "unclassified" as const), why: "idle" as const };
    const none = { ...minute(1, "unclassified" as const), why: "no-report" as const };
    expect(stripCells({ from: T0, to: T0 + 2 * MINUTE, minutes: [idle, none] }).map((c) => c.kind)).toEqual(["unclassified", "no-report"]);
  });
  it("does not call missing what was spent in a breakout room, unless the main meeting tells of it", () => {
    const silent = { ...minute(3, "unclassified" as const), why: "no-report" as const };
    const rooms = [{ join: T0 + 2.5 * MINUTE, leave: T0 + 4.2 * MINUTE }, { join: T0 + 6 * MINUTE, leave: NaN }];
    const drawn = stripCells({ from: T0, to: T0 + 8 * MINUTE, minutes: [...minutes("ggg..F"), silent], presence: [{ join: T0, leave: T0 + 8 * MINUTE }], rooms });
    expect(drawn.map((c) => `${c.start}+${c.length} ${c.kind}`)).toEqual(["0+3 good", "3+2 room", "5+1 fair", "6+2 room"]);
    expect(stripWords(drawn)).toBe("Minutes: 1 fair, 3 good, 4 in a breakout room");
  });
  it("has no cells while its axis is not known", () => {
    expect(stripCells({ from: NaN, to: NaN, minutes: minutes("gB"), presence: [{ join: T0, leave: NaN }] })).toEqual([]);
  });
  it("ignores minutes outside of its span", () => {
    expect(stripCells({ from: T0 + MINUTE, to: T0 + 2 * MINUTE, minutes: minutes("BBB") })).toEqual([{ start: 0, length: 1, kind: "bad" }]);
  });
});

describe("gradePath", () => {
  it("gives worse grades more height, from the bottom, with a gap of one unit after each cell", () => {
    const drawn = stripCells({ from: T0, to: T0 + 4 * MINUTE, minutes: minutes("ggFB") });
    expect(gradePath(drawn, "good", 10)).toBe("M0 7.8h19v2.2h-19z");
    expect(gradePath(drawn, "fair", 10)).toBe("M20 5.2h9v4.8h-9z");
    expect(gradePath(drawn, "bad", 10)).toBe("M30 0h9v10h-9z");
    expect(gradePath(drawn, "poor", 10)).toBe("");
  });
});

describe("stripWords", () => {
  it("counts the minutes, worst first", () => {
    expect(stripWords(stripCells({ from: T0, to: T0 + 5 * MINUTE, minutes: minutes("ggBBF") }))).toBe("Minutes: 2 bad, 1 fair, 2 good");
  });
});
