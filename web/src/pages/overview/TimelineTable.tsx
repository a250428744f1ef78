// The day's chart as a table, newest first.
import { count } from "../../model/format.ts";
import type { Step } from "../../model/overview.ts";
import { okShare, pctText } from "../../model/target.ts";
import { clock } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";

export function TimelineTable({ steps, before, midnight, stepMs }: { steps: readonly Step[]; before: readonly Step[]; midnight: number; stepMs: number }) {
  const zone = useZone();
  const last = new Map(before.map((s) => [s.offset, s]));
  return (
    <div className="daychart-table">
      <ScrollX label="Minutes of today by grade">
        <table>
          <thead><tr><th>Time</th><th className="r">Good or fair</th><th className="r">Bad</th><th className="r">Poor</th><th className="r">Fair</th><th className="r">Good</th><th className="r">A week ago</th></tr></thead>
          <tbody>
            {steps.toReversed().map((s) => (
              <tr key={s.offset}>
                <td className="nw">{clock(midnight + s.offset, zone)}–{clock(midnight + s.offset + stepMs, zone)}</td><td className="r">{pctText(okShare(s.counts))} %</td>
                <td className="r">{count(s.counts.bad)}</td><td className="r">{count(s.counts.poor)}</td><td className="r">{count(s.counts.fair)}</td><td className="r">{count(s.counts.good)}</td>
                <td className="r t3">{pctText(okShare(last.get(s.offset)?.counts ?? { good: 0, fair: 0, poor: 0, bad: 0, unclassified: 0 }))} %</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  );
}
