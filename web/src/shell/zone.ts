// The time zone that times are shown in: the viewer's own or UTC. Remembered by the browser.
import { useSyncExternalStore } from "react";
import type { Zone } from "../model/time.ts";
import { remembered } from "./remembered.ts";

const store = remembered<Zone>("earshot-zone", ["local", "UTC"], "local");

export const useZone = (): Zone => useSyncExternalStore(store.watch, store.get);
export const setZone = store.set;
