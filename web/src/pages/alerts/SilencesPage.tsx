// Silences: a new one with what it would keep quiet now, and those that there are, until when, and by whom.
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { endSilence, silencesQuery } from "../../api/alerts.ts";
import type { AlertSilence } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { plural } from "../../model/format.ts";
import { operatorOf, silenceWhen } from "../../model/silence.ts";
import { millis } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { useChange, useMayChange } from "./change.ts";
import { Parts } from "./Parts.tsx";
import { SilenceForm } from "./SilenceForm.tsx";
import "../incidents/incidents.css";
import "./alerts.css";

export function SilencesPage() {
  useCrumbs({ label: "Alerts", to: "/alerts" }, { label: "Silences" });
  const { matchers = "" } = useSearch({ from: "/shell/alerts/silences" });
  const query = useQuery(silencesQuery);
  const all = query.data ?? [];
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Silences</h1><div className="meta"><span>a silence keeps alerts from the receivers for a while; they stay on this site</span></div></div>
        <div className="acts"><Parts /><CopyLink /></div>
      </div>
      <Sentence verdict={query.data && verdictOf(query.data)} />
      {/* Another address is another form: what was typed belongs to the old one. */}
      <SilenceForm key={matchers} start={matchers} />
      <section className="panel silences" aria-label="Silences">
        <div className="panel-head"><h2>Silences</h2><span className="sub">active ones first</span></div>
        <Wrong query={query} what="silences" />
        {query.data && all.length === 0 && <div className="empty"><b>There is no silence.</b>Make one above, or on an alert’s page, where its labels are filled in already.</div>}
        <ul>{all.map((s) => <Row key={s.id} s={s} />)}</ul>
      </section>
    </>
  );
}

function verdictOf(all: readonly AlertSilence[]): Verdict {
  const active = all.filter((s) => s.state === "active");
  const next = active.toSorted((a, b) => millis(a.ends) - millis(b.ends))[0];
  if (!next) return { grade: "good", pieces: [{ text: "Nothing is silenced.", strong: true }, { text: " Whatever fires is told." }] };
  return { grade: "fair", pieces: [{ text: `${plural(active.length, "silence is", "silences are")} active.`, strong: true }, { text: ` ${active.length > 1 ? "The first to end is" : "It is"} “${next.comment}”, by ${next.by}.` }] };
}

function Row({ s }: { s: AlertSilence }) {
  const now = useNow();
  const may = useMayChange();
  const change = useChange(() => endSilence(s.id));
  const over = s.state === "expired";
  return (
    <li className={over ? "silence over" : "silence"} data-id={s.id}>
      <span className="st"><span className={`chip state s-${s.state === "active" ? "open" : s.state === "pending" ? "no-data" : "closed"}`}><i aria-hidden="true" />{s.state}</span></span>
      <span className="what">
        <span className="matchers">{s.matchers.map((m, k) => <span className="chip mono" key={k}>{m.name}{operatorOf(m)}{m.value}</span>)}</span>
        <span className="t2 f12">“{s.comment}” <span className="t3">{s.by}</span></span>
        {change.error && <span className="field-error" role="alert">It was not ended. {change.error.message}</span>}
      </span>
      <span className="when"><b className="m">{silenceWhen(s, now)}</b><span className="t3 f12"><Time at={millis(s.starts)} />–<Time at={millis(s.ends)} /></span></span>
      <span className="do">{may && !over && <button type="button" className="btn" disabled={change.isPending} aria-label={`End now: “${s.comment}”`} onClick={() => { change.mutate(undefined); }}>{change.isPending ? "End now …" : "End now"}</button>}</span>
    </li>
  );
}
