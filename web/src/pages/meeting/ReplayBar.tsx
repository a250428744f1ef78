// The meeting again, minute by minute: play, steps, speed, and a rail that shows where the bad minutes are. It stays in
// sight at the foot of the panel.
import { useMemo } from "react";
import { clock, span } from "../../model/time.ts";
import type { Crowd } from "../../model/verdict.ts";
import { useZone } from "../../shell/zone.ts";
import { Icon } from "../../ui/Icon.tsx";
import { SPEEDS, type Replay } from "./useReplay.ts";

const MINUTE = 60_000;
const RAIL = 12;

interface Props { replay: Replay; from: number; to: number; crowd: readonly Crowd[] }

export function ReplayBar({ replay, from, to, crowd }: Props) {
  const zone = useZone();
  const length = Math.max(1, Math.round((to - from) / MINUTE));
  const here = crowd.find((c) => c.at === replay.at);
  const i = Number.isNaN(replay.at) ? 0 : Math.round((replay.at - from) / MINUTE);
  const words = here ? `${here.count.bad} bad, ${here.count.poor} poor of ${here.present}` : "no report";
  return (
    <div className={replay.active ? "replay active" : "replay"} role="group" aria-label="Replay">
      <div className="controls">
        <button type="button" className="btn primary round" aria-label={replay.playing ? "Pause" : "Play"} title={`${replay.playing ? "Pause" : "Play"} (space)`} onClick={replay.toggle}><Icon name={replay.playing ? "pause" : "play"} /></button>
        <button type="button" className="tool" aria-label="One minute back" onClick={() => { replay.step(-1, true); }}><Icon name="back" /></button>
        <button type="button" className="tool" aria-label="One minute on" onClick={() => { replay.step(1, true); }}><Icon name="on" /></button>
        <div className="choice" role="group" aria-label="Speed">
          {SPEEDS.map((s) => <button key={s} type="button" aria-pressed={replay.speed === s} title={s === 60 ? "One minute a second" : s < 60 ? `One minute in ${60 / s} seconds` : `${s / 60} minutes a second`} onClick={() => { replay.setSpeed(s); }}>{s}×</button>)}
        </div>
      </div>
      <div className="rail">
        <Rail crowd={crowd} from={from} length={length} />
        <input
          type="range" aria-label="Minute of the meeting" min={0} max={length - 1} value={Math.min(length - 1, Math.max(0, i))} aria-valuetext={`${clock(from + i * MINUTE, zone)}, ${words}`}
          onChange={(e) => { replay.seek(from + Number(e.currentTarget.value) * MINUTE, true); }}
        />
      </div>
      <div className="told">
        <b className="m">{clock(replay.at, zone)}</b>
        {replay.active
          ? <button type="button" className="link" onClick={replay.leave}>End replay</button>
          : <span className="t3">{Number.isNaN(replay.at) ? "" : `${span(replay.at - from)} in`}</span>}
      </div>
    </div>
  );
}

/** Where the bad minutes are, and how many had one. */
function Rail({ crowd, from, length }: { crowd: readonly Crowd[]; from: number; length: number }) {
  const d = useMemo(() => {
    const peak = Math.max(4, ...crowd.map((c) => c.count.bad));
    return crowd.filter((c) => c.count.bad > 0).map((c) => {
      const h = Math.max(2, (c.count.bad / peak) * RAIL);
      return `M${Math.round((c.at - from) / MINUTE) * 10} ${(RAIL - h).toFixed(1)}h9v${h.toFixed(1)}h-9z`;
    }).join("");
  }, [crowd, from]);
  return <svg viewBox={`0 0 ${length * 10} ${RAIL}`} preserveAspectRatio="none" aria-hidden="true"><path className="fill-bad" d={d} /></svg>;
}
