// All trouble of this stay, newest first: each with its time, cause and sentence. Choosing one moves the crosshair there.
import type { CauseVerdict } from "../../api/types.ts";
import { byOtherClock, isCause } from "../../model/cause.ts";
import { count, plural, unbroken } from "../../model/format.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";

interface Props { verdicts: readonly CauseVerdict[]; shown: CauseVerdict; onChoose: (v: CauseVerdict) => void }

export function TroubleList({ verdicts, shown, onChoose }: Props) {
  const zone = useZone();
  if (verdicts.length < 2) return null;
  const otherClock = verdicts.some((v) => byOtherClock(v.sentence, millis(v.from), zone));
  return (
    <section className="panel trouble" aria-label="All trouble">
      <div className="panel-head"><h2>All trouble</h2><span className="sub">{plural(verdicts.length, "run", "runs")} of poor and bad minutes, newest first{otherClock && "; sentences by the clock of their site"}</span></div>
      <ol>
        {verdicts.toReversed().map((v) => (
          <li key={`${v.from} ${v.cause}`}>
            <button type="button" aria-current={v === shown ? "true" : undefined} onClick={() => { onChoose(v); }}>
              <span className="when nw">{clock(millis(v.from), zone)}–{clock(millis(v.to), zone)}</span>
              <span className="n r">{count(v.minutes)} <span className="t3 f12">min</span></span>
              {isCause(v.cause) && <CauseMark cause={v.cause} />}
              <span className="say t2" title={v.sentence}>{unbroken(v.sentence)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
