// Whether anybody was alerted of an incident, a meeting's or a person's trouble, when, and who was told. Nothing where no rule
// looked at it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { alertsAboutQuery, type AlertsAbout } from "../../api/alerts.ts";
import type { AlertRow, ID } from "../../api/types.ts";
import { howOf, howWord } from "../../model/alert.ts";
import { count, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import "./alerted.css";

/** Beside what a meeting or a person went through so many are told, the newest; of the others how many there are. */
const AT_MOST = 2;

export function Alerted({ incident }: { incident: ID }) {
  const rows = useQuery(alertsAboutQuery({ incident })).data ?? [];
  const own = rows.filter((r) => r.explained !== true);
  const explained = rows.length - own.length;
  if (rows.length === 0) return null;
  return (
    <div className="alerted t2 f12">
      {own.map((r) => <p key={r.id}><Told row={r} />.</p>)}
      {explained > 0 && <p>{plural(explained, "other alert is", "other alerts are")} explained by it: nobody is told of those beside it.</p>}
    </div>
  );
}

/** The same of a meeting or a person, in one line: what they are about, the incidents above it say. */
export function AlertedLine({ about }: { about: AlertsAbout }) {
  const rows = useQuery(alertsAboutQuery(about)).data ?? [];
  const own = rows.filter((r) => r.explained !== true);
  if (own.length === 0) return null;
  return (
    <p className="alerted line t2 f12">
      {own.slice(0, AT_MOST).map((r) => <span key={r.id} title={r.title}><Told row={r} />.</span>)}
      {own.length > AT_MOST && <Link className="link" to="/alerts">{count(own.length - AT_MOST)} more</Link>}
    </p>
  );
}

function Told({ row }: { row: AlertRow }) {
  const at = millis(row.raised);
  const told = row.told ?? [];
  return (
    <>
      <Link className="link" to="/alerts/$id" params={{ id: row.id }}>Alerted</Link> <Time at={at} />, by the rule {row.rule};{" "}
      {told.length > 0 ? `told ${told.join(", ")}` : "nobody was told"}; {row.state === "resolved" ? "over" : howWord(howOf(row))}
    </>
  );
}
