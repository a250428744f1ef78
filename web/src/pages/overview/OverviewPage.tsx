// Overview: is today fine, what is the one thing that matters, who is bad now and because of what, where, and can these
// figures be trusted. The verdict comes first; everything below can be opened.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { openIncidentsQuery, overviewDayQuery, overviewGroupsQuery, overviewNowQuery } from "../../api/queries.ts";
import type { OverviewNow } from "../../api/types.ts";
import { useLink, useNow } from "../../live/follow.ts";
import { headline } from "../../model/headline.ts";
import { clock, day, zoneLabel } from "../../model/time.ts";
import { runningWords } from "../../model/stopped.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { ianaZone, useZone } from "../../shell/zone.ts";
import { Icon } from "../../ui/Icon.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { DayPanel } from "./DayPanel.tsx";
import { FirstSteps } from "./FirstSteps.tsx";
import { Movers } from "./Movers.tsx";
import { NowPanel } from "./NowPanel.tsx";
import { OpenIncidents } from "./OpenIncidents.tsx";
import { PeopleNow } from "./PeopleNow.tsx";
import { SiteTable } from "./SiteTable.tsx";
import { TrustPanel } from "./TrustPanel.tsx";
import "./overview.css";

export function OverviewPage() {
  useCrumbs({ label: "Overview" });
  const zone = useZone();
  const tz = ianaZone(zone);
  const now = useQuery(overviewNowQuery);
  const today = useQuery(overviewDayQuery(tz));
  const groups = useQuery(overviewGroupsQuery(tz));
  const incidents = useQuery(openIncidentsQuery);
  const link = useLink();
  const body = useRef<HTMLDivElement>(null);
  useRowKeys(body);
  const stale = link.state === "lost";
  return (
    <div ref={body} className={stale ? "overview stale-data" : "overview"}>
      <div className="head overview-head">
        <div className="grow">
          <h1 className="sr">Overview</h1>
          <Sentence verdict={now.data && !incidents.isPending ? headline(now.data, incidents.data ?? []) : undefined} />
          <Meta now={now.data} />
        </div>
        <div className="acts"><Link className="btn" to="/wall" title="Full screen, for a wall: no navigation, dark, follows by itself"><Icon name="screen" />Wall mode</Link></div>
      </div>
      {now.data && !now.data.received ? <FirstSteps /> : (
        <>
          <Wrong query={now} what="what happens now" />
          <section className="panel overview-top" aria-label="Today, right now, and trust">
            <DayPanel query={today} tz={tz} />
            <NowPanel query={now} />
            <TrustPanel now={now.data} />
          </section>
          <div className={groups.data && !groups.data.has_before ? "overview-columns alone" : "overview-columns"}>
            <div>
              <OpenIncidents />
              <PeopleNow query={now} />
            </div>
            <Movers query={groups} />
          </div>
          <SiteTable query={groups} target={today.data?.target_pct} />
        </>
      )}
    </div>
  );
}

function Meta({ now }: { now: OverviewNow | undefined }) {
  const zone = useZone();
  const at = useNow();
  return (
    <div className="meta">
      <span>{day(at, zone)}, <b>{clock(at, zone)} {zoneLabel(zone, at)}</b></span>
      <span>{now?.received ? runningWords(now, zone) : "\u00a0"}</span>
    </div>
  );
}
