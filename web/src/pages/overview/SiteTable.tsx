// Today by site and sort of network, least good first. What is too small to be graded is said to be.
import { Link } from "@tanstack/react-router";
import type { OverviewGroups, SiteSplit } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { classified, total } from "../../model/grade.ts";
import { networkName, points } from "../../model/overview.ts";
import { DEFAULT_TARGET, fewWords, LEAST_MINUTES, LEAST_PEOPLE, okShare } from "../../model/target.ts";
import { OkShare, TargetLegend } from "../../ui/OkShare.tsx";
import { ScrollX } from "../../ui/ScrollX.tsx";
import { Wrong, type Reading } from "../../ui/Wrong.tsx";

const COLUMNS = ["Wired", "Wi-Fi", "Cellular"] as const;
const columnOf = (network: string | undefined): string => { const word = networkName(network); return (COLUMNS as readonly string[]).includes(word) ? word : "Other"; };

type Sum = SiteSplit["all"];

export function SiteTable({ query, target = DEFAULT_TARGET }: { query: Reading & { data?: OverviewGroups | undefined }; target?: number | undefined }) {
  const groups = query.data;
  const rows = groups?.sites ?? [];
  const columns = [...COLUMNS, "Other"].filter((c) => rows.some((r) => r.networks.some((n) => columnOf(n.network) === c && total(n.minutes) > 0)));
  return (
    <section className="panel site-table" aria-labelledby="site-title">
      <div className="panel-head">
        <h2 id="site-title">By site and network</h2><span className="sub">good and fair minutes today, %; small figure: people</span>
        <span className="right legend"><TargetLegend target={target} /><span>under {LEAST_PEOPLE} people or {LEAST_MINUTES} minutes: not judged</span></span>
      </div>
      <Wrong query={query} what="sites and networks" />
      {!groups && !query.error && <div className="list-blank" />}
      {groups && rows.length === 0 && <div className="empty quiet"><b>No minutes today.</b>Sites appear with their first meeting of the day.</div>}
      {rows.length > 0 && (
        <ScrollX label="Minutes by site and network">
          <table>
            <thead><tr><th>Site</th><th className="r">People</th><th className="r">All</th>{columns.map((c) => <th key={c} className="r">{c}</th>)}<th className="r">Minutes</th><th className="r">Last week</th></tr></thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.site?.id ?? `${r.places ?? 0} places`}>
                  <td className="name"><Name row={r} /></td>
                  <td className="r">{count(r.all.people)}</td>
                  <td className="r nw"><OkShare sum={r.all} target={target} strong /></td>
                  {columns.map((c) => <td key={c} className="r nw"><OkShare sum={columnSum(r, c)} target={target} people /></td>)}
                  <td className="r t3">{count(classified(r.all.minutes))}</td>
                  <td className="r t2 nw"><Change row={r} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

function Name({ row }: { row: SiteSplit }) {
  if (!row.site && !row.places) return <span className="t2">Address not known <span className="t3 f12">Zoom has not said it yet</span></span>;
  if (!row.site) return <span className="t2">{row.places === 1 ? "Another place" : `${count(row.places ?? 0)} other places`} <span className="t3 f12">not in the sites file</span></span>;
  return <><Link className="link-quiet m" to="/sites/$id" params={{ id: row.site.id ?? "" }}>{row.site.name || "Unnamed site"}</Link>{row.site.derived && <> <span className="chip" title="Nobody configured it: the public prefix stands in">derived</span></>}</>;
}

function columnSum(row: SiteSplit, column: string): Sum | undefined {
  const parts = row.networks.filter((n) => columnOf(n.network) === column);
  const [first, ...rest] = parts;
  if (!first) return undefined;
  return rest.reduce<Sum>((sum, n) => ({
    ...sum, people: sum.people + n.people,
    minutes: { good: sum.minutes.good + n.minutes.good, fair: sum.minutes.fair + n.minutes.fair, poor: sum.minutes.poor + n.minutes.poor, bad: sum.minutes.bad + n.minutes.bad, unclassified: sum.minutes.unclassified + n.minutes.unclassified },
  }), first);
}

function Change({ row }: { row: SiteSplit }) {
  const now = okShare(row.all.minutes);
  const then = row.before && okShare(row.before.minutes);
  if (now === undefined || then === undefined || fewWords(row.all) || !row.before || fewWords(row.before)) return <span className="t3">–</span>;
  const change = now - then;
  return <span className={change <= -0.5 ? "change down" : change >= 0.5 ? "change up" : "t3"}>{points(change)}</span>;
}
