// One phone call: both sides, both directions, over time.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { callQuery } from "../../api/queries.ts";
import type { CallDetail, CallParty } from "../../api/types.ts";
import { callCadence, callLanes, callVerdict } from "../../model/calls.ts";
import { networkWord, partyName } from "../../model/format.ts";
import { reportGaps } from "../../model/gaps.ts";
import { clock, day, millis, span } from "../../model/time.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useZone } from "../../shell/zone.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { Lanes } from "../../ui/lanes/Lanes.tsx";
import { LaneTable } from "../../ui/lanes/LaneTable.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { useCrosshair } from "../participant/useCrosshair.ts";
import "../participant/participant.css";

export function CallPage() {
  const { id } = useParams({ from: "/shell/phone/$id" });
  const search = useSearch({ from: "/shell/phone/$id" });
  const navigate = useNavigate({ from: "/phone/$id" });
  const query = useQuery({ ...callQuery(id), refetchInterval: (q) => (q.state.data && !q.state.data.end ? 10_000 : false) });
  const c = query.data;
  useCrumbs({ label: "Phone", to: "/phone" }, { label: c ? `${partyName(c.caller)} to ${partyName(c.callee)}` : "Call" });
  const lanes = useMemo(() => (c ? callLanes(c) : []), [c]);
  const cadence = useMemo(() => callCadence(c?.series ?? []), [c]);
  const gaps = useMemo(() => reportGaps(c?.series ?? [], cadence), [c, cadence]);
  const times = c?.series.flatMap((s) => s.at) ?? [];
  const first = times.reduce((a, b) => Math.min(a, b), Infinity);
  const last = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const from = Math.min(first, millis(c?.connected ?? c?.start) || Infinity);
  const to = Math.max(last, millis(c?.end) || -Infinity, from + 60_000);
  const pin = (at: number | undefined) => { void navigate({ search: (old) => ({ ...old, at: at === undefined ? "" : new Date(at).toISOString() }), replace: true, resetScroll: false }); };
  const worst = worstScore(c);
  const crosshair = useCrosshair(search.at ?? (worst ? new Date(worst).toISOString() : undefined), times.length > 0 ? { from: new Date(from).toISOString(), to: new Date(to).toISOString(), minutes: [] } : undefined, pin);
  const table = search.table === "1";
  const setTable = () => { void navigate({ search: (old) => ({ ...old, table: table ? "" : "1" }), replace: true, resetScroll: false }); };
  useKeys({ t: setTable });
  return (
    <>
      <Head c={c} />
      <Wrong query={query} what="call" />
      <Sentence verdict={c && callVerdict(c)} />
      <p className="t2 f12 no-address">Zoom sends no address for a phone call, so that no site and no network can be named as its cause.</p>
      <div className="columns">
        <section className="panel" aria-label="Call over time">
          <div className="panel-head"><h2>Both sides, both directions</h2><span className="right"><button type="button" className="btn" aria-pressed={table} onClick={setTable}><Icon name="table" />{table ? "Chart" : "Table"} <kbd>t</kbd></button></span></div>
          {c && lanes.length === 0 && <div className="empty"><b>Zoom sent no quality reports about this call.</b></div>}
          {c && lanes.length > 0 && (table ? <LaneTable lanes={lanes} /> : <Lanes lanes={lanes} from={from} to={to} cadence={cadence} gaps={gaps} crosshair={crosshair} onPin={pin} />)}
          <div className="panel-foot"><span>Network delay is as Zoom gives it. A report every {cadence} s; longer silence is hatched.</span></div>
        </section>
        <div>{c && <><Party title="Caller" party={c.caller} /><Party title="Called" party={c.callee} /></>}</div>
      </div>
    </>
  );
}

/** When the least score was delivered. */
function worstScore(c: CallDetail | undefined): number | undefined {
  let best: { at: number; mos: number } | undefined;
  for (const s of c?.series ?? []) {
    for (const [i, mos] of (s.metrics.mos ?? []).entries()) if (mos !== null && (!best || mos < best.mos)) best = { at: s.at[i] ?? 0, mos };
  }
  return best?.at;
}

function Head({ c }: { c: CallDetail | undefined }) {
  const zone = useZone();
  const start = millis(c?.start ?? c?.connected);
  const end = millis(c?.end);
  return (
    <div className="head">
      <div className="grow">
        <h1>{c ? <>{partyName(c.caller)} <span className="in">to</span> {partyName(c.callee)}</> : <Untitled />}</h1>
        <div className="meta">{c && <><span>{day(start, zone)}, <b>{clock(start, zone)}{Number.isNaN(end) ? ", no end seen" : `–${clock(end, zone)}`}</b></span>{!Number.isNaN(end) && <span>{span(end - start)}</span>}<span>Call <span className="mono">{c.zoom_id}</span></span></>}{!c && <>&nbsp;</>}</div>
      </div>
      <div className="acts"><CopyLink /></div>
    </div>
  );
}

function Party({ title, party }: { title: string; party: CallParty }) {
  const facts = [["Number", party.number], ["Extension", party.extension], ["Device", party.device], ["Network", networkWord(party.network ?? "")]] as const;
  return (
    <section className="panel facts" aria-label={title}>
      <div className="panel-head"><h2>{title}</h2></div>
      <dl>
        {partyName(party) !== party.number && <div className="fa"><dt>Name</dt><dd>{party.person ? <Link className="link" to="/people/$id" params={{ id: party.person }}>{partyName(party)}</Link> : partyName(party)}</dd></div>}
        {facts.map(([label, value]) => value && <div className="fa" key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}
