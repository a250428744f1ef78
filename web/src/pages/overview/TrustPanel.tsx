// How far the figures can be trusted: what is missing, what is late, what nobody reports.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ingestQuery } from "../../api/queries.ts";
import type { Grade, OverviewNow } from "../../api/types.ts";
import { count, delay, plural } from "../../model/format.ts";
import { trustOf, type Trust } from "../../model/overview.ts";
import { stoppedFor } from "../../model/stopped.ts";
import { pctText } from "../../model/target.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Wrong } from "../../ui/Wrong.tsx";

const SHAPE: Record<Trust["word"], Grade> = { high: "good", medium: "fair", low: "bad", unknown: "unclassified" };

export function TrustPanel({ now }: { now: OverviewNow | undefined }) {
  const query = useQuery({ ...ingestQuery, refetchInterval: 10_000 });
  const ingest = query.data;
  const trust = trustOf(now, ingest);
  // While nothing comes there is no delay, and nobody knows who is there.
  const silent = stoppedFor(now) > 0;
  const ready = now !== undefined && (ingest !== undefined || query.error !== null);
  const { expected, reported, minutes } = now?.coverage ?? { expected: 0, reported: 0, minutes: 30 };
  return (
    <section className="tile" aria-labelledby="trust-title">
      <h2 id="trust-title">Data trust</h2>
      <div className="big">{expected > 0 && <><b>{pctText((100 * reported) / expected)}</b> <span>% reported</span></>}</div>
      <p className="trust-word">{ready ? <><GradeShape grade={SHAPE[trust.word]} /> <b>{trust.word === "unknown" ? "Unknown" : `Trust ${trust.word}`}.</b> {trust.why}</> : "\u00a0"}</p>
      <dl className="pairs">
        <div><dt>Missing, last {minutes} min</dt><dd>{expected > 0 ? `${count(expected - reported)} of ${count(expected)}` : "–"}</dd></div>
        <div><dt>Delay, median · p99</dt><dd>{ingest && !silent ? `${delay(ingest.lag_p50_ms)} · ${delay(ingest.lag_p99_ms)}` : "–"}</dd></div>
        <div><dt>Late, hours to recount</dt><dd>{ingest ? count(ingest.applied.dirty_hours) : "–"}</dd></div>
        <div><dt><span className="hatch-key hatch" aria-hidden="true" />External, not reported</dt><dd>{now && !silent ? plural(now.external, "person", "people") : "–"}</dd></div>
      </dl>
      <Wrong query={query} what="ingest health" />
      <p className="tile-foot"><Link className="link" to="/ingest">Ingest health</Link></p>
    </section>
  );
}
