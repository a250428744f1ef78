// The mock world's overview: the moment from its running meetings, the day from its minutes and an invented morning, and
// the same day a week ago.
import type { Grade, GradeCount, NowGroup, NowPerson, OverviewDay, OverviewGroups, OverviewNow } from "../src/api/types.ts";
import { classified, countGrades, noGrades, rank, worse } from "../src/model/grade.ts";
import { hash, id } from "./random.ts";
import { onWifi, placeOf, PLACES, type World } from "./world.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const STEP = 10 * MINUTE;

interface Who { person: string; grade: Grade; segment: string; meeting: string; topic: string; start: number; at: Map<number, Grade> }

/** Everybody in running meetings, each once with the worst of their joins. */
function everybody(world: World, now: number): { people: Who[]; external: number } {
  const people = new Map<string, Who>();
  let external = 0;
  for (const m of world.meetings.filter((x) => world.isLive(x, now))) {
    for (const s of m.seats.filter((x) => x.leave > now)) {
      if (s.external) { external++; continue; }
      const minutes = world.minutes(s, now);
      const grade = world.forced.get(m.id) ?? minutes.at(-1)?.grade ?? "unclassified";
      const had = people.get(s.person);
      const at = had?.at ?? new Map<number, Grade>();
      for (const x of minutes.slice(-30)) at.set(Date.parse(x.at), worse(at.get(Date.parse(x.at)) ?? "unclassified", x.grade));
      if (!had || rank(grade) > rank(had.grade)) people.set(s.person, { person: s.person, grade, segment: s.segment, meeting: m.id, topic: m.topic, start: m.start, at });
    }
  }
  return { people: [...people.values()], external };
}

/** What is bad in a place, as the world's troubles are made. */
const causeOf = (person: string): NowGroup["cause"] => ({ Lyon: "isp", Gdynia: "wifi" } as const)[placeOf(person)?.name as "Lyon"] ?? (hash(`busy ${person}`) < 0.045 ? "device" : "unknown");

export function overviewNow(world: World, now: number, empty: boolean, nothing: boolean): OverviewNow {
  const { people, external } = empty || nothing ? { people: [], external: 0 } : everybody(world, now);
  const meetings = empty || nothing ? [] : world.meetings.filter((m) => world.isLive(m, now)).map((m) => world.row(m, now).grade);
  const open = Math.floor(now / MINUTE) * MINUTE;
  const bad = people.filter((p) => p.grade === "bad");
  const groups = new Map<string, NowGroup>();
  for (const p of bad) {
    const cause = causeOf(p.person);
    const cell = cause === "isp" ? { scope: "isp" as const, name: "Arvel Fibre" } : cause === "wifi" ? { scope: "site-wifi" as const, site: { id: world.siteId("Gdynia"), name: "Gdynia" } } : undefined;
    const g = groups.get(cause ?? "") ?? { ...(cause ? { cause } : {}), ...(cell ? { cell } : {}), people: 0 };
    g.people++;
    groups.set(cause ?? "", g);
  }
  const sites = PLACES.map((place) => ({ site: { id: world.siteId(place.name), name: place.name }, bad: bad.filter((p) => placeOf(p.person)?.name === place.name).length, people: people.filter((p) => placeOf(p.person)?.name === place.name).length }));
  return {
    received: !nothing, ...(nothing ? {} : { watermark: new Date(now).toISOString(), last_event: new Date(now).toISOString() }), people: people.length + external, external, by_grade: { ...countGrades(people.map((p) => p.grade)) }, meetings: meetings.length,
    meetings_by_grade: countGrades(meetings), calls: empty || nothing ? 0 : 4, calls_bad: empty || nothing ? 0 : 1, calls_scored: empty || nothing ? 0 : 4,
    strip: nothing ? [] : Array.from({ length: 30 }, (_, k) => open - (29 - k) * MINUTE).map((at) => ({ at: new Date(at).toISOString(), ...countGrades(people.flatMap((p) => p.at.get(at) ?? [])) })),
    groups: [...groups.values()].sort((a, b) => b.people - a.people), sites: sites.filter((s) => s.bad > 0).sort((a, b) => b.bad - a.bad),
    bad: bad.map((p) => personOf(world, p, now)).sort((a, b) => Date.parse(a.since ?? "") - Date.parse(b.since ?? "")),
    coverage: empty || nothing ? { minutes: 30, expected: 0, reported: 0 } : { minutes: 30, expected: 8412, reported: 8336, missing_pct: 0.9 },
  };
}

