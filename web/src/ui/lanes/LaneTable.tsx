// The charts as a table: every report, every lane. What a screen reader gets, and what can be copied.
import { Fragment } from "react";
import { metricValue } from "../../model/format.ts";
import { gradeOf } from "../../model/bands.ts";
import type { Lane } from "../../model/lanes.ts";
import { clockSeconds, utcText } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";

export function LaneTable({ lanes }: { lanes: readonly Lane[] }) {
  const zone = useZone();
  const times = [...new Set(lanes.flatMap((l) => l.at))].sort((a, b) => a - b);
  const columns = lanes.map((l) => new Map(l.at.map((t, i) => [t, l.values[i] ?? null])));
  const others = lanes.map((l) => l.peers && new Map(l.at.map((t, i) => [t, l.peers?.[i] ?? null])));
  const titles = lanes.map((_, i) => lanes.slice(0, i + 1).findLast((l) => l.title !== "")?.title ?? "");
  return (
    // The scrolled part can be reached and scrolled by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="lane-table" tabIndex={0} role="region" aria-label="Values as a table">
      <table>
        <thead><tr><th>Time</th>{lanes.map((l, i) => <Fragment key={l.id}><th className="r">{titles[i]}<br />{l.label || "\u00a0"}</th>{l.peers && <th className="r">others<br />median</th>}</Fragment>)}</tr></thead>
        <tbody>
          {times.map((t) => (
            <tr key={t}>
              <th scope="row" title={utcText(t)}>{clockSeconds(t, zone)}</th>
              {lanes.map((l, i) => {
                const value = columns[i]?.get(t) ?? null;
                const grade = value === null ? "good" : gradeOf(l.band, value);
                const usual = others[i]?.get(t) ?? null;
                return (
                  <Fragment key={l.id}>
                    <td className={grade === "good" || grade === "unclassified" ? "r" : `r g-${grade}`}>{value === null ? "–" : metricValue(l.metric, value)}</td>
                    {l.peers && <td className="r t3">{usual === null ? "–" : metricValue(l.metric, usual)}</td>}
                  </Fragment>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {times.length === 0 && <div className="empty"><b>No report.</b></div>}
    </div>
  );
}
