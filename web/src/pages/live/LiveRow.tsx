// One running meeting on one line: how bad, which, how many, since when, why.
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { GradeCount, MeetingRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import type { Change } from "../../live/meetings.ts";
import { capital, count, meetingName, unbroken } from "../../model/format.ts";
import { rank } from "../../model/grade.ts";
import { millis, span, utcText } from "../../model/time.ts";
import { CrowdStrip } from "../../ui/CrowdStrip.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";

interface Props { row: MeetingRow; index: number; top: number; height: number; ended: boolean; change: Change | undefined; selected: boolean; onFocus: () => void }

export const LiveRow = memo(function LiveRow({ row, index, top, height, ended, change, selected, onFocus }: Props) {
  const worse = change && rank(change.to) > rank(change.from);
  return (
    <div
      role="row" aria-rowindex={index + 2} data-id={row.id} data-grade={row.grade} style={{ top, height }}
      className={["lr", "row", selected ? "sel" : "", ended ? "ended" : "", change ? `flash-${change.to}` : ""].filter(Boolean).join(" ")}
    >
      <span role="cell" className="gd"><GradeMark grade={row.grade} /></span>
      <span role="cell" className="tp">
        <Link to="/meetings/$id" params={{ id: row.id }} className="clip m stretch" title={meetingName(row)} onFocus={onFocus}>{meetingName(row)}</Link>
        {change && <span className={`flash g-${change.to}`}>{change.from} → {change.to}{worse ? "" : ", better"}</span>}
        {ended ? <span className="chip">ended</span> : <span className="clip t3 f12 host" title={row.host}>{[row.parent ? "breakout room" : "", row.kind === "webinar" ? "webinar" : row.kind === "session" ? "Video SDK" : "", row.host].filter(Boolean).join(" · ")}</span>}
      </span>
      <span role="cell" className="r pp">{count(row.people)}</span>
      <span role="cell" className="af nw"><Affected now={row.now} host={row.host ?? ""} /></span>
      <span role="cell" className="hi"><CrowdStrip minutes={padded(row)} height={22} full={Math.max(4, row.people * 0.5)} label={stripWords(row)} /></span>
      <span role="cell" className="r t2 nw si"><Since row={row} /></span>
      <span role="cell" className="cz clip t2" title={row.reason?.text}>{row.reason && capital(unbroken(row.reason.text))}</span>
    </div>
  );
});

/** Bad and poor people now. There is nothing to say about the others: a small window has the host there. */
function Affected({ now, host }: { now: GradeCount; host: string }) {
  if (now.bad + now.poor === 0) return <><span className="t3 wide-only">–</span><span className="t3 narrow-only">{host}</span></>;
  return <>{now.bad > 0 && <b className="g-bad">{count(now.bad)} bad</b>} {now.poor > 0 && <span className="g-poor">{count(now.poor)} poor</span>}</>;
}

function Since({ row }: { row: MeetingRow }) {
  const now = useNow();
  const since = millis(row.since);
  // How long something has been good is no news.
  if (Number.isNaN(since) || rank(row.grade) < rank("fair")) return null;
  return <span title={utcText(since)}>{now - since < 60_000 ? "now" : span(now - since)}</span>;
}

/** Always 20 minutes, so that the newest ones stand under each other; what was before the meeting is empty. */
function padded(row: MeetingRow): (GradeCount | undefined)[] {
  const strip = (row.strip ?? []).slice(-20);
  return [...Array<undefined>(20 - strip.length), ...strip];
}

const stripWords = (row: MeetingRow): string => {
  const strip = row.strip ?? [];
  const bad = strip.filter((m) => m.bad > 0).length;
  const poor = strip.filter((m) => m.bad === 0 && m.poor > 0).length;
  return `Of the last ${strip.length} minutes, ${bad} with bad people, ${poor} more with poor ones`;
};
