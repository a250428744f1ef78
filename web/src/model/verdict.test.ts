import { describe, expect, it } from "vitest";
import type { Ingest, SegmentRow } from "../api/types.ts";
import { at, minutes, segment, T0 } from "./testing.ts";
import { attendees, crowds, inRoom, ingestVerdict, meetingVerdict, participantVerdict, spells, worstMinute, type Verdict } from "./verdict.ts";

const said = (v: Verdict): string => v.pieces.map((p) => p.text).join("");
const meeting = (rows: Record<string, string>, part: Record<string, Partial<SegmentRow>> = {}) =>
  attendees(Object.keys(rows).map((n) => segment(n, n, part[n])), Object.entries(rows).map(([n, letters]) => ({ segment: n, minutes: minutes(letters) })));

const verdictOf = (people: ReturnType<typeof meeting>, live: boolean) => meetingVerdict(people, crowds(people), live, "UTC");

describe("inRoom", () => {
  it("counts a minute that was spent in a breakout room in part, of any join", () => {
    const [one] = attendees([segment("s1", "Ann", { leave: at(2) }), segment("s2", "Ann", { join: at(3), rooms: [{ segment: "g1", meeting: "r", from: at(4.5), to: at(6) }, { segment: "g2", meeting: "r", from: at(9) }] })], []);
    expect([3, 4, 5, 6, 8, 9, 30].map((m) => one && inRoom(one, T0 + m * 60_000))).toEqual([false, true, true, false, false, true, true]);
  });
});

describe("attendees", () => {
  it("puts the most bad minutes on top, then poor, and those not reported last", () => {
    const people = meeting({ Good: "gggg", Poor: "gPPP", Bad: "gggB", Guest: "" }, { Guest: { reported: false } });
    expect(people.map((p) => p.name)).toEqual(["Bad", "Poor", "Good", "Guest"]);
    expect(people.at(-1)?.reported).toBe(false);
  });
  it("makes one row of a person's joins, with the worse of two minutes that overlap", () => {
    const [one, ...others] = attendees(
      [segment("s2", "Ann", { join: at(3) }), segment("s1", "Ann", { leave: at(2) })],
      [{ segment: "s1", minutes: minutes("ggg") }, { segment: "s2", minutes: minutes("..Bg") }],
    );
    expect(others).toEqual([]);
    expect(one?.segments.map((s) => s.id)).toEqual(["s1", "s2"]);
    expect(one?.minutes.map((m) => m.grade)).toEqual(["good", "good", "bad", "good"]);
  });
  it("keeps people without an id apart", () => {
    const nameless = (id: string) => segment(id, "", { person: { name: "" } });
    expect(attendees([nameless("a"), nameless("b")], [])).toHaveLength(2);
  });
});

describe("crowds and worstMinute", () => {
  it("finds the minute with the most bad people at once, the earliest of equals", () => {
    const all = crowds([{ minutes: minutes("gBBg") }, { minutes: minutes("ggBB") }, { minutes: minutes("ggPg") }]);
    expect(worstMinute(all)).toEqual({ at: T0 + 2 * 60_000, grade: "bad", people: 2, present: 3 });
  });
  it("falls back to poor, and to nothing", () => {
    expect(worstMinute(crowds([{ minutes: minutes("gPg") }]))?.grade).toBe("poor");
    expect(worstMinute(crowds([{ minutes: minutes("gFg") }]))).toBeUndefined();
  });
});

