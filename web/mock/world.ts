// An invented company on an invented day, for developing and testing the UI without Earshot's server: people, sites,
// meetings, a full link in Lyon, weak Wi-Fi in Gdynia, a busy computer. Never part of the shipped pages.
import type {
  Band, Call, CallDetail, Column, Device, Export, Grade, GradeCount, Ingest, MeetingDetail, MeetingMinutes, MeetingRow, Minute, Overall, Person, PersonDetail,
  Reason, SearchHit, SegmentDetail, SegmentRow, SegmentSeries, StreamSeries, Wire,
} from "../src/api/types.ts";
import { bandOf, gradeOf } from "../src/model/bands.ts";
import { classified, countGrades, noGrades, rank, WORST_FIRST, worse, worstOf } from "../src/model/grade.ts";
import { causesOf, dropsOf, minuteCause, verdictsOf, type Trouble } from "./causes.ts";
import { hash, id, pick } from "./random.ts";
import { personGroups, seriesOf } from "./series.ts";

const MINUTE = 60_000;
const CADENCE = 15;
export const ACCOUNT = id("account");

export const BANDS: Band[] = [
  { media: "audio", metric: "loss_avg_pct", fair: 2, poor: 5, bad: 10 },
  { media: "video", metric: "loss_avg_pct", fair: 3, poor: 7, bad: 15 },
  { media: "share", metric: "loss_avg_pct", fair: 3, poor: 7, bad: 15 },
  { metric: "jitter_ms", fair: 30, poor: 40, bad: 60 },
  { metric: "latency_ms", fair: 200, poor: 300, bad: 500 },
  { media: "video", metric: "frame_rate_fps", fair: 15, poor: 10, bad: 7, falling: true },
  { metric: "cpu_system_max_pct", fair: 80, poor: 90, bad: 95 },
  { metric: "rssi_avg_dbm", fair: -67, poor: -72, bad: -78, falling: true },
];

const NAMES = [
  "Ines Okafor-Brandt", "Bastien Quillard", "Oumar Delacombe", "Luc Harnois", "Priya Vantongeren", "Margit Osei-Lund", "Noé Abrantes", "Clémence Wyatt",
  "Thea Marchetti-Roy", "Samira Kestel", "Karim Solvang", "Tomas Ilvarsson", "Edda Pruvost", "Renske Adeyemi", "Wanda Scholtemeyer", "Hanae Mortimer-Sato",
  "Jutta Nørgaard-Pym", "Jonas Ferreday", "Dario Pellegrew", "Iker Belascoain", "Aino Brightwater", "Gwilym Tarrant", "Pilar Westergren", "Tove Inchbald",
  "Viola Pankhurst-Ito", "Wim Sarrazin", "Femke van Ostrand", "Kwame Aldersley", "Lene Fosskaug", "Rosalind Achterberg", "Sven Calloway-Dahl", "Arne Quispel",
  "Beatriz Thornley", "Mattheus Zielke", "Nadia Crowhurst", "Oskar Tamarind", "Quentin Abiodun", "Ulrich Meersman", "Xenia Holloway", "Yusuf Lindgaard",
  "Zofia Hartnell", "Leszek Ambury", "Zuzanna Pelham-Ruth", "Lucie Ahlgren-Tosh", "Davide Rousham", "Mirela Costigan", "Hugo Stellmacher",
];

const TOPICS = [
  "Q4 supply review", "Gdynia leads", "Field service stand-up", "Packaging line 2: weekly", "Vendor call: Brightwater Castings", "Interview: test engineer", "Design crit",
  "Finance close, day 9", "Customer training, module 3", "Mac fleet sync", "Porto shift handover", "Quality gate 4", "Sales forum EMEA", "Procurement sync",
  "Bergen safety talk", "Product trio", "1:1", "Roadmap review", "Legal, contract 2217", "Onboarding, week 2", "Leeds all hands", "Guest lecture", "Lyon plant, daily",
  "HR: benefits questions", "Customer visit, Thornbury", "<b>Board</b> meeting & strategy, first Thursday of the month, with a very long topic",
];

export interface Place { name: string; range: string; isp: string; zone: string; mbps: number; vpn?: boolean }
export const PLACES: Place[] = [
  { name: "Lyon", range: "10.20.4.0/22", isp: "Arvel Fibre", zone: "Europe/Paris", mbps: 500 },
  { name: "Rotterdam", range: "10.30.0.0/20", isp: "Maaskabel", zone: "Europe/Amsterdam", mbps: 1000 },
  { name: "Gdynia", range: "10.44.0.0/21", isp: "Baltnet", zone: "Europe/Warsaw", mbps: 300 },
  { name: "Leeds", range: "10.52.0.0/21", isp: "Aireline", zone: "Europe/London", mbps: 500 },
  { name: "Bergen", range: "10.61.0.0/22", isp: "Fjordlink", zone: "Europe/Oslo", mbps: 200 },
  { name: "Porto", range: "10.70.0.0/22", isp: "Dourocom", zone: "Europe/Lisbon", mbps: 200 },
  { name: "VPN pool Rotterdam", range: "10.200.0.0/16", isp: "", zone: "", mbps: 0, vpn: true },
];

