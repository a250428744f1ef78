// Numbers and names in words.
import type { CallParty, Direction, Kind, MeetingRow, Media, Metric, Peer, PersonRef, Why } from "../api/types.ts";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** 1,284 */
export const count = (n: number): string => whole.format(n);

/** One thing or several: "1 person", "3 people". */
export const plural = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

/** 3.1 GB, in decimal units. */
export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let i = 0;
  while (n >= 999.5 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return `${i === 0 || n >= 99.5 ? Math.round(n) : n.toFixed(1)} ${units[i]}`;
}

/** A delay: 0.4 s, 38 ms. */
export const delay = (ms: number): string => (ms >= 995 ? `${(ms / 1000).toFixed(ms >= 9950 ? 0 : 1)} s` : `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`);

const MINUS = "\u2212";

/** A metric's value with its unit, at the precision that means something: 18.2 %, 52 ms, −58 dBm. */
export function metricValue(metric: string, value: number): string {
  const signed = (text: string) => text.replace("-", MINUS);
  if (metric.endsWith("_pct")) return `${value >= 99.95 || value === 0 ? Math.round(value) : value.toFixed(metric.startsWith("cpu") ? 0 : 1)} %`;
  if (metric.endsWith("_ms")) return `${Math.round(value)} ms`;
  if (metric.endsWith("_kbps")) return value >= 1000 ? `${(value / 1000).toFixed(2)} Mbps` : `${Math.round(value)} kbps`;
  if (metric.endsWith("_dbm")) return signed(`${Math.round(value)} dBm`);
  if (metric.endsWith("_fps")) return `${Math.round(value)} fps`;
  if (metric.endsWith("_px")) return `${Math.round(value)} px`;
  if (metric.startsWith("pressure")) return ["", "normal", "fair", "serious", "critical"][Math.round(value)] ?? String(value);
  if (metric === "mos" || metric === "estimated_mos" || metric === "quality_score") return value.toFixed(1);
  return signed(String(Math.round(value * 100) / 100));
}

const METRIC_WORDS: Record<Metric, string> = {
  bitrate_kbps: "bitrate", latency_ms: "round trip", jitter_ms: "jitter", loss_avg_pct: "loss", loss_max_pct: "peak loss", width_px: "width",
  height_px: "height", frame_rate_fps: "frame rate", cpu_zoom_min_pct: "Zoom's CPU, least", cpu_zoom_avg_pct: "Zoom's CPU", cpu_zoom_max_pct: "Zoom's CPU, greatest",
  cpu_system_max_pct: "system CPU", pressure_min: "CPU pressure, least", pressure_avg: "CPU pressure", pressure_max: "CPU pressure, greatest",
  estimated_mos: "MOS, estimated", quality: "Zoom's grade", quality_score: "Zoom's score", rssi_min_dbm: "Wi-Fi signal, least", rssi_avg_dbm: "Wi-Fi signal", rssi_max_dbm: "Wi-Fi signal, greatest",
};

export const metricWord = (metric: string): string => METRIC_WORDS[metric as Metric] ?? metric;

export const mediaWord = (media: Media | undefined): string => (media === "share" ? "sharing" : (media ?? ""));

export const directionWord = (direction: Direction | undefined): string => ({ send: "sent", receive: "received", "": "" })[direction ?? ""];

export const peerWord = (peer: Peer | undefined): string => ({ crc: "room system", rwg: "browser", client: "", "": "" })[peer ?? ""];

/** The kind of a network as people write it: Zoom says "Wifi", "Wired", "PPP", "Cellular". */
export const networkWord = (network: string): string => (/^wi-?fi$/i.test(network) ? "Wi-Fi" : /^voip$/i.test(network) ? "VoIP" : /^pstn/i.test(network) ? "telephone network" : /^[A-Z][a-z]+$/.test(network) ? network.toLowerCase() : network);

export const kindWord = (kind: Kind): string => (kind === "session" ? "Video SDK session" : kind === "" ? "unknown kind" : kind);

/** The first letter made great: what the API calls by a common noun may stand at the head of a line. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A bound of a grade: round numbers without a decimal, "10 %". */
export const boundValue = (metric: string, bound: number): string => metricValue(metric, Math.round(bound * 10) / 10).replace(".0 %", " %");

/** A sentence in which no number is parted from its unit at the end of a line, nor "Wi-Fi" at its hyphen; negative values have a minus. */
export const unbroken = (text: string): string => text.replaceAll(/(\d) (%|ms|dBm|fps|kbps|Mbps|px)/g, "$1\u00a0$2").replaceAll("Wi-Fi", "Wi\u2011Fi").replaceAll(/(^|\s)-(?=\d)/g, `$1${MINUS}`);

/** Why something has no verdict, in a sentence's words. */
export const whyWord = (why: Why | undefined): string =>
  ({ idle: "nothing was flowing: muted, or camera off", "short-session": "under 60 s in the meeting", "few-reports": "fewer than two reports", "no-report": "Zoom sent nothing for this minute", "": "" })[why ?? ""];

/** What to call a meeting: its topic, else its number, else that it has no name yet. */
export const meetingName = (m: Pick<MeetingRow, "topic" | "number" | "uuid">): string => m.topic || (m.number ? `Meeting ${meetingNumber(m.number)}` : `Meeting ${m.uuid}`);

/** 842 1907 5536 */
export function meetingNumber(number: string): string {
  const parts = /^(\d{3})(\d{3,4})(\d{4})$/.exec(number);
  return parts ? parts.slice(1).join(" ") : number;
}

export const personName = (p: PersonRef): string => p.name || (p.external ? "External person" : "Nameless person");

export const partyName = (p: CallParty): string => p.name || p.number || p.extension || "unknown";