describe("meetingVerdict", () => {
  it("says how many of how many, when it was worst, and what decided it", () => {
    const v = verdictOf(meeting({ A: "ggBB", B: "ggBg", C: "gggg" }), false);
    expect(v.grade).toBe("bad");
    expect(said(v)).toBe("2 of 3 people had bad minutes; worst 08:02, 2 at once. Most often: audio sent, loss.");
  });
  it("names the site only where most of those hit are there and not everybody is", () => {
    const lyon = { site: { id: "l", name: "Lyon" } };
    const leeds = { site: { id: "e", name: "Leeds" } };
    expect(said(verdictOf(meeting({ A: "B", B: "B", C: "g", D: "g" }, { A: lyon, B: lyon, C: lyon, D: leeds }), false))).toContain("; among them 2 of the 3 people at Lyon.");
    expect(said(verdictOf(meeting({ A: "B", B: "B" }, { A: lyon, B: lyon }), false))).not.toContain("Lyon");
    expect(said(verdictOf(meeting({ A: "B", B: "B", C: "g" }, { A: lyon, B: leeds, C: leeds }), false))).not.toContain("among");
  });
  it("speaks of now while it runs, and in the singular of one", () => {
    expect(said(verdictOf(meeting({ A: "gB", B: "gg" }), true))).toContain("1 of 2 people has bad minutes");
  });
  it("does not leave out those whom Zoom does not report", () => {
    expect(said(verdictOf(meeting({ A: "gg", Guest: "" }, { Guest: { reported: false } }), false))).toBe("Nobody had a bad minute among 1 person. 1 person is not reported by Zoom.");
  });
  it("claims nothing where nothing was reported or graded", () => {
    expect(verdictOf(meeting({ G: "" }, { G: { reported: false } }), false)).toEqual({ grade: "unclassified", pieces: [{ text: "No verdict: Zoom has reported nothing about the 1 person here." }] });
    expect(verdictOf(meeting({ A: "uuu" }), true).grade).toBe("unclassified");
    expect(said(verdictOf([], true))).toBe("Nobody has been seen in this meeting yet.");
  });
  it("is good only when something was good", () => {
    expect(verdictOf(meeting({ A: "gg" }), false).grade).toBe("good");
    expect(verdictOf(meeting({ A: "gF" }), false).grade).toBe("fair");
  });
});

describe("spells", () => {
  it("joins minutes across one better minute, and not across two", () => {
    expect(spells(minutes("BBgBggB"), "bad").map((s) => [(s.from - T0) / 60_000, (s.to - T0) / 60_000, s.minutes])).toEqual([[0, 4, 3], [6, 7, 1]]);
  });
  it("counts worse minutes in", () => {
    expect(spells(minutes("PBP"), "poor")).toHaveLength(1);
    expect(spells(minutes("PBP"), "poor")[0]?.worst.grade).toBe("bad");
  });
});

describe("participantVerdict", () => {
  const who = { reported: true, external: false };
  it("names the longest bad stretch, what decided its worst minute, and the rest", () => {
    const v = participantVerdict(minutes("gBBBgggBPg"), who, "UTC");
    expect(said(v)).toBe("Bad from 08:01 to 08:04, 3 minutes: audio sent, loss 12 %, bad from 10 %. 1 more minute was bad. Also 1 poor minute.");
  });
  it("says so when nothing was wrong", () => {
    expect(said(participantVerdict(minutes("ggFg"), who, "UTC"))).toBe("No poor or bad minute in 4 graded minutes; 1 fair.");
  });
  it("says why there is no verdict", () => {
    expect(said(participantVerdict([], { ...who, why: "short-session" }, "UTC"))).toBe("No verdict: under 60 s in the meeting.");
  });
  it("says that Zoom does not report somebody", () => {
    expect(said(participantVerdict([], { reported: false, external: true }, "UTC"))).toContain("Zoom sends no quality reports about this person");
  });
});

describe("ingestVerdict", () => {
  const fine = { receiver: true, received: 10, quarantined: 0, shed: 0, journal: { damaged: 0 }, applied: { backlog: 0 }, notices: [], events: [] } as unknown as Ingest;
  const say = (part: object) => said(ingestVerdict({ ...fine, ...part }));
  it("says that nothing was lost only while the receiver answers", () => {
    expect(say({})).toBe("Nothing that was accepted has been lost.");
    expect(say({ receiver: false, receiver_error: "connection refused" })).toMatch(/^The receiver does not answer\..*connection refused/);
  });
  it("does not claim it where archive segments are damaged", () => {
    expect(say({ journal: { damaged: 2 } })).not.toContain("Nothing");
  });
  it("names what waits", () => {
    expect(say({ quarantined: 1 })).toContain("1 request fits no secret");
    expect(say({ shed: 3 })).toContain("3 requests were answered 503");
  });
  it("leads with what is an error", () => {
    const notices = [{ severity: "warning", text: "The clock is off." }, { severity: "error", text: "Nothing has come from Zoom for 7 minutes, though 9 meetings were running." }];
    expect(say({ notices })).toBe("Nothing has come from Zoom for 7 minutes, though 9 meetings were running. What was accepted has not been lost.");
    expect(ingestVerdict({ ...fine, notices } as Ingest).grade).toBe("bad");
    expect(say({ notices: notices.slice(0, 1) })).toBe("Nothing that was accepted has been lost.");
  });
  it("does not take a receiver that was started again for one that never received", () => {
    expect(say({ received: 0, events: [{ name: "meeting.started", count: 4 }] })).toMatch(/^Nothing has been received since the receiver started\./);
  });
  it("asks for the first event where none came", () => {
    expect(say({ received: 0 })).toContain("Waiting for Zoom's challenge");
  });
});
