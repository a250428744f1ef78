// What happened when, oldest first.
import { Link } from "@tanstack/react-router";
import type { IncidentDetail } from "../../api/types.ts";
import { lineWords } from "../../model/incident.ts";
import { clock, clockSeconds, millis, utcText, zoneLabel } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";

export function Timeline({ i }: { i: IncidentDetail }) {
  const zone = useZone();
  const start = millis(i.start);
  return (
    <section className="panel" aria-label="Timeline">
      <div className="panel-head"><h2>Timeline</h2><span className="right">{zoneLabel(zone, start)}</span></div>
      <ol className="timeline">
        {!Number.isNaN(start) && <li className="begun"><time dateTime={i.start} title={utcText(start)}>{clock(start, zone)}</time><i aria-hidden="true" /><div>First poor or bad minute</div></li>}
        {i.timeline.map((line, k) => {
          const { what, detail } = lineWords(line);
          const at = millis(line.at);
          return (
            <li key={`${k} ${line.at}`} className={line.what}>
              <time dateTime={line.at} title={utcText(at)}>{clockSeconds(at, zone)}</time><i aria-hidden="true" />
              <div>{what}{line.other && <> <Link className="link f12" to="/incidents/$id" params={{ id: line.other }}>open it</Link></>}{detail && <span className="t3 f12">{detail}</span>}</div>
            </li>
          );
        })}
        {i.state === "open" && <li className="now"><time>now</time><i aria-hidden="true" /><div>Still open</div></li>}
      </ol>
    </section>
  );
}
