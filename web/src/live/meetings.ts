// What runs now, kept up to date by the event stream: rows that changed, meetings that ended, grades that moved.
import type { Grade, ID, LiveMeeting, LiveMeetings, MeetingDetail, MeetingMinutes, MeetingRow, Minute } from "../api/types.ts";
import { rank } from "../model/grade.ts";
import { millis } from "../model/time.ts";

/** A finished meeting stays in the list, dimmed, for this long. */
export const LINGER_MS = 60_000;
/** The words "poor → bad" stay in a row for this long. */
export const CHANGE_MS = 10_000;

export interface Change { from: Grade; to: Grade; at: number }

export interface Live {
  rows: ReadonlyMap<ID, MeetingRow>;
  /** When a meeting was seen to end, wall clock. */
  ended: ReadonlyMap<ID, number>;
  /** The newest grade change of a meeting, wall clock. */
  changes: ReadonlyMap<ID, Change>;
  /** More meetings run than were read. */
  truncated: boolean;
}

export const emptyLive = (): Live => ({ rows: new Map(), ended: new Map(), changes: new Map(), truncated: false });

/** Everything read anew. */
export function loadLive(before: Live, rows: readonly MeetingRow[], truncated: boolean): Live {
  return { rows: new Map(rows.map((r) => [r.id, r])), ended: new Map(), changes: before.changes, truncated };
}

/** One update applied. A new Live is returned; the old one stays as it was. */
export function applyLive(before: Live, update: LiveMeetings, now: number): Live {
  const rows = new Map(before.rows);
  const ended = new Map(before.ended);
  const changes = new Map(before.changes);
  for (const row of update.rows) {
    const had = rows.get(row.id);
    if (had && had.grade !== row.grade) changes.set(row.id, { from: had.grade, to: row.grade, at: now });
    rows.set(row.id, row);
    ended.delete(row.id);
  }
  for (const id of update.ended ?? []) if (rows.has(id)) ended.set(id, now);
  return forget({ ...before, rows, ended, changes }, now);
}

/** Drops what has lingered long enough. Returns the same object when there is nothing to drop. */
export function forget(live: Live, now: number): Live {
  const gone = [...live.ended].filter(([, at]) => now - at >= LINGER_MS).map(([id]) => id);
  const old = [...live.changes].filter(([, c]) => now - c.at >= CHANGE_MS).map(([id]) => id);
  if (gone.length === 0 && old.length === 0) return live;
  const rows = new Map(live.rows);
  const ended = new Map(live.ended);
  const changes = new Map(live.changes);
  for (const id of gone) {
    rows.delete(id);
    ended.delete(id);
    changes.delete(id);
  }
  for (const id of old) changes.delete(id);
  return { ...live, rows, ended, changes };
}

/** Worst first: by grade, then how many are bad, poor and fair now, then how long it has lasted, then how many people, as the API sorts. */
export function worstFirst(a: MeetingRow, b: MeetingRow): number {
  return (
    rank(b.grade) - rank(a.grade) ||
    b.now.bad - a.now.bad ||
    b.now.poor - a.now.poor ||
    b.now.fair - a.now.fair ||
    (millis(a.since) || 0) - (millis(b.since) || 0) ||
    b.people - a.people ||
    (a.id < b.id ? -1 : 1)
  );
}

export interface LiveFilter { q: string; grades: readonly Grade[]; kind: string }

/** Whether a row passes the filter. Text is looked for in topic, host and number. */
export function passes(row: MeetingRow, f: LiveFilter): boolean {
  if (f.grades.length > 0 && !f.grades.includes(row.grade)) return false;
  if (f.kind !== "" && row.kind !== f.kind) return false;
  if (f.q === "") return true;
  const hay = `${row.topic ?? ""} ${row.host ?? ""} ${row.number ?? ""}`.toLowerCase();
  return f.q.toLowerCase().split(/\s+/).every((word) => hay.includes(word.replaceAll(/(?<=\d)[ -](?=\d)/g, "")));
}

/**
 * A meeting with the segments and the stays in breakout rooms that changed. A segment tells nothing of its stays: what was known
 * of them stays, until a stay of the same join of a room comes.
 */
export function applySegments(before: MeetingDetail, update: LiveMeeting): MeetingDetail {
  const byId = new Map(before.segments.map((s) => [s.id, s]));
  for (const s of update.segments) {
    const rooms = byId.get(s.id)?.rooms;
    byId.set(s.id, rooms ? { ...s, rooms } : s);
  }
  const stays = update.stays ?? [];
  if (stays.length > 0) {
    const told = new Set(stays.map((s) => s.segment));
    for (const [id, s] of byId) {
      const old = s.rooms ?? [];
      const rooms = [...old.filter((r) => !told.has(r.segment)), ...stays.filter((r) => r.of === id).map(({ of: _, ...stay }) => stay)].sort((a, b) => (a.from < b.from ? -1 : 1));
      if (rooms.length + old.length > 0) byId.set(id, { ...s, rooms });
    }
  }
  return { ...before, segments: [...byId.values()] };
}

/** A meeting with what changed of one of its breakout rooms, or with one that began. */
export function applyRoom(before: MeetingDetail, room: MeetingRow): MeetingDetail {
  const rooms = before.breakouts ?? [];
  return { ...before, breakouts: rooms.some((r) => r.id === room.id) ? rooms.map((r) => (r.id === room.id ? room : r)) : [...rooms, room] };
}

/** The heat strip with the minutes that changed: a minute replaces the one of the same time. */
export function applyMinutes(before: MeetingMinutes, update: LiveMeeting): MeetingMinutes {
  const rows = new Map(before.rows.map((r) => [r.segment, r]));
  let to = millis(before.to);
  for (const { segment, minutes } of update.minutes) {
    const merged = new Map<string, Minute>((rows.get(segment)?.minutes ?? []).map((m) => [m.at, m]));
    for (const m of minutes) {
      merged.set(m.at, m);
      to = Math.max(to, millis(m.at) + 60_000);
    }
    rows.set(segment, { segment, minutes: [...merged.values()].sort((a, b) => (a.at < b.at ? -1 : 1)) });
  }
  return { ...before, to: new Date(to).toISOString(), rows: [...rows.values()] };
}
