// Each destination that records are sent to: whether it takes them, and how far it is behind. Worst first.
import type { Export } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { span } from "../../model/time.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { ScrollX } from "../../ui/ScrollX.tsx";
import "../../ui/cards.css";

const STATES = {
  ok: { grade: "good", says: "takes all", order: 0 },
  waiting: { grade: "fair", says: "waits for a store", order: 1 },
  throttled: { grade: "fair", says: "asked for a pause", order: 2 },
  retrying: { grade: "poor", says: "does not take it", order: 3 },
  refused: { grade: "bad", says: "refuses us", order: 4 },
} as const;

/** Nothing says yet whether it would take anything. */
const UNTRIED = { grade: "unclassified", says: "nothing sent yet" } as const;

const stateOf = (e: Export) => (e.state === "ok" && e.sent + e.aside + e.too_old === 0 ? UNTRIED : STATES[e.state]);

/** A destination that is behind by less than that is only sending. */
const BEHIND_S = 60;

export function Exports({ items }: { items: readonly Export[] }) {
  const rows = [...items].sort((a, b) => STATES[b.state].order - STATES[a.state].order || b.lag_seconds - a.lag_seconds);
  return (
    <section className="panel" aria-label="Exports">
      <div className="panel-head"><h2>Exports</h2></div>
      <ScrollX label="Exports, table">
        <table className="cards">
          <thead><tr><th>Destination</th><th>State</th><th className="r">Behind</th><th className="r">Waiting</th><th className="r">Sent</th><th className="r">Failed tries</th><th className="r">Left out</th><th className="r">Set aside</th></tr></thead>
          <tbody>
            {rows.map((e) => {
              const state = stateOf(e);
              const left = e.gap + e.too_old;
              return (
                <tr key={e.name}>
                  <td><span className="b">{e.name}</span> <span className="t3 nw">{e.type}</span>{e.state !== "ok" && e.last_error && <div className="t2 export-error">{e.last_error}</div>}{e.warnings?.map((w) => <div key={w} className="g-fair export-error">{w}</div>)}</td>
                  <td className="nw two" data-word="State"><span className={`gr g-${state.grade}`}><GradeShape grade={state.grade} />{state.says}</span></td>
                  <td className={e.lag_seconds > BEHIND_S ? "r nw g-poor b" : "r nw"} data-word="Behind">{e.lag_seconds < 1 ? "–" : span(e.lag_seconds * 1000)}</td>
                  <td className="r" data-word="Waiting">{count(e.backlog)}</td>
                  <td className="r" data-word="Sent">{count(e.sent)}</td>
                  <td className="r" data-word="Failed tries">{count(e.failed)}</td>
                  <td className={left > 0 ? "r g-poor b" : "r"} data-word="Left out" title={left > 0 ? `${count(e.gap)} older than max_backlog, ${count(e.too_old)} older than the destination takes` : undefined}>{count(left)}</td>
                  <td className={e.aside > 0 ? "r g-poor b" : "r"} data-word="Set aside">{count(e.aside)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}
