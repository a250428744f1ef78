// Who and what an incident touches: people and meetings, as links. Names are text.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { IncidentDetail } from "../../api/types.ts";
import { count, personName, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

/** More people than this fold. */
const FIRST = 60;

export function People({ i }: { i: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const shown = all ? i.people : i.people.slice(0, FIRST);
  const unnamed = i.affected - i.people.length;
  return (
    <section className="panel" aria-label="People">
      <div className="panel-head"><h2>People</h2><span className="sub">{i.affected > 1 ? `${count(i.affected)}, in the order in which it reached them; each leads to their joins` : "leads to all joins"}</span></div>
      {i.people.length === 0 && <div className="panel-body t2">Nobody who had it can be named.</div>}
      <ul className="names">
        {shown.map((p, k) => <li key={p.id ?? k}>{p.id ? <Link className="stretch clip" to="/people/$id" params={{ id: p.id }} title={personName(p)}>{personName(p)}</Link> : <span className="clip t2">{personName(p)}</span>}</li>)}
      </ul>
      {(i.people.length > FIRST || unnamed > 0) && (
        <div className="panel-foot">
          {i.people.length > FIRST && <button type="button" className="link" onClick={() => { setAll(!all); }}>{all ? "Fewer" : `All ${plural(i.people.length, "person", "people")}`}</button>}
          {unnamed > 0 && <span>{plural(unnamed, "more person is", "more people are")} counted and not named.</span>}
        </div>
      )}
    </section>
  );
}

/** More meetings than this fold. */
const FIRST_MEETINGS = 12;

export function Meetings({ i }: { i: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const search = { ...(i.cause ? { cause: i.cause } : {}) };
  return (
    <section className="panel" aria-label="Meetings">
      <div className="panel-head"><h2>Meetings</h2><span className="sub">worst first</span></div>
      {i.meetings.length === 0 && <div className="panel-body t2">None is kept any more.</div>}
      <ul className="rows">
        {i.meetings.slice(0, all ? undefined : FIRST_MEETINGS).map((m) => <li key={m.id}><Link className="stretch m clip" to="/meetings/$id" params={{ id: m.id }} search={search} title={m.topic}>{m.topic || "Meeting without a name"}</Link><span className="t3 f12 nw"><Time at={millis(m.start)} /></span></li>)}
      </ul>
      {i.meetings.length > FIRST_MEETINGS && <div className="panel-foot"><button type="button" className="link" onClick={() => { setAll(!all); }}>{all ? "Fewer" : `All ${plural(i.meetings.length, "meeting", "meetings")}`}</button></div>}
    </section>
  );
}
