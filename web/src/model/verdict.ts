// Verdicts: one sentence with counts, made only of what the API said. A cause is the API's; nothing here guesses one.
import type { Grade, GradeCount, Ingest, Minute, SegmentMinutes, SegmentRow } from "../api/types.ts";
import { causeShares, inSentence, troubledMinutes } from "./cause.ts";
import { capital, count, directionWord, mediaWord, metricWord, personName, plural, whyWord } from "./format.ts";
import { noGrades, rank } from "./grade.ts";
import type { Stay } from "./strip.ts";
import { clock, millis, type Zone } from "./time.ts";

const MINUTE = 60_000;

/** A piece of a sentence; strong pieces are set in bold, one about an incident leads to it. */
export interface Piece { text: string; strong?: boolean; incident?: string; to?: "/ingest" | "/setup" }

export interface Verdict { grade: Grade; pieces: Piece[] }

/** How many people had which grade in one minute. */
export interface Crowd { at: number; count: GradeCount; present: number }

/** The minutes of a meeting with how many people had which grade: the strip "how many affected". */
export function crowds(rows: readonly { minutes: readonly Minute[] }[]): Crowd[] {
  // A webinar has a hundred thousand of them every second: the text is the key, and is read once.
  const byMinute = new Map<string, Crowd>();
  for (const row of rows) {
    for (const m of row.minutes) {
      let crowd = byMinute.get(m.at);
      if (!crowd) {
        crowd = { at: millis(m.at), count: noGrades(), present: 0 };
        byMinute.set(m.at, crowd);
      }
      crowd.count[m.grade]++;
      crowd.present++;
    }
  }
  return [...byMinute.values()].sort((a, b) => a.at - b.at);
}

/** The minute with the most bad people, else the most poor ones; the earliest of equals. Undefined when nobody was either. */
export function worstMinute(all: readonly Crowd[]): { at: number; grade: "bad" | "poor"; people: number; present: number } | undefined {
  for (const grade of ["bad", "poor"] as const) {
    let best: Crowd | undefined;
    for (const c of all) if (c.count[grade] > (best?.count[grade] ?? 0)) best = c;
    if (best) return { at: best.at, grade, people: best.count[grade], present: best.present };
  }
  return undefined;
}

/** One person of a meeting: every join, and all minutes of them. */
export interface Attendee {
  /** The person's id, or the segment's where the person has none. */
  key: string;
  name: string;
  external: boolean;
  /** The joins, oldest first. */
  segments: SegmentRow[];
  /** All minutes, oldest first; where two joins share a minute, the worse. */
  minutes: readonly Minute[];
  count: GradeCount;
  reported: boolean;
}

/** The stays in breakout rooms during somebody's joins. */
export const staysOf = (p: Attendee): Stay[] => p.segments.flatMap((s) => s.rooms ?? []).map((r) => ({ join: millis(r.from), leave: millis(r.to) }));

/** Whether somebody was in a breakout room during the minute that begins at at. */
export const inRoom = (p: Attendee, at: number): boolean => staysOf(p).some((s) => s.join < at + 60_000 && !(s.leave <= at));

/** The people of a meeting: joins of one person in one row. Sorted by bad minutes, then poor, fair, name; unreported last. */
export function attendees(segments: readonly SegmentRow[], rows: readonly SegmentMinutes[]): Attendee[] {
  const minutesOf = new Map(rows.map((r) => [r.segment, r.minutes]));
  const groups = new Map<string, SegmentRow[]>();
  for (const s of segments) {
    const key = s.person.id || s.id;
    const group = groups.get(key);
    if (group) group.push(s);
    else groups.set(key, [s]);
  }
  const people = [...groups].map(([key, group]): Attendee => {
    group.sort((a, b) => (millis(a.join) || 0) - (millis(b.join) || 0));
    const newest = group.at(-1) as SegmentRow;
    // Mostly there is one join, whose minutes come in order: they are taken as they are.
    const minutes = group.length === 1 ? (minutesOf.get(newest.id) ?? []) : mergeWorst(group.flatMap((s) => minutesOf.get(s.id) ?? []));
    const tally = noGrades();
    for (const m of minutes) tally[m.grade]++;
    return {
      key, name: personName(newest.person), external: newest.person.external ?? false, segments: group, minutes, count: tally,
      reported: group.some((s) => s.reported) || minutes.length > 0,
    };
  });
  return people.sort(byTrouble);
}

/** Most bad minutes first, then poor, fair, name; whom Zoom does not report about last. */
export const byTrouble = (a: Attendee, b: Attendee): number =>
  Number(b.reported) - Number(a.reported) || b.count.bad - a.count.bad || b.count.poor - a.count.poor || b.count.fair - a.count.fair || a.name.localeCompare(b.name, "en");

