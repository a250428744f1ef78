// Alerts in words: their order, what fires, who was told, and the lines of a timeline.
import type { AlertDetail, AlertLine, AlertReceiver, AlertRow } from "../api/types.ts";
import { plural } from "./format.ts";
import { millis } from "./time.ts";
import type { Verdict } from "./verdict.ts";

export type AlertSeverity = AlertRow["severity"];
export const SEVERITIES: readonly AlertSeverity[] = ["critical", "warning", "info"];
export const alertRank = (s: AlertSeverity): number => ({ critical: 3, warning: 2, info: 1 })[s];

/** What becomes of an alert that fires: told to receivers, or why not. */
export type How = "new" | "acknowledged" | "silenced" | "explained";
export const HOWS: readonly How[] = ["new", "acknowledged", "silenced", "explained"];

export const howOf = (r: AlertRow): How =>
  r.ack ? "acknowledged" : (r.silenced_by?.length ?? 0) > 0 ? "silenced" : r.inhibited === true || r.explained === true ? "explained" : "new";

export const howWord = (h: How): string => ({ new: "not acknowledged", acknowledged: "acknowledged", silenced: "silenced", explained: "told as its cause" })[h];
export const howHint = (h: How): string => ({
  new: "Nobody has taken it on yet; it is repeated to the receivers", acknowledged: "Somebody has taken it on; it is not repeated", silenced: "A silence keeps it from the receivers",
  explained: "An incident explains it, and people are told of that one instead",
})[h];

/** Worst first: what nobody has taken on before what is silenced or explained, then severity, people, the newest. */
const worstAlertFirst = (a: AlertRow, b: AlertRow): number =>
  quiet(a) - quiet(b) || alertRank(b.severity) - alertRank(a.severity) || (b.affected ?? 0) - (a.affected ?? 0) || millis(b.raised) - millis(a.raised) || (a.id < b.id ? -1 : 1);
const quiet = (r: AlertRow): number => (["silenced", "explained"].includes(howOf(r)) ? 1 : 0);

const endedFirst = (a: AlertRow, b: AlertRow): number => millis(b.ended) - millis(a.ended) || (a.id < b.id ? -1 : 1);

/** A line of the list: a section's heading, or an alert, which has an id. */
export interface AlertEntry { key: string; section: "firing" | "past"; id?: string }

/** All lines from top to bottom: what fires, worst first, then what is over, newest first. */
export function alertLines(firing: readonly AlertRow[], past: readonly AlertRow[]): AlertEntry[] {
  const now = new Set(firing.map((r) => r.id));
  const part = (section: AlertEntry["section"], rows: readonly AlertRow[]): AlertEntry[] =>
    rows.length === 0 ? [] : [{ key: section, section }, ...rows.map((r): AlertEntry => ({ key: r.id, section, id: r.id }))];
  // An alert that was raised again between two answers stands in both: it fires.
  return [...part("firing", firing.toSorted(worstAlertFirst)), ...part("past", past.filter((r) => !now.has(r.id)).toSorted(endedFirst))];
}

/** What fires now, in a sentence. */
export function alertsVerdict(firing: readonly AlertRow[], past: readonly AlertRow[], days: number): Verdict {
  const over = past.length === 0 ? ` None in the last ${days} days either.` : ` ${plural(past.length, "alert is", "alerts are")} over, of the last ${days} days.`;
  const worst = firing.toSorted(worstAlertFirst)[0];
  if (!worst) return { grade: "good", pieces: [{ text: "No alert fires.", strong: true }, { text: over }] };
  const open = firing.filter((r) => howOf(r) === "new").length;
  const taken = open === 0 ? ", each of them acknowledged, silenced or explained" : open < firing.length ? `, ${open} of them not acknowledged` : "";
  return {
    grade: open === 0 ? "fair" : worst.severity === "critical" ? "bad" : worst.severity === "warning" ? "poor" : "fair",
    pieces: [{ text: plural(firing.length, "alert fires", "alerts fire"), strong: true }, { text: `${taken}. Worst: ${worst.title}.` }],
  };
}

/** How long an alert has fired, or did. Its title says how long the trouble lasts, which begins earlier and is over earlier. */
export const alertDuration = (r: AlertRow, now: number): number => Math.max(0, (r.ended ? millis(r.ended) : now) - millis(r.raised));

/** How many minutes it is about: an incident and a budget count poor ones as well. */
export function alertMinutes(r: AlertRow): string {
  if (!r.minutes) return "";
  const poor = r.kind === "incident" || r.kind === "burn";
  return plural(r.minutes, poor ? "poor or bad minute" : "bad minute", poor ? "poor and bad minutes" : "bad minutes");
}

/** Where the thing is shown that an alert is about. */
export type SubjectPage = { to: "/incidents/$id" | "/people/$id" | "/meetings/$id" | "/sites/$id"; id: string; label: string } | { to: "/ingest"; label: string };

export function subjectPages(r: AlertRow): SubjectPage[] {
  const found: SubjectPage[] = [];
  if (r.incident) found.push({ to: "/incidents/$id", id: r.incident, label: r.explained ? "The incident that explains it" : "The incident" });
  if (r.subject_kind === "health") found.push({ to: "/ingest", label: "Ingest health" });
  if (!r.subject) return found;
  if (r.subject_kind === "person") found.push({ to: "/people/$id", id: r.subject, label: "The person" });
  if (r.subject_kind === "meeting") found.push({ to: "/meetings/$id", id: r.subject, label: "The meeting" });
  if (r.subject_kind === "site") found.push({ to: "/sites/$id", id: r.subject, label: "The site" });
  return found;
}

/** Who was told: each receiver with its latest answer. */
export interface Told { receiver: string; at: number; by: string; refused: boolean; text: string }

export function toldOf(alert: AlertDetail): Told[] {
  const last = new Map<string, Told>();
  for (const line of alert.timeline) {
    if (!line.who || (line.what !== "notified" && line.what !== "refused")) continue;
    const text = line.text ?? "";
    const by = /^[\w-]+/.exec(text)?.[0] ?? "";
    last.set(`${line.who} ${by}`, { receiver: line.who, at: millis(line.at), by, refused: line.what === "refused", text: line.what === "refused" ? text.slice(text.indexOf(":") + 1).trim() : "" });
  }
  return [...last.values()];
}

/** What a line of the timeline says, and what stands below it. */
export function alertLineWords(line: AlertLine): { what: string; detail: string } {
  const detail = line.text ?? "";
  switch (line.what) {
    case "raised": return { what: "Raised", detail };
    case "escalated": return { what: "More severe", detail };
    case "grew": return { what: "More people", detail };
    case "cleared": return { what: "Cleared", detail };
    case "ended": return { what: "Ended without recovery", detail };
    case "acknowledged": return { what: `Acknowledged by ${line.who || "somebody"}`, detail };
    case "notified": return { what: `${line.who || "A receiver"} told`, detail };
    case "refused": return { what: `${line.who || "A receiver"} did not take it`, detail };
    default: return { what: "Changed", detail };
  }
}

/** Whether receivers take what they are sent, in a sentence. Undefined where there are none. */
export function receiversVerdict(all: readonly AlertReceiver[]): string | undefined {
  if (all.length === 0) return undefined;
  const failing = all.filter((r) => r.integrations.some((i) => i.failing_since)).map((r) => r.name);
  return failing.length === 0 ? `${plural(all.length, "receiver is", "receivers are")} told` : `${failing.join(", ")} ${failing.length === 1 ? "does" : "do"} not take alerts`;
}
