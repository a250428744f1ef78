// One row per person: name, site, the strip of all minutes, how many were bad and poor. Only rows in sight are drawn.
// Many people without trouble fold into one row, so that the others stand together.
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useLayoutEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import type { Cause } from "../../api/types.ts";
import { causeOf, causeShares } from "../../model/cause.ts";
import { capital, networkWord, plural } from "../../model/format.ts";
import { stripCells, stripWords } from "../../model/strip.ts";
import { millis } from "../../model/time.ts";
import { staysOf, type Attendee } from "../../model/verdict.ts";
import { CauseIcon, CauseMark } from "../../ui/CauseMark.tsx";
import { Strip } from "../../ui/Strip.tsx";
import { causeRuns } from "./causeRuns.ts";
import { openChosen } from "./openChosen.ts";
import { SORT_WORDS, siteOf, type Sort } from "./sorting.ts";

/** From so many people on, those without a poor or bad minute fold. */
const FOLD_FROM = 80;
/** A stretch of minutes must be this wide for the icon of its cause to stand in it. */
const MARK_PX = 12;

type Choose = (part: { person?: string; at?: number }) => void;

interface Props { people: readonly Attendee[]; from: number; to: number; chosen: string | undefined; /** Only minutes of this cause matter now. */ cause: Cause | undefined; sort: Sort; onSort: (sort: Sort) => void; onChoose: Choose }

export function HeatRows({ people, from, to, chosen, cause, sort, onSort, onChoose }: Props) {
  const [unfolded, setUnfolded] = useState(false);
  const narrow = useMediaQuery("(max-width: 860px)") ?? false;
  const quiet = useMemo(() => people.filter((p) => p.reported && p.count.bad + p.count.poor === 0), [people]);
  const folds = people.length >= FOLD_FROM && quiet.length > 10;
  const shown = useMemo(() => (folds && !unfolded ? people.filter((p) => !p.reported || p.count.bad + p.count.poor > 0) : people), [people, folds, unfolded]);
  const list = useRef<HTMLOListElement>(null);
  const [offset, setOffset] = useState(0);
  const [plotPx, setPlotPx] = useState(0);
  // What stands above the list (lanes of causes, the line of a filter) comes and goes with people and cause.
  useLayoutEffect(() => { setOffset(list.current ? Math.round(list.current.getBoundingClientRect().top + window.scrollY) : 0); }, [narrow, people, cause]);
  // A stretch of minutes is as wide as the window lets it be.
  useLayoutEffect(() => {
    const plot = list.current?.parentElement?.querySelector("[data-plot]");
    if (!plot) return;
    const sizes = new ResizeObserver(([entry]) => { setPlotPx(Math.round(entry?.contentRect.width ?? 0)); });
    sizes.observe(plot);
    return () => { sizes.disconnect(); };
  }, []);
  const minutePx = plotPx / Math.max(1, (to - from) / 60_000);
  const virtual = useWindowVirtualizer({ count: shown.length, estimateSize: () => (narrow ? 24 : 17), overscan: 15, scrollMargin: offset, getItemKey: (i) => shown[i]?.key ?? i });
  useLayoutEffect(() => { virtual.measure(); }, [narrow, virtual]);
  return (
    <>
      <HeadRow sort={sort} onSort={onSort} />
      <ol ref={list} className="heat-rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const p = shown[item.index];
          return p && <Row key={item.key} p={p} top={item.start - offset} height={item.size} from={from} to={to} minutePx={minutePx} chosen={chosen === p.key} cause={cause} onChoose={onChoose} />;
        })}
      </ol>
      {folds && <button type="button" className="fold" onClick={(e) => { e.stopPropagation(); setUnfolded(!unfolded); }}>{unfolded ? "Fold" : "Show"} {plural(quiet.length, "person", "people")} without a poor or bad minute</button>}
    </>
  );
}

