// Meetings as rows: the worst that lasted, how many of how many were hit, how the minutes spread.
import { Link } from "@tanstack/react-router";
import type { MeetingRow } from "../../api/types.ts";
import { count, kindWord, meetingName, meetingNumber } from "../../model/format.ts";
import { millis, span } from "../../model/time.ts";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { Time } from "../../ui/Time.tsx";

interface Props { rows: readonly MeetingRow[]; live: boolean; sort?: string; order?: string; /** Left out: the order is given. */ onSort?: (sort: string, order: string) => void }

/** The order that each column has by itself: for numbers and grades the greatest first. */
const COLUMNS = [["worst", "Grade", ""], ["topic", "Meeting, host", ""], ["start", "Start", ""]] as const;
const REVERSED: Record<string, string> = { worst: "asc", topic: "desc", start: "asc", people: "asc" };

export function MeetingsTable({ rows, live, sort = "", order = "", onSort }: Props) {
  const head = (key: string, label: string, className = "") => {
    const on = sort === key;
    const reversed = on && order === REVERSED[key];
    const down = (key === "topic") === reversed;
    return (
      <th key={key} className={className} {...(on ? { "aria-sort": down ? "descending" as const : "ascending" as const } : {})}>
        {!onSort ? label : <button type="button" onClick={() => { onSort(key, on && !reversed ? (REVERSED[key] ?? "") : ""); }} title={`Sort by ${label.toLowerCase()}`}>{label}{on && (down ? " ↓" : " ↑")}</button>}
      </th>
    );
  };
  return (
    <table className="meetings">
      <thead>
        <tr>
          {COLUMNS.map(([key, label]) => head(key, label, key === "start" ? "wide-only" : ""))}
          <th className="r wide-only">{live ? "Running for" : "Length"}</th>{head("people", "People", "r")}<th>{live ? "Affected now" : "Affected"}</th><th className="wide-only bar">Minutes by grade</th><th className="wide-only">Number</th>
        </tr>
      </thead>
      <tbody>{rows.map((m) => <Row key={m.id} m={m} live={live} />)}</tbody>
    </table>
  );
}

function Row({ m, live }: { m: MeetingRow; live: boolean }) {
  const start = millis(m.start);
  const end = millis(m.end ?? m.last_seen);
  const hit = live ? m.now : m.affected;
  return (
    <tr className="go">
      <td><GradeMark grade={m.grade} /></td>
      <td className="wide">
        <div className="two-up">
          <Link className="stretch clip" to="/meetings/$id" params={{ id: m.id }} title={meetingName(m)}>{meetingName(m)}</Link>
          <span className="t3 f12 clip" title={m.host}>{[m.parent ? "breakout room" : "", m.kind === "meeting" ? "" : m.kind === "" ? "" : kindWord(m.kind), m.host].filter(Boolean).join(" · ")}</span>
        </div>
      </td>
      <td className="nw wide-only"><Time at={start} />{m.start_estimated && <span className="t3" title="It was running before Earshot heard of it"> or earlier</span>}</td>
      <td className="r nw t2 wide-only">{Number.isNaN(start) ? "–" : span(end - start)}</td>
      <td className="r nw">{count(m.people)}{m.unreported > 0 && <span className="t3 f12" title={`${m.unreported} of them not reported by Zoom`}> ({m.unreported})</span>}</td>
      <td className="nw">{hit.bad + hit.poor === 0 ? <span className="t3">–</span> : <>{hit.bad > 0 && <b className="m g-bad">{count(hit.bad)} bad</b>} {hit.poor > 0 && <span className="g-poor">{count(hit.poor)} poor</span>}</>}</td>
      <td className="wide-only bar"><GradeBar counts={m.minutes} what="Minutes" /></td>
      <td className="t3 nw wide-only">{m.number && (m.series ? <Link className="link over" to="/series/$id" params={{ id: m.series }} title="All meetings of this number">{meetingNumber(m.number)}</Link> : meetingNumber(m.number))}</td>
    </tr>
  );
}
