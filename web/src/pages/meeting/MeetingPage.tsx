// One meeting: who suffered, in which minutes, all at once or alone, from what.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useMemo } from "react";
import { meetingQuery, minutesQuery } from "../../api/queries.ts";
import { useMeetingUpdates } from "../../live/follow.ts";
import { causeOf, isCause } from "../../model/cause.ts";
import { meetingName } from "../../model/format.ts";
import { rank } from "../../model/grade.ts";
import { isMedium, peopleIn } from "../../model/medium.ts";
import { millis } from "../../model/time.ts";
import { attendees, crowds, meetingVerdict, worstMinute, type Attendee } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useZone } from "../../shell/zone.ts";
import { Absent } from "../../ui/Absent.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Touched } from "../../ui/Touched.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { AlertedLine } from "../alerts/Alerted.tsx";
import { AttendeePanel } from "./AttendeePanel.tsx";
import { Breakouts } from "./Breakouts.tsx";
import { happenings } from "./happenings.ts";
import { HeatPanel } from "./HeatPanel.tsx";
import { MeetingFigures } from "./MeetingFigures.tsx";
import { MeetingHead } from "./MeetingHead.tsx";
import { isSort, sortPeople, SORTS } from "./sorting.ts";
import { useReplay } from "./useReplay.ts";
import "./meeting.css";

const MINUTE = 60_000;
const LEAST_AXIS = 30 * MINUTE;
/** Drops, notices and changes of a running meeting are not in the event stream: they are read anew this often. */
const RENEW_MS = 20_000;

