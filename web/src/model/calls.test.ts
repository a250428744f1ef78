import { describe, expect, it } from "vitest";
import type { CallDetail } from "../api/types.ts";
import { callCadence, callLanes, callVerdict } from "./calls.ts";

const call = (part: Partial<CallDetail>): CallDetail => ({ id: "c", zoom_id: "1", caller: {}, callee: {}, grade: "good", series: [], ...part });
const said = (c: CallDetail) => callVerdict(c).pieces.map((p) => p.text).join("");

describe("calls", () => {
  it("says where the score was below Zoom's bound", () => {
    expect(said(call({ mos: 3.1, grade: "bad", series: [{ side: "caller", direction: "receive", at: [0, 1], metrics: { mos: [3.1, 4] } }] }))).toBe("The least score was 3.1; below 3.5 in 1 report where the caller hears.");
    expect(said(call({ mos: 3.5, series: [{ side: "caller", direction: "send", at: [0], metrics: { mos: [3.5] } }] }))).toBe("The least score was 3.5, never below 3.5.");
    expect(said(call({}))).toContain("delivered no score");
  });
  it("draws both sides, sending before receiving", () => {
    const series = (["callee", "caller"] as const).map((side) => ({ side, direction: "send" as const, at: [0], metrics: { jitter_ms: [3] } }));
    expect(callLanes(call({ series })).map((l) => l.label)).toEqual(["caller sends", "called sends"]);
  });
  it("takes the median distance of reports as their usual one", () => {
    expect(callCadence([{ at: [0, 10_000, 20_000, 90_000] }])).toBe(10);
    expect(callCadence([])).toBe(60);
  });
});
