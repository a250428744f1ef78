// The fields of a rule, by what they are about; what the server did not accept stands at its field.
import { CAUSES, causeWord } from "../../model/cause.ts";
import { fieldGroups, type BurnText, type Field, type RuleForm } from "../../model/rule.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Labelled } from "../../ui/Labelled.tsx";

interface Props { form: RuleForm; problems: ReadonlyMap<string, string>; onChange: (form: RuleForm) => void }

export function RuleFields({ form, problems, onChange }: Props) {
  return (
    <div className="form-groups">
      {fieldGroups(form.kind).map((g) => (
        <fieldset key={g.title} className="form-group">
          <legend>{g.title}</legend>
          <div className="form-fields">{g.fields.map((f) => <One key={f.key} f={f} form={form} error={problems.get(f.key)} onChange={onChange} />)}</div>
          {g.key && problems.has(g.key) && <p className="field-error">{problems.get(g.key)}</p>}
        </fieldset>
      ))}
    </div>
  );
}

function One({ f, form, error, onChange }: { f: Field; form: RuleForm; error: string | undefined; onChange: Props["onChange"] }) {
  const text = form.text[f.key] ?? "";
  const set = (value: string) => { onChange({ ...form, text: { ...form.text, [f.key]: value } }); };
  if (f.sort === "burns") return <Burns form={form} error={error} hint={f.hint} onChange={onChange} />;
  if (f.sort === "causes") return <Causes label={f.label} hint={f.hint} error={error} text={text} onChange={set} />;
  if (f.sort === "flag") return <div className="stacked"><label className="switch"><input type="checkbox" checked={text !== ""} onChange={(e) => { set(e.currentTarget.checked ? "yes" : ""); }} /> {f.label}</label><span className={error ? "field-error" : "t3 f11"}>{error ?? f.hint}</span></div>;
  return (
    <Labelled label={f.label} error={error} hint={f.hint} unit={f.unit} wide={f.sort === "text" || f.sort === "long" || f.key === "what" || f.key === "clear_on"}>
      {(p) => {
        if (f.sort === "choice") return <select {...p} className="field" value={text} onChange={(e) => { set(e.currentTarget.value); }}>{f.options?.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</select>;
        if (f.sort === "long") return <textarea {...p} className="field long mono" rows={4} maxLength={2000} value={text} onChange={(e) => { set(e.currentTarget.value); }} />;
        return <input {...p} className={f.sort === "number" || f.sort === "duration" ? "field short" : "field"} inputMode={f.sort === "number" ? "decimal" : "text"} maxLength={f.key === "about" ? 500 : 2000} value={text} onChange={(e) => { set(e.currentTarget.value); }} />;
      }}
    </Labelled>
  );
}

function Causes({ label, hint, error, text, onChange }: { label: string; hint: string | undefined; error: string | undefined; text: string; onChange: (text: string) => void }) {
  const chosen = text.split(",").map((c) => c.trim()).filter(Boolean);
  return (
    <div className="stacked wide" role="group" aria-label={label}>
      <span className="as-label">{label}</span>
      <span className="cause-filter">{CAUSES.map((c) => <button key={c} type="button" className={chosen.includes(c) ? "btn on" : "btn"} aria-pressed={chosen.includes(c)} onClick={() => { onChange((chosen.includes(c) ? chosen.filter((x) => x !== c) : [...chosen, c]).join(", ")); }}>{causeWord(c)}</button>)}</span>
      <span className={error ? "field-error" : "t3 f11"}>{error ?? hint}</span>
    </div>
  );
}

const MOST_BURNS = 4;

function Burns({ form, error, hint, onChange }: { form: RuleForm; error: string | undefined; hint: string | undefined; onChange: Props["onChange"] }) {
  const change = (at: number, part: Partial<BurnText>) => { onChange({ ...form, burns: form.burns.map((b, k) => (k === at ? { ...b, ...part } : b)) }); };
  return (
    <div className="stacked wide" role="group" aria-label="Windows">
      <span className="as-label">Windows</span>
      {form.burns.map((b, k) => (
        <span className="burn" key={k}>
          <input className="field short" aria-label={`Long window ${k + 1}`} value={b.long} onChange={(e) => { change(k, { long: e.currentTarget.value }); }} /> and
          <input className="field short" aria-label={`Short window ${k + 1}`} value={b.short} onChange={(e) => { change(k, { short: e.currentTarget.value }); }} /> both
          <input className="field short" aria-label={`Times too fast ${k + 1}`} title="times as fast as the objective allows" inputMode="decimal" value={b.factor} onChange={(e) => { change(k, { factor: e.currentTarget.value }); }} /> times
          <button type="button" className="tool" aria-label={`Remove pair ${k + 1}`} onClick={() => { onChange({ ...form, burns: form.burns.filter((_, x) => x !== k) }); }}><Icon name="close" /></button>
        </span>
      ))}
      {form.burns.length < MOST_BURNS && <button type="button" className="link f12 add" onClick={() => { onChange({ ...form, burns: [...form.burns, { long: "6h", short: "30m", factor: "4" }] }); }}>Add a pair</button>}
      <span className={error ? "field-error" : "t3 f11"}>{error ?? hint}</span>
    </div>
  );
}
