// Zoom Phone: calls, the newest first, with the least score that either side delivered.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { callsQuery } from "../../api/queries.ts";
import type { Call, CallParty } from "../../api/types.ts";
import { count, networkWord, partyName, plural } from "../../model/format.ts";
import { millis, span } from "../../model/time.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { More } from "../../ui/More.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { TextFilter } from "../../ui/TextFilter.tsx";
import { Time } from "../../ui/Time.tsx";
import { TimeRange } from "../../ui/TimeRange.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { useNow } from "../../live/follow.ts";
import "./phone.css";

export function PhonePage() {
  useCrumbs({ label: "Phone" });
  const s = useSearch({ from: "/shell/phone" });
  const navigate = useNavigate({ from: "/phone" });
  const account = useAccount();
  const filter = { q: s.q ?? "", from: s.from ?? "", to: s.to ?? "", account };
  const set = (part: { q?: string; from?: string; to?: string }) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true }); };
  const query = useInfiniteQuery({ ...callsQuery(filter), placeholderData: (old) => old, refetchInterval: 15_000 });
  const calls = query.data?.pages.flatMap((p) => p.items) ?? [];
  const body = useRef<HTMLElement>(null);
  useRowKeys(body);
  const narrowed = filter.q !== "" || filter.from !== "" || filter.to !== "";
  return (
    <>
      <div className="head"><div className="grow"><h1>Phone</h1><div className="meta"><span>Zoom Phone calls, newest first</span><span>good from a score (MOS) of 3.5, bad below: Zoom’s own rule</span></div></div></div>
      {(!query.data || calls.length > 0) && <p className="verdict">{calls.length > 0 && verdictOf(calls)}</p>}
      <p className="t2 f12 no-address">Zoom sends no address for a phone call: what follows names neither a site nor a cause in a network. The network is the device’s own word.</p>
      <div className="filters">
        <TextFilter value={filter.q} label="Filter by name, number or call id" placeholder="Name, number, call id" onChange={(q) => { set({ q }); }} />
        <TimeRange from={filter.from} to={filter.to} onChange={set} />
        {narrowed && <button type="button" className="btn quiet" onClick={() => { set({ q: "", from: "", to: "" }); }}>Clear</button>}
      </div>
      <section className="panel" ref={body} aria-label="Phone calls">
        <Wrong query={query} what="calls" />
        {query.data && calls.length === 0 && <div className="empty"><b>{narrowed ? "No call matches the filter." : "No phone calls have been reported."}</b>{!narrowed && <>Earshot shows them as soon as Zoom sends phone.call_qos events: <Link className="link" to="/setup">Setup</Link>.</>}</div>}
        {calls.length > 0 && (
          <table className="calls">
            <thead><tr><th>Grade</th><th>Caller, called</th><th className="r">MOS, least</th><th>Start</th><th className="r wide-only">Length</th><th className="wide-only">Caller’s, called side’s network</th></tr></thead>
            <tbody>{calls.map((c) => <Row key={c.id} c={c} />)}</tbody>
          </table>
        )}
        {calls.length > 0 && <More query={query} shown={calls.length} what={calls.length === 1 ? "call" : "calls"} />}
      </section>
    </>
  );
}

/** How many of those that are listed fell below Zoom's bound. */
function verdictOf(calls: readonly Call[]) {
  const scored = calls.filter((c) => c.mos !== undefined);
  const bad = scored.filter((c) => c.grade === "bad");
  if (scored.length === 0) return <>No call below has a score.</>;
  if (bad.length === 0) return <><b>None of the {plural(scored.length, "call", "calls")} below fell under 3.5.</b></>;
  return <><b>{count(bad.length)} of {plural(scored.length, "call", "calls")} below fell under 3.5</b>, the worst to {Math.min(...bad.map((c) => c.mos ?? Infinity)).toFixed(1)}.</>;
}

function Row({ c }: { c: Call }) {
  const now = useNow();
  const start = millis(c.start ?? c.connected);
  const running = !c.end;
  return (
    <tr className="go">
      <td><GradeMark grade={c.grade} /></td>
      <td className="wide"><Link className="stretch parties" to="/phone/$id" params={{ id: c.id }} title={`${partyName(c.caller)} to ${partyName(c.callee)}`}><span>{partyName(c.caller)}</span> <span><span className="t3">to</span> {partyName(c.callee)}</span></Link></td>
      <td className={`r m ${c.grade === "bad" ? "g-bad" : ""}`}>{c.mos === undefined ? <span className="t3">–</span> : c.mos.toFixed(1)}</td>
      <td className="nw"><Time at={start} /></td>
      <td className="r nw t2 wide-only">{running && now - start < 4 * 3_600_000 ? <span className="chip">running</span> : span(millis(c.end) - start)}</td>
      <td className="t2 wide-only">{network(c.caller)} <span className="t3">to</span> {network(c.callee)}</td>
    </tr>
  );
}

const network = (p: CallParty): string => networkWord(p.network ?? "") || "not told";
