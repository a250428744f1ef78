// The day as a chart: the share of good minutes against the target and the week before, and below it how many were poor or
// bad. Fair ones are good enough for the target; the words under the pointer and the table count them.
import { useLayoutEffect, useRef, useState, type PointerEvent } from "react";
import { count } from "../../model/format.ts";
import { daySpan, shareFloor, stepWords, type Step } from "../../model/overview.ts";
import { pctText } from "../../model/target.ts";
import { axisTicks, clock, clocksIn } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";

interface Props { steps: readonly Step[]; before: readonly Step[]; midnight: number; now: number; stepMs: number; target: number; last: string; compact?: boolean }

const W = 1000;
const TOP = 92;
const FOOT = 46;
/** A time this near to the left end begins there, and does not stand over what is beside the chart. */
const EDGE = 25;
/** Of the foot, what the words above the bars take. */
const WORDS = 17;

export function Timeline({ steps, before, midnight, now, stepMs, target, last, compact = false }: Props) {
  const zone = useZone();
  const [at, setAt] = useState<number>();
  const { from, to } = daySpan(steps, before, now - midnight);
  const x = (offset: number) => (W * (offset - from)) / (to - from);
  const floor = shareFloor([...steps, ...before].flatMap((s) => s.share ?? []), target);
  const y = (share: number) => TOP - 2 - ((TOP - 6) * (share - floor)) / (100 - floor);
  const most = Math.max(1, ...steps.map((s) => s.counts.bad + s.counts.poor));
  const axis = useRef<HTMLSpanElement>(null);
  const [clocks, setClocks] = useState(8);
  useLayoutEffect(() => {
    if (!axis.current) return;
    const sizes = new ResizeObserver(([entry]) => { if (entry) setClocks(clocksIn(entry.contentRect.width, parseFloat(getComputedStyle(entry.target.firstElementChild ?? entry.target).fontSize))); });
    sizes.observe(axis.current);
    return () => { sizes.disconnect(); };
  }, []);
  const ticks = axisTicks(midnight + from, midnight + to, clocks);
  const chosen = at === undefined ? undefined : steps.find((s) => at >= s.offset && at < s.offset + stepMs);
  const same = before.find((s) => s.offset === chosen?.offset);
  const point = (e: PointerEvent<HTMLDivElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    setAt(from + ((e.clientX - box.left) / box.width) * (to - from));
  };
  const left = (offset: number) => `${x(offset) / 10}%`;
  const shown = steps.flatMap((s) => s.share ?? []);
  const lowest = shown.length > 0 ? Math.min(...shown) : undefined;
  const summary = `Share of good minutes today in steps of ${stepMs / 60_000} minutes${lowest === undefined ? "" : `, lowest ${pctText(lowest)} %`}; target ${target} %. The table has the figures.`;
  return (
    <div className="daychart">
      <div className="plot" role="img" aria-label={summary} onPointerMove={point} onPointerLeave={() => { setAt(undefined); }}>
        <svg viewBox={`0 0 ${W} ${TOP + FOOT}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="grid" d={`M0 ${y(100)}H${W}M0 ${TOP}H${W}`} />
          <path className="target" d={`M0 ${y(target)}H${W}`} />
          <path className="before" d={line(before, stepMs, x, y)} />
          <path className="today" d={line(steps, stepMs, x, y)} />
          {(["bad", "poor"] as const).map((g, k) => <path key={g} className={`fill-${g}`} d={bars(steps, stepMs, x, most, k)} />)}
          <path className="grid" d={`M0 ${TOP + FOOT}H${W}`} />
          {chosen && <path className="cross" d={`M${x(chosen.offset + stepMs / 2)} 0V${TOP + FOOT}`} />}
        </svg>
        <span className="mark" style={{ top: `${(100 * y(target)) / (TOP + FOOT)}%` }}>target {target}</span>
        <span className="mark low" style={{ top: `${(100 * TOP) / (TOP + FOOT)}%` }}>{floor} %</span>
        <span className="mark count" style={{ top: `${(100 * TOP) / (TOP + FOOT)}%` }}>{steps.some((s) => s.counts.bad + s.counts.poor > 0) ? `up to ${count(most)} min poor or bad` : ""}</span>
      </div>
      <span className="axis" ref={axis} aria-hidden="true">{ticks.map((t) => <span key={t} className={x(t - midnight) < EDGE ? "first" : undefined} style={{ left: left(t - midnight) }}>{clock(t, zone)}</span>)}</span>
      {!compact && (
        <div className="readout f12">
          {chosen
            ? <span><b className="m">{clock(midnight + chosen.offset, zone)}–{clock(midnight + chosen.offset + stepMs, zone)}</b> {stepWords(chosen.counts)}{same && last ? `; last ${last} ${pctText(same.share)} %` : ""}</span>
            : <span className="legend"><span><i className="key today" />today, per {stepMs / 60_000} min</span>{before.length > 0 && <span><i className="key before" />last {last}</span>}<span><i className="key fill-bad" />bad</span><span><i className="key fill-poor" />poor</span></span>}
        </div>
      )}
    </div>
  );
}

/** A line through the middles of the steps that have a share; a missing step is a gap, and a lone one a short dash. */
function line(steps: readonly Step[], stepMs: number, x: (offset: number) => number, y: (share: number) => number): string {
  let d = "";
  let open = NaN;
  for (const [i, s] of steps.entries()) {
    if (s.share === undefined) continue;
    const mid = x(s.offset + stepMs / 2);
    const joined = open === s.offset;
    const next = steps[i + 1];
    if (!joined && !(next?.share !== undefined && next.offset === s.offset + stepMs)) d += `M${x(s.offset).toFixed(1)} ${y(s.share).toFixed(1)}H${x(s.offset + stepMs).toFixed(1)}`;
    else d += `${joined ? "L" : "M"}${mid.toFixed(1)} ${y(s.share).toFixed(1)}`;
    open = s.offset + stepMs;
  }
  return d;
}

/** Bars of one grade, stacked from the bottom: bad, then poor. */
function bars(steps: readonly Step[], stepMs: number, x: (offset: number) => number, most: number, which: number): string {
  let d = "";
  for (const { offset, counts } of steps) {
    const parts = [counts.bad, counts.poor];
    const n = parts[which] ?? 0;
    if (n === 0) continue;
    const under = parts.slice(0, which).reduce((a, b) => a + b, 0);
    const height = (v: number) => ((FOOT - WORDS) * v) / most;
    d += `M${x(offset).toFixed(1)} ${(TOP + FOOT - height(under + n)).toFixed(1)}h${(x(offset + stepMs) - x(offset) - 1.5).toFixed(1)}v${height(n).toFixed(1)}H${x(offset).toFixed(1)}z`;
  }
  return d;
}
