// Whether the same place, or the same person, had incidents before: how many, when, how long, from what.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { sameCellQuery, SEEN_AT_MOST } from "../../api/queries.ts";
import type { IncidentDetail, IncidentRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { isCause } from "../../model/cause.ts";
import { count, plural } from "../../model/format.ts";
import { durationOf } from "../../model/incident.ts";
import { millis, span } from "../../model/time.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";

/** More than this fold. */
const FIRST = 3;

export function SeenBefore({ i }: { i: IncidentDetail }) {
  const [all, setAll] = useState(false);
  const query = useQuery(sameCellQuery(i));
  const found = query.data;
  if (i.state === "merged" || !i.start) return null;
  return (
    <section className="panel" aria-label="Seen before">
      <div className="panel-head"><h2>Seen before</h2><span className="sub">in the 30 days before</span></div>
      <Wrong query={query} what="earlier incidents" />
      {!found && !query.error && <div className="panel-body">&nbsp;</div>}
      {found?.length === 0 && <div className="panel-body t2">It is the first {i.personal ? "of this person" : "here"} in 30 days, as far back as is kept.</div>}
      {found && found.length > 0 && (
        <>
          <ul className="rows seen">{found.slice(0, all ? undefined : FIRST).map((row) => <Row key={row.id} row={row} />)}</ul>
          <div className="panel-foot"><span>{found.length === SEEN_AT_MOST ? `the ${SEEN_AT_MOST} latest` : plural(found.length, "incident", "incidents")}</span>{found.length > FIRST && <button type="button" className="link" onClick={() => { setAll(!all); }}>{all ? "Fewer" : "Show all"}</button>}</div>
        </>
      )}
    </section>
  );
}

function Row({ row }: { row: IncidentRow }) {
  const now = useNow();
  return (
    <li title={row.sentence}>
      <span className="what"><Link className="stretch m" to="/incidents/$id" params={{ id: row.id }}><Time at={millis(row.start)} /></Link><span className="t3 f12">{isCause(row.cause) && <CauseMark cause={row.cause} short />}</span></span>
      <span className="nw t2 f12 r">{span(durationOf(row, now))}{!row.personal && <>, {count(row.affected)} {row.affected === 1 ? "person" : "people"}</>}</span>
    </li>
  );
}
