// What is wrong for a reason, by cause, most people first: one sentence each, and a link to its evidence.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { incidentMinutesQuery, openIncidentsQuery, pastIncidentsQuery } from "../../api/queries.ts";
import type { IncidentRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { byOtherClock, confidenceWord, inSentence, isCause, ofPeople, wayWord } from "../../model/cause.ts";
import { capital, count, metricWord, plural, unbroken } from "../../model/format.ts";
import { nowWords } from "../../model/headline.ts";
import { byCause, durationOf } from "../../model/incident.ts";
import { millis, span } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseChip } from "../../ui/CauseMark.tsx";
import { CrowdStrip } from "../../ui/CrowdStrip.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { SeverityMark } from "../incidents/Marks.tsx";

const AT_MOST = 7;
/** Of an incident's course its newest steps are drawn: minutes, or more where it is long. */
const COURSE_STEPS = 30;

export function OpenIncidents() {
  const zone = useZone();
  const query = useQuery(openIncidentsQuery);
  const past = useQuery(pastIncidentsQuery);
  const open = query.data ?? [];
  const shared = byCause(open.filter((r) => !r.personal), true);
  const rows = shared.flatMap((g) => g.rows);
  const shown = rows.slice(0, AT_MOST);
  const otherClock = shown.some((r) => byOtherClock(r.sentence, millis(r.start), zone));
  return (
    <section className="panel open-incidents" aria-labelledby="incidents-title">
      <div className="panel-head"><h2 id="incidents-title">Open incidents</h2><span className="sub">by cause, greatest first{otherClock && "; sentences by the clock of their site"}</span><span className="right"><span className="hint"><kbd>j</kbd><kbd>k</kbd><kbd>↵</kbd></span>{past.data && past.data.length > 0 && <Link className="link" to="/incidents">{plural(past.data.length, "other", "others")} in 24 hours</Link>}</span></div>
      <Wrong query={query} what="open incidents" />
      {query.data && rows.length === 0 && <div className="empty quiet"><b>No incident about several people is open.</b>One opens when people in the same network, site, carrier, data centre or version suffer at once.</div>}
      {!query.data && !query.error && <div className="list-blank" />}
      {shown.length > 0 && <ul>{shown.map((r, k) => <Row key={r.id} row={r} first={r.cause !== shown[k - 1]?.cause} />)}</ul>}
      {query.data && <Foot rows={rows.length - shown.length} alone={open.filter((r) => r.personal)} />}
    </section>
  );
}

function Row({ row, first }: { row: IncidentRow; first: boolean }) {
  const now = useNow();
  return (
    <li className="oi">
      <span className="cz">{first && isCause(row.cause) && <CauseChip cause={row.cause} />}</span>
      <span className="what">
        <Link className="stretch m" to="/incidents/$id" params={{ id: row.id }}>{capital(unbroken(row.sentence))}</Link>
        <span className="t2 f12"><b className="m">{ofPeople(row.inside)}</b> here, {ofPeople(row.elsewhere)} elsewhere{nowWords(row)}{row.metric && <span className="t3"> · {metricWord(row.metric)} {row.direction ? wayWord(row.direction) : ""}</span>}</span>
      </span>
      <Course row={row} />
      <span className="sv"><SeverityMark severity={row.severity} /></span>
      <span className="dur r"><b className="m">{span(durationOf(row, now))}</b><span className="t3 f12">since <Time at={millis(row.start)} /></span><span className="t3 f12 wide-only">confidence {confidenceWord(row.confidence)}</span></span>
    </li>
  );
}

/** How many of those whom it reached were poor and bad, minute by minute: whether it grows or eases is seen at once. */
function Course({ row }: { row: IncidentRow }) {
  const steps = useQuery(incidentMinutesQuery(row.id, true)).data?.steps ?? [];
  const minutes = steps.slice(-COURSE_STEPS).map((s) => ({ ...s.reached, fair: 0 }));
  const most = Math.max(1, ...minutes.map((m) => m.bad + m.poor));
  return <span className="course">{minutes.length > 0 && <CrowdStrip minutes={minutes} height={26} full={most} label={`People poor or bad by minute, at most ${count(most)}`} />}</span>;
}

/** Those of one person alone, together: they are many, and none of them is everybody's. */
function Foot({ rows, alone }: { rows: number; alone: readonly IncidentRow[] }) {
  if (rows + alone.length === 0) return null;
  const causes = byCause(alone, true).map((g) => `${count(g.rows.length)} ${inSentence(g.cause)}`).join(", ");
  return (
    <div className="panel-foot">
      {alone.length > 0 && <span><b className="m">{plural(alone.length, "person is", "people are")}</b> bad on their own: {unbroken(causes)}. <Link className="link" to="/incidents" search={{ state: "open" }}>Look at them</Link></span>}
      {rows > 0 && <Link className="link" to="/incidents" search={{ state: "open" }}>{plural(rows, "more open incident", "more open incidents")}</Link>}
    </div>
  );
}
