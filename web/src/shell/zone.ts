// The time zone that times are shown in: the viewer's own, UTC, or that of whoever reported a problem; and whether lists say
// the time or how long ago it was. Remembered by the browser.
import { useSyncExternalStore } from "react";
import { isZone, type Zone } from "../model/time.ts";
import { remembered } from "./remembered.ts";

const store = remembered<Zone>("earshot-zone", (text): text is Zone => isZone(text), "local");
const telling = remembered<"clock" | "ago">("earshot-times", ["clock", "ago"], "clock");

export const useZone = (): Zone => useSyncExternalStore(store.watch, store.get);
export const setZone = store.set;

/** How lists tell times: by the clock, or as how long ago. Axes and sentences always go by the clock. */
export const useTelling = (): "clock" | "ago" => useSyncExternalStore(telling.watch, telling.get);
export const setTelling = telling.set;

/** The IANA name of the chosen zone, for questions about days. */
export const ianaZone = (zone: Zone): string => (zone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC" : zone);
