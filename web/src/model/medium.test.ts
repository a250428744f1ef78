import { describe, expect, it } from "vitest";
import type { Grade, Minute } from "../api/types.ts";
import { gradeIn, minuteIn, peopleIn } from "./medium.ts";
import { minute, segment } from "./testing.ts";
import { attendees } from "./verdict.ts";

/** A minute whose slots are audio sent, received, video sent, received, sharing sent, received. */
function slotted(m: number, grade: Grade, ...slots: Grade[]): Minute {
  const made = minute(m, grade);
  slots.forEach((g, i) => { made.slots[i] = g; });
  return made;
}

describe("a medium alone", () => {
  const both = slotted(0, "bad", "bad", "good", "unclassified", "poor");
  it("has the worse grade of both directions, and none where nothing flowed", () => {
    expect(gradeIn("audio", both)).toBe("bad");
    expect(gradeIn("video", both)).toBe("poor");
    expect(gradeIn("share", both)).toBe("unclassified");
  });
  it("keeps of what decided a minute only what is about it", () => {
    expect(minuteIn("audio", both)).toBe(both);
    expect(minuteIn("video", both)).toMatchObject({ grade: "poor" });
    expect(minuteIn("video", both)).not.toHaveProperty("reason");
  });
  it("says why there is no verdict: nothing flowed, or nothing was reported", () => {
    expect(minuteIn("share", both)).toMatchObject({ grade: "unclassified", why: "idle" });
    expect(minuteIn("share", { ...minute(1, "unclassified"), why: "no-report" })).toMatchObject({ why: "no-report" });
  });
  it("keeps the cause of a minute only where the medium had trouble", () => {
    const caused: Minute = { ...slotted(0, "bad", "bad", "good", "good", "good"), cause: { cause: "wifi", confidence: 90 } };
    expect(minuteIn("audio", caused)).toHaveProperty("cause");
    expect(minuteIn("video", caused)).not.toHaveProperty("cause");
  });
  it("puts those first who have most trouble with it, and counts it", () => {
    const rows = { Ann: [slotted(0, "bad", "bad")], Bob: [slotted(0, "poor", "good", "good", "poor")], Cat: [slotted(0, "good", "good", "good", "good")] };
    const people = attendees(Object.keys(rows).map((n) => segment(n, n)), Object.entries(rows).map(([n, minutes]) => ({ segment: n, minutes })));
    expect(people.map((p) => p.name)).toEqual(["Ann", "Bob", "Cat"]);
    const seen = peopleIn("video", people);
    expect(seen.map((p) => p.name)).toEqual(["Bob", "Ann", "Cat"]);
    expect(seen[0]?.count).toMatchObject({ poor: 1, bad: 0 });
    expect(people[0]?.count).toMatchObject({ bad: 1 });
  });
});
