// Parts of a site's minutes, worst first, each beside the same part at all other sites.
import type { Split, SiteSubnets } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { pctWord } from "../../model/share.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";
import { Share } from "./Share.tsx";

export function Splits({ title, rows, nameless, note }: { title: string; rows: readonly Split[]; nameless: string; note: string }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2>{title}</h2>{note && <span className="sub">{note}</span>}</div>
      {rows.length === 0 ? <div className="panel-body t2">No minutes in this span.</div> : (
        <ScrollX label={`${title}, table`}>
          <table>
            <thead><tr><th>{title === "Wired and Wi-Fi" ? "Network" : title}</th><th>Bad minutes</th><th>Elsewhere</th><th className="r">People</th><th className="r wide-only">Minutes</th></tr></thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.name}><td className="m">{r.name || <span className="t3">{nameless}</span>}</td><td><Share m={r} /></td><td className="t3">{pctWord(r.elsewhere_bad_pct)}</td><td className="r">{count(r.people)}</td><td className="r t2 wide-only">{count(classified(r.minutes))}</td></tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

export function Subnets({ rows }: { rows: SiteSubnets["subnets"] }) {
  if (rows.length === 0) return <div className="panel-body t2">No minutes in this span.</div>;
  return (
    <ScrollX label="Subnets, table">
      <table>
        <thead><tr><th>Network</th><th>Bad minutes</th><th className="r">People</th><th className="r wide-only">With a bad minute</th><th className="r">Over Wi-Fi</th><th className="r wide-only">Minutes</th></tr></thead>
        <tbody>
          {rows.map((r) => {
            const n = classified(r.minutes);
            return <tr key={r.range}><td className="mono">{r.range || <span className="t3">no address told</span>}</td><td><Share m={r} /></td><td className="r">{count(r.people)}</td><td className="r t2 wide-only">{count(r.people_bad)}</td><td className="r t2">{n > 0 ? `${Math.round((100 * r.wifi) / n)} %` : "–"}</td><td className="r t2 wide-only">{count(n)}</td></tr>;
          })}
        </tbody>
      </table>
    </ScrollX>
  );
}
