// Time in words, in one zone: the viewer's own, UTC, or that of whoever reported a problem. Every text that a page shows
// about time is made here.

/** "local" for the viewer's own, "UTC", or an IANA name such as "Asia/Kolkata". */
export type Zone = string;

/** Whether a text names a zone that this browser knows. */
export function isZone(text: string): boolean {
  if (text === "local") return true;
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

const MINUTE = 60_000;

const zoneName = (zone: Zone): string | undefined => (zone === "local" ? undefined : zone);

const formatters = new Map<string, Intl.DateTimeFormat>();

// Making a formatter costs far more than using it, and pages show hundreds of times.
function formatter(kind: string, zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind} ${zone}`;
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zoneName(zone), hourCycle: "h23" });
    formatters.set(key, made);
  }
  return made;
}

/** Milliseconds since the epoch, NaN for what is missing or no time. */
export const millis = (at: string | undefined): number => (at === undefined ? NaN : Date.parse(at));

/** 09:44 */
export const clock = (at: number, zone: Zone): string =>
  Number.isNaN(at) ? "–" : formatter("hm", zone, { hour: "2-digit", minute: "2-digit" }).format(at);

/** 09:44:20 */
export const clockSeconds = (at: number, zone: Zone): string =>
  Number.isNaN(at) ? "–" : formatter("hms", zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);

/** Thu 12 Nov 2026 */
export const day = (at: number, zone: Zone): string =>
  Number.isNaN(at) ? "–" : formatter("day", zone, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(at).replaceAll(",", "");

/** 12 Nov, 09:44; with the year when it is not the year of now. */
export function dayClock(at: number, now: number, zone: Zone): string {
  if (Number.isNaN(at)) return "–";
  if (day(at, zone) === day(now, zone)) return clock(at, zone);
  const sameYear = new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear();
  const date = sameYear
    ? formatter("short", zone, { day: "numeric", month: "short" }).format(at)
    : formatter("year", zone, { day: "numeric", month: "short", year: "numeric" }).format(at);
  return `${date}, ${clock(at, zone)}`;
}

/** 2026-11-12 09:44:20 UTC: what a tooltip says, whatever the zone. */
export const utcText = (at: number): string =>
  Number.isNaN(at) ? "" : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** CET, or UTC. What the chip in the header says. */
export function zoneLabel(zone: Zone, at: number): string {
  const part = formatter("zone", zone, { timeZoneName: "short" }).formatToParts(at).find((p) => p.type === "timeZoneName");
  return part?.value ?? "UTC";
}

/** A length of time: 40 s, 26 min, 2 h 5 min, 3 d 4 h. Never negative. */
export function span(ms: number): string {
  if (Number.isNaN(ms)) return "–";
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** How long ago, or in how long: "26 min ago", "in 5 min", "now". */
export function ago(at: number, now: number): string {
  if (Number.isNaN(at)) return "–";
  if (Math.abs(now - at) < MINUTE) return "now";
  return at < now ? `${span(now - at)} ago` : `in ${span(at - now)}`;
}

/** The start of the minute that holds at. */
export const minuteOf = (at: number): number => Math.floor(at / MINUTE) * MINUTE;

/** Instants for an axis between from and to: about count of them, on round minutes of the hour. */
export function axisTicks(from: number, to: number, count: number): number[] {
  const steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440];
  const length = (to - from) / MINUTE;
  if (!(length > 0)) return [];
  const step = (steps.find((s) => length / s <= count) ?? 1440) * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) ticks.push(at);
  return ticks;
}

/**
 * How many clocks ("08:30") stand below an axis without touching each other, of so many pixels and letters so high. The first one may
 * stand to the right of its tick and not in the middle of it.
 */
export const clocksIn = (width: number, fontPx: number): number => Math.max(2, Math.min(8, Math.floor(width / (5 * fontPx))));

/** What the zone's clock shows at an instant, as if that clock were UTC; whole minutes. */
function wallClock(at: number, zone: Zone): number {
  const parts = new Map(formatter("wall", zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(at).map((p) => [p.type, Number(p.value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? NaN;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
}

/** A local date-time field's text ("2026-11-12T09:44", zone's clock) as RFC 3339 in UTC, "" when it is none. */
export function fieldToInstant(text: string, zone: Zone): string {
  if (text === "") return "";
  const told = Date.parse(`${text}Z`);
  if (Number.isNaN(told)) return "";
  const offset = (at: number) => wallClock(at, zone) - Math.floor(at / MINUTE) * MINUTE;
  // The offset is that of the instant, which is not known yet: near a change of the clock the second look tells.
  const guess = told - offset(told);
  return new Date(told - offset(guess)).toISOString();
}

/** The other way: RFC 3339 as the text of a local date-time field. */
export function instantToField(instant: string, zone: Zone): string {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? "" : new Date(wallClock(at, zone)).toISOString().slice(0, 16);
}
