// One medium of a meeting alone: what each minute was by audio, by video or by sharing, as if there were nothing else.
import type { Grade, Minute } from "../api/types.ts";
import { mediaWord } from "./format.ts";
import { noGrades, rank, worse } from "./grade.ts";
import { byTrouble, type Attendee } from "./verdict.ts";

export const MEDIA = ["audio", "video", "share"] as const;
export type Medium = (typeof MEDIA)[number];

export const isMedium = (text: string | undefined): text is Medium => MEDIA.some((m) => m === text);

/** "audio", "video", "sharing". */
export const mediumWord = (medium: Medium): string => mediaWord(medium);

/** Where the two directions of a medium stand among a minute's slots. */
const SLOTS: Record<Medium, readonly [number, number]> = { audio: [0, 1], video: [2, 3], share: [4, 5] };

/** The worse of both directions of a medium in a minute. */
export const gradeIn = (medium: Medium, m: Minute): Grade => {
  const [sent, received] = SLOTS[medium];
  return worse(m.slots[sent] ?? "unclassified", m.slots[received] ?? "unclassified");
};

/** A minute by one medium: its grade, and of what decided it and caused it only what is about that medium. */
export function minuteIn(medium: Medium, m: Minute): Minute {
  const grade = gradeIn(medium, m);
  const own = m.reason?.media === medium;
  if (grade === m.grade && own) return m;
  const { reason, why: _, cause, ...rest } = m;
  return {
    ...rest, grade,
    ...(grade === "unclassified" ? { why: m.why === "no-report" ? m.why : "idle" } : {}),
    ...(reason && own && grade === m.grade ? { reason } : {}),
    // A cause is found for the whole minute: it stands where the medium had trouble.
    ...(cause && rank(grade) >= rank("poor") ? { cause } : {}),
  };
}

/** The people of a meeting by one medium, who has most trouble with it first. */
export function peopleIn(medium: Medium, people: readonly Attendee[]): Attendee[] {
  return people.map((p) => {
    const minutes = p.minutes.map((m) => minuteIn(medium, m));
    const count = noGrades();
    for (const m of minutes) count[m.grade]++;
    return { ...p, minutes, count };
  }).sort(byTrouble);
}
