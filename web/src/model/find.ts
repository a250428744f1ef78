// What people copy out of a ticket: "10.20.4.17 yesterday 09:41". The text is parted into what is looked for and when it was;
// what it is (an address, a name) is told by its form. Everything here is pure: now and zone are arguments.
import { clock, day, fieldToInstant, instantToField, type Zone } from "./time.ts";

const MINUTE = 60_000;

export interface Sought {
  /** What is looked for, without the time. */
  q: string;
  /** When it was, undefined when the text does not say. */
  at?: number;
}

export type SoughtKind = "address" | "subnet" | "mac" | "email" | "number" | "uuid" | "text";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const CLOCK = String.raw`(?:at\s+)?(\d{1,2})(?:[:.h](\d{2})(?::(\d{2}))?)?\s*(am|pm)?(?:\s*(utc|z|gmt))?`;
const DATE = [
  String.raw`(?<iso>\d{4}-\d{2}-\d{2})`, String.raw`(?<dots>\d{1,2}\.\d{1,2}\.(?:\d{4})?)`, String.raw`(?<us>\d{1,2}/\d{1,2}/\d{4})`,
  String.raw`(?<dm>\d{1,2}\.?\s+(?:${MONTHS.join("|")})[a-z]*\.?(?:\s+\d{4})?)`, String.raw`(?<md>(?:${MONTHS.join("|")})[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?)`,
  String.raw`(?<rel>today|yesterday|now)`, String.raw`(?<wd>(?:last\s+)?(?:${DAYS.join("|")})(?:day|sday|nesday|rsday|urday)?)`,
].join("|");
const DATED = new RegExp(String.raw`(?:^|\s)(?:on\s+)?(?:${DATE})(?:(?:,?\s+|T)${CLOCK})?$`, "i");
const CLOCKED = new RegExp(String.raw`(?:^|\s)(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?(?:\s*(utc|z|gmt))?$`, "i");
const AGO = /(?:^|\s)(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?)\s+ago$/i;

/** Reads a text. What is no time stays what is looked for; a time alone is one too, with nothing looked for. */
export function readSought(text: string, now: number, zone: Zone): Sought {
  const whole = text.trim().replaceAll(/\s+/g, " ");
  const ago = AGO.exec(whole);
  if (ago) {
    const unit = { m: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE }[(ago[2] ?? "m").charAt(0).toLowerCase()] ?? MINUTE;
    return { q: before(whole, ago), at: now - Number(ago[1]) * unit };
  }
  const dated = DATED.exec(whole);
  if (dated) {
    const date = dateOf(dated.groups ?? {}, now, zone);
    const rest = dated.slice(-5);
    if (date === "now") return { q: before(whole, dated), at: now };
    const at = date === undefined ? undefined : instant(date, rest[0] === undefined ? ["12", "00"] : rest, zone);
    if (at !== undefined) return { q: before(whole, dated), at };
  }
  const clocked = CLOCKED.exec(whole);
  // A MAC's or an IPv6 address's end is no clock: those have no space before it.
  if (clocked && (clocked.index > 0 || clocked[0] === whole)) {
    const today = instant(localDate(now, zone), clocked.slice(1), zone);
    // A clock alone is the last time that it showed that.
    if (today !== undefined) return { q: before(whole, clocked), at: today > now ? today - 1440 * MINUTE : today };
  }
  return { q: whole };
}

const before = (text: string, found: RegExpExecArray): string => text.slice(0, found.index).trim().replace(/[\s,@]+$|\s+(?:at|on)$/i, "");

const localDate = (at: number, zone: Zone): string => instantToField(new Date(at).toISOString(), zone).slice(0, 10);

