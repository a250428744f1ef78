// Maintenance in words, and as a form: when nobody is told, of what. What is right is decided by the server; here is only what a
// form needs to say it at the field.
import type { AlertMaintenance, AlertSpan, Maintenance, MaintenancePreview } from "../api/types.ts";
import { count, plural } from "./format.ts";
import { clock, fieldToInstant, instantToField, millis, type Zone } from "./time.ts";
import type { Verdict } from "./verdict.ts";

export type Day = NonNullable<Maintenance["days"]>[number];
/** The days of a week as people list them. */
export const DAYS: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const NAMES: Record<Day, string> = { mon: "Mon", tue: "Tue", wed: "Wed", thu: "Thu", fri: "Fri", sat: "Sat", sun: "Sun" };
export const dayName = (d: Day): string => NAMES[d];

/** What narrows it, in the order of the form: its key, and what it is called. */
export const PLACES = [
  ["rules", "Rules", "names of rules; left out: all"], ["sites", "Sites", "names, parted by commas"], ["groups", "Groups", "tags of sites, lists of people"],
  ["subnets", "Subnets", "such as 10.20.4.0/22"], ["series", "Series", "numbers of recurring meetings"], ["persons", "People", "e-mail addresses"],
] as const;
export type Place = (typeof PLACES)[number][0];

/** Maintenance as the texts of a form. from and to are RFC 3339, "" for none. */
export interface MaintenanceForm { name: string; weekly: boolean; from: string; to: string; days: readonly Day[]; start: string; end: string; zone: string; places: Readonly<Partial<Record<Place, string>>> }

const HOUR = 3_600_000;

/** A new one: for two hours from the next whole one on, or every night, by the viewer's clock. */
export function newMaintenance(now: number, zone: string): MaintenanceForm {
  const from = Math.ceil(now / HOUR) * HOUR;
  return { name: "", weekly: false, from: new Date(from).toISOString(), to: new Date(from + 2 * HOUR).toISOString(), days: [], start: "22:00", end: "04:00", zone, places: {} };
}

export function maintenanceForm(m: Maintenance, now: number, zone: string): MaintenanceForm {
  const fresh = newMaintenance(now, zone);
  const scope = (m.scope ?? {}) as Record<string, string[] | null | undefined>;
  const places = Object.fromEntries(PLACES.flatMap(([key]) => { const words = key === "rules" ? m.rules : scope[key]; return words?.length ? [[key, words.join(", ")]] : []; }));
  const weekly = !m.from;
  return { ...fresh, name: m.name, weekly, places, ...(weekly ? { days: m.days ?? [], start: m.start ?? "", end: m.end ?? "", zone: m.zone || "UTC" } : { from: m.from ?? "", to: m.to ?? "" }) };
}

const entries = (text: string): string[] => text.split(",").map((t) => t.trim()).filter(Boolean);

/** What a form says, and what of it is missing. Only what its sort has is sent. */
export function maintenanceOf(form: MaintenanceForm): { maintenance: Maintenance; problems: Map<string, string> } {
  const problems = new Map<string, string>();
  const scope: Record<string, string[]> = {};
  const maintenance: Maintenance = { name: form.name.trim() };
  for (const [key] of PLACES) {
    const words = entries(form.places[key] ?? "");
    if (words.length === 0) continue;
    if (key === "rules") maintenance.rules = words;
    else scope[key] = words;
  }
  if (Object.keys(scope).length > 0) maintenance.scope = scope as NonNullable<Maintenance["scope"]>;
  if (form.weekly) {
    Object.assign(maintenance, { start: form.start, end: form.end, zone: form.zone.trim() }, form.days.length > 0 ? { days: DAYS.filter((d) => form.days.includes(d)) } : {});
    for (const key of ["start", "end"] as const) if (form[key] === "") problems.set(key, "want a time of day");
  } else {
    for (const key of ["from", "to"] as const) if (form[key] === "") problems.set(key, "want a day and a time");
    Object.assign(maintenance, { from: form.from, to: form.to });
  }
  if (maintenance.name === "") problems.set("name", "want a name, such as what the works are");
  return { maintenance, problems };
}

/** The fields that a problem can stand at. */
export const MAINTENANCE_FIELDS: ReadonlySet<string> = new Set(["name", "from", "to", "days", "start", "end", "zone", ...PLACES.map(([key]) => (key === "rules" ? key : `scope.${key}`))]);

/** Where it stands among the others: what takes place now, what comes, and what is over. */
export type Standing = "running" | "coming" | "over";
const STANDINGS: readonly Standing[] = ["running", "coming", "over"];
export const standingOf = (m: AlertMaintenance): Standing => (m.running ? "running" : m.next?.length ? "coming" : "over");
export const standingWord = (s: Standing): string => ({ running: "Now", coming: "Coming", over: "Over" })[s];

const nextOf = (m: AlertMaintenance): AlertSpan | undefined => m.next?.[0];

