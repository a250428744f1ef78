// The one rule by which the minutes of many people are judged, wherever they stand: a day, a site, a network, an hour of the week.
// What counts is the share of good and fair minutes, and it is held against the target (grades.target_pct), as a service level is:
// a site is not fine while one minute in fourteen there is poor, however few are bad. Single people, joins and meetings have grades
// of their own, which the API tells.
import type { Grade, GradeCount, SiteWeek } from "../api/types.ts";
import { count, plural } from "./format.ts";
import { classified } from "./grade.ts";

/** Where the API has not said it yet. */
export const DEFAULT_TARGET = 95;

/** A rate of fewer people or minutes says more about one of them than about the group. */
export const LEAST_PEOPLE = 10;
export const LEAST_MINUTES = 60;

/** Minutes by grade, and of how many people. */
export interface Sum { people: number; minutes: GradeCount }

/** The share of classified minutes that are good or fair, in percent; undefined of none. */
export const okShare = (c: GradeCount): number | undefined => (classified(c) === 0 ? undefined : (100 * (c.good + c.fair)) / classified(c));

/** A share in percent with one decimal, never rounded up: what is under a bound is shown under it. "–" of nothing. */
export function pctText(share: number | undefined): string {
  if (share === undefined || Number.isNaN(share)) return "–";
  return share >= 100 ? "100" : (Math.floor(share * 10 + 1e-6) / 10).toFixed(1);
}

/** Under which shares one is fair, and bad; under the target itself it is poor. */
export const shareBounds = (target: number): { fair: number; bad: number } => ({ fair: Math.round((target + 0.6 * (100 - target)) * 10) / 10, bad: target - 10 });

/** From which grade a share of good and fair minutes is: under the target poor, ten points under it bad, within three fifths of the way from it to 100 fair. */
export function shareGrade(share: number, target: number): Exclude<Grade, "unclassified"> {
  const { fair, bad } = shareBounds(target);
  return share < bad ? "bad" : share < target ? "poor" : share < fair ? "fair" : "good";
}

/** Why a group is too small to be judged, as a cell says it; "" where it is not. */
export const fewWords = (s: Sum): string => (s.people < LEAST_PEOPLE ? `under ${LEAST_PEOPLE}` : classified(s.minutes) < LEAST_MINUTES ? `under ${LEAST_MINUTES} min` : "");

/** How small it is. */
export const sizeWords = (s: Sum): string => `${plural(s.people, "person", "people")}, ${plural(classified(s.minutes), "minute", "minutes")}`;

/** The verdict about a group: unclassified where there are no minutes, or too few. */
export function groupGrade(s: Sum, target: number): Grade {
  const share = okShare(s.minutes);
  return share === undefined || fewWords(s) !== "" ? "unclassified" : shareGrade(share, target);
}

/** Least good first; what cannot be judged comes last. */
export function leastGoodFirst(a: Sum, b: Sum): number {
  const of = (s: Sum) => (fewWords(s) === "" ? (okShare(s.minutes) ?? 101) : 101);
  return of(a) - of(b);
}

/** How a share stands against the target, in words. */
export function targetWords(share: number | undefined, target: number): string {
  if (share === undefined) return `target ${target} %`;
  // From the share as it is shown, so that both figures add up to the target.
  const gap = target - Number(pctText(share));
  return share < target ? `${gap.toFixed(1)} below the target of ${target} %` : `target of ${target} % met`;
}

type WeekHour = SiteWeek["hours"][number];

/** An hour of the week: its grade, and how many percent of its minutes were poor or bad. Unclassified with too few minutes. */
export function hourGrade(hour: WeekHour, target: number): { grade: Grade; pct: number } {
  const pct = hour.minutes === 0 ? 0 : (100 * (hour.bad + hour.poor)) / hour.minutes;
  return { grade: hour.minutes < LEAST_MINUTES ? "unclassified" : shareGrade(100 - pct, target), pct };
}

/** An hour of the week in words. */
export const hourWords = (hour: WeekHour): string => `${count(hour.bad + hour.poor)} of ${count(hour.minutes)} minutes poor or bad, ${count(hour.bad)} of them bad; up to ${plural(hour.people, "person", "people")}`;
