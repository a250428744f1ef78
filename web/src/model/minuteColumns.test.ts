import { describe, expect, it } from "vitest";
import type { MeetingMinutes, Minute } from "../api/types.ts";
import { columnsOf } from "../../mock/columns.ts";
import { hash } from "../../mock/random.ts";
import { rowsOf } from "./minuteColumns.ts";

const time = (minute: number) => `2026-11-12T09:${String(minute).padStart(2, "0")}:00Z`;
const good = { grade: "good", slots: ["good", "good"] } as const;
const bad = { grade: "bad", slots: ["bad", "good"], open: true, cause: { cause: "isp", confidence: 84 } } as const;

describe("minutes in columns", () => {
  it("are read back into rows: kinds by their runs, gaps as gaps", () => {
    const kinds = [{ ...good, slots: [...good.slots] }, { ...bad, slots: [...bad.slots], cause: { ...bad.cause } }];
    const read = rowsOf({
      from: time(0), to: time(6), at: [0, 1, 2, 5].map(time), kinds,
      rows: [{ segment: "a", first: 0, runs: [0, 2, -1, 1, 1, 1] }, { segment: "b", first: 2, runs: [1, 2] }],
    });
    expect(read).toEqual({
      from: time(0), to: time(6),
      rows: [
        { segment: "a", minutes: [{ at: time(0), ...good }, { at: time(1), ...good }, { at: time(5), ...bad }] },
        { segment: "b", minutes: [{ at: time(2), ...bad }, { at: time(5), ...bad }] },
      ],
    });
  });
  it("leave out what points outside of them", () => {
    const read = rowsOf({ from: time(0), to: time(2), at: [time(0)], kinds: [{ ...good, slots: [...good.slots] }], rows: [{ segment: "a", first: 0, runs: [7, 1, 0, 3] }, { segment: "b", first: 0, runs: [0, 3, 0] }, { segment: "c", first: -1, runs: [0, 2] }] });
    expect(read.rows.map((r) => r.minutes.map((m) => m.at))).toEqual([[], [time(0)], []]);
  });
  it("are the rows that they were made of", () => {
    for (let seed = 0; seed < 50; seed++) {
      const roll = (text: string, n: number) => Math.floor(hash(`${seed} ${text}`) * n);
      const rows = Array.from({ length: roll("people", 6) }, (_, p): MeetingMinutes["rows"][number] => ({
        segment: `s${p}`,
        minutes: Array.from({ length: 15 }, (_, k) => k).filter((k) => k === 3 || roll(`gap ${p} ${k}`, 4) > 0).map((k): Minute => ({
          at: time(k), grade: (["good", "fair", "poor", "bad", "unclassified"] as const)[roll(`grade ${p} ${k}`, 5)] ?? "good", slots: ["good", roll(`slot ${p} ${k}`, 2) ? "bad" : "good"],
          ...(roll(`open ${p} ${k}`, 5) === 0 ? { open: true } : {}), ...(roll(`cause ${p} ${k}`, 3) === 0 ? { cause: { cause: "isp" as const, confidence: roll(`sure ${p} ${k}`, 3) } } : {}),
        })),
      }));
      const whole: MeetingMinutes = { from: time(0), to: time(15), rows };
      expect(rowsOf(JSON.parse(JSON.stringify(columnsOf(whole))) as ReturnType<typeof columnsOf>)).toEqual(whole);
    }
  });
});
