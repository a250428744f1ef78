// All shortcuts, and the switch that turns them off.
import { useEffect, useRef, useSyncExternalStore } from "react";
import { Icon } from "../ui/Icon.tsx";
import { shortcutsOn } from "./keyboard.ts";
import { PAGES } from "./Nav.tsx";

const KEYS: readonly [string[], string][] = [
  [["/"], "search, from anywhere"],
  [["j", "k"], "next, previous"],
  [["Enter"], "open"],
  [["r"], "apply the held order (Live, Incidents, Alerts)"],
  [["a"], "acknowledge (Alert)"],
  [["←", "→"], "one minute (Shift: ten)"],
  [["n", "w"], "next bad minute, worst minute"],
  [["Space"], "play or pause (Meeting)"],
  [["s"], "sort by the next column (Meeting)"],
  [["1", "–", "5"], "tabs Audio to All"],
  [["t"], "chart as a table"],
  [["Esc"], "free, close"],
  [["?"], "this list"],
];

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const on = useSyncExternalStore(shortcutsOn.watch, shortcutsOn.get);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (opened) dialog.current?.showModal();
    else dialog.current?.close();
  }, [opened]);
  return (
    // The browser's own dialog: it keeps the focus and closes on Escape, without any inline style.
    <dialog ref={dialog} className="dialog" aria-label="Shortcuts" onClose={onClose}>
      <div className="dialog-head"><h2>Shortcuts</h2><button type="button" className="tool" aria-label="Close" onClick={onClose}><Icon name="close" /></button></div>
      <dl className="keys">
        {KEYS.map(([keys, does]) => <div key={does}><dt>{keys.map((k) => (k === "–" ? <span key={k}>–</span> : <kbd key={k}>{k}</kbd>))}</dt><dd>{does}</dd></div>)}
        {PAGES.map((p) => <div key={p.to}><dt><kbd>g</kbd><kbd>{p.key}</kbd></dt><dd>{p.label}</dd></div>)}
      </dl>
      <p className="f12 t2" style={{ marginTop: 16 }}>
        <label><input type="checkbox" checked={on === "on"} onChange={(e) => { shortcutsOn.set(e.currentTarget.checked ? "on" : "off"); }} /> Single-key shortcuts</label>
      </p>
    </dialog>
  );
}
