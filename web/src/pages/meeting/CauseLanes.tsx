// The cause strip: one lane per cause, how many people it hit in each minute, and its share of all poor and bad minutes.
// Causes are told apart by icon, word and lane; they have no colour. A click narrows the rows to one.
import type { Cause } from "../../api/types.ts";
import { causeWord, shareWord, troubledMinutes, type CauseShare } from "../../model/cause.ts";
import { count, plural } from "../../model/format.ts";
import { CauseIcon } from "../../ui/CauseMark.tsx";

const MINUTE = 60_000;
const HEIGHT = 14;

interface Props { shares: readonly CauseShare[]; from: number; length: number; chosen: Cause | undefined; onChoose: (cause: Cause | undefined) => void }

export function CauseLanes({ shares, from, length, chosen, onChoose }: Props) {
  if (shares.length === 0) return null;
  const all = shares.reduce((n, s) => n + s.minutes, 0);
  const peak = Math.max(4, ...shares.flatMap((s) => [...s.at.values()]));
  return (
    <div className="cause-lanes" role="group" aria-label="Poor and bad minutes by cause">
      {shares.map((s) => {
        const share = shareWord(s.minutes, all);
        return (
          <div className={chosen && chosen !== s.cause ? "lane cause-lane off" : "lane cause-lane"} key={s.cause}>
            <button
              type="button" aria-pressed={chosen === s.cause} title={`${causeWord(s.cause)}: ${troubledMinutes(s.minutes)}, ${share} of them all, ${plural(s.people, "person", "people")}. ${chosen === s.cause ? "Click to show everybody." : "Click to show only these."}`}
              onClick={(e) => { e.stopPropagation(); onChoose(chosen === s.cause ? undefined : s.cause); }}
            >
              <CauseIcon cause={s.cause} /><span className="clip">{causeWord(s.cause)}</span><b className="m">{share}</b><span className="sr">, {troubledMinutes(s.minutes)}, {plural(s.people, "person", "people")}</span>
            </button>
            <span className="bars"><svg viewBox={`0 0 ${length * 10} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true"><path className={s.cause === "unknown" ? "unknown" : ""} d={barPath(s, from, length, peak)} /></svg></span>
            <span className="aside"><b className="m">{count(s.minutes)}</b><span className="wide-only"> min, {plural(s.people, "person", "people")}</span></span>
          </div>
        );
      })}
    </div>
  );
}

function barPath(share: CauseShare, from: number, length: number, peak: number): string {
  let d = "";
  for (const [at, n] of share.at) {
    const i = Math.round((at - from) / MINUTE);
    if (i < 0 || i >= length) continue;
    // One person among many must still be seen.
    const h = Math.max(3, (n / peak) * HEIGHT);
    d += `M${i * 10} ${(HEIGHT - h).toFixed(1)}h9v${h.toFixed(1)}h-9z`;
  }
  return d;
}
