// Whom an incident reached: a strip each, on the axis of the chart above, most poor and bad minutes first. A row leads to the worst minute.
// Those of whom no minute is kept stand below by their names alone. Names are text.
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useLayoutEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import { incidentMinutesQuery, incidentPeopleQuery } from "../../api/queries.ts";
import type { IncidentDetail, IncidentPerson, PersonRef } from "../../api/types.ts";
import { count, personName, plural } from "../../model/format.ts";
import { axisOf, reachedCells, stepAt, stepsIn, untold, type Axis } from "../../model/reached.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { GradeLegend } from "../../ui/GradeMark.tsx";
import { useAt, type Crosshair } from "../../ui/lanes/crosshair.ts";
import { Strip } from "../../ui/Strip.tsx";
import { TimeAxis } from "../../ui/TimeAxis.tsx";
import { useHeldRows } from "../../ui/useHeldRows.ts";
import { Wrong } from "../../ui/Wrong.tsx";

/** More people than this fold. */
const FIRST = 12;

const NOBODY: readonly IncidentPerson[] = [];
const segmentOf = (p: IncidentPerson) => p.segment;

export function People({ i, cross }: { i: IncidentDetail; cross: Crosshair }) {
  const [all, setAll] = useState(false);
  const open = i.state === "open";
  const query = useQuery(incidentPeopleQuery(i.id, open));
  const minutes = useQuery(incidentMinutesQuery(i.id, open));
  const told = useMemo(() => query.data && axisOf(query.data), [query.data]);
  const axis = useMemo(() => (minutes.data ? axisOf(minutes.data) : told), [minutes.data, told]);
  const { rows: people, on } = useHeldRows(query.data?.items ?? NOBODY, segmentOf);
  const others = useMemo(() => untold(i, people), [i, people]);
  const shown = useMemo(() => (all ? people : people.slice(0, FIRST)), [people, all]);
  const named = all ? others : others.slice(0, Math.max(0, FIRST - people.length));
  const unnamed = i.affected - people.length - others.length;
  const folds = people.length + others.length > FIRST;
  return (
    <section className="panel reach-panel" aria-label="People">
      <div className="panel-head"><h2>People</h2><span className="sub">{i.affected > 1 ? `${count(i.affected)}; all their poor and bad minutes then, of whatever cause` : "leads to the worst minute"}</span><GradeLegend reports /></div>
      <Wrong query={query} what="people of the incident" />
      {query.isPending && <div className="reach-blank" />}
      {!query.isPending && people.length + others.length === 0 && <div className="panel-body t2">Nobody who had it can be named.</div>}
      {people.length > 0 && told && axis && <div {...on}><Rows people={shown} told={told} axis={axis} cross={cross} /></div>}
      {!query.isPending && named.length > 0 && <Names people={named} first={people.length === 0} />}
      {(folds || unnamed > 0) && (
        <div className="panel-foot">
          {folds && <button type="button" className="link" onClick={() => { setAll(!all); }}>{all ? "Fewer" : `All ${plural(people.length + others.length, "person", "people")}`}</button>}
          {unnamed > 0 && <span>{plural(unnamed, "more person is", "more people are")} counted and not named.</span>}
          {people.length > 1 && <span className="keys"><span className="hint"><kbd>j</kbd><kbd>k</kbd> person</span><span className="hint"><kbd>↵</kbd> open</span></span>}
        </div>
      )}
    </section>
  );
}

interface RowsProps { people: readonly IncidentPerson[]; /** What the strips were told on. */ told: Axis; axis: Axis; cross: Crosshair }

/** Only rows in sight are drawn: there may be five hundred. */
function Rows({ people, told, axis, cross }: RowsProps) {
  const narrow = useMediaQuery("(max-width: 860px)") ?? false;
  const list = useRef<HTMLOListElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  // What stands above the list grows and shrinks as it arrives.
  useLayoutEffect(() => {
    const column = list.current?.closest(".columns > div");
    if (!list.current || !column) return;
    const look = () => { setOffset(list.current ? Math.round(list.current.getBoundingClientRect().top + window.scrollY) : 0); };
    const sizes = new ResizeObserver(look);
    sizes.observe(column);
    look();
    return () => { sizes.disconnect(); };
  }, []);
  const virtual = useWindowVirtualizer({ count: people.length, estimateSize: () => (narrow ? 44 : 24), overscan: 15, scrollMargin: offset, getItemKey: (k) => people[k]?.segment ?? k });
  useLayoutEffect(() => { virtual.measure(); }, [narrow, virtual]);
  const point = (e: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect();
    if (e.pointerType !== "mouse" || !box) return;
    const at = axis.from + ((e.clientX - box.left) / box.width) * (axis.to - axis.from);
    cross.point(at >= axis.from && at < axis.to ? at : NaN);
  };
  return (
    <div className="reach" onPointerMove={point} onPointerLeave={() => { cross.point(NaN); }}>
      <div className="reach-axis" ref={plot}><TimeAxis from={axis.from} to={axis.to} /></div>
      <ol ref={list} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const p = people[item.index];
          return p && <Row key={item.key} p={p} n={item.index + 1} of={people.length} top={item.start - offset} height={item.size} told={told} axis={axis} />;
        })}
      </ol>
      <Line axis={axis} cross={cross} />
    </div>
  );
}

interface RowProps { p: IncidentPerson; n: number; of: number; top: number; height: number; told: Axis; axis: Axis }

const Row = memo(function Row({ p, n, of, top, height, told, axis }: RowProps) {
  const zone = useZone();
  const cells = useMemo(() => reachedCells(p.strip, told, axis), [p.strip, told, axis]);
  const name = personName(p.person);
  return (
    <li className="reach-row" style={{ transform: `translateY(${top}px)`, height }} aria-setsize={of} aria-posinset={n}>
      <Link className="stretch clip" to="/segments/$id" params={{ id: p.segment }} search={{ at: p.at }} title={`${name}${p.reason ? `: ${p.reason.text}` : ""}`}>{name}</Link>
      <Strip cells={cells} minutes={stepsIn(axis)} height={14} />
      <span className={p.grade === "bad" ? "r g-bad b" : "r g-poor b"}>{count(p.minutes)}<span className="sr"> {p.minutes === 1 ? "minute" : "minutes"} bad or poor, worst {p.grade} at {clock(millis(p.at), zone)}</span></span>
    </li>
  );
});

/** The time under the pointer, through all strips. */
function Line({ axis, cross }: { axis: Axis; cross: Crosshair }) {
  const zone = useZone();
  const at = stepAt(axis, useAt(cross));
  if (Number.isNaN(at)) return null;
  const left = `${(100 * (at + axis.step / 2 - axis.from)) / (axis.to - axis.from)}%`;
  return <div className="reach-line"><i style={{ left }} /><b style={{ left }}>{clock(at, zone)}</b></div>;
}

/** Those of whom no bad minute can be shown. */
function Names({ people, first }: { people: readonly PersonRef[]; first: boolean }) {
  return (
    <>
      {!first && <div className="names-head t3 f12">Reached too; no bad minute of theirs is kept in its meetings</div>}
      <ul className="names">
        {people.map((p, k) => <li key={p.id ?? k}>{p.id ? <Link className="stretch clip" to="/people/$id" params={{ id: p.id }} title={personName(p)}>{personName(p)}</Link> : <span className="clip t2">{personName(p)}</span>}</li>)}
      </ul>
    </>
  );
}
