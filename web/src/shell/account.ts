// The Zoom account that lists are narrowed to, where a master account sends several: in the address as ?account=, so that it is
// part of a link, and remembered by the browser for the next page. "" is all of them.
import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { accountsQuery } from "../api/queries.ts";
import type { Account } from "../api/types.ts";

const KEY = "earshot-account";
const watchers = new Set<() => void>();
let chosen = "";
try {
  chosen = localStorage.getItem(KEY) ?? "";
} catch { /* forbidden or full: it lasts as long as the page */ }

/** Remembers a choice; the address of the page is set by who offers it. */
export function rememberAccount(id: string): void {
  chosen = id;
  try {
    if (id) localStorage.setItem(KEY, id);
    else localStorage.removeItem(KEY);
  } catch { /* see above */ }
  for (const act of watchers) act();
}

const watch = (act: () => void) => { watchers.add(act); return () => watchers.delete(act); };

/** All accounts that sent anything; with one of them there is nothing to choose. */
export function useAccounts(): readonly Account[] {
  const { data } = useQuery(accountsQuery);
  return data?.items ?? [];
}

/** What lists are narrowed to: the address says, else what was remembered; "" for all, and where there is only one account. */
export function useAccount(): string {
  const accounts = useAccounts();
  const remembered = useSyncExternalStore(watch, () => chosen);
  const named = useRouterState({ select: (s) => (s.location.search as Record<string, string | undefined>).account });
  const id = named ?? remembered;
  return accounts.length > 1 && accounts.some((a) => a.id === id) ? id : "";
}
