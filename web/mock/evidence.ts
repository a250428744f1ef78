// Files and raw events of the mock world: enough to be saved and shown. What stands in real ones is tested where they are made,
// and the browser tests read those of a running Earshot.
import type { Grade, GradeCount, IncidentDetail, IncidentMeeting, IncidentMinutes, IncidentPeople, IncidentPerson, RawEvents } from "../src/api/types.ts";
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

/** From ten minutes before an incident to ten after. */
function aroundOf(i: IncidentDetail, now: number): { from: number; to: number } {
  const from = Date.parse(i.start ?? "") - 10 * MINUTE;
  const to = Math.min(now, (i.end ? Date.parse(i.end) : now) + 11 * MINUTE);
  return { from, to: from + MINUTE * Math.ceil((to - from) / MINUTE) };
}

/** The people of an incident who sit in one of its meetings, most bad minutes first, and those meetings. */
export function incidentPeople(world: World, i: IncidentDetail, now: number): IncidentPeople {
  const { from, to } = aroundOf(i, now);
  const names = new Map(i.people.map((p) => [p.name, p]));
  const found: IncidentPerson[] = [];
  const meetings: IncidentMeeting[] = [];
  for (const ref of i.meetings) {
    const seats = world.meetings.find((x) => x.id === ref.id)?.seats;
    if (!seats) continue;
    const told: IncidentMeeting = { meeting: ref, people: { bad: 0, of: 0 }, minutes: 0 };
    meetings.push(told);
    for (const seat of seats.filter((x) => !x.external)) {
      const minutes = world.minutes(seat, now).filter((x) => Date.parse(x.at) >= from && Date.parse(x.at) < to);
      const bad = minutes.filter((x) => (x.grade === "bad" || x.grade === "poor") && Date.parse(x.at) >= Date.parse(i.start ?? "") && (!i.end || Date.parse(x.at) < Date.parse(i.end)));
      if (minutes.length > 0) told.people.of++;
      const person = names.get(seat.person);
      const worst = [...bad].sort((a, b) => rank(b.grade) - rank(a.grade))[0];
      if (!person || !worst) continue;
      told.people.bad++;
      told.minutes += bad.length;
      if (found.some((x) => x.person.name === seat.person)) continue;
      const strip = Array<string>(Math.round((to - from) / MINUTE)).fill(".");
      for (const m of minutes) strip[Math.floor((Date.parse(m.at) - from) / MINUTE)] = m.why === "no-report" ? "n" : m.grade.slice(0, 1);
      found.push({ person: { ...person, id: person.id ?? id(`person ${seat.person}`) }, segment: seat.segment, meeting: ref, grade: worst.grade, at: worst.at, minutes: bad.length, strip: strip.join(""), ...(worst.reason ? { reason: worst.reason } : {}) });
    }
  }
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), step_seconds: 60, items: found.sort((a, b) => b.minutes - a.minutes || rank(b.grade) - rank(a.grade)), meetings: meetings.sort((a, b) => b.minutes - a.minutes) };
}

const countOf = (who: ReadonlyMap<string, Grade>, wanted: (person: string) => boolean): GradeCount => countGrades([...who].filter(([person]) => wanted(person)).map(([, grade]) => grade));

/** How many had an incident by minute, from ten minutes before it to ten after: its people, and the others in its meetings. */
export function incidentMinutes(world: World, i: IncidentDetail, now: number): IncidentMinutes {
  const { from, to } = aroundOf(i, now);
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
