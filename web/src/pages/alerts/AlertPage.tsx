// An alert: what it says, what speaks for it, who was told and what they answered, who has taken it on, is it over?
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { alertQuery } from "../../api/alerts.ts";
import type { AlertDetail } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { alertDuration, alertLineWords, alertMinutes, howHint, howOf, subjectPages, toldOf, type SubjectPage } from "../../model/alert.ts";
import { byOtherClock, firstSentence, isCause } from "../../model/cause.ts";
import { capital, plural, unbroken } from "../../model/format.ts";
import { matchersFor, matchersText } from "../../model/silence.ts";
import { clock, clockSeconds, day, millis, span, utcText, zoneLabel } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseChip } from "../../ui/CauseMark.tsx";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { ShareBar } from "../../ui/SharePair.tsx";
import { Time } from "../../ui/Time.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { Acknowledge } from "./Acknowledge.tsx";
import { AlertChip, AlertSeverityMark } from "./Marks.tsx";
import "../incidents/incidents.css";
import "./alerts.css";

export function AlertPage() {
  const { id } = useParams({ from: "/shell/alerts/$id" });
  const query = useQuery(alertQuery(id));
  const a = query.data;
  useCrumbs({ label: "Alerts", to: "/alerts" }, { label: a ? capital(a.title) : "Alert" });
  const comment = useRef<HTMLInputElement>(null);
  useKeys({ a: () => { if (!comment.current) return false; comment.current.focus(); return true; } });
  return (
    <>
      <Head a={a} />
      <Wrong query={query} what="alert" />
      <Sentence verdict={a && verdictOf(a)} />
      {a && (
        <div className="columns incident">
          <div>
            {a.state === "firing" && <Acknowledge a={a} field={comment} />}
            <Evidence a={a} />
            <Labels a={a} />
          </div>
          <div>
            <Told a={a} />
            <Timeline a={a} />
          </div>
        </div>
      )}
    </>
  );
}

function Head({ a }: { a: AlertDetail | undefined }) {
  const zone = useZone();
  const now = useNow();
  const began = millis(a?.began ?? a?.raised);
  const raised = millis(a?.raised);
  return (
    <div className="head">
      <div className="grow">
        <h1>{a ? capital(unbroken(a.title)) : <Untitled />}</h1>
        <div className="meta incident-meta">
          {a && (
            <>
              <AlertChip row={a} />
              {isCause(a.cause) && <CauseChip cause={a.cause} />}
              <AlertSeverityMark severity={a.severity} />
              <span>{a.ended ? "fired" : "fires since"} {day(raised, zone)}, <b>{clock(raised, zone)}{a.ended ? `–${clock(millis(a.ended), zone)}` : ""}</b>, {span(alertDuration(a, now))}</span>
              {a.affected ? <span><b>{plural(a.affected, "person", "people")}</b>{a.minutes ? `, ${alertMinutes(a)}` : ""}</span> : null}
              <span>rule <Link className="link" to="/alerts/rules/$name" params={{ name: a.rule }}>{a.rule}</Link></span>
              {byOtherClock(a.title, began, zone) && <span>sentences by the clock of the site</span>}
            </>
          )}{!a && <>&nbsp;</>}
        </div>
      </div>
      <div className="acts">
        <CopyLink />
        {a && <Link className="btn" to="/alerts/silences" search={{ matchers: matchersText(matchersFor(a)) }}>Silence …</Link>}
        {a && subjectPages(a).map((p) => <SubjectLink key={p.label} page={p} />)}
      </div>
    </div>
  );
}

function SubjectLink({ page }: { page: SubjectPage }) {
  if (page.to === "/ingest") return <Link className="btn" to="/ingest">{page.label}</Link>;
  return <Link className="btn" to={page.to} params={{ id: page.id }}>{page.label}</Link>;
}

