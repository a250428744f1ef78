// The meeting's breakout rooms, each a meeting of its own.
import { Link } from "@tanstack/react-router";
import type { MeetingDetail } from "../../api/types.ts";
import { count, meetingName } from "../../model/format.ts";
import { GradeMark } from "../../ui/GradeMark.tsx";

export function Breakouts({ meeting }: { meeting: MeetingDetail }) {
  if (!meeting.breakouts?.length) return null;
  return (
    <section className="panel" aria-label="Breakout rooms">
      <div className="panel-head"><h2>Breakout rooms</h2></div>
      <table><tbody>
        {meeting.breakouts.map((b) => (
          <tr className="go" key={b.id}><td><GradeMark grade={b.grade} /></td><td className="wide" style={{ width: "100%" }}><Link className="stretch clip" style={{ display: "block" }} to="/meetings/$id" params={{ id: b.id }}>{meetingName(b)}</Link></td><td className="r">{count(b.people)}</td></tr>
        ))}
      </tbody></table>
    </section>
  );
}
