// The rules: what raises an alert, where each comes from, whether it is on, and when it last fired.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { FIRED_BACK_DAYS, putRule, rulesQuery } from "../../api/alerts.ts";
import type { AlertRule } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { kindOfRule, originWord, plainRule, ruleWords } from "../../model/rule.ts";
import { millis } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { ADMINS_ONLY, useChange, useMayChange } from "./change.ts";
import { Parts } from "./Parts.tsx";
import "../incidents/incidents.css";
import "./alerts.css";

const ORIGINS: readonly AlertRule["origin"][] = ["default", "file", "typed"];
const NONE: readonly AlertRule[] = [];

export function RulesPage() {
  useCrumbs({ label: "Alerts", to: "/alerts" }, { label: "Rules" });
  const search = useSearch({ from: "/shell/alerts/rules" });
  const navigate = useNavigate({ from: "/alerts/rules" });
  const query = useQuery(rulesQuery);
  const may = useMayChange();
  const body = useRef<HTMLUListElement>(null);
  useRowKeys(body);
  const all = query.data ?? NONE;
  const origin = ORIGINS.find((o) => o === search.origin);
  const shown = all.filter((r) => !origin || r.origin === origin).toSorted((a, b) => Number(a.disabled === true) - Number(b.disabled === true));
  const set = (o: string) => { void navigate({ search: { origin: o }, replace: true, resetScroll: false }); };
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Rules</h1><div className="meta"><span>what raises an alert</span><span>open one to change it, and to see what it would have done</span></div></div>
        <div className="acts"><Parts /><CopyLink />{may && <Link className="btn primary" to="/alerts/new-rule">New rule</Link>}</div>
      </div>
      <Sentence verdict={query.data && verdictOf(query.data)} />
      <div className="filters">
        <div className="choice" role="group" aria-label="Where from">
          <button type="button" aria-pressed={!origin} onClick={() => { set(""); }}>All</button>
          {ORIGINS.map((o) => <button key={o} type="button" aria-pressed={origin === o} onClick={() => { set(o); }}>{originWord(o)} <span className="t3">{count(all.filter((r) => r.origin === o).length)}</span></button>)}
        </div>
        {!may && <span className="t3 f12">{ADMINS_ONLY}</span>}
      </div>
      <section className="panel rules" aria-label="Rules">
        <Wrong query={query} what="rules" />
        {query.data && shown.length === 0 && (
          <div className="empty">
            <b>{origin === "file" ? "No rule comes from a file." : origin === "typed" ? "Nobody has made or changed a rule here." : "There is no rule."}</b>
            {origin === "file" ? "alerts.rules in Earshot’s configuration names one; docs/alerts.md says what stands in it." : "A shipped rule that is changed here takes the place of the shipped one, and can be taken back."}
          </div>
        )}
        <ul ref={body}>{shown.map((r) => <Row key={r.name} r={r} />)}</ul>
      </section>
    </>
  );
}

function verdictOf(all: readonly AlertRule[]): Verdict {
  const on = all.filter((r) => !r.disabled).length;
  if (on === 0) return { grade: "bad", pieces: [{ text: "No rule is on: nothing raises an alert.", strong: true }] };
  const own = all.filter((r) => r.origin !== "default").length;
  return { grade: "good", pieces: [{ text: `${plural(on, "rule is", "rules are")} on`, strong: true }, { text: `${on < all.length ? `, ${all.length - on} off` : ""}. ${own === 0 ? "All are as shipped." : `${count(own)} ${own === 1 ? "is" : "are"} your own.`}` }] };
}

function Row({ r }: { r: AlertRule }) {
  const may = useMayChange();
  const times = r.fired_times ?? 0;
  const change = useChange((on: boolean) => putRule(plainRule(r, !on)));
  return (
    <li className={r.disabled ? "rule off" : "rule"} data-name={r.name}>
      <span className="sw"><input type="checkbox" role="switch" aria-label={`${r.name}, on`} checked={change.isPending ? change.variables : !r.disabled} disabled={!may || change.isPending} onChange={(e) => { change.mutate(e.currentTarget.checked); }} /></span>
      <span className="what">
        <Link className="stretch m" to="/alerts/rules/$name" params={{ name: r.name }}>{r.name}</Link>
        <span className="t2 f12">{ruleWords(r)}</span>
        {r.about && <span className="t3 f12">{r.about}</span>}
        {change.error && <span className="field-error" role="alert">It was not changed. {change.error.message}</span>}
      </span>
      <span className="kind t2 f12">{kindOfRule(r.kind)}</span>
      <span className="from f12 t3">{originWord(r.origin)}{r.hides && ", changed"}{r.who && <>, {r.who}</>}</span>
      <span className="last r f12">{r.last_fired ? <><b className="m"><Time at={millis(r.last_fired)} /></b><span className="t3">{times === 0 ? `not in ${FIRED_BACK_DAYS} days` : `${times === 1 ? "once" : `${count(times)} times`} in ${FIRED_BACK_DAYS} days`}</span></> : <span className="t3">never</span>}</span>
    </li>
  );
}
