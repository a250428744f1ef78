// Grades: their order, their words, and counting them.
import type { Grade, GradeCount } from "../api/types.ts";

/** Worst first. Unclassified is no verdict, and comes last. */
export const WORST_FIRST: readonly Grade[] = ["bad", "poor", "fair", "good", "unclassified"];

const RANK: Record<Grade, number> = { unclassified: 0, good: 1, fair: 2, poor: 3, bad: 4 };

/** A greater rank is worse. Unclassified loses against every verdict. */
export const rank = (grade: Grade): number => RANK[grade];

export const isGrade = (text: string): text is Grade => Object.hasOwn(RANK, text);

export const worse = (a: Grade, b: Grade): Grade => (RANK[a] >= RANK[b] ? a : b);

export const noGrades = (): GradeCount => ({ good: 0, fair: 0, poor: 0, bad: 0, unclassified: 0 });

export function countGrades(grades: Iterable<Grade>): GradeCount {
  const count = noGrades();
  for (const grade of grades) count[grade]++;
  return count;
}

/** How many have a verdict. */
export const classified = (c: GradeCount): number => c.good + c.fair + c.poor + c.bad;

export const total = (c: GradeCount): number => classified(c) + c.unclassified;

export function worstOf(c: GradeCount): Grade {
  return WORST_FIRST.find((grade) => c[grade] > 0 && grade !== "unclassified") ?? "unclassified";
}
