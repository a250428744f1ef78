import { describe, expect, it } from "vitest";
import { matcherOf, matchersFrom, matchersText, OPERATORS, silenceWhen } from "./silence.ts";
import { at, T0 } from "./testing.ts";

describe("matchers in an address", () => {
  it.each(OPERATORS)("come back as they were, whatever the value holds: %s", (operator) => {
    const all = ["Lyon", "a,b", "50%", "x=y~z!", "", "Zürich 東京"].map((value) => matcherOf("site", operator, value));
    expect(matchersFrom(matchersText(all))).toEqual(all);
  });
  it("leave out what is no matcher", () => {
    expect(matchersFrom("nothing,=x,site=Lyon")).toEqual([{ name: "site", value: "Lyon" }]);
    expect(matchersFrom("site=%zz")).toEqual([{ name: "site", value: "%zz" }]);
    expect(matchersFrom("")).toEqual([]);
  });
});

describe("when a silence ends", () => {
  const s = { id: "s", matchers: [], by: "ann", comment: "", starts: at(0), ends: at(60) };
  it("is told from now", () => {
    expect(silenceWhen({ ...s, state: "active" }, T0 + 30 * 60_000)).toBe("ends in 30 min");
    expect(silenceWhen({ ...s, state: "pending" }, T0 - 60_000)).toBe("begins in 1 min");
    expect(silenceWhen({ ...s, state: "expired" }, T0 + 120 * 60_000)).toBe("ended 1 h ago");
  });
});