export function MeetingPage() {
  const { id } = useParams({ from: "/shell/meetings/$id" });
  const search = useSearch({ from: "/shell/meetings/$id" });
  const navigate = useNavigate({ from: "/meetings/$id" });
  const zone = useZone();
  const meeting = useQuery({ ...meetingQuery(id), refetchInterval: (q) => (q.state.data?.live ? RENEW_MS : false) });
  const minutes = useQuery(minutesQuery(id));
  // Both or nothing: the rows are made once, and not first without their minutes. Hundreds of people's are drawn in pieces
  // after the frame of the page stands, and after what the pointer and the keys ask for.
  const both = useMemo(() => (meeting.data && minutes.data ? { meeting: meeting.data, minutes: minutes.data } : null), [meeting.data, minutes.data]);
  const drawn = useDeferredValue(both, null);
  const ready = drawn?.meeting.id === id;
  const heat = ready ? drawn.minutes : undefined;
  const m = ready ? drawn.meeting : meeting.data;
  useMeetingUpdates(m?.live ? id : undefined);
  useCrumbs({ label: "Meetings", to: "/meetings" }, { label: m ? meetingName(m) : "Meeting" });

  const sort = isSort(search.sort) ? search.sort : "worst";
  const people = useMemo(() => (m && heat ? attendees(m.segments, heat.rows) : []), [m, heat]);
  const media = isMedium(search.media) ? search.media : undefined;
  // What the strips, the lanes and the chosen person's panel show; the verdict and the figures tell the whole meeting.
  const seen = useMemo(() => (media ? peopleIn(media, people) : people), [media, people]);
  const ordered = useMemo(() => sortPeople(seen, sort), [seen, sort]);
  const everybody = useMemo(() => crowds(people), [people]);
  const crowd = useMemo(() => (media ? crowds(seen) : everybody), [media, seen, everybody]);
  const worst = useMemo(() => worstMinute(crowd), [crowd]);
  const verdict = useMemo(() => (ready ? meetingVerdict(people, everybody, m?.live ?? false, zone) : undefined), [ready, people, everybody, m?.live, zone]);
  const all = useMemo(() => (m && ready ? happenings(m, people) : []), [m, ready, people]);
  const from = Math.floor(millis(heat?.from) / MINUTE) * MINUTE;
  // A meeting that has just begun gets room to grow, not minutes as wide as a hand.
  const to = Math.max(from + LEAST_AXIS, Math.ceil(millis(heat?.to) / MINUTE) * MINUTE);

  const put = useCallback((part: { person?: string; at?: string; cause?: string; sort?: string; media?: string }) => {
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true, resetScroll: false });
  }, [navigate]);
  const onRest = useCallback((at: number) => { put({ at: new Date(at).toISOString() }); }, [put]);
  const replay = useReplay({ from, to, told: millis(search.at), otherwise: worst?.at ?? NaN, onRest });
  const { at, seek } = replay;

  const cause = isCause(search.cause) ? search.cause : undefined;
  const chosen = seen.find((p) => p.key === search.person) ?? (cause && seen.find((p) => p.minutes.some((x) => causeOf(x) === cause))) ?? seen[0];
  const choose = useCallback((part: { person?: string; at?: number }) => {
    if (part.person) put({ person: part.person });
    if (part.at !== undefined) seek(part.at);
  }, [put, seek]);
  // The minute, and the one who had it worst in it.
  const jump = (to: number | undefined) => {
    if (to === undefined) return;
    const hit = worstAt(seen, to);
    choose({ at: to, ...(hit ? { person: hit.key } : {}) });
  };
  useKeys({
    ArrowLeft: (e) => { replay.step(e.shiftKey ? -10 : -1, replay.active); }, ArrowRight: (e) => { replay.step(e.shiftKey ? 10 : 1, replay.active); },
    " ": () => { if (!ready || people.length === 0) return false; replay.toggle(); return true; },
    w: () => { jump(worst?.at); },
    n: () => {
      const bad = crowd.filter((c) => c.count.bad > 0).map((c) => c.at);
      jump(bad.find((t) => t > at) ?? bad[0]);
    },
    s: () => { put({ sort: SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length] ?? "worst" }); },
    Escape: () => {
      if (replay.active) { replay.leave(); return true; }
      if (!search.at) return false;
      put({ at: "" });
      return true;
    },
  });

  if (meeting.error && !meeting.data) return <Absent query={meeting} what="meeting" />;
  return (
    <>
      <MeetingHead meeting={m} onWorst={worst && (() => { jump(worst.at); })} />
      <Wrong query={meeting} what="meeting" />
      <Sentence verdict={verdict} />
      {m && <div className="meta touched"><Touched by={{ meeting: id }} from={millis(m.start) || 0} to={millis(m.end) || Infinity} only={(i) => !i.personal} /></div>}
      {m && <AlertedLine about={{ meeting: id }} />}
      <MeetingFigures meeting={m} people={people} worst={media ? worstMinute(everybody) : worst} ready={ready} />
      <div className="columns">
        <section className="panel heat-panel" aria-label="Person by minute" aria-busy={both !== null && !ready}>
          <Wrong query={minutes} what="minutes" />
          <HeatPanel
            people={ordered} crowd={crowd} all={all} from={from} to={to} replay={replay} chosen={chosen?.key} cause={cause} sort={sort} ready={ready} onChoose={choose}
            media={media} onMedia={(next) => { put({ media: next ?? "" }); }} onCause={(c) => { put({ cause: c ?? "" }); }} onSort={(next) => { put({ sort: next }); }}
          />
        </section>
        <div>
          {chosen && m && <AttendeePanel person={chosen} people={ordered} all={all} from={from} to={to} at={at} media={media} live={m.live} onChoose={choose} />}
          {m && <Breakouts meeting={m} />}
        </div>
      </div>
    </>
  );
}

/** Of those with the worst grade at a minute, who had most bad minutes: people come worst first. */
function worstAt(people: readonly Attendee[], at: number): Attendee | undefined {
  const text = new Date(at).toISOString();
  let found: { p: Attendee; grade: number } | undefined;
  for (const p of people) {
    const grade = rank(p.minutes.find((m) => m.at === text || millis(m.at) === at)?.grade ?? "unclassified");
    if (grade > (found?.grade ?? 0)) found = { p, grade };
  }
  return found?.p;
}