/** What the columns are, and by which one they are sorted. */
function HeadRow({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const by = (own: Sort, label: string, mark = " ↑") => (
    <button type="button" aria-pressed={sort === own} title={`Sort by ${SORT_WORDS[own]}`} onClick={(e) => { e.stopPropagation(); onSort(own); }}>{label}{sort === own ? mark : ""}</button>
  );
  return (
    <div className="hr hd" role="group" aria-label={`Sorted by ${SORT_WORDS[sort]}`}>
      <span>{by("name", "Person")}</span><span className="site">{by("site", "Site")}</span><span className="plot">{by("join", "Join time")}</span>
      <span className="r">{by("worst", "bad", " ↓")}</span><span className="r poor">poor</span><span className="why">Cause, mostly</span>
    </div>
  );
}

interface RowProps { p: Attendee; top: number; height: number; from: number; to: number; minutePx: number; chosen: boolean; cause: Cause | undefined; onChoose: Choose }

const Row = memo(function Row({ p, top, height, from, to, minutePx, chosen, cause, onChoose }: RowProps) {
  const cells = useMemo(() => stripCells({ from, to, minutes: p.minutes, presence: presenceOf(p), rooms: staysOf(p) }), [p, from, to]);
  const lit = useMemo(() => (cause ? new Set(p.minutes.filter((m) => causeOf(m) === cause).map((m) => Math.floor((millis(m.at) - from) / 60_000))) : undefined), [p, from, cause]);
  const main = useMemo(() => cause ?? causeShares([p])[0]?.cause, [p, cause]);
  const newest = p.segments.at(-1);
  // A click is the panel's: it knows the minute as well. Enter chooses the row, and opens the one that is chosen.
  const byKey = (e: MouseEvent) => {
    if (e.detail !== 0) return;
    e.stopPropagation();
    if (chosen) openChosen();
    else onChoose({ person: p.key });
  };
  return (
    <li style={{ top, height }}>
      <button type="button" className={p.reported ? "hr" : "hr ext"} data-person={p.key} aria-current={chosen ? "true" : undefined} onClick={byKey}>
        <span className="nm clip" title={p.name}>{p.name}</span>
        <span className="site clip" title={newest?.site?.name}>{p.external ? "external" : [siteOf(p), networkWord(newest?.network ?? "")].filter(Boolean).join(" ")}</span>
        <span className="plot">
          {p.reported ? <><Strip cells={cells} minutes={(to - from) / 60_000} height={14} label={stripWords(cells)} lit={lit} /><Marks p={p} from={from} to={to} minutePx={minutePx} cause={cause} /></> : <Unreported p={p} from={from} to={to} />}
        </span>
        <span className={p.count.bad ? "r g-bad b" : "r t3"}>{p.reported ? p.count.bad : "–"}</span>
        <span className={p.count.poor ? "r poor g-poor" : "r poor t3"}>{p.reported ? p.count.poor : "–"}</span>
        <span className="why clip" title={p.reported && !main ? capital(mostOften(p)) : undefined}>{!p.reported ? "Not reported" : main ? <CauseMark cause={main} short /> : capital(mostOften(p))}</span>
      </button>
    </li>
  );
});

/** The icons of causes, each in a stretch that is wide enough for it. */
function Marks({ p, from, to, minutePx, cause }: { p: Attendee; from: number; to: number; minutePx: number; cause: Cause | undefined }) {
  const runs = useMemo(() => causeRuns(p.minutes, from), [p, from]);
  const length = (to - from) / 60_000;
  return (
    <span className="marks" aria-hidden="true">
      {runs.filter((r) => r.length * minutePx >= MARK_PX && (cause === undefined || cause === r.cause)).map((r) => (
        <i key={r.start} className={`on-${r.grade}`} style={{ left: `${((r.start + r.length / 2) / length) * 100}%` }}><CauseIcon cause={r.cause} /></i>
      ))}
    </span>
  );
}

/** Somebody of whom Zoom tells nothing: hatched from join to leave. */
function Unreported({ p, from, to }: { p: Attendee; from: number; to: number }) {
  const newest = p.segments.at(-1);
  // Who came before Earshot heard of the meeting was there from its first minute.
  const left = Math.max(0, (millis(p.segments[0]?.join) - from) / (to - from)) || 0;
  const leave = newest?.present ? to : millis(newest?.leave);
  return <span className="strip" role="img" aria-label="not reported by Zoom" style={{ height: 14 }}><i className="hatch" style={{ left: `${left * 100}%`, right: `${Math.max(0, 1 - ((Number.isNaN(leave) ? to : leave) - from) / (to - from)) * 100}%` }} /></span>;
}

/** When the person was there. A join before Earshot heard of the meeting is taken from the first minute. */
const presenceOf = (p: Attendee) => p.segments.map((s, i) => ({ join: s.join || i > 0 ? millis(s.join) : millis(p.minutes[0]?.at), leave: millis(s.leave) }));

/** What decided this person's poor and bad minutes most often, in a word or two. */
function mostOften(p: Attendee): string {
  const tally = new Map<string, number>();
  for (const m of p.minutes) {
    if (!m.reason || (m.grade !== "bad" && m.grade !== "poor")) continue;
    const words = m.reason.text.split(/[, ]/).slice(0, 2).join(" ");
    tally.set(words, (tally.get(words) ?? 0) + 1);
  }
  return [...tally].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}
