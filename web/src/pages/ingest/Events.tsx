// What has arrived, by event name, grouped as Zoom groups them.
import type { EventIngest } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { EventName } from "../../ui/EventName.tsx";
import { Time } from "../../ui/Time.tsx";

export function Events({ items }: { items: readonly EventIngest[] }) {
  const groups = new Map<string, EventIngest[]>();
  for (const e of items) {
    const [family = ""] = e.name.split(".");
    groups.set(family, [...(groups.get(family) ?? []), e]);
  }
  return (
    <section className="panel" aria-label="Events by name">
      <div className="panel-head"><h2>Events</h2><span className="sub">by name, most frequent first</span></div>
      {items.length === 0 && <div className="panel-body t2">None yet.</div>}
      {[...groups].map(([family, events]) => (
        <div className="family" key={family}>
          <h3>{family}</h3>
          <ul>
            {events.map((e) => <li key={e.name}><span className="name"><EventName name={e.name.slice(family.length + 1) || e.name} /></span><span className="r">{count(e.count)}</span><span className="r t3"><Time at={millis(e.last)} /></span></li>)}
          </ul>
        </div>
      ))}
    </section>
  );
}
