// Person by minute: how many were affected, from what, what happened, and one strip per person. The pointer moves a line
// through all of it; a click keeps it there and chooses the person; the bar at the foot plays it.
import { useMemo, useRef, useState } from "react";
import type { Cause } from "../../api/types.ts";
import { causeOf, causeShares, causeWord, troubledMinutes } from "../../model/cause.ts";
import { plural } from "../../model/format.ts";
import { MEDIA, mediumWord, type Medium } from "../../model/medium.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { clock } from "../../model/time.ts";
import { staysOf, type Attendee, type Crowd } from "../../model/verdict.ts";
import { useZone } from "../../shell/zone.ts";
import { CrowdStrip } from "../../ui/CrowdStrip.tsx";
import { GradeLegend } from "../../ui/GradeMark.tsx";
import { TimeAxis } from "../../ui/TimeAxis.tsx";
import { CauseLanes } from "./CauseLanes.tsx";
import { EventLanes } from "./EventLanes.tsx";
import type { Happening } from "./happenings.ts";
import { HeatRows } from "./HeatRows.tsx";
import { MinuteTip, type Pointed } from "./MinuteTip.tsx";
import { neighbour } from "./neighbour.ts";
import { openChosen } from "./openChosen.ts";
import { ReplayBar } from "./ReplayBar.tsx";
import type { Sort } from "./sorting.ts";
import type { Replay } from "./useReplay.ts";

const MINUTE = 60_000;

interface Props {
  people: readonly Attendee[]; crowd: readonly Crowd[]; all: readonly Happening[]; from: number; to: number; replay: Replay; chosen: string | undefined;
  cause: Cause | undefined; onCause: (cause: Cause | undefined) => void; /** The one medium that is graded; undefined for all. */ media: Medium | undefined; onMedia: (media: Medium | undefined) => void; sort: Sort; onSort: (sort: Sort) => void; ready: boolean; onChoose: (part: { person?: string; at?: number }) => void;
}