const SHARES = [0.26, 0.5, 0.57, 0.73, 0.82, 0.94, 1];
export const placeOf = (person: string): Place | undefined => {
  const roll = hash(`place ${person}`);
  return hash(`home ${person}`) < 0.22 ? undefined : PLACES[SHARES.findIndex((s) => roll < s)];
};
export const onWifi = (person: string): boolean => hash(`wifi ${person}`) < 0.5;

/** Whose trouble nobody can explain. */
const ODD = "Renske Adeyemi";

export interface Seat { segment: string; person: string; external: boolean; join: number; leave: number; dropped: boolean }
export interface Meeting { id: string; uuid: string; topic: string; number: string; kind: "meeting" | "webinar" | "session"; start: number; end: number; seats: Seat[]; host: string }

/** The world at a start time. Everything follows from it and from the clock. */
export class World {
  readonly began: number;
  readonly meetings: Meeting[] = [];
  /** What tests force: a meeting's grade. */
  readonly forced = new Map<string, Grade>();
  readonly ended = new Set<string>();
  #minutes = new Map<string, { until: number; minutes: Minute[]; at: Map<number, Grade> }>();
  /** Rows as they were made in a second: a list, a stream and a test ask for the same ones. */
  #rows = new Map<string, { second: number; row: MeetingRow }>();

