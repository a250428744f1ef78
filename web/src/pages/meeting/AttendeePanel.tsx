// The chosen person: what happened to them, stream by stream, and at the chosen minute.
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { causeOf, causeShares, causeWords, troubledMinutes } from "../../model/cause.ts";
import { capital, networkWord, plural, unbroken, whyWord } from "../../model/format.ts";
import { mediumWord, type Medium } from "../../model/medium.ts";
import { stripCells, stripWords } from "../../model/strip.ts";
import { clock, millis, minuteOf, span } from "../../model/time.ts";
import { inRoom, participantVerdict, staysOf, type Attendee } from "../../model/verdict.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseIcon, CauseMark } from "../../ui/CauseMark.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Strip } from "../../ui/Strip.tsx";
import { KIND_WORDS, type Happening } from "./happenings.ts";
import { neighbour } from "./neighbour.ts";
import { zoomWords } from "./zoomWords.ts";

const SLOTS = ["Audio sent", "received", "Video sent", "received", "Sharing sent", "received", "CPU", "Wi-Fi"] as const;
/** What "received" belongs to, for when its sending half was never graded. */
const ALONE: Record<number, string> = { 1: "Audio recv.", 3: "Video recv.", 5: "Sharing recv." };

/** So many events of a person are listed, the nearest to the minute shown. */
const EVENTS_AT_MOST = 8;

interface Props { person: Attendee; /** In the order of the rows. */ people: readonly Attendee[]; all: readonly Happening[]; from: number; to: number; at: number; media: Medium | undefined; live: boolean; onChoose: (part: { person?: string; at?: number }) => void }

export function AttendeePanel({ person, people, all, from, to, at, media, live, onChoose }: Props) {
  const zone = useZone();
  const newest = person.segments.at(-1);
  const verdict = participantVerdict(person.minutes, { reported: person.reported, external: person.external, ...(newest?.why ? { why: newest.why } : {}) }, zone);
  const where = [newest?.site?.name, networkWord(newest?.network ?? ""), newest?.device].filter(Boolean).join(" · ");
  return (
    <aside className="panel person" aria-label="Chosen person">
      <div className="panel-body">
        <div className="person-head">
          <h2>{person.name}</h2>
          {([["up", -1, "Previous person"], ["down", 1, "Next person"]] as const).map(([icon, by, label]) => {
            const other = neighbour(people, person.key, by);
            return <button key={icon} type="button" className="tool" aria-label={label} title={`${label} (${by < 0 ? "k" : "j"})`} disabled={!other || other === person} onClick={() => { if (other) onChoose({ person: other.key }); }}><Icon name={icon} /></button>;
          })}
        </div>
        <div className="t3 f12">{[person.external ? "external" : "", where].filter(Boolean).join(" · ") || "nothing known of the computer"}</div>
        <p className="say">{media && <span className="t3">By {mediumWord(media)} alone: </span>}{verdict.pieces.map((p, i) => (p.strong ? <b key={i} className="m">{unbroken(p.text)}</b> : unbroken(p.text)))}</p>
      </div>
      <Contributions person={person} />
      {person.reported && <div className="panel-body"><Slots person={person} from={from} to={to} /></div>}
      {person.reported && !Number.isNaN(at) && <AtMinute person={person} at={at} media={media} />}
      <Events person={person} all={all} at={at} onChoose={onChoose} />
      <div className="panel-body">
        <dl className="kv">
          <dt>Joined</dt><dd>{person.segments.map((s) => `${s.join ? clock(millis(s.join), zone) : "before Earshot heard of it"}${s.leave ? `${s.join ? "–" : ", until "}${clock(millis(s.leave), zone)}` : ""}`).join(", ")}{live && newest?.present ? ", there now" : ""}</dd>
          {newest?.leave_reason && <><dt>Left</dt><dd>{newest.leave_reason}</dd></>}
          {newest?.client_version && <><dt>Client</dt><dd>{newest.client_version}</dd></>}
          {newest?.data_center && <><dt>Data centre</dt><dd>{newest.data_center}</dd></>}
        </dl>
      </div>
      <div className="panel-body open">
        {newest && <Link data-open-participant className="btn primary" to="/segments/$id" params={{ id: newest.id }} search={Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }}>Open participant <kbd>↵</kbd></Link>}
        {person.segments[0]?.person.id && <Link className="btn" to="/people/$id" params={{ id: person.segments[0].person.id }}>All joins</Link>}
        {person.segments.length > 1 && <div className="f12 t2">{plural(person.segments.length - 1, "earlier join", "earlier joins")}: {person.segments.slice(0, -1).map((s) => <Link key={s.id} className="link" to="/segments/$id" params={{ id: s.id }}>{clock(millis(s.join), zone)}, {span(millis(s.leave) - millis(s.join))}</Link>)}</div>}
      </div>
    </aside>
  );
}