function personOf(world: World, p: Who, now: number): NowPerson {
  const found = world.find(p.segment);
  const minutes = found ? world.minutes(found.seat, now) : [];
  let since = Math.floor(now / MINUTE) * MINUTE;
  for (const m of minutes.toReversed()) { if (m.grade !== "bad") break; since = Date.parse(m.at); }
  const place = placeOf(p.person);
  const reason = minutes.findLast((m) => m.grade === "bad")?.reason;
  const cause = causeOf(p.person);
  return {
    segment: p.segment, meeting: { id: p.meeting, topic: p.topic, start: new Date(p.start).toISOString() }, person: { id: id(`person ${p.person}`), name: p.person }, network: onWifi(p.person) ? "Wifi" : "Wired",
    since: new Date(since).toISOString(), ...(place ? { site: { id: world.siteId(place.name), name: place.name } } : {}), ...(reason ? { reason } : {}), cause: { cause: cause ?? "", confidence: 88 },
  };
}

/** Midnight of the zone's day that holds at. */
function midnight(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const get = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return Math.floor(at / 1000) * 1000 - (get("hour") * 3600 + get("minute") * 60 + get("second")) * 1000;
}

/** An invented hour of a working day: few people early, most of them in the morning. */
function invented(at: number, day: number, key: string): GradeCount {
  const hour = (at - day) / 3_600_000;
  // Somebody works at any hour, so that no test depends on the hour at which it runs.
  const people = Math.max(240, Math.round(5200 * Math.exp(-(((hour - 10.5) / 3.2) ** 2)) + 3600 * Math.exp(-(((hour - 15) / 2.2) ** 2))));
  const noise = hash(`${key} ${Math.round(hour * 6)}`);
  const bad = Math.round(people * (0.006 + 0.006 * noise));
  const poor = Math.round(people * (0.011 + 0.008 * noise));
  return { bad, poor, fair: Math.round(people * 0.05), unclassified: Math.round(people * 0.07), good: people - bad - poor - Math.round(people * 0.05) };
}

const plus = (a: GradeCount, b: GradeCount): GradeCount => ({ good: a.good + b.good, fair: a.fair + b.fair, poor: a.poor + b.poor, bad: a.bad + b.bad, unclassified: a.unclassified + b.unclassified });

const summed = (c: GradeCount, people: number) => ({ minutes: c, people, ...(classified(c) > 0 ? { ok_pct: (100 * (c.good + c.fair)) / classified(c) } : {}) });

export function overviewDay(world: World, now: number, zone: string, empty: boolean, first: boolean): OverviewDay {
  const from = midnight(now, zone);
  const last = midnight(from - 7 * DAY + DAY / 2, zone);
  const steps = (day: number, to: number, key: string) => {
    const all: ({ at: string } & GradeCount)[] = [];
    for (let at = Math.floor(day / STEP) * STEP; at < to; at += STEP) {
      const whole = invented(at, day, key);
      const part = Math.min(1, (to - at) / STEP);
      const c: GradeCount = { good: Math.round(whole.good * part), fair: Math.round(whole.fair * part), poor: Math.round(whole.poor * part), bad: Math.round(whole.bad * part), unclassified: Math.round(whole.unclassified * part) };
      // Lyon's link: the last half hour.
      const ago = (now - at) / MINUTE;
      if (key === "today" && ago < 40 && classified(c) > 0) { const hit = Math.round(c.good * 0.16 * Math.exp(-(((ago - 18) / 12) ** 2))); c.bad += hit; c.good -= hit; }
      if (classified(c) > 0) all.push({ at: new Date(at).toISOString(), ...c });
    }
    return all;
  };
  const timeline = empty ? [] : steps(from, now, "today");
  const before = first ? [] : steps(last, last + DAY, "last");
  const upTo = before.filter((s) => Date.parse(s.at) - last < now - from);
  const add = (list: readonly GradeCount[]) => list.reduce<GradeCount>((a, b) => plus(a, b), noGrades());
  return {
    zone, from: new Date(from).toISOString(), to: new Date(now).toISOString(), target_pct: 95, profile: "earshot", today: { ...summed(add(timeline), empty ? 0 : 1284), meetings: world.meetings.length }, step_seconds: STEP / 1000,
    before_from: new Date(last).toISOString(), before_to: new Date(last + now - from).toISOString(), timeline, before_timeline: before, ...(upTo.length > 0 ? { before: { ...summed(add(upTo), 1255), meetings: 402 } } : {}),
  };
}

