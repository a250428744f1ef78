// One rule: what it looks at, as a form, and what it would have done in the past, beside its edited version.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { deleteRule, FIRED_BACK_DAYS, putRule, rulesQuery } from "../../api/alerts.ts";
import { ApiError } from "../../api/client.ts";
import type { AlertRule, Rule } from "../../api/types.ts";
import { plural } from "../../model/format.ts";
import { fieldNames, formOf, kindOfRule, newForm, originWord, plainRule, problemsByField, RULE_KINDS, ruleOf, ruleWords, type RuleForm as Form, type RuleKind } from "../../model/rule.ts";
import { millis } from "../../model/time.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { BackTests } from "./BackTests.tsx";
import { ADMINS_ONLY, useChange, useMayChange } from "./change.ts";
import { Labelled } from "../../ui/Labelled.tsx";
import { RuleFields } from "./RuleFields.tsx";
import "../incidents/incidents.css";
import "./alerts.css";

export function RulePage() {
  const { name } = useParams({ from: "/shell/alerts/rules/$name" });
  useCrumbs({ label: "Alerts", to: "/alerts" }, { label: "Rules", to: "/alerts/rules" }, { label: name });
  const query = useQuery(rulesQuery);
  const rule = query.data?.find((r) => r.name === name);
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>{name}</h1>
          <div className="meta">{rule && <><span>{kindOfRule(rule.kind)}</span><span>{originWord(rule.origin)}{rule.who && `, ${rule.who}`}{rule.hides && ", in place of the shipped one or the file's"}</span>{rule.last_fired && <span>fired last <Time at={millis(rule.last_fired)} />, {plural(rule.fired_times ?? 0, "time", "times")} in {FIRED_BACK_DAYS} days: <Link className="link" to="/alerts" search={{ rule: name }}>its alerts</Link></span>}</>}{!rule && <>&nbsp;</>}</div>
        </div>
        <div className="acts"><CopyLink /></div>
      </div>
      <Wrong query={query} what="rules" />
      {query.data && !rule && <div className="panel"><div className="empty"><b>There is no rule {name}.</b>It may have been removed or renamed. <Link className="link" to="/alerts/rules">All rules</Link></div></div>}
      <Sentence verdict={rule && { grade: rule.disabled ? "unclassified" : "good", pieces: [{ text: rule.disabled ? "Off. " : "On. ", strong: true }, { text: `${rule.kind === "absence" ? "Looks at" : "Looks for"} ${ruleWords(rule)}.` }] }} />
      {rule && <Editor key={rule.name} saved={rule} start={formOf(rule)} />}
    </>
  );
}

export function NewRulePage() {
  useCrumbs({ label: "Alerts", to: "/alerts" }, { label: "Rules", to: "/alerts/rules" }, { label: "New rule" });
  const may = useMayChange();
  return (
    <>
      <div className="head"><div className="grow"><h1>New rule</h1><div className="meta"><span>try it on the past before you save it</span></div></div></div>
      {!may && <p className="t2">{ADMINS_ONLY}</p>}
      <Editor start={newForm("share")} />
    </>
  );
}

/** What a form says, whatever order its fields were filled in. */
const meaning = (form: Form): string => {
  const { rule, problems } = ruleOf(form);
  return JSON.stringify([rule, [...problems]]);
};

function Editor({ saved, start }: { saved?: AlertRule; start: Form }) {
  const navigate = useNavigate();
  const may = useMayChange();
  const [form, setForm] = useState(start);
  const [own, setOwn] = useState<ReadonlyMap<string, string>>(new Map());
  const put = useChange((r: Rule) => putRule(r), (r) => { if (!saved) void navigate({ to: "/alerts/rules/$name", params: { name: r.name } }); });
  const remove = useChange((name: string) => deleteRule(name), () => { void navigate({ to: "/alerts/rules" }); });
  const edited = meaning(form) !== meaning(saved ? formOf(saved) : start);
  const [trying, setTrying] = useState<Error | null>(null);
  const set = (next: Form) => {
    setForm(next);
    setOwn(new Map());
    setTrying(null);
    if (put.error || put.data) put.reset();
  };
  /** The rule of the form, unless a field holds what is no number or time. */
  const checked = (): Rule | undefined => {
    const { rule, problems } = ruleOf(form);
    if (form.name === "") problems.set("name", "want a name: a letter, then letters, digits, - and _");
    setOwn(problems);
    return problems.size === 0 ? rule : undefined;
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const rule = checked();
    if (rule) put.mutate(rule);
  };
  const failed = put.error ?? trying;
  const said = failed instanceof ApiError ? problemsByField(failed.fields, fieldNames(form.kind)) : new Map<string, string>();
  const problems = new Map([...said, ...own]);
  const whole = failed && said.size === 0 ? failed.message : problems.get("");
  const wrong = problems.size > 0 || failed !== null;
  return (
    <>
      <form className="panel rule-form" aria-label="Rule" onSubmit={submit} noValidate>
        <fieldset className="form-top">
          <legend className="sr">Rule</legend>
          {!saved && <Labelled label="Name" error={problems.get("name")} hint="a letter, then letters, digits, - and _">{(p) => <input {...p} className="field" value={form.name} onChange={(e) => { set({ ...form, name: e.currentTarget.value.trim() }); }} />}</Labelled>}
          {!saved && <Labelled label="Looks at" error={problems.get("kind")}>{(p) => <select {...p} className="field" value={form.kind} onChange={(e) => { set(newForm(e.currentTarget.value as RuleKind, form.name)); }}>{RULE_KINDS.map((k) => <option key={k} value={k}>{kindOfRule(k)}</option>)}</select>}</Labelled>}
          <label className="switch"><input type="checkbox" role="switch" checked={!form.disabled} disabled={!may} onChange={(e) => { set({ ...form, disabled: !e.currentTarget.checked }); }} /> {form.disabled ? "off" : "on"}</label>
        </fieldset>
        <RuleFields form={form} problems={problems} onChange={set} />
        <div className="panel-foot form-foot">
          <button type="submit" className="btn primary" disabled={!may || put.isPending || (saved !== undefined && !edited)}>{put.isPending ? "Saving …" : "Save"}</button>
          {saved && edited && <button type="button" className="btn" onClick={() => { set(formOf(saved)); }}>Undo</button>}
          {saved?.origin === "typed" && may && <button type="button" className="btn" disabled={remove.isPending} onClick={() => { remove.mutate(saved.name); }}>{saved.hides ? "Back to how it was" : "Remove this rule"}</button>}
          <span role="status" className="f12">{put.isSuccess && !edited ? "Saved. It holds from now on." : edited ? (may ? "Not saved yet." : "You may try it below; only admins save it.") : may ? "" : ADMINS_ONLY}</span>
          {wrong && <p className="field-error" role="alert">{whole ?? `It was not accepted: ${plural(problems.size, "field is", "fields are")} marked above.`}</p>}
          {remove.error && <p className="field-error" role="alert">It was not removed. {remove.error.message}</p>}
        </div>
      </form>
      <BackTests saved={saved && plainRule(saved, false)} edited={edited || !saved ? checked : undefined} replayable={saved?.replayable !== false || saved.kind !== form.kind} onError={setTrying} />
    </>
  );
}
