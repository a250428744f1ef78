// What the receiver answered, by status, since it started.
import type { Ingest } from "../../api/types.ts";
import { count } from "../../model/format.ts";

export function Answers({ i }: { i: Ingest | undefined }) {
  const answers: [string, number | undefined, string, boolean][] = [
    ["200 stored", i?.accepted, "", false],
    ["200 duplicate", i?.duplicate, "Zoom sent it again; it was stored once", false],
    ["503 try again", i?.shed, "Zoom will try again", true],
    ["401 bad signature", i?.bad_signature, "kept in quarantine until a secret fits", true],
    ["401 bad timestamp", i?.bad_timestamp, "too old or in the future: a replay, or a wrong clock", true],
    ["413 too large", i?.too_large, "", true],
    ["cut off", i?.aborted, "the connection ended before the body did", false],
    ["challenges", i?.challenges, "Zoom checked that the endpoint is ours", false],
  ];
  return (
    <section className="panel" aria-label="What the receiver answered">
      <div className="panel-head"><h2>What the receiver answered</h2><span className="sub">Zoom tries a 503 again, never a 4xx{i && i.quarantined > 0 && <>; <b className="m g-poor">{count(i.quarantined)}</b> in quarantine now</>}</span></div>
      <dl className="answers">
        {answers.map(([label, n, title, wrong]) => <div key={label} title={title || undefined}><dt>{label}</dt><dd className={wrong && n ? "g-poor" : ""}>{n === undefined ? "\u00a0" : count(n)}</dd></div>)}
      </dl>
    </section>
  );
}
