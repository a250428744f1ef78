// The overview for a wall: read from four metres, nothing to press, follows by itself, and cannot be mistaken for being up to
// date when it is not. Names of people do not belong on a wall: it tells of places and causes.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { openIncidentsQuery, overviewDayQuery, overviewNowQuery } from "../../api/queries.ts";
import type { IncidentRow, OverviewDay } from "../../api/types.ts";
import { useLink, useNow, useStatus } from "../../live/follow.ts";
import { isCause, ofPeople } from "../../model/cause.ts";
import { capital, count, plural, unbroken } from "../../model/format.ts";
import { headline } from "../../model/headline.ts";
import { byCause, durationOf } from "../../model/incident.ts";
import { points, stepsOf, weekday } from "../../model/overview.ts";
import { okShare, pctText, shareGrade, targetWords } from "../../model/target.ts";
import { clock, clockSeconds, day as dayWord, millis, span, zoneLabel } from "../../model/time.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useFollowing } from "../../shell/useFollowing.ts";
import { ianaZone, useZone } from "../../shell/zone.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Trend } from "./NowPanel.tsx";
import { Timeline } from "./Timeline.tsx";
import "./overview.css";
import "./wall.css";

/** Figures that are older than this are not shown as if they were of now. */
const STALE_MS = 30_000;
const ROWS = 4;

export function WallPage() {
  useFollowing();
  useAwake();
  const navigate = useNavigate();
  useKeys({ Escape: () => { void navigate({ to: "/overview" }); } });
  const light = useSearch({ from: "/wall" }).theme === "light";
  const zone = useZone();
  const tz = ianaZone(zone);
  const now = useQuery(overviewNowQuery);
  const day = useQuery(overviewDayQuery(tz));
  const incidents = useQuery(openIncidentsQuery);
  const trouble = useTrouble(now.dataUpdatedAt, now.error);
  const at = useNow(1000);
  const open = incidents.data ?? [];
  // Nothing is told of people before the first event, and after Zoom fell silent.
  const known = now.data?.received && !now.data.cut_off ? now.data : undefined;
  const shared = byCause(open.filter((r) => !r.personal), true).flatMap((g) => g.rows);
  const alone = open.length - shared.length;
  return (
    <main className={["wall", light ? "light" : "dark", trouble ? "old" : ""].join(" ")} aria-label="Wall">
      <header>
        <h1>Earshot</h1>
        <span className="date">{dayWord(at, zone)}</span>
        <b className="clock">{clock(at, zone)}<small> {zoneLabel(zone, at)}</small></b>
        <Link to="/overview" className="leave">Leave <kbd>Esc</kbd></Link>
      </header>
      {trouble
        ? <div className="wall-lost" role="alert"><span className="hatch" aria-hidden="true" /><b>{trouble}</b></div>
        : <div className="wall-verdict"><Sentence verdict={now.data && !incidents.isPending ? headline(now.data, open, true) : undefined} /></div>}
      {now.data?.received !== false && <div className="wall-figures">
        <section aria-label="Bad right now">
          <h2>Bad right now</h2>
          <div className="huge">{known && <><b className={known.by_grade.bad > 0 ? "g-bad" : ""}>{count(known.by_grade.bad)}</b><span>of {plural(known.people, "person", "people")}</span></>}</div>
          <Trend now={now.data} height={70} />
          <p>{known ? `${count(known.meetings_by_grade.bad)} of ${plural(known.meetings, "meeting", "meetings")}, ${count(known.calls_bad)} of ${plural(known.calls, "phone call", "phone calls")}; ${count(known.external)} external, not reported` : now.data ? "Not known since Zoom fell silent." : "\u00a0"}</p>
        </section>
        <section aria-label="Good participant-minutes today">
          <h2>Good participant-minutes today</h2>
          <Today day={day.data} tz={tz} />
        </section>
      </div>}
      <section className="wall-incidents" aria-label="Open incidents">
        {known && incidents.data && shared.length === 0 && <p className="calm">No incident about several people is open{alone > 0 ? `; ${plural(alone, "person has", "people have")} trouble of their own` : ""}.</p>}
        {shared.length > 0 && <ul>{shared.slice(0, ROWS).map((r) => <Incident key={r.id} row={r} />)}</ul>}
        {shared.length > 0 && <p className="more">{[shared.length > ROWS ? `${count(shared.length - ROWS)} more about several people` : "", alone > 0 ? `${plural(alone, "person has", "people have")} trouble of their own` : ""].filter(Boolean).join("; ")}</p>}
      </section>
    </main>
  );
}

function Today({ day, tz }: { day: OverviewDay | undefined; tz: string }) {
  const midnight = millis(day?.from);
  const steps = useMemo(() => stepsOf(day?.timeline ?? [], midnight), [day?.timeline, midnight]);
  const before = useMemo(() => stepsOf(day?.before_timeline ?? [], millis(day?.before_from)), [day?.before_timeline, day?.before_from]);
  const share = day && okShare(day.today.minutes);
  const last = day?.before && okShare(day.before.minutes);
  const name = day?.before_from ? weekday(millis(day.before_from), tz) : "";
  return (
    <>
      <div className="huge">{day && share !== undefined && <><b>{pctText(share)}</b><span>% <i><GradeShape grade={shareGrade(share, day.target_pct)} /> {targetWords(share, day.target_pct)}{last !== undefined && `; ${points(share - last)} against last ${name}`}</i></span></>}</div>
      {day && share === undefined && <p>No minute has been graded today.</p>}
      {day && steps.length > 0 && <Timeline steps={steps} before={before} midnight={midnight} now={millis(day.to)} stepMs={day.step_seconds * 1000} target={day.target_pct} last={name} compact />}
    </>
  );
}

function Incident({ row }: { row: IncidentRow }) {
  const now = useNow();
  return (
    <li>
      <span className="cz">{isCause(row.cause) && <CauseMark cause={row.cause} />}</span>
      <b>{capital(unbroken(row.sentence))}</b>
      <span className="in">{ofPeople(row.inside)} here, {ofPeople(row.elsewhere)} elsewhere</span>
      <span className="dur">{span(durationOf(row, now))}</span>
    </li>
  );
}

/** Why the figures are not of now, "" while they are. It looks every second by the wall clock: what is broken tells nothing. */
function useTrouble(updatedAt: number, error: Error | null): string {
  const link = useLink();
  const status = useStatus();
  const zone = useZone();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => { setNow(Date.now()); }, 1000);
    return () => { window.clearInterval(timer); };
  }, []);
  if (link.state === "lost") return `Not following since ${clockSeconds(link.since, zone)}: these figures are ${span(Math.max(1000, now - link.since))} old`;
  if (error && updatedAt > 0) return `Not renewed since ${clockSeconds(updatedAt, zone)}: these figures are ${span(Math.max(1000, now - updatedAt))} old`;
  if (error) return `Nothing could be read. ${error.message}`;
  if (updatedAt > 0 && now - updatedAt > STALE_MS) return `Not renewed since ${clockSeconds(updatedAt, zone)}: these figures are ${span(now - updatedAt)} old`;
  if (status?.receiver === false) return "The receiver does not answer: nothing new comes in";
  return "";
}

/** Keeps the screen on where the browser can; a wall that is dark says nothing. */
function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let gone = false;
    const ask = () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      navigator.wakeLock.request("screen").then((got) => { if (gone) void got.release(); else lock = got; }, () => undefined);
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}
