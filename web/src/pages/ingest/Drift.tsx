// Names on the wire that Earshot does not know: kept and counted, nothing dropped.
import type { DriftIngest } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import { ScrollX } from "../../ui/ScrollX.tsx";
import "../../ui/cards.css";

export function Drift({ items }: { items: readonly DriftIngest[] }) {
  return (
    <section className="panel" aria-label="Schema drift">
      <div className="panel-head"><h2>Schema drift</h2><span className="sub">kept in the journal and counted, nothing dropped</span></div>
      {items.length === 0 && <div className="panel-body t2">Every event and key so far is known.</div>}
      {items.length > 0 && (
        <ScrollX label="Schema drift, table">
          <table className="cards">
            <thead><tr><th>Where</th><th>What</th><th className="r">Events</th><th>First seen</th><th>Last seen</th></tr></thead>
            <tbody>
              {items.map((d) => (
                <tr key={`${d.event} ${d.key ?? ""}`}>
                  <td className="mono">{d.key === "!json" ? d.event || "(no event)" : d.key || d.event}{d.key && d.key !== "!json" && <div className="t3">{d.event}</div>}</td>
                  <td className="t2" data-word="What">{d.key === "!json" ? "body that is no JSON" : d.key ? "new key" : "new event"}</td>
                  <td className="r" data-word="Events">{count(d.count)}</td>
                  <td className="nw t2" data-word="First seen"><Time at={millis(d.first)} /></td>
                  <td className="nw t2" data-word="Last seen"><Time at={millis(d.last)} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}
