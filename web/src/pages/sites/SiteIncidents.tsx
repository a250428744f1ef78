// The incidents whose place is this site, or lies within it.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { request, withQuery } from "../../api/client.ts";
import type { ID, IncidentRow, Page } from "../../api/types.ts";
import { stateWord } from "../../model/incident.ts";
import { millis } from "../../model/time.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";

const of = (site: ID, account: string) => queryOptions({
  queryKey: ["incidents", { site, account }], refetchInterval: 10_000,
  queryFn: async ({ signal }) => (await request<Page<IncidentRow>>("GET", withQuery("/api/v1/incidents", { site, account, limit: 10 }), undefined, signal)).items,
});

export function SiteIncidents({ site, account }: { site: ID; account: string }) {
  const query = useQuery(of(site, account));
  return (
    <section className="panel" aria-label="Incidents">
      <div className="panel-head"><h2>Incidents here</h2><span className="sub">newest first</span></div>
      <Wrong query={query} what="incidents" />
      {query.data?.length === 0 && <div className="panel-body t2">None is known.</div>}
      {query.data && query.data.length > 0 && (
        <ul className="site-incidents">
          {query.data.map((i) => <li key={i.id}>{i.cause ? <CauseMark cause={i.cause} /> : <span />}<Link className="link clip" to="/incidents/$id" params={{ id: i.id }} title={i.sentence}>{i.sentence}</Link><span className="t3 nw">{stateWord(i.state)}, <Time at={millis(i.start)} /></span></li>)}
        </ul>
      )}
    </section>
  );
}
