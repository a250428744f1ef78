// A time axis: round minutes between two instants.
import { axisTicks, clock } from "../model/time.ts";
import { useZone } from "../shell/zone.ts";

/** A clock that stands nearer to the left end than this would reach beyond a narrow panel. */
const EDGE = 0.03;

export function TimeAxis({ from, to }: { from: number; to: number }) {
  const zone = useZone();
  const ticks = axisTicks(from, to, 8);
  const share = (t: number) => (t - from) / (to - from);
  return (
    <span className="axis" aria-hidden="true">
      {ticks.map((t) => <span key={t} className={share(t) < EDGE ? "first" : undefined} style={{ left: `${share(t) * 100}%` }}>{clock(t, zone)}</span>)}
    </span>
  );
}
