// Lanes over one time axis with one crosshair: events on top, then the grades, then a chart per metric and direction, and
// at the right the values at the crosshair. The pointer moves it, a click pins it.
import { useId, useLayoutEffect, useMemo, useRef, useState, type MouseEvent, type PointerEvent } from "react";
import type { Band, Minute } from "../../api/types.ts";
import { gradeOf } from "../../model/bands.ts";
import { boundValue, metricValue } from "../../model/format.ts";
import { nearest, type Gap } from "../../model/gaps.ts";
import type { Lane } from "../../model/lanes.ts";
import { stripCells, stripWords } from "../../model/strip.ts";
import { clock, clockSeconds, millis, minuteOf } from "../../model/time.ts";
import { useShownTheme } from "../../shell/theme.ts";
import { useZone } from "../../shell/zone.ts";
import { GradeMark } from "../GradeMark.tsx";
import { Strip } from "../Strip.tsx";
import { TimeAxis } from "../TimeAxis.tsx";
import { useAt, type Crosshair } from "./crosshair.ts";
import { EventTicks, type LaneEvent } from "./EventTicks.tsx";
import { LanePlot } from "./LanePlot.tsx";
import "./lanes.css";

const MINUTE = 60_000;

interface Props {
  lanes: readonly Lane[]; from: number; to: number; cadence: number; gaps: readonly Gap[]; crosshair: Crosshair;
  onPin: (at: number) => void; minutes?: readonly Minute[]; events?: readonly LaneEvent[];
  /** A stretch of time that the page speaks of: it is marked through all lanes. */
  range?: { from: number; to: number };
}

export function Lanes({ lanes, from, to, cadence, gaps, crosshair, onPin, minutes, events, range }: Props) {
  const sync = useId();
  const theme = useShownTheme();
  const body = useRef<HTMLDivElement>(null);
  const ruler = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!ruler.current) return;
    const watch = new ResizeObserver(([entry]) => { setWidth(Math.floor(entry?.contentRect.width ?? 0)); });
    watch.observe(ruler.current);
    return () => { watch.disconnect(); };
  }, []);
  const timeAt = (x: number): number => {
    const r = ruler.current?.getBoundingClientRect();
    if (!r || x < r.left || x > r.right) return NaN;
    return from + ((x - r.left) / r.width) * (to - from);
  };
  const point = (e: PointerEvent) => { if (e.pointerType === "mouse") crosshair.point(timeAt(e.clientX)); };
  const pin = (e: MouseEvent) => {
    const at = timeAt(e.clientX);
    if (!Number.isNaN(at)) onPin(Math.floor(at / 1000) * 1000);
  };
  // The charts need whole minutes of the strip to lie exactly under them.
  const start = minuteOf(from);
  return (
    // The same by keyboard: the arrow keys move the crosshair, and the table holds every value.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div className="lanes" ref={body} onPointerMove={point} onPointerLeave={() => { crosshair.point(NaN); }} onClick={pin}>
      {range && <RangeMark range={range} from={from} to={to} />}
      <CrosshairLine crosshair={crosshair} from={from} to={to} />
      <div className="cr ruler"><span /><span ref={ruler} /><span /></div>
      {events && <div className="cr"><span className="cl"><b>Events</b></span><EventTicks events={events} from={from} to={to} width={width} onPin={onPin} /><span className="cv t3"><AtWords crosshair={crosshair} /></span></div>}
      {minutes && (
        <div className="cr grade-lane">
          <span className="cl"><b>Grade</b></span>
          <GradeStrip minutes={minutes} from={from} to={to} start={start} />
          <span className="cv"><GradeAt minutes={minutes} crosshair={crosshair} /></span>
        </div>
      )}
      {lanes.map((lane) => (
        <div className={lane.title ? "cr first" : "cr"} key={lane.id}>
          <span className="cl"><b>{lane.title}</b><span className="dr">{lane.by ? <>{lane.direction}<span className="by">{lane.by}</span></> : lane.label}</span>{lane.note && <span className="note">{lane.note}</span>}</span>
          <span className="pl" aria-hidden="true"><LanePlot lane={lane} from={from} to={to} gaps={gaps} cadence={cadence} width={width} height={lane.title ? 52 : 42} sync={sync} theme={theme} /><Bounds lane={lane} /></span>
          <span className="cv"><ValueAt lane={lane} cadence={cadence} crosshair={crosshair} /></span>
        </div>
      ))}
      <div className="cr"><span /><TimeAxis from={from} to={to} /><span /></div>
    </div>
  );
}

