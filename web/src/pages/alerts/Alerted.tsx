// Whether anybody was alerted of an incident, when, and who was told. Nothing where no rule looked at it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { alertsAboutQuery } from "../../api/alerts.ts";
import type { AlertRow, ID } from "../../api/types.ts";
import { howOf, howWord } from "../../model/alert.ts";
import { plural } from "../../model/format.ts";
import { clock, day, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";

export function Alerted({ incident }: { incident: ID }) {
  const rows = useQuery(alertsAboutQuery(incident)).data ?? [];
  const own = rows.filter((r) => r.explained !== true);
  const explained = rows.length - own.length;
  if (rows.length === 0) return null;
  return (
    <div className="alerted t2 f12">
      {own.map((r) => <Line key={r.id} row={r} />)}
      {explained > 0 && <p>{plural(explained, "other alert is", "other alerts are")} explained by it: nobody is told of those beside it.</p>}
    </div>
  );
}

function Line({ row }: { row: AlertRow }) {
  const zone = useZone();
  const at = millis(row.raised);
  const told = row.told ?? [];
  return (
    <p>
      <Link className="link" to="/alerts/$id" params={{ id: row.id }}>Alerted</Link> {day(at, zone)}, {clock(at, zone)}, by the rule {row.rule};{" "}
      {told.length > 0 ? `told ${told.join(", ")}` : "nobody was told"}; {row.state === "resolved" ? "over" : howWord(howOf(row))}.
    </p>
  );
}
