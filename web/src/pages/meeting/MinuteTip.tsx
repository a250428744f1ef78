// What one minute of one person was: the grade, what decided it, and Zoom's own verdict. Beside the pointer, never under it.
import { useEffect, useState } from "react";
import { causeOf, causeWords } from "../../model/cause.ts";
import { capital, unbroken, whyWord } from "../../model/format.ts";
import { mediumWord, type Medium } from "../../model/medium.ts";
import { clock, millis } from "../../model/time.ts";
import { inRoom, type Attendee } from "../../model/verdict.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseIcon } from "../../ui/CauseMark.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { zoomWords } from "./zoomWords.ts";

export interface Pointed { at: number; x: number; y: number; person: Attendee | undefined }

/** The pointer must rest this long. */
const REST_MS = 120;

export function MinuteTip({ pointed, media }: { pointed: Pointed | undefined; media: Medium | undefined }) {
  const zone = useZone();
  const key = pointed?.person ? `${pointed.person.key} ${pointed.at}` : "";
  const [rested, setRested] = useState("");
  useEffect(() => {
    if (key === "") return;
    const timer = window.setTimeout(() => { setRested(key); }, REST_MS);
    return () => { window.clearTimeout(timer); };
  }, [key]);
  if (!pointed?.person || rested !== key) return null;
  const { person, at, x, y } = pointed;
  const minute = person.minutes.find((m) => millis(m.at) === at);
  const zoom = minute ? zoomWords(minute) : "";
  const cause = minute && causeOf(minute);
  // Kept within the window: above the pointer at the foot of it, left of it near the right edge.
  const style = { left: x > window.innerWidth - 320 ? undefined : x + 14, right: x > window.innerWidth - 320 ? window.innerWidth - x + 14 : undefined, top: y > window.innerHeight - 130 ? undefined : y + 16, bottom: y > window.innerHeight - 130 ? window.innerHeight - y + 14 : undefined };
  return (
    <div className="tip" style={style} role="tooltip">
      <div><b>{person.name}</b> <span className="t3">{clock(at, zone)}</span></div>
      {minute
        ? <div>{media && `${capital(mediumWord(media))}: `}<GradeMark grade={minute.grade} />{minute.reason ? `: ${unbroken(minute.reason.text)}` : minute.why ? `: ${whyWord(minute.why)}` : ""}{minute.spike && <span className="t3"> · a burst of loss</span>}</div>
        : <div className="t3">{!person.reported ? "not reported by Zoom" : inRoom(person, at) ? "in a breakout room" : "no report"}</div>}
      {minute && cause && <div className={cause === "unknown" ? "cause none" : "cause"}><CauseIcon cause={cause} />{causeWords(minute)}</div>}
      {zoom && <div className="t3">Zoom’s own: {zoom}</div>}
      {minute?.open && <div className="t3">Still open: later reports may change it.</div>}
    </div>
  );
}
