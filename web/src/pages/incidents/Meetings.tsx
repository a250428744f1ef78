// Which meetings an incident touched: how many of their people, and how many minutes; each leads to the meeting.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { incidentPeopleQuery } from "../../api/queries.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { meetingsOf, type TouchedMeeting } from "../../model/reached.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import { useHeldRows } from "../../ui/useHeldRows.ts";

/** More meetings than this fold. */
const FIRST = 12;

const meetingOf = (m: TouchedMeeting) => m.meeting.id;

export function Meetings({ i }: { i: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const { data } = useQuery(incidentPeopleQuery(i.id, i.state === "open"));
  const { rows: meetings, on } = useHeldRows(useMemo(() => meetingsOf(i, data), [i, data]), meetingOf);
  return (
    <section className="panel" aria-label="Meetings">
      <div className="panel-head"><h2>Meetings</h2><span className="sub">people, and all their poor and bad minutes then</span></div>
      {meetings.length === 0 && <div className="panel-body t2">None is kept any more.</div>}
      <ul className="rows touched-meetings" {...on}>{meetings.slice(0, all ? undefined : FIRST).map((m) => <Row key={m.meeting.id} m={m} cause={i.cause} />)}</ul>
      {meetings.length > FIRST && <div className="panel-foot"><button type="button" className="link" onClick={() => { setAll(!all); }}>{all ? "Fewer" : `All ${plural(meetings.length, "meeting", "meetings")}`}</button></div>}
    </section>
  );
}

function Row({ m: { meeting, people, minutes = 0 }, cause }: { m: TouchedMeeting; cause: IncidentDetail["cause"] }) {
  return (
    <li>
      <Link className="stretch m clip" to="/meetings/$id" params={{ id: meeting.id }} search={cause ? { cause } : {}} title={meeting.topic}>{meeting.topic || "Meeting without a name"}</Link>
      {people
        ? <><span className="nw r"><b>{count(people.bad)}</b> <span className="t3">of {count(people.of)}</span><span className="sr"> {people.of === 1 ? "person" : "people"} bad or poor,</span></span><span className={minutes > 0 ? "mins r b g-bad" : "mins r t3"}>{count(minutes)}<span className="sr"> {minutes === 1 ? "minute" : "minutes"}</span></span></>
        : <span className="t3 f12 nw"><Time at={millis(meeting.start)} /></span>}
    </li>
  );
}
