// How far the figures can be trusted: how many minutes came, and how Zoom's directions were read.
import type { SegmentDetail, SegmentSeries } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";

export function TrustPanel({ segment, series }: { segment: SegmentDetail | undefined; series: SegmentSeries | undefined }) {
  if (!segment || !series || series.streams.length === 0) return null;
  const there = Math.max(1, Math.round((millis(series.to) - millis(series.from)) / 60_000));
  const came = Math.min(there, series.minutes.filter((m) => m.why !== "no-report").length);
  const zoom = series.minutes.filter((m) => m.zoom?.some((g) => g !== "unclassified"));
  const apart = zoom.filter((m) => m.grade === "bad" && !m.zoom?.some((g) => g === "bad" || g === "poor")).length;
  const bad = series.minutes.some((m) => m.grade === "bad");
  return (
    <section className="panel" aria-label="Data trust">
      <div className="panel-head"><h2>Data trust</h2></div>
      <div className="panel-body f12 t2 trust">
        <p><b className="m">{count(came)} of {plural(there, "minute", "minutes")}</b> reported{came < there ? `; ${count(there - came)} never came` : ""}.</p>
        {zoom.length > 0 && bad && <p>{apart === 0 ? "Zoom’s own verdicts never call a bad minute good." : `In ${plural(apart, "bad minute", "bad minutes")} Zoom’s own verdict is better than poor.`}</p>}
        <p className="t3">Zoom’s “input” of audio and video is read as {series.input_means} by this person.</p>
      </div>
    </section>
  );
}
