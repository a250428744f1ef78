// What the pages read, as query options: the key, the address, how long it stays fresh.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { request, withQuery } from "./client.ts";
import type {
  Account, Call, CallDetail, Export, FindResult, ID, IncidentDetail, IncidentMinutes, IncidentPeople, IncidentRow, IncidentSplits, Ingest, MeetingDetail, MeetingRow, MinuteColumns, OverviewDay, OverviewGroups, OverviewNow, Page, Person, PersonDetail, RawEvents, RunningCalls, SearchHit,
  Peers, SegmentDetail, SegmentSeries, SeriesDetail, Session, Site,
} from "./types.ts";
import { emptyLive, loadLive } from "../live/meetings.ts";
import { rowsOf } from "../model/minuteColumns.ts";
import { meetingPath, minutesPath } from "../early.ts";

/** How many rows a page of a list asks for. */
const PAGE = 50;
/** Live asks for all that runs, in pages of this many; more pages than LIVE_PAGES are said to be left out. */
const LIVE_PAGE = 500;
const LIVE_PAGES = 10;

const get = <T>(path: string, signal: AbortSignal) => request<T>("GET", path, undefined, signal);

export const sessionQuery = queryOptions({
  queryKey: ["session"], staleTime: Infinity, queryFn: ({ signal }) => get<Session>("/api/v1/session", signal),
});

/** Everything that runs. The event stream keeps it up to date, so it is read again only after a break (see live/follow.ts). */
export const liveQuery = queryOptions({
  queryKey: ["live"],
  staleTime: Infinity,
  queryFn: async ({ signal }) => {
    const rows: MeetingRow[] = [];
    let cursor = "";
    for (let page = 0; page < LIVE_PAGES; page++) {
      const answer = await get<Page<MeetingRow>>(withQuery("/api/v1/meetings", { state: "live", sort: "worst", limit: LIVE_PAGE, cursor }), signal);
      rows.push(...answer.items);
      cursor = answer.next_cursor;
      if (cursor === "") break;
    }
    return loadLive(emptyLive(), rows, cursor !== "");
  },
});

export interface MeetingsFilter { state: "live" | "past"; q: string; from: string; to: string; sort: string; order: string; kind: string; grade: string; cause: string; host: string; site: string; series: string; person: string; account: string }

export const meetingsQuery = (f: MeetingsFilter) => infiniteQueryOptions({
  queryKey: ["meetings", f],
  initialPageParam: "",
  queryFn: ({ pageParam, signal }) => get<Page<MeetingRow>>(withQuery("/api/v1/meetings", { ...f, limit: PAGE, cursor: pageParam }), signal),
  getNextPageParam: (last) => last.next_cursor || undefined,
});

export const meetingQuery = (id: ID) => queryOptions({
  queryKey: ["meeting", id], queryFn: ({ signal }) => get<MeetingDetail>(meetingPath(id), signal),
});

/** Tens of thousands of minutes are not compared with those before: what is read anew is new. */
export const minutesQuery = (id: ID) => queryOptions({
  queryKey: ["minutes", id], structuralSharing: false, queryFn: async ({ signal }) => rowsOf(await get<MinuteColumns>(minutesPath(id), signal)),
});

export const segmentQuery = (id: ID) => queryOptions({
  queryKey: ["segment", id], queryFn: ({ signal }) => get<SegmentDetail>(`/api/v1/segments/${id}`, signal),
});

export const seriesQuery = (id: ID) => queryOptions({
  queryKey: ["series", id], queryFn: ({ signal }) => get<SegmentSeries>(`/api/v1/segments/${id}/series`, signal),
});

/** What was usual for the others in a participant's meeting. */
export const peersQuery = (id: ID) => queryOptions({
  queryKey: ["peers", id], queryFn: ({ signal }) => get<Peers>(`/api/v1/segments/${id}/peers`, signal),
});

/** What Zoom sent about a participant between two times. */
export const rawEventsQuery = (id: ID, span: { from: string; to: string } | undefined) => queryOptions({
  queryKey: ["raw-events", id, span], enabled: span !== undefined, staleTime: 60_000,
  queryFn: ({ signal }) => get<RawEvents>(withQuery(`/api/v1/segments/${id}/raw-events`, { ...span }), signal),
});