export function HeatPanel({ people, crowd, all, from, to, replay, chosen, cause, onCause, media, onMedia, sort, onSort, ready, onChoose }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed>();
  const length = Math.max(1, Math.round((to - from) / MINUTE));
  const line = pointed?.at ?? replay.at;

  const rooms = useMemo(() => people.some((p) => staysOf(p).length > 0), [people]);
  const shares = useMemo(() => causeShares(people), [people]);
  const shown = useMemo(() => (cause ? people.filter((p) => p.minutes.some((m) => causeOf(m) === cause)) : people), [people, cause]);

  const move = (by: number) => {
    const next = neighbour(shown, chosen, by);
    if (!next) return;
    onChoose({ person: next.key });
    // A row that was clicked has the focus: Enter would choose it again, and not open the person that is chosen now.
    if (body.current?.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
    body.current?.querySelector(`[data-person="${next.key}"]`)?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ j: () => { move(1); }, k: () => { move(-1); }, Enter: openChosen });

  // Where in time the pointer is: every plot of the panel has the same left and right edge.
  const timeAt = (clientX: number): number | undefined => {
    const plot = body.current?.querySelector("[data-plot]")?.getBoundingClientRect();
    if (!plot || clientX < plot.left || clientX >= plot.right) return undefined;
    return from + Math.floor(((clientX - plot.left) / plot.width) * length) * MINUTE;
  };
  const keyAt = (target: EventTarget) => (target as HTMLElement).closest<HTMLElement>("[data-person]")?.dataset.person;
  const point = (e: React.PointerEvent) => {
    if (e.pointerType !== "mouse") return;
    const t = timeAt(e.clientX);
    const key = keyAt(e.target);
    setPointed(t === undefined ? undefined : { at: t, x: e.clientX, y: e.clientY, person: key === undefined ? undefined : people.find((p) => p.key === key) });
  };
  const pick = (e: React.MouseEvent) => {
    const t = timeAt(e.clientX);
    const key = keyAt(e.target);
    if (key || t !== undefined) onChoose({ ...(key ? { person: key } : {}), ...(t === undefined ? {} : { at: t }) });
  };

  return (
    <>
      <div className="panel-head"><h2>Person × minute</h2><MediumChoice media={media} onMedia={onMedia} /><GradeLegend all rooms={rooms} /></div>
      {!ready && <div className="heat-blank" />}
      {ready && people.length === 0 && <div className="empty"><b>Nobody has been seen in this meeting yet.</b>Rows appear as people join and Zoom reports about them.</div>}
      {ready && people.length > 0 && (
        <>
          {/* Choosing by keyboard: j, k and the arrows; each row is a button too. */}
          {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
          <div className="heat" ref={body} onPointerMove={point} onPointerLeave={() => { setPointed(undefined); }} onClick={pick}>
            <TimeLine line={line} after={replay.active ? replay.at : NaN} from={from} length={length} />
            <CrowdLane crowd={crowd} media={media} line={line} from={from} length={length} />
            <CauseLanes shares={shares} from={from} length={length} chosen={cause} onChoose={onCause} />
            <EventLanes all={all} from={from} to={to} />
            <div className="lane"><span /><TimeAxis from={from} to={to} /><span className="aside" /></div>
            {cause && <FilterLine cause={cause} shown={shown.length} all={people.length} minutes={shares.find((s) => s.cause === cause)?.minutes ?? 0} onClear={() => { onCause(undefined); }} />}
            <HeatRows people={shown} from={from} to={to} chosen={chosen} cause={cause} sort={sort} onSort={onSort} onChoose={onChoose} />
            <MinuteTip pointed={pointed} media={media} />
          </div>
          <ReplayBar replay={replay} from={from} to={to} crowd={crowd} />
        </>
      )}
      <div className="panel-foot"><span className="hint"><kbd>j</kbd><kbd>k</kbd> person</span><span className="hint"><kbd>←</kbd><kbd>→</kbd> minute</span><span className="hint"><kbd>n</kbd> next bad minute</span><span className="hint"><kbd>w</kbd> worst</span><span className="hint"><kbd>space</kbd> play</span><span className="hint"><kbd>s</kbd> sort</span><span className="hint"><kbd>↵</kbd> open</span></div>
    </>
  );
}

/** Which media the grades are of. */
function MediumChoice({ media, onMedia }: { media: Medium | undefined; onMedia: Props["onMedia"] }) {
  return (
    <div className="choice" role="group" aria-label="Media">
      {[undefined, ...MEDIA].map((m) => <button key={m ?? "all"} type="button" aria-pressed={media === m} onClick={() => { onMedia(m); }}>{m ? mediumWord(m) : "all media"}</button>)}
    </div>
  );
}

/** The line through all plots, and in a replay the veil over what has not been yet. */
function TimeLine({ line, after, from, length }: { line: number; after: number; from: number; length: number }) {
  const zone = useZone();
  const share = (at: number) => `${((at - from) / MINUTE / length) * 100}%`;
  const inside = line >= from && line < from + length * MINUTE;
  return (
    <div className="heat-line">
      {!Number.isNaN(after) && <span className="veil" style={{ left: share(after + MINUTE) }} />}
      {inside && <><i style={{ left: share(line + MINUTE / 2) }} /><b style={{ left: share(line + MINUTE / 2) }}>{clock(line, zone)}</b></>}
    </div>
  );
}

function CrowdLane({ crowd, media, line, from, length }: { crowd: readonly Crowd[]; media: Medium | undefined; line: number; from: number; length: number }) {
  const perMinute = useMemo(() => {
    const byAt = new Map(crowd.map((c) => [c.at, c]));
    // Fair people are too many to count as affected; they show in their own rows.
    return Array.from({ length }, (_, i) => { const c = byAt.get(from + i * MINUTE); return c && { ...c.count, fair: 0, good: c.count.good + c.count.fair }; });
  }, [crowd, from, length]);
  const peak = useMemo(() => crowd.reduce((most, c) => Math.max(most, c.count.bad + c.count.poor), 4), [crowd]);
  const strip = useMemo(() => <CrowdStrip minutes={perMinute} height={44} full={peak} label={`People bad or poor in each minute, at most ${peak} at once`} />, [perMinute, peak]);
  const here = crowd.find((c) => c.at === line);
  return (
    <div className="lane crowd-lane">
      <span className="m">How many affected{media && <span className="t3"><br />by {mediumWord(media)} alone</span>}</span>
      <span data-plot><span className="peak f11 t3">{peak}</span>{strip}</span>
      <span className="aside">{here ? <><b className={here.count.bad ? "g-bad" : "t2"}>{here.count.bad} bad</b>, {here.count.poor} poor<br />of {here.present}</> : "no report"}</span>
    </div>
  );
}

/** What the rows are narrowed to, and the way back. */
function FilterLine({ cause, shown, all, minutes, onClear }: { cause: Cause; shown: number; all: number; minutes: number; onClear: () => void }) {
  return (
    <div className="filter-line">
      <span>{shown === 0 ? `Nobody has a minute with this cause: ${causeWord(cause)}.` : <><b className="m">{causeWord(cause)}</b>: {shown} of {plural(all, "person", "people")}, {troubledMinutes(minutes)}; other minutes are dimmed.</>}</span>
      <button type="button" className="link" onClick={(e) => { e.stopPropagation(); onClear(); }}>Show all</button>
    </div>
  );
}
