// Meetings: what runs and what was, worst first, found by text and time.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { meetingsQuery, sitesQuery, type MeetingsFilter } from "../../api/queries.ts";
import { CAUSES, causeWord } from "../../model/cause.ts";
import { plural } from "../../model/format.ts";
import { WORST_FIRST } from "../../model/grade.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CsvLink } from "../../ui/Download.tsx";
import { More } from "../../ui/More.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { TextFilter } from "../../ui/TextFilter.tsx";
import { TimeRange } from "../../ui/TimeRange.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { Narrowed } from "./Narrowed.tsx";
import { MeetingsTable } from "./MeetingsTable.tsx";
import "./meetings.css";

export function MeetingsPage() {
  useCrumbs({ label: "Meetings" });
  const s = useSearch({ from: "/shell/meetings" });
  const navigate = useNavigate({ from: "/meetings" });
  const account = useAccount();
  const filter: MeetingsFilter = {
    state: s.state === "live" ? "live" : "past", q: s.q ?? "", from: s.from ?? "", to: s.to ?? "", sort: s.sort ?? "worst", order: s.order ?? "", kind: s.kind ?? "",
    grade: s.grade ?? "", site: s.site ?? "", series: s.series ?? "", person: s.person ?? "", cause: s.cause ?? "", host: s.host ?? "", account,
  };
  const sites = useQuery(sitesQuery());
  const set = (part: Partial<Record<keyof MeetingsFilter, string>>) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true }); };
  const query = useInfiniteQuery({ ...meetingsQuery(filter), placeholderData: (old) => old });
  const rows = query.data?.pages.flatMap((p) => p.items) ?? [];
  const body = useRef<HTMLElement>(null);
  useRowKeys(body);
  // Sorting needs an end somewhere: without a time the API looks at the last week. Newest first goes back as far as there is anything.
  const weekOnly = filter.state === "past" && filter.from === "" && !(filter.sort === "start" && filter.order !== "asc" && [filter.grade, filter.kind, filter.site, filter.cause].every((x) => x === ""));
  const narrowed = [filter.q, filter.from, filter.to, filter.grade, filter.kind, filter.site, filter.series, filter.person, filter.cause, filter.host].some((x) => x !== "");

  return (
    <>
      <div className="head">
        <div className="grow"><h1>Meetings</h1><div className="meta">{weekOnly && <span>of the last 7 days; choose a time to see older ones</span>}<span>{filter.sort === "worst" ? "worst first" : `by ${{ start: "start", topic: "topic", people: "people" }[filter.sort] ?? filter.sort}`}</span></div></div>
        <div className="acts">
          <div className="choice" role="group" aria-label="Which meetings">
            <button type="button" aria-pressed={filter.state === "past"} onClick={() => { set({ state: "" }); }}>Past</button>
            <button type="button" aria-pressed={filter.state === "live"} onClick={() => { set({ state: "live", from: "", to: "" }); }}>Running</button>
          </div>
          <CsvLink path="/api/v1/meetings.csv" query={{ ...filter }} what="The meetings that pass the filter" />
        </div>
      </div>
      <div className="filters meetings-filters">
        <TextFilter value={filter.q} label="Filter by topic, number, uuid or participant" placeholder="Topic, number, person" onChange={(q) => { set({ q }); }} />
        <TextFilter value={filter.host} label="Filter by host" placeholder="Host" onChange={(host) => { set({ host }); }} />
        {filter.state === "past" && <TimeRange from={filter.from} to={filter.to} onChange={set} />}
        <select className="field" aria-label="Grade" value={filter.grade} onChange={(e) => { set({ grade: e.currentTarget.value }); }}>
          <option value="">All grades</option>
          {WORST_FIRST.map((g) => <option key={g} value={g}>{g}</option>)}
        </select>
        <select className="field" aria-label="Cause" value={filter.cause} onChange={(e) => { set({ cause: e.currentTarget.value }); }}>
          <option value="">All causes</option>
          {CAUSES.map((c) => <option key={c} value={c}>{causeWord(c)}</option>)}
        </select>
        <select className="field site-field" aria-label="Site" value={filter.site} onChange={(e) => { set({ site: e.currentTarget.value }); }}>
          <option value="">All sites</option>
          {(sites.data?.items ?? []).filter((x) => x.name !== "").toSorted((a, b) => a.name.localeCompare(b.name)).map((x) => <option key={x.id} value={x.id}>{x.name}</option>)}
        </select>
        <select className="field" aria-label="Kind" value={filter.kind} onChange={(e) => { set({ kind: e.currentTarget.value }); }}>
          <option value="">All kinds</option>
          <option value="meeting">meetings</option><option value="webinar">webinars</option><option value="session">Video SDK sessions</option>
        </select>
        {narrowed && <button type="button" className="btn quiet" onClick={() => { void navigate({ search: { state: s.state ?? "", sort: s.sort ?? "" }, replace: true }); }}>Clear</button>}
      </div>
      <Narrowed series={filter.series} person={filter.person} onChange={set} />
      <section className="panel" ref={body} aria-label="Meetings">
        <Wrong query={query} what="meetings" />
        {query.data && rows.length === 0
          ? <div className="empty"><b>{narrowed ? "No meeting matches the filter." : filter.state === "live" ? "No meetings are running." : "No meeting has ended yet."}</b>{narrowed && "Remove a part of it, or widen the time."}{!narrowed && filter.state === "past" && <>Past meetings appear here as they end. <Link className="link" to="/setup">Setup</Link> shows what has arrived from Zoom.</>}</div>
          : <div className="scroll-x"><MeetingsTable rows={rows} live={filter.state === "live"} sort={filter.sort} order={filter.order} onSort={(sort, order) => { set({ sort, order }); }} /></div>}
        {rows.length > 0 && <More query={query} shown={rows.length} what={plural(rows.length, "meeting", "meetings").split(" ")[1] ?? ""}><span className="hint"><kbd>j</kbd><kbd>k</kbd> row <kbd>↵</kbd> open</span></More>}
      </section>
    </>
  );
}
