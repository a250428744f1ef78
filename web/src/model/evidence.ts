// The evidence for a verdict, as a table: what was seen in its minutes, against what. The counts of people are the API's;
// the other lines set this person's own reports of those minutes beside the rest of their stay. Nothing here weighs them.
import type { Band, CauseVerdict, Device, Grade, Metric, Minute, SegmentSeries } from "../api/types.ts";
import { bandOf, gradeOf } from "./bands.ts";
import { cellWord, minutesOf, ofPeople, shareWord } from "./cause.ts";
import { factsAt } from "./facts.ts";
import { boundValue, capital, directionWord, mediaWord, metricValue, metricWord, plural } from "./format.ts";
import { rank } from "./grade.ts";
import { millis } from "./time.ts";

const MINUTE = 60_000;

export interface Evidence { what: string; value: string; /** Of the value; unclassified where it has none. */ grade: Grade; compared: string }

type Series = Pick<SegmentSeries, "streams" | "minutes" | "bands" | "notifications">;

/** The lines, the API's counts first. Lines that nothing was reported for are left out. */
export function evidenceOf(v: CauseVerdict, series: Series, devices: readonly Device[]): Evidence[] {
  const from = millis(v.from);
  const to = millis(v.to);
  const worst = minutesOf(v, series.minutes).reduce<Minute | undefined>((w, m) => (m.reason && (!w || beyond(m) > beyond(w)) ? m : w), undefined);
  const decided = worst?.reason?.metric;
  return [
    ...peopleLines(v),
    ...worstLine(worst, v, series),
    ...(decided === "cpu_system_max_pct" ? [] : hostLine("The computer", "cpu_system_max_pct", series, from, to)),
    ...(decided === "rssi_avg_dbm" ? [] : hostLine("Wi-Fi signal", "rssi_avg_dbm", series, from, to)),
    ...noticeLine(series, from, to),
    ...changeLine(devices, from, to),
  ];
}

function peopleLines(v: CauseVerdict): Evidence[] {
  const line = (what: string, c: CauseVerdict["inside"], compared: string): Evidence => ({ what, value: `${ofPeople(c)} bad, ${shareWord(c.bad, c.of)}`, grade: "unclassified", compared });
  const elsewhere = `${ofPeople(v.elsewhere)} elsewhere, ${shareWord(v.elsewhere.bad, v.elsewhere.of)}`;
  if (v.scope === "sender" || v.scope === "meeting") return v.inside.of === 0 ? [] : [line(v.scope === "sender" ? "Listeners of that sender" : "Listeners in the meeting", v.inside, v.elsewhere.of > 0 ? elsewhere : "")];
  if (!v.scope || v.scope === "person") return v.elsewhere.of === 0 ? [] : [line("Everybody else", v.elsewhere, "this person alone")];
  return v.inside.of === 0 ? [] : [line(`People: ${cellWord(v)}`, v.inside, v.elsewhere.of > 0 ? elsewhere : "nobody to compare with")];
}

// What decided the worst of the minutes, beside the same stream in all other minutes.
function worstLine(worst: Minute | undefined, v: CauseVerdict, series: Series): Evidence[] {
  const reason = worst?.reason;
  if (!worst || !reason) return [];
  const stream = [mediaWord(reason.media), directionWord(reason.direction)].filter(Boolean).join(" ");
  const own = series.streams.find((s) => s.wire === reason.wire);
  const usual = own ? median(valuesOf(own, reason.metric, (t) => t < millis(v.from) || t >= millis(v.to))) : NaN;
  const bound = `${worst.grade} from ${boundValue(reason.metric, reason.bound)}`;
  return [{ what: [capital(metricWord(reason.metric)), stream].filter(Boolean).join(", "), value: metricValue(reason.metric, reason.value), grade: worst.grade, compared: Number.isNaN(usual) ? bound : `${metricValue(reason.metric, usual)} otherwise; ${bound}` }];
}

const beyond = (m: Minute): number => rank(m.grade) * 1000 + (m.reason && m.reason.bound !== 0 ? Math.min(900, Math.abs(m.reason.value / m.reason.bound)) : 0);

// The worst value of the computer or the radio in these minutes, and the usual one in all others.
function hostLine(what: string, metric: Metric, series: Series, from: number, to: number): Evidence[] {
  const own = series.streams.find((s) => !s.direction && s.metrics[metric]);
  if (!own) return [];
  const inside = valuesOf(own, metric, (t) => t >= from && t < to);
  if (inside.length === 0) return [];
  const band: Band | undefined = bandOf(series.bands, "", metric);
  const worst = metric.startsWith("rssi") ? Math.min(...inside) : Math.max(...inside);
  const usual = median(valuesOf(own, metric, (t) => t < from || t >= to));
  return [{ what, value: `${metric.startsWith("cpu") ? "up to " : "down to "}${metricValue(metric, worst)}`, grade: gradeOf(band, worst), compared: Number.isNaN(usual) ? "" : `${metricValue(metric, usual)} otherwise` }];
}

function noticeLine(series: Series, from: number, to: number): Evidence[] {
  const inside = series.notifications.filter((n) => { const t = millis(n.at); return t >= from - MINUTE && t < to + MINUTE; });
  const first = inside[0];
  return first ? [{ what: "Zoom told the person", value: first.code, grade: "unclassified", compared: plural(inside.length, "time", "times") }] : [];
}

function changeLine(devices: readonly Device[], from: number, to: number): Evidence[] {
  const changes = factsAt(devices, Infinity).flatMap((f) => f.changes.filter((c) => c.at >= from - 2 * MINUTE && c.at < to + MINUTE).map((c) => `${f.label}: ${c.value}`));
  return changes.length === 0 ? [] : [{ what: "Changed at that time", value: changes[0] ?? "", grade: "unclassified", compared: changes.length > 1 ? `and ${plural(changes.length - 1, "other fact", "other facts")}` : "" }];
}

function valuesOf(stream: Series["streams"][number], metric: string, when: (at: number) => boolean): number[] {
  const column = stream.metrics[metric] ?? [];
  return stream.at.flatMap((t, i) => { const v = column[i]; return v !== null && v !== undefined && when(t) ? [v] : []; });
}

/** NaN of nothing. */
function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}
