import { describe, expect, it } from "vitest";
import type { CauseVerdict, Cause, Minute } from "../api/types.ts";
import { byOtherClock, causeOf, causeShares, causeWords, cellWord, confidenceWord, firstSentence, shareWord, verdictAt, worstVerdict } from "./cause.ts";
import { at, minute, minutes, T0 } from "./testing.ts";

const caused = (letters: string, cause: Cause, confidence = 90): Minute[] => minutes(letters).map((m) => (m.grade === "bad" || m.grade === "poor" ? { ...m, cause: { cause, confidence } } : m));
const verdict = (cause: Cause, from: number, to: number, n: number): CauseVerdict => ({ cause, confidence: 90, from: at(from), to: at(to), minutes: n, inside: { bad: 1, of: 2 }, elsewhere: { bad: 0, of: 3 }, sentence: "x" });

describe("causeShares", () => {
  it("counts minutes and people by cause, most minutes first, and how many at once", () => {
    const shares = causeShares([{ minutes: caused("gBB", "wifi") }, { minutes: caused("gBP", "isp") }, { minutes: caused("gBg", "isp") }]);
    expect(shares.map((s) => [s.cause, s.minutes, s.people])).toEqual([["isp", 3, 2], ["wifi", 2, 1]]);
    expect(shares[0]?.at.get(T0 + 60_000)).toBe(2);
    expect(shares[0]?.at.get(T0 + 120_000)).toBe(1);
  });
  it("puts unknown last of equals, and counts no minute without a cause", () => {
    expect(causeShares([{ minutes: caused("B", "unknown") }, { minutes: caused("B", "device") }, { minutes: minutes("BB") }]).map((s) => s.cause)).toEqual(["device", "unknown"]);
    expect(causeShares([{ minutes: minutes("gg") }])).toEqual([]);
  });
});

describe("a minute's cause in words", () => {
  const words = (cause: Minute["cause"]) => causeWords(cause ? { ...minute(0, "bad"), cause } : minute(0, "bad"));
  it("says how sure it is, and of an unknown one the best guess", () => {
    expect(words({ cause: "isp", confidence: 93 })).toBe("ISP, 93 % sure");
    expect(words({ cause: "unknown", confidence: 31, candidate: "local-network" })).toBe("Unknown, perhaps local network");
    expect(words({ cause: "unknown", confidence: 31, candidate: "vpn" })).toBe("Unknown, perhaps VPN");
    expect(words({ cause: "unknown", confidence: 3 })).toBe("Unknown");
  });
  it("says nothing where there is none, or one of a later version", () => {
    expect(words(undefined)).toBe("");
    expect(causeOf({ ...minute(0, "bad"), cause: { cause: "moon" as Cause, confidence: 99 } })).toBeUndefined();
  });
  it("has the bounds of the API's sentences for high and medium", () => {
    expect([89, 90, 69, 70].map(confidenceWord)).toEqual(["medium", "high", "low", "medium"]);
  });
});

describe("shareWord", () => {
  it("never rounds something to nothing or to all", () => {
    expect([shareWord(0, 9), shareWord(1, 900), shareWord(899, 900), shareWord(9, 9), shareWord(0, 0)]).toEqual(["0 %", "under 1 %", "99 %", "100 %", "–"]);
  });
});

describe("which verdict is spoken of", () => {
  const one = verdict("isp", 1, 4, 3);
  const two = verdict("wifi", 6, 12, 5);
  it("is the one with the most bad minutes, then the most, then the newest", () => {
    expect(worstVerdict([one, two], minutes("gBBBggPPPPPP"))).toBe(one);
    expect(worstVerdict([one, two], minutes("gPPPggPPPPPP"))).toBe(two);
    expect(worstVerdict([{ ...one, minutes: 5 }, two], minutes("gPPPggPPPPPP"))).toBe(two);
    expect(worstVerdict([], minutes("gg"))).toBeUndefined();
  });
  it("is the one that a moment lies in, the end not", () => {
    expect(verdictAt([one, two], T0 + 60_000)).toBe(one);
    expect(verdictAt([one, two], T0 + 4 * 60_000)).toBeUndefined();
    expect(verdictAt([one, two], NaN)).toBeUndefined();
  });
});

describe("firstSentence", () => {
  it("parts at the first full stop before a new sentence, not at a decimal or an address", () => {
    expect(firstSentence("11 of 12 people on 10.20.4.0/22 in Lyon sent badly; 1 of 29 elsewhere. Most likely the carrier.")).toEqual(["11 of 12 people on 10.20.4.0/22 in Lyon sent badly; 1 of 29 elsewhere.", " Most likely the carrier."]);
    expect(firstSentence("Caused by a busy computer, CPU 96.4 %.")).toEqual(["Caused by a busy computer, CPU 96.4 %.", ""]);
  });
});

describe("byOtherClock", () => {
  it("notices a sentence that goes by the clock of its site", () => {
    expect(byOtherClock("Austin office link, 10 people, since 02:02", T0, "UTC")).toBe(true);
    expect(byOtherClock("Zoom data centre X, 10 people, 08:00 to 09:30", T0, "UTC")).toBe(false);
    expect(byOtherClock("5 of 5 people received badly since 07:52; 1 of 9 elsewhere.", T0, "UTC")).toBe(false);
    expect(byOtherClock("Caused by a busy computer, CPU 96 %.", T0, "UTC")).toBe(false);
    expect(byOtherClock("x since 08:00", NaN, "UTC")).toBe(false);
  });
});

describe("cellWord", () => {
  it("names the place of every scope", () => {
    const site = { id: "l", name: "Lyon" };
    expect(cellWord({ scope: "subnet", name: "10.20.4.0/24", site })).toBe("Network 10.20.4.0/24, Lyon");
    expect(cellWord({ scope: "site", site })).toBe("Lyon");
    expect(cellWord({ scope: "vpn", name: "VPN pool" })).toBe("VPN pool");
    expect(cellWord({ scope: "person", person: { name: "Ann" } })).toBe("Ann");
    expect(cellWord({ scope: "" })).toBe("");
  });
});
