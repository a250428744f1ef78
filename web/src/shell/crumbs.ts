// Where one is: every page says it, the header shows it and the window's title too.
import { useEffect, useSyncExternalStore } from "react";

export interface Crumb { label: string; to?: string }

let crumbs: readonly Crumb[] = [];
const watchers = new Set<() => void>();

export const useShownCrumbs = (): readonly Crumb[] =>
  useSyncExternalStore((act) => { watchers.add(act); return () => watchers.delete(act); }, () => crumbs);

export function useCrumbs(...path: Crumb[]): void {
  const text = JSON.stringify(path);
  useEffect(() => {
    crumbs = JSON.parse(text) as Crumb[];
    document.title = [...crumbs.map((c) => c.label).toReversed(), "Earshot"].join(" · ");
    for (const act of watchers) act();
  }, [text]);
}
