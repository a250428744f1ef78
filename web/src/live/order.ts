// Order held: rows do not move under a pointer or the keyboard's focus.

/** The order to show, and how many rows would move if it were let go. */
export interface Held { order: string[]; moves: number }

/**
 * While held, rows keep their places: those that left are taken out, new ones go to the end. Otherwise the wanted order
 * is shown at once.
 */
export function holdOrder(shown: readonly string[], wanted: readonly string[], held: boolean): Held {
  if (!held || shown.length === 0) return { order: [...wanted], moves: 0 };
  const present = new Set(wanted);
  const kept = shown.filter((id) => present.has(id));
  const known = new Set(kept);
  const order = [...kept, ...wanted.filter((id) => !known.has(id))];
  return { order, moves: movesBetween(order, wanted) };
}

/** The least number of rows that have to move to turn one order into the other: all but the longest run that stays. */
export function movesBetween(order: readonly string[], wanted: readonly string[]): number {
  const place = new Map(wanted.map((id, i) => [id, i]));
  // Longest increasing subsequence by patience: tails[k] is the least end of a run of length k + 1.
  const tails: number[] = [];
  for (const id of order) {
    const at = place.get(id);
    if (at === undefined) continue;
    let lo = 0;
    let hi = tails.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if ((tails[mid] as number) < at) lo = mid + 1;
      else hi = mid;
    }
    tails[lo] = at;
  }
  return wanted.length - tails.length;
}
