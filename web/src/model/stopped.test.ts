import { describe, expect, it } from "vitest";
import type { OverviewNow } from "../api/types.ts";
import { noGrades } from "./grade.ts";
import { headline } from "./headline.ts";
import { overviewVerdict, trustOf } from "./overview.ts";
import { cutOffVerdict, runningWords, stoppedFor } from "./stopped.ts";

const at = (watermark: string, last_event?: string) => ({ watermark: `2026-11-12T${watermark}Z`, ...(last_event ? { last_event: `2026-11-12T${last_event}Z` } : {}) });
const now = (part: Partial<OverviewNow>): OverviewNow => ({
  received: true, people: 0, external: 0, by_grade: noGrades(), meetings: 0, meetings_by_grade: noGrades(), calls: 0, calls_bad: 0, calls_scored: 0, strip: [], groups: [], sites: [], bad: [], coverage: { minutes: 30, expected: 0, reported: 0 }, ...part,
});
const says = (o: OverviewNow) => headline(o, []).pieces.map((p) => p.text).join("");

describe("silence of Zoom", () => {
  it("is none while it sends, and before it ever did", () => {
    expect(stoppedFor(undefined)).toBe(0);
    expect(stoppedFor({})).toBe(0);
    expect(stoppedFor(at("09:41:00"))).toBe(0);
    expect(stoppedFor(at("09:41:00", "09:36:01"))).toBe(0);
    expect(stoppedFor(at("09:41:00", "09:36:00"))).toBe(300_000);
  });
  it("in the middle of meetings comes before everything", () => {
    const broken = now({ ...at("09:48:10", "09:41:00"), cut_off: 9, calls: 1 });
    expect(says(broken)).toBe("Nothing has come from Zoom for 7 min, though 9 meetings were running: how people are now is not known. What to look at");
    expect(headline(broken, []).grade).toBe("bad");
    expect(headline(broken, [], true).pieces.map((p) => p.text).join("")).toMatch(/is not known\. $/); // on a wall there is nothing to press
    expect(runningWords(broken, "UTC")).toBe("last event from Zoom 09:41");
    expect(cutOffVerdict(now({ ...at("09:48:10", "09:41:00"), cut_off: 1 }))?.pieces[1]?.text).toContain("though 1 meeting was running");
    expect(trustOf(broken, undefined)).toEqual({ word: "low", why: "Nothing has come from Zoom for 7 min." });
  });
  it("is what keeps the count of what runs from being told", () => {
    expect(runningWords(now({ ...at("09:41:00", "09:40:59"), meetings: 3, calls: 1 }), "UTC")).toBe("3 meetings and 1 phone call running");
  });
  it("of the night is said, and blames nobody", () => {
    const night = now(at("09:41:00", "02:41:00"));
    expect(says(night)).toBe("Nobody is known to be in a meeting right now: nothing has come from Zoom for 7 h.");
    expect(overviewVerdict(night, true).grade).toBe("unclassified");
    expect(runningWords(night, "UTC")).toBe("last event from Zoom 02:41");
    expect(trustOf(night, undefined)).toEqual({ word: "unknown", why: "Nothing has come from Zoom for 7 h, which a night would explain." });
  });
});
