// The mock world's incidents: what is bad now in Lyon, in Gdynia and at two desks, and what was in the last day.
import type { CellRef, IncidentDetail, IncidentLine, IncidentRow } from "../src/api/types.ts";
import { id } from "./random.ts";
import { ACCOUNT, type World } from "./world.ts";

const MINUTE = 60_000;

type Plan = Pick<IncidentRow, "cause" | "severity" | "state" | "cell" | "confidence" | "inside" | "elsewhere"> & {
  key: string; place: string; from: number; to?: number; evidence?: string; candidates?: IncidentRow["candidates"]; direction?: IncidentRow["direction"]; metric?: IncidentRow["metric"]; merged?: string;
  affected?: number; minutes?: number; who?: (cause: string, person: string) => boolean;
};

/** A name that must stay text. */
export const HOSTILE = "<img src=x onerror=alert(1)> & Söhne";

const site = (world: World, name: string) => ({ id: world.siteId(name), name });

function plans(world: World): Plan[] {
  const person = (name: string): CellRef => ({ scope: "person", person: { id: id(`person ${name}`), name } });
  const lone = { bad: 1, of: 1 };
  return [
    { key: "lyon", cause: "isp", severity: "critical", state: "open", cell: { scope: "isp", name: "Arvel Fibre" }, place: "carrier Arvel Fibre", from: -26, confidence: 93, inside: { bad: 41, of: 44 }, elsewhere: { bad: 7, of: 1240 },
      direction: "send", metric: "loss_avg_pct", evidence: "41 of 44 people on Arvel Fibre sent badly since 09:41; 7 of 1240 elsewhere. Caused by the carrier.", who: (c) => c === "isp" },
    { key: "lyon before", cause: "isp", severity: "major", state: "closed", cell: { scope: "isp", name: "Arvel Fibre" }, place: "carrier Arvel Fibre", from: -4 * 1440 - 20, to: -4 * 1440 - 11, confidence: 88, inside: { bad: 19, of: 40 }, elsewhere: { bad: 4, of: 1190 },
      direction: "send", metric: "loss_avg_pct", evidence: "19 of 40 people on Arvel Fibre sent badly; 4 of 1190 elsewhere. Caused by the carrier.", affected: 22, minutes: 131, who: () => false },
    { key: "gdynia", cause: "wifi", severity: "major", state: "open", cell: { scope: "site-wifi", site: site(world, "Gdynia") }, place: "Wi-Fi of Gdynia", from: -15, confidence: 84, inside: { bad: 6, of: 9 }, elsewhere: { bad: 30, of: 1275 },
      direction: "send", metric: "rssi_avg_dbm", evidence: "6 of 9 people on the Wi-Fi in Gdynia sent badly since 09:52; 30 of 1275 elsewhere. Most likely the Wi-Fi there.", who: (c) => c === "wifi" },
    { key: "busy", cause: "device", severity: "minor", state: "open", cell: person("Tomas Ilvarsson"), place: "Tomas Ilvarsson, own computer or headset", from: -34, confidence: 91, inside: lone, elsewhere: { bad: 48, of: 1283 }, metric: "cpu_system_max_pct", affected: 1, minutes: 19, who: (_, p) => p === "Tomas Ilvarsson" },
    { key: "odd", cause: "unknown", severity: "minor", state: "open", cell: person("Renske Adeyemi"), place: "Renske Adeyemi, cause unknown: isp or local-network", from: -22, confidence: 31, candidates: ["isp", "local-network"], inside: lone, elsewhere: { bad: 48, of: 1283 }, direction: "send", metric: "loss_avg_pct", affected: 1, minutes: 11, who: (_, p) => p === "Renske Adeyemi" },
    { key: "bergen", cause: "local-network", severity: "major", state: "quiet", cell: { scope: "subnet", name: "10.61.0.0/24", site: site(world, "Bergen") }, place: "network 10.61.0.0/24 in Bergen", from: -58, to: -7, confidence: 81, inside: { bad: 5, of: 7 }, elsewhere: { bad: 11, of: 1270 }, evidence: "5 of 7 people on 10.61.0.0/24 in Bergen had trouble both ways since 09:09; 11 of 1270 elsewhere. Most likely the network there.", affected: 7, minutes: 88, who: (_, p) => p.startsWith("W") || p.startsWith("L") },
    { key: "frankfurt", cause: "zoom-edge", severity: "critical", state: "closed", cell: { scope: "data-center", name: "EU (Frankfurt)" }, place: "Zoom data centre EU (Frankfurt)", from: -305, to: -288, confidence: 96, inside: { bad: 118, of: 311 }, elsewhere: { bad: 9, of: 973 }, metric: "latency_ms", evidence: "118 of 311 people connected to EU (Frankfurt) received badly since 05:02; 9 of 973 elsewhere. Caused by Zoom's data centre.", direction: "receive", affected: 164, minutes: 1290, who: () => true },
    { key: "vpn", cause: "vpn", severity: "major", state: "closed", cell: { scope: "vpn", name: "pool Rotterdam" }, place: "VPN pool Rotterdam", from: -560, to: -512, confidence: 90, inside: { bad: 14, of: 22 }, elsewhere: { bad: 6, of: 1002 }, evidence: "14 of 22 people behind pool Rotterdam had trouble both ways; 6 of 1002 elsewhere. Caused by the VPN.", affected: 19, minutes: 402, who: (_, p) => p > "S" },
    { key: "hostile", cause: "isp", severity: "minor", state: "no-data", cell: { scope: "isp", name: HOSTILE }, place: `carrier ${HOSTILE}`, from: -700, to: -676, confidence: 77, inside: { bad: 4, of: 5 }, elsewhere: { bad: 3, of: 212 }, evidence: `4 of 5 people on ${HOSTILE} sent badly; 3 of 212 elsewhere. Most likely the carrier.`, affected: 4, minutes: 41, who: (_, p) => p.startsWith("K") },
    { key: "part", cause: "local-network", severity: "minor", state: "merged", cell: { scope: "subnet", name: "10.20.4.0/24", site: site(world, "Lyon") }, place: "network 10.20.4.0/24 in Lyon", from: -25, to: -21, confidence: 66, inside: { bad: 4, of: 6 }, elsewhere: { bad: 20, of: 1270 }, merged: "lyon", affected: 5, minutes: 14, who: (c) => c === "isp" },
  ];
}

