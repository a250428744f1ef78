// A list's lines, held still while somebody points at it or has the focus in it: figures and words of a line change in
// place, lines come, go and move only when it is let go.
import { useState } from "react";

/** A line: its key, the section that it stands in, and an id when it is a row and no heading. */
export interface HeldLine { key: string; section: string; id?: string }

interface Shown<L> { lines: readonly L[]; wanted: readonly L[]; held: boolean; key: string }

/** fresh and moved say what is held back: rows that are not shown yet, and whether anything else would change. */
export function useHeldList<L extends HeldLine>(wanted: readonly L[], held: boolean, key: string): { lines: readonly L[]; fresh: number; moved: boolean; release: () => void } {
  const [shown, setShown] = useState<Shown<L>>({ lines: wanted, wanted, held, key });
  let current = shown;
  if (shown.wanted !== wanted || shown.held !== held || shown.key !== key) {
    const keep = held && shown.key === key && shown.lines.length > 0;
    current = { lines: keep || same(shown.lines, wanted) ? shown.lines : wanted, wanted, held, key };
    setShown(current);
  }
  const known = new Set(current.lines.map((l) => l.key));
  return {
    lines: current.lines, fresh: wanted.filter((l) => l.id !== undefined && !known.has(l.key)).length, moved: !same(current.lines, wanted),
    release: () => { setShown((s) => ({ ...s, lines: wanted })); },
  };
}

const same = (a: readonly HeldLine[], b: readonly HeldLine[]): boolean => a.length === b.length && a.every((x, i) => x.key === b[i]?.key && x.section === b[i].section);
