// How many people had an incident at each time: columns for the chart, its height, its peak and the words under the pointer.
import type { GradeCount, IncidentMinutes } from "../api/types.ts";
import { plural } from "./format.ts";
import { noGrades, total } from "./grade.ts";
import { millis } from "./time.ts";

export interface Column { at: number; reached: GradeCount; others: GradeCount }

export interface Course {
  from: number; to: number; step: number;
  columns: readonly Column[];
  /** How many people fill the height. */
  full: number;
  /** Where most were poor or bad; the first of several such. */
  peak: Column | undefined;
}

/** Whom an incident is about: fair is no trouble. */
export const troubled = (c: GradeCount): number => c.bad + c.poor;

/** Of an incident about one person alone, the others are another matter. */
export function courseOf(m: IncidentMinutes, alone = false): Course {
  const step = m.step_seconds * 1000;
  const columns = m.steps.map((s): Column => ({ at: millis(s.at), reached: s.reached, others: alone ? noGrades() : s.others }));
  const peak = columns.reduce<Column | undefined>((best, c) => (troubled(c.reached) > (best ? troubled(best.reached) : 0) ? c : best), undefined);
  return { from: millis(m.from), to: millis(m.to), step, columns, full: Math.max(1, ...columns.map((c) => Math.max(total(c.reached), troubled(c.others)))), peak };
}

/** The column that an instant is in; where nobody was present there is none. */
export const columnAt = (c: Course, at: number): Column | undefined => c.columns.find((x) => at >= x.at && at < x.at + c.step);

/** Such as "24 of 29 bad or poor; 2 of 60 others in the same meetings". */
export function columnWords(c: Column): string {
  const others = total(c.others);
  return `${shareWords(c.reached)}${others > 0 ? `; ${troubled(c.others)} of ${plural(others, "other", "others")} in the same meetings` : ""}`;
}

export const shareWords = (c: GradeCount): string => {
  const words = c.bad === 0 && c.poor > 0 ? "poor" : c.poor === 0 && c.bad > 0 ? "bad" : "bad or poor";
  return `${troubled(c)} of ${total(c)} ${words}`;
};

/** Such as "by minute", "every 5 minutes". */
export const stepTitle = (step: number): string => (step <= 60_000 ? "by minute" : `every ${step / 60_000} minutes`);
