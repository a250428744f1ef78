// Rules of alerts in words, and as a form: which fields each kind has, text in and out, and whose field a problem is about.
// What is right is decided by the server; here is only what a form needs to say it at the field.
import type { FieldProblem } from "../api/client.ts";
import type { AlertRule, Rule } from "../api/types.ts";
import { plural } from "./format.ts";
import USUAL from "./usual.json"; // what holds where a rule says nothing; a test of internal/alert holds it to be the server's

export type RuleKind = Rule["kind"];
export const RULE_KINDS: readonly RuleKind[] = ["incident", "person", "share", "drops", "phone", "burn", "absence", "version", "promql"];

const KIND_WORDS: Record<RuleKind, string> = {
  incident: "Incident", person: "Person", share: "Share of bad minutes", drops: "People who fall out", phone: "Phone calls", burn: "Error budget", absence: "Earshot's own health",
  version: "New client version", promql: "PromQL",
};
export const kindOfRule = (kind: RuleKind): string => KIND_WORDS[kind];

const ORIGINS: Record<AlertRule["origin"], string> = { default: "shipped", file: "from the file", typed: "from this page" };
export const originWord = (o: AlertRule["origin"]): string => ORIGINS[o];

type Key = "about" | "severity" | "people" | "causes" | "personal" | "clear_on" | "per" | "window" | "minutes" | "share_pct" | "mos" | "calls" | "objective_pct" | "burns" | "what" | "threshold" | "expr" | "for" | "clear_pct" | "clear_after" | "cooldown"
  | "scope.sites" | "scope.subnets" | "scope.groups" | "scope.series" | "scope.persons";

/** A field of the form: what it holds, and what is said beside it. */
export interface Field { key: Key; label: string; sort: "number" | "duration" | "text" | "long" | "choice" | "causes" | "flag" | "list" | "burns"; unit?: string; hint?: string; options?: readonly (readonly [value: string, label: string])[] }

const same = (...words: string[]) => words.map((w) => [w, w] as const);
const PER = [["meeting", "each meeting"], ["series", "each series"], ["site", "each site"], ["data-center", "each data centre"], ["client-version", "each client version"], ["everything", "everything"]] as const;
const number = (key: Key, label: string, unit: string, hint?: string): Field => ({ key, label, sort: "number", unit, ...(hint ? { hint } : {}) });
const duration = (key: Key, label: string, hint: string): Field => ({ key, label, sort: "duration", hint });
const per: Field = { key: "per", label: "About", sort: "choice", options: PER };
const window = duration("window", "Window", "how far back is counted, 1m to 30m");
const windowOf = (usual: string) => duration("window", "Window", `how far back is counted, 1m to 30m; left out: ${usual}`);
const below = number("clear_pct", "Cleared below", "%", `left out: ${USUAL.clear_pct_of_share} % of the share`);
const people = number("people", "At least", "people");
const holds = duration("for", "Holds for", "before it is raised, such as 5m");

const OWN: Record<RuleKind, readonly Field[]> = {
  incident: [
    { key: "causes", label: "Causes", sort: "causes", hint: "none chosen: any" }, number("people", "At least", "people affected"), { key: "personal", label: "Of one person", sort: "flag", hint: "instead of what people share" },
    { key: "clear_on", label: "Cleared when", sort: "choice", options: [["", "closed: ten minutes after the last bad one"], ["quiet", "quiet"]] },
  ],
  person: [number("minutes", "Bad minutes", "minutes", `left out: ${USUAL.minutes}`), window],
  share: [per, number("share_pct", "Bad minutes", "%"), people, windowOf(USUAL.window.share), below],
  drops: [per, number("share_pct", "Fell out", "%"), people, windowOf(USUAL.window.drops), below],
  phone: [number("mos", "MOS below", "", "the worst average of a call, estimated"), number("calls", "At least", "calls"), windowOf(USUAL.window.phone)],
  burn: [{ ...per, options: PER.filter(([v]) => v !== "meeting" && v !== "series") }, number("objective_pct", "Objective", "%", "good or fair minutes"), people, { key: "burns", label: "Windows", sort: "burns", hint: "any pair raises: both windows use the budget up so many times too fast" }],
  absence: [
    { key: "what", label: "Looks at", sort: "choice", options: [["no-events", "minutes without an event while meetings run"], ["challenge", "hours since Zoom checked the endpoint"], ["certificate", "days until a certificate ends"], ["clock", "seconds that the clock is off"], ["lag", "seconds from receipt to view"], ["journal", "percent of the journal used"], ["exporter", "minutes that an exporter is behind"], ["receiver", "minutes without the receiver"], ["delivery", "minutes that alerts are refused"]] },
    number("threshold", "Begins at", "", "left out: the usual one"), holds,
  ],
  version: [people],
  promql: [{ key: "expr", label: "Expression", sort: "long", hint: "each series of the result is an alert" }, holds],
};