export function overviewGroups(world: World, now: number, zone: string, empty: boolean, first: boolean): OverviewGroups {
  const from = midnight(now, zone);
  const last = midnight(from - 7 * DAY + DAY / 2, zone);
  const sum = (people: number, share: number) => {
    const n = people * 46;
    const not = Math.round((n * (100 - share)) / 100);
    return summed({ good: n - not - Math.round(n * 0.04), fair: Math.round(n * 0.04), poor: Math.round(not * 0.6), bad: not - Math.round(not * 0.6), unclassified: Math.round(n * 0.05) }, people);
  };
  const site = (name: string) => ({ id: world.siteId(name), name });
  const mover = (dimension: string, name: string, people: number, share: number, change: number) =>
    ({ dimension, name, now: sum(people, share), before: sum(people - 2, Math.min(100, share - change)), change, ...(dimension === "site" ? { site: site(name) } : {}) }) as OverviewGroups["movers"][number];
  const split = (name: string, change: number, wired: [number, number], wifi: [number, number], cell?: [number, number]) => {
    const parts = [["Wired", wired], ["Wifi", wifi], ...(cell ? [["Cellular", cell]] : [])] as [string, [number, number]][];
    const people = parts.reduce((n, [, [p]]) => n + p, 0);
    const share = parts.reduce((n, [, [p, s]]) => n + p * s, 0) / Math.max(1, people);
    return { ...(name ? { site: site(name) } : { places: 311 }), all: sum(people, share), before: sum(people, Math.min(100, share - change)), networks: parts.map(([network, [p, s]]) => ({ network, ...sum(p, s) })) };
  };
  return {
    zone, from: new Date(from).toISOString(), to: new Date(now).toISOString(), before_from: new Date(last).toISOString(), before_to: new Date(last + now - from).toISOString(), least_people: 10, least_minutes: 100,
    has_before: !first, compared: first || empty ? 0 : 24,
    movers: first || empty ? [] : [mover("site", "Lyon", 44, 91.2, -7.3), mover("isp", "Arvel Fibre", 52, 92.4, -5.9), mover("site", "Gdynia", 25, 96.1, -2.2), mover("client-version", "6.6.12.2041", 61, 97, -1.4), mover("data-center", "EU (Amsterdam)", 402, 98.9, 0.8), mover("network", "Wifi", 611, 97.8, 1.1), mover("site", "VPN pool Rotterdam", 35, 97.8, 2.6)],
    sites: empty ? [] : [
      split("Lyon", -7.3, [33, 93.9], [11, 82.4]), split("Gdynia", -2.2, [14, 99.4], [11, 91.7]), split("", -0.2, [48, 98.9], [221, 97.6], [6, 95]), split("VPN pool Rotterdam", 2.6, [12, 98.1], [23, 97.6]), split("Porto", 0, [90, 99], [52, 98.5]),
      split("Rotterdam", 0.1, [181, 99.3], [102, 98.6]), split("Leeds", 0.2, [170, 99.2], [77, 98.7]), split("Bergen", 0.3, [66, 99.5], [8, 98.9]),
    ],
  };
}
