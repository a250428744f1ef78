// The grade strip: minutes as cells on one line, severity as height. Runs of good join into one line; every other minute
// is a cell of its own; where nothing was reported there is a hole with an outline, a dotted line where somebody was in a breakout room, and nothing
// where nobody was.
import type { Grade, Minute, Why } from "../api/types.ts";
import { millis } from "./time.ts";

const MINUTE = 60_000;

/** A stretch of a strip, in minutes from its start. */
export interface Cell { start: number; length: number; kind: Grade | "no-report" | "dropped" | "room" }

/** When somebody was there: from a join to a leave, NaN for an open end. */
export interface Presence { join: number; leave: number }

/** A stay in a breakout room: no leave, NaN, is until now. */
export type Stay = Presence;

export interface StripOptions {
  from: number;
  to: number;
  minutes: readonly Minute[];
  /** The joins, oldest first. Minutes of an absence are left empty; a short absence between two joins is a drop. */
  presence?: readonly Presence[];
  /** Stays in breakout rooms, which Zoom reports elsewhere: their minutes are not missing. */
  rooms?: readonly Stay[];
  /** Which grade of a minute counts; the minute's own by default. */
  grade?: (minute: Minute) => Grade;
}

/** How long somebody may be away between two joins for it to be a drop, and not another visit. */
const DROP_MS = 5 * MINUTE;

/** The cells of a strip, left to right. */
export function stripCells(o: StripOptions): Cell[] {
  // An axis that is not known yet has no cells.
  const length = Math.max(0, Math.ceil((o.to - o.from) / MINUTE)) || 0;
  const kinds: (Cell["kind"] | "")[] = Array<Cell["kind"] | "">(length).fill("");
  markAbsence(kinds, o);
  markRooms(kinds, o);
  for (const minute of o.minutes) {
    const i = Math.floor((millis(minute.at) - o.from) / MINUTE);
    if (i < 0 || i >= length) continue;
    const grade = o.grade ? o.grade(minute) : minute.grade;
    const silent = grade === "unclassified" && minute.why === ("no-report" satisfies Why);
    kinds[i] = !silent ? grade : kinds[i] === "room" ? "room" : "no-report";
  }
  return joinRuns(kinds);
}

// Before the minutes are drawn: where the person was present, a minute without any row is one that Zoom did not report.
function markAbsence(kinds: (Cell["kind"] | "")[], o: StripOptions): void {
  if (!o.presence) return;
  const last = o.minutes.reduce((max, m) => Math.max(max, millis(m.at)), -Infinity);
  for (const [i, p] of o.presence.entries()) {
    // A person still there is only known up to the newest minute: what comes after is not missing, it is not yet.
    const until = Number.isNaN(p.leave) ? last : p.leave;
    const first = Math.max(0, Math.ceil((p.join - o.from) / MINUTE));
    for (let k = first; k < kinds.length && o.from + (k + 1) * MINUTE <= until; k++) kinds[k] = "no-report";
    const next = o.presence[i + 1];
    if (next && !Number.isNaN(p.leave) && next.join - p.leave <= DROP_MS) {
      const end = Math.max(Math.ceil((next.join - o.from) / MINUTE), Math.floor((p.leave - o.from) / MINUTE) + 1);
      for (let k = Math.max(0, Math.floor((p.leave - o.from) / MINUTE)); k < end && k < kinds.length; k++) kinds[k] = "dropped";
    }
  }
}

// A minute that was spent in a room, all or in part, is one of the room as long as the main meeting tells nothing of it.
function markRooms(kinds: (Cell["kind"] | "")[], o: StripOptions): void {
  for (const stay of o.rooms ?? []) {
    const end = Number.isNaN(stay.leave) ? o.to : stay.leave;
    for (let k = Math.max(0, Math.floor((stay.join - o.from) / MINUTE)); k < kinds.length && o.from + k * MINUTE < end; k++) kinds[k] = "room";
  }
}

// Cells of a kind that is drawn as one stretch are joined; a fair, poor or bad minute stays a cell of its own.
export function joinRuns(kinds: readonly (Cell["kind"] | "")[]): Cell[] {
  const cells: Cell[] = [];
  for (const [i, kind] of kinds.entries()) {
    if (kind === "") continue;
    const before = cells.at(-1);
    const joins = kind === "good" || kind === "unclassified" || kind === "no-report" || kind === "dropped" || kind === "room";
    if (joins && before?.kind === kind && before.start + before.length === i) before.length++;
    else cells.push({ start: i, length: 1, kind });
  }
  return cells;
}

/** The share of a cell that a grade fills, from the bottom. */
export const HEIGHT: Record<"good" | "fair" | "poor" | "bad", number> = { good: 0.22, fair: 0.48, poor: 0.74, bad: 1 };

/** SVG path data for all cells of one grade, in a drawing 10 units wide per minute and height units high. */
export function gradePath(cells: readonly Cell[], grade: "good" | "fair" | "poor" | "bad", height: number): string {
  const h = Math.round(HEIGHT[grade] * height * 10) / 10;
  const top = Math.round((height - h) * 10) / 10;
  return cells
    .filter((c) => c.kind === grade)
    // The last unit of a cell is the gap to the next one.
    .map((c) => `M${c.start * 10} ${top}h${c.length * 10 - 1}v${h}h-${c.length * 10 - 1}z`)
    .join("");
}

/** What a strip says, in words, for those who do not see it. */
export function stripWords(cells: readonly Cell[]): string {
  const minutes = new Map<Cell["kind"], number>();
  for (const c of cells) minutes.set(c.kind, (minutes.get(c.kind) ?? 0) + c.length);
  const order: [Cell["kind"], string][] = [["bad", "bad"], ["poor", "poor"], ["fair", "fair"], ["good", "good"], ["unclassified", "unclassified"], ["no-report", "not reported"], ["dropped", "dropped"], ["room", "in a breakout room"]];
  const parts = order.filter(([kind]) => minutes.has(kind)).map(([kind, word]) => `${minutes.get(kind)} ${word}`);
  return parts.length === 0 ? "no minutes" : `Minutes: ${parts.join(", ")}`;
}
