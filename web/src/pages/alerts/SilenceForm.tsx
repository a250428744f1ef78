// A new silence: which labels, for how long, why, and which alerts of now it would keep quiet.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useId, useMemo, useState, type FormEvent } from "react";
import { firingQuery, previewQuery, putSilence } from "../../api/alerts.ts";
import type { AlertRow, NewAlertSilence } from "../../api/types.ts";
import { capital, count, plural } from "../../model/format.ts";
import { DURATIONS, LABELS, matcherOf, matchersFrom, operatorOf, OPERATORS, operatorWord, type Operator } from "../../model/silence.ts";
import { Icon } from "../../ui/Icon.tsx";
import { AlertChip, AlertSeverityMark } from "./Marks.tsx";
import { ADMINS_ONLY, useChange, useMayChange } from "./change.ts";
import "../../ui/labelled.css";

interface Line { key: number; name: string; operator: Operator; value: string }

const NONE: readonly AlertRow[] = [];

export function SilenceForm({ start }: { start: string }) {
  const navigate = useNavigate({ from: "/alerts/silences" });
  const may = useMayChange();
  const firing = useQuery(firingQuery);
  const id = useId();
  const [lines, setLines] = useState<Line[]>(() => {
    const given = matchersFrom(start).map((m, key): Line => ({ key, name: m.name, operator: operatorOf(m), value: m.value }));
    return given.length > 0 ? given : [{ key: 0, name: "site", operator: "=", value: "" }];
  });
  const [minutes, setMinutes] = useState(60);
  const [comment, setComment] = useState("");
  // What is empty selects nothing in particular: it is not asked about.
  const matchers = useMemo(() => lines.filter((l) => l.name.trim() !== "" && l.value !== "").map((l) => matcherOf(l.name.trim(), l.operator, l.value)), [lines]);
  const [asked] = useDebouncedValue(matchers, 300);
  const preview = useQuery(previewQuery(asked));
  const made = useChange((s: NewAlertSilence) => putSilence(s), () => {
    setComment("");
    void navigate({ search: {}, replace: true, resetScroll: false });
  });
  const change = (key: number, part: Partial<Line>) => { setLines(lines.map((l) => (l.key === key ? { ...l, ...part } : l))); };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    made.mutate({ matchers, duration_minutes: minutes, comment: comment.trim() });
  };
  const alerts = firing.data ?? NONE;
  const values = (name: string) => [...new Set(alerts.flatMap((a) => a.labels[name] ?? []))].sort();
  const ready = matchers.length > 0 && comment.trim() !== "" && minutes > 0;
  return (
    <section className="panel new-silence" aria-label="New silence">
      <div className="panel-head"><h2>New silence</h2><span className="sub">alerts that have all of these labels</span></div>
      <div className="form-beside">
        <form className="panel-body form" onSubmit={submit}>
          {lines.map((l, k) => (
            <div className="matcher" key={l.key}>
              <input className="field" list={`${id}-labels`} aria-label={`Label ${k + 1}`} placeholder="label" value={l.name} onChange={(e) => { change(l.key, { name: e.currentTarget.value }); }} />
              <select className="field" aria-label={`Comparison ${k + 1}`} value={l.operator} onChange={(e) => { change(l.key, { operator: e.currentTarget.value as Operator }); }}>{OPERATORS.map((o) => <option key={o} value={o}>{operatorWord(o)}</option>)}</select>
              <input className="field" list={`${id}-values-${l.key}`} aria-label={`Value ${k + 1}`} placeholder="value" value={l.value} onChange={(e) => { change(l.key, { value: e.currentTarget.value }); }} />
              <datalist id={`${id}-values-${l.key}`}>{values(l.name).map((v) => <option key={v} value={v} />)}</datalist>
              <button type="button" className="tool" aria-label={`Remove label ${k + 1}`} disabled={lines.length === 1} onClick={() => { setLines(lines.filter((x) => x.key !== l.key)); }}><Icon name="close" /></button>
            </div>
          ))}
          <datalist id={`${id}-labels`}>{LABELS.map((v) => <option key={v} value={v} />)}</datalist>
          <button type="button" className="link f12 add" onClick={() => { setLines([...lines, { key: Math.max(...lines.map((l) => l.key)) + 1, name: "", operator: "=", value: "" }]); }}>Add a label</button>
          <div className="durations">
            <div className="choice" role="group" aria-label="For how long">{DURATIONS.map(([m, label]) => <button key={m} type="button" aria-pressed={minutes === m} onClick={() => { setMinutes(m); }}>{label}</button>)}</div>
            <label className="labelled"><input className="field minutes" type="number" min={1} max={525600} value={minutes || ""} onChange={(e) => { setMinutes(Math.round(Number(e.currentTarget.value))); }} /> minutes</label>
          </div>
          <label className="stacked">Why<input className="field" maxLength={1000} placeholder="such as: carrier works until noon, ticket 88213" value={comment} onChange={(e) => { setComment(e.currentTarget.value); }} /></label>
          <div className="do">
            <button type="submit" className="btn primary" disabled={!may || !ready || made.isPending}>{made.isPending ? "Silencing …" : "Silence"}</button>
            <span className="t3 f12">{!may ? ADMINS_ONLY : matchers.length === 0 ? "Say which label has which value." : comment.trim() === "" ? "Say why: whoever finds the silence will want to know." : ""}</span>
          </div>
          {made.error && <p className="field-error" role="alert">The silence was not made. {made.error.message}</p>}
        </form>
        <div className="preview" aria-label="What it would silence now" role="region">
          <h3>What it would silence now</h3>
          <Preview asked={asked.length > 0} rows={preview.data} error={preview.error} firing={alerts.length} />
        </div>
      </div>
    </section>
  );
}

function Preview({ asked, rows, error, firing }: { asked: boolean; rows: readonly AlertRow[] | undefined; error: Error | null; firing: number }) {
  if (!asked) return <p className="t3">Nothing yet: a label and a value are missing.</p>;
  if (error) return <p className="field-error" role="alert">{error.message}</p>;
  if (!rows) return <p className="t3" role="status">Looking …</p>;
  return (
    <>
      <p role="status">{rows.length === 0 ? <><b className="m">None of {plural(firing, "alert", "alerts")} that {firing === 1 ? "fires" : "fire"} now.</b> <span className="t2">It would hold for those that come.</span></> : <><b className="m">{count(rows.length)} of {plural(firing, "alert", "alerts")}</b> <span className="t2">that {firing === 1 ? "fires" : "fire"} now</span></>}</p>
      <ul>{rows.map((r) => <li key={r.id}><AlertSeverityMark severity={r.severity} /><Link className="link clip" to="/alerts/$id" params={{ id: r.id }}>{capital(r.title)}</Link><AlertChip row={r} /></li>)}</ul>
    </>
  );
}