const idOf = (key: string) => id(`incident ${key}`);

/** Incidents as rows; those in closed have just ended. */
export function incidentRows(world: World, closed: ReadonlySet<string>, now: number): IncidentRow[] {
  return plans(world).map((p) => rowOf(world, p, closed, now));
}

function rowOf(world: World, p: Plan, closed: ReadonlySet<string>, now: number): IncidentRow {
  const at = (minute: number) => new Date(world.began + minute * MINUTE).toISOString();
  const over = closed.has(idOf(p.key));
  const { people, minutes } = p.affected === undefined ? touched(world, p, now) : { people: Array<string>(p.affected), minutes: p.minutes ?? 0 };
  const inside = p.affected === undefined ? { bad: people.length, of: people.length + 3 } : p.inside;
  const to = over ? at(0) : p.to === undefined ? undefined : at(p.to);
  const clock = (iso: string) => iso.slice(11, 16);
  const words = [p.place, people.length > 1 ? `${people.length} people` : "", to ? `${clock(at(p.from))} to ${clock(to)}` : `since ${clock(at(p.from))}`].filter(Boolean).join(", ");
  return {
    id: idOf(p.key), account: ACCOUNT, sentence: words, cause: p.cause, confidence: p.confidence, cell: p.cell, severity: p.severity, state: over ? "closed" : p.state, start: at(p.from), opened: at(p.from + 2), updated: new Date(now).toISOString(),
    inside, elsewhere: p.elsewhere, affected: people.length, minutes, ...(to ? { end: to } : {}), ...(p.candidates ? { candidates: p.candidates } : {}), ...(p.direction ? { direction: p.direction } : {}), ...(p.metric ? { metric: p.metric } : {}),
    ...(p.cell.scope === "person" ? { personal: true } : {}), ...(p.cell.scope === "person" && p.cause === "unknown" ? { causeless: true } : {}), ...(p.merged ? { merged_into: idOf(p.merged) } : {}),
  };
}

