// Sites: who is there now and how they fare, worst first; places that nobody configured are said to be such.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { sitesQuery } from "../../api/queries.ts";
import type { Site } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { worstOf } from "../../model/grade.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import "./sites.css";

export function SitesPage() {
  useCrumbs({ label: "Sites" });
  const { site } = useSearch({ from: "/shell/sites" });
  const query = useQuery(sitesQuery);
  const sites = useMemo(() => [...(query.data?.items ?? [])].sort(worstFirst), [query.data]);
  const derived = sites.filter((s) => s.derived).length;
  useEffect(() => { if (site && sites.length > 0) document.getElementById(`site-${site}`)?.scrollIntoView({ block: "center" }); }, [site, sites.length]);
  return (
    <>
      <div className="head"><div className="grow"><h1>Sites</h1><div className="meta"><span>people in running meetings, worst first</span>{derived > 0 && <span>{plural(derived, "place is", "places are")} not in the sites file</span>}</div></div></div>
      <section className="panel" aria-label="Sites">
        <Wrong query={query} what="sites" />
        {query.data && sites.length === 0 && <div className="empty"><b>No sites yet.</b>Put their address ranges into sites.csv; until then public prefixes stand in as people join.</div>}
        {sites.length > 0 && (
          <div className="scroll-x">
            <table className="sites">
              <thead><tr><th>Now</th><th>Site</th><th className="r">People</th><th>Affected</th><th className="bar">By grade</th><th className="wide-only">Ranges</th><th className="wide-only">ISP</th><th className="r wide-only">Link</th><th className="wide-only">Zone</th></tr></thead>
              <tbody>{sites.map((s) => <Row key={s.id ?? s.name} s={s} chosen={s.id === site} />)}</tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}

const worstFirst = (a: Site, b: Site): number => b.now.bad - a.now.bad || b.now.poor - a.now.poor || b.now.fair - a.now.fair || b.people - a.people || a.name.localeCompare(b.name, "en");

function Row({ s, chosen }: { s: Site; chosen: boolean }) {
  return (
    <tr className="go" id={`site-${s.id ?? ""}`} aria-current={chosen ? "true" : undefined}>
      <td>{s.people > 0 ? <GradeMark grade={worstOf(s.now)} /> : <span className="t3">nobody</span>}</td>
      <td className="wide clip" title={[s.name, ...(s.tags ?? [])].join(", ")}><Link className="stretch" to="/meetings" search={{ state: "live", site: s.id ?? "" }}>{s.name}</Link>{s.vpn && <> <span className="chip">VPN</span></>}{s.derived && <> <span className="chip" title="Nobody configured it: the public prefix stands in">derived</span></>}{s.tags && s.tags.length > 0 && <span className="t3 f12"> {s.tags.join(", ")}</span>}</td>
      <td className="r">{count(s.people)}</td>
      <td className="nw">{s.now.bad + s.now.poor === 0 ? <span className="t3">–</span> : <>{s.now.bad > 0 && <b className="m g-bad">{s.now.bad} bad</b>} {s.now.poor > 0 && <span className="g-poor">{s.now.poor} poor</span>}</>}</td>
      <td className="bar"><GradeBar counts={s.now} what="People now" /></td>
      <td className="t2 nw wide-only" title={s.ranges?.join("\n")}><span className="mono">{s.ranges?.[0]}</span>{(s.ranges?.length ?? 0) > 1 && <span className="t3"> and {(s.ranges?.length ?? 0) - 1} more</span>}</td>
      <td className="t2 nw wide-only">{s.isp}</td>
      <td className="t2 r nw wide-only">{s.link_mbps ? `${count(s.link_mbps)} Mbps` : ""}</td>
      <td className="t3 nw wide-only">{s.zone}</td>
    </tr>
  );
}
