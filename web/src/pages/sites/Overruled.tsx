// What the sites file says and what does not count, because somebody typed otherwise: who, when, and what counts instead.
import type { TypedSites } from "../../api/types.ts";
import { plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

export function Overruled({ typed }: { typed: TypedSites }) {
  if (typed.overruled.length === 0) return null;
  return (
    <details className="panel overruled">
      <summary>{plural(typed.overruled.length, "line of the sites file is", "lines of the sites file are")} overruled by what was typed here</summary>
      <ul>
        {typed.overruled.map((o) => (
          <li key={`${o.line} ${o.range ?? o.site}`}>
            <span className="t3">line {o.line}</span> {o.range ? <><span className="mono">{o.range}</span>: the file says {o.site}, typed {o.typed ? <b>{o.typed}</b> : <b>no site</b>}</> : <>the details of {o.site}</>} <span className="t3">by {o.who}, <Time at={millis(o.at)} /></span>
          </li>
        ))}
      </ul>
    </details>
  );
}
