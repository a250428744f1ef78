// The events to tick, by Zoom's exact names, and which have arrived.
import { count } from "../../model/format.ts";
import { EVENT_GROUPS, type Arrived } from "../../model/setup.ts";
import { EventName } from "../../ui/EventName.tsx";
import { Time } from "../../ui/Time.tsx";
import { Tick } from "./Tick.tsx";

export function EventTicks({ got, known }: { got: ReadonlyMap<string, Arrived>; known: boolean }) {
  return (
    <div className="event-groups">
      {EVENT_GROUPS.map((g) => {
        const here = g.events.filter((e) => got.has(e)).length;
        return (
          <section className="panel" key={g.name} aria-label={g.name}>
            <div className="panel-head"><h2>{g.name}</h2>{g.needed && <span className="chip">needed</span>}<span className="right">{known ? `${here} of ${g.events.length}` : "\u00a0"}</span></div>
            <p className="panel-body t2 f12 why">{g.why}</p>
            <ul>
              {g.events.map((e) => {
                const a = got.get(e);
                return <li key={e} data-event={e} data-on={a !== undefined}><Tick on={a !== undefined} /><span className="mono name"><EventName name={e} /></span><span className="t3 f12 nw">{a ? <>{count(a.count)}, last <Time at={a.last} /></> : known ? "not yet" : ""}</span></li>;
              })}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
