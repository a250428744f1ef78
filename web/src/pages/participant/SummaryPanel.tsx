// What Zoom itself summed up when the person left: a check on the lanes above.
import type { StreamSummary } from "../../api/types.ts";
import { directionWord, mediaWord, metricValue } from "../../model/format.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";

const COLUMNS = [["loss_pct", "Loss"], ["jitter_ms", "Jitter"], ["latency_ms", "Round trip"], ["bitrate_kbps", "Bitrate"], ["frame_rate_fps", "Frames"]] as const;

export function SummaryPanel({ summaries }: { summaries: readonly StreamSummary[] }) {
  // Of the computer and the radio it has none of these figures.
  const told = summaries.filter((s) => COLUMNS.some(([key]) => ["avg", "min", "max"].some((which) => s.values[`${which}_${key}`] !== undefined)));
  if (told.length === 0) return null;
  return (
    <section className="panel" aria-label="Zoom's own summary">
      <div className="panel-head"><h2>Zoom’s own summary</h2><span className="sub">average, and from least to greatest, sent when the person left</span></div>
      <ScrollX label="Zoom’s own summary, table">
        <table>
          <thead><tr><th>Stream</th>{COLUMNS.map(([key, label]) => <th key={key} className="r">{label}</th>)}<th>Zoom’s name</th></tr></thead>
          <tbody>
            {told.map((s) => (
              <tr key={s.wire}>
                <td className="m nw">{[mediaWord(s.media), directionWord(s.direction)].filter(Boolean).join(" ") || s.wire}</td>
                {COLUMNS.map(([key]) => <td key={key} className="r nw"><Stat values={s.values} metric={key} /></td>)}
                <td className="t3 mono">{s.wire}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}

function Stat({ values, metric }: { values: Record<string, number>; metric: string }) {
  const show = (which: string) => { const v = values[`${which}_${metric}`]; return v === undefined ? "" : metricValue(metric, v); };
  const range = [show("min"), show("max")].filter(Boolean).join(" to ");
  return <>{show("avg") || "–"}{range && <span className="t3 f12"> ({show("min") ? "" : "to "}{range})</span>}</>;
}