/** What speaks for it, in the API's own sentence, and what became of it. */
function verdictOf(a: AlertDetail): Verdict {
  const how = howOf(a);
  const grade = a.state === "resolved" ? "good" : how !== "new" ? "fair" : a.severity === "critical" ? "bad" : a.severity === "warning" ? "poor" : "fair";
  const became = a.state === "resolved" ? " It is over." : ` ${howHint(how)}.`;
  if (!a.evidence) return { grade, pieces: [{ text: `${capital(a.title)}.`, strong: true }, { text: became }] };
  const [first, rest] = firstSentence(a.evidence);
  return { grade, pieces: [{ text: first, strong: true }, { text: `${rest}${became}` }] };
}

function Evidence({ a }: { a: AlertDetail }) {
  if (!a.inside && !a.elsewhere) return null;
  return (
    <section className="panel" aria-label="Evidence">
      <div className="panel-head"><h2>Where it is, and where it is not</h2><span className="sub">people who were bad</span></div>
      <table className="where">
        <tbody>
          {a.inside && <tr className="here"><th scope="row">Here</th><td className="m">{a.labels.subject ?? a.labels.site ?? capital(a.subject_kind.replace("-", " "))}</td><td><ShareBar counts={a.inside} /></td></tr>}
          {a.elsewhere && <tr><th scope="row">Elsewhere</th><td className="t2">everybody else of the account</td><td><ShareBar counts={a.elsewhere} ghost /></td></tr>}
        </tbody>
      </table>
    </section>
  );
}

function Labels({ a }: { a: AlertDetail }) {
  return (
    <section className="panel" aria-label="Labels">
      <div className="panel-head"><h2>Labels</h2><span className="sub">what routes and silences match; they name places, never people</span></div>
      <ul className="labels">{Object.entries(a.labels).sort(([x], [y]) => (x < y ? -1 : 1)).map(([name, value]) => <li key={name}><span className="t3">{name}</span> <span className="mono">{value}</span></li>)}</ul>
    </section>
  );
}

function Told({ a }: { a: AlertDetail }) {
  const told = toldOf(a);
  const how = howOf(a);
  return (
    <section className="panel" aria-label="Who was told">
      <div className="panel-head"><h2>Who was told</h2></div>
      {told.length === 0 && (
        <div className="panel-body t2">
          {how === "silenced" ? "Nobody: a silence keeps it." : how === "explained" ? "Nobody: people are told of its cause instead." : "No receiver yet. "}
          {how !== "silenced" && how !== "explained" && <Link className="link" to="/alerts">Who would be</Link>}
        </div>
      )}
      <ul className="rows">
        {told.map((t) => (
          <li key={`${t.receiver} ${t.by}`} className="told"><span><b className="m">{t.receiver}</b> <span className="t3 f12">{t.by}</span>{t.refused && <span className="t2 f12"> did not take it: {t.text}</span>}</span><span className="t3 f12 nw">{t.refused ? "refused" : "told"} <Time at={t.at} /></span></li>
        ))}
      </ul>
      {(a.silenced_by?.length ?? 0) > 0 && <div className="panel-foot"><span>Silenced now.</span><Link className="link" to="/alerts/silences">See silences</Link></div>}
    </section>
  );
}

function Timeline({ a }: { a: AlertDetail }) {
  const zone = useZone();
  const began = millis(a.began);
  return (
    <section className="panel" aria-label="Timeline">
      <div className="panel-head"><h2>Timeline</h2><span className="right">{zoneLabel(zone, millis(a.raised))}</span></div>
      <ol className="timeline">
        {!Number.isNaN(began) && <li className="begun"><time dateTime={a.began} title={utcText(began)}>{clock(began, zone)}</time><i aria-hidden="true" /><div>The trouble began</div></li>}
        {a.timeline.map((line, k) => {
          const { what, detail } = alertLineWords(line);
          const at = millis(line.at);
          return <li key={`${k} ${line.at}`} className={`al-${line.what}`}><time dateTime={line.at} title={utcText(at)}>{clockSeconds(at, zone)}</time><i aria-hidden="true" /><div>{what}{detail && <span className="t3 f12">{detail}</span>}</div></li>;
        })}
        {a.state === "firing" && <li className="now"><time>now</time><i aria-hidden="true" /><div>Still firing</div></li>}
      </ol>
    </section>
  );
}
