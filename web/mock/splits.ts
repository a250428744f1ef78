// Where the mock world's incidents are and where they are not: their own cell, and other ways of parting people that tell less and less.
import type { IncidentClue, IncidentDetail, IncidentSplit, IncidentSplits } from "../src/api/types.ts";
import { HOSTILE } from "./incidents.ts";

const MINUTE = 60_000;

/** Nothing for one person alone; of the hostile one, whose people said nothing more, only its own cell. */
export function incidentSplits(i: IncidentDetail): IncidentSplits {
  if (i.personal) return { people: 0, splits: [], clues: [] };
  const from = Date.parse(i.start ?? "") + 3 * MINUTE;
  const { inside, elsewhere } = i;
  const own: IncidentSplit = { by: byOf(i), cell: i.cell, own: true, inside, elsewhere };
  const base = { from: new Date(from).toISOString(), to: new Date(from + 3 * MINUTE).toISOString(), people: inside.of + elsewhere.of };
  if (i.cell.name === HOSTILE) return { ...base, splits: [own], clues: [] };
  const share = (k: number): IncidentSplit["inside"] => ({ bad: Math.round(inside.bad * k), of: Math.round(inside.of * k) });
  const rest = (k: number) => ({ bad: Math.round(elsewhere.bad * k), of: Math.round(elsewhere.of * k) });
  const others = (a: IncidentSplit["inside"], b: IncidentSplit["inside"]) => ({ bad: a.bad + b.bad, of: a.of + b.of });
  const wired = { by: "network", cell: i.cell, name: "Wired" } as const, wifi = { by: "network", cell: i.cell, name: "Wifi" } as const;
  const splits: IncidentSplit[] = [
    own,
    ...(i.cell.scope === "site-wifi" ? [] : [{ ...wired, inside: share(0.75), elsewhere: rest(0.5) }]),
    { ...wifi, inside: share(i.cell.scope === "site-wifi" ? 1 : 0.25), elsewhere: rest(0.33) },
    ...(i.cell.site ? [{ by: "address", cell: { scope: "site", site: i.cell.site }, name: "198.51.100.24", inside: others(inside, rest(0.01)), elsewhere: rest(0.99) } as const] : []),
    ...(i.cell.scope === "data-center" ? [] : [{ by: "data-center", cell: { scope: "data-center", name: "EU (Frankfurt)" }, inside: others(inside, rest(0.2)), elsewhere: rest(0.8) } as const]),
    { by: "client-version", cell: { scope: "client-version", name: "6.6.11" }, inside: others(share(0.9), rest(0.55)), elsewhere: others(share(0.1), rest(0.45)) },
  ];
  const center = rest(0.2), onWire = share(0.75);
  const clues: IncidentClue[] = [
    { cause: "zoom-edge", holds: "not", text: `${center.bad} of ${center.of} other people on EU (Frankfurt) had it`, count: center },
    { cause: "wifi", holds: "not", text: `${onWire.bad} of ${onWire.of} people on wire had it`, count: onWire },
    { cause: "local-network", holds: "maybe", text: "only 2 other people are in Lyon: too few to tell the two apart", count: { bad: 0, of: 2 } },
  ];
  return { ...base, splits, clues: clues.filter((c) => c.cause !== i.cause) };
}

function byOf(i: IncidentDetail): IncidentSplit["by"] {
  switch (i.cell.scope) {
    case "subnet": case "isp": case "data-center": case "client-version": case "vpn": return i.cell.scope;
    case "site-wifi": return "network";
    default: return "site";
  }
}
