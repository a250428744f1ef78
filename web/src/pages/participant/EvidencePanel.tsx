// What speaks for the verdict: what was seen in its minutes, and against what.
import { useMemo } from "react";
import type { CauseVerdict, SegmentDetail, SegmentSeries } from "../../api/types.ts";
import { evidenceOf } from "../../model/evidence.ts";
import { unbroken } from "../../model/format.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";

export function EvidencePanel({ v, segment, series }: { v: CauseVerdict; segment: SegmentDetail; series: SegmentSeries }) {
  const zone = useZone();
  const lines = useMemo(() => evidenceOf(v, series, segment.devices), [v, series, segment.devices]);
  if (lines.length === 0) return null;
  return (
    <section className="panel evidence" aria-label="Evidence">
      <div className="panel-head"><h2>Evidence</h2><span className="sub">what was seen from {clock(millis(v.from), zone)} to {clock(millis(v.to), zone)}, and against what</span></div>
      <table>
        <thead><tr><th>Observation</th><th>In these minutes</th><th>Compared with</th></tr></thead>
        <tbody>
          {lines.map((l) => (
            <tr key={l.what}>
              <th scope="row">{l.what}</th>
              <td><span className={l.grade === "unclassified" ? "m" : l.grade === "good" ? "gr" : `gr g-${l.grade}`}>{l.grade !== "unclassified" && <GradeShape grade={l.grade} />}{unbroken(l.value)}</span>{l.grade !== "unclassified" && <span className="sr"> {l.grade}</span>}</td>
              <td className="t2">{unbroken(l.compared)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
