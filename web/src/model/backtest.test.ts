import { describe, expect, it } from "vitest";
import type { BackTest } from "../api/types.ts";
import { dayBars, differenceWords, stripWords, tallest } from "./backtest.ts";

const test = (fired: number, days: [string, number][] = []): BackTest => ({
  rule: "R", from: "2026-11-10T13:00:00Z", to: "2026-11-13T13:00:00Z", fired, sentence: "", by_site: [], by_day: days.map(([day, n]) => ({ day: `${day}T00:00:00Z`, fired: n })), firings: [], took_ms: 1, caveats: [],
});

describe("the strip", () => {
  it("has every day from the first to the last, those without an alert as well", () => {
    const bars = dayBars(test(4, [["2026-11-10", 1], ["2026-11-12", 3]]));
    expect(bars.map((b) => b.fired)).toEqual([1, 0, 3, 0]);
    expect(stripWords(bars)).toBe("Fired on 2 of 4 days; most on Thu 12 Nov 2026: 3");
    expect(tallest([bars, dayBars(test(9, [["2026-11-11", 9]]))])).toBe(9);
  });
  it("says that there was none", () => {
    expect(stripWords(dayBars(test(0)))).toBe("Fired on none of 4 days");
    expect(tallest([dayBars(test(0))])).toBe(1);
  });
});

describe("the difference", () => {
  it.each([[14, 19, "The edited rule would have raised 5 more alerts."], [3, 2, "The edited rule would have raised 1 fewer alert."], [2, 2, "Both would have fired equally often."], [0, 0, "Neither would have fired."]])("of %i and %i", (saved, edited, words) => {
    expect(differenceWords(test(saved), test(edited))).toBe(words);
  });
});
