// Whether anybody was alerted of an incident, a meeting's or a person's trouble, when, and who was told. Nothing where no rule
// looked at it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { alertsAboutQuery, type AlertsAbout } from "../../api/alerts.ts";
import type { AlertRow } from "../../api/types.ts";
import { howOf, howWord } from "../../model/alert.ts";
import { plural } from "../../model/format.ts";
import { clock, day, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import "./alerted.css";

/** So many are told, the newest; of the others how many there are. */
const AT_MOST = 3;

export function Alerted({ about }: { about: AlertsAbout }) {
  const rows = useQuery(alertsAboutQuery(about)).data ?? [];
  const own = rows.filter((r) => r.explained !== true);
  const explained = rows.length - own.length;
  if (rows.length === 0) return null;
  return (
    <div className="alerted t2 f12">
      {own.slice(0, AT_MOST).map((r) => <Line key={r.id} row={r} titled={about.incident === undefined} />)}
      {own.length > AT_MOST && <p>{plural(own.length - AT_MOST, "earlier alert", "earlier alerts")}: they are among <Link className="link" to="/alerts">all alerts</Link>.</p>}
      {explained > 0 && <p>{plural(explained, "other alert is", "other alerts are")} explained by {about.incident === undefined ? "an incident" : "it"}: nobody is told of those beside it.</p>}
    </div>
  );
}

/** One alert; what it is about is said where the page is about something else. */
function Line({ row, titled }: { row: AlertRow; titled: boolean }) {
  const zone = useZone();
  const at = millis(row.raised);
  const told = row.told ?? [];
  return (
    <p>
      <Link className="link" to="/alerts/$id" params={{ id: row.id }}>Alerted</Link> {day(at, zone)}, {clock(at, zone)}, by the rule {row.rule}{titled && <>: <span className="m">{row.title}</span></>};{" "}
      {told.length > 0 ? `told ${told.join(", ")}` : "nobody was told"}; {row.state === "resolved" ? "over" : howWord(howOf(row))}.
    </p>
  );
}
