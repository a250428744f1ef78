// Small worlds for the tests of this folder.
import type { Grade, Minute, SegmentRow } from "../api/types.ts";
import { noGrades } from "./grade.ts";

export const T0 = Date.parse("2026-11-12T08:00:00Z");
export const at = (minute: number, second = 0): string => new Date(T0 + minute * 60_000 + second * 1000).toISOString();

/** A minute of a grade, with a reason for what is fair or worse. */
export function minute(m: number, grade: Grade, value = 12): Minute {
  const made: Minute = { at: at(m), grade, slots: Array<Grade>(8).fill("unclassified") };
  if (grade === "fair" || grade === "poor" || grade === "bad") {
    made.reason = { text: `audio sent, loss ${value} %, ${grade} from 10 %`, wire: "audio_output", media: "audio", direction: "send", metric: "loss_avg_pct", value, bound: 10 };
  }
  return made;
}

/** "ggFPB" as minutes from 0: the letters of the grades; "." is no minute, "u" unclassified. */
export function minutes(letters: string): Minute[] {
  const grades: Record<string, Grade> = { g: "good", F: "fair", P: "poor", B: "bad", u: "unclassified" };
  return [...letters].flatMap((c, i) => (grades[c] ? [minute(i, grades[c])] : []));
}

export function segment(id: string, person: string, part: Partial<SegmentRow> = {}): SegmentRow {
  return { id, meeting: "m", person: { id: `p-${person}`, name: person }, in_meeting_id: id, join: at(0), present: true, reported: true, grade: "good", minutes: noGrades(), ...part };
}
