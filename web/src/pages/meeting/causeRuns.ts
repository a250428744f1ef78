// Where a strip of minutes is marked with the icon of a cause: once in each stretch that one cause made bad, in the part of
// it that has one grade for longest, so that the icon stands on one colour.
import type { Cause, Minute } from "../../api/types.ts";
import { causeOf } from "../../model/cause.ts";
import { millis } from "../../model/time.ts";

const MINUTE = 60_000;

/** A stretch of minutes from the strip's start, with one cause and one grade. */
export interface CauseRun { start: number; length: number; cause: Cause; grade: "poor" | "bad" }

/** One run per stretch of a cause. */
export function causeRuns(minutes: readonly Minute[], from: number): CauseRun[] {
  const found: CauseRun[] = [];
  let best: CauseRun | undefined;
  let run: CauseRun | undefined;
  for (const m of minutes) {
    const cause = causeOf(m);
    const start = Math.round((millis(m.at) - from) / MINUTE);
    if (!cause || (m.grade !== "bad" && m.grade !== "poor")) {
      run = best = undefined;
      continue;
    }
    const follows = run?.cause === cause && run.start + run.length === start;
    if (run && follows && run.grade === m.grade) {
      run.length++;
    } else {
      if (!follows) best = undefined;
      run = { start, length: 1, cause, grade: m.grade };
    }
    if (!best) {
      best = { ...run };
      found.push(best);
    } else if (run.length > best.length) {
      Object.assign(best, run);
    }
  }
  return found;
}
