// The way of an event, station by station: from the receiver's answer to the row.
import type { Ingest } from "../../api/types.ts";
import { bytes, count, delay } from "../../model/format.ts";

interface Station { name: string; value: string; unit: string; note: string }

export function Flow({ i }: { i: Ingest | undefined }) {
  const stations: Station[] = i
    ? [
        { name: "Received", value: i.events_per_second.toFixed(1), unit: "/s", note: `${count(i.received)} in all` },
        { name: "Acknowledged", ...split(delay(i.ack_p50_ms)), note: `p99 ${delay(i.ack_p99_ms)}, Zoom allows 3 s` },
        { name: "Journal", ...split(bytes(i.journal.bytes)), note: `up to ${count(i.journal.tail)}` },
        { name: "Applied", value: count(i.applied.backlog), unit: "behind", note: `at ${count(i.applied.seq)}` },
        { name: "As a row", ...split(delay(i.lag_p50_ms)), note: `p99 ${delay(i.lag_p99_ms)} after receipt` },
      ]
    : ["Received", "Acknowledged", "Journal", "Applied", "As a row"].map((name) => ({ name, value: "\u00a0", unit: "", note: "\u00a0" }));
  return (
    <section className="panel" aria-label="The way of an event">
      <dl className="flow">
        {stations.map((s) => <div className="station" key={s.name}><dt>{s.name}</dt><dd className="v">{s.value}<small> {s.unit}</small></dd><dd className="d">{s.note}</dd></div>)}
      </dl>
      {i?.applied.rebuilding && <div className="panel-foot">A store is being filled again: {count(i.applied.rebuilding.seq)} of {count(i.applied.rebuilding.to)}. <progress aria-label="Filled again" value={i.applied.rebuilding.seq} max={i.applied.rebuilding.to} /></div>}
    </section>
  );
}

const split = (text: string): { value: string; unit: string } => {
  const [value = "", unit = ""] = text.split(" ");
  return { value, unit };
};
