// What was usual for the others in a mock meeting, as the API tells it: medians over people, minute by minute.
import type { Column, Peers, PeerSeries } from "../src/api/types.ts";
import { World, type Meeting, type Seat } from "./world.ts";

const MINUTE = 60_000;
const LEAST = 3;

export function peers(world: World, m: Meeting, s: Seat, now: number): Peers {
  const others = m.seats.filter((x) => !x.external && x.person !== s.person);
  const from = Math.floor(s.join / MINUTE) * MINUTE;
  const to = Math.min(now, s.leave);
  const streams = World.WIRES.flatMap((wire): PeerSeries[] => {
    const at: number[] = [];
    const people: number[] = [];
    const metrics: Record<string, Column> = {};
    for (let t = from; t < to; t += MINUTE) {
      const reports = others.filter((x) => x.join <= t && x.leave > t).map((x) => world.report(x, wire, t + MINUTE / 2)).filter((r) => r !== undefined);
      if (reports.length === 0) continue;
      for (const name of Object.keys(reports[0] ?? {})) (metrics[name] ??= at.map(() => null)).push(median(reports.flatMap((r) => r[name] ?? [])));
      at.push(t);
      people.push(reports.length);
    }
    return at.length > 0 ? [{ ...World.describe(wire), at, people, metrics }] : [];
  });
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), people: new Set(others.map((x) => x.person)).size, least: LEAST, streams };
}

function median(values: readonly number[]): number | null {
  if (values.length < LEAST) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
  return Math.round(middle * 100) / 100;
}
