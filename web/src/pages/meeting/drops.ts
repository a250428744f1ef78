// Drops: somebody left and was back within five minutes.
import { millis } from "../../model/time.ts";
import type { Attendee } from "../../model/verdict.ts";

export interface Drop { key: string; name: string; at: number; away: number }

const BACK_WITHIN_MS = 5 * 60_000;

export function drops(people: readonly Attendee[]): Drop[] {
  return people
    .flatMap((p) => p.segments.slice(1).flatMap((s, i): Drop[] => {
      const at = millis(p.segments[i]?.leave);
      const away = millis(s.join) - at;
      // A breakout room is a join of its own, and no drop.
      return away >= 0 && away <= BACK_WITHIN_MS && !s.parent ? [{ key: p.key, name: p.name, at, away }] : [];
    }))
    .sort((a, b) => a.at - b.at);
}
