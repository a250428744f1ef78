// Incidents in words: their order, what is open, and the lines of a timeline.
import type { Cause, IncidentLine, IncidentRow, IncidentState, Severity } from "../api/types.ts";
import { CAUSES, causeWord, cellWord, isCause } from "./cause.ts";
import { plural } from "./format.ts";
import { millis } from "./time.ts";
import type { Verdict } from "./verdict.ts";

const SEVERITY: Record<Severity | "", number> = { critical: 3, major: 2, minor: 1, "": 0 };
export const severityRank = (s: IncidentRow["severity"]): number => SEVERITY[s];

export const STATES: readonly IncidentState[] = ["open", "quiet", "closed", "no-data"];

const STATE_WORDS: Record<IncidentState, string> = { open: "open", quiet: "quiet", closed: "closed", "no-data": "no data", merged: "merged" };
export const stateWord = (s: IncidentRow["state"]): string => (s === "" ? "unknown" : STATE_WORDS[s]);

const STATE_HINTS: Record<IncidentState, string> = {
  open: "People suffer from it now", quiet: "Its cause is not seen any more; it opens again if that comes back within ten minutes", closed: "Recovered",
  "no-data": "Nobody reported any more, which is not a recovery", merged: "Turned out to be a part of another incident",
};
export const stateHint = (s: IncidentRow["state"]): string => (s === "" ? "" : STATE_HINTS[s]);

/** The greatest first: severity, then people, then minutes, then the newest. */
export const greatestFirst = (a: IncidentRow, b: IncidentRow): number =>
  severityRank(b.severity) - severityRank(a.severity) || b.affected - a.affected || b.minutes - a.minutes || millis(b.start) - millis(a.start) || (a.id < b.id ? -1 : 1);

const newestFirst = (a: IncidentRow, b: IncidentRow): number => millis(b.end ?? b.updated ?? b.start) - millis(a.end ?? a.updated ?? a.start) || (a.id < b.id ? -1 : 1);

export interface Group { cause: Cause; rows: IncidentRow[] }

/** By cause; the group with the greatest incident first. Open ones greatest first, past ones newest first. */
export function byCause(rows: readonly IncidentRow[], open: boolean): Group[] {
  const groups = CAUSES.map((cause): Group => {
    const own = rows.filter((r) => r.cause === cause).sort(open ? greatestFirst : newestFirst);
    return { cause, rows: own };
  }).filter((g) => g.rows.length > 0);
  return groups.sort((a, b) => {
    const [x, y] = [[...a.rows].sort(greatestFirst)[0], [...b.rows].sort(greatestFirst)[0]];
    return x && y ? greatestFirst(x, y) : 0;
  });
}

/** A line of the list: a heading, a cause, an incident. The key says which. */
export interface ListEntry { key: string; kind: "section" | "cause" | "incident"; section: "open" | "past"; cause?: Cause; id?: string }

/** All lines of the list from top to bottom: what is open, then what is over; each by cause. */
export function listOf(open: readonly IncidentRow[], past: readonly IncidentRow[]): ListEntry[] {
  const part = (section: "open" | "past", rows: readonly IncidentRow[]): ListEntry[] => rows.length === 0 ? [] : [
    { key: section, kind: "section", section },
    ...byCause(rows, section === "open").flatMap((g): ListEntry[] => [
      { key: `${section} ${g.cause}`, kind: "cause", section, cause: g.cause },
      ...g.rows.map((r): ListEntry => ({ key: r.id, kind: "incident", section, cause: g.cause, id: r.id })),
    ]),
  ];
  return [...part("open", open), ...part("past", past)];
}

/** What is wrong now, in a sentence. */
export function incidentsVerdict(open: readonly IncidentRow[], past: readonly IncidentRow[]): Verdict {
  const recent = past.length === 0 ? " None in the last 24 hours either." : ` ${plural(past.length, "other", "others")} in the last 24 hours.`;
  if (open.length === 0) return { grade: "good", pieces: [{ text: "No incident is open.", strong: true }, { text: recent }] };
  const shared = open.filter((r) => !r.personal);
  const alone = open.length - shared.length;
  const worst = [...open].sort(greatestFirst)[0];
  const pieces: Verdict["pieces"] = [{ text: `${plural(open.length, "incident is open", "incidents are open")}`, strong: true }];
  if (shared.length > 0 && alone > 0) pieces.push({ text: `, ${alone} of them about one person alone` });
  pieces.push({ text: `. Greatest: ${worst?.sentence ?? ""}.` });
  return { grade: worst && severityRank(worst.severity) >= 2 ? "bad" : "poor", pieces };
}

/** How long an incident has lasted, or lasted. */
export const durationOf = (r: IncidentRow, now: number): number => Math.max(0, (r.end ? millis(r.end) : now) - millis(r.start));

/** What a line of the timeline says, and what stands below it. */
export function lineWords(line: IncidentLine): { what: string; detail: string } {
  const people = line.inside.of > 1 ? `${line.inside.bad} of ${plural(line.inside.of, "person", "people")} bad` : "";
  const cause = isCause(line.cause) ? causeWord(line.cause) : "";
  const cell = line.cell ? cellWord(line.cell) : "";
  const place = cause && cell.startsWith(cause) ? [cell] : [cause, cell]; // "ISP X" says that it is the ISP
  const join = (...parts: string[]) => parts.filter(Boolean).join(" · ");
  switch (line.what) {
    case "opened": return { what: "Opened", detail: join(...place, people) };
    case "grew": return { what: "Grew", detail: people };
    case "renamed": return { what: `Now ${place.filter(Boolean).join(", ") || "under another name"}`, detail: people };
    case "joined": return { what: "Another incident turned out to be a part of it", detail: people };
    case "calmed": return { what: "Quiet: its cause is not seen any more", detail: people && `${people} when it was seen last` };
    case "reopened": return { what: "Came back", detail: people };
    case "ended": return { what: line.other ? "Merged into another incident" : "Ended", detail: line.other ? people : "" };
    default: return { what: "Changed", detail: people };
  }
}
