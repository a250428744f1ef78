// Incidents: what is wrong now, once for each cause and place, and what was in the last day.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { openIncidentsQuery, pastIncidentsQuery } from "../../api/queries.ts";
import type { Cause, IncidentRow } from "../../api/types.ts";
import { byOtherClock, CAUSES, causeWord, isCause } from "../../model/cause.ts";
import { count } from "../../model/format.ts";
import { incidentsVerdict, STATES, stateWord } from "../../model/incident.ts";
import { millis } from "../../model/time.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseIcon } from "../../ui/CauseMark.tsx";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { CsvLink } from "../../ui/Download.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { IncidentList } from "./IncidentList.tsx";
import "./incidents.css";

const NONE: readonly IncidentRow[] = [];

export function IncidentsPage() {
  useCrumbs({ label: "Incidents" });
  const search = useSearch({ from: "/shell/incidents" });
  const navigate = useNavigate({ from: "/incidents" });
  const zone = useZone();
  const account = useAccount();
  const open = useQuery(openIncidentsQuery);
  const past = useQuery(pastIncidentsQuery);
  const state = STATES.find((s) => s === search.state);
  const causes = useMemo(() => (search.cause ?? "").split(",").filter(isCause), [search.cause]);
  const set = (part: { state?: string; cause?: string }) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false }); };

  const all = useMemo(() => [...(open.data ?? NONE), ...(past.data ?? NONE)], [open.data, past.data]);
  const passes = useMemo(() => (r: IncidentRow) => (account === "" || !r.account || r.account === account) && (!state || r.state === state) && (causes.length === 0 || causes.includes(r.cause as Cause)), [state, causes, account]);
  const shownOpen = useMemo(() => (open.data ?? NONE).filter(passes), [open.data, passes]);
  const shownPast = useMemo(() => (past.data ?? NONE).filter(passes), [past.data, passes]);
  const ready = open.data !== undefined && past.data !== undefined;
  const inState = (s: string) => all.filter((r) => r.state === s).length;
  const toggle = (c: Cause) => { set({ cause: (causes.includes(c) ? causes.filter((x) => x !== c) : [...causes, c]).join(",") }); };
  const offered = CAUSES.filter((c) => causes.includes(c) || all.some((r) => r.cause === c && (!state || r.state === state)));
  const otherClock = all.some((r) => byOtherClock(r.sentence, millis(r.start), zone));
  const narrowed = state !== undefined || causes.length > 0;

  return (
    <>
      <div className="head">
        <div className="grow"><h1>Incidents</h1><div className="meta"><span>open now, and of the last 24 hours</span><span>greatest first</span><span>renewed every 10 s</span>{otherClock && <span>sentences by the clock of their site</span>}</div></div>
        <div className="acts"><CopyLink /><CsvLink path="/api/v1/incidents.csv" query={{ state, cause: causes.join(",") }} what="All incidents that are kept" /></div>
      </div>
      <Sentence verdict={ready ? incidentsVerdict(open.data ?? NONE, past.data ?? NONE) : undefined} />
      <div className="filters">
        <div className="choice" role="group" aria-label="State">
          <button type="button" aria-pressed={!state} onClick={() => { set({ state: "" }); }}>All</button>
          {STATES.map((s) => <button key={s} type="button" aria-pressed={state === s} onClick={() => { set({ state: s }); }}>{stateWord(s)}{ready && inState(s) > 0 && <span className="t3"> {count(inState(s))}</span>}</button>)}
        </div>
        <div className="cause-filter" role="group" aria-label="Cause">
          {offered.map((c) => <button key={c} type="button" className={causes.includes(c) ? "btn on" : "btn"} aria-pressed={causes.includes(c)} onClick={() => { toggle(c); }}><CauseIcon cause={c} />{causeWord(c)}{causes.includes(c) && <Icon name="close" />}</button>)}
        </div>
        {narrowed && <button type="button" className="btn quiet" onClick={() => { set({ state: "", cause: "" }); }}>Clear</button>}
      </div>
      <section className="panel incidents" aria-label="Incidents">
        <Wrong query={open} what="open incidents" />
        <Wrong query={past} what="past incidents" />
        {!ready && !open.error && !past.error && <div className="incidents-blank" />}
        {ready && all.length === 0 && <Nothing />}
        {ready && all.length > 0 && shownOpen.length + shownPast.length === 0 && (
          <div className="empty"><b>No incident matches the filter.</b>Without it there would be {all.length}. <button type="button" className="link" onClick={() => { set({ state: "", cause: "" }); }}>Remove the filter</button></div>
        )}
        {shownOpen.length + shownPast.length > 0 && (
          <IncidentList open={shownOpen} past={shownPast} noneOpen={ready && shownOpen.length === 0 && !narrowed} filterKey={`${search.state ?? ""} ${search.cause ?? ""}`} />
        )}
      </section>
    </>
  );
}

function Nothing() {
  return (
    <div className="empty">
      <b>No incident is open, and none was in the last 24 hours.</b>
      An incident is bad minutes that share one cause, told once: “Lyon link, 41 people, since 09:41”. One opens when several people in the same
      network, site, carrier, data centre or client version suffer at once, or when one person’s trouble lasts. It closes by itself when they recover.
    </div>
  );
}
