import { describe, expect, it } from "vitest";
import type { Ingest } from "../api/types.ts";
import { arrivals, CHALLENGE_MS, challengeState, endpointOf, EVENT_GROUPS, isValidated, nextChallenge, obstacles } from "./setup.ts";

const ingest = (part: Partial<Ingest>): Ingest => ({ receiver: true, received: 1, accepted: 0, bad_signature: 0, bad_timestamp: 0, challenges: 0, subscriptions: [{ name: "", secrets: 1, accepted: 0, refused: 0 }], events: [], ...part }) as Ingest;

describe("setup", () => {
  it("knows Zoom's fourteen quality events, each once", () => {
    const all = EVENT_GROUPS.flatMap((g) => g.events);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((e) => /_(qos|data)(_summary)?$/.test(e)).toSorted()).toEqual([
      "meeting.participant_data", "meeting.participant_data_summary", "meeting.participant_qos", "meeting.participant_qos_summary", "phone.call_qos", "phone.call_qos_summary",
      "session.user_data", "session.user_data_summary", "session.user_qos", "session.user_qos_summary",
      "webinar.participant_data", "webinar.participant_data_summary", "webinar.participant_qos", "webinar.participant_qos_summary",
    ]);
  });
  it("ticks what has arrived", () => {
    const got = arrivals(ingest({ events: [{ name: "meeting.started", count: 2, last: "2026-11-20T10:00:00Z" }, { name: "meeting.ended", count: 0 }] }));
    expect([...got]).toEqual([["meeting.started", { count: 2, last: Date.parse("2026-11-20T10:00:00Z") }]]);
  });
  it("tells when Zoom checks again, and when it should have", () => {
    const at = Date.parse("2026-11-20T10:00:00Z");
    const s = { last_challenge: "2026-11-20T10:00:00Z" };
    expect(challengeState({}, at)).toBe("none");
    expect(challengeState(s, at + CHALLENGE_MS)).toBe("passed");
    expect(challengeState(s, at + CHALLENGE_MS + 3_600_001)).toBe("overdue");
    expect(nextChallenge(s) - at).toBe(CHALLENGE_MS);
    expect(nextChallenge({})).toBeNaN();
  });
  it("says what stands in the way", () => {
    const said = (part: Partial<Ingest>) => obstacles(ingest(part)).map((o) => o.text);
    expect(said({ accepted: 5 })).toEqual([]);
    expect(said({ receiver: false })).toEqual(["The receiver does not answer."]);
    expect(said({ subscriptions: [] })).toEqual(["No secret token is loaded: every request is answered 503."]);
    expect(said({ bad_signature: 3 })).toEqual(["Requests come, and none fits the secret token."]);
    expect(said({ bad_signature: 3, accepted: 9 })).toEqual([]);
    expect(said({ received: 0 })).toEqual(["Nothing has reached the receiver yet."]);
    expect(said({ received: 0, events: [{ name: "meeting.started", count: 2 }] })).toEqual([]); // started again
  });
  it("tells that Zoom has validated an address, also before the receiver was started again", () => {
    const at = Date.parse("2026-11-20T10:00:00Z");
    expect(isValidated(undefined, at)).toBe(false);
    expect(isValidated(ingest({}), at)).toBe(false);
    expect(isValidated(ingest({ challenges: 1 }), at)).toBe(true);
    expect(isValidated(ingest({ events: [{ name: "endpoint.url_validation", count: 1 }] }), at)).toBe(true);
    expect(isValidated(ingest({ subscriptions: [{ name: "", secrets: 1, accepted: 0, refused: 0, last_challenge: "2026-11-20T09:00:00Z" }] }), at)).toBe(true);
  });
  it("makes the address to paste", () => {
    expect(endpointOf("", "")).toBe("https://earshot.example.com/webhook");
    expect(endpointOf("zoom.halden.example", "phone")).toBe("https://zoom.halden.example/webhook/phone");
  });
});
