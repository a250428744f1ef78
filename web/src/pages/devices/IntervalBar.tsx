// An interval on a line from 0, the share as a tick in it, the rest's share as a dashed one; the same in words.
import { pctWord } from "../../model/share.ts";

interface Props { low: number; high: number; share: number; rest: number | undefined; most: number }

export function IntervalBar({ low, high, share, rest, most }: Props) {
  const x = (pct: number) => (100 * Math.min(pct, most)) / most;
  const words = `${pctWord(low)} to ${pctWord(high)}`;
  return (
    <span className="interval" title={rest === undefined ? words : `${words}; the rest ${pctWord(rest)}`}>
      <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
        <line className="base" x1="0" x2="100" y1="6" y2="6" />
        <rect className="span" x={x(low)} width={Math.max(1, x(high) - x(low))} y="3.500" height="5" />
        <rect className="tick" x={Math.max(0, x(share) - 0.6)} width="1.200" y="1" height="10" />
        {rest !== undefined && <line className="rest" x1={x(rest)} x2={x(rest)} y1="0" y2="12" />}
      </svg>
      <span className="t3 f11 nw">{words}</span>
    </span>
  );
}
