// What happened, as ticks on the time axis: who came and went above, what they did and what changed below. Kinds are told
// apart by shape; a click on a tick moves to its minute, and the words stand in its tooltip and in the side panel.
import { useMemo } from "react";
import { clock } from "../../model/time.ts";
import { count, plural } from "../../model/format.ts";
import { useZone } from "../../shell/zone.ts";
import { COMINGS, DOINGS, KIND_WORDS, ticks, type Happening, type Kind } from "./happenings.ts";

const MINUTE = 60_000;

interface Props { all: readonly Happening[]; from: number; to: number }

export function EventLanes({ all, from, to }: Props) {
  return <>{[COMINGS, DOINGS].map((kinds) => <Lane key={kinds[0]} kinds={kinds} all={all} from={from} to={to} />)}</>;
}

function Lane({ kinds, all, from, to }: Props & { kinds: readonly Kind[] }) {
  const zone = useZone();
  const own = useMemo(() => all.filter((h) => kinds.includes(h.kind)), [all, kinds]);
  const shown = useMemo(() => ticks(own), [own]);
  // What Zoom told before the first minute or after the last stands at the edge.
  const share = (at: number) => ((Math.min(Math.max(at, from), to - MINUTE) - from + MINUTE / 2) / (to - from)) * 100;
  return (
    <div className="lane event-lane">
      <span className="kinds">{kinds.map((k) => <span key={k}><i className={`tick ${k}`} />{KIND_WORDS[k]}</span>)}</span>
      <span className="ticks" role="img" aria-label={plural(own.length, "event", "events")}>
        {shown.map((t) => (
          <i key={`${t.at} ${t.kind}`} className={t.count > 3 ? `tick ${t.kind} many` : `tick ${t.kind}`} style={{ left: `${share(t.at)}%` }} title={`${clock(t.at, zone)}  ${t.words}`} />
        ))}
      </span>
      <span className="aside">{count(own.length)}</span>
    </div>
  );
}
