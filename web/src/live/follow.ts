// The event stream tied to what the pages have read: updates go into the query cache, so that a page shows one truth.
import { QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { ApiError } from "../api/client.ts";
import { ingestQuery, liveQuery, meetingQuery, minutesQuery, sessionQuery } from "../api/queries.ts";
import type { ID, LiveStatus } from "../api/types.ts";
import { Hub, type Link } from "./hub.ts";
import { applyLive, applyMinutes, applyRoom, applySegments, forget } from "./meetings.ts";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // What the server refused it will refuse again; a network that is down may come back.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      retryDelay: (failures) => Math.min(4000, 500 * 2 ** failures),
    },
  },
});

/** Acts now, or when the reading that is under way has ended; not at all when it fails. */
function onceRead(key: QueryKey, act: () => void): void {
  const reading = queryClient.getQueryCache().find({ queryKey: key });
  if (reading?.state.fetchStatus !== "fetching") act();
  else reading.promise?.then(() => { window.setTimeout(act, 0); }, () => undefined);
}

export const hub = new Hub({
  meetings: (update) => {
    queryClient.setQueryData(liveQuery.queryKey, (live) => live && applyLive(live, update, Date.now()));
    for (const room of update.rows) if (room.parent) queryClient.setQueryData(meetingQuery(room.parent).queryKey, (m) => m && applyRoom(m, room));
  },
  meeting: (update) => {
    const { meeting } = update;
    // What is being read at this moment may have been gathered before the update: it is applied once it is there.
    onceRead(meetingQuery(meeting).queryKey, () => { queryClient.setQueryData(meetingQuery(meeting).queryKey, (m) => m && applySegments(m, update)); });
    onceRead(minutesQuery(meeting).queryKey, () => { queryClient.setQueryData(minutesQuery(meeting).queryKey, (m) => m && applyMinutes(m, update)); });
  },
  resync: () => {
    void queryClient.invalidateQueries({ predicate: (q) => q.queryKey[0] !== sessionQuery.queryKey[0] && q.queryKey[0] !== ingestQuery.queryKey[0] });
  },
  // An EventSource does not say why it failed. If the session is over, this request finds out.
  failed: () => {
    queryClient.fetchQuery({ ...sessionQuery, staleTime: 0, retry: false }).catch(() => undefined);
  },
});

/** Takes ended meetings and old grade changes out of Live in time. Returns how to stop. */
export function sweep(): () => void {
  const timer = window.setInterval(() => {
    queryClient.setQueryData(liveQuery.queryKey, (live) => live && forget(live, Date.now()));
  }, 1000);
  return () => { window.clearInterval(timer); };
}

export const useLink = (): Link => useSyncExternalStore(hub.watch, () => hub.snapshot().link);
export const useStatus = (): LiveStatus | undefined => useSyncExternalStore(hub.watch, () => hub.snapshot().status);

/** How long ago the newest change came, NaN before the first. Told anew with each status, once a second. */
export const useChangeAge = (): number => useSyncExternalStore(hub.watch, () => {
  const { changeAt, statusAt } = hub.snapshot();
  return changeAt === 0 ? NaN : Math.max(0, statusAt - changeAt);
});

/** Event time now, in steps of a minute, or of what is asked for: the watermark, else the wall clock. */
export function useNow(stepMs = 60_000): number {
  return useSyncExternalStore(hub.watch, () => {
    const at = hub.snapshot().status?.watermark;
    return Math.floor((at ? Date.parse(at) : Date.now()) / stepMs) * stepMs;
  });
}

/** Follows one meeting; at least until another is looked at. */
export function useMeetingUpdates(meeting: ID | undefined): void {
  useEffect(() => { if (meeting) hub.look(meeting); }, [meeting]);
}
