// GET /series/{id} of the mock: the meetings that share a topic, and who was hit in them.
import type { CauseMinutes, NamedMinutes, PersonDetail, SeriesDetail, SeriesPerson } from "../src/api/types.ts";
import { countGrades, noGrades, worstOf } from "../src/model/grade.ts";
import { id } from "./random.ts";
import type { Meeting, World } from "./world.ts";

export const seriesOf = (m: Meeting): string => (m.number && m.topic ? id(`series ${m.topic}`) : "");

function grouped<T>(items: readonly T[], of: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return groups;
}

type Minutes = ReturnType<World["minutes"]>;

export function seriesDetail(world: World, series: string, now: number): SeriesDetail | undefined {
  const meetings = world.meetings.filter((m) => seriesOf(m) === series).sort((a, b) => b.start - a.start).slice(0, 30);
  const [newest] = meetings;
  if (!newest) return undefined;
  const people = new Map<string, { meetings: number; troubled: number; minutes: Minutes }>();
  const all: Minutes = [];
  const rows = meetings.map((m) => {
    const own: Minutes = [];
    const byPerson = grouped(m.seats.filter((s) => !s.external), (s) => s.person);
    for (const [person, seats] of byPerson) {
      const minutes = seats.flatMap((s) => world.minutes(s, now));
      const p = people.get(person) ?? { meetings: 0, troubled: 0, minutes: [] };
      people.set(person, p);
      p.meetings++;
      if (minutes.some((x) => x.grade === "bad" || x.grade === "poor")) p.troubled++;
      p.minutes.push(...minutes);
      own.push(...minutes);
    }
    all.push(...own);
    const c = countGrades(own.map((x) => x.grade));
    const graded = c.good + c.fair + c.poor + c.bad;
    return { ...world.row(m, now), ...(graded > 0 ? { trouble_pct: Math.round((1000 * (c.poor + c.bad)) / graded) / 10 } : {}) };
  });
  const minutes = countGrades(all.map((x) => x.grade));
  const graded = minutes.good + minutes.fair + minutes.poor + minutes.bad;
  const persons = [...people].map(([name, p]): SeriesPerson => {
    const [cause] = causes([p.minutes]);
    return { person: { id: id(`person ${name}`), name }, meetings: p.meetings, troubled: p.troubled, minutes: countGrades(p.minutes.map((x) => x.grade)), ...(cause ? { cause: cause.cause } : {}) };
  });
  return {
    id: series, account: world.row(newest, now).account, number: newest.number, topic: newest.topic, grade: worstOf(minutes), minutes, meetings: rows, older: false,
    people: persons.sort((a, b) => b.troubled - a.troubled || b.minutes.bad + b.minutes.poor - a.minutes.bad - a.minutes.poor).slice(0, 50), causes: causes([...people.values()].map((p) => p.minutes)),
    ...(graded > 0 ? { ok_pct: Math.round((1000 * (minutes.good + minutes.fair)) / graded) / 10 } : {}),
  };
}

/** The causes of several lists of minutes, most minutes first; people counts the lists. */
function causes(lists: readonly Minutes[]): CauseMinutes[] {
  const found = new Map<string, CauseMinutes>();
  for (const list of lists) {
    const seen = new Set<string>();
    for (const m of list) {
      if (!m.cause) continue;
      const c = found.get(m.cause.cause) ?? { cause: m.cause.cause, minutes: 0, people: 0 };
      found.set(m.cause.cause, c);
      c.minutes++;
      if (!seen.has(m.cause.cause)) c.people++;
      seen.add(m.cause.cause);
    }
  }
  return [...found.values()].sort((a, b) => b.minutes - a.minutes);
}

/** What a person's page tells beside the joins: the same minutes in groups, and weeks before them. */
export function personGroups(name: string, joins: readonly { minutes: Minutes; site: string; network: string; device: string }[], now: number): Pick<PersonDetail, "weeks" | "sites" | "networks" | "devices" | "causes"> {
  const by = (of: (j: (typeof joins)[number]) => string): NamedMinutes[] => [...grouped(joins, of)].map(([group, list]) => ({ name: group, minutes: countGrades(list.flatMap((j) => j.minutes.map((m) => m.grade))) }));
  const monday = now - ((Math.floor(now / 86_400_000) + 3) % 7) * 86_400_000;
  const weeks = Array.from({ length: 8 }, (_, k) => ({
    from: new Date(Math.floor((monday - (7 - k) * 7 * 86_400_000) / 86_400_000) * 86_400_000).toISOString(),
    minutes: k === 7 ? countGrades(joins.flatMap((j) => j.minutes.map((m) => m.grade))) : { ...noGrades(), good: 300 + name.length * k, fair: 12, poor: k, bad: (k * 7) % 5 },
  }));
  return { weeks, sites: by((j) => j.site), networks: by((j) => j.network), devices: by((j) => j.device), causes: causes(joins.map((j) => j.minutes)) };
}
