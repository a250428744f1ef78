// The alerts: what fires, worst first, then what is over. Lines stay where they are under the pointer and the focus.
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { ALERTS_BACK_DAYS } from "../../api/alerts.ts";
import type { AlertRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { alertDuration, alertLines, type AlertEntry } from "../../model/alert.ts";
import { ofPeople } from "../../model/cause.ts";
import { capital, count, plural, unbroken } from "../../model/format.ts";
import { millis, span } from "../../model/time.ts";
import { HeldList } from "../../ui/HeldList.tsx";
import { Time } from "../../ui/Time.tsx";
import { AlertChip, AlertSeverityMark } from "./Marks.tsx";

interface Props { firing: readonly AlertRow[]; past: readonly AlertRow[]; more: boolean; filterKey: string }

export function AlertList({ firing, past, more, filterKey }: Props) {
  const wanted = useMemo(() => alertLines(firing, past), [firing, past]);
  const rows = useMemo(() => [...past, ...firing], [firing, past]);
  return (
    <HeldList wanted={wanted} rows={rows} filterKey={filterKey} what={["alert", "alerts"]} foot={`${[firing.length > 0 || past.length === 0 ? plural(firing.length, "alert fires", "alerts fire") : "", past.length > 0 ? `${count(past.length)} over` : ""].filter(Boolean).join(", ")}${more ? "; older ones are left out" : ""}`}>
      {(lines, rowOf) => sections(lines).map(({ section, ids }) => (
        <section key={section} aria-label={section === "firing" ? "Firing" : "Over"}>
          <h2 className="section">{section === "firing" ? "Firing" : `Over, in the last ${ALERTS_BACK_DAYS} days`} <span className="t3">{count(ids.length)}</span></h2>
          <ul>{ids.map((id) => { const row = rowOf(id); return row && <Row key={id} row={row} />; })}</ul>
        </section>
      ))}
    </HeldList>
  );
}

function sections(lines: readonly AlertEntry[]): { section: AlertEntry["section"]; ids: string[] }[] {
  const found: { section: AlertEntry["section"]; ids: string[] }[] = [];
  for (const l of lines) {
    if (l.id === undefined) found.push({ section: l.section, ids: [] });
    else found.at(-1)?.ids.push(l.id);
  }
  return found;
}

function Row({ row }: { row: AlertRow }) {
  const now = useNow();
  return (
    <li className="inc alert-row" data-id={row.id}>
      <span className="sv"><AlertSeverityMark severity={row.severity} /></span>
      <span className="what">
        <Link className="stretch m" to="/alerts/$id" params={{ id: row.id }}>{capital(unbroken(row.title))}</Link>
        <span className="t3 f12 clip">
          {[[row.inside && `${ofPeople(row.inside)} here`, row.elsewhere && `${ofPeople(row.elsewhere)} elsewhere`].filter(Boolean).join(", ") || row.evidence, `rule ${row.rule}`, row.told && row.told.length > 0 && `told ${row.told.join(", ")}`, row.ack && `${row.ack.who} has taken it on`].filter(Boolean).join(" · ")}
        </span>
      </span>
      <span className="ppl r">{row.affected ? <><b>{count(row.affected)}</b> <span className="t3 f12">{row.affected === 1 ? "person" : "people"}</span></> : null}</span>
      <span className="dur r"><b className="m">{span(alertDuration(row, now))}</b><span className="t3 f12"><Time at={millis(row.raised)} />{row.ended && <>–<Time at={millis(row.ended)} show="clock" /></>}</span></span>
      <span className="st"><AlertChip row={row} /></span>
    </li>
  );
}
