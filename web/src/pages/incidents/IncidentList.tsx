// The incidents, by cause: what is open, then what is over. Lines stay where they are under the pointer and the focus.
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { IncidentRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { inSentence, isCause, ofPeople, wayWord } from "../../model/cause.ts";
import { capital, count, metricWord, plural, unbroken } from "../../model/format.ts";
import { durationOf, listOf, type ListEntry } from "../../model/incident.ts";
import { millis, span } from "../../model/time.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { HeldList } from "../../ui/HeldList.tsx";
import { Time } from "../../ui/Time.tsx";
import { SeverityMark, StateChip } from "./Marks.tsx";

interface Props { open: readonly IncidentRow[]; past: readonly IncidentRow[]; noneOpen: boolean; filterKey: string }

export function IncidentList({ open, past, noneOpen, filterKey }: Props) {
  const wanted = useMemo(() => listOf(open, past), [open, past]);
  const rows = useMemo(() => [...past, ...open], [open, past]);
  return (
    <HeldList wanted={wanted} rows={rows} filterKey={filterKey} what={["incident", "incidents"]} foot={[open.length > 0 ? `${plural(open.length, "incident", "incidents")} open` : "", past.length > 0 ? `${count(past.length)} over` : ""].filter(Boolean).join(", ")}>
      {(lines, rowOf) => (
        <>
          {noneOpen && <div className="none-open">An incident is bad minutes of several people that share one cause, or of one person when they last.</div>}
          {grouped(lines).map(({ section, causes }) => (
            <section key={section} aria-label={section === "open" ? "Open" : "Over"}>
              <h2 className="section">{section === "open" ? "Open" : "Over, in the last 24 hours"} <span className="t3">{count(causes.reduce((n, c) => n + c.ids.length, 0))}</span></h2>
              {causes.map(({ cause, ids }) => (
                <div className="group" key={cause}>
                  <h3><CauseMark cause={cause} /></h3>
                  <ul>{ids.map((id) => { const row = rowOf(id); return row && <Row key={id} row={row} />; })}</ul>
                </div>
              ))}
            </section>
          ))}
        </>
      )}
    </HeldList>
  );
}

interface Section { section: "open" | "past"; causes: { cause: NonNullable<ListEntry["cause"]>; ids: string[] }[] }

function grouped(lines: readonly ListEntry[]): Section[] {
  const sections: Section[] = [];
  for (const l of lines) {
    if (l.kind === "section") sections.push({ section: l.section, causes: [] });
    else if (l.kind === "cause" && l.cause) sections.at(-1)?.causes.push({ cause: l.cause, ids: [] });
    else if (l.id) sections.at(-1)?.causes.at(-1)?.ids.push(l.id);
  }
  return sections;
}

function Row({ row }: { row: IncidentRow }) {
  const now = useNow();
  return (
    <li className="inc" data-id={row.id}>
      <span className="sv"><SeverityMark severity={row.severity} /></span>
      <span className="what">
        <Link className="stretch m" to="/incidents/$id" params={{ id: row.id }}>{capital(unbroken(row.sentence))}</Link>
        <span className="t3 f12 clip">
          {row.personal ? (row.causeless ? "one person, cause unknown: nobody is alerted" : "one person") : <>{ofPeople(row.inside)} here, {ofPeople(row.elsewhere)} elsewhere</>}
          {[row.metric ? metricWord(row.metric) : "", row.direction ? wayWord(row.direction) : ""].filter(Boolean).map((word, k) => <span key={word}>{k === 0 ? " · " : " "}{word}</span>)}
          {row.cause === "unknown" && !row.personal && row.candidates && ` · may be ${row.candidates.filter(isCause).map(inSentence).join(" or ")}`}
        </span>
      </span>
      <span className="ppl r"><b>{count(row.affected)}</b> <span className="t3 f12">{row.affected === 1 ? "person" : "people"}</span></span>
      <span className="mins r t2" title="Poor and bad participant-minutes because of it">{count(row.minutes)} <span className="t3 f12">min poor or bad</span></span>
      <span className="dur r"><b className="m">{span(durationOf(row, now))}</b><span className="t3 f12"><Time at={millis(row.start)} />{row.end && <>–<Time at={millis(row.end)} show="clock" /></>}</span></span>
      <span className="st"><StateChip state={row.state} /></span>
    </li>
  );
}
