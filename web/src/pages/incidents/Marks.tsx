// What an incident is like, in shape and word: how much it matters, and where it is in its life. No colour: that is for grades.
import type { IncidentRow } from "../../api/types.ts";
import { severityRank, stateHint, stateWord } from "../../model/incident.ts";

export function SeverityMark({ severity }: { severity: IncidentRow["severity"] }) {
  const rank = severityRank(severity);
  return (
    <span className="severity" title="By people times minutes, or by how many suffer at once">
      <svg viewBox="0 0 20 12" aria-hidden="true">{[1, 2, 3].map((n) => <rect key={n} x={(n - 1) * 7} y={9 - n * 3} width="5" height={3 + n * 3} rx="1" className={n <= rank ? "on" : "off"} />)}</svg>
      <span>{severity || "–"}</span>
    </span>
  );
}

export function StateChip({ state }: { state: IncidentRow["state"] }) {
  return <span className={`chip state s-${state}`} title={stateHint(state)}><i aria-hidden="true" />{stateWord(state)}</span>;
}
