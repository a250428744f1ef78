// A time axis: round minutes between two instants.
import { axisTicks, clock } from "../model/time.ts";
import { useZone } from "../shell/zone.ts";

export function TimeAxis({ from, to }: { from: number; to: number }) {
  const zone = useZone();
  const ticks = axisTicks(from, to, 8);
  return (
    <span className="axis" aria-hidden="true">
      {ticks.map((t) => <span key={t} style={{ left: `${((t - from) / (to - from)) * 100}%` }}>{clock(t, zone)}</span>)}
    </span>
  );
}
