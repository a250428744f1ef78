// What the computer and the network looked like at the crosshair, and what changed when.
import type { SegmentDetail, SegmentSeries } from "../../api/types.ts";
import { factsAt, measuredWords } from "../../model/facts.ts";
import { clock } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { useAt, type Crosshair } from "../../ui/lanes/crosshair.ts";

export function FactsPanel({ segment, series, crosshair, onPin }: { segment: SegmentDetail | undefined; series: SegmentSeries | undefined; crosshair: Crosshair; onPin: (at: number) => void }) {
  const at = useAt(crosshair);
  const zone = useZone();
  const facts = segment ? factsAt(segment.devices, Number.isNaN(at) ? Infinity : at) : [];
  const changes = facts.reduce((n, f) => n + f.changes.length, 0);
  return (
    <section className="panel facts" aria-label="Facts">
      <div className="panel-head"><h2>Facts{Number.isNaN(at) ? "" : ` at ${clock(at, zone)}`}</h2>{changes > 0 && <span className="right chg">{changes === 1 ? "1 change" : `${changes} changes`}</span>}</div>
      {segment && series && facts.length === 0 && <div className="panel-body t2">{measuredWords(series.streams)}</div>}
      <dl>
        {facts.map((f) => (
          <div className="fa" key={f.label}>
            <dt>{f.label}</dt>
            <dd>{f.value || <span className="t3">unknown then</span>}</dd>
            {f.changes.map((c) => <dd key={c.at}><button type="button" className="chg" onClick={() => { onPin(c.at); }}>{clock(c.at, zone)} {c.value}</button></dd>)}
          </div>
        ))}
      </dl>
    </section>
  );
}
