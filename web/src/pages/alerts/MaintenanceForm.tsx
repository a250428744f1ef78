// Maintenance as a form: when, of what, and beside it what it covers and what it would have kept back.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useId, useMemo, useState, type FormEvent } from "react";
import { maintenancePreviewQuery, putMaintenance, rulesQuery } from "../../api/alerts.ts";
import { ApiError } from "../../api/client.ts";
import type { AlertMaintenance, Maintenance, MaintenancePreview } from "../../api/types.ts";
import { capital, plural } from "../../model/format.ts";
import { dayName, DAYS, keptBackWords, MAINTENANCE_FIELDS, maintenanceOf, onceField, PLACES, type Day, type MaintenanceForm as Form, type Place } from "../../model/maintenance.ts";
import { problemsByField } from "../../model/rule.ts";
import { millis, zoneLabel } from "../../model/time.ts";
import { ianaZone, useZone } from "../../shell/zone.ts";
import { Labelled } from "../../ui/Labelled.tsx";
import { Time } from "../../ui/Time.tsx";
import { SpanTime } from "./SpanTime.tsx";
import { AlertSeverityMark } from "./Marks.tsx";
import { useChange } from "./change.ts";

const NOTHING: ReadonlyMap<string, string> = new Map();

export function MaintenanceForm({ saved, start }: { saved?: AlertMaintenance; start: Form }) {
  const navigate = useNavigate({ from: "/alerts/maintenance" });
  const [form, setForm] = useState(start);
  const [own, setOwn] = useState(NOTHING);
  const close = () => { void navigate({ search: {}, replace: true, resetScroll: false }); };
  const put = useChange((m: Maintenance) => putMaintenance(m), close);
  const set = (part: Partial<Form>) => {
    setForm({ ...form, ...part });
    setOwn(NOTHING);
    if (put.error) put.reset();
  };
  const { maintenance, problems: missing } = useMemo(() => maintenanceOf(form), [form]);
  const said = put.error instanceof ApiError ? problemsByField(put.error.fields, MAINTENANCE_FIELDS) : NOTHING;
  const problems = new Map([...said, ...own]);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setOwn(missing);
    if (missing.size === 0) put.mutate(maintenance);
  };
  return (
    <section className="panel new-silence" aria-label={saved ? `Change ${saved.name}` : "New maintenance"}>
      <div className="panel-head"><h2>{saved ? `Change ${saved.name}` : "New maintenance"}</h2><span className="sub">works that are known before</span></div>
      <div className="form-beside">
        <form className="panel-body form" aria-label="Maintenance" onSubmit={submit} noValidate>
          {!saved && <Labelled label="Name" error={problems.get("name")} hint="what the works are, such as: Lyon switches">{(p) => <input {...p} className="field" maxLength={64} value={form.name} onChange={(e) => { set({ name: e.currentTarget.value }); }} />}</Labelled>}
          <div className="choice when-sort" role="group" aria-label="How often">{[false, true].map((w) => <button key={String(w)} type="button" aria-pressed={form.weekly === w} onClick={() => { set({ weekly: w }); }}>{w ? "Every week" : "Once"}</button>)}</div>
          {form.weekly ? <Weekly form={form} problems={problems} onChange={set} /> : <Once form={form} problems={problems} onChange={set} />}
          <Places form={form} problems={problems} onChange={set} />
          <div className="do">
            <button type="submit" className="btn primary" disabled={put.isPending}>{put.isPending ? "Saving …" : "Save"}</button>
            <button type="button" className="btn" onClick={close}>Cancel</button>
          </div>
          {(problems.size > 0 || put.error) && <p className="field-error" role="alert">{problems.size > 0 && !problems.has("") ? `It was not accepted: ${plural(problems.size, "field is", "fields are")} marked above.` : (problems.get("") ?? put.error?.message)}</p>}
        </form>
        <div className="preview" aria-label="What it would do" role="region">
          <h3>What it would do</h3>
          <Preview asked={missing.size === 0 || (missing.size === 1 && missing.has("name")) ? maintenance : undefined} />
        </div>
      </div>
    </section>
  );
}

interface PartProps { form: Form; problems: ReadonlyMap<string, string>; onChange: (part: Partial<Form>) => void }

function Once({ form, problems, onChange }: PartProps) {
  const zone = useZone();
  return (
    <div className="form-fields once">
      {(["from", "to"] as const).map((key) => (
        <Labelled key={key} label={key === "from" ? "From" : "To"} error={problems.get(key)} hint={form[key] === "" ? undefined : zoneLabel(zone, millis(form[key]))}>
          {(p) => <input {...p} className="field" type="datetime-local" value={onceField.text(form[key], zone)} onChange={(e) => { onChange({ [key]: onceField.instant(e.currentTarget.value, zone) }); }} />}
        </Labelled>
      ))}
    </div>
  );
}

