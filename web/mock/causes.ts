// What made the mock world's minutes bad, told as the API tells it: a cause for every poor and bad minute, runs of them
// as verdicts with counts and a sentence.
import type { Cause, CauseMinutes, CauseVerdict, Grade, MeetingDetail, Minute, MinuteCause } from "../src/api/types.ts";
import { placeOf, type Meeting, type Seat, type World } from "./world.ts";

const MINUTE = 60_000;

export interface Trouble { kind: "isp" | "wifi" | "device" | "remote" | "odd" | "none"; level: number }

const CAUSES: Record<Trouble["kind"], MinuteCause> = {
  isp: { cause: "isp", confidence: 93 }, wifi: { cause: "wifi", confidence: 84 }, device: { cause: "device", confidence: 91 }, remote: { cause: "remote", confidence: 88 },
  odd: { cause: "unknown", confidence: 31, candidate: "isp" }, none: { cause: "unknown", confidence: 12 },
};

export const minuteCause = (grade: Grade, trouble: Trouble): MinuteCause | undefined => (grade === "bad" || grade === "poor" ? CAUSES[trouble.kind] : undefined);

/** A meeting's poor and bad minutes by cause, most minutes first. */
export function causesOf(people: readonly { key: string; minutes: readonly Minute[] }[]): CauseMinutes[] {
  const found = new Map<string, { minutes: number; people: Set<string> }>();
  for (const { key, minutes } of people) {
    for (const m of minutes) {
      if (!m.cause) continue;
      const had = found.get(m.cause.cause) ?? { minutes: 0, people: new Set<string>() };
      had.minutes++;
      had.people.add(key);
      found.set(m.cause.cause, had);
    }
  }
  return [...found].map(([cause, c]) => ({ cause: cause as Cause, minutes: c.minutes, people: c.people.size })).sort((a, b) => b.minutes - a.minutes);
}

export function dropsOf(m: Meeting): MeetingDetail["drops"] {
  return m.seats.filter((s) => s.dropped).map((s) => ({ at: new Date(s.leave).toISOString(), back: new Date(s.leave + 110_000).toISOString(), away_seconds: 110, kind: "rejoined" as const, person: { name: s.person }, segment: s.segment }));
}

/** Runs of minutes with one cause, at most three better ones in between. */
export function verdictsOf(world: World, m: Meeting, s: Seat, now: number): CauseVerdict[] {
  const runs: { from: number; to: number; minutes: number; cause: MinuteCause }[] = [];
  for (const minute of world.minutes(s, now)) {
    if (!minute.cause) continue;
    const at = Date.parse(minute.at);
    const last = runs.at(-1);
    if (last && last.cause.cause === minute.cause.cause && at - last.to <= 3 * MINUTE) {
      last.to = at + MINUTE;
      last.minutes++;
    } else {
      runs.push({ from: at, to: at + MINUTE, minutes: 1, cause: minute.cause });
    }
  }
  return runs.map((r) => ({ from: new Date(r.from).toISOString(), to: new Date(r.to).toISOString(), minutes: r.minutes, ...r.cause, ...story(world, m, s, r.cause, r.from, r.to, now) }));
}

type Story = Omit<CauseVerdict, "from" | "to" | "minutes" | "cause" | "confidence" | "candidate">;

function story(world: World, m: Meeting, s: Seat, cause: MinuteCause, from: number, to: number, now: number): Story {
  const since = new Date(from).toISOString().slice(11, 16);
  const place = placeOf(s.person);
  const bad = (seats: readonly Seat[]) => ({ bad: seats.filter((x) => world.minutes(x, now).some((y) => { const at = Date.parse(y.at); return at >= from && at < to && y.grade === "bad"; })).length, of: seats.length });
  const reported = m.seats.filter((x) => !x.external);
  const here = bad(reported.filter((x) => placeOf(x.person)?.name === place?.name));
  const all = bad(reported);
  const elsewhere = { bad: all.bad - here.bad, of: all.of - here.of };
  const others = { bad: Math.max(0, all.bad - 1), of: all.of - 1 };
  const site = place ? { site: { id: world.siteId(place.name), name: place.name } } : {};
  switch (cause.cause) {
    case "isp": return { scope: "isp", name: place?.isp ?? "Homenet", direction: "send", inside: here, elsewhere, sentence: `${here.bad} of ${here.of} people on ${place?.isp} sent badly since ${since}; ${elsewhere.bad} of ${elsewhere.of} elsewhere. Caused by the carrier.`, ...site };
    case "wifi": return { scope: "site-wifi", direction: "send", inside: here, elsewhere, sentence: `${here.bad} of ${here.of} people on the Wi-Fi in ${place?.name} sent badly since ${since}; ${elsewhere.bad} of ${elsewhere.of} elsewhere. Most likely the Wi-Fi there.`, ...site };
    case "device": return { scope: "person", inside: { bad: 1, of: 1 }, elsewhere: others, sentence: "Caused by a busy computer, CPU 96 %. Not the signal; others in the meeting, in the same place were fine." };
    case "remote": {
      const sender = m.seats.find((x) => x.person === m.host && !x.external && x !== s);
      const heard = { bad: Math.max(1, all.bad), of: all.of };
      return { scope: sender ? "sender" : "meeting", ...(sender ? { sender: sender.segment } : {}), direction: "receive", inside: heard, elsewhere: { bad: 0, of: 0 }, sentence: `${heard.bad} of ${heard.of} listeners received badly what ${sender?.person ?? "somebody"} sent since ${since}. Most likely ${sender?.person ?? "somebody"}'s sending.` };
    }
    default: return { scope: "person", direction: "send", inside: { bad: 1, of: 1 }, elsewhere: others, sentence: `Unknown: one person sent badly since ${since}, ${others.bad} of ${others.of} others. Not the computer, not the signal; others in the meeting, in the same place were fine.${cause.candidate ? " Perhaps the carrier, but too little speaks for it." : ""}` };
  }
}
