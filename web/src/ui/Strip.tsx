// A strip of minutes: severity as height and colour, one path per grade, holes and drops laid over it.
import { memo } from "react";
import { gradePath, type Cell } from "../model/strip.ts";

interface Props { cells: readonly Cell[]; minutes: number; height: number; label?: string; /** The minutes that matter now; all others are dimmed. */ lit?: ReadonlySet<number> | undefined }

export const Strip = memo(function Strip({ cells, minutes, height, label, lit }: Props) {
  const width = Math.max(1, minutes);
  const over = cells.filter((c) => c.kind === "unclassified" || c.kind === "no-report" || c.kind === "dropped" || c.kind === "room");
  const name = label === undefined ? { "aria-hidden": true as const } : { role: "img", "aria-label": label };
  return (
    <span className="strip" style={{ height }} {...name}>
      <svg viewBox={`0 0 ${width * 10} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {(["good", "fair", "poor", "bad"] as const).map((grade) => {
          if (lit) return [true, false].map((on) => { const d = gradePath(cells.filter((c) => lit.has(c.start) === on), grade, height); return d && <path key={`${grade} ${on}`} className={on ? `fill-${grade}` : `fill-${grade} dim`} d={d} />; });
          const d = gradePath(cells, grade, height);
          return d && <path key={grade} className={`fill-${grade}`} d={d} />;
        })}
      </svg>
      {over.map((c) => (
        <i key={c.start} className={c.kind === "unclassified" ? "hatch" : c.kind} style={{ left: `${(c.start / width) * 100}%`, width: `${(c.length / width) * 100}%` }} />
      ))}
    </span>
  );
});
