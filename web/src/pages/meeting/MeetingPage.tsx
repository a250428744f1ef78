// A meeting: who suffered, in which minutes, all at once or alone, from what.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { meetingQuery, minutesQuery } from "../../api/queries.ts";
import { useMeetingUpdates } from "../../live/follow.ts";
import { causeOf, isCause } from "../../model/cause.ts";
import { meetingName } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { attendees, crowds, meetingVerdict, worstMinute } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useZone } from "../../shell/zone.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Touched } from "../../ui/Touched.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { AttendeePanel } from "./AttendeePanel.tsx";
import { Breakouts } from "./Breakouts.tsx";
import { HeatPanel } from "./HeatPanel.tsx";
import { MeetingFigures } from "./MeetingFigures.tsx";
import { MeetingHead } from "./MeetingHead.tsx";
import "./meeting.css";

const MINUTE = 60_000;
const LEAST_AXIS = 30 * MINUTE;

export function MeetingPage() {
  const { id } = useParams({ from: "/shell/meetings/$id" });
  const search = useSearch({ from: "/shell/meetings/$id" });
  const navigate = useNavigate({ from: "/meetings/$id" });
  const zone = useZone();
  const meeting = useQuery(meetingQuery(id));
  const minutes = useQuery(minutesQuery(id));
  const m = meeting.data;
  useMeetingUpdates(m?.live ? id : undefined);
  useCrumbs({ label: "Meetings", to: "/meetings" }, { label: m ? meetingName(m) : "Meeting" });

  const people = useMemo(() => attendees(m?.segments ?? [], minutes.data?.rows ?? []), [m, minutes.data]);
  const crowd = useMemo(() => crowds(people.map((p) => ({ segment: p.key, minutes: p.minutes }))), [people]);
  const worst = useMemo(() => worstMinute(crowd), [crowd]);
  const from = Math.floor(millis(minutes.data?.from) / MINUTE) * MINUTE;
  // A meeting that has just begun gets room to grow, not minutes as wide as a hand.
  const to = Math.max(from + LEAST_AXIS, Math.ceil(millis(minutes.data?.to) / MINUTE) * MINUTE);

  const cause = isCause(search.cause) ? search.cause : undefined;
  const chosen = people.find((p) => p.key === search.person) ?? (cause && people.find((p) => p.minutes.some((x) => causeOf(x) === cause))) ?? people[0];
  const at = search.at ? millis(search.at) : (worst?.at ?? NaN);
  const choose = (part: { person?: string; at?: number }) => {
    void navigate({ search: (s) => ({ ...s, ...(part.person ? { person: part.person } : {}), ...(part.at ? { at: new Date(part.at).toISOString() } : {}) }), replace: true, resetScroll: false });
  };
  const step = (by: number) => { choose({ at: Math.min(to - MINUTE, Math.max(from, (Number.isNaN(at) ? from : at) + by * MINUTE)) }); };
  useKeys({
    ArrowLeft: (e) => { step(e.shiftKey ? -10 : -1); }, ArrowRight: (e) => { step(e.shiftKey ? 10 : 1); },
    w: () => { if (worst) choose({ at: worst.at }); },
    n: () => {
      const bad = crowd.filter((c) => c.count.bad > 0).map((c) => c.at);
      const next = bad.find((t) => t > at) ?? bad[0];
      if (next !== undefined) choose({ at: next });
    },
    Escape: () => { if (!search.at) return false; void navigate({ search: ({ at: _at, ...rest }) => rest, replace: true, resetScroll: false }); return true; },
  });

  return (
    <>
      <MeetingHead meeting={m} onWorst={worst && (() => { choose({ at: worst.at }); })} />
      <Wrong query={meeting} what="meeting" />
      <Sentence verdict={m && minutes.data && meetingVerdict(people, m.live, zone)} />
      {m && <div className="meta touched"><Touched by={{ meeting: id }} from={millis(m.start) || 0} to={millis(m.end) || Infinity} only={(i) => !i.personal} /></div>}
      <MeetingFigures meeting={m} people={people} worst={worst} ready={minutes.data !== undefined} />
      <div className="columns">
        <section className="panel heat-panel" aria-label="Person by minute">
          <Wrong query={minutes} what="minutes" />
          <HeatPanel people={people} crowd={crowd} from={from} to={to} at={at} chosen={chosen?.key} cause={cause} onCause={(c) => { void navigate({ search: (s) => ({ ...s, cause: c ?? "" }), replace: true, resetScroll: false }); }} notifications={m?.notifications ?? []} ready={m !== undefined && minutes.data !== undefined} onChoose={choose} />
        </section>
        <div>
          {chosen && m && <AttendeePanel person={chosen} from={from} to={to} at={at} live={m.live} />}
          {m && <Breakouts meeting={m} />}
        </div>
      </div>
    </>
  );
}
