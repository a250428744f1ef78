// The foot of a list that comes in pages: how many rows are shown, and the next ones.
import type { ReactNode } from "react";
import { count } from "../model/format.ts";

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  shown: number;
  what: string;
  children?: ReactNode;
}

export function More({ query, shown, what, children }: Props) {
  return (
    <div className="panel-foot">
      <span>{count(shown)} {what}{query.hasNextPage ? " shown" : ""}</span>
      {query.hasNextPage && <button type="button" className="btn" disabled={query.isFetchingNextPage} onClick={() => { query.fetchNextPage(); }}>{query.isFetchingNextPage ? "Reading …" : "Show more"}</button>}
      {children}
    </div>
  );
}