function instant(date: string, [hour = "", minute = "0", second = "0", half = "", utc = ""]: readonly (string | undefined)[], zone: Zone): number | undefined {
  let h = Number(hour);
  if (half && (h < 1 || h > 12)) return undefined;
  if (half) h = (h % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  if (h > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const text = fieldToInstant(`${date}T${String(h).padStart(2, "0")}:${minute.padStart(2, "0")}`, utc ? "UTC" : zone);
  return text === "" ? undefined : Date.parse(text) + Number(second) * 1000;
}

/** yyyy-mm-dd, in the zone's calendar. Dates without a year are the last such day; days of the week too. */
function dateOf(g: Record<string, string | undefined>, now: number, zone: Zone): string | undefined {
  const today = localDate(now, zone);
  const ymd = (y: number, m: number, d: number) => (m >= 1 && m <= 12 && d >= 1 && d <= 31 ? `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}` : undefined);
  const lastSuch = (m: number, d: number, year: string | undefined) => {
    if (year) return ymd(Number(year), m, d);
    const y = Number(today.slice(0, 4));
    const that = ymd(y, m, d);
    return that !== undefined && that > today ? ymd(y - 1, m, d) : that;
  };
  const month = (word: string) => MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
  if (g.iso) return g.iso;
  if (g.us) { const [m = 0, d = 0, y = 0] = g.us.split("/").map(Number); return ymd(y, m, d); }
  if (g.dots) { const [d = "0", m = "0", y] = g.dots.split("."); return lastSuch(Number(m), Number(d), y); }
  if (g.dm) { const [d = "0", m = "", y] = g.dm.replaceAll(".", "").split(/\s+/); return lastSuch(month(m), Number(d), y); }
  if (g.md) { const [m = "", d = "0", y] = g.md.replaceAll(/[.,]/g, "").split(/\s+/); return lastSuch(month(m), Number(d), y); }
  const back = (days: number) => localDate(Date.parse(`${today}T12:00:00Z`) - days * 1440 * MINUTE, "UTC");
  const rel = g.rel?.toLowerCase();
  if (rel) return rel === "now" ? "now" : rel === "today" ? today : back(1);
  const weekday = DAYS.indexOf((g.wd ?? "").toLowerCase().replace(/^last\s+/, "").slice(0, 3));
  if (weekday < 0) return undefined;
  const here = new Date(`${today}T12:00:00Z`).getUTCDay();
  return back((here - weekday + 7) % 7 || 7);
}

/** What a text is, by its form alone. */
export function soughtKind(q: string): SoughtKind {
  const octets = /^(\d{1,3})(?:\.(\d{1,3})){3}$/;
  if (/^[\d.]+\/\d{1,2}$/.test(q) || /^[0-9a-f:]+\/\d{1,3}$/i.test(q) || /^\d{1,3}(\.\d{1,3}){0,2}\.\*?$/.test(q) || /^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(q)) return "subnet";
  if (octets.test(q) || /^\d{1,3}(\.\d{1,3}){3}:\d+$/.test(q)) return "address";
  if (/^([0-9a-f]{2}[:-]){2,5}[0-9a-f]{2}$/i.test(q) || /^[0-9a-f]{4}(\.[0-9a-f]{4}){1,2}$/i.test(q)) return "mac";
  if (/^[0-9a-f:]*::?[0-9a-f:.]*$/i.test(q) && q.split(":").length > 2) return "address";
  if (/^[0-9a-f]{12}$/i.test(q) && /[a-f]/i.test(q)) return "mac";
  if (/^\S+@\S+$/.test(q)) return "email";
  if (/^[+\d][\d\s()./-]{5,}$/.test(q)) return "number";
  if (/^[\w+/]{20,}={0,2}$/.test(q)) return "uuid";
  return "text";
}

/** What the kinds are called beside what was found. */
export const SOUGHT_WORDS: Record<SoughtKind, string> = {
  address: "IP address", subnet: "subnet", mac: "MAC address", email: "e-mail address", number: "number", uuid: "meeting uuid", text: "name, host or topic",
};

/** Thu 19 Nov 2026, 09:41 */
export const whenWords = (at: number, zone: Zone): string => `${day(at, zone)}, ${clock(at, zone)}`;
