// Who and what an incident touches: people and meetings, as links. Names are text.
import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { incidentPeopleQuery } from "../../api/queries.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { count, personName, plural } from "../../model/format.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Time } from "../../ui/Time.tsx";

/** More people than this fold. */
const FIRST = 60;

export function People({ i }: { i: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const zone = useZone();
  const worst = useQuery(incidentPeopleQuery(i.id));
  const joins = useMemo(() => new Map((worst.data?.items ?? []).map((p) => [p.person.id, p])), [worst.data]);
  // Those whose worst minute is known come first, worst first; the others as it reached them.
  const people = useMemo(() => {
    const rank = new Map([...joins.keys()].map((id, k) => [id, k]));
    return i.people.toSorted((a, b) => (rank.get(a.id) ?? Infinity) - (rank.get(b.id) ?? Infinity) || 0);
  }, [i.people, joins]);
  const shown = all ? people : people.slice(0, FIRST);
  const unnamed = i.affected - i.people.length;
  return (
    <section className="panel" aria-label="People">
      <div className="panel-head"><h2>People</h2><span className="sub">{i.affected > 1 ? `${count(i.affected)}, worst first; each leads to the worst minute` : "leads to the worst minute"}</span></div>
      {i.people.length === 0 && <div className="panel-body t2">Nobody who had it can be named.</div>}
      <ul className="names">
        {shown.map((p, k) => {
          const join = joins.get(p.id);
          if (!join) return <li key={p.id ?? k}>{p.id ? <Link className="stretch clip" to="/people/$id" params={{ id: p.id }} title={personName(p)}>{personName(p)}</Link> : <span className="clip t2">{personName(p)}</span>}</li>;
          return (
            <li key={join.segment}>
              <Link className="stretch clip" to="/segments/$id" params={{ id: join.segment }} search={{ at: join.at }} title={`${personName(p)}${join.reason ? `: ${join.reason.text}` : ""}`}>{personName(p)}</Link>
              <span className="t3 f12 nw"><GradeShape grade={join.grade} /><span className="when"> {clock(millis(join.at), zone)}</span></span>
            </li>
          );
        })}
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
