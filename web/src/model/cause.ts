// Causes in words, how sure they are, and how the poor and bad minutes of people spread over them. Nothing is guessed
// here: a cause is what the API said it is, and a minute without one is counted as such by nobody.
import type { Cause, CauseVerdict, CellRef, Direction, Minute, PeopleCount } from "../api/types.ts";
import { count, plural } from "./format.ts";
import { clock, millis, type Zone } from "./time.ts";

const MINUTE = 60_000;

/** In the order in which they are offered where counts do not decide; what is not known comes last. */
export const CAUSES: readonly Cause[] = ["isp", "local-network", "wifi", "vpn", "zoom-edge", "client-version", "device", "remote", "unknown"];

const WORDS: Record<Cause, string> = {
  unknown: "Unknown", device: "Device", wifi: "Wi-Fi", "local-network": "Local network", isp: "ISP", "zoom-edge": "Zoom data centre", remote: "Another sender",
  "client-version": "Client version", vpn: "VPN",
};

const SHORT: Record<Cause, string> = { ...WORDS, "zoom-edge": "Zoom", "local-network": "Network", "client-version": "Version" };

export const isCause = (text: string | undefined): text is Cause => text !== undefined && Object.hasOwn(WORDS, text);

export const causeWord = (cause: Cause): string => WORDS[cause];
/** For a column that is narrow. */
export const causeShort = (cause: Cause): string => SHORT[cause];

/** A cause in the middle of a sentence: only names keep their capitals. */
export const inSentence = (cause: Cause): string => (/^(ISP|Wi-Fi|VPN|Zoom)/.test(WORDS[cause]) ? WORDS[cause] : WORDS[cause].toLowerCase());

/** How sure: the same bounds as in the API's sentences. */
export const confidenceWord = (percent: number): string => (percent >= 90 ? "high" : percent >= 70 ? "medium" : "low");

/** The cause of a minute, undefined where it has none: it was not bad, or nobody has said yet. */
export const causeOf = (minute: Minute): Cause | undefined => (minute.cause && isCause(minute.cause.cause) ? minute.cause.cause : undefined);

/** What a minute's cause is called: "ISP, 93 % sure", or for an unknown one also the best guess. */
export function causeWords(minute: Minute): string {
  const cause = causeOf(minute);
  if (!cause || !minute.cause) return "";
  if (cause !== "unknown") return `${WORDS[cause]}, ${minute.cause.confidence} % sure`;
  const { candidate } = minute.cause;
  return isCause(candidate) && candidate !== "unknown" ? `Unknown, perhaps ${inSentence(candidate)}` : "Unknown";
}

/** One cause of several people's minutes: how many minutes, how many people, and how many at once in each minute. */
export interface CauseShare { cause: Cause; minutes: number; people: number; at: ReadonlyMap<number, number> }

/** How poor and bad minutes spread over causes, most minutes first; unknown last of equals. */
export function causeShares(people: readonly { minutes: readonly Minute[] }[]): CauseShare[] {
  // A large meeting has tens of thousands of minutes: the text is the key, and is read once.
  const found = new Map<Cause, { cause: Cause; minutes: number; people: number; told: Map<string, number> }>();
  for (const person of people) {
    const own = new Set<Cause>();
    for (const m of person.minutes) {
      const cause = causeOf(m);
      if (!cause) continue;
      let share = found.get(cause);
      if (!share) {
        share = { cause, minutes: 0, people: 0, told: new Map() };
        found.set(cause, share);
      }
      share.minutes++;
      share.told.set(m.at, (share.told.get(m.at) ?? 0) + 1);
      if (!own.has(cause)) share.people++;
      own.add(cause);
    }
  }
  return [...found.values()]
    .map(({ told, ...share }) => ({ ...share, at: new Map([...told].map(([text, n]) => [millis(text), n])) }))
    .sort((a, b) => b.minutes - a.minutes || CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause));
}

/** A share of a whole as people say it: "61 %", "under 1 %"; "–" of nothing. */
export function shareWord(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 1) return "under 1 %";
  return `${part < whole ? Math.min(99, Math.round(percent)) : 100} %`;
}