/** By standing; what comes first first, of what is over the newest. */
export function byStanding(all: readonly AlertMaintenance[]): { standing: Standing; rows: AlertMaintenance[] }[] {
  const at = (m: AlertMaintenance) => { const s = standingOf(m); return s === "running" ? millis(nextOf(m)?.to) : s === "coming" ? millis(nextOf(m)?.from) : -millis(m.last?.to); };
  return STANDINGS.flatMap((standing) => {
    const rows = all.filter((m) => standingOf(m) === standing).toSorted((a, b) => (at(a) || 0) - (at(b) || 0) || (a.name < b.name ? -1 : 1));
    return rows.length > 0 ? [{ standing, rows }] : [];
  });
}

/** "Mon–Fri, Sun": three days or more in a row are a run. */
function daysWords(days: readonly Day[]): string {
  if (days.length === 0 || days.length === 7) return "every day";
  const runs: Day[][] = [];
  for (const [k, d] of DAYS.entries()) {
    if (!days.includes(d)) continue;
    const before = DAYS[k - 1];
    if (before && days.includes(before)) runs.at(-1)?.push(d);
    else runs.push([d]);
  }
  return runs.flatMap((run) => { const names = run.map(dayName); return run.length > 2 ? [`${names[0]}–${names.at(-1)}`] : names; }).join(", ");
}

/** "every day 22:00–04:00, Europe/Paris": as it was typed. "" of what takes place once. */
export const weeklyWords = (m: Maintenance): string => (m.from ? "" : `${daysWords(m.days ?? [])} ${m.start}–${m.end}, ${m.zone || "UTC"}`);

const WEEKDAY: readonly Day[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const weekdayIn = (at: number, zone: Zone): number => new Date(`${instantToField(new Date(at).toISOString(), zone)}Z`).getUTCDay();

/** The same by the viewer's clock, as it is on its next time: "Wed, Thu 21:00–03:00". "" of what takes place once, or never. */
export function weeklyHere(m: AlertMaintenance, zone: Zone): string {
  const span = nextOf(m) ?? m.last;
  if (m.from || !span) return "";
  const [from, to] = [millis(span.from), millis(span.to)];
  // Near midnight a day there is another day here.
  const shift = weekdayIn(from, zone) - weekdayIn(from, m.zone || "UTC");
  const days = (m.days ?? []).flatMap((d) => WEEKDAY[(WEEKDAY.indexOf(d) + shift + 7) % 7] ?? []);
  return `${daysWords(days)} ${clock(from, zone)}–${clock(to, zone)}`;
}

/** What it is narrowed to: "SiteBad; Lyon, Gdynia", or everything. */
export function coversWords(m: Maintenance): string {
  const some = (words: readonly string[]) => words.slice(0, 3).join(", ") + (words.length > 3 ? ` and ${count(words.length - 3)} more` : "");
  const scope = Object.values(m.scope ?? {}).flat().filter((x): x is string => typeof x === "string");
  const rules = m.rules?.length ? `${m.rules.length === 1 ? "rule" : "rules"} ${some(m.rules)}` : "all rules";
  return `${rules}, ${scope.length > 0 ? `only for ${some(scope)}` : "everywhere"}`;
}

/** The sentence above the list. */
export function maintenanceVerdict(all: readonly AlertMaintenance[]): Verdict {
  const running = all.filter((m) => m.running);
  const coming = all.filter((m) => standingOf(m) === "coming").length;
  const comes = coming > 0 ? ` ${plural(coming, "other comes", "others come")} later.` : "";
  if (running.length > 0) return { grade: "fair", pieces: [{ text: running.length === 1 ? `Maintenance takes place now: ${running[0]?.name}.` : `${running.length} sorts of maintenance take place now.`, strong: true }, { text: ` What is covered is told at the end, if it still holds then.${comes}` }] };
  return { grade: "good", pieces: [{ text: "No maintenance takes place now.", strong: true }, { text: ` Whatever a rule finds is raised.${coming > 0 ? ` ${coming === 1 ? "One span comes" : `${count(coming)} spans come`}.` : ""}` }] };
}

/** What a preview says of the past. */
export function keptBackWords(p: MaintenancePreview): { strong: string; rest: string } {
  const looked = p.shifted ? `in the same hours of the ${plural(p.spans, "week", "weeks")} before` : "in the last 30 days";
  if (p.covered === 0) return { strong: "No alert of the last 30 days is of this sort.", rest: "" };
  if (p.spans === 0) return { strong: `It covers ${plural(p.covered, "alert", "alerts")} of the last 30 days.`, rest: " It did not take place in them." };
  const late = p.held === 0 ? "" : p.late === 0 ? " None of them outlasted it." : ` ${p.late === p.held ? (p.held === 1 ? "It" : "All of them") : count(p.late)} outlasted it: told at its end.`;
  return { strong: `It would have kept back ${p.held === 0 ? "none" : count(p.held)} of ${plural(p.covered, "alert", "alerts")}`, rest: ` that it covers, ${looked}.${late}` };
}

/** The fields of a span that takes place once, by the viewer's clock. */
export const onceField = { text: instantToField, instant: fieldToInstant };