export const personsQuery = (q: string, account: string) => infiniteQueryOptions({
  queryKey: ["persons", q, account],
  initialPageParam: "",
  queryFn: ({ pageParam, signal }) => get<Page<Person>>(withQuery("/api/v1/persons", { q, account, limit: PAGE, cursor: pageParam }), signal),
  getNextPageParam: (last) => last.next_cursor || undefined,
});

export const personQuery = (id: ID) => queryOptions({
  queryKey: ["person", id], queryFn: ({ signal }) => get<PersonDetail>(`/api/v1/persons/${id}`, signal),
});

export const callsQuery = (f: { q: string; from: string; to: string; account: string }) => infiniteQueryOptions({
  queryKey: ["calls", f],
  initialPageParam: "",
  queryFn: ({ pageParam, signal }) => get<Page<Call>>(withQuery("/api/v1/calls", { ...f, limit: PAGE, cursor: pageParam }), signal),
  getNextPageParam: (last) => last.next_cursor || undefined,
});

/** Read every second, which is as often as the event stream tells of meetings. */
export const runningCallsQuery = (account: string) => queryOptions({
  queryKey: ["calls", "running", account], refetchInterval: 1000, queryFn: ({ signal }) => get<RunningCalls>(withQuery("/api/v1/calls/running", { account }), signal),
});

export const callQuery = (id: ID) => queryOptions({
  queryKey: ["call", id], queryFn: ({ signal }) => get<CallDetail>(`/api/v1/calls/${id}`, signal),
});

/** Incidents change by the minute: the pages that show them ask this often. */
const INCIDENTS_MS = 10_000;
/** How far back the list of those that are over goes. */
const INCIDENTS_BACK_MS = 24 * 3_600_000;
const INCIDENTS_AT_MOST = 500;

const incidents = async (parameters: Record<string, string | number>, signal: AbortSignal) =>
  (await get<Page<IncidentRow>>(withQuery("/api/v1/incidents", { limit: INCIDENTS_AT_MOST, ...parameters }), signal)).items;

/** Those that are open, whenever they began. */
export const openIncidentsQuery = queryOptions({
  queryKey: ["incidents", "open"], refetchInterval: INCIDENTS_MS, queryFn: ({ signal }) => incidents({ state: "open" }, signal),
});

/** Those of the last 24 hours that are over, or nearly so. */
export const pastIncidentsQuery = queryOptions({
  queryKey: ["incidents", "past"], refetchInterval: INCIDENTS_MS,
  queryFn: ({ signal }) => incidents({ state: "quiet,closed,no-data", from: new Date(Date.now() - INCIDENTS_BACK_MS).toISOString() }, signal),
});

/** Those that a meeting or a person was touched by. */
export const touchedQuery = (by: { meeting?: ID; person?: ID }) => queryOptions({
  queryKey: ["incidents", by], enabled: Boolean(by.meeting ?? by.person), queryFn: ({ signal }) => incidents({ ...by, limit: 20 }, signal),
});

export const incidentQuery = (id: ID) => queryOptions({
  queryKey: ["incident", id], refetchInterval: INCIDENTS_MS, queryFn: ({ signal }) => get<IncidentDetail>(`/api/v1/incidents/${id}`, signal),
});

/** How far back the same place is looked at. */
const SEEN_BACK_MS = 30 * 24 * 3_600_000;
export const SEEN_AT_MOST = 50;

/** Those of the same cell that began before it. */
export const sameCellQuery = (i: Pick<IncidentDetail, "id" | "start" | "state">) => queryOptions({
  queryKey: ["incidents", "cell", i.id, i.start], enabled: i.start !== undefined && i.state !== "merged", staleTime: 300_000,
  queryFn: ({ signal }) => incidents({ cell_of: i.id, from: new Date(Date.parse(i.start ?? "") - SEEN_BACK_MS).toISOString(), to: i.start ?? "", limit: SEEN_AT_MOST }, signal),
});

