// Which way Zoom's "input" runs, in each account and medium: set, assumed, or found from the traffic, and why.
import type { InputReading } from "../../api/types.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

const HOW = { set: "set in the configuration", assumed: "assumed until the traffic tells", found: "found from the traffic" } as const;

/** Shown once an account had minutes. Sureness is the traffic's own word, also beside a setting that it contradicts. */
export function Directions({ items }: { items: readonly InputReading[] }) {
  if (items.length === 0) return null;
  return (
    <section className="panel" aria-label="Directions">
      <div className="panel-head"><h2>Directions</h2><span className="sub">what Zoom calls input</span></div>
      <dl className="panel-body f12 directions">
        {items.map((r) => (
          <div key={`${r.account} ${r.media}`} className="trust">
            <dt><b>{r.media === "audio" ? "Audio" : "Video"} input is what is {r.means}</b>{r.account_zoom_id && <span className="t3 mono"> {r.account_zoom_id}</span>}</dt>
            <dd className="t2">
              {HOW[r.how]}{r.since && <> since <Time at={millis(r.since)} /></>}
              {r.sure !== 0.5 && <>; by the traffic alone <b className="m">{percent(r.sure)} %</b> sure</>}. {r.text}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Never 100: the traffic is evidence, not proof. */
const percent = (sure: number) => (sure > 0.99 ? Math.min(99.9, Math.floor(sure * 1000) / 10) : Math.round(sure * 100));
