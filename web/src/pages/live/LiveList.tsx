// The rows, drawn only where they are in sight, in an order that holds still under the pointer and the focus.
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ID, MeetingRow } from "../../api/types.ts";
import type { Live } from "../../live/meetings.ts";
import { plural } from "../../model/format.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { Icon } from "../../ui/Icon.tsx";
import { LiveRow } from "./LiveRow.tsx";
import { useHeldOrder } from "../../ui/useHeldOrder.ts";

interface Props { live: Live; rows: readonly MeetingRow[]; filterKey: string; stale: boolean; all: number; /** Whether something stands above. */ below: boolean }

export function LiveList({ live, rows, filterKey, stale, all, below }: Props) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const wanted = useMemo(() => rows.map((r) => r.id), [rows]);
  const { order, moves, release } = useHeldOrder(wanted, pointed || focused, filterKey);
  const narrow = useMediaQuery("(max-width: 860px)") ?? false;

  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => { setOffset(list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0); }, [moves > 0, narrow, below]); // eslint-disable-line react-hooks/exhaustive-deps
  const virtual = useWindowVirtualizer({
    count: order.length, estimateSize: () => (narrow ? 58 : 36), overscan: 12, scrollMargin: offset, scrollPaddingStart: 60, scrollPaddingEnd: 60,
    getItemKey: (i) => order[i] ?? i,
  });
  useLayoutEffect(() => { virtual.measure(); }, [narrow, virtual]);

  const [current, setCurrent] = useState<ID>();
  const step = (by: number) => {
    const at = current === undefined ? -1 : order.indexOf(current);
    const next = Math.max(0, Math.min(order.length - 1, at + by));
    const id = order[next];
    if (id === undefined) return;
    setCurrent(id);
    virtual.scrollToIndex(next);
    // The row may only be drawn after the scroll.
    window.requestAnimationFrame(() => { window.requestAnimationFrame(() => { list.current?.querySelector<HTMLElement>(`[data-id="${id}"] a`)?.focus(); }); });
  };
  useKeys({
    j: () => { step(1); }, k: () => { step(-1); },
    r: () => { if (moves === 0) return false; release(); return true; },
    Escape: () => { if (!focused) return false; (document.activeElement as HTMLElement | null)?.blur(); setCurrent(undefined); return true; },
  });

  const items = virtual.getVirtualItems();
  return (
    <div
      role="table" aria-label="Running meetings, worst first" aria-rowcount={order.length + 1} className={stale ? "stale-data" : undefined}
      onPointerEnter={(e) => { if (e.pointerType === "mouse") setPointed(true); }} onPointerLeave={() => { setPointed(false); }}
      onFocus={() => { setFocused(true); }} onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) setFocused(false); }}
    >
      <div role="rowgroup">
        <div role="row" className="lr h">
          <span role="columnheader" aria-sort="descending" className="on">Grade ↓</span><span role="columnheader">Meeting, host</span><span role="columnheader" className="r">People</span>
          <span role="columnheader">Affected now</span><span role="columnheader">Last 20 minutes</span><span role="columnheader" className="r si">Since</span><span role="columnheader" className="cz">Reason</span>
        </div>
      </div>
      <div role="rowgroup" ref={list} className="live-rows" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = live.rows.get(order[item.index] ?? "");
          return row && (
            <LiveRow
              key={item.key} row={row} index={item.index} top={item.start - offset} height={item.size} ended={live.ended.has(row.id)} change={live.changes.get(row.id)}
              selected={current === row.id} onFocus={() => { setCurrent(row.id); }}
            />
          );
        })}
      </div>
      <div className="panel-foot" role="presentation">
        <span>{rows.length === all ? plural(all, "meeting", "meetings") : `${rows.length} of ${plural(all, "meeting", "meetings")}`}</span>
        <span className="hint"><kbd>j</kbd><kbd>k</kbd> row <kbd>↵</kbd> open <kbd>f</kbd> filter <kbd>/</kbd> find</span>
      </div>
      {moves > 0 && (
        <div className="held" role="status">
          <Icon name="pause" /><span><b className="m">Order held.</b> {plural(moves, "row", "rows")} would move.</span>
          <button type="button" className="link" onClick={release}>Move now</button><span className="hint"><kbd>r</kbd></span>
        </div>
      )}
    </div>
  );
}
