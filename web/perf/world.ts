// A large invented company: thousands of running meetings, and one of hundreds of people over two hours. Made by counting,
// not by simulating, so that the server's own work does not show in what is measured. Never part of the shipped pages.
import type { Cause, Grade, GradeCount, LiveStatus, MeetingDetail, MeetingMinutes, MeetingRow, Minute, MinuteCause, Reason, SegmentRow } from "../src/api/types.ts";
import { countGrades, noGrades, worstOf } from "../src/model/grade.ts";
import { hash, id, pick } from "../mock/random.ts";

const MINUTE = 60_000;
const STRIP = 20;
const SITES = ["Lyon", "Rotterdam", "Gdynia", "Leeds", "Bergen", "Porto"] as const;
const GIVEN = ["Ines", "Bastien", "Oumar", "Priya", "Margit", "Clémence", "Tomas", "Wanda", "Jutta", "Aino", "Kwame", "Rosalind", "Yusuf", "Zofia"] as const;
const FAMILY = ["Okafor-Brandt", "Quillard", "Delacombe", "Vantongeren", "Osei-Lund", "Wyatt", "Ilvarsson", "Nørgaard-Pym", "Brightwater", "Aldersley", "Achterberg", "Lindgaard", "Hartnell"] as const;
const TROUBLE: readonly Cause[] = ["isp", "wifi", "device", "remote", "local-network", "unknown"];

const REASON: Reason = { text: "audio received, loss 18.2 %, bad from 10 %", wire: "audio_input", media: "audio", direction: "receive", metric: "loss_avg_pct", value: 18.2, bound: 10 };

/** As in life: hardly two minutes have the same value. */
function reasonOf(text: string): Reason {
  const value = Math.round(hash(text) * 9000) / 100;
  return { ...REASON, value, text: `audio received, loss ${value} %, bad from 10 %` };
}

/** A grade by chance: mostly good. */
function gradeBy(text: string, trouble = 0.03): Grade {
  const roll = hash(text);
  return roll < trouble ? "bad" : roll < trouble * 2 ? "poor" : roll < trouble * 2 + 0.06 ? "fair" : roll < trouble * 2 + 0.12 ? "unclassified" : "good";
}

// ---- Live ---------------------------------------------------------------------------------------------------------------

export class Company {
  readonly rows: MeetingRow[];
  readonly began: number;
  #turn = 0;

