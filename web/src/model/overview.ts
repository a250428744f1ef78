// The overview in words and figures: what matters now, how the day compares with its target and with the week before, how
// far the figures can be trusted. Everything is made of what the API counted.
import type { CellRef, GradeCount, Ingest, NowGroup, OverviewNow } from "../api/types.ts";
import { inSentence, isCause } from "./cause.ts";
import { capital, count, networkWord, plural } from "./format.ts";
import { classified, total } from "./grade.ts";
import { stoppedFor } from "./stopped.ts";
import { okShare, pctText } from "./target.ts";
import { millis, span } from "./time.ts";
import type { Piece, Verdict } from "./verdict.ts";

/** How people are now, in one sentence; placed says where most of those are who are bad. */
export function overviewVerdict(now: OverviewNow, placed: boolean): Verdict {
  if (!now.received) return { grade: "unclassified", pieces: [{ text: "Nothing has been received from Zoom yet", strong: true }, { text: ", so there is nothing to tell." }] };
  const stopped = stoppedFor(now);
  if (stopped > 0 && now.people === 0) return { grade: "unclassified", pieces: [{ text: "Nobody is known to be in a meeting right now", strong: true }, { text: `: nothing has come from Zoom for ${span(stopped)}.` }] };
  const { bad, poor } = now.by_grade;
  const calls: Piece[] = now.calls_bad > 0 ? [{ text: ` ${count(now.calls_bad)} of ${plural(now.calls, "phone call", "phone calls")} ${now.calls_bad === 1 ? "is" : "are"} bad${bad > 0 ? " as well" : ""}.` }] : [];
  if (now.people === 0) {
    if (now.calls_bad > 0) return { grade: "bad", pieces: [{ text: `${count(now.calls_bad)} of ${plural(now.calls, "phone call", "phone calls")} ${now.calls_bad === 1 ? "is" : "are"} bad right now`, strong: true }, { text: "; no meeting is running." }] };
    return { grade: "unclassified", pieces: [{ text: "Nobody is in a meeting right now", strong: true }, { text: now.calls > 0 ? `; ${plural(now.calls, "phone call is", "phone calls are")} running.` : "." }] };
  }
  const meetings = plural(now.meetings, "meeting", "meetings");
  if (bad > 0) {
    const who = now.people > 1 ? `${count(bad)} of the ${count(now.people)} people in ${meetings}` : "The only person in a meeting";
    return { grade: "bad", pieces: [
      { text: `${who} cannot hear or be heard well right now`, strong: true }, { text: `${placed ? where(now) : ""}${poor > 0 ? `; ${count(poor)} more ${poor === 1 ? "has a poor minute" : "have a poor minute"}` : ""}.` }, ...calls,
    ] };
  }
  if (classified(now.by_grade) === 0) return { grade: "unclassified", pieces: [{ text: "No verdict yet", strong: true }, { text: `: no report about the ${plural(now.people, "person", "people")} in ${meetings} could be graded.` }] };
  return { grade: calls.length > 0 ? "bad" : poor > 0 ? "poor" : "good", pieces: [
    { text: "Nobody has a bad minute right now", strong: true }, { text: `, of ${plural(now.people, "person", "people")} in ${meetings}.${poor > 0 ? ` ${plural(poor, "person has", "people have")} a poor one.` : ""}` }, ...calls,
  ] };
}

// Where most of the bad ones are: ", 17 of them at Lyon (local network)".
function where(now: OverviewNow): string {
  const { bad } = now.by_grade;
  const shared = now.groups.find((g) => g.cell && g.people > 1 && isCause(g.cause));
  if (shared?.cell) return `, ${ofThem(shared.people, bad)} ${placeWords(shared.cell)}${shared.cell.scope === "sender" ? "" : ` (${groupCause(shared)})`}`;
  const [site] = now.sites;
  if (site && site.bad > 1 && site.bad * 2 > bad) return `, ${ofThem(site.bad, bad)} at ${site.site.name}`;
  const alone = now.groups.find((g) => g.people > 1);
  return alone ? `, ${ofThem(alone.people, bad)} ${aloneWords(alone)}` : "";
}

const ofThem = (n: number, all: number): string => (n >= all ? "all of them" : `${count(n)} of them`);

const groupCause = (g: NowGroup): string => (isCause(g.cause) ? inSentence(g.cause) : "not explained yet");

const aloneWords = (g: NowGroup): string =>
  g.cause === "device" ? "with a busy computer or headset of their own" : g.cause === "wifi" ? "on a weak Wi-Fi of their own" : g.cause === "unknown" ? "of unknown cause"
    : isCause(g.cause) ? `because of ${inSentence(g.cause)}` : "not explained yet";

/** Where a cause sits, after a number of people: "at Lyon", "on Arvel Fibre". */
function placeWords(cell: CellRef): string {
  const site = cell.site?.name ?? "";
  const name = cell.name ?? "";
  const inside = site ? ` in ${site}` : "";
  switch (cell.scope) {
    case "site": return `at ${site || "one site"}`;
    case "site-wifi": return `on the Wi-Fi at ${site || "one site"}`;
    case "subnet": return `on ${name}${inside}`;
    case "subnet-wifi": return `on the Wi-Fi of ${name}${inside}`;
    case "isp": return `on ${name}`;
    case "data-center": return `connected to ${name}`;
    case "client-version": return `with client ${name}`;
    case "vpn": return `behind ${name.startsWith("VPN") ? name : `VPN ${name}`}`;
    case "transport": return `over ${name || "TCP"}${site ? ` at ${site}` : ""}`;
    case "meeting": return "in one meeting";
    case "sender": return "hearing one sender";
    default: return "together";
  }
}

