import { describe, expect, it } from "vitest";
import type { Grade, Minute } from "../../api/types.ts";
import { noGrades } from "../../model/grade.ts";
import type { Attendee } from "../../model/verdict.ts";
import { dropWords, happenings, ticks } from "./happenings.ts";

const at = (clock: string) => `2026-11-12T${clock}Z`;
const minute = (clock: string, share: Grade): Minute => ({ at: at(clock), grade: "good", slots: ["good", "good", "good", "good", share, "good", "good", "unclassified"] });
const person = (name: string, segments: { id: string; join?: string; leave?: string; leave_reason?: string }[], minutes: Minute[] = []): Attendee => ({
  key: `key ${name}`, name, external: false, minutes, count: noGrades(), reported: true, segments: segments as Attendee["segments"],
});
const nothing = { drops: [], changes: [], notifications: [] };

describe("happenings", () => {
  it("tells who came and went, oldest first, and leaves out what nobody knows", () => {
    const people = [person("Ann", [{ id: "a", join: at("09:00:05"), leave: at("09:30:00"), leave_reason: "left the meeting." }]), person("Bob", [{ id: "b" }])];
    expect(happenings(nothing, people).map((h) => [h.kind, h.name, h.words])).toEqual([["join", "Ann", "joined"], ["leave", "Ann", "left: left the meeting."]]);
  });
  it("tells a drop instead of the leave that it was", () => {
    const people = [person("Ann", [{ id: "a", join: at("09:00:00"), leave: at("09:10:00") }, { id: "a2", join: at("09:11:50") }])];
    const drops = [{ at: at("09:10:00"), segment: "a", person: { name: "Ann" }, kind: "rejoined" as const, back: "a2", away_seconds: 110 }];
    expect(happenings({ ...nothing, drops }, people).map((h) => [h.kind, h.words])).toEqual([["join", "joined"], ["drop", "fell out, back after 110 s"], ["join", "joined"]]);
  });
  it("joins the minutes of one sharing, and parts two", () => {
    const people = [person("Ann", [], [minute("09:00:00", "good"), minute("09:01:00", "bad"), minute("09:02:00", "unclassified"), minute("09:03:00", "good"), minute("09:06:00", "good")])];
    expect(happenings(nothing, people).map((h) => h.words)).toEqual(["shared for 4 min", "shared for 1 min"]);
  });
  it("gives changes and notices to whom they belong, and keeps those that belong to nobody", () => {
    const people = [person("Ann", [{ id: "a" }])];
    const told = {
      ...nothing, changes: [{ at: at("09:05:00"), segment: "a", what: "network" as const, from: "Wifi", to: "Wired" }, { at: at("09:05:01"), segment: "a", what: "address" as const }],
      notifications: [{ at: at("09:06:00"), segment: "gone", code: "internet connection unstable" }],
    };
    expect(happenings(told, people).map((h) => [h.name, h.words])).toEqual([["Ann", "network changed from Wi-Fi to wired"], ["Ann", "public address changed"], ["", "internet connection unstable"]]);
  });
});

describe("ticks", () => {
  it("makes one of all that came in a minute, and names only some", () => {
    const people = Array.from({ length: 9 }, (_, i) => person(`P${i}`, [{ id: `s${i}`, join: at(`09:00:0${i}`) }]));
    expect(ticks(happenings(nothing, people))).toEqual([{ at: Date.parse(at("09:00:00")), kind: "join", count: 9, words: "P0, P1, P2, P3, P4, P5 and 3 others joined" }]);
  });
  it("keeps kinds apart, and what people did differently", () => {
    const people = [person("Ann", [{ id: "a", join: at("09:00:00"), leave: at("09:00:40"), leave_reason: "x" }]), person("Bob", [{ id: "b", leave: at("09:00:50") }])];
    expect(ticks(happenings(nothing, people)).map((t) => [t.kind, t.words])).toEqual([["join", "Ann joined"], ["leave", "Ann left: x; Bob left"]]);
  });
});

describe("dropWords", () => {
  it("says how long somebody was away, and when nobody knows", () => {
    expect(dropWords({ kind: "rejoined", away_seconds: 0 })).toBe("fell out, back at once");
    expect(dropWords({ kind: "rejoined", away_seconds: 240 })).toBe("fell out, back after 4 min");
    expect(dropWords({ kind: "disconnected" })).toBe("was disconnected");
    expect(dropWords({ kind: "silent" })).toMatch(/reports stopped/);
  });
});
