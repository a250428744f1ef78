// Files and raw events of the mock world: enough to be saved and shown. What stands in real ones is tested where they are made,
// and the browser tests read those of a running Earshot.
import type { Grade, GradeCount, IncidentDetail, IncidentMinutes, IncidentPerson, RawEvents } from "../src/api/types.ts";
import { countGrades, rank, worse } from "../src/model/grade.ts";
import { id } from "./random.ts";
import type { Seat, World } from "./world.ts";

const MINUTE = 60_000;
/** Raw events are kept this long. */
const KEPT = 45 * MINUTE;

export function csv(world: World, kind: string, key: string, now: number): string {
  const found = kind === "segments" ? world.find(key) : undefined;
  const rows = found ? world.minutes(found.seat, now).map((m) => [m.at, `"${found.seat.person.replaceAll('"', '""')}"`, m.grade]) : [];
  return `\uFEFF${[["date_time", "user_name", "earshot_grade"], ...rows].map((r) => r.join(",")).join("\r\n")}\r\n`;
}

export const bundle = (redact: boolean): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evidence</title></head><body><main><h1>Evidence</h1>${redact ? "<p>This copy is redacted.</p>" : ""}<h2>How grades are made</h2></main></body></html>`;

/** One notification each minute; older ones than KEPT are gone, and one of them came late. */
export function rawEvents(seat: Seat, now: number, from: string, to: string): RawEvents {
  const kept = now - KEPT;
  const events: RawEvents["events"] = [];
  for (let t = Math.max(Date.parse(from), kept, seat.join); t < Math.min(Date.parse(to), now, seat.leave); t += MINUTE) {
    const body = JSON.stringify({ event: "meeting.participant_qos", event_ts: t, payload: { object: { participant: { user_id: seat.segment.slice(0, 8), user_name: seat.person, qos: [] } } } });
    events.push({ seq: Math.round(t / 1000), event: "meeting.participant_qos", at: new Date(t).toISOString(), received_at: new Date(t + 900).toISOString(), body });
  }
  return { from, to, events, complete: true, gone: Date.parse(from) < kept, kept_from: new Date(kept).toISOString(), late_minutes: 10 };
}

/** The people of an incident who sit in one of its meetings, worst first. */
export function incidentPeople(world: World, i: IncidentDetail, now: number): IncidentPerson[] {
  const names = new Map(i.people.map((p) => [p.name, p]));
  const found: IncidentPerson[] = [];
  for (const ref of i.meetings) {
    const m = world.meetings.find((x) => x.id === ref.id);
    for (const seat of m?.seats ?? []) {
      const person = names.get(seat.person);
      const bad = world.minutes(seat, now).filter((x) => x.grade === "bad" || x.grade === "poor");
      const worst = [...bad].sort((a, b) => rank(b.grade) - rank(a.grade))[0];
      if (!person || !worst || found.some((x) => x.person.name === seat.person)) continue;
      found.push({ person: { ...person, id: person.id ?? id(`person ${seat.person}`) }, segment: seat.segment, meeting: ref, grade: worst.grade, at: worst.at, minutes: bad.length, ...(worst.reason ? { reason: worst.reason } : {}) });
    }
  }
  return found.sort((a, b) => rank(b.grade) - rank(a.grade) || b.minutes - a.minutes);
}

const countOf = (who: ReadonlyMap<string, Grade>, wanted: (person: string) => boolean): GradeCount => countGrades([...who].filter(([person]) => wanted(person)).map(([, grade]) => grade));

/** How many had an incident by minute, from ten minutes before it to ten after: its people, and the others in its meetings. */
export function incidentMinutes(world: World, i: IncidentDetail, now: number): IncidentMinutes {
  const from = Date.parse(i.start ?? "") - 10 * MINUTE;
  const to = Math.min(now, (i.end ? Date.parse(i.end) : now) + 11 * MINUTE);
  const names = new Set(i.people.map((p) => p.name));
  const people = new Set<string>();
  const steps = new Map<string, Map<string, Grade>>();
  for (const ref of i.meetings) {
    for (const seat of world.meetings.find((x) => x.id === ref.id)?.seats ?? []) {
      if (seat.external) continue;
      for (const x of world.minutes(seat, now)) {
        const at = Date.parse(x.at);
        if (at < from || at >= to) continue;
        const step = steps.get(x.at) ?? new Map<string, Grade>();
        step.set(seat.person, worse(step.get(seat.person) ?? "unclassified", x.grade));
        if (names.has(seat.person)) people.add(seat.person);
        steps.set(x.at, step);
      }
    }
  }
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), step_seconds: 60, people: people.size, steps: [...steps].sort(([a], [b]) => a.localeCompare(b)).map(([at, who]) => ({ at, reached: countOf(who, (p) => names.has(p)), others: countOf(who, (p) => !names.has(p)) })) };
}
