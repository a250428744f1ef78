// Sites: who is there now and how they fare, today and in the last week, worst first; places that nobody configured are said to be such.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { typedQuery } from "../../api/places.ts";
import { sessionQuery, sitesQuery } from "../../api/queries.ts";
import type { Site } from "../../api/types.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";
import { count, plural } from "../../model/format.ts";
import { classified, worstOf } from "../../model/grade.ts";
import { DEFAULT_TARGET, leastGoodFirst, LEAST_MINUTES, LEAST_PEOPLE } from "../../model/target.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { OkShare, TargetLegend } from "../../ui/OkShare.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { TextFilter } from "../../ui/TextFilter.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { Overruled } from "./Overruled.tsx";
import "./sites.css";

/** So many networks of a few people are not too many to be read. */
const FEW_HOMES = 5;

type By = "now" | "today" | "week";
const ORDERS: readonly [By, string][] = [["now", "now"], ["today", "today"], ["week", "7 days"]];

export function SitesPage() {
  useCrumbs({ label: "Sites" });
  const { q = "", sort, show } = useSearch({ from: "/shell/sites" });
  const navigate = useNavigate({ from: "/sites" });
  const by: By = sort === "today" || sort === "week" ? sort : "now";
  const account = useAccount();
  const query = useQuery({ ...sitesQuery(account), placeholderData: (old) => old });
  const typed = useQuery(typedQuery);
  const admin = useQuery(sessionQuery).data?.role === "admin";
  const body = useRef<HTMLElement>(null);
  useRowKeys(body);
  const all = query.data?.items;
  const shown = useMemo(() => (all ?? []).filter((s) => matches(s, q.toLowerCase())).sort(ORDER[by]), [all, q, by]);
  // A company at home is hundreds of networks of a person or two, about which nothing is told: they fold, so that the sites stand together.
  const homes = useMemo(() => shown.filter(isHome), [shown]);
  const folds = q === "" && homes.length > FEW_HOMES;
  const rows = folds && show !== "all" ? shown.filter((s) => !isHome(s)) : shown;
  const derived = (all ?? []).filter((s) => s.derived).length;
  const set = (part: { q?: string; sort?: string; show?: string }) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false }); };
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Sites</h1><div className="meta"><span>good and fair minutes, worst first</span>{derived > 0 && <span><Link className="link" to="/sites/addresses">{plural(derived, "network belongs", "networks belong")} to no site</Link></span>}</div></div>
        <div className="acts"><CopyLink /><Link className="btn" to="/sites/addresses">Addresses of no site</Link>{admin && <Link className="btn" to="/sites/new">New site</Link>}{admin && <Link className="btn" to="/sites/import">Import CSV</Link>}<a className="btn" href="/api/v1/sites.csv" download>Export CSV</a></div>
      </div>
      <Sentence verdict={all && all.length > 0 ? verdictOf(all) : undefined} />
      <div className="filters">
        <TextFilter value={q} label="Filter sites" placeholder="Name, range, provider, tag" onChange={(text) => { set({ q: text }); }} />
        <div className="choice" role="group" aria-label="Worst">{ORDERS.map(([key, words]) => <button key={key} type="button" aria-pressed={by === key} onClick={() => { set({ sort: key === "now" ? "" : key }); }}>{words}</button>)}</div>
      </div>
      {typed.data && <Overruled typed={typed.data} />}
      <section className="panel" aria-label="Sites" ref={body}>
        <Wrong query={query} what="sites" />
        {all?.length === 0 && account !== "" && <div className="empty"><b>Nobody of this account was at a site in the last 7 days.</b>Choose all accounts at the top to see the others’.</div>}
        {all?.length === 0 && account === "" && <div className="empty"><b>No sites yet.</b>As people join, their networks appear under <Link className="link" to="/sites/addresses">addresses of no site</Link>; give them to sites there, or <Link className="link" to="/sites/import">import a CSV</Link>.</div>}
        {all && all.length > 0 && shown.length === 0 && <div className="empty"><b>No site matches “{q}”.</b>Without the filter there would be {all.length}. <button type="button" className="link" onClick={() => { set({ q: "" }); }}>Remove the filter</button></div>}
        {rows.length > 0 && (
          <ScrollX label="Sites, table">
            <table className="sites">
              <thead><tr><th aria-sort={by === "now" ? "descending" : undefined}>Now</th><th>Site</th><th className="r">People</th><th className="bar wide-only">By grade, now</th><th className="r" aria-sort={by === "today" ? "ascending" : undefined}>Today, %</th><th className="r" aria-sort={by === "week" ? "ascending" : undefined}>7 days, %</th><th className="r wide-only">People, 7 days</th><th className="wide-only">Ranges</th><th className="wide-only">ISP</th><th className="r wide-only">Link</th></tr></thead>
              <tbody>{rows.map((s) => <Row key={s.id ?? s.name} s={s} />)}</tbody>
            </table>
          </ScrollX>
        )}
        {folds && <div className="panel-body"><button type="button" className="link f12" style={{ textAlign: "left" }} onClick={() => { set({ show: show === "all" ? "" : "all" }); }}>{show === "all" ? "Fold" : "Show"} {plural(homes.length, "network", "networks")} of no site with under 10 people{homesNow(homes)}</button></div>}
        {shown.length > 0 && <div className="panel-foot"><span>{account !== "" && "Only people of the chosen account are counted. "}Under {LEAST_PEOPLE} people or {LEAST_MINUTES} minutes a share is not told. Today begins at midnight in the site’s zone.</span><span className="right legend"><TargetLegend target={all?.[0]?.target_pct ?? DEFAULT_TARGET} /></span></div>}
      </section>
    </>
  );
}