/** Those who are bad on their own or without a place, in words: "2 unknown, 1 device". */
export function looseWords(groups: readonly NowGroup[]): string {
  return groups.filter((g) => !g.cell).map((g) => `${count(g.people)} ${isCause(g.cause) ? (g.cause === "unknown" ? "of unknown cause" : inSentence(g.cause)) : "not explained yet"}`).join(", ");
}

/** A difference in percentage points: "+1.9", "−7.3", "±0.0". */
export function points(change: number): string {
  const text = Math.abs(change).toFixed(1);
  return text === "0.0" ? "±0.0" : `${change > 0 ? "+" : "\u2212"}${text}`;
}

/** One step of a day's timeline: how far from midnight it begins, and what it counted. */
export interface Step { offset: number; counts: GradeCount; share: number | undefined }

/** A share of fewer minutes than this jumps up and down for one person. */
const LEAST_STEP = 20;

/** A day's steps by their distance from midnight, so that two days can be laid over each other. */
export const stepsOf = (timeline: readonly ({ at: string } & GradeCount)[], midnight: number): Step[] =>
  timeline.map((s) => ({ offset: millis(s.at) - midnight, counts: s, share: classified(s) >= LEAST_STEP ? okShare(s) : undefined }));

/** What a chart of the day spans, as distances from midnight: whole hours around what there is, four at least. */
export function daySpan(steps: readonly Step[], before: readonly Step[], now: number): { from: number; to: number } {
  const hour = 3_600_000;
  const offsets = [...steps, ...before].map((s) => s.offset);
  const from = Math.max(0, Math.floor(Math.min(now, ...offsets) / hour) * hour);
  const to = Math.max(from + 4 * hour, Math.ceil((Math.max(now, ...offsets) + 1) / hour) * hour);
  return { from: Math.min(from, Math.max(0, 24 * hour - 4 * hour)), to: Math.min(25 * hour, to) };
}

/** The least share that a chart needs to show: a round number under everything, and under the target. */
export function shareFloor(shares: readonly number[], target: number): number {
  return Math.max(0, Math.min(90, 5 * Math.floor((Math.min(target, ...shares) - 1) / 5)));
}

/** A step in words, for a reader and under the pointer. */
export function stepWords(c: GradeCount): string {
  const n = classified(c);
  if (n === 0) return total(c) === 0 ? "no minutes" : `${count(c.unclassified)} minutes without a verdict`;
  return `${pctText(okShare(c))} % good of ${plural(n, "minute", "minutes")}: ${count(c.bad)} bad, ${count(c.poor)} poor, ${count(c.fair)} fair`;
}

export interface Trust { word: "high" | "medium" | "low" | "unknown"; why: string }

/** How far the figures can be trusted: what is missing, what is late, and what Ingest health complains of. */
export function trustOf(now: OverviewNow | undefined, ingest: Ingest | undefined): Trust {
  const missing = now?.coverage.missing_pct;
  const error = ingest?.notices.find((n) => n.severity === "error");
  if (ingest && !ingest.receiver) return { word: "low", why: "The receiver does not answer: nothing new can come in." };
  const stopped = stoppedFor(now);
  if (stopped > 0 && now?.cut_off) return { word: "low", why: `Nothing has come from Zoom for ${span(stopped)}.` };
  if (error) return { word: "low", why: error.text };
  if (stopped > 0) return { word: "unknown", why: `Nothing has come from Zoom for ${span(stopped)}, which a night would explain.` };
  if (missing !== undefined && missing > 10) return { word: "low", why: `${pctText(missing)} % of the minutes that were due never came.` };
  const warning = ingest?.notices.find((n) => n.severity === "warning");
  if (missing !== undefined && missing > 2) return { word: "medium", why: `${pctText(missing)} % of the minutes that were due have not come.` };
  if (ingest && ingest.applied.backlog > 10_000) return { word: "medium", why: `${count(ingest.applied.backlog)} events wait to be applied.` };
  if (warning) return { word: "medium", why: warning.text };
  if (missing === undefined || !ingest) return { word: "unknown", why: missing === undefined ? "No report is due yet." : "Ingest health has not been read." };
  return { word: "high", why: "Nothing is missing that would change the picture." };
}

const DIMENSIONS: Record<string, string> = { site: "site", network: "network", "data-center": "data centre", "client-version": "client", isp: "ISP" };
export const dimensionWord = (dimension: string): string => DIMENSIONS[dimension] ?? dimension;

/** Zoom's word for a network as people write it. */
export const networkName = (network: string | undefined): string => (network ? capital(networkWord(network)) : "Unknown");

/** The weekday of an instant by the clock of a zone: "Friday". */
export const weekday = (at: number, zone: string): string => new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: zone }).format(at);