  /** now is the world's clock, Unix milliseconds. */
  constructor(readonly now: () => number) {
    this.began = Math.floor(now() / MINUTE) * MINUTE;
    for (let i = 0; i < 44; i++) this.meetings.push(this.#meeting(i, true));
    for (let i = 0; i < 72; i++) this.meetings.push(this.#meeting(i, false));
  }

  #meeting(i: number, live: boolean): Meeting {
    const key = `${live ? "live" : "past"} ${i}`;
    const topic = i === 0 && live ? "Q4 supply review" : (TOPICS[i % TOPICS.length] as string);
    const ago = live ? 8 + Math.floor(hash(`ago ${key}`) * 60) : 90 + i * 47;
    const start = this.began - (i === 0 && live ? 67 : ago) * MINUTE;
    const end = live ? Infinity : start + (20 + Math.floor(hash(`len ${key}`) * 50)) * MINUTE;
    const size = i === 0 && live ? 41 : i === 12 ? 70 : 2 + Math.floor(hash(`size ${key}`) ** 2 * 30);
    const seats: Seat[] = [];
    for (let p = 0; p < size; p++) {
      const person = (i === 0 && live ? NAMES[p % NAMES.length] : NAMES[Math.floor(hash(`${key} who ${p}`) * NAMES.length + p) % NAMES.length]) as string;
      const late = hash(`${key} late ${p}`) < 0.2 ? Math.floor(hash(`${key} l ${p}`) * 6) * MINUTE + 20_000 : 0;
      const who = p < NAMES.length ? person : `${person} ${p}`;
      seats.push({ segment: id(`${key} seg ${p}`), person: who, external: false, join: start + late, leave: end, dropped: false });
      if (hash(`${key} drop ${p}`) < 0.04 && ago > 20) {
        const seat = seats.at(-1) as Seat;
        seat.leave = start + 12 * MINUTE + 10_000;
        seat.dropped = true;
        seats.push({ ...seat, segment: id(`${key} seg ${p} again`), join: seat.leave + 110_000, leave: end, dropped: false });
      }
    }
    const guests = i === 0 && live ? 3 : i === 21 ? 4 : Math.floor(hash(`guests ${key}`) * 1.6);
    for (let g = 0; g < guests; g++) seats.push({ segment: id(`${key} guest ${g}`), person: `Guest ${g + 1}`, external: true, join: start + MINUTE, leave: end, dropped: false });
    const kind = i === 12 || i === 20 ? "webinar" : i % 17 === 16 ? "session" : "meeting";
    return { id: id(`meeting ${key}`), uuid: `${id(key).slice(0, 10)}==`, topic: i % 19 === 18 ? "" : topic, number: kind === "session" ? "" : String(84219070000 + Math.floor(hash(key) * 9999)), kind, start, end, seats, host: (seats[Math.min(21, seats.length - 1)] as Seat).person };
  }

  /** Forgets what was forced on it. */
  reset(): void {
    this.forced.clear();
    this.ended.clear();
    this.#rows.clear();
  }

  siteId = (place: string): string => id(`site ${place}`);

  isLive = (m: Meeting, now: number): boolean => m.end > now && !this.ended.has(m.id);

  // ---- what a report says -------------------------------------------------------------------------------------------

  /** How hard the trouble of a person's place or computer is at a time, 0 to 1. */
  trouble(seat: Seat, t: number): Trouble {
    const place = placeOf(seat.person)?.name;
    const minute = (t - this.began) / MINUTE;
    if (place === "Lyon") {
      const level = minute < -26 || minute > 30 ? 0 : minute < -17 ? Math.sin(((minute + 26) / 9) * Math.PI * 0.5) : Math.max(hash(`still ${seat.person}`) < 0.3 ? 0.62 : 0.06, Math.exp(-(minute + 17) / 3.5));
      if (level > 0) return { kind: "isp", level: level * (0.75 + 0.4 * hash(`lyon ${seat.person}`)) };
    }
    if (place === "Gdynia" && onWifi(seat.person) && minute > -15) return { kind: "wifi", level: 0.28 + 0.45 * hash(`${seat.person} ${Math.floor(minute / 2)}`) };
    if (seat.person === ODD && minute > -22 && minute < -9) return { kind: "odd", level: 0.35 + 0.3 * hash(`odd ${Math.floor(minute / 2)}`) };
    if (minute > -46 && minute < -38 && place !== undefined && hash(`hears ${seat.person}`) < 0.3) return { kind: "remote", level: 0.5 + 0.3 * hash(`${seat.person} hears`) };
    if (hash(`busy ${seat.person}`) < 0.045) return { kind: "device", level: 0.2 + 0.8 * hash(`${seat.person} cpu ${Math.floor(minute / 4)}`) };
    return { kind: "none", level: hash(`${seat.segment} n ${Math.floor(minute / 3)}`) < 0.03 ? 0.22 : 0 };
  }

  /** The report of one stream at a time, or undefined when none came. */
  report(seat: Seat, wire: Wire, t: number): Record<string, number | null> | undefined {
    const trouble = this.trouble(seat, t);
    const noise = hash(`${seat.segment} ${wire} ${t - this.began}`);
    const gone = hash(`hole ${seat.segment}`) < 0.18;
    const sinceJoin = (t - seat.join) / MINUTE;
    if (gone && sinceJoin > 14 && sinceJoin < 17.2) return undefined;
    if (wire === "cpu_usage") {
      const busy = trouble.kind === "device" ? 40 + 58 * trouble.level : 18 + 30 * noise;
      return { cpu_zoom_min_pct: busy * 0.2, cpu_zoom_avg_pct: busy * 0.35, cpu_zoom_max_pct: busy * 0.5, cpu_system_max_pct: Math.min(100, busy) };
    }
    if (wire === "wifi_rssi") {
      if (!onWifi(seat.person)) return undefined;
      const avg = trouble.kind === "wifi" ? -60 - 22 * trouble.level : -52 - 8 * noise;
      return { rssi_min_dbm: avg - 4, rssi_avg_dbm: avg, rssi_max_dbm: avg + 3 };
    }
    const sending = wire.endsWith("_output") === (!wire.startsWith("as_"));
    const network = trouble.kind === "remote" ? trouble.level * (sending ? 0.02 : 1) : trouble.kind === "isp" || trouble.kind === "wifi" || trouble.kind === "odd" ? trouble.level * (sending ? 1 : 0.35) : trouble.level * 0.2;
    const idle = wire.startsWith("audio") ? sending && hash(`${seat.segment} muted ${Math.floor((t - this.began) / (9 * MINUTE))}`) < 0.25 : wire === "as_input" ? !this.#shares(seat, t) : hash(`${seat.segment} ${wire} off`) < (wire.startsWith("as_") ? 0.7 : 0.25);
    const rate = { audio: 62, video: 1400, as: 320 }[wire.split("_")[0] as "audio" | "video" | "as"];
    const loss = idle ? null : Math.max(0, 18.5 * network + 0.5 * noise * noise);
    const out: Record<string, number | null> = {
      bitrate_kbps: idle ? 0 : rate * (1 - 0.72 * network) * (0.93 + 0.14 * noise),
      latency_ms: idle ? null : 36 + 290 * network + 8 * noise,
      jitter_ms: idle ? null : 4 + 50 * network + 5 * noise,
      loss_avg_pct: loss, loss_max_pct: loss === null ? null : loss * (1.2 + noise),
    };
    if (!wire.startsWith("audio")) {
      const fps = wire.startsWith("as_") ? 8 : 25;
      out.frame_rate_fps = idle ? null : fps * (1 - 0.75 * network) * (trouble.kind === "device" ? 1 - 0.6 * trouble.level : 1) + noise;
      out.width_px = idle ? null : network > 0.4 ? 640 : 1280;
      out.height_px = idle ? null : network > 0.4 ? 360 : 720;
    }
    return out;
  }

  /** Who shares: one in six, for a quarter of an hour. */
  #shares(seat: Seat, t: number): boolean {
    const turn = Math.floor((t - this.began) / (15 * MINUTE));
    return hash(`shares ${seat.segment} ${turn}`) < 0.06;
  }

