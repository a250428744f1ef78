// Ingest health: has anything been lost? Then the way in, station by station, and what somebody should look at.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { exportsQuery, ingestQuery } from "../../api/queries.ts";
import type { Ingest } from "../../api/types.ts";
import { ingestVerdict } from "../../model/verdict.ts";
import { millis } from "../../model/time.ts";
import { plural } from "../../model/format.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { Answers } from "./Answers.tsx";
import { Directions } from "./Directions.tsx";
import { Drift } from "./Drift.tsx";
import { Events } from "./Events.tsx";
import { Exports } from "./Exports.tsx";
import { Flow } from "./Flow.tsx";
import { Notices } from "./Notices.tsx";
import { Stores } from "./Stores.tsx";
import { Subscriptions } from "./Subscriptions.tsx";
import "./ingest.css";

export function IngestPage() {
  useCrumbs({ label: "Ingest health" });
  const query = useQuery(ingestQuery);
  const exports = useQuery(exportsQuery);
  const i = query.data;
  return (
    <>
      <div className="head"><div className="grow"><h1>Ingest health</h1><Meta i={i} /></div><div className="acts"><Link className="btn" to="/setup">Setup</Link></div></div>
      <Wrong query={query} what="ingest health" />
      <Sentence verdict={i && ingestVerdict(i)} />
      <div className={i && !i.receiver ? "columns ingest stale-data" : "columns ingest"}>
        <div>
          {i && i.notices.length > 0 && <Notices notices={i.notices} />}
          <Flow i={i} />
          <Answers i={i} />
          {i && <Subscriptions items={i.subscriptions} />}
          {exports.isError && <Wrong query={exports} what="exports" />}
          {exports.data && exports.data.items.length > 0 && <Exports items={exports.data.items} />}
          {i && <Directions items={i.input} />}
          {i && <Drift items={i.drift} />}
          {i && <Stores i={i} />}
        </div>
        <div>{i && <Events items={i.events} />}</div>
      </div>
    </>
  );
}

function Meta({ i }: { i: Ingest | undefined }) {
  return (
    <div className="meta">
      {i && (
        <>
          <span>{plural(Math.max(1, i.subscriptions.length), "subscription", "subscriptions")}</span>
          <span>last event {i.last_event ? <b><Time at={millis(i.last_event)} show="seconds" /></b> : "never"}</span>
          <span>last challenge by Zoom {i.last_challenge ? <b><Time at={millis(i.last_challenge)} /></b> : "never"}</span>
        </>
      )}{!i && <>&nbsp;</>}
    </div>
  );
}