function GradeStrip({ minutes, from, to, start }: { minutes: readonly Minute[]; from: number; to: number; start: number }) {
  const cells = useMemo(() => stripCells({ from: start, to, minutes, presence: [{ join: from, leave: to - MINUTE }] }), [minutes, from, to, start]);
  const whole = Math.ceil((to - start) / MINUTE);
  // The strip is made of whole minutes; it is laid so that they fit the lanes' axis.
  const scale = (t: number) => ((t - from) / (to - from)) * 100;
  return <span className="grade-strip"><span style={{ left: `${scale(start)}%`, width: `${scale(start + whole * MINUTE) - scale(start)}%` }}><Strip cells={cells} minutes={whole} height={14} label={stripWords(cells)} /></span></span>;
}

function RangeMark({ range, from, to }: { range: { from: number; to: number }; from: number; to: number }) {
  const scale = (t: number) => Math.min(100, Math.max(0, ((t - from) / (to - from)) * 100));
  return <div className="xr" aria-hidden="true"><i style={{ left: `${scale(range.from)}%`, width: `${scale(range.to) - scale(range.from)}%` }} /></div>;
}

function CrosshairLine({ crosshair, from, to }: { crosshair: Crosshair; from: number; to: number }) {
  const at = useAt(crosshair);
  const zone = useZone();
  if (!(at >= from && at <= to)) return null;
  const left = `${((at - from) / (to - from)) * 100}%`;
  return <div className="xh" aria-hidden="true"><i style={{ left }} /><b style={{ left }}>{clockSeconds(at, zone)}</b></div>;
}

function AtWords({ crosshair }: { crosshair: Crosshair }) {
  const at = useAt(crosshair);
  const zone = useZone();
  return Number.isNaN(at) ? null : <>at {clock(at, zone)}</>;
}

function GradeAt({ minutes, crosshair }: { minutes: readonly Minute[]; crosshair: Crosshair }) {
  const at = useAt(crosshair);
  const minute = minutes.find((m) => millis(m.at) === minuteOf(at));
  if (Number.isNaN(at)) return null;
  return minute ? <GradeMark grade={minute.grade} /> : <span className="t3">no report</span>;
}

function ValueAt({ lane, cadence, crosshair }: { lane: Lane; cadence: number; crosshair: Crosshair }) {
  const at = useAt(crosshair);
  if (Number.isNaN(at)) return null;
  const value = nearest(lane.at, lane.values, at, cadence);
  if (value === null) return <span className="t3" title="no report at this time">–</span>;
  const grade = gradeOf(lane.band, value);
  const usual = lane.peers && nearest(lane.at, lane.peers, at, cadence);
  const peak = lane.peak && nearest(lane.at, lane.peak.values, at, cadence);
  return <><b className={grade === "good" || grade === "unclassified" ? "" : `g-${grade}`}>{metricValue(lane.metric, value)}</b>{peak !== null && peak !== undefined && <span>{lane.peak?.metric.includes("min") ? "least" : "peak"} {metricValue(lane.peak?.metric ?? "", peak)}</span>}{usual !== null && usual !== undefined && <span>others {metricValue(lane.metric, usual)}</span>}</>;
}

/** Where fair and bad begin, at the left of the first lane of a metric. */
function Bounds({ lane }: { lane: Lane }) {
  if (!lane.title || !lane.band) return null;
  return <span className={lane.band.falling ? "bounds low" : "bounds"}>{boundWords(lane.band, lane.metric)}</span>;
}

function boundWords(band: Band, metric: string): string {
  const parts = (["poor", "bad"] as const).flatMap((g) => (band[g] === undefined ? [] : [`${g} ${boundValue(metric, band[g])}`]));
  return parts.join(" · ");
}