  static readonly WIRES: readonly Wire[] = ["audio_output", "audio_input", "video_output", "video_input", "as_input", "as_output", "cpu_usage", "wifi_rssi"];

  static describe(wire: Wire): Pick<StreamSeries, "wire" | "media" | "direction" | "peer"> {
    if (wire === "cpu_usage" || wire === "wifi_rssi") return { wire };
    const media = wire.startsWith("audio") ? "audio" : wire.startsWith("video") ? "video" : "share";
    return { wire, media, direction: (media === "share") === wire.endsWith("_input") ? "send" : "receive", peer: "client" };
  }

  #gradeMinute(seat: Seat, at: number, now: number): Minute | undefined {
    let grade: Grade = "unclassified";
    let reason: Reason | undefined;
    let seen = false;
    const slots: Grade[] = World.WIRES.map((wire) => {
      const report = this.report(seat, wire, at + 30_000);
      if (!report) return "unclassified";
      seen = true;
      const { media, direction } = World.describe(wire);
      let slot: Grade = "unclassified";
      for (const [metric, value] of Object.entries(report)) {
        const band = bandOf(BANDS, media, metric);
        if (value === null || !band || (metric === "frame_rate_fps" && report.bitrate_kbps === 0)) continue;
        const g = gradeOf(band, value);
        slot = worse(slot, g);
        if (rank(g) > rank(grade)) {
          grade = g;
          const bound = band[g as "fair"] ?? 0;
          reason = g === "good" ? undefined : { text: reasonText(media, direction, metric, value, g, bound), wire, media, direction, metric: metric as Reason["metric"], value, bound };
        }
      }
      return slot;
    });
    if (!seen) return undefined;
    const base: Minute = { at: new Date(at).toISOString(), grade, slots, zoom: [slots[0] ?? "unclassified", slots[2] ?? "unclassified", slots[4] ?? "unclassified"] };
    if (grade === "unclassified") base.why = "idle";
    if (reason) base.reason = reason;
    const cause = minuteCause(grade, this.trouble(seat, at + 30_000));
    if (cause) base.cause = cause;
    if (at + 2 * MINUTE > now) base.open = true;
    return base;
  }

  minutes(seat: Seat, now: number): Minute[] {
    if (seat.external) return [];
    const end = Math.min(now, seat.leave);
    const cached = this.#minutes.get(seat.segment);
    if (cached && cached.until === Math.floor(end / MINUTE)) return cached.minutes;
    // All but the last two minutes are sealed and stay.
    const minutes: Minute[] = cached ? cached.minutes.slice(0, -2) : [];
    const last = minutes.at(-1);
    for (let at = last ? Date.parse(last.at) + MINUTE : Math.floor(seat.join / MINUTE) * MINUTE; at < end; at += MINUTE) {
      const m = this.#gradeMinute(seat, at, now);
      if (m) minutes.push(m);
    }
    this.#minutes.set(seat.segment, { until: Math.floor(end / MINUTE), minutes, at: new Map(minutes.map((m) => [Date.parse(m.at), m.grade])) });
    return minutes;
  }

  // ---- the API's shapes ---------------------------------------------------------------------------------------------

  /** A meeting's row; a past one stays as it was. */
  row(m: Meeting, now: number): MeetingRow {
    const live = this.isLive(m, now);
    const second = live ? Math.floor(now / 1000) : -1;
    const made = this.#rows.get(m.id);
    if (made?.second === second && made.row.grade === (this.forced.get(m.id) ?? made.row.grade)) return made.row;
    const row = this.#makeRow(m, live, now);
    this.#rows.set(m.id, { second, row });
    return row;
  }

  #makeRow(m: Meeting, live: boolean, now: number): MeetingRow {
    const present = m.seats.filter((s) => s.leave > now || !live);
    const people = new Set(present.map((s) => s.person));
    const newest = present.filter((s) => !s.external).map((s) => this.minutes(s, now).at(-1));
    const nowCount = countGrades(newest.flatMap((x) => (x ? [x.grade] : [])));
    const all = m.seats.map((s) => this.minutes(s, now));
    const grade = this.forced.get(m.id) ?? (live ? worstOf(nowCount) : all.some((x) => x.filter((y) => y.grade === "bad").length > 2) ? "bad" : worstOf(countGrades(all.flat().map((x) => x.grade))));
    const decisive = newest.find((x) => x?.grade === grade)?.reason;
    const row: MeetingRow = {
      id: m.id, account: ACCOUNT, uuid: m.uuid, kind: m.kind, live, people: people.size, unreported: present.filter((s) => s.external).length, grade,
      now: live ? nowCount : noGrades(), minutes: countGrades(all.flat().map((x) => x.grade)),
      affected: countGrades(all.map((x) => worstOf(countGrades(x.map((y) => y.grade))))), start: new Date(m.start).toISOString(), last_seen: new Date(Math.min(now, m.end)).toISOString(),
    };
    if (m.number) row.number = m.number;
    if (m.topic) row.topic = m.topic;
    if (seriesOf(m)) row.series = seriesOf(m);
    if (m.host) row.host = m.host;
    if (!live) row.end = new Date(Math.min(m.end, now)).toISOString();
    if (live) {
      row.since = new Date(this.#since(m, grade, now)).toISOString();
      row.strip = this.#strip(m, now);
      if (decisive) row.reason = decisive;
    }
    return row;
  }

  #since(m: Meeting, grade: Grade, now: number): number {
    let since = Math.floor(now / MINUTE) * MINUTE;
    while (since > m.start && this.#at(m, since - MINUTE, now)[grade as "bad"] > 0) since -= MINUTE;
    return since;
  }

  #at(m: Meeting, at: number, now: number): GradeCount {
    return countGrades(m.seats.flatMap((s) => {
      this.minutes(s, now);
      return this.#minutes.get(s.segment)?.at.get(at) ?? [];
    }));
  }

  #strip(m: Meeting, now: number) {
    const open = Math.floor(now / MINUTE) * MINUTE;
    return Array.from({ length: 20 }, (_, i) => open - (19 - i) * MINUTE)
      .filter((at) => at >= m.start)
      .map((at) => ({ at: new Date(at).toISOString(), ...this.#at(m, at, now) }));
  }

  segment(m: Meeting, s: Seat, now: number): SegmentRow {
    const minutes = this.minutes(s, now);
    const live = this.isLive(m, now);
    const present = live && s.leave > now;
    const place = placeOf(s.person);
    const worst = worstOf(countGrades(minutes.map((x) => x.grade)));
    const last = minutes.at(-1);
    const row: SegmentRow = {
      id: s.segment, meeting: m.id, person: { name: s.person, ...(s.external ? { external: true } : { id: id(`person ${s.person}`) }) }, in_meeting_id: String(16778240 + Math.floor(hash(s.segment) * 9999)),
      join: new Date(s.join).toISOString(), present, reported: !s.external, grade: present ? (last?.grade ?? "unclassified") : worst, minutes: countGrades(minutes.map((x) => x.grade)),
    };
    if (s.leave < now) { row.leave = new Date(s.leave).toISOString(); row.leave_reason = s.dropped ? "Network connection error." : "left the meeting."; }
    if (s.external) return row;
    row.site = place ? { id: id(`site ${place.name}`), name: place.name } : { id: id(`net ${s.person}`), name: "203.0.113.0/24", derived: true };
    row.network = onWifi(s.person) ? "Wifi" : "Wired";
    row.device = hash(s.person) < 0.7 ? "Windows" : "Mac";
    row.client_version = "6.6.11.23272";
    row.data_center = "EU (Frankfurt)";
    if (last?.why) row.why = last.why;
    const reason = minutes.findLast((x) => x.grade === row.grade)?.reason;
    if (reason) row.reason = reason;
    return row;
  }

  detail(m: Meeting, now: number): MeetingDetail {
    const bad = m.seats.filter((s) => this.minutes(s, now).some((x) => x.grade === "bad"));
    return {
      ...this.row(m, now), account_zoom_id: "Halden-7Qx", agreement: [], overall: overallOf(m.seats.flatMap((s) => this.minutes(s, now))),
      causes: causesOf(m.seats.map((s) => ({ key: s.person, minutes: this.minutes(s, now) }))), drops: dropsOf(m), changes: this.#changes(m, now), segments: m.seats.map((s) => this.segment(m, s, now)), watermark: new Date(now).toISOString(),
      notifications: bad.slice(0, 6).map((s, i) => ({ at: new Date(Math.max(m.start + MINUTE, this.began - (25 - i) * MINUTE)).toISOString(), segment: s.segment, code: "internet connection unstable" })),
    };
  }

  heat(m: Meeting, now: number): MeetingMinutes {
    return { from: new Date(m.start).toISOString(), to: new Date(Math.min(now, m.end)).toISOString(), rows: m.seats.filter((s) => !s.external).map((s) => ({ segment: s.segment, minutes: this.minutes(s, now) })) };
  }

  find(segment: string): { meeting: Meeting; seat: Seat } | undefined {
    for (const meeting of this.meetings) {
      const seat = meeting.seats.find((s) => s.segment === segment);
      if (seat) return { meeting, seat };
    }
    return undefined;
  }

  segmentDetail(m: Meeting, s: Seat, now: number): SegmentDetail {
    const row = this.segment(m, s, now);
    const summaries = row.leave ? World.WIRES.slice(0, 4).map((wire) => ({ ...World.describe(wire), values: { avg_loss_pct: 1.4, max_loss_pct: 18.2, avg_jitter_ms: 9, max_jitter_ms: 52, avg_latency_ms: 61, max_latency_ms: 312, avg_bitrate_kbps: 58 } })) : [];
    const minutes = this.minutes(s, now);
    return { ...row, overall: overallOf(minutes), drops: dropsOf(m).filter((d) => d.segment === s.segment), verdicts: verdictsOf(this, m, s, now), meeting_row: this.row(m, now), devices: s.external ? [] : this.devices(s, now), summaries, rejoins: m.seats.filter((o) => o.person === s.person && o !== s).map((o) => this.segment(m, o, now)) };
  }

  #changes(m: Meeting, now: number): MeetingDetail["changes"] {
    return m.seats.filter((s) => !s.external).flatMap((s) => this.devices(s, now).slice(1).map((d) => ({ at: d.at, segment: s.segment, what: "network" as const, from: "Wifi", to: "Wired" })))
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }

  devices(s: Seat, now: number): Device[] {
    if (s.external) return [];
    const place = placeOf(s.person);
    const net = (place?.range ?? "192.168.178.0").split(".").slice(0, 3).join(".");
    const own = 20 + Math.floor(hash(`address ${s.person}`) * 200);
    const first: Device = {
      at: new Date(s.join).toISOString(), device: hash(s.person) < 0.7 ? "Windows" : "Mac", device_detail: hash(s.person) < 0.7 ? "Windows 11" : "macOS 15.1", client: "Zoom Workplace", client_version: "6.6.11.23272",
      network_type: onWifi(s.person) ? "Wifi" : "Wired", connection_type: "UDP", data_center: "EU (Frankfurt)", location: `${place?.name ?? "Porto"}, Europe`, microphone: "Headset, USB", speaker: "Headset, USB",
      camera: "Integrated camera", pc_name: `HI-${s.person.slice(0, 3).toUpperCase()}-22${String(own).padStart(3, "0")}`, domain: "halden.example", mac: `00:00:5E:00:53:${own.toString(16).toUpperCase().padStart(2, "0")}`, public_ip: "198.51.100.24", internal_ip: `${net}.${own}`, destination: "203.0.113.9:8801",
      isp: place?.isp ?? "Homenet",
    };
    if (place) first.site = { id: id(`site ${place.name}`), name: place.name };
    if (!onWifi(s.person) || now - s.join < 40 * MINUTE) return [first];
    return [first, { ...first, at: new Date(s.join + 33 * MINUTE).toISOString(), network_type: "Wired", internal_ip: `${net}.${own + 20}` }];
  }

  series(m: Meeting, s: Seat, now: number): SegmentSeries {
    const end = Math.min(now, s.leave);
    const streams = s.external ? [] : World.WIRES.flatMap((wire): StreamSeries[] => {
      const at: number[] = [];
      const metrics: Record<string, Column> = {};
      for (let t = Math.ceil(s.join / 15_000) * 15_000; t < end; t += CADENCE * 1000) {
        const report = this.report(s, wire, t);
        if (!report) continue;
        at.push(t);
        for (const [name, value] of Object.entries(report)) (metrics[name] ??= []).push(value === null ? null : Math.round(value * 100) / 100);
      }
      return at.length > 0 ? [{ ...World.describe(wire), at, metrics }] : [];
    });
    return {
      from: new Date(s.join).toISOString(), to: new Date(end).toISOString(), streams, minutes: this.minutes(s, now), bands: BANDS, input_means: "received", input_video: "received", cadence_seconds: CADENCE,
      notifications: this.detail(m, now).notifications.filter((n) => n.segment === s.segment),
    };
  }

  people(): Person[] {
    return NAMES.map((name) => ({ id: id(`person ${name}`), account: ACCOUNT, name, email: `${name.toLowerCase().replaceAll(/[^a-z]+/g, ".")}@halden.example`, known_by: "zoom-user" }));
  }

  person(p: Person, now: number): PersonDetail {
    const segments = this.meetings.flatMap((m) => m.seats.filter((s) => s.person === p.name).map((s) => ({ m, s }))).sort((a, b) => b.s.join - a.s.join).slice(0, 40);
    const own = segments.flatMap(({ s }) => this.minutes(s, now));
    const joins = segments.map(({ m, s }) => { const row = this.segment(m, s, now); return { minutes: this.minutes(s, now), site: row.site?.name ?? "", network: row.network ?? "", device: `${row.device ?? ""} ${row.client_version ?? ""}`.trim() }; });
    return { ...p, ...personGroups(p.name, joins, now), minutes: countGrades(own.map((x) => x.grade)), overall: overallOf(own), segments: segments.map(({ m, s }) => ({ ...this.segment(m, s, now), meeting_row: this.row(m, now) })) };
  }

  calls(): Call[] {
    return Array.from({ length: 64 }, (_, i): Call => {
      const start = this.began - (3 + i * 11) * MINUTE;
      const mos = Math.round((hash(`mos ${i}`) < 0.2 ? 2.4 + hash(`m ${i}`) : 3.7 + 0.7 * hash(`m ${i}`)) * 10) / 10;
      const caller = pick(NAMES, `caller ${i}`);
      const call: Call = {
        id: id(`call ${i}`), zoom_id: `69${String(Math.floor(hash(`z ${i}`) * 1e9))}4421907`, start: new Date(start).toISOString(), connected: new Date(start + 6000).toISOString(),
        caller: { name: caller, person: id(`person ${caller}`), extension: String(2100 + i), device: "Zoom Workplace 6.6.11", network: i % 3 === 0 ? "WiFi" : "LAN" },
        callee: i % 4 === 0 ? { number: "+44 113 496 0142" } : { name: pick(NAMES, `callee ${i}`), extension: String(2400 + i), network: "LAN" }, mos, grade: mos >= 3.5 ? "good" : "bad",
      };
      if (i > 3) call.end = new Date(start + (1 + Math.floor(hash(`len ${i}`) * 9)) * MINUTE).toISOString();
      if (i === 9) { delete call.mos; call.grade = "unclassified"; }
      return call;
    });
  }

  call(c: Call, now: number): CallDetail {
    const from = Date.parse(c.connected ?? c.start ?? "");
    const to = Math.min(now, c.end ? Date.parse(c.end) : now);
    const series = (["caller", "callee"] as const).flatMap((side) => (["send", "receive"] as const).map((direction) => {
      const at: number[] = [];
      const metrics: Record<string, Column> = { bitrate_kbps: [], loss_avg_pct: [], loss_max_pct: [], jitter_ms: [], network_delay_ms: [], mos: [] };
      for (let t = from; t < to; t += 10_000) {
        const noise = hash(`${c.id} ${side} ${direction} ${t - from}`);
        const bad = c.grade === "bad" && side === "caller" ? noise : 0;
        at.push(t);
        metrics.bitrate_kbps?.push(60 + noise * 8); metrics.loss_avg_pct?.push(bad * 11 + noise * 0.3); metrics.loss_max_pct?.push(bad * 18 + noise);
        metrics.jitter_ms?.push(3 + bad * 40 + noise * 4); metrics.network_delay_ms?.push(28 + bad * 180 + noise * 6); metrics.mos?.push(4.4 - bad * 2.2 - noise * 0.1);
      }
      return { side, direction, at, metrics };
    }));
    return { ...c, series };
  }

  search(q: string, now: number): SearchHit[] {
    const has = (text: string) => text.toLowerCase().includes(q.toLowerCase());
    const meetings = this.meetings.filter((m) => has(m.topic) || (q.length > 3 && m.number.includes(q.replaceAll(" ", ""))))
      .map((m): SearchHit => ({ type: "meeting", id: m.id, title: m.topic, detail: `${m.host}, ${new Date(m.start).toISOString().slice(0, 16).replace("T", " ")}`, live: this.isLive(m, now) }));
    const people = this.people().filter((p) => has(p.name)).map((p): SearchHit => ({ type: "person", id: p.id, title: p.name, detail: p.email ?? "" }));
    const calls = this.calls().filter((c) => has(c.caller.name ?? "")).map((c): SearchHit => ({ type: "call", id: c.id, title: `${c.caller.name} to ${c.callee.name ?? c.callee.number}`, detail: c.zoom_id }));
    const sites = PLACES.filter((p) => has(p.name) || p.range.startsWith(q)).map((p): SearchHit => ({ type: "site", id: id(`site ${p.name}`), title: p.name, detail: p.range }));
    return [...meetings.slice(0, 8), ...people.slice(0, 6), ...calls.slice(0, 3), ...sites].slice(0, 20);
  }

  exports(now: number): Export[] {
    const plain = { backlog: 0, failed: 0, too_old: 0, gap: 0, aside: 0, aside_held: 0, aside_full: false, skipped: 0 };
    return [
      { ...plain, name: "splunk-prod", type: "splunk_hec", records: ["events", "minutes"], state: "ok", lag_seconds: 0.4, sent: 1_048_201, failed: 2, sent_at: new Date(now - 1000).toISOString() },
      { ...plain, name: "grafana", type: "prometheus_remote_write", records: ["minutes"], state: "retrying", lag_seconds: 1260, backlog: 18_204, sent: 402_118, failed: 41, aside: 3, aside_held: 3, too_old: 12, since: new Date(now - 1_260_000).toISOString(), last_error: "answered 502: upstream request failed", error_at: new Date(now - 9000).toISOString() },
      { ...plain, name: "archive", type: "file", records: ["events"], state: "ok", lag_seconds: 0, sent: 1_052_566 },
    ];
  }

  ingest(now: number): Ingest {
    const n = 1_052_566 + Math.floor((now - this.began) / 53);
    const ago = (s: number) => new Date(now - s * 1000).toISOString();
    return {
      receiver: true, received: n + 4318 + 412 + 214, accepted: n + 4318, duplicate: 412, bad_signature: 214, bad_timestamp: 0, too_large: 0, shed: 0, aborted: 3, challenges: 12, quarantined: 214,
      last_event: ago(1), last_challenge: ago(3280), events_per_second: 18.9, ack_p50_ms: 2.1, ack_p99_ms: 8.4,
      subscriptions: [
        { name: "", secrets: 2, accepted: n - 70_000, refused: 0, last_event: ago(1), last_challenge: ago(3280) }, { name: "phone", secrets: 1, accepted: 67_047, refused: 0, last_event: ago(2), last_challenge: ago(190_000) },
        { name: "old-tracker", secrets: 1, accepted: 7271, refused: 214, last_event: ago(6 * 86400) },
      ],
      journal: { id: id("journal"), first: 8_107_334_611, tail: 8_214_907_331, oldest: ago(72 * 3600), bytes: 3.1e9, archive_bytes: 21.4e9, damaged: 0 },
      applied: { seq: 8_214_907_331, facts: 8_214_907_120, registry: 8_214_907_331, snapshot: 8_214_902_000, backlog: 0, watermark: ago(0), dirty_hours: 1 },
      lag_p50_ms: 380, lag_p99_ms: 902,
      events: [
        ["meeting.participant_qos", 812_406, 0], ["webinar.participant_qos", 96_114, 1], ["phone.call_qos", 64_930, 2], ["meeting.participant_data", 41_077, 1], ["meeting.participant_qos_summary", 18_220, 4],
        ["meeting.participant_data_summary", 18_219, 4], ["webinar.participant_qos_summary", 3801, 120], ["phone.call_qos_summary", 2117, 40], ["meeting.started", 611, 22], ["meeting.ended", 598, 61],
      ].map(([name, count, s]) => ({ name: name as string, count: count as number, last: ago(s as number) })),
      drift: [
        { event: "meeting.participant_qos", key: "details.packet_reorder", count: 1204, first: ago(2 * 86400), last: ago(3) }, { event: "phone.call_qos", key: "call_qos.network_kind", count: 38, first: ago(7000), last: ago(400) },
        { event: "meeting.participant_mood", count: 2, first: ago(9 * 86400), last: ago(9 * 86400) },
      ],
      input: [
        { account: "00000000000000ac", account_zoom_id: "q7Rk2mVxTDyLw0PbN4sHgA", media: "audio", means: "received", how: "found", sure: 0.9994, since: new Date(now - 7_200_000).toISOString(), text: "In 41 minutes of 6 meetings, input flowed for 97 % of the people and output for 31 %. Everybody receives and few send, so output is what they send and input what they receive." },
        { account: "00000000000000ac", account_zoom_id: "q7Rk2mVxTDyLw0PbN4sHgA", media: "video", means: "received", how: "assumed", sure: 0.5, text: "No meeting has told yet: it takes one in which some only receive." },
      ], facts: { rows: { samples: 41_220_118, minutes: 6_120_443, call_samples: 211_090, summaries: 88_020, notifications: 4120 }, file_bytes: 14.2e9, wal_bytes: 12e6 },
      notices: [
        { severity: "warning", text: "Subscription /webhook/old-tracker: 214 requests fit no secret and are kept in quarantine.", hint: "Add the secret of the old app, then run earshot journal verify." },
        { severity: "info", text: "webinar.participant_data has never arrived.", hint: "Tick it under Quality of Service Subscription in your Zoom app." },
      ],
    };
  }
}