function mergeWorst(all: readonly Minute[]): Minute[] {
  if (inOrder(all)) return [...all];
  const byAt = new Map<string, Minute>();
  for (const m of all) {
    const had = byAt.get(m.at);
    if (!had || rank(m.grade) > rank(had.grade)) byAt.set(m.at, m);
  }
  return [...byAt.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}

// Whole minutes in UTC, all written alike, are in the order of their text. One join's minutes mostly come in order.
const inOrder = (all: readonly Minute[]): boolean => all.every((m, i) => i === 0 || (all[i - 1] as Minute).at < m.at);

/** What happened in a meeting: how many of how many, when it was worst, what decided it most often. crowd is that of the people. */
export function meetingVerdict(people: readonly Attendee[], crowd: readonly Crowd[], live: boolean, zone: Zone): Verdict {
  const reported = people.filter((p) => p.reported);
  const missing = people.length - reported.length;
  const pieces: Piece[] = [];
  let grade: Grade = "unclassified";
  const withBad = reported.filter((p) => p.count.bad > 0);
  const withPoor = reported.filter((p) => p.count.poor > 0);
  const has = live ? "has" : "had";
  const have = live ? "have" : "had";
  if (reported.length === 0) {
    pieces.push({ text: people.length === 0 ? "Nobody has been seen in this meeting yet." : `No verdict: Zoom has reported nothing about the ${plural(people.length, "person", "people")} here.` });
    return { grade, pieces };
  }
  if (withBad.length > 0 || withPoor.length > 0) {
    grade = withBad.length > 0 ? "bad" : "poor";
    const hit = withBad.length > 0 ? withBad : withPoor;
    pieces.push({ text: `${count(hit.length)} of ${plural(reported.length, "person", "people")} ${hit.length === 1 ? has : have} ${grade} minutes`, strong: true });
    const worst = worstMinute(crowd);
    const site = shareOfSite(hit, reported);
    if (worst) pieces.push({ text: `; worst ${clock(worst.at, zone)}, ${count(worst.people)} at once` });
    pieces.push({ text: `${site}.` });
    const [first] = causeShares(reported);
    const all = reported.reduce((n, p) => n + p.count.bad + p.count.poor, 0);
    if (first) pieces.push({ text: first.cause === "unknown" ? ` The cause of ${count(first.minutes)} of ${troubledMinutes(all)} is unknown.` : ` Cause of ${count(first.minutes)} of ${troubledMinutes(all)}: ${inSentence(first.cause)}.` });
    const often = mostOften(hit, grade);
    if (often) pieces.push({ text: ` Most often: ${often}.` });
  } else if (reported.some((p) => p.count.good + p.count.fair > 0)) {
    grade = reported.some((p) => p.count.fair > 0) ? "fair" : "good";
    pieces.push({ text: `Nobody ${has} a bad minute`, strong: true }, { text: ` among ${plural(reported.length, "person", "people")}${grade === "fair" ? `; ${plural(reported.filter((p) => p.count.fair > 0).length, `person ${has}`, `people ${have}`)} fair ones` : ""}.` });
  } else {
    pieces.push({ text: `No verdict yet: no minute of the ${plural(reported.length, "person", "people")} here could be graded.` });
  }
  if (missing > 0) pieces.push({ text: ` ${plural(missing, "person is", "people are")} not reported by Zoom.` });
  return { grade, pieces };
}

// Where most of those hit are at one site, and not all people are there anyway: "among them 8 of the 9 people at Lyon".
function shareOfSite(hit: readonly Attendee[], all: readonly Attendee[]): string {
  const siteOf = (p: Attendee) => p.segments.at(-1)?.site?.name ?? "";
  const tally = new Map<string, number>();
  for (const p of hit) tally.set(siteOf(p), (tally.get(siteOf(p)) ?? 0) + 1);
  const [site, n] = [...tally].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  if (site === "" || n < 2 || n * 2 <= hit.length || all.every((p) => siteOf(p) === site)) return "";
  const there = all.filter((p) => siteOf(p) === site).length;
  return `; among them ${count(n)} of the ${plural(there, "person", "people")} at ${site}`;
}

// What decided the minutes of a grade most often, in words: "audio received, loss".
function mostOften(people: readonly Attendee[], grade: Grade): string {
  const tally = new Map<string, number>();
  for (const p of people) {
    for (const m of p.minutes) {
      if (m.grade !== grade || !m.reason) continue;
      const stream = [mediaWord(m.reason.media), directionWord(m.reason.direction)].filter(Boolean).join(" ");
      const words = [stream, metricWord(m.reason.metric)].filter(Boolean).join(", ");
      tally.set(words, (tally.get(words) ?? 0) + 1);
    }
  }
  return [...tally].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

/** A stretch of minutes of one grade or worse. */
export interface Spell { from: number; to: number; minutes: number; worst: Minute }

/** Stretches of minutes at least as bad as the grade. One better minute between two does not end a stretch. */
export function spells(minutes: readonly Minute[], grade: "poor" | "bad"): Spell[] {
  const found: Spell[] = [];
  for (const m of minutes) {
    if (rank(m.grade) < rank(grade)) continue;
    const at = millis(m.at);
    const last = found.at(-1);
    if (last && at - last.to <= MINUTE) {
      last.to = at + MINUTE;
      last.minutes++;
      if (worseMinute(m, last.worst)) last.worst = m;
    } else {
      found.push({ from: at, to: at + MINUTE, minutes: 1, worst: m });
    }
  }
  return found;
}

// The worse grade decides; of equal ones the value further beyond its own bound.
function worseMinute(a: Minute, b: Minute): boolean {
  if (a.grade !== b.grade) return rank(a.grade) > rank(b.grade);
  const beyond = (m: Minute) => (m.reason && m.reason.bound !== 0 ? Math.abs(m.reason.value / m.reason.bound) : 0);
  return beyond(a) > beyond(b);
}

/** What one person's minutes say: when it was bad, and what decided it. */
export function participantVerdict(minutes: readonly Minute[], who: { reported: boolean; external: boolean; why?: SegmentRow["why"] }, zone: Zone): Verdict {
  if (!who.reported && minutes.length === 0) {
    return { grade: "unclassified", pieces: [{ text: "Zoom sends no quality reports about this person", strong: true }, { text: who.external ? ", who belongs to another account. What others received from them still shows in their minutes." : ". Nothing can be said about their quality." }] };
  }
  for (const grade of ["bad", "poor"] as const) {
    const found = spells(minutes, grade).sort((a, b) => b.minutes - a.minutes || b.from - a.from);
    const main = found[0];
    if (!main) continue;
    const rest = found.slice(1).reduce((n, s) => n + s.minutes, 0);
    const pieces: Piece[] = [
      { text: main.minutes === 1 ? `${capital(grade)} at ${clock(main.from, zone)}` : `${capital(grade)} from ${clock(main.from, zone)} to ${clock(main.to, zone)}`, strong: true },
      { text: main.minutes === 1 ? "" : `, ${plural(main.minutes, "minute", "minutes")}` },
      { text: main.worst.reason ? `: ${main.worst.reason.text}.` : "." },
    ];
    if (rest > 0) pieces.push({ text: ` ${plural(rest, "more minute was", "more minutes were")} ${grade}.` });
    if (grade === "bad") {
      const poor = minutes.filter((m) => m.grade === "poor").length;
      if (poor > 0) pieces.push({ text: ` Also ${plural(poor, "poor minute", "poor minutes")}.` });
    }
    return { grade, pieces };
  }
  const graded = minutes.filter((m) => m.grade !== "unclassified");
  if (graded.length === 0) {
    const why = whyWord(who.why ?? minutes.at(-1)?.why);
    return { grade: "unclassified", pieces: [{ text: "No verdict", strong: true }, { text: why ? `: ${why}.` : ": no minute could be graded." }] };
  }
  const fair = graded.filter((m) => m.grade === "fair").length;
  return {
    grade: fair > 0 ? "fair" : "good",
    pieces: [{ text: "No poor or bad minute", strong: true }, { text: ` in ${plural(graded.length, "graded minute", "graded minutes")}${fair > 0 ? `; ${count(fair)} fair` : ""}.` }],
  };
}

/** Has anything been lost? Only what the counters prove is claimed. */
export function ingestVerdict(i: Ingest): Verdict {
  if (!i.receiver) {
    return { grade: "bad", pieces: [{ text: "The receiver does not answer.", strong: true }, { text: ` Zoom's events may not be arriving; it tries each again for about two hours. ${i.receiver_error ?? ""} The figures below are the last known.` }] };
  }
  if (i.journal.damaged > 0) {
    return { grade: "bad", pieces: [{ text: `${plural(i.journal.damaged, "archive segment is", "archive segments are")} damaged`, strong: true }, { text: " and moved aside: the raw events in them cannot be read again." }] };
  }
  const [error] = i.notices.filter((n) => n.severity === "error");
  if (error) return { grade: "bad", pieces: [{ text: error.text, strong: true }, { text: " What was accepted has not been lost." }] };
  if (i.received === 0 && i.events.length > 0) {
    return { grade: "fair", pieces: [{ text: "Nothing has been received since the receiver started.", strong: true }, { text: " What came before is kept." }] };
  }
  if (i.received === 0) {
    return { grade: "unclassified", pieces: [{ text: "Nothing has been received yet.", strong: true }, { text: " Waiting for Zoom's challenge: point the event subscription of your Zoom app at this receiver." }] };
  }
  const pieces: Piece[] = [{ text: "Nothing that was accepted has been lost.", strong: true }];
  let grade: Grade = "good";
  if (i.applied.rebuilding) {
    grade = "fair";
    pieces.push({ text: ` A lost store is being filled again: ${count(i.applied.rebuilding.seq)} of ${count(i.applied.rebuilding.to)}.` });
  }
  if (i.quarantined > 0) {
    grade = "poor";
    pieces.push({ text: ` ${plural(i.quarantined, "request fits", "requests fit")} no secret and wait in quarantine.` });
  }
  if (i.shed > 0) pieces.push({ text: ` ${plural(i.shed, "request was", "requests were")} answered 503; Zoom tries those again.` });
  if (i.applied.backlog > 10_000) {
    grade = grade === "good" ? "fair" : grade;
    pieces.push({ text: ` ${plural(i.applied.backlog, "event is", "events are")} not applied yet.` });
  }
  return { grade, pieces };
}
