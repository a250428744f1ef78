// How many people were affected in each minute: stacked bars, bad below. Good minutes are a thin line, not a bar.
import type { GradeCount } from "../api/types.ts";
import { classified } from "../model/grade.ts";

interface Props {
  /** One entry per minute, undefined where nothing was running. */
  minutes: readonly (GradeCount | undefined)[];
  height: number;
  /** The number of people that fills the height. */
  full: number;
  label?: string;
}

export function CrowdStrip({ minutes, height, full, label }: Props) {
  const paths = { good: "", fair: "", poor: "", bad: "" };
  const rect = (grade: keyof typeof paths, i: number, y: number, h: number) => { paths[grade] += `M${i * 10} ${y.toFixed(1)}h9v${h.toFixed(1)}h-9z`; };
  for (const [i, c] of minutes.entries()) {
    if (!c) continue;
    let y = height;
    for (const grade of ["bad", "poor", "fair"] as const) {
      if (c[grade] === 0) continue;
      // One person among many must still be seen.
      const h = Math.min(y, Math.max(3, (c[grade] / Math.max(1, full)) * (height - 2)));
      y -= h;
      rect(grade, i, y, h);
    }
    if (y === height && classified(c) > 0) rect("good", i, height - 2, 2);
  }
  const idle = minutes.length > 0 && minutes.every((c) => !c || classified(c) === 0);
  const name = label === undefined ? { "aria-hidden": true as const } : { role: "img", "aria-label": label };
  return (
    <span className="strip" style={{ height }} {...name}>
      {idle
        ? <i className="hatch" style={{ left: 0, right: 0, top: height - 14 }} />
        : (
          <svg viewBox={`0 0 ${minutes.length * 10} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            {(["good", "fair", "poor", "bad"] as const).map((g) => paths[g] && <path key={g} className={`fill-${g}`} d={paths[g]} />)}
          </svg>
        )}
    </span>
  );
}
