import { describe, expect, it } from "vitest";
import { ago, axisTicks, clock, clocksIn, day, dayClock, fieldToInstant, instantToField, isZone, span, utcText } from "./time.ts";

const t = Date.parse("2026-11-12T08:44:20Z");

describe("words for instants", () => {
  it("gives the clock in either zone", () => {
    expect(clock(t, "UTC")).toBe("08:44");
    expect(clock(t, "local")).toBe("09:44");
  });
  it("gives the date only when it is another day", () => {
    expect(dayClock(t, t + 3_600_000, "UTC")).toBe("08:44");
    expect(dayClock(t, t + 24 * 3_600_000, "UTC")).toBe("12 Nov, 08:44");
    expect(dayClock(t, Date.parse("2027-03-01T00:00:00Z"), "UTC")).toBe("12 Nov 2026, 08:44");
  });
  it("says the day, and UTC", () => {
    expect(day(t, "UTC")).toBe("Thu 12 Nov 2026");
    expect(utcText(t)).toBe("2026-11-12 08:44:20 UTC");
  });
  it("has a dash for what is no time", () => {
    expect(clock(NaN, "UTC")).toBe("–");
    expect(utcText(NaN)).toBe("");
  });
});

describe("span", () => {
  it.each([[0, "0 s"], [59_400, "59 s"], [60_000, "1 min"], [3_600_000, "1 h"], [7_500_000, "2 h 5 min"], [90_000_000, "1 d 1 h"], [-5, "0 s"], [NaN, "–"]])("%d ms is %s", (ms, text) => {
    expect(span(ms)).toBe(text);
  });
});

describe("axisTicks", () => {
  it("takes round minutes and no more than asked for", () => {
    const from = Date.parse("2026-11-12T09:03:10Z");
    expect(axisTicks(from, from + 60 * 60_000, 8).map((x) => clock(x, "UTC"))).toEqual(["09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]);
    expect(axisTicks(from, from, 8)).toEqual([]);
    expect(axisTicks(NaN, NaN, 8)).toEqual([]);
  });
});

describe("clocksIn", () => {
  it("leaves room between them, also where the first one stands aside", () => {
    for (const fontPx of [11, 14, 30]) {
      for (let width = 12 * fontPx; width < 200 * fontPx; width += 7) {
        const from = Date.parse("2026-11-12T08:00:00Z");
        for (const hours of [1, 4, 5, 9, 24]) {
          const ticks = axisTicks(from, from + hours * 3_600_000, clocksIn(width, fontPx));
          const apart = (width * ((ticks[1] ?? Infinity) - (ticks[0] ?? 0))) / (hours * 3_600_000);
          // Five characters are under 3 em wide: all of the first, and half of the second.
          expect(apart).toBeGreaterThan(4.5 * fontPx);
        }
      }
    }
    expect([clocksIn(10_000, 11), clocksIn(0, 11)]).toEqual([8, 2]);
  });
});

describe("fields", () => {
  it("carries an instant through a date-time field in either zone", () => {
    for (const zone of ["UTC", "local", "Asia/Kolkata", "America/St_Johns", "Pacific/Auckland"]) expect(fieldToInstant(instantToField("2026-11-12T08:44:00.000Z", zone), zone)).toBe("2026-11-12T08:44:00.000Z");
    expect(instantToField("2026-11-12T08:44:00.000Z", "local")).toBe("2026-11-12T09:44");
    expect(fieldToInstant("", "UTC")).toBe("");
    expect(instantToField("nonsense", "UTC")).toBe("");
  });
});

describe("the reporter's zone", () => {
  const t = Date.parse("2026-11-12T08:44:20Z");
  it("tells any zone's clock, and which zones there are", () => {
    expect(clock(t, "Asia/Kolkata")).toBe("14:14");
    expect([isZone("local"), isZone("UTC"), isZone("Europe/Paris"), isZone("Mars/Olympus"), isZone("")]).toEqual([true, true, true, false, false]);
  });
  it("reads a field on the zone's clock, also next to a change of it", () => {
    expect(fieldToInstant("2026-11-12T14:14", "Asia/Kolkata")).toBe("2026-11-12T08:44:00.000Z");
    // Paris turns its clocks back on 25 October 2026 at 01:00 UTC, and forward on 29 March.
    expect(fieldToInstant("2026-10-25T03:30", "Europe/Paris")).toBe("2026-10-25T02:30:00.000Z");
    expect(fieldToInstant("2026-03-29T03:30", "Europe/Paris")).toBe("2026-03-29T01:30:00.000Z");
    expect(instantToField("2026-11-12T08:44:00Z", "Asia/Kolkata")).toBe("2026-11-12T14:14");
  });
  it("tells how long ago", () => {
    expect(ago(t - 26 * 60_000, t)).toBe("26 min ago");
    expect(ago(t - 20_000, t)).toBe("now");
    expect(ago(t + 5 * 60_000, t)).toBe("in 5 min");
    expect(ago(NaN, t)).toBe("–");
  });
});
