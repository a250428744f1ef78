// Who is bad right now, for longest first: one click to why.
import { Link } from "@tanstack/react-router";
import type { NowPerson, OverviewNow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { isCause } from "../../model/cause.ts";
import { capital, count, personName } from "../../model/format.ts";
import { networkName } from "../../model/overview.ts";
import { millis, span, utcText } from "../../model/time.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import type { Reading } from "../../ui/Wrong.tsx";

const AT_MOST = 8;

export function PeopleNow({ query }: { query: Reading & { data?: OverviewNow | undefined } }) {
  const now = query.data;
  const bad = now?.bad ?? [];
  const rest = (now?.by_grade.bad ?? 0) - Math.min(AT_MOST, bad.length);
  return (
    <section className="panel people-now" aria-labelledby="people-title">
      <div className="panel-head"><h2 id="people-title">People who are bad now</h2><span className="sub">for longest first</span></div>
      {!now && !query.error && <div className="list-blank" />}
      {now?.cut_off ? <div className="empty quiet"><b>Not known.</b>Nothing has come from Zoom since their meetings were running.</div> : now && bad.length === 0 && <div className="empty quiet"><b>Nobody.</b>Whoever has a bad minute appears here within seconds, with what decided it.</div>}
      {bad.length > 0 && <ul>{bad.slice(0, AT_MOST).map((p) => <Row key={p.segment} p={p} />)}</ul>}
      {rest > 0 && <div className="panel-foot"><span>{count(rest)} more. <Link className="link" to="/live" search={{ grade: "bad" }}>Their meetings</Link></span></div>}
    </section>
  );
}

function Row({ p }: { p: NowPerson }) {
  const now = useNow(1000);
  const since = millis(p.since);
  const { cause } = p.cause;
  const place = [p.site?.name, p.network ? networkName(p.network) : ""].filter(Boolean).join(", ");
  return (
    <li className="pn">
      <Link className="stretch m clip who" to="/segments/$id" params={{ id: p.segment }} title={personName(p.person)}>{personName(p.person)}</Link>
      <span className="t3 f12 clip topic" title={p.meeting.topic}>{p.meeting.topic}</span>
      <span className="t3 f12 clip place" title={place}>{place}</span>
      <span className="f12 cz">{isCause(cause) ? <CauseMark cause={cause} short /> : <span className="t3">not explained yet</span>}</span>
      <span className="t2 f12 clip reason" title={p.reason?.text}>{capital(p.reason?.text ?? "")}</span>
      <span className="r t2 nw since" title={utcText(since)}>{Number.isNaN(since) ? "" : now - since < 60_000 ? "now" : span(now - since)}</span>
    </li>
  );
}