/** Whom an incident touched, minute by minute, and in which meetings. The server reads it with the next one, once for both. */
export const incidentPeopleQuery = (id: ID, open: boolean) => queryOptions({
  queryKey: ["incident-people", id], staleTime: 30_000, refetchInterval: open ? 30_000 : false, queryFn: ({ signal }) => get<IncidentPeople>(`/api/v1/incidents/${id}/people`, signal),
});

/** How many had it, minute by minute: of one that is open asked again as its minutes come. */
export const incidentMinutesQuery = (id: ID, open: boolean) => queryOptions({
  queryKey: ["incident-minutes", id], staleTime: 30_000, refetchInterval: open ? 30_000 : false, queryFn: ({ signal }) => get<IncidentMinutes>(`/api/v1/incidents/${id}/minutes`, signal),
});

/** Where it is and where it is not: of one that is open asked again, since its worst minutes may still come. */
export const incidentSplitsQuery = (id: ID, open: boolean) => queryOptions({
  queryKey: ["incident-splits", id], staleTime: 30_000, refetchInterval: open ? 30_000 : false, queryFn: ({ signal }) => get<IncidentSplits>(`/api/v1/incidents/${id}/splits`, signal),
});

/** Where people are; of one account's people, or of all (""). */
export const sitesQuery = (account = "") => queryOptions({
  queryKey: ["sites", account], refetchInterval: 10_000, queryFn: ({ signal }) => get<Page<Site>>(withQuery("/api/v1/sites", { account }), signal),
});

export const searchQuery = (q: string) => queryOptions({
  queryKey: ["search", q], enabled: q.length > 1, staleTime: 10_000,
  queryFn: ({ signal }) => get<Page<SearchHit>>(withQuery("/api/v1/search", { q }), signal),
});

/** While one of its meetings runs, its figures change by the minute. */
export const seriesDetailQuery = (id: ID) => queryOptions({
  queryKey: ["series of meetings", id], queryFn: ({ signal }) => get<SeriesDetail>(`/api/v1/series/${id}`, signal),
  refetchInterval: (q) => (q.state.data?.meetings.some((m) => m.live) ? 10_000 : false),
});

/** What a ticket says, at a time; what runs now changes, so it is asked again now and then. */
export const findQuery = (f: { q: string; at: string; span: string; account: string }) => queryOptions({
  queryKey: ["find", f], enabled: f.q !== "", staleTime: 10_000, queryFn: ({ signal }) => get<FindResult>(withQuery("/api/v1/find", f), signal),
});

export const accountsQuery = queryOptions({
  queryKey: ["accounts"], staleTime: 60_000, queryFn: ({ signal }) => get<Page<Account>>("/api/v1/accounts", signal),
});

export const exportsQuery = queryOptions({
  queryKey: ["exports"], refetchInterval: 5_000, queryFn: ({ signal }) => get<{ items: Export[] }>("/api/v1/exports", signal),
});

export const ingestQuery = queryOptions({
  queryKey: ["ingest"], refetchInterval: 2_000, queryFn: ({ signal }) => get<Ingest>("/api/v1/ingest", signal),
});

/** The moment changes with every report, the day slowly, and what moved in weeks more slowly still. tz is an IANA name. */
export const overviewNowQuery = queryOptions({
  queryKey: ["overview", "now"], staleTime: 0, refetchInterval: 2_000, queryFn: ({ signal }) => get<OverviewNow>("/api/v1/overview/now", signal),
});

export const overviewDayQuery = (tz: string) => queryOptions({
  queryKey: ["overview", "day", tz], refetchInterval: 10_000, queryFn: ({ signal }) => get<OverviewDay>(withQuery("/api/v1/overview/day", { tz }), signal),
});

export const overviewGroupsQuery = (tz: string) => queryOptions({
  queryKey: ["overview", "groups", tz], refetchInterval: 60_000, queryFn: ({ signal }) => get<OverviewGroups>(withQuery("/api/v1/overview/groups", { tz }), signal),
});