const SCOPE: Record<string, Field> = {
  sites: { key: "scope.sites", label: "Sites", sort: "list", hint: "names, parted by commas" }, subnets: { key: "scope.subnets", label: "Subnets", sort: "list", hint: "such as 10.20.4.0/22" },
  groups: { key: "scope.groups", label: "Groups", sort: "list", hint: "tags of sites, lists of people" }, series: { key: "scope.series", label: "Series", sort: "list", hint: "numbers of recurring meetings" },
  persons: { key: "scope.persons", label: "People", sort: "list", hint: "e-mail addresses" },
};
const SCOPES: Partial<Record<RuleKind, readonly string[]>> = { incident: ["sites", "subnets", "groups", "series", "persons"], phone: ["groups", "persons"], burn: ["sites", "groups"], absence: [], version: [], promql: [] };
const SCOPE_ELSE = ["sites", "groups", "series", "persons"];

/** The fields of a kind: when it is raised, what it is narrowed to, and what all rules have. */
export interface FieldGroup { title: string; key?: string; fields: readonly Field[] }

export function fieldGroups(kind: RuleKind): FieldGroup[] {
  const scope = (SCOPES[kind] ?? SCOPE_ELSE).flatMap((name) => SCOPE[name] ?? []);
  const all: FieldGroup[] = [
    { title: "Raised when", fields: OWN[kind] },
    { title: "Only for", key: "scope", fields: scope },
    {
      title: "As an alert", fields: [
        { key: "severity", label: "Severity", sort: "choice", options: [["", kind === "incident" ? "the incident's own" : "warning, as usual"], ...same("critical", "warning", "info")] },
        duration("clear_after", "Cleared after", `it has been well for so long; left out: ${USUAL.clear_after}`), duration("cooldown", "Cooldown", `not again within; left out: ${USUAL.cooldown}`),
        { key: "about", label: "Why", sort: "text", hint: "what this rule is for" },
      ],
    },
  ];
  return all.filter((g) => g.fields.length > 0);
}

/** Such as "5 minutes without an event while meetings run": each reading's words begin with its unit. */
function healthWord(r: Rule): string {
  const what = r.what ?? "";
  const words = (OWN.absence[0]?.options ?? []).find(([v]) => v === what)?.[1] ?? what;
  const begins = r.threshold ?? (USUAL.threshold as Readonly<Record<string, number>>)[what];
  return begins === undefined ? words : `${what === "certificate" ? "under " : ""}${begins} ${words}`;
}

export interface BurnText { long: string; short: string; factor: string }

/** A rule as the texts of a form. */
export interface RuleForm { name: string; kind: RuleKind; disabled: boolean; text: Readonly<Partial<Record<Key, string>>>; burns: readonly BurnText[] }

const KEYS = (kind: RuleKind): Field[] => fieldGroups(kind).flatMap((g) => g.fields);
const entries = (text: string): string[] => text.split(",").map((t) => t.trim()).filter(Boolean);

export function formOf(rule: Rule): RuleForm {
  const scope = (rule.scope ?? {}) as Record<string, string[] | undefined>;
  const values = rule as unknown as Record<string, unknown>;
  const text: Partial<Record<Key, string>> = {};
  for (const f of KEYS(rule.kind)) {
    const value = f.key.startsWith("scope.") ? scope[f.key.slice(6)] : values[f.key];
    if (value === undefined || f.sort === "burns") continue;
    text[f.key] = Array.isArray(value) ? value.join(", ") : f.sort === "flag" ? (value === true ? "yes" : "") : String(value as string | number);
  }
  return { name: rule.name, kind: rule.kind, disabled: rule.disabled === true, text, burns: (rule.burns ?? []).map((b) => ({ long: b.long, short: b.short, factor: String(b.factor) })) };
}

/** A new rule of a kind, with something in the fields that must not be empty. */
export function newForm(kind: RuleKind, name = ""): RuleForm {
  const first: Partial<Record<RuleKind, RuleForm["text"]>> = {
    incident: { people: "3" }, person: { minutes: "5" }, share: { per: "site", share_pct: "30", people: "10", window: "15m" }, drops: { per: "site", share_pct: "40", people: "20", window: "10m" },
    phone: { mos: "3.2", calls: "8", window: "30m" }, burn: { per: "everything", objective_pct: "95", people: "20" }, absence: { what: "no-events" }, version: { people: "3" },
  };
  return { name, kind, disabled: false, text: first[kind] ?? {}, burns: kind === "burn" ? [{ long: "1h", short: "5m", factor: "8" }] : [] };
}

