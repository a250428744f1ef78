// How large the journal and the facts are, how far back the journal reaches, and what of it is safe.
import { Fragment } from "react";
import type { Ingest } from "../../api/types.ts";
import { bytes, count, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

export function Stores({ i }: { i: Ingest }) {
  const rows = Object.entries(i.facts.rows).sort((a, b) => b[1] - a[1]);
  return (
    <section className="panel" aria-label="Stores">
      <div className="panel-head"><h2>Stores</h2></div>
      <div className="panel-body stores">
        <dl className="kv">
          <dt>Journal</dt><dd>{bytes(i.journal.bytes)}{i.journal.oldest && <>, back to <Time at={millis(i.journal.oldest)} /></>}</dd>
          <dt>Archive</dt><dd>{bytes(i.journal.archive_bytes)}{i.journal.damaged > 0 && <span className="g-bad">, {plural(i.journal.damaged, "segment", "segments")} damaged and moved aside</span>}</dd>
          <dt>Facts</dt><dd>{bytes(i.facts.file_bytes)}{i.facts.wal_bytes > 0 && ` and ${bytes(i.facts.wal_bytes)} of log`}, applied to {count(i.applied.facts)}</dd>
          <dt>Registry</dt><dd>applied to {count(i.applied.registry)}</dd>
          <dt>Snapshot</dt><dd>at {count(i.applied.snapshot)}</dd>
          <dt>Event time</dt><dd>{i.applied.watermark ? <Time at={millis(i.applied.watermark)} show="seconds" /> : "none yet"}</dd>
          {i.applied.dirty_hours > 0 && <><dt>To do again</dt><dd>{plural(i.applied.dirty_hours, "hour", "hours")} that late events changed</dd></>}
          {i.facts.recovered && <><dt>Recovered</dt><dd className="g-poor">{i.facts.recovered}</dd></>}
        </dl>
        <dl className="kv rows-of">{rows.map(([table, n]) => <Fragment key={table}><dt>{table.replaceAll("_", " ")}</dt><dd>{plural(n, "row", "rows")}</dd></Fragment>)}</dl>
      </div>
    </section>
  );
}
