// Why: the verdict's own sentence, then its cause, how sure it is, when, and what it leads to.
import { Link } from "@tanstack/react-router";
import type { CauseVerdict, Grade, SegmentDetail } from "../../api/types.ts";
import { byOtherClock, causeWord, firstSentence, isCause } from "../../model/cause.ts";
import { plural, unbroken } from "../../model/format.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseChip, Confidence } from "../../ui/CauseMark.tsx";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Touched } from "../../ui/Touched.tsx";

export function VerdictHead({ v, grade, segment }: { v: CauseVerdict; grade: Grade; segment: SegmentDetail }) {
  const zone = useZone();
  const [first, rest] = firstSentence(v.sentence);
  const unknown = v.cause === "unknown";
  return (
    <div className="why-head">
      <p className={unknown ? "verdict unknown" : "verdict"}><GradeShape grade={unknown ? "unclassified" : grade} /><b>{unbroken(first)}</b>{unbroken(rest)}</p>
      <div className="meta why-meta">
        {isCause(v.cause) && <CauseChip cause={v.cause} />}
        {unknown ? <span>{isCause(v.candidate) ? `best guess ${causeWord(v.candidate)}, ${v.confidence} %` : "no guess"}</span> : <Confidence percent={v.confidence} />}
        <span><b>{clock(millis(v.from), zone)}–{clock(millis(v.to), zone)}</b>, {plural(v.minutes, "poor or bad minute", "poor and bad minutes")}</span>
        {byOtherClock(v.sentence, millis(v.from), zone) && <span>the sentence by the clock of the site</span>}
        {v.sender && <Link className="link" to="/segments/$id" params={{ id: v.sender }}>the sender’s page</Link>}
        {v.site && !v.site.derived && <Link className="link" to="/sites/$id" params={{ id: v.site.id ?? "" }}>{v.site.name}</Link>}
        {segment.person.id && <Touched by={{ person: segment.person.id }} from={millis(v.from)} to={millis(v.to)} only={(i) => i.cause === v.cause} />}
      </div>
    </div>
  );
}
