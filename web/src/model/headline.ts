// The first line of the product. An open incident is what matters, whoever is bad at this second: it comes first, greatest first,
// and leads to its evidence. How many people are bad and poor now follows.
import type { CellRef, IncidentRow, OverviewNow } from "../api/types.ts";
import { capital, count } from "./format.ts";
import { greatestFirst } from "./incident.ts";
import { overviewVerdict } from "./overview.ts";
import { cutOffVerdict } from "./stopped.ts";
import type { Piece, Verdict } from "./verdict.ts";

/**
 * What matters now. Incidents of one person alone are left to the count of people; the sentence of one is the API's own. Where the
 * counts stand beside it in large figures, it is brief: the incident alone. Where Zoom fell silent nothing of this is known.
 */
export function headline(now: OverviewNow, open: readonly IncidentRow[], brief = false): Verdict {
  const cutOff = cutOffVerdict(now);
  if (cutOff) return brief ? { ...cutOff, pieces: cutOff.pieces.filter((p) => !p.to) } : cutOff;
  const shared = open.filter((r) => !r.personal).sort(greatestFirst);
  // One from which nobody suffers any more stands behind those that go on.
  const [first, ...others] = [...shared.filter((r) => !seemsOver(r)), ...shared.filter(seemsOver)];
  if (!first || !now.received) return overviewVerdict(now, true);
  const rest = overviewVerdict(now, !now.groups.some((g) => g.cell && sameCell(g.cell, first.cell)));
  const one = others.length === 0;
  const lead = seemsOver(first) ? (one ? "One problem seems over: " : `${count(shared.length)} problems seem over, the greatest: `) : one ? "One problem matters: " : `${count(shared.length)} problems are open, the greatest: `;
  const pieces: Piece[] = [
    { text: lead }, { text: one ? first.sentence : capital(first.sentence), strong: true, incident: first.id }, { text: `${nowWords(first)}.` },
    ...(brief ? [] : [{ text: " " }, ...rest.pieces.map((p) => ({ text: p.text }))]),
  ];
  if (seemsOver(first)) return { grade: rest.grade, pieces };
  return { grade: rest.grade === "bad" || first.severity !== "minor" ? "bad" : "poor", pieces };
}

const seemsOver = (r: IncidentRow): boolean => r.now !== undefined && r.now.of > 0 && r.now.bad === 0;

const sameCell = (a: CellRef, b: CellRef): boolean => a.scope === b.scope && a.name === b.name && a.site?.id === b.site?.id;

/** How those are now whom an incident reached: ", easing: 6 of 40 poor or bad now". It eases where half of the worst share or less is left. */
export function nowWords(r: IncidentRow): string {
  if (!r.now || r.now.of === 0) return "";
  const { bad, of } = r.now;
  if (bad === 0) return `, none of ${count(of)} poor or bad now`;
  return `, ${2 * bad * r.inside.of <= r.inside.bad * of ? "easing: " : ""}${count(bad)} of ${count(of)} poor or bad now`;
}