/** The minute at the line: what decided it, stream by stream, and Zoom's own verdict beside ours. */
function AtMinute({ person, at, media }: { person: Attendee; at: number; media: Medium | undefined }) {
  const zone = useZone();
  const minute = person.minutes.find((m) => millis(m.at) === at);
  const cause = minute && causeOf(minute);
  const zoom = minute ? zoomWords(minute) : "";
  return (
    <div className="panel-body at-minute">
      <h3>{media && `${capital(mediumWord(media))} at`}{!media && "At"} {clock(at, zone)}</h3>
      {minute
        ? <div className="at"><GradeMark grade={minute.grade} /> <span>{minute.reason ? unbroken(minute.reason.text) : whyWord(minute.why)}</span></div>
        : <div className="t2">{millis(person.segments[0]?.join) > at + 60_000 ? "not there yet" : millis(person.segments.at(-1)?.leave) <= at ? "gone by then" : inRoom(person, at) ? "in a breakout room" : "no report"}</div>}
      {minute && cause && <div className={cause === "unknown" ? "cause none f12" : "cause f12"}><CauseIcon cause={cause} />{causeWords(minute)}</div>}
      {minute && <dl className="slots">{SLOTS.map((label, i) => (minute.slots[i] ?? "unclassified") !== "unclassified" && <div key={i}><dt>{label === "received" ? (ALONE[i] ?? label) : label}</dt><dd><GradeMark grade={minute.slots[i] ?? "unclassified"} /></dd></div>)}</dl>}
      {zoom && <div className="t3 f12">Zoom’s own: {zoom}</div>}
      {minute?.open && <div className="t3 f12">Still open: later reports may change it.</div>}
    </div>
  );
}

/** What happened to this person; a click moves the line there. */
function Events({ person, all, at, onChoose }: { person: Attendee; all: readonly Happening[]; at: number; onChoose: Props["onChoose"] }) {
  const zone = useZone();
  const own = useMemo(() => all.filter((h) => h.key === person.key), [all, person.key]);
  if (own.length === 0) return null;
  // The nearest, in their order.
  const near = own.length <= EVENTS_AT_MOST ? own : own.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at)).slice(0, EVENTS_AT_MOST).sort((a, b) => a.at - b.at);
  return (
    <div className="panel-body">
      <h3>{own.length > near.length ? `Events, ${near.length} of ${own.length}` : "Events"}</h3>
      <ol className="events">
        {near.map((h, i) => (
          <li key={i}><button type="button" aria-current={minuteOf(h.at) === at ? "true" : undefined} onClick={() => { onChoose({ at: minuteOf(h.at) }); }}><i className={`tick ${h.kind}`} /><span className="t3">{clock(h.at, zone)}</span><span className="sr">{KIND_WORDS[h.kind]}: </span><span>{h.words}</span></button></li>
        ))}
      </ol>
    </div>
  );
}

/** What this person's poor and bad minutes are put down to. */
function Contributions({ person }: { person: Attendee }) {
  const shares = useMemo(() => causeShares([person]), [person]);
  const all = shares.reduce((n, s) => n + s.minutes, 0);
  if (all === 0) return null;
  return (
    <div className="panel-body">
      <h3>Causes of {troubledMinutes(all)}</h3>
      <div className="contrib">{shares.map((s) => <div key={s.cause}><CauseMark cause={s.cause} short /><i className={s.cause === "unknown" ? "unknown" : ""} style={{ width: `${(100 * s.minutes) / all}%` }} /><span className="r m nw">{s.minutes} min</span></div>)}</div>
    </div>
  );
}

/** One small strip per stream; what was never graded is left out. */
function Slots({ person, from, to }: { person: Attendee; from: number; to: number }) {
  const strips = useMemo(
    () => SLOTS.map((label, i) => ({ label, i, used: person.minutes.some((m) => (m.slots[i] ?? "unclassified") !== "unclassified"), cells: stripCells({ from, to, minutes: person.minutes, rooms: staysOf(person), grade: (m) => m.slots[i] ?? "unclassified" }) })),
    [person, from, to],
  );
  return (
    <dl className="mini">
      {strips.filter((s) => s.used).map((s) => (
        <div key={s.i}><dt className={s.label === "received" && strips[s.i - 1]?.used ? "in" : ""}>{strips[s.i - 1]?.used ? s.label : (ALONE[s.i] ?? s.label)}</dt><dd><Strip cells={s.cells} minutes={(to - from) / 60_000} height={12} label={stripWords(s.cells)} /></dd></div>
      ))}
    </dl>
  );
}
