// How many had it at each time: those whom the incident reached, bad and poor, against how many of them were present, and against
// the others in the same meetings.
import { useQuery } from "@tanstack/react-query";
import { useMemo, type KeyboardEvent, type PointerEvent } from "react";
import { incidentMinutesQuery } from "../../api/queries.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { ofPeople } from "../../model/cause.ts";
import { plural } from "../../model/format.ts";
import { total } from "../../model/grade.ts";
import { columnAt, columnWords, courseOf, shareWords, stepTitle, troubled, type Column, type Course } from "../../model/howMany.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { useAt, type Crosshair } from "../../ui/lanes/crosshair.ts";
import { TimeAxis } from "../../ui/TimeAxis.tsx";
import { Wrong } from "../../ui/Wrong.tsx";

const W = 1000;
const H = 130;
/** Room above the columns, in which the marks of its life are told. */
const TOP = 16;

export function HowMany({ i, cross }: { i: IncidentDetail; cross: Crosshair }) {
  const zone = useZone();
  const query = useQuery(incidentMinutesQuery(i.id, i.state === "open"));
  const course = useMemo(() => query.data && courseOf(query.data, i.personal), [query.data, i.personal]);
  return (
    <section className="panel how-many" aria-label="How many">
      <div className="panel-head">
        <h2>{i.personal ? "When" : "How many"}, {stepTitle(course?.step ?? 60_000)}</h2><span className="sub">{i.personal ? "bad or poor" : "whom it reached, bad or poor"}</span>
        {course?.peak && !i.personal && (
          <span className="right">
            {i.now && i.now.of > 0 && <span>now <b>{ofPeople(i.now)}</b></span>}
            <span>most <b>{troubled(course.peak.reached)} of {total(course.peak.reached)}</b> at {clock(course.peak.at, zone)}</span>
          </span>
        )}
      </div>
      <Wrong query={query} what="minutes of the incident" />
      {!course && !query.error && <div className="how-many-blank" />}
      {course && course.columns.length === 0 && <div className="panel-body t2">Nothing to draw: the minutes of its meetings are not kept any more.</div>}
      {course && course.columns.length > 0 && <Chart c={course} i={i} cross={cross} />}
      {query.data && course && course.columns.length > 0 && query.data.people < i.affected && <div className="panel-foot">{plural(query.data.people, "person", "people")} of {i.affected} {query.data.people === 1 ? "is" : "are"} counted: of the others no meeting is kept with it.</div>}
    </section>
  );
}