/** A place that nobody configured, with fewer people than a share is told of. */
const isHome = (s: Site): boolean => s.derived === true && s.people < LEAST_PEOPLE && s.week.people < LEAST_PEOPLE;
const homesNow = (homes: readonly Site[]): string => {
  const bad = homes.reduce((n, s) => n + s.now.bad, 0);
  return bad > 0 ? `, ${plural(bad, "person", "people")} bad now among them` : "";
};

/** Where it is worst now, of the places that somebody configured. */
function verdictOf(all: readonly Site[]): Verdict {
  const sites = all.filter((s) => !s.derived && s.people > 0);
  const troubled = sites.filter((s) => s.now.bad + s.now.poor > 0).sort(nowFirst);
  const [worst] = troubled;
  if (worst) {
    const n = worst.now.bad + worst.now.poor;
    return {
      grade: worstOf(worst.now),
      pieces: [{ text: `${worst.name}: ${count(n)} of ${plural(worst.people, "person", "people")} ${worst.now.bad > 0 ? "bad or poor" : "poor"} now`, strong: true }, { text: troubled.length > 1 ? `, and some at ${plural(troubled.length - 1, "other site", "other sites")}.` : ", nobody at the other sites." }],
    };
  }
  if (sites.length > 0) return { grade: "good", pieces: [{ text: `Nobody at a site is bad or poor now.`, strong: true }, { text: ` People are at ${plural(sites.length, "site", "sites")}.` }] };
  return { grade: "unclassified", pieces: [{ text: "Nobody is in a meeting at a site now." }] };
}

const matches = (s: Site, q: string): boolean => q === "" || [s.name, s.isp ?? "", ...(s.ranges ?? []), ...(s.tags ?? [])].some((text) => text.toLowerCase().includes(q));

const nowFirst = (a: Site, b: Site): number => b.now.bad - a.now.bad || b.now.poor - a.now.poor || b.now.fair - a.now.fair || b.people - a.people || a.name.localeCompare(b.name, "en");
const ORDER: Record<By, (a: Site, b: Site) => number> = {
  now: nowFirst, today: (a, b) => leastGoodFirst(a.today, b.today) || nowFirst(a, b), week: (a, b) => leastGoodFirst(a.week, b.week) || nowFirst(a, b),
};

/** How those are who are there: how many are bad and poor, as Live says it of a meeting. */
function Now({ s }: { s: Site }) {
  if (s.people === 0) return <span className="t3">nobody</span>;
  const { bad, poor } = s.now;
  if (bad + poor === 0) return classified(s.now) === 0 ? <span className="t3">no verdict</span> : <span className="t2">all well</span>;
  return <>{bad > 0 && <span className="g-bad m">{count(bad)} bad</span>}{bad > 0 && poor > 0 && " "}{poor > 0 && <span className="g-poor">{count(poor)} poor</span>}</>;
}

function Row({ s }: { s: Site }) {
  return (
    <tr className="go">
      <td className="nw"><Now s={s} /></td>
      <td className="wide clip" title={[s.name, ...(s.tags ?? [])].join(", ")}><Link className="stretch" to="/sites/$id" params={{ id: s.id ?? "" }}>{s.name}</Link>{s.vpn && <> <span className="chip">VPN</span></>}{s.derived && <> <span className="chip" title="Nobody configured it: the public prefix stands in">derived</span></>}{s.former && <> <span className="chip">former</span></>}</td>
      <td className="r">{count(s.people)}</td>
      <td className="bar wide-only"><GradeBar counts={s.now} what="People now" /></td>
      <td className="r"><OkShare sum={s.today} target={s.target_pct} /></td>
      <td className="r"><OkShare sum={s.week} target={s.target_pct} /></td>
      <td className="r t2 wide-only">{count(s.week.people)}</td>
      <td className="t2 nw wide-only" title={s.ranges?.join("\n")}><span className="mono">{s.ranges?.[0]}</span>{(s.ranges?.length ?? 0) > 1 && <span className="t3"> and {(s.ranges?.length ?? 0) - 1} more</span>}</td>
      <td className="t2 nw wide-only">{s.isp}</td>
      <td className="t2 r nw wide-only">{s.link_mbps ? `${count(s.link_mbps)} Mbps` : ""}</td>
    </tr>
  );
}