function overallOf(all: readonly Minute[]): Overall {
  const minutes = countGrades(all.map((m) => m.grade));
  const graded = classified(minutes);
  if (graded === 0) return { grade: "unclassified", minutes };
  // The worst that a tenth of them have or exceed, as the API counts.
  let n = 0;
  const grade = WORST_FIRST.find((g) => { n += minutes[g]; return n >= graded / 10; }) ?? "good";
  const reason = all.find((m) => m.grade === grade)?.reason;
  return { grade, minutes, ok_pct: (100 * (minutes.good + minutes.fair)) / graded, ...(reason ? { reason, decided: minutes[grade] } : {}) };
}

function reasonText(media: string | undefined, direction: string | undefined, metric: string, value: number, grade: Grade, bound: number): string {
  const unit = metric.endsWith("_pct") ? " %" : metric.endsWith("_ms") ? " ms" : metric.endsWith("_dbm") ? " dBm" : metric.endsWith("_fps") ? " fps" : "";
  const name = metric.startsWith("loss") ? "loss" : metric.startsWith("jitter") ? "jitter" : metric.startsWith("latency") ? "round trip" : metric.startsWith("cpu") ? "system CPU" : metric.startsWith("rssi") ? "Wi-Fi signal" : "frame rate";
  const stream = media ? `${media === "share" ? "sharing" : media} ${direction === "send" ? "sent" : "received"}, ` : "";
  return `${stream}${name} ${unit === " %" ? value.toFixed(1) : Math.round(value)}${unit}, ${grade} from ${bound}${unit}`;
}