  constructor(began: number, meetings: number, people: number) {
    this.began = Math.floor(began / MINUTE) * MINUTE;
    this.rows = Array.from({ length: meetings }, (_, i) => this.#row(i, Math.round(people / meetings)));
  }

  #row(i: number, people: number): MeetingRow {
    const strip = Array.from({ length: STRIP }, (_, k) => ({ at: new Date(this.began - (STRIP - 1 - k) * MINUTE).toISOString(), ...this.#count(i, people, k) }));
    const row: MeetingRow = {
      id: id(`meeting ${i}`), account: id("account"), uuid: `${id(`uuid ${i}`).slice(0, 12)}==`, kind: i % 40 === 0 ? "webinar" : "meeting", number: String(84219070000 + i), topic: `Weekly of team ${i}`, host: personName(i),
      live: true, start: new Date(this.began - (10 + (i % 50)) * MINUTE).toISOString(), last_seen: new Date(this.began).toISOString(), people, unreported: i % 5 === 0 ? 1 : 0, grade: "good",
      now: noGrades(), minutes: noGrades(), affected: noGrades(), strip,
    };
    return this.#grade(row, this.#count(i, people, STRIP));
  }

  #count(i: number, people: number, k: number): GradeCount {
    // Most meetings are fine, as in life.
    const trouble = hash(`troubled ${i}`) < 0.12 ? 0.15 : 0.004;
    return countGrades(Array.from({ length: people }, (_, p) => gradeBy(`${i} ${p} ${Math.floor((k + this.#turn) / 5)}`, trouble)));
  }

  #grade(row: MeetingRow, now: GradeCount): MeetingRow {
    const grade = worstOf(now);
    const { reason: _, ...rest } = row;
    return { ...rest, now, grade, since: row.grade === grade && row.since ? row.since : new Date(this.began).toISOString(), ...(grade === "bad" || grade === "poor" ? { reason: REASON } : {}) };
  }

  /** A second passes: n meetings have news, as many as had a report in life. The first one's topic tells the turn. */
  tick(n: number): MeetingRow[] {
    this.#turn++;
    const changed = new Set([0]);
    for (let k = 1; k < n; k++) changed.add(Math.floor(hash(`news ${this.#turn} ${k}`) * this.rows.length));
    return [...changed].map((i) => {
      const before = this.rows[i] as MeetingRow;
      const now = this.#count(i, before.people, STRIP);
      const strip = [...(before.strip ?? []).slice(0, -1), { at: before.strip?.at(-1)?.at ?? "", ...now }];
      const row = { ...this.#grade(before, now), strip, last_seen: new Date(Date.now()).toISOString() };
      this.rows[i] = row;
      return row;
    });
  }

  status(): LiveStatus {
    const people = noGrades();
    for (const r of this.rows) for (const g of Object.keys(people) as Grade[]) people[g] += r.now[g];
    return {
      watermark: new Date().toISOString(), meetings: this.rows.length, people: this.rows.reduce((n, r) => n + r.people, 0), calls: 40, by_grade: people,
      meetings_by_grade: countGrades(this.rows.map((r) => r.grade)), external: this.rows.reduce((n, r) => n + r.unreported, 0), lag_ms: 400, receiver: true,
    };
  }
}

const personName = (i: number): string => `${pick(GIVEN, `given ${i}`)} ${pick(FAMILY, `family ${i}`)} ${i}`;

// ---- Meeting ------------------------------------------------------------------------------------------------------------

/** One meeting of so many people over so many minutes, over by now. */
export function hall(id0: string, now: number, people: number, minutes: number): { detail: MeetingDetail; minutes: MeetingMinutes } {
  const end = Math.floor(now / MINUTE) * MINUTE - 10 * MINUTE;
  const start = end - minutes * MINUTE;
  const seats = Array.from({ length: people }, (_, i) => seat(id0, i, start, end));
  const all = countGrades(seats.flatMap((s) => s.minutes.map((m) => m.grade)));
  const row: MeetingRow = {
    id: id0, account: id("account"), uuid: "bigHall0001==", kind: "meeting", number: "84219079999", topic: "All hands", host: personName(1), live: false, start: new Date(start).toISOString(), end: new Date(end).toISOString(),
    last_seen: new Date(end).toISOString(), people, unreported: 0, grade: worstOf(all), now: noGrades(), minutes: all, affected: countGrades(seats.map((s) => s.segment.grade)),
  };
  return {
    detail: { ...row, segments: seats.map((s) => s.segment), notifications: [], drops: [], agreement: [], overall: { grade: "good", minutes: all, ok_pct: 93.2 }, causes: [], changes: [], watermark: new Date(now).toISOString() },
    minutes: { from: new Date(start).toISOString(), to: new Date(end).toISOString(), rows: seats.map((s) => ({ segment: s.segment.id, minutes: s.minutes })) },
  };
}

function seat(meeting: string, i: number, start: number, end: number): { segment: SegmentRow; minutes: Minute[] } {
  const troubled = hash(`hall troubled ${i}`) < 0.4;
  const minutes: Minute[] = [];
  for (let at = start; at < end; at += MINUTE) minutes.push(minute(i, at, gradeBy(`hall ${i} ${Math.floor(at / MINUTE / 4)}`, troubled ? 0.08 : 0)));
  const tally = countGrades(minutes.map((m) => m.grade));
  return {
    minutes,
    segment: {
      id: id(`hall segment ${i}`), meeting, person: { id: id(`hall person ${i}`), name: personName(i) }, in_meeting_id: String(16778240 + i), join: new Date(start + (i % 9) * 7000).toISOString(), leave: new Date(end).toISOString(),
      leave_reason: "left the meeting.", present: false, reported: true, site: { id: id(`site ${i % 6}`), name: SITES[i % 6] as string }, network: i % 2 ? "Wifi" : "Wired", device: "Windows", client_version: "6.6.11.23272",
      data_center: "EU (Frankfurt)", grade: worstOf(tally), minutes: tally,
    },
  };
}

function minute(i: number, at: number, grade: Grade): Minute {
  const hit = grade === "bad" || grade === "poor";
  const cause: MinuteCause | undefined = hit ? { cause: pick(TROUBLE, `cause ${i} ${Math.floor(at / MINUTE / 12)}`), confidence: 60 + Math.floor(hash(`sure ${i} ${at}`) * 40) } : undefined;
  return {
    at: new Date(at).toISOString(), grade, slots: [grade, "good", "good", "good", "unclassified", "good", "good", "unclassified"], zoom: ["good", "good", "unclassified"],
    ...(hit || grade === "fair" ? { reason: reasonOf(`loss ${i} ${at}`) } : {}), ...(grade === "unclassified" ? { why: "idle" as const } : {}), ...(cause ? { cause } : {}),
  };
}
