// Alerts: what people are told of now, worst first, whether somebody has taken it on, and what is over.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { ALERTS_BACK_DAYS, firingQuery, pastAlertsQuery } from "../../api/alerts.ts";
import type { AlertRow } from "../../api/types.ts";
import { alertsVerdict, howOf, HOWS, howWord, SEVERITIES } from "../../model/alert.ts";
import { byOtherClock } from "../../model/cause.ts";
import { count } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useZone } from "../../shell/zone.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { AlertList } from "./AlertList.tsx";
import { Parts } from "./Parts.tsx";
import { Receivers } from "./Receivers.tsx";
import "../incidents/incidents.css";
import "./alerts.css";

const NONE: readonly AlertRow[] = [];

export function AlertsPage() {
  useCrumbs({ label: "Alerts" });
  const search = useSearch({ from: "/shell/alerts" });
  const navigate = useNavigate({ from: "/alerts" });
  const firing = useQuery(firingQuery);
  const past = useQuery(pastAlertsQuery);
  const state = (["firing", "past"] as const).find((s) => s === search.state);
  const severity = SEVERITIES.find((s) => s === search.severity);
  const how = HOWS.find((h) => h === search.how);
  const { rule } = search;
  const set = (part: { state?: string; severity?: string; how?: string; rule?: string }) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false }); };
  const clear = () => { set({ state: "", severity: "", how: "", rule: "" }); };

  const now = firing.data ?? NONE;
  const over = past.data?.rows ?? NONE;
  const passes = useMemo(() => (r: AlertRow) => (!severity || r.severity === severity) && (!rule || r.rule === rule), [severity, rule]);
  const shownNow = useMemo(() => (state === "past" ? NONE : now.filter((r) => passes(r) && (!how || howOf(r) === how))), [now, passes, state, how]);
  const shownOver = useMemo(() => (state === "firing" || how ? NONE : over.filter(passes)), [over, passes, state, how]);
  const ready = firing.data !== undefined && past.data !== undefined;
  const narrowed = Boolean(state ?? severity ?? how ?? rule);
  const all = now.length + over.length;
  const zone = useZone();
  const otherClock = [...now, ...over].some((r) => byOtherClock(r.title, millis(r.began ?? r.raised), zone));
  const inState = { firing: now.length, past: over.length };

  return (
    <>
      <div className="head">
        <div className="grow"><h1>Alerts</h1><div className="meta"><span>firing now, and of the last {ALERTS_BACK_DAYS} days</span><span>worst first</span><span>renewed every 5 s</span>{otherClock && <span>sentences by the clock of their site</span>}</div></div>
        <div className="acts"><Parts /><CopyLink /></div>
      </div>
      <Sentence verdict={ready ? alertsVerdict(now, over, ALERTS_BACK_DAYS) : undefined} />
      <div className="filters">
        <div className="choice" role="group" aria-label="State">
          <button type="button" aria-pressed={!state} onClick={() => { set({ state: "" }); }}>All</button>
          {(["firing", "past"] as const).map((s) => <button key={s} type="button" aria-pressed={state === s} onClick={() => { set({ state: s, ...(s === "past" ? { how: "" } : {}) }); }}>{s === "firing" ? "firing" : "over"}{ready && inState[s] > 0 && <span className="t3"> {count(inState[s])}</span>}</button>)}
        </div>
        <div className="cause-filter" role="group" aria-label="Severity">
          {SEVERITIES.map((s) => <button key={s} type="button" className={severity === s ? "btn on" : "btn"} aria-pressed={severity === s} onClick={() => { set({ severity: severity === s ? "" : s }); }}>{s}{severity === s && <Icon name="close" />}</button>)}
        </div>
        {state !== "past" && (
          <div className="cause-filter" role="group" aria-label="What became of it">
            {HOWS.filter((h) => how === h || now.some((r) => howOf(r) === h)).map((h) => <button key={h} type="button" className={how === h ? "btn on" : "btn"} aria-pressed={how === h} onClick={() => { set({ how: how === h ? "" : h }); }}>{howWord(h)}{how === h && <Icon name="close" />}</button>)}
          </div>
        )}
        {rule && <button type="button" className="btn on" aria-label={`Rule ${rule}: remove this filter`} onClick={() => { set({ rule: "" }); }}>rule {rule}<Icon name="close" /></button>}
        {narrowed && <button type="button" className="btn quiet" onClick={clear}>Clear</button>}
      </div>
      <div className="columns">
        <section className="panel incidents alerts" aria-label="Alerts">
          <Wrong query={firing} what="alerts that fire" />
          <Wrong query={past} what="past alerts" />
          {!ready && !firing.error && !past.error && <div className="incidents-blank" />}
          {ready && all === 0 && (
            <div className="empty">
              <b>No alert fires, and none did in the last {ALERTS_BACK_DAYS} days.</b>
              An alert is told once for its cause, with how many people it touches, and once when it is over. The shipped rules are on from the start. <Link className="link" to="/alerts/rules">See what they
              look at</Link>, and what they would have done in the last 30 days.
            </div>
          )}
          {ready && all > 0 && shownNow.length + shownOver.length === 0 && (
            <div className="empty"><b>No alert matches the filter.</b>Without it there would be {count(all)}. <button type="button" className="link" onClick={clear}>Remove the filter</button></div>
          )}
          {shownNow.length + shownOver.length > 0 && <AlertList firing={shownNow} past={shownOver} more={past.data?.more === true} filterKey={[state, severity, how, rule].join(" ")} />}
        </section>
        <Receivers />
      </div>
    </>
  );
}
