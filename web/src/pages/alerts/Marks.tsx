// What an alert is like, in shape and word: how much it matters, and what became of it. No colour: that is for grades.
import type { AlertRow } from "../../api/types.ts";
import { alertRank, howHint, howOf, howWord, type AlertSeverity } from "../../model/alert.ts";

export function AlertSeverityMark({ severity }: { severity: AlertSeverity }) {
  const rank = alertRank(severity);
  return (
    <span className="severity">
      <svg viewBox="0 0 20 12" aria-hidden="true">{[1, 2, 3].map((n) => <rect key={n} x={(n - 1) * 7} y={9 - n * 3} width="5" height={3 + n * 3} rx="1" className={n <= rank ? "on" : "off"} />)}</svg>
      <span>{severity}</span>
    </span>
  );
}

/** Of one that fires, what became of it; of one that is over, that it is. */
export function AlertChip({ row }: { row: AlertRow }) {
  if (row.state === "resolved") return <span className="chip state s-closed"><i aria-hidden="true" />over</span>;
  const how = howOf(row);
  return <span className={`chip state how-${how}`} title={howHint(how)}><i aria-hidden="true" />{howWord(how)}</span>;
}
