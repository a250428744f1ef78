// A person: how their last 30 days were, and every join, newest first.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { personQuery } from "../../api/queries.ts";
import type { PersonDetail, PersonSegment } from "../../api/types.ts";
import { capital, count, meetingName, networkWord, plural } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { okShare, pctText } from "../../model/target.ts";
import { millis, span } from "../../model/time.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { Absent } from "../../ui/Absent.tsx";
import { Figures } from "../../ui/Figures.tsx";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Touched } from "../../ui/Touched.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import type { Verdict } from "../../model/verdict.ts";
import { AlertedLine } from "../alerts/Alerted.tsx";
import { Groups, Weeks } from "./PersonParts.tsx";
import { knownByWord } from "./knownBy.ts";

export function PersonPage() {
  const { id } = useParams({ from: "/shell/people/$id" });
  const query = useQuery(personQuery(id));
  const person = query.data;
  useCrumbs({ label: "People", to: "/people" }, { label: person ? person.name || "Nameless person" : "Person" });
  const body = useRef<HTMLElement>(null);
  useRowKeys(body);
  if (query.error && !person) return <Absent query={query} what="person" />;
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>{person ? person.name || "Nameless person" : <Untitled />}</h1>
          <div className="meta">{person && <>{person.email && <span>{person.email}</span>}<span>known by {knownByWord(person.known_by)}</span></>}&nbsp;</div>
        </div>
        {person && <div className="acts"><Link className="btn" to="/meetings" search={{ person: id, sort: "start" }}>All their meetings</Link></div>}
      </div>
      <Sentence verdict={person && verdictOf(person)} />
      {person && <div className="meta touched"><Touched by={{ person: id }} from={0} to={Infinity} /></div>}
      {person && <AlertedLine about={{ person: id }} />}
      {person && <Figures items={figuresOf(person)} />}
      {person && <Weeks p={person} />}
      {person && <Groups p={person} />}
      <section className="panel" ref={body} aria-label="Joins">
        <div className="panel-head"><h2>Joins</h2><span className="sub">newest first</span></div>
        <Wrong query={query} what="person" />
        {person?.segments.length === 0 && <div className="empty"><b>No joins are kept.</b></div>}
        {person && person.segments.length > 0 && (
          <table className="joins">
            <thead><tr><th>Grade</th><th>Meeting</th><th>Joined</th><th className="r wide-only">Stayed</th><th className="wide-only">Site, network</th><th className="wide-only">Minutes by grade</th><th className="wide-only">Reason</th></tr></thead>
            <tbody>{person.segments.map((s) => <Join key={s.id} s={s} />)}</tbody>
          </table>
        )}
      </section>
    </>
  );
}

function Join({ s }: { s: PersonSegment }) {
  const join = millis(s.join);
  return (
    <tr className="go">
      <td><GradeMark grade={s.grade} /></td>
      <td className="wide"><Link className="stretch clip" style={{ display: "block" }} to="/segments/$id" params={{ id: s.id }} title={meetingName(s.meeting_row)}>{meetingName(s.meeting_row)}</Link></td>
      <td className="nw"><Time at={join} /></td>
      <td className="r nw t2 wide-only">{s.present ? <span className="chip">there now</span> : span(millis(s.leave ?? s.meeting_row.end) - join)}</td>
      <td className="t2 wide-only place"><span className="clip" title={placeOf(s)}>{placeOf(s)}</span></td>
      <td className="wide-only" style={{ width: 150 }}>{s.reported ? <GradeBar counts={s.minutes} what="Minutes" /> : <span className="t3">not reported by Zoom</span>}</td>
      <td className="t2 f12 wide-only reason"><span className="clip" title={s.reason?.text}>{capital(s.reason?.text ?? "")}</span></td>
    </tr>
  );
}

const placeOf = (s: PersonSegment): string => [s.site?.name, networkWord(s.network ?? "")].filter(Boolean).join(", ") || "–";

function verdictOf(p: PersonDetail): Verdict {
  const graded = classified(p.minutes);
  if (graded === 0) return { grade: "unclassified", pieces: [{ text: "No verdict: no minute of the last 30 days could be graded." }] };
  const grade = p.minutes.bad > 0 ? "bad" : p.minutes.poor > 0 ? "poor" : p.minutes.fair > 0 ? "fair" : "good";
  if (p.minutes.bad + p.minutes.poor === 0) return { grade, pieces: [{ text: "No poor or bad minute", strong: true }, { text: ` among ${plural(graded, "graded minute", "graded minutes")} of the last 30 days.` }] };
  return { grade, pieces: [{ text: troubleWords(p.minutes.bad, p.minutes.poor), strong: true }, { text: ` of ${plural(graded, "graded minute", "graded minutes")} in the last 30 days.` }] };
}

/** "1 bad minute", "3 bad and 2 poor minutes". */
const troubleWords = (bad: number, poor: number): string =>
  [bad > 0 && poor > 0 ? `${count(bad)} bad` : bad > 0 ? plural(bad, "bad minute", "bad minutes") : "", poor > 0 ? plural(poor, "poor minute", "poor minutes") : ""].filter(Boolean).join(" and ");

function figuresOf(p: PersonDetail) {
  const graded = classified(p.minutes);
  const live = p.segments.filter((s) => s.present).length;
  return [
    { label: "Good or fair", value: pctText(okShare(p.minutes)), unit: graded === 0 ? "" : "%", note: `of ${count(graded)} graded, 30 days` },
    { label: "Bad minutes", value: <span className={p.minutes.bad ? "g-bad" : ""}>{count(p.minutes.bad)}</span>, note: `+ ${count(p.minutes.poor)} poor` },
    { label: "Unclassified", value: <span className="g-unclassified">{count(p.minutes.unclassified)}</span>, unit: "min", note: "muted, or too little" },
    { label: "Joins", value: count(p.segments.length), note: live > 0 ? `${live} now` : "none now" },
  ];
}