function Weekly({ form, problems, onChange }: PartProps) {
  const id = useId();
  const here = ianaZone(useZone());
  const toggle = (d: Day) => { onChange({ days: form.days.includes(d) ? form.days.filter((x) => x !== d) : [...form.days, d] }); };
  return (
    <>
      <div className="stacked" role="group" aria-label="Days">
        <span className="as-label">Days</span>
        <span className="cause-filter">{DAYS.map((d) => <button key={d} type="button" className={form.days.includes(d) ? "btn on" : "btn"} aria-pressed={form.days.includes(d)} onClick={() => { toggle(d); }}>{dayName(d)}</button>)}</span>
        <span className={problems.has("days") ? "field-error" : "t3 f11"}>{problems.get("days") ?? "on which it begins; none chosen: every day"}</span>
      </div>
      <div className="form-fields three">
        {(["start", "end"] as const).map((key) => (
          <Labelled key={key} label={key === "start" ? "Begins" : "Ends"} error={problems.get(key)} hint={key === "end" && form.end !== "" && form.end <= form.start ? "on the next day" : " "}>
            {(p) => <input {...p} className="field" type="time" value={form[key]} onChange={(e) => { onChange({ [key]: e.currentTarget.value }); }} />}
          </Labelled>
        ))}
        <Labelled label="By the clock of" error={problems.get("zone")} hint="an IANA zone, such as Europe/Paris">{(p) => <input {...p} className="field" list={`${id}-zones`} value={form.zone} onChange={(e) => { onChange({ zone: e.currentTarget.value }); }} />}</Labelled>
        <datalist id={`${id}-zones`}>{[...new Set([here, "UTC", ...Intl.supportedValuesOf("timeZone")])].map((z) => <option key={z} value={z} />)}</datalist>
      </div>
    </>
  );
}

function Places({ form, problems, onChange }: PartProps) {
  const id = useId();
  const rules = useQuery(rulesQuery).data ?? [];
  const change = (key: Place, value: string) => { onChange({ places: { ...form.places, [key]: value } }); };
  return (
    <fieldset className="form-group only">
      <legend>Only for; left empty: for everything</legend>
      <div className="form-fields">
        {PLACES.map(([key, label, hint]) => (
          <Labelled key={key} label={label} error={problems.get(key === "rules" ? key : `scope.${key}`)} hint={hint}>
            {(p) => <input {...p} className="field" {...(key === "rules" ? { list: `${id}-rules` } : {})} maxLength={2000} value={form.places[key] ?? ""} onChange={(e) => { change(key, e.currentTarget.value); }} />}
          </Labelled>
        ))}
        <datalist id={`${id}-rules`}>{rules.map((r) => <option key={r.name} value={r.name} />)}</datalist>
      </div>
    </fieldset>
  );
}

function Preview({ asked }: { asked: Maintenance | undefined }) {
  // A name is no part of what it does, and may be missing yet.
  const text = asked && JSON.stringify({ ...asked, name: asked.name || "new" });
  const [settled] = useDebouncedValue(text, 400);
  const query = useQuery(maintenancePreviewQuery(settled === undefined ? undefined : (JSON.parse(settled) as Maintenance)));
  if (settled === undefined) return <p className="t3">Nothing yet: when it takes place is missing.</p>;
  if (query.error) return <p className="field-error" role="alert">{query.error instanceof ApiError && query.error.fields.length > 0 ? query.error.fields.map((f) => f.message).join("; ") : query.error.message}</p>;
  if (!query.data) return <p className="t3" role="status">Looking …</p>;
  return <Answer p={query.data} />;
}

function Answer({ p }: { p: MaintenancePreview }) {
  const { strong, rest } = keptBackWords(p);
  const next = p.next ?? [];
  const rules = p.rules ?? [];
  const newest = p.newest ?? [];
  return (
    <div className="answer" role="status">
      <p>{next.length === 0 ? <b className="m">It does not take place any more.</b> : <><b className="m">{p.running ? "Takes place now" : "Next"}: </b>{next.slice(0, 3).map((s, k) => <span key={s.from}>{k > 0 && "; "}<SpanTime span={s} /></span>)}{next.length > 3 && " …"}</>}</p>
      <p>{rules.length === 0 ? <b className="m">It covers no alert of any rule.</b> : rules.length === p.rules_on ? <><b className="m">All {plural(rules.length, "rule", "rules")}</b> that are on.</> : <><b className="m">{rules.length} of {plural(p.rules_on, "rule", "rules")}</b><span className="t2">: {rules.join(", ")}</span></>}</p>
      {(p.unknown ?? []).length > 0 && <p className="field-error">Nothing here is called {(p.unknown ?? []).join(", ")}.</p>}
      <p><b className="m">{strong}</b><span className="t2">{rest}</span></p>
      <ul>{newest.map((r) => <li key={r.id}><AlertSeverityMark severity={r.severity} /><Link className="link clip" to="/alerts/$id" params={{ id: r.id }}>{capital(r.title)}</Link><span className="t3 f12 nw"><Time at={millis(r.raised)} /></span></li>)}</ul>
    </div>
  );
}
