// Single-key shortcuts. A component says which keys it answers while it is shown; the newest component is asked first.
// Keys typed into a field, or with a modifier, belong to the browser. All can be turned off (WCAG 2.1.4).
import { useEffect, useLayoutEffect, useRef } from "react";
import { remembered } from "./remembered.ts";

/** Answers a key. Returning false lets the next component answer. */
export type Answer = (event: KeyboardEvent) => unknown;
export type Keys = Record<string, Answer>;

export const shortcutsOn = remembered<"on" | "off">("earshot-shortcuts", ["on", "off"], "on");

/** How long g waits for the letter after it. */
const PREFIX_MS = 3000;

const layers: { current: Keys }[] = [];
let prefix = "";
let prefixTimer = 0;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select, [role='combobox']"));

function dispatch(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key !== "Escape" && typing(event.target)) return;
  if (event.key !== "Escape" && shortcutsOn.get() === "off") return;
  // Enter and space on a control are the control's own.
  if ((event.key === "Enter" || event.key === " ") && event.target instanceof HTMLElement && event.target.closest("a, button, summary")) return;
  const key = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  window.clearTimeout(prefixTimer);
  if (key === "g") {
    prefix = "g";
    prefixTimer = window.setTimeout(() => { prefix = ""; }, PREFIX_MS);
    return;
  }
  for (const layer of layers.toReversed()) {
    const answer = layer.current[key];
    if (answer && answer(event) !== false) {
      event.preventDefault();
      return;
    }
  }
}

let listening = false;

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  // With what is drawn, not after it: a key answers to what its presser saw.
  useLayoutEffect(() => { latest.current = keys; });
  useEffect(() => {
    if (!listening) {
      listening = true;
      document.addEventListener("keydown", dispatch);
    }
    layers.push(latest);
    return () => { layers.splice(layers.indexOf(latest), 1); };
  }, []);
}
