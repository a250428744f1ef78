// The incidents that a meeting or a person was touched by, as links: greatest first, three at most.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { touchedQuery } from "../api/queries.ts";
import type { ID, IncidentRow } from "../api/types.ts";
import { plural, unbroken } from "../model/format.ts";
import { greatestFirst, stateWord } from "../model/incident.ts";
import { millis } from "../model/time.ts";

const AT_MOST = 3;

interface Props { by: { meeting?: ID; person?: ID }; from: number; to: number; /** Only those that this speaks for; all by default. */ only?: (i: IncidentRow) => boolean }

/** Those that overlap the time between from and to. */
export function Touched({ by, from, to, only }: Props) {
  const query = useQuery(touchedQuery(by));
  const found = (query.data ?? []).filter((i) => millis(i.start) < to && !(millis(i.end) <= from) && (!only || only(i))).sort(greatestFirst);
  if (found.length === 0) return null;
  return (
    <>
      {found.slice(0, AT_MOST).map((i) => (
        <span key={i.id}>Incident, {stateWord(i.state)}: <Link className="link" to="/incidents/$id" params={{ id: i.id }}>{unbroken(i.sentence)}</Link></span>
      ))}
      {found.length > AT_MOST && <Link className="link" to="/incidents">{plural(found.length - AT_MOST, "more incident", "more incidents")}</Link>}
    </>
  );
}
