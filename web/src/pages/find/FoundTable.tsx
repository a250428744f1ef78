// Who was found: how it was for them then, what made it so, in which meeting, and by what they were found.
import { Link } from "@tanstack/react-router";
import type { FindResult, FoundRow } from "../../api/types.ts";
import { isCause } from "../../model/cause.ts";
import { meetingName, networkWord, personName, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { Time } from "../../ui/Time.tsx";

export function FoundTable({ found }: { found: FindResult }) {
  if (found.items.length === 0) {
    if (found.meetings.length > 0 || found.calls.length > 0) return null;
    return (
      <section className="panel" aria-label="People">
        <div className="empty">
          <b>Nothing was found.</b>
          {found.at ? "Widen the time, or look at any time. Zoom tells an address only where the app may read participant data." : "Look for a part of it. Addresses and MACs are found whole, or by their beginning; subnets as 10.20.4.0/22."}
        </div>
      </section>
    );
  }
  return (
    <section className="panel" aria-label="People">
      <div className="panel-head"><h2>People in meetings</h2><span className="sub">{found.at ? "worst first" : "newest first"}; a row opens the person’s page at {found.at ? "that minute" : "their worst minute"}</span></div>
      <table className="found">
        <thead><tr><th>Grade</th><th>Person, meeting</th><th className="wide-only">Cause</th><th className="wide-only bar">{found.at ? "Minutes then" : "Minutes"}</th><th>{found.at ? "There" : "Joined"}</th><th className="wide-only">Found by</th><th className="wide-only">Site, network then</th></tr></thead>
        <tbody>{found.items.map((r) => <Row key={r.id} r={r} />)}</tbody>
      </table>
      <div className="panel-foot"><span>{plural(found.items.length, "join", "joins")}{found.more && " shown; there are more: narrow the time or the text"}</span><span className="hint"><kbd>j</kbd><kbd>k</kbd> row <kbd>↵</kbd> open</span></div>
    </section>
  );
}

function Row({ r }: { r: FoundRow }) {
  const name = personName(r.person);
  const device = r.device_then;
  const network = [r.site?.name, networkWord(r.network ?? "")].filter(Boolean).join(", ");
  const other = [device?.internal_ip, device?.public_ip].filter((a) => a && a !== r.matched).join(" · ");
  return (
    <tr className="go" data-grade={r.grade}>
      <td><GradeMark grade={r.grade} /></td>
      <td className="wide">
        <Link className="stretch clip" style={{ display: "block" }} to="/segments/$id" params={{ id: r.id }} search={{ at: r.open }} title={name}>{name}</Link>
        <span className="t3 f12 clip" style={{ display: "block" }} title={meetingName({ topic: r.in.topic ?? "", number: r.in.number ?? "", uuid: r.in.uuid ?? "" })}>{meetingName({ topic: r.in.topic ?? "", number: r.in.number ?? "", uuid: r.in.uuid ?? "" })}{r.in.live && " · running"}</span>
        {r.matched && <span className="t3 f12 mono clip narrow-only" style={{ display: "block" }}>{spelled(r)}</span>}
      </td>
      <td className="wide-only">{isCause(r.cause) ? <CauseMark cause={r.cause} /> : <span className="t3">–</span>}</td>
      <td className="wide-only bar">{r.reported ? <GradeBar counts={r.minutes} what="Minutes" /> : <span className="t3">not reported</span>}</td>
      <td className="nw">{r.join ? <Time at={millis(r.join)} /> : r.leave && <span className="t3">until </span>}{r.leave ? <>{r.join && "–"}<Time at={millis(r.leave)} show="clock" /></> : r.present && <span className="t3"> there now</span>}</td>
      <td className="wide-only by"><span className="mono clip" style={{ display: "block" }}>{r.matched ? spelled(r) : <span className="t3">name</span>}</span>{other && <span className="t3 f12 mono clip" style={{ display: "block" }} title={other}>{other}</span>}</td>
      <td className="t2 wide-only place"><span className="clip" style={{ display: "block" }} title={network}>{network || "–"}</span></td>
    </tr>
  );
}

/** MACs are kept without their colons, hosts in small letters: show them as Zoom wrote them. */
function spelled(r: FoundRow): string {
  const d = r.device_then;
  const matched = r.matched ?? "";
  if (d?.pc_name?.toLowerCase() === matched) return d.pc_name;
  if (/^[0-9a-f]{12}$/.test(matched) && d?.mac?.toLowerCase().replaceAll(/[^0-9a-f]/g, "").includes(matched)) return matched.replaceAll(/(..)(?=.)/g, "$1:");
  return matched;
}
