// Whom an incident reached and where: strips on the axis that the whole page has, and meetings with what is known of them.
import type { IncidentDetail, IncidentMeeting, IncidentPeople, IncidentPerson, PersonRef } from "../api/types.ts";
import { joinRuns, type Cell } from "./strip.ts";
import { millis } from "./time.ts";

/** The time that the chart and the strips of an incident show, in steps of so many milliseconds. */
export interface Axis { from: number; to: number; step: number }

interface Span { from: string; to: string; step_seconds: number }

export const axisOf = (s: Span): Axis => ({ from: millis(s.from), to: millis(s.to), step: s.step_seconds * 1000 });

/** How many steps an axis has. */
export const stepsIn = (a: Axis): number => Math.max(1, Math.round((a.to - a.from) / a.step));

/** Where the step begins that an instant is in; NaN for one that is not on the axis. */
export const stepAt = (a: Axis, at: number): number => (at >= a.from && at < a.to ? a.from + Math.floor((at - a.from) / a.step) * a.step : NaN);

const KINDS: Readonly<Record<string, Cell["kind"]>> = { b: "bad", p: "poor", f: "fair", g: "good", u: "unclassified", n: "no-report" };

/**
 * The cells of a strip that was told on one axis, in the steps of another: of the two questions behind a page one may have been
 * asked a little earlier, when an open incident was shorter.
 */
export function reachedCells(letters: string, told: Axis, shown: Axis): Cell[] {
  const cells = joinRuns([...letters].map((letter) => KINDS[letter] ?? ""));
  if (told.from === shown.from && told.step === shown.step) return cells;
  const length = told.step / shown.step;
  return cells.map((c) => ({ kind: c.kind, start: (told.from - shown.from) / shown.step + c.start * length, length: c.length * length }));
}

/** Those of whom no minute is told: counted, and not read any more, or without a poor or bad minute in a meeting that is kept. */
export function untold(i: Pick<IncidentDetail, "people">, told: readonly IncidentPerson[]): PersonRef[] {
  const known = new Set(told.map((p) => p.person.id));
  return i.people.filter((p) => !p.id || !known.has(p.id));
}

export type TouchedMeeting = Pick<IncidentMeeting, "meeting"> & Partial<IncidentMeeting>;

/** The meetings with what is known of them, worst first; those of which nothing is known any more come last, as the incident has them. */
export function meetingsOf(i: Pick<IncidentDetail, "meetings">, told: IncidentPeople | undefined): TouchedMeeting[] {
  const known = told?.meetings ?? [];
  const ids = new Set(known.map((m) => m.meeting.id));
  return [...known, ...i.meetings.filter((m) => !ids.has(m.id)).map((meeting) => ({ meeting }))];
}
