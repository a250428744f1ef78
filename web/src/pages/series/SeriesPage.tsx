// A recurring number across its meetings: is it getting better, who is hit again and again, by what, and the meetings.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { seriesDetailQuery } from "../../api/queries.ts";
import type { SeriesDetail, SeriesPerson } from "../../api/types.ts";
import { isCause, shareWord } from "../../model/cause.ts";
import { count, meetingNumber, plural } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { Absent } from "../../ui/Absent.tsx";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { Figures } from "../../ui/Figures.tsx";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { MeetingsTable } from "../meetings/MeetingsTable.tsx";
import { Trend } from "./Trend.tsx";
import "../meetings/meetings.css";
import "./series.css";

export function SeriesPage() {
  const { id } = useParams({ from: "/shell/series/$id" });
  const query = useQuery(seriesDetailQuery(id));
  const s = query.data;
  const name = s ? s.topic || (s.number ? `Meeting ${meetingNumber(s.number)}` : "Series") : "Series";
  useCrumbs({ label: "Meetings", to: "/meetings" }, { label: name });
  const body = useRef<HTMLElement>(null);
  useRowKeys(body);
  if (query.error && !s) return <Absent query={query} what="series" />;
  return (
    <>
      <div className="head">
        <div className="grow"><h1>{s ? name : <Untitled />}</h1><div className="meta">{s && <>{s.number && <span>{meetingNumber(s.number)}</span>}<span>{plural(s.meetings.length, "meeting", "meetings")}{s.older && ", the newest"}</span></>}&nbsp;</div></div>
        <div className="acts"><Link className="btn" to="/meetings" search={{ series: id, sort: "start" }}>All its meetings</Link></div>
      </div>
      <Wrong query={query} what="series" />
      <Sentence verdict={s && verdictOf(s)} />
      {s && <Figures items={figuresOf(s)} />}
      {s && s.meetings.length > 1 && <Trend meetings={s.meetings} />}
      {s && (
        <div className="columns">
          <section className="panel" ref={body} aria-label="Meetings">
            <div className="panel-head"><h2>Meetings</h2><span className="sub">newest first</span></div>
            {s.meetings.length === 0 ? <div className="empty"><b>No meeting of it is kept.</b></div> : <div className="scroll-x"><MeetingsTable rows={s.meetings} live={false} /></div>}
          </section>
          <div>
            <Again people={s.people} meetings={s.meetings.length} />
            <Causes s={s} />
          </div>
        </div>
      )}
    </>
  );
}

/** Those who were hit more than once come first; being hit once is no pattern. */
function Again({ people, meetings }: { people: readonly SeriesPerson[]; meetings: number }) {
  const hit = people.filter((p) => p.troubled > 0).slice(0, 12);
  return (
    <section className="panel" aria-label="Who is hit again and again">
      <div className="panel-head"><h2>Who is hit again and again</h2></div>
      {hit.length === 0 && <div className="panel-body t2">Nobody had a poor or bad minute.</div>}
      {hit.length > 0 && (
        <table>
          <thead><tr><th>Person, mostly because of</th><th className="r">Meetings</th></tr></thead>
          <tbody>
            {hit.map((p) => (
              <tr className="go" key={p.person.id}>
                <td className="wide"><Link className="stretch clip" style={{ display: "block" }} to="/people/$id" params={{ id: p.person.id ?? "" }} title={p.person.name}>{p.person.name || "Nameless person"}</Link>{isCause(p.cause) && <span className="t2 f12"><CauseMark cause={p.cause} short /></span>}</td>
                <td className="r nw" title={`poor or bad minutes in ${p.troubled} of the ${p.meetings} that they were in, of ${meetings}`}><b className={p.troubled > 1 ? "m g-bad" : "m"}>{p.troubled}</b> <span className="t3">of {p.meetings}</span></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Causes({ s }: { s: SeriesDetail }) {
  const all = s.causes.reduce((n, c) => n + c.minutes, 0);
  if (all === 0) return null;
  return (
    <section className="panel" aria-label="Causes">
      <div className="panel-head"><h2>Causes</h2><span className="sub">of poor and bad minutes</span></div>
      <ul className="cause-rows">
        {s.causes.map((c) => isCause(c.cause) && <li key={c.cause}><CauseMark cause={c.cause} /><span className="t2 nw">{plural(c.people, "person", "people")}</span><b className="m r">{shareWord(c.minutes, all)}</b></li>)}
      </ul>
    </section>
  );
}

function verdictOf(s: SeriesDetail): Verdict {
  const graded = classified(s.minutes);
  if (graded === 0) return { grade: "unclassified", pieces: [{ text: "No verdict: no minute of these meetings could be graded." }] };
  const again = s.people.filter((p) => p.troubled > 1);
  const hit = s.meetings.filter((m) => (m.trouble_pct ?? 0) > 0).length;
  if (hit === 0) return { grade: "good", pieces: [{ text: "No poor or bad minute", strong: true }, { text: ` in ${plural(s.meetings.length, "meeting", "meetings")}.` }] };
  return {
    grade: s.minutes.bad > 0 ? "bad" : "poor",
    pieces: [
      { text: `${hit} of ${plural(s.meetings.length, "meeting", "meetings")} had poor or bad minutes`, strong: true },
      { text: again.length === 0 ? "; nobody was hit in more than one." : `; ${plural(again.length, "person was", "people were")} hit in more than one, ${again[0]?.person.name || "a nameless person"} in ${again[0]?.troubled ?? 0}.` },
    ],
  };
}

function figuresOf(s: SeriesDetail) {
  const graded = classified(s.minutes);
  const trouble = s.minutes.poor + s.minutes.bad;
  return [
    { label: "Good or fair minutes", value: s.ok_pct === undefined ? "–" : s.ok_pct.toFixed(1), unit: s.ok_pct === undefined ? "" : "%", note: `of ${count(graded)} graded` },
    { label: "Poor or bad", value: <span className={trouble ? "g-bad" : ""}>{count(trouble)}</span>, unit: "min", note: `${count(s.minutes.bad)} of them bad` },
    { label: "Hit more than once", value: count(s.people.filter((p) => p.troubled > 1).length), note: `of ${plural(s.people.length, "person", "people")}` },
    { label: "Minutes by grade", value: <GradeBar counts={s.minutes} what="Minutes" />, note: plural(s.meetings.length, "meeting", "meetings") },
  ];
}
