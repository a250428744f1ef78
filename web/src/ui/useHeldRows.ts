// Rows that keep their places while somebody points at them or has the focus among them: what is read again every half minute
// changes their figures, not the row under the eye. Those that are new come last until then.
import { useMemo, useState, type FocusEvent, type PointerEvent } from "react";
import { useHeldOrder } from "./useHeldOrder.ts";

interface Handlers {
  onPointerEnter: (e: PointerEvent) => void;
  onPointerLeave: () => void;
  onFocus: () => void;
  onBlur: (e: FocusEvent) => void;
}

/** The rows in the order to show, and what the element around them has to listen to. */
export function useHeldRows<R>(rows: readonly R[], idOf: (row: R) => string): { rows: readonly R[]; on: Handlers } {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const wanted = useMemo(() => rows.map(idOf), [rows, idOf]);
  const { order } = useHeldOrder(wanted, pointed || focused, "");
  const shown = useMemo(() => {
    const byId = new Map(rows.map((r) => [idOf(r), r]));
    return order.flatMap((id) => byId.get(id) ?? []);
  }, [rows, idOf, order]);
  return {
    rows: shown,
    on: {
      onPointerEnter: (e) => { if (e.pointerType === "mouse") setPointed(true); },
      onPointerLeave: () => { setPointed(false); },
      onFocus: () => { setFocused(true); },
      onBlur: (e) => { if (!e.currentTarget.contains(e.relatedTarget)) setFocused(false); },
    },
  };
}
