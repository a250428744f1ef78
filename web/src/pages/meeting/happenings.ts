// What happened in a meeting besides its minutes: people came, went and fell out, shared, changed network or device, and
// Zoom told something. One list, oldest first; what happened to one kind in one minute becomes one tick.
import type { Drop, MeetingDetail, NetworkChange } from "../../api/types.ts";
import { networkWord, plural } from "../../model/format.ts";
import { millis, minuteOf, span } from "../../model/time.ts";
import type { Attendee } from "../../model/verdict.ts";

const MINUTE = 60_000;
/** The place of "sharing sent" in a minute's slots. */
const SHARE_SEND = 4;
/** A tick names so many people, and counts the others. */
const NAMED = 6;

export const COMINGS = ["join", "leave", "drop"] as const;
export const DOINGS = ["share", "change", "notice"] as const;
export type Kind = (typeof COMINGS)[number] | (typeof DOINGS)[number];

/** Something that happened to one person; key is the person's, "" when nobody's. */
export interface Happening { at: number; kind: Kind; key: string; name: string; words: string }

/** What happened of one kind in one minute. */
export interface Tick { at: number; kind: Kind; count: number; words: string }

export const KIND_WORDS: Record<Kind, string> = { join: "joined", leave: "left", drop: "fell out", share: "shared", change: "changed", notice: "notice" };

type Told = Pick<MeetingDetail, "drops" | "changes" | "notifications">;

/** All that happened, oldest first. */
export function happenings(meeting: Told, people: readonly Attendee[]): Happening[] {
  const owner = new Map(people.flatMap((p) => p.segments.map((s) => [s.id, p] as const)));
  const whose = (segment: string | undefined, name = "") => { const p = owner.get(segment ?? ""); return { key: p?.key ?? "", name: p?.name ?? name }; };
  const fell = new Set(meeting.drops.map((d) => d.segment));
  const found: Happening[] = [
    ...people.flatMap((p) => [...stays(p, fell), ...shares(p)]),
    ...meeting.drops.map((d): Happening => ({ at: millis(d.at), kind: "drop", ...whose(d.segment, d.person.name), words: dropWords(d) })),
    ...meeting.changes.map((c): Happening => ({ at: millis(c.at), kind: "change", ...whose(c.segment), words: changeWords(c) })),
    ...meeting.notifications.map((n): Happening => ({ at: millis(n.at), kind: "notice", ...whose(n.segment), words: n.code })),
  ];
  return found.filter((h) => !Number.isNaN(h.at)).sort((a, b) => a.at - b.at);
}

function stays(p: Attendee, fell: ReadonlySet<string>): Happening[] {
  return p.segments.flatMap((s): Happening[] => [
    { at: millis(s.join), kind: "join", key: p.key, name: p.name, words: "joined" },
    // Who fell out has left too: the drop says more.
    ...(fell.has(s.id) ? [] : [{ at: millis(s.leave), kind: "leave" as const, key: p.key, name: p.name, words: s.leave_reason ? `left: ${s.leave_reason}` : "left" }]),
  ]);
}

// Runs of minutes in which something was shared; one minute without it does not end a run.
function shares(p: Attendee): Happening[] {
  const runs: { from: number; to: number }[] = [];
  for (const m of p.minutes) {
    if ((m.slots[SHARE_SEND] ?? "unclassified") === "unclassified") continue;
    const at = millis(m.at);
    const last = runs.at(-1);
    if (last && at - last.to <= MINUTE) last.to = at + MINUTE;
    else runs.push({ from: at, to: at + MINUTE });
  }
  return runs.map((r) => ({ at: r.from, kind: "share", key: p.key, name: p.name, words: `shared for ${span(r.to - r.from)}` }));
}

/** "fell out, back after 110 s". */
export function dropWords(d: Pick<Drop, "kind" | "away_seconds">): string {
  if (d.kind === "rejoined") return d.away_seconds === undefined ? "fell out, and came back" : d.away_seconds === 0 ? "fell out, back at once" : `fell out, back after ${d.away_seconds < 180 ? `${Math.round(d.away_seconds)} s` : span(d.away_seconds * 1000)}`;
  return d.kind === "disconnected" ? "was disconnected" : "fell silent: reports stopped, and nobody left";
}

const CHANGED: Record<NetworkChange["what"], string> = {
  network: "network", connection: "transport", address: "public address", "data-center": "data centre", microphone: "microphone", speaker: "speaker", camera: "camera", "client-version": "client",
};

function changeWords(c: NetworkChange): string {
  const say = (value: string) => (c.what === "network" ? networkWord(value) : value);
  return c.from && c.to ? `${CHANGED[c.what]} changed from ${say(c.from)} to ${say(c.to)}` : `${CHANGED[c.what]} changed`;
}

/** One tick for what happened of a kind in a minute, oldest first. */
export function ticks(all: readonly Happening[]): Tick[] {
  const groups = new Map<string, Happening[]>();
  for (const h of all) {
    const key = `${minuteOf(h.at)} ${h.kind}`;
    const group = groups.get(key);
    if (group) group.push(h);
    else groups.set(key, [h]);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as Happening;
    return { at: minuteOf(first.at), kind: first.kind, count: group.length, words: tickWords(first.kind, group) };
  });
}

function tickWords(kind: Kind, group: readonly Happening[]): string {
  const named = group.slice(0, NAMED);
  const more = group.length - named.length;
  const rest = more > 0 ? ` and ${plural(more, "other", "others")}` : "";
  // Names before, what they did once: "Ann, Bob and 3 others joined". What differs is told one by one.
  if (kind === "join" || (kind === "leave" && group.every((h) => h.words === group[0]?.words))) return `${named.map((h) => h.name).join(", ")}${rest} ${group[0]?.words ?? ""}`;
  return named.map((h) => [h.name, h.words].filter(Boolean).join(kind === "notice" || kind === "change" ? ": " : " ")).join("; ") + (more > 0 ? `; and ${more} more` : "");
}
