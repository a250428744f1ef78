// The alerts: what fires, worst first, then what is over. Lines stay where they are under the pointer and the focus.
import { Link } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { ALERTS_BACK_DAYS } from "../../api/alerts.ts";
import type { AlertRow } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { alertDuration, alertLines, type AlertEntry } from "../../model/alert.ts";
import { ofPeople } from "../../model/cause.ts";
import { capital, count, plural } from "../../model/format.ts";
import { millis, span } from "../../model/time.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useHeldList } from "../../ui/heldList.ts";
import { Icon } from "../../ui/Icon.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Time } from "../../ui/Time.tsx";
import { AlertChip, AlertSeverityMark } from "./Marks.tsx";

interface Props { firing: readonly AlertRow[]; past: readonly AlertRow[]; more: boolean; filterKey: string }

export function AlertList({ firing, past, more, filterKey }: Props) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const wanted = useMemo(() => alertLines(firing, past), [firing, past]);
  const byId = useMemo(() => new Map([...past, ...firing].map((r) => [r.id, r])), [firing, past]);
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
      {sections(lines).map(({ section, ids }) => (
        <section key={section} aria-label={section === "firing" ? "Firing" : "Over"}>
          <h2 className="section">{section === "firing" ? "Firing" : `Over, in the last ${ALERTS_BACK_DAYS} days`} <span className="t3">{count(ids.length)}</span></h2>
          <ul>{ids.map((id) => { const row = byId.get(id) ?? seen.get(id); return row && <Row key={id} row={row} />; })}</ul>
        </section>
      ))}
      <div className="panel-foot"><span>{plural(firing.length, "alert fires", "alerts fire")}, {count(past.length)} over{more ? "; older ones are left out" : ""}</span><span className="hint"><kbd>j</kbd><kbd>k</kbd> row <kbd>↵</kbd> open</span></div>
      {moved && (
        <div className="held" role="status">
          <Icon name="pause" /><span><b className="m">List held.</b> {fresh > 0 ? `${plural(fresh, "new alert waits", "new alerts wait")}.` : "Its order has changed."}</span>
          <button type="button" className="link" onClick={release}>Show now</button><span className="hint"><kbd>r</kbd></span>
        </div>
      )}
    </div>
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
        <Link className="stretch m" to="/alerts/$id" params={{ id: row.id }}>{capital(row.title)}</Link>
        <span className="t3 f12 clip">
          {[[row.inside && `${ofPeople(row.inside)} here`, row.elsewhere && `${ofPeople(row.elsewhere)} elsewhere`].filter(Boolean).join(", ") || row.evidence, `rule ${row.rule}`, row.told && row.told.length > 0 && `told ${row.told.join(", ")}`, row.ack && `${row.ack.who} has taken it on`].filter(Boolean).join(" · ")}
        </span>
      </span>
      <span className="ppl r">{row.affected ? <><b>{count(row.affected)}</b> <span className="t3 f12">{row.affected === 1 ? "person" : "people"}</span></> : null}</span>
      <span className="dur r"><b className="m">{span(alertDuration(row, now))}</b><span className="t3 f12"><Time at={millis(row.began ?? row.raised)} />{row.ended && <>–<Time at={millis(row.ended)} show="clock" /></>}</span></span>
      <span className="st"><AlertChip row={row} /></span>
    </li>
  );
}
