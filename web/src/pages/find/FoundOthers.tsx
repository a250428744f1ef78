// What else matches: meetings by their topic, number or uuid, and phone calls.
import { Link } from "@tanstack/react-router";
import type { FindResult, FoundRef } from "../../api/types.ts";
import { kindWord, meetingName, meetingNumber, partyName } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { Time } from "../../ui/Time.tsx";

export function FoundMeetings({ items, at }: { items: readonly FoundRef[]; at: string }) {
  if (items.length === 0) return null;
  return (
    <section className="panel" aria-label="Meetings">
      <div className="panel-head"><h2>Meetings</h2><span className="sub">by topic, number or uuid</span></div>
      <table>
        <thead><tr><th>Meeting</th><th>Start</th><th className="wide-only">Number</th><th className="wide-only">Kind</th></tr></thead>
        <tbody>
          {items.map((m) => {
            const name = meetingName({ topic: m.topic ?? "", number: m.number ?? "", uuid: m.uuid ?? "" });
            return (
              <tr className="go" key={m.id}>
                <td className="wide"><Link className="stretch clip" style={{ display: "block" }} to="/meetings/$id" params={{ id: m.id }} search={at ? { at } : {}} title={name}>{name}</Link></td>
                <td className="nw"><Time at={millis(m.start)} />{m.live && <> <span className="chip">live</span></>}</td>
                <td className="t3 nw wide-only">{m.number ? meetingNumber(m.number) : ""}</td>
                <td className="t3 wide-only">{m.kind ? kindWord(m.kind) : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

export function FoundCalls({ found }: { found: FindResult }) {
  if (found.kind === "address" || found.kind === "subnet" || found.kind === "mac") {
    return <p className="t3 f12 below">Phone calls are not among these: Zoom sends no address for a call.</p>;
  }
  if (found.calls.length === 0) return null;
  return (
    <section className="panel" aria-label="Phone calls">
      <div className="panel-head"><h2>Phone calls</h2><span className="sub">by name, number or call id</span></div>
      <table>
        <thead><tr><th>Grade</th><th>Caller, called</th><th className="r">MOS, least</th><th>Start</th></tr></thead>
        <tbody>
          {found.calls.map((c) => (
            <tr className="go" key={c.id}>
              <td><GradeMark grade={c.grade} /></td>
              <td className="wide"><Link className="stretch clip" style={{ display: "block" }} to="/phone/$id" params={{ id: c.id }}>{partyName(c.caller)} <span className="t3">to</span> {partyName(c.callee)}</Link></td>
              <td className="r">{c.mos === undefined ? <span className="t3">–</span> : c.mos.toFixed(1)}</td>
              <td className="nw"><Time at={millis(c.start ?? c.connected)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
