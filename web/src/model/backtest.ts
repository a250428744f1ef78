// What a rule would have done, day by day, and how two versions of it differ.
import type { BackTest } from "../api/types.ts";
import { count, plural } from "./format.ts";
import { day, millis } from "./time.ts";

const DAY = 24 * 3_600_000;

/** One day of the strip (UTC, as the server counts): how often it would have fired. */
export interface DayBar { at: number; fired: number }

/** Every day from the first to the last, those without an alert as well. */
export function dayBars(b: BackTest): DayBar[] {
  const fired = new Map(b.by_day.map((d) => [startOf(millis(d.day)), d.fired]));
  const bars: DayBar[] = [];
  for (let at = startOf(millis(b.from)); at < millis(b.to); at += DAY) bars.push({ at, fired: fired.get(at) ?? 0 });
  return bars;
}
const startOf = (at: number): number => Math.floor(at / DAY) * DAY;

/** The greatest day of several strips: they share one scale, or they could not be compared. */
export const tallest = (all: readonly (readonly DayBar[])[]): number => Math.max(1, ...all.flat().map((b) => b.fired));

/** What the strip shows, for those who do not see it. */
export function stripWords(bars: readonly DayBar[]): string {
  const on = bars.filter((b) => b.fired > 0);
  const worst = on.toSorted((a, b) => b.fired - a.fired || b.at - a.at)[0];
  return worst ? `Fired on ${on.length} of ${plural(bars.length, "day", "days")}; most on ${day(worst.at, "UTC")}: ${worst.fired}` : `Fired on none of ${plural(bars.length, "day", "days")}`;
}

/** How the edited rule differs from the saved one, in a sentence. */
export function differenceWords(saved: BackTest, edited: BackTest): string {
  const by = edited.fired - saved.fired;
  if (by === 0) return saved.fired === 0 ? "Neither would have fired." : "Both would have fired equally often.";
  return `The edited rule would have raised ${count(Math.abs(by))} ${by < 0 ? "fewer" : "more"} ${Math.abs(by) === 1 ? "alert" : "alerts"}.`;
}
