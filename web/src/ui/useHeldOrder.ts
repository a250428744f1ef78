// The order that is shown: let go at once when nobody points at the list, held while somebody does.
import { useState } from "react";
import { holdOrder } from "../live/order.ts";

interface Shown { order: string[]; wanted: readonly string[]; key: string; held: boolean; moves: number }

/** release puts the wanted order in place once, held or not. Another key (a new filter) starts afresh. */
export function useHeldOrder(wanted: readonly string[], held: boolean, key: string): { order: readonly string[]; moves: number; release: () => void } {
  const [shown, setShown] = useState<Shown>(() => ({ order: [...wanted], wanted, key, held, moves: 0 }));
  let current = shown;
  // Derived from the props while rendering, as React asks for: there is no moment in which an old order flashes up.
  if (shown.wanted !== wanted || shown.key !== key || shown.held !== held) {
    const next = holdOrder(shown.order, wanted, held && shown.key === key);
    current = { order: same(next.order, shown.order) ? shown.order : next.order, wanted, key, held, moves: next.moves };
    setShown(current);
  }
  return { order: current.order, moves: current.moves, release: () => { setShown((s) => ({ ...s, order: [...wanted], moves: 0 })); } };
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);
