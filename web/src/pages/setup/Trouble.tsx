// When the challenge fails: what it mostly is, and where that is seen.
import { GradeShape } from "../../ui/GradeMark.tsx";

const CASES = [
  ["Zoom says “URL validation failed”, and nothing is counted on Ingest health", "The request did not get here: the name does not resolve in public, the firewall or proxy does not let it through, the certificate is not from a public authority or its chain is incomplete, or TLS is older than 1.2."],
  ["“401 bad signature” counts up", "The secret token is another one: of another app, of the verification token’s field, or from before it was regenerated. A proxy that rewrites bodies does the same: it has to pass them through unchanged."],
  ["“401 bad timestamp” counts up", "This machine’s clock is wrong."],
  ["“503 try again” counts up", "No secret is loaded, or the disk is full; the receiver’s log says which. Zoom tries again three times, over 85 minutes."],
  ["It was validated, and no events come", "The account has no Quality of Service Subscription, the app lacks the scopes, or the events are not ticked. External people are never reported."],
  ["It worked, and stopped after about 18 days", "Six challenges in a row failed: Zoom has disabled the subscription. Enable it, validate and save it by hand."],
] as const;

export function Trouble({ items }: { items: readonly { text: string; todo: string }[] }) {
  return (
    <section className="panel" aria-label="When the challenge fails">
      <div className="panel-head"><h2>When the challenge fails</h2><span className="sub">Zoom shows it beside the address; Earshot counts every request on Ingest health</span></div>
      {items.length > 0 && <ul className="notices">{items.map((o) => <li key={o.text}><GradeShape grade="poor" /><div><span className="m">{o.text}</span><div className="t2">{o.todo}</div></div></li>)}</ul>}
      <dl className="cases">{CASES.map(([seen, why]) => <div key={seen}><dt>{seen}</dt><dd>{why}</dd></div>)}</dl>
    </section>
  );
}
