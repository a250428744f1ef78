// The page's crosshair: pinned where the address says, else where the page starts, else at the worst minute; moved by the arrow keys.
import { useEffect, useState } from "react";
import type { Minute, SegmentSeries } from "../../api/types.ts";
import { rank } from "../../model/grade.ts";
import { millis } from "../../model/time.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { Crosshair } from "../../ui/lanes/crosshair.ts";

const MINUTE = 60_000;
const HALF = MINUTE / 2;

/** The middle of the worst minute; of equals the first. NaN when nothing was graded. */
export function worstOfMinutes(minutes: readonly Minute[]): number {
  let worst: Minute | undefined;
  for (const m of minutes) if (rank(m.grade) > rank(worst?.grade ?? "good")) worst = m;
  return worst ? millis(worst.at) + HALF : NaN;
}

export function useCrosshair(pinned: string | undefined, series: Pick<SegmentSeries, "from" | "to" | "minutes"> | undefined, pin: (at: number | undefined) => void, start = NaN): Crosshair {
  const [crosshair] = useState(() => new Crosshair());
  const from = millis(series?.from);
  const to = millis(series?.to);
  const given = millis(pinned);
  // Of a minute that was chosen elsewhere, its middle: the reports of a minute lie inside it.
  const chosen = given % MINUTE === 0 ? given + HALF : given;
  const at = !Number.isNaN(chosen) ? chosen : !Number.isNaN(start) ? start : worstOfMinutes(series?.minutes ?? []);
  useEffect(() => { crosshair.pin(at); }, [crosshair, at]);
  const step = (by: number) => { pin(Math.min(to, Math.max(from, (Number.isNaN(at) ? from : at) + by * MINUTE))); };
  useKeys({
    ArrowLeft: (e) => { step(e.shiftKey ? -10 : -1); }, ArrowRight: (e) => { step(e.shiftKey ? 10 : 1); },
    w: () => { const worst = worstOfMinutes(series?.minutes ?? []); if (!Number.isNaN(worst)) pin(worst); },
    n: () => {
      const bad = (series?.minutes ?? []).filter((m) => m.grade === "bad").map((m) => millis(m.at) + HALF);
      const next = bad.find((t) => t > at) ?? bad[0];
      if (next !== undefined) pin(next);
    },
    Escape: () => { if (!pinned) return false; pin(undefined); return true; },
  });
  return crosshair;
}
