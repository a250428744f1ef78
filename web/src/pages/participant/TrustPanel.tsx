// How far the figures can be trusted: how many minutes came, and how Zoom's directions were read.
import type { SegmentDetail, SegmentSeries, Trust } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";

export function TrustPanel({ segment, series }: { segment: SegmentDetail | undefined; series: SegmentSeries | undefined }) {
  if (!segment || !series || series.streams.length === 0) return null;
  const there = segment.trust?.expected_minutes ?? Math.max(1, Math.round((millis(series.to) - millis(series.from)) / 60_000));
  const came = Math.min(there, segment.trust?.reported_minutes ?? series.minutes.filter((m) => m.why !== "no-report").length);
  const zoom = series.minutes.filter((m) => m.zoom?.some((g) => g !== "unclassified"));
  const apart = zoom.filter((m) => m.grade === "bad" && !m.zoom?.some((g) => g === "bad" || g === "poor")).length;
  const bad = series.minutes.some((m) => m.grade === "bad");
  return (
    <section className="panel" aria-label="Data trust">
      <div className="panel-head"><h2>Data trust</h2></div>
      <div className="panel-body f12 t2 trust">
        <p><b className="m">{count(came)} of {plural(there, "minute", "minutes")}</b> reported{came < there ? `; ${count(there - came)} (${Math.round((100 * (there - came)) / there)} %) never came` : ""}.</p>
        {zoom.length > 0 && bad && <p>{apart === 0 ? "Zoom’s own verdicts never call a bad minute good." : `In ${plural(apart, "bad minute", "bad minutes")} Zoom’s own verdict is better than poor.`}</p>}
        {segment.trust && <Beside trust={segment.trust} />}
        <p className="t3">Zoom’s “input” of audio and video is read as {series.input_means} by this person.</p>
      </div>
    </section>
  );
}

/** Our figures beside Zoom's own summary, which comes when the person leaves, and beside Zoom's verdicts. */
function Beside({ trust }: { trust: Trust }) {
  const apart = trust.streams.filter((s) => !s.agrees);
  const compared = trust.agreement.reduce((n, a) => n + a.compared, 0);
  const same = trust.agreement.reduce((n, a) => n + a.compared - a.apart, 0);
  return (
    <>
      {trust.streams.length > 0 && (
        <p>
          <b className="m">{count(trust.streams.length - apart.length)} of {plural(trust.streams.length, "figure", "figures")}</b> agree with Zoom’s own summary
          {apart.length > 0 && `; not ${apart.slice(0, 3).map((s) => `${s.wire} ${s.metric.replaceAll("_", " ")}`).join(", ")}${apart.length > 3 ? " …" : ""}`}.
        </p>
      )}
      {compared > 0 && <p><b className="m">{count(same)} of {plural(compared, "verdict", "verdicts")}</b> are at most one grade from Zoom’s own.</p>}
    </>
  );
}
