// The incidents, by cause: what is open, then what is over. Lines stay where they are under the pointer and the focus.
import { Link } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import type { IncidentRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { inSentence, isCause, ofPeople, wayWord } from "../../model/cause.ts";
import { capital, count, metricWord, plural } from "../../model/format.ts";
import { durationOf, listOf, type ListEntry } from "../../model/incident.ts";
import { millis, span } from "../../model/time.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Time } from "../../ui/Time.tsx";
import { SeverityMark, StateChip } from "./Marks.tsx";
import { useHeldList } from "../../ui/heldList.ts";

interface Props { open: readonly IncidentRow[]; past: readonly IncidentRow[]; noneOpen: boolean; filterKey: string }

export function IncidentList({ open, past, noneOpen, filterKey }: Props) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const wanted = useMemo(() => listOf(open, past), [open, past]);
  const byId = useMemo(() => new Map([...past, ...open].map((r) => [r.id, r])), [open, past]);
  const { lines, fresh, moved, release } = useHeldList(wanted, pointed || focused, filterKey);
  const [seen, setSeen] = useState(byId);
  // What has left the answers while its line is held keeps its last words.
  if (seen !== byId && [...byId].some(([id, r]) => seen.get(id) !== r)) setSeen(new Map([...seen, ...byId]));
  useRowKeys(body);
  useKeys({
    r: () => { if (!moved) return false; release(); return true; },
    Escape: () => { if (!focused) return false; (document.activeElement as HTMLElement | null)?.blur(); return true; },
  });
  return (
    <div
      ref={body} onPointerEnter={(e) => { if (e.pointerType === "mouse") setPointed(true); }} onPointerLeave={() => { setPointed(false); }}
      onFocus={() => { setFocused(true); }} onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) setFocused(false); }}
    >
      {noneOpen && <div className="none-open"><b>No incident is open.</b> An incident is bad minutes of several people that share one cause, or of one person when they last.</div>}
      {grouped(lines).map(({ section, causes }) => (
        <section key={section} aria-label={section === "open" ? "Open" : "Over"}>
          <h2 className="section">{section === "open" ? "Open" : "Over, in the last 24 hours"} <span className="t3">{count(causes.reduce((n, c) => n + c.ids.length, 0))}</span></h2>
          {causes.map(({ cause, ids }) => (
            <div className="group" key={cause}>
              <h3><CauseMark cause={cause} /></h3>
              <ul>{ids.map((id) => { const row = byId.get(id) ?? seen.get(id); return row && <Row key={id} row={row} />; })}</ul>
            </div>
          ))}
        </section>
      ))}
      <div className="panel-foot"><span>{plural(open.length, "incident", "incidents")} open, {count(past.length)} over</span><span className="hint"><kbd>j</kbd><kbd>k</kbd> row <kbd>↵</kbd> open</span></div>
      {moved && (
        <div className="held" role="status">
          <Icon name="pause" /><span><b className="m">List held.</b> {fresh > 0 ? `${plural(fresh, "new incident waits", "new incidents wait")}.` : "Its order has changed."}</span>
          <button type="button" className="link" onClick={release}>Show now</button><span className="hint"><kbd>r</kbd></span>
        </div>
      )}
    </div>
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
        <Link className="stretch m" to="/incidents/$id" params={{ id: row.id }}>{capital(row.sentence)}</Link>
        <span className="t3 f12 clip">
          {row.personal ? (row.causeless ? "one person, cause unknown: nobody is alerted" : "one person") : <>{ofPeople(row.inside)} here, {ofPeople(row.elsewhere)} elsewhere</>}
          {[row.metric ? metricWord(row.metric) : "", row.direction ? wayWord(row.direction) : ""].filter(Boolean).map((word, k) => <span key={word}>{k === 0 ? " · " : " "}{word}</span>)}
          {row.cause === "unknown" && !row.personal && row.candidates && ` · may be ${row.candidates.filter(isCause).map(inSentence).join(" or ")}`}
        </span>
      </span>
      <span className="ppl r"><b>{count(row.affected)}</b> <span className="t3 f12">{row.affected === 1 ? "person" : "people"}</span></span>
      <span className="mins r t2">{count(row.minutes)} <span className="t3 f12">bad min</span></span>
      <span className="dur r"><b className="m">{span(durationOf(row, now))}</b><span className="t3 f12"><Time at={millis(row.start)} />{row.end && <>–<Time at={millis(row.end)} show="clock" /></>}</span></span>
      <span className="st"><StateChip state={row.state} /></span>
    </li>
  );
}
