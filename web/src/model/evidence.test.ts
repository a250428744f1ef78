import { describe, expect, it } from "vitest";
import type { CauseVerdict, Minute, SegmentSeries } from "../api/types.ts";
import { evidenceOf } from "./evidence.ts";
import { at, minute, T0 } from "./testing.ts";

const verdict: CauseVerdict = { cause: "isp", confidence: 93, scope: "isp", name: "Arvel", from: at(2), to: at(4), minutes: 2, inside: { bad: 11, of: 12 }, elsewhere: { bad: 1, of: 29 }, sentence: "…" };
const times = [0, 1, 2, 3, 4, 5].map((m) => T0 + m * 60_000);
const series: Pick<SegmentSeries, "streams" | "minutes" | "bands" | "notifications"> = {
  minutes: [minute(0, "good"), minute(2, "poor", 6), minute(3, "bad", 18.2), minute(5, "bad", 40)],
  streams: [
    { wire: "audio_output", media: "audio", direction: "send", at: times, metrics: { loss_avg_pct: [0.1, 0.3, 6, 18.2, 0.2, null] } },
    { wire: "cpu_usage", at: times, metrics: { cpu_system_max_pct: [30, 30, 41, 39, 50, 30] } },
  ],
  bands: [{ metric: "cpu_system_max_pct", fair: 80, poor: 90, bad: 95 }],
  notifications: [{ at: at(3), code: "internet connection unstable" }, { at: at(30), code: "later" }],
};

describe("evidence", () => {
  it("sets the people, the worst value and the computer of these minutes beside all others", () => {
    expect(evidenceOf(verdict, series, [])).toEqual([
      { what: "People: ISP Arvel", value: "11 of 12 bad, 92 %", grade: "unclassified", compared: "1 of 29 elsewhere, 3 %" },
      { what: "Loss, audio sent", value: "18.2 %", grade: "bad", compared: "0.2 % otherwise; bad from 10 %" },
      { what: "The computer", value: "up to 41 %", grade: "good", compared: "30 % otherwise" },
      { what: "Zoom told the person", value: "internet connection unstable", grade: "unclassified", compared: "1 time" },
    ]);
  });
  it("speaks of listeners where a sender is the cause, and of everybody else where it is one person", () => {
    const first = (v: CauseVerdict) => evidenceOf(v, { ...series, streams: [], notifications: [], minutes: [] }, [])[0];
    expect(first({ ...verdict, scope: "sender", elsewhere: { bad: 0, of: 0 } })).toMatchObject({ what: "Listeners of that sender", compared: "" });
    expect(first({ ...verdict, scope: "person", inside: { bad: 1, of: 1 } })).toMatchObject({ what: "Everybody else", value: "1 of 29 bad, 3 %" });
  });
  it("tells the computer once where it decided", () => {
    const busy: Minute = { ...minute(3, "bad"), reason: { text: "system CPU 97 %", wire: "cpu_usage", metric: "cpu_system_max_pct", value: 97, bound: 95 } };
    expect(evidenceOf(verdict, { ...series, minutes: [busy], notifications: [] }, []).map((e) => e.what)).toEqual(["People: ISP Arvel", "System CPU"]);
  });
  it("claims nothing that was not reported", () => {
    expect(evidenceOf({ ...verdict, inside: { bad: 0, of: 0 } }, { streams: [], minutes: [], bands: [], notifications: [] }, [])).toEqual([]);
  });
  it("tells what changed just then", () => {
    const changed = evidenceOf(verdict, { ...series, streams: [], minutes: [], notifications: [] }, [{ at: at(0), network_type: "Wifi" }, { at: at(1), network_type: "Wired" }]);
    expect(changed.at(-1)).toMatchObject({ what: "Changed at that time", value: "Network: Wired" });
  });
});
