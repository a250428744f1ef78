// Parts of a site's minutes, least good first, each beside the same part at all other sites.
import type { Split, SiteSubnets } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { leastGoodFirst, pctText } from "../../model/target.ts";
import { OkShare } from "../../ui/OkShare.tsx";
import { ScrollX } from "../../ui/ScrollX.tsx";

export function Splits({ title, rows, target, nameless, note }: { title: string; rows: readonly Split[]; target: number; nameless: string; note: string }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2>{title}</h2>{note && <span className="sub">{note}</span>}</div>
      {rows.length === 0 ? <div className="panel-body t2">No minutes in this span.</div> : (
        <ScrollX label={`${title}, table`}>
          <table>
            <thead><tr><th>{title === "Wired and Wi-Fi" ? "Network" : title}</th><th className="r">Good, %</th><th className="r">Elsewhere</th><th className="r">People</th><th className="r wide-only">Minutes</th></tr></thead>
            <tbody>
              {rows.toSorted(leastGoodFirst).map((r) => (
                <tr key={r.name}><td className="m">{r.name || <span className="t3">{nameless}</span>}</td><td className="r"><OkShare sum={r} target={target} /></td><td className="r t3">{pctText(r.elsewhere_ok_pct)}</td><td className="r">{count(r.people)}</td><td className="r t2 wide-only">{count(classified(r.minutes))}</td></tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

export function Subnets({ rows, target }: { rows: SiteSubnets["subnets"]; target: number }) {
  if (rows.length === 0) return <div className="panel-body t2">No minutes in this span.</div>;
  return (
    <ScrollX label="Subnets, table">
      <table>
        <thead><tr><th>Network</th><th className="r">Good, %</th><th className="r">Bad minutes</th><th className="r">People</th><th className="r wide-only">With a bad minute</th><th className="r">Over Wi-Fi</th><th className="r wide-only">Minutes</th></tr></thead>
        <tbody>
          {rows.map((r) => {
            const n = classified(r.minutes);
            return <tr key={r.range}><td className="mono">{r.range || <span className="t3">no address told</span>}</td><td className="r"><OkShare sum={r} target={target} /></td><td className="r">{count(r.minutes.bad)}</td><td className="r">{count(r.people)}</td><td className="r t2 wide-only">{count(r.people_bad)}</td><td className="r t2">{n > 0 ? `${Math.round((100 * r.wifi) / n)} %` : "–"}</td><td className="r t2 wide-only">{count(n)}</td></tr>;
          })}
        </tbody>
      </table>
    </ScrollX>
  );
}
