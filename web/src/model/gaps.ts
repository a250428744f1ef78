// Gaps: where reports stopped. A line is never drawn across one.

/** A stretch without reports, milliseconds since the epoch. */
export interface Gap { from: number; to: number }

/** Two reports this many times the usual distance apart have a gap between them. */
const GAP_FACTOR = 2.5;

const gapAfter = (cadenceSeconds: number): number => cadenceSeconds * 1000 * GAP_FACTOR;

/** Columns for a chart: the times and values, with a null put into every gap, so that the line breaks there. */
export function withGaps(at: readonly number[], values: readonly (number | null)[], cadenceSeconds: number): [number[], (number | null)[]] {
  const x: number[] = [];
  const y: (number | null)[] = [];
  const limit = gapAfter(cadenceSeconds);
  for (const [i, t] of at.entries()) {
    const before = at[i - 1];
    if (before !== undefined && t - before > limit) {
      x.push((before + t) / 2);
      y.push(null);
    }
    x.push(t);
    y.push(values[i] ?? null);
  }
  return [x, y];
}

/**
 * The stretches in which none of several streams was reported, between the first and the last report. Silence of one
 * stream alone is no gap: a muted microphone says nothing while the rest goes on.
 */
export function reportGaps(streams: readonly { at: readonly number[] }[], cadenceSeconds: number): Gap[] {
  const all = [...new Set(streams.flatMap((s) => s.at))].sort((a, b) => a - b);
  const limit = gapAfter(cadenceSeconds);
  const gaps: Gap[] = [];
  for (let i = 1; i < all.length; i++) {
    const from = all[i - 1] as number;
    const to = all[i] as number;
    // The report before covers its own interval, so the hole begins one interval after it.
    if (to - from > limit) gaps.push({ from: from + cadenceSeconds * 500, to: to - cadenceSeconds * 500 });
  }
  return gaps;
}

/** The value nearest to t, when it is near enough to belong to it; null when no report was. */
export function nearest(at: readonly number[], values: readonly (number | null)[], t: number, cadenceSeconds: number): number | null {
  let lo = 0;
  let hi = at.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((at[mid] as number) < t) lo = mid + 1;
    else hi = mid;
  }
  const candidates = [lo - 1, lo].filter((i) => i >= 0 && i < at.length);
  candidates.sort((a, b) => Math.abs((at[a] as number) - t) - Math.abs((at[b] as number) - t));
  const best = candidates[0];
  if (best === undefined || Math.abs((at[best] as number) - t) > gapAfter(cadenceSeconds) / 2) return null;
  return values[best] ?? null;
}
