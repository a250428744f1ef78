// The first line of the product. An open incident is what matters, whoever is bad at this second: it comes first, greatest first,
// and leads to its evidence. How many people are bad and poor now follows.
import type { IncidentRow, OverviewNow } from "../api/types.ts";
import { capital, count } from "./format.ts";
import { greatestFirst } from "./incident.ts";
import { overviewVerdict } from "./overview.ts";
import type { Piece, Verdict } from "./verdict.ts";

/**
 * What matters now. Incidents of one person alone are left to the count of people; the sentence of one is the API's own. Where the
 * counts stand beside it in large figures, it is brief: the incident alone.
 */
export function headline(now: OverviewNow, open: readonly IncidentRow[], brief = false): Verdict {
  const [first, ...others] = open.filter((r) => !r.personal).sort(greatestFirst);
  if (!first || !now.received) return overviewVerdict(now, true);
  const rest = overviewVerdict(now, false);
  const lead = others.length === 0 ? "One problem matters: " : `${count(others.length + 1)} problems matter, the greatest: `;
  const pieces: Piece[] = [
    { text: lead }, { text: others.length === 0 ? first.sentence : capital(first.sentence), strong: true, incident: first.id }, { text: `${nowWords(first)}.` },
    ...(brief ? [] : [{ text: " " }, ...rest.pieces.map((p) => ({ text: p.text }))]),
  ];
  return { grade: rest.grade === "bad" || first.severity !== "minor" ? "bad" : "poor", pieces };
}

/** How those are now whom an incident reached: ", easing: 6 of 40 poor or bad now". Half of the worst moment or less is easing. */
export function nowWords(r: IncidentRow): string {
  if (!r.now || r.now.of === 0) return "";
  const { bad, of } = r.now;
  const easing = bad * 2 <= r.inside.bad ? "easing: " : "";
  return `, ${easing}${bad === 0 ? "none" : count(bad)} of ${count(of)} poor or bad now`;
}
