// The phone calls that run, worst first: beside meetings the worst few, alone all of them. Nothing moves under the pointer.
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useRef, useState, type RefObject } from "react";
import type { Call, RunningCalls } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { callPasses } from "../../live/calls.ts";
import type { LiveFilter } from "../../live/meetings.ts";
import { count, networkWord, partyName, plural } from "../../model/format.ts";
import { millis, span } from "../../model/time.ts";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Wrong } from "../../ui/Wrong.tsx";
import { useHeldOrder } from "../../ui/useHeldOrder.ts";
import "../phone/phone.css";

/** How many stand above the meetings. */
const FEW = 3;

interface Props { running: UseQueryResult<RunningCalls>; filter: LiveFilter; alone: boolean; stale: boolean; onAll: () => void }

export function LiveCalls({ running, filter, alone, stale, onAll }: Props) {
  const calls = useMemo(() => (running.data?.items ?? []).filter((c) => callPasses(c, filter)), [running.data, filter]);
  const wanted = useMemo(() => calls.slice(0, alone ? undefined : FEW).map((c) => c.id), [calls, alone]);
  const [pointed, setPointed] = useState(false);
  const { order } = useHeldOrder(wanted, pointed, JSON.stringify([filter, alone]));
  const body = useRef<HTMLElement>(null);
  const total = running.data?.total ?? 0;
  const byId = new Map(calls.map((c) => [c.id, c]));
  const bad = running.data?.by_grade.bad ?? 0;
  return (
    <section
      ref={body} className={["panel", "live-calls", alone ? "" : "few", stale ? "stale-data" : ""].filter(Boolean).join(" ")} aria-label="Running phone calls"
      onPointerEnter={(e) => { if (e.pointerType === "mouse") setPointed(true); }} onPointerLeave={() => { setPointed(false); }}
    >
      {alone && <Keys container={body} />}
      <div className="panel-head">
        <h2>Phone calls</h2>
        <span className="t2 f12">{plural(total, "call runs", "calls run")}{total > 0 && <>, {bad > 0 ? <b className="g-bad">{count(bad)} below 3.5 now</b> : "none below 3.5 now"}</>}</span>
        {!alone && total > 0 && <button type="button" className={total > order.length ? "link" : "link narrow-only"} onClick={onAll}>All {count(total)}</button>}
      </div>
      <Wrong query={running} what="running phone calls" />
      {alone && running.data && calls.length === 0 && <div className="empty"><b>{total === 0 ? "No phone calls are running." : "No running phone call matches the filter."}</b>{total === 0 && <>Those that are over are on <Link className="link" to="/phone">Phone</Link>.</>}</div>}
      {(!alone || calls.length > 0) && (
        <table className="calls">
          <thead><tr><th>Grade now</th><th>Caller, called</th><th className="r">MOS now</th><th className="r">Runs for</th><th className="wide-only">Caller’s, called side’s network</th></tr></thead>
          <tbody>
            {order.map((id) => { const c = byId.get(id); return c && <Row key={id} c={c} />; })}
            {!alone && Array.from({ length: FEW - order.length }, (_, i) => <NoRow key={`none ${i}`} says={i > 0 || order.length > 0 || !running.data ? "" : total === 0 ? "No phone calls are running." : "None matches the filter."} />)}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Beside meetings the keys step through those. */
function Keys({ container }: { container: RefObject<HTMLElement | null> }) {
  useRowKeys(container);
  return null;
}

/** Keeps the room of a call that may come, so that the meetings below stay where they are. */
function NoRow({ says }: { says: string }) {
  return <tr className="none" aria-hidden={says === ""}><td><GradeMark grade="unclassified" /></td><td className="t2 wide"><span className="parties"><span>{says || "\u00a0"}</span> <span>{"\u00a0"}</span></span></td><td /><td /><td className="wide-only" /></tr>;
}

function Row({ c }: { c: Call }) {
  const now = useNow();
  return (
    <tr className="go" data-grade={c.grade}>
      <td><GradeMark grade={c.grade} /></td>
      <td className="wide"><Link className="stretch parties" to="/phone/$id" params={{ id: c.id }}><span>{partyName(c.caller)}</span> <span><span className="t3">to</span> {partyName(c.callee)}</span></Link></td>
      <td className={`r m ${c.grade === "bad" ? "g-bad" : ""}`}>{c.mos === undefined ? <span className="t3" title="No score in the last two minutes">–</span> : c.mos.toFixed(1)}</td>
      <td className="r nw t2">{span(Math.max(0, now - millis(c.start ?? c.connected)))}</td>
      <td className="t2 wide-only">{networkWord(c.caller.network ?? "") || "not told"} <span className="t3">to</span> {networkWord(c.callee.network ?? "") || "not told"}</td>
    </tr>
  );
}
