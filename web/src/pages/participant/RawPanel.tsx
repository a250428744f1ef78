// What Zoom sent about this person around a moment: the original JSON, as text. It is read when it is asked for.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { rawEventsQuery } from "../../api/queries.ts";
import type { RawEvents, SegmentDetail } from "../../api/types.ts";
import { plural } from "../../model/format.ts";
import { clock, clockSeconds, day, millis, minuteOf, utcText } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import type { Crosshair } from "../../ui/lanes/crosshair.ts";
import { Wrong } from "../../ui/Wrong.tsx";

const MINUTE = 60_000;

export function RawPanel({ segment, crosshair }: { segment: SegmentDetail; crosshair: Crosshair }) {
  const zone = useZone();
  const [span, setSpan] = useState<{ from: string; to: string } | undefined>();
  const query = useQuery(rawEventsQuery(segment.id, span));
  const show = () => {
    const last = millis(segment.leave ?? segment.meeting_row.last_seen);
    const at = Number.isNaN(crosshair.get()) ? last : crosshair.get();
    const minute = minuteOf(Number.isNaN(at) ? Date.now() : at);
    setSpan({ from: new Date(minute - MINUTE).toISOString(), to: new Date(minute + 2 * MINUTE).toISOString() });
  };
  const found = query.data;
  return (
    <section className="panel raw" aria-label="What Zoom sent">
      <div className="panel-head">
        <h2>What Zoom sent</h2>
        <span className="sub">{span ? `${day(millis(span.from), zone)}, ${clock(millis(span.from), zone)}–${clock(millis(span.to), zone)}` : "the original notifications, from the journal"}</span>
        <button type="button" className="btn right" onClick={show}>{span ? "Show around the crosshair" : "Show those around the crosshair"}</button>
      </div>
      {span && <Wrong query={query} what="raw events" />}
      {span && query.isPending && !query.error && <div className="panel-body t2" role="status">Looking through the journal …</div>}
      {found && <p className="panel-body t2 f12">{foundWords(found, (at) => `${day(at, zone)}, ${clock(at, zone)}`)}</p>}
      {found && found.events.length > 0 && (
        <ul className="raw-list">
          {found.events.map((e) => (
            <li key={e.seq}>
              <details>
                <summary><time dateTime={e.at} title={utcText(millis(e.at ?? e.received_at))}>{clockSeconds(millis(e.at ?? e.received_at), zone)}</time> <b className="m">{e.event || "no event’s name"}</b> <span className="t3 f12">received {clockSeconds(millis(e.received_at), zone)}</span></summary>
                <pre>{pretty(e.body)}</pre>
              </details>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** How many there are, and what is missing of them. */
function foundWords(found: RawEvents, when: (at: number) => string): string {
  const kept = found.kept_from ? ` Raw events are kept from ${when(millis(found.kept_from))} on.` : "";
  if (found.gone && found.events.length === 0) return `These are older than what is kept.${kept} Grades and figures above are kept longer.`;
  const n = found.events.length === 0 ? "Zoom sent nothing about this person in these minutes, not even late." : `${plural(found.events.length, "notification", "notifications")}.`;
  return n + (found.complete ? "" : " There may be more: the journal was not looked through to its end.") + (found.gone ? ` A part of these minutes is older than what is kept.${kept}` : "");
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body; // as it came
  }
}