/** The rule that a form says, or what is no number at all. Only keys that the kind has are sent: a rule never holds what it does not look at. */
export function ruleOf(form: RuleForm): { rule: Rule; problems: Map<string, string> } {
  const problems = new Map<string, string>();
  const rule: Record<string, unknown> = { name: form.name, kind: form.kind };
  const scope: Record<string, string[]> = {};
  if (form.disabled) rule.disabled = true;
  for (const f of KEYS(form.kind)) {
    const text = (form.text[f.key] ?? "").trim();
    if (f.sort === "burns") rule.burns = form.burns.map((b) => ({ long: b.long.trim(), short: b.short.trim(), factor: numberOf(b.factor, "burns", problems) }));
    else if (text === "") continue;
    else if (f.sort === "number") rule[f.key] = numberOf(text, f.key, problems);
    else if (f.sort === "flag") rule[f.key] = true;
    else if (f.key.startsWith("scope.")) scope[f.key.slice(6)] = entries(text);
    else if (f.sort === "causes") rule[f.key] = entries(text);
    else rule[f.key] = text;
    if (f.sort === "duration" && text !== "" && !DURATION.test(text)) problems.set(f.key, "want a time such as 90s, 15m, 2h or 30d");
  }
  for (const b of form.burns) if (form.kind === "burn" && ![b.long, b.short].every((t) => DURATION.test(t.trim()))) problems.set("burns", "want times such as 1h and 5m");
  if (Object.keys(scope).length > 0) rule.scope = scope;
  return { rule: rule as unknown as Rule, problems };
}

// What the server reads as a time. It refuses the whole rule where one is none, without saying which field it was.
const DURATION = /^(?=.)(\d+d)?((\d+(\.\d+)?)(h|m|s))*$/;

function numberOf(text: string, key: string, problems: Map<string, string>): number {
  const n = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(n)) problems.set(key, "want a number");
  return Number.isFinite(n) ? n : 0;
}

/** Only what is of a rule, without where it comes from. */
export const plainRule = (r: AlertRule, disabled = r.disabled === true): Rule => ruleOf({ ...formOf(r), disabled }).rule;

/** Whose field each problem is about: "body.causes[0]" is causes, "body.rules[1].scope.sites" is scope.sites. "" is the whole rule. */
export function problemsByField(fields: readonly FieldProblem[], known: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const f of fields) {
    const path = (f.location ?? "").replace(/^body\.?/, "").replace(/^rules\[\d+\]\.?/, "");
    const whole = path.replaceAll(/\[\d+\]/g, "");
    const key = [whole, whole.split(".")[0] ?? ""].find((k) => known.has(k)) ?? "";
    const message = key === "" && path ? `${path}: ${f.message ?? ""}` : (f.message ?? "");
    const before = found.get(key);
    if (message !== "" && before !== message) found.set(key, before ? `${before}; ${message}` : message);
  }
  return found;
}

/** The names of the fields that a problem can stand at. */
export const fieldNames = (kind: RuleKind): Set<string> => new Set(["name", "kind", ...fieldGroups(kind).flatMap((g) => [...(g.key ? [g.key] : []), ...g.fields.map((f) => f.key as string)])]);

/** A rule in one line: what raises it. */
export function ruleWords(r: Rule): string {
  const window = r.window ? ` in ${r.window}` : "";
  const of = r.people ? `, at least ${plural(r.people, "person", "people")}` : "";
  const scope = Object.values(r.scope ?? {}).flat().filter((x): x is string => typeof x === "string");
  const only = scope.length > 0 ? `; only ${scope.slice(0, 3).join(", ")}${scope.length > 3 ? ` and ${scope.length - 3} more` : ""}` : "";
  const each = r.per && r.per !== "everything" ? ` of a ${r.per.replace("-", " ").replace("center", "centre")}` : "";
  const words: Record<RuleKind, () => string> = {
    incident: () => `${r.personal ? "an incident of one person" : "an incident"}${r.causes?.length ? ` by ${r.causes.join(" or ")}` : ""}${of}`,
    person: () => `${r.minutes ?? USUAL.minutes} bad minutes of one person${window}`,
    share: () => `${r.share_pct ?? 0} % of minutes${each} bad${window}${of}`,
    drops: () => `${r.share_pct ?? 0} % of people${each} fell out${window}${of}`,
    phone: () => `${plural(r.calls ?? 1, "call", "calls")} below MOS ${r.mos ?? 0}${window}`,
    burn: () => `budget of ${Math.round((100 - (r.objective_pct ?? 0)) * 10) / 10} % poor and bad minutes used up too fast: ${(r.burns ?? []).map((b) => `${b.factor}× in ${b.long}`).join(", ")}`,
    absence: () => `${healthWord(r)}${r.for ? `, for ${r.for}` : ""}`,
    version: () => `a client version not seen in a month${of}`,
    promql: () => `${r.expr ?? ""}${r.for ? `, for ${r.for}` : ""}`,
  };
  return words[r.kind]() + only;
}