/** "11 of 12"; of nobody "nobody". */
export const ofPeople = (c: PeopleCount): string => (c.of === 0 ? "nobody" : `${count(c.bad)} of ${count(c.of)}`);

/** The verdict that a page speaks of first: most bad minutes, then most minutes, then the newest. */
export function worstVerdict(verdicts: readonly CauseVerdict[], minutes: readonly Minute[]): CauseVerdict | undefined {
  const bad = (v: CauseVerdict) => minutesOf(v, minutes).filter((m) => m.grade === "bad").length;
  return [...verdicts].sort((a, b) => bad(b) - bad(a) || b.minutes - a.minutes || millis(b.from) - millis(a.from))[0];
}

/** The poor and bad minutes that a verdict is about. */
export const minutesOf = (v: CauseVerdict, minutes: readonly Minute[]): Minute[] => {
  const from = millis(v.from);
  const to = millis(v.to);
  return minutes.filter((m) => { const at = millis(m.at); return at >= from && at < to && (m.grade === "bad" || m.grade === "poor"); });
};

/** The verdict that a moment lies in; of several the one with the fewest minutes. */
export function verdictAt(verdicts: readonly CauseVerdict[], at: number): CauseVerdict | undefined {
  return verdicts.filter((v) => at >= millis(v.from) && at < Math.max(millis(v.to), millis(v.from) + MINUTE)).sort((a, b) => a.minutes - b.minutes)[0];
}

/** A sentence of the API parted after its first full stop, so that the weightier half can be set in bold. */
export function firstSentence(text: string): [string, string] {
  const end = text.search(/\. [A-Z]/);
  return end < 0 ? [text, ""] : [text.slice(0, end + 1), text.slice(end + 1)];
}

/** Whether a sentence tells its time by another clock than the page: the API's go by the clock of the site. at is when it began. */
export function byOtherClock(sentence: string, at: number, zone: Zone): boolean {
  const told = / (?:since )?(\d\d):(\d\d)(?!\d)/.exec(sentence);
  const shown = /^(\d\d):(\d\d)$/.exec(clock(at, zone));
  if (!told || !shown) return false;
  const minutes = (m: RegExpExecArray) => Number(m[1]) * 60 + Number(m[2]);
  const apart = Math.abs(minutes(told) - minutes(shown));
  // No zone is nearer than 15 minutes to another; a sentence may speak of an earlier minute than the first of its run.
  return Math.min(apart, 1440 - apart) >= 30;
}

/** Where a cause sits, as a noun: "Network 10.20.4.0/22, Lyon", "ISP Arvel Fibre". "" for what has no place. */
export function cellWord(cell: Pick<CellRef, "scope" | "name" | "site" | "person"> | { scope?: CellRef["scope"]; name?: string; site?: CellRef["site"] }): string {
  const site = cell.site?.name ?? "";
  const at = (what: string) => [what, site].filter(Boolean).join(", ");
  const name = cell.name ?? "";
  switch (cell.scope) {
    case "subnet": return at(`Network ${name}`);
    case "subnet-wifi": return at(`Wi-Fi of ${name}`);
    case "site": return site || "A site";
    case "site-wifi": return `Wi-Fi of ${site || "a site"}`;
    case "transport": return at(`Media over ${name || "TCP"}`);
    case "isp": return `ISP ${name}`;
    case "data-center": return `Zoom data centre ${name}`;
    case "client-version": return `Client ${name}`;
    case "vpn": return name.startsWith("VPN") ? name : `VPN ${name}`;
    case "meeting": return "The meeting";
    case "sender": return "One sender";
    case "person": return ("person" in cell && cell.person?.name) || "One person";
    default: return "";
  }
}

/** Which way it was bad, in a table's words. */
export const wayWord = (direction: Direction | undefined): string => (direction === "send" ? "sent" : direction === "receive" ? "received" : "both ways");

/** "9 poor and bad minutes". */
export const troubledMinutes = (n: number): string => plural(n, "poor or bad minute", "poor and bad minutes");
