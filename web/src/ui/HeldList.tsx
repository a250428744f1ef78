// A list in sections, worst first, whose lines stay where they are under the pointer and the focus: what waits is said, and shown
// on r. j and k walk through its rows.
import { useMemo, useRef, useState, type ReactNode } from "react";
import { plural } from "../model/format.ts";
import { useKeys } from "../shell/keyboard.ts";
import { Icon } from "./Icon.tsx";
import { useHeldList, type HeldLine } from "./heldList.ts";
import { useRowKeys } from "./rowKeys.ts";

interface Props<L, R> {
  /** The lines as they should stand. */
  wanted: readonly L[];
  /** What the lines are about; of two with one id the later. */
  rows: readonly R[];
  /** Another one lets go of what is held: another filter is another list. */
  filterKey: string;
  /** What a row is, one and many: "alert", "alerts". */
  what: readonly [one: string, many: string];
  foot: ReactNode;
  /** Draws the lines that stand, in their sections. */
  children: (lines: readonly L[], rowOf: (id: string) => R | undefined) => ReactNode;
}

export function HeldList<L extends HeldLine, R extends { id: string }>({ wanted, rows, filterKey, what: [one, many], foot, children }: Props<L, R>) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const byId = useMemo(() => new Map(rows.map((r) => [r.id, r])), [rows]);
  const { lines, fresh, moved, release } = useHeldList(wanted, pointed || focused, filterKey);
  const [seen, setSeen] = useState(byId);
  // What has left the answers while its line is held keeps its last words.
  if (seen !== byId && [...byId].some(([id, r]) => seen.get(id) !== r)) setSeen(new Map([...seen, ...byId]));
  useRowKeys(body);
  useKeys({
    r: () => { if (!moved) return false; release(); return true; },
    Escape: () => { if (!focused) return false; (document.activeElement as HTMLElement | null)?.blur(); return true; },
  });
  return (
    <div
      ref={body} onPointerEnter={(e) => { if (e.pointerType === "mouse") setPointed(true); }} onPointerLeave={() => { setPointed(false); }}
      onFocus={() => { setFocused(true); }} onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) setFocused(false); }}
    >
      {children(lines, (id) => byId.get(id) ?? seen.get(id))}
      <div className="panel-foot"><span>{foot}</span><span className="hint"><kbd>j</kbd><kbd>k</kbd> row <kbd>↵</kbd> open</span></div>
      {moved && (
        <div className="held" role="status">
          <Icon name="pause" /><span><b className="m">List held.</b> {fresh > 0 ? `${plural(fresh, `new ${one} waits`, `new ${many} wait`)}.` : "Its order has changed."}</span>
          <button type="button" className="link" onClick={release}>Show now</button><span className="hint"><kbd>r</kbd></span>
        </div>
      )}
    </div>
  );
}
