// Dark, light, or as the system says. The choice is an attribute of <html>; tokens.css does the rest.
import { useSyncExternalStore } from "react";
import { remembered } from "./remembered.ts";

export type Theme = "system" | "light" | "dark";

const store = remembered<Theme>("earshot-theme", ["system", "light", "dark"], "system");
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  const theme = store.get();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
store.watch(apply);
apply();

export const setTheme = store.set;
export const useTheme = (): Theme => useSyncExternalStore(store.watch, store.get);

const shown = (): "light" | "dark" => {
  const theme = store.get();
  return theme === "system" ? (systemDark.matches ? "dark" : "light") : theme;
};

const watchShown = (act: () => void): (() => void) => {
  const stop = store.watch(act);
  systemDark.addEventListener("change", act);
  return () => {
    stop();
    systemDark.removeEventListener("change", act);
  };
};

/** What is on the screen now: charts are drawn again when it changes. */
export const useShownTheme = (): "light" | "dark" => useSyncExternalStore(watchShown, shown);