function Chart({ c, i, cross }: { c: Course; i: IncidentDetail; cross: Crosshair }) {
  const zone = useZone();
  const chosen = columnAt(c, useAt(cross));
  const width = c.to - c.from;
  const x = (time: number) => (W * (time - c.from)) / width;
  const left = (time: number) => `${(100 * (time - c.from)) / width}%`;
  const point = (e: PointerEvent<HTMLDivElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    cross.point(c.from + ((e.clientX - box.left) / box.width) * (c.to - c.from));
  };
  const key = (e: KeyboardEvent<HTMLDivElement>) => {
    const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 && e.key !== "Home" && e.key !== "End") return;
    e.preventDefault();
    const old = c.columns.findIndex((v) => v === chosen);
    const start = c.columns.findIndex((v) => v === c.peak);
    const next = e.key === "Home" ? 0 : e.key === "End" ? c.columns.length - 1 : old < 0 ? Math.max(0, start) : old + by;
    cross.point(c.columns[Math.min(c.columns.length - 1, Math.max(0, next))]?.at ?? NaN);
  };
  const shown = chosen ?? c.peak ?? c.columns[0];
  const words = (v: Column) => `${clock(v.at, zone)}${c.step > 60_000 ? `–${clock(v.at + c.step, zone)}` : ""} ${columnWords(v)}`;
  const begin = x(millis(i.start)), end = i.end ? x(millis(i.end)) : W;
  return (
    <div className={i.personal ? "how-many-chart alone" : "how-many-chart"}>
      <div
        className="plot" role="slider" tabIndex={0} aria-label="People at a time" aria-valuemin={0} aria-valuemax={c.full} aria-valuenow={shown ? troubled(shown.reached) : 0} aria-valuetext={shown ? words(shown) : ""}
        onPointerMove={point} onPointerDown={point} onPointerLeave={() => { cross.point(NaN); }} onKeyDown={key} onBlur={() => { cross.point(NaN); }}
      >
        <svg viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="during" d={`M${begin} ${TOP}H${end}V${H}H${begin}z`} />
          <path className="present" d={bars(c, x, (v) => [0, total(v.reached)], 0)} />
          <path className="grid" d={`M0 ${TOP}H${W}M0 ${(TOP + H) / 2}H${W}M0 ${H}H${W}`} />
          <path className="fill-bad" d={bars(c, x, (v) => [0, v.reached.bad])} />
          <path className="fill-poor" d={bars(c, x, (v) => [v.reached.bad, v.reached.poor])} />
          <path className="others" d={line(c, x)} />
          {chosen && <path className="cross" d={`M${x(chosen.at + c.step / 2)} ${TOP}V${H}`} />}
        </svg>
        {!i.personal && levels(c.full).map((n) => <span key={n} className="level" aria-hidden="true" style={{ top: `${(100 * (H - ((H - TOP) * n) / c.full)) / H}%` }}>{n === c.full ? plural(n, "person", "people") : n}</span>)}
        <Marks i={i} c={c} left={left} />
      </div>
      <TimeAxis from={c.from} to={c.to} />
      <div className="readout f12">
        {chosen
          ? <span><b className="m">{clock(chosen.at, zone)}{c.step > 60_000 && `–${clock(chosen.at + c.step, zone)}`}</b> {columnWords(chosen)}</span>
          : <span className="legend"><span><i className="key fill-bad" />bad</span><span><i className="key fill-poor" />poor</span><span><i className="key present" />present{!i.personal && `, up to ${Math.max(...c.columns.map((v) => total(v.reached)))}`}</span>{c.columns.some((v) => total(v.others) > 0) && <span><i className="key others" />others in the same meetings, bad or poor</span>}</span>}
      </div>
      <span className="sr">{c.peak ? `Most at ${clock(c.peak.at, zone)}: ${shareWords(c.peak.reached)}.` : "Nobody was bad or poor in a minute that is kept."}</span>
    </div>
  );
}

/** When it began, was found, and was over; a mark that another one would cover has no word. */
function Marks({ i, c, left }: { i: IncidentDetail; c: Course; left: (time: number) => string }) {
  const share = (time: number) => (100 * (time - c.from)) / (c.to - c.from);
  const end = i.end ? millis(i.end) : NaN;
  const opened = millis(i.opened);
  const begun = share(millis(i.start));
  const over = i.state === "merged" ? "merged" : i.state === "no-data" ? "no data" : "over";
  return (
    <>
      <span className={begun > 12 ? "life left" : "life"} style={{ left: `${begun}%` }}>began</span>
      {!Number.isNaN(opened) && opened < c.to && <span className="life" style={{ left: left(opened) }}>{begun > 12 && (Number.isNaN(end) || share(end) - share(opened) > 16) ? "found" : ""}</span>}
      {!Number.isNaN(end) && end <= c.to && <span className={share(end) > 85 ? "life left" : "life"} style={{ left: left(end) }}>{over}</span>}
    </>
  );
}

/** How many people the lines stand for: all of the height, and half of it where that is somebody. */
const levels = (full: number): number[] => (full % 2 === 0 ? [full, full / 2] : [full]);

/** Bars from the bottom: of each column how many are below, and how many it tells. */
function bars(c: Course, x: (time: number) => number, of: (v: Column) => [under: number, n: number], gap = 1.5): string {
  let d = "";
  const height = (n: number) => ((H - TOP) * n) / c.full;
  for (const v of c.columns) {
    const [under, n] = of(v);
    if (n > 0) d += `M${x(v.at).toFixed(1)} ${(H - height(under + n)).toFixed(1)}H${(x(v.at + c.step) - gap).toFixed(1)}v${height(n).toFixed(1)}H${x(v.at).toFixed(1)}z`;
  }
  return d;
}

/** The others in trouble, through the middles of the columns; a step without others is a gap. */
function line(c: Course, x: (time: number) => number): string {
  let d = "";
  let before = NaN;
  for (const v of c.columns) {
    if (total(v.others) === 0) continue;
    d += `${before === v.at - c.step ? "L" : "M"}${x(v.at + c.step / 2).toFixed(1)} ${(H - ((H - TOP) * troubled(v.others)) / c.full).toFixed(1)}`;
    before = v.at;
  }
  return d;
}
