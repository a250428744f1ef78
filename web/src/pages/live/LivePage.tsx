// Live: which running meeting needs one first, since when, how many people, why. Worst first, and nothing moves under the
// pointer.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { liveQuery, meetingsQuery, runningCallsQuery } from "../../api/queries.ts";
import type { Grade, MeetingRow } from "../../api/types.ts";
import { useChangeAge, useLink, useStatus } from "../../live/follow.ts";
import { passes, worstFirst, type Live, type LiveFilter } from "../../live/meetings.ts";
import { CALL_KIND } from "../../live/calls.ts";
import { delay } from "../../model/format.ts";
import { isGrade } from "../../model/grade.ts";
import { stoppedFor } from "../../model/stopped.ts";
import { span } from "../../model/time.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { Wrong } from "../../ui/Wrong.tsx";
import { LiveCalls } from "./LiveCalls.tsx";
import { LiveFilters } from "./LiveFilters.tsx";
import { LiveList } from "./LiveList.tsx";
import { LiveSummary } from "./LiveSummary.tsx";
import { LastMeeting } from "./LastMeeting.tsx";
import "./live.css";

export function LivePage() {
  useCrumbs({ label: "Live" });
  const search = useSearch({ from: "/shell/live" });
  const navigate = useNavigate({ from: "/live" });
  const account = useAccount();
  const live = useQuery(liveQuery);
  const link = useLink();
  const filter = useMemo<LiveFilter>(() => ({ q: search.q ?? "", grades: (search.grade ?? "").split(",").filter(isGrade), kind: search.kind ?? "" }), [search]);
  const setFilter = (part: { q?: string; grade?: string; kind?: string }) => {
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true });
  };
  const rows = useMemo(() => wanted(live.data, filter, account), [live.data, filter, account]);
  const all = live.data?.rows.size ?? 0;
  const callsAlone = filter.kind === CALL_KIND;
  const calls = useQuery({ ...runningCallsQuery(account), placeholderData: (old) => old });
  // Once there were calls their panel stays, so that nothing below it moves when the last one ends. What is below comes after them.
  const calling = (calls.data?.total ?? 0) > 0;
  const placed = calls.data !== undefined || calls.isError;
  const [hadCalls, setHadCalls] = useState(calling);
  if (calling && !hadCalls) setHadCalls(true);
  const callsAbove = hadCalls && filter.kind === "";

  return (
    <>
      <div className="head live-head">
        <div className="grow"><h1>Live</h1><Following /></div>
      </div>
      <LiveSummary live={live.data} stale={link.state === "lost"} onGrade={(g) => { setFilter({ grade: toggle(filter.grades, g) }); }} chosen={filter.grades} />
      <LiveFilters filter={filter} onChange={setFilter} />
      {(callsAlone || callsAbove) && <LiveCalls running={calls} filter={filter} alone={callsAlone} stale={link.state === "lost"} onAll={() => { setFilter({ kind: CALL_KIND }); }} />}
      {!callsAlone && <section className="panel live" aria-label="Running meetings">
        <Wrong query={live} what="running meetings" />
        {live.data && placed && all === 0 && <NothingRuns />}
        {live.data && all > 0 && rows.length === 0 && (
          <div className="empty"><b>No running meeting matches the filter.</b>Without it there would be {all}. <button type="button" className="link" onClick={() => { setFilter({ q: "", grade: "", kind: "" }); }}>Remove the filter</button></div>
        )}
        {live.data && placed && rows.length > 0 && <LiveList live={live.data} rows={rows} filterKey={JSON.stringify(filter)} stale={link.state === "lost"} all={all} below={callsAbove} />}
        {(!live.data || !placed) && !live.error && <div className="live-blank" />}
        {live.data?.truncated && <div className="panel-foot">More meetings run than are shown here: use the search.</div>}
      </section>}
    </>
  );
}

function wanted(live: Live | undefined, filter: LiveFilter, account: string): MeetingRow[] {
  if (!live) return [];
  return [...live.rows.values()].filter((r) => (account === "" || r.account === account) && passes(r, filter)).sort(worstFirst);
}

const toggle = (grades: readonly Grade[], g: Grade): string => (grades.includes(g) ? grades.filter((x) => x !== g) : [...grades, g]).join(",");

/** Whether the list is up to date, in words. */
function Following() {
  const link = useLink();
  const status = useStatus();
  const age = useChangeAge();
  const since = Number.isNaN(age) ? "" : `, newest change ${span(age)} ago`;
  return (
    <div className="meta">
      {link.state === "lost"
        ? <span>Figures from before the connection was lost</span>
        : <span className="dotted"><span className={link.state === "following" ? "dot" : "dot lost"} />{link.state === "following" ? `Following${since}` : "Connecting"}</span>}
      {status && <span>lag {delay(status.lag_ms)}</span>}
      <span>worst first</span>
    </div>
  );
}

function NothingRuns() {
  const stopped = stoppedFor(useStatus());
  const past = meetingsQuery({ state: "past", q: "", from: "", to: "", sort: "start", order: "desc", kind: "", grade: "", site: "", series: "", person: "", cause: "", host: "", account: "" });
  return (
    <div className="empty">
      <b>{stopped > 0 ? "No meetings are known to be running." : "No meetings are running."}</b>
      <LastMeeting query={past} />
      {stopped > 0
        ? <p>Nothing has come from Zoom for {span(stopped)}. <Link className="link" to="/ingest">Ingest health</Link> shows what the receiver sees.</p>
        : <p>Is Zoom connected? <Link className="link" to="/setup">Setup</Link> shows what has arrived.</p>}
    </div>
  );
}