// Who of the running meetings has minutes with the incident's cause.
function touched(world: World, p: Plan, now: number): { people: string[]; meetings: string[]; minutes: number } {
  const people = new Map<string, number>();
  const meetings = new Map<string, number>();
  for (const m of world.meetings.filter((x) => world.isLive(x, now))) {
    for (const s of m.seats.filter((x) => !x.external)) {
      const n = world.minutes(s, now).filter((x) => x.grade === "bad" && p.who?.(x.cause?.cause ?? "", s.person)).length;
      if (n === 0) continue;
      people.set(s.person, (people.get(s.person) ?? 0) + n);
      meetings.set(m.id, (meetings.get(m.id) ?? 0) + n);
    }
  }
  const most = (counts: Map<string, number>) => [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  return { people: most(people), meetings: most(meetings), minutes: [...people.values()].reduce((a, b) => a + b, 0) };
}

/** One incident with its page. */
export function incidentDetail(world: World, key: string, closed: ReadonlySet<string>, now: number): IncidentDetail | undefined {
  const p = plans(world).find((x) => idOf(x.key) === key);
  if (!p) return undefined;
  const row = rowOf(world, p, closed, now);
  const hit = touched(world, p, now);
  const known = new Set(world.people().map((x) => x.name));
  const at = (minute: number) => new Date(world.began + minute * MINUTE).toISOString();
  const part = (share: number) => ({ bad: Math.max(1, Math.round(row.inside.bad * share)), of: row.inside.of });
  const evidence = p.evidence?.replace(`${p.inside.bad} of ${p.inside.of}`, `${row.inside.bad} of ${row.inside.of}`).replace(/ since \d\d:\d\d/, ` since ${(row.start ?? "").slice(11, 16)}`);
  const timeline: IncidentLine[] = [{ at: at(p.from + 2), what: "opened", inside: part(0.35), cause: p.cause === "isp" ? "local-network" : p.cause, cell: p.cell }];
  if (p.inside.of > 1) timeline.push({ at: at(p.from + 3.4), what: "grew", inside: part(0.75) });
  if (p.key === "lyon") timeline.push({ at: at(p.from + 4), what: "renamed", inside: part(0.8), cause: "isp", cell: p.cell }, { at: at(p.from + 5), what: "joined", inside: part(0.9), other: idOf("part") }, { at: at(p.from + 7), what: "grew", inside: part(1) });
  if (row.end) timeline.push(p.merged ? { at: row.end, what: "ended", inside: part(0.6), other: idOf(p.merged) } : { at: row.end, what: row.state === "no-data" ? "ended" : "calmed", inside: { bad: 0, of: p.inside.of } });
  if (row.state === "closed" && row.end) timeline.push({ at: new Date(Date.parse(row.end) + 10 * MINUTE).toISOString(), what: "ended", inside: { bad: 0, of: p.inside.of } });
  return {
    ...row, ...(evidence ? { evidence } : {}), timeline, people: hit.people.slice(0, 500).map((name) => (known.has(name) ? { id: id(`person ${name}`), name } : { name })),
    meetings: hit.meetings.slice(0, 50).map((m) => { const found = world.meetings.find((x) => x.id === m); return { id: m, topic: found?.topic ?? "", start: new Date(found?.start ?? 0).toISOString() }; }),
  };
}
