// Phone calls: their lanes and their verdict.
import type { Band, CallDetail, CallSeries, Metric } from "../api/types.ts";
import { plural } from "./format.ts";
import type { Lane } from "./lanes.ts";
import type { Verdict } from "./verdict.ts";

/** Zoom's rule: a score from 3.5 is good, below is bad. Scores come with one decimal, so that below 3.5 is up to 3.49. */
const MOS_BAND: Band = { metric: "mos" as Metric, bad: 3.49, falling: true };
const GOOD_MOS = 3.5;

const PLANS = [
  { metric: "mos", title: "Score", note: "MOS", floor: 5, base: 1 },
  { metric: "loss_avg_pct", title: "Loss", note: "", peak: "loss_max_pct", floor: 12, base: 0 },
  { metric: "jitter_ms", title: "Jitter", note: "", floor: 70, base: 0 },
  { metric: "network_delay_ms", title: "Delay", note: "network", floor: 200, base: 0 },
  { metric: "bitrate_kbps", title: "Bitrate", note: "", floor: 40, base: 0 },
] as const;

const SIDES = { caller: "caller", callee: "called", "": "unknown side" };
const WAYS = { send: "sends", receive: "hears", "": "" };

/** For every metric, the caller's and the called side's lanes, sending before receiving. */
export function callLanes(c: CallDetail): Lane[] {
  const order = (s: CallSeries) => (s.side === "caller" ? 0 : 2) + (s.direction === "send" ? 0 : 1);
  const series = [...c.series].sort((a, b) => order(a) - order(b));
  return PLANS.flatMap((plan) =>
    series
      .filter((s) => s.metrics[plan.metric]?.some((v) => v !== null))
      .map((s, i): Lane => {
        const peak = "peak" in plan ? s.metrics[plan.peak] : undefined;
        return {
          id: `${s.side}.${s.direction}.${plan.metric}`, title: i === 0 ? plan.title : "", label: `${SIDES[s.side]} ${WAYS[s.direction]}`, note: i === 0 ? plan.note : "",
          metric: plan.metric, media: "audio", direction: s.direction, at: s.at, values: s.metrics[plan.metric] ?? [], band: plan.metric === "mos" ? MOS_BAND : undefined, floor: plan.floor, base: plan.base,
          ...(peak?.some((v) => v !== null) ? { peak: { metric: "loss_max_pct", values: peak } } : {}),
        };
      }),
  );
}

/** The usual distance of two reports, in seconds: the median. 60 when there are too few to tell. */
export function callCadence(series: readonly { at: readonly number[] }[]): number {
  const steps = series.flatMap((s) => s.at.slice(1).map((t, i) => t - (s.at[i] as number))).filter((d) => d > 0).sort((a, b) => a - b);
  return steps.length === 0 ? 60 : Math.max(1, Math.round((steps[steps.length >> 1] as number) / 1000));
}

/** Which side heard or sent badly, by Zoom's score. */
export function callVerdict(c: CallDetail): Verdict {
  if (c.mos === undefined) return { grade: "unclassified", pieces: [{ text: "No verdict", strong: true }, { text: ": Zoom delivered no score for this call." }] };
  const low = c.series.map((s) => ({ s, n: (s.metrics.mos ?? []).filter((v) => v !== null && v < GOOD_MOS).length })).filter((x) => x.n > 0).sort((a, b) => b.n - a.n);
  const words = `The least score was ${c.mos.toFixed(1)}`;
  if (low.length === 0) return { grade: c.grade, pieces: [{ text: words, strong: true }, { text: c.mos >= GOOD_MOS ? ", never below 3.5." : ", below 3.5." }] };
  const parts = low.map(({ s, n }) => `${plural(n, "report", "reports")} where the ${SIDES[s.side]} ${WAYS[s.direction]}`);
  return { grade: c.grade, pieces: [{ text: words, strong: true }, { text: `; below 3.5 in ${parts.join(", ")}.` }] };
}
