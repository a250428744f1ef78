// GET /find of the mock: who had that address, MAC, host or name at a time.
import type { FindResult, FoundRow } from "../src/api/types.ts";
import { countGrades, noGrades, rank, worstOf } from "../src/model/grade.ts";
import { soughtKind } from "../src/model/find.ts";
import type { Seat, World } from "./world.ts";

const MINUTE = 60_000;

const ipNumber = (ip: string): number => ip.split(".").reduce((n, o) => n * 256 + Number(o), 0);

/** Whether an address lies in "10.20.4.0/22" or "10.20.*". */
function inside(ip: string, subnet: string): boolean {
  const [base = "", bits] = subnet.split("/");
  if (bits === undefined) return ip.startsWith(base.replace(/\*$/, ""));
  const size = 2 ** (32 - Number(bits));
  return Math.floor(ipNumber(ip) / size) === Math.floor(ipNumber(base) / size);
}

export function find(world: World, url: URL, now: number): FindResult {
  const q = (url.searchParams.get("q") ?? "").trim();
  const asked = Date.parse(url.searchParams.get("at") ?? "");
  const kind = soughtKind(q);
  const limit = Number.isNaN(asked) ? 25 : Number(url.searchParams.get("limit") ?? 100);
  const span = Number(url.searchParams.get("span") ?? 15) * MINUTE;
  const from = Number.isNaN(asked) ? 0 : asked - span;
  const to = Number.isNaN(asked) ? now : asked + span;
  const bare = q.toLowerCase().replaceAll(/[:.-]/g, "");
  const matches = (s: Seat): [string, ReturnType<World["devices"]>[number] | undefined] | undefined => {
    const devices = world.devices(s, now).filter((d, i, all) => Date.parse(d.at) < to && (all[i + 1] === undefined || Date.parse(all[i + 1]?.at ?? "") > from));
    for (const d of devices.toReversed()) {
      const own = [d.internal_ip ?? "", d.public_ip ?? ""];
      const ip = own.find((a) => (kind === "address" ? a === q : kind === "subnet" && inside(a, q)));
      if (ip) return [ip, d];
      if (kind === "mac" && (d.mac ?? "").toLowerCase().replaceAll(":", "").startsWith(bare)) return [(d.mac ?? "").toLowerCase().replaceAll(":", ""), d];
      if (kind === "text" && (d.pc_name ?? "").toLowerCase().startsWith(q.toLowerCase())) return [(d.pc_name ?? "").toLowerCase(), d];
    }
    const email = `${s.person.toLowerCase().replaceAll(/[^a-z]+/g, ".")}@halden.example`;
    if ((kind === "text" && s.person.toLowerCase().includes(q.toLowerCase())) || (kind === "email" && email.includes(q.toLowerCase()))) return ["", devices.at(-1)];
    return undefined;
  };
  const rows: FoundRow[] = [];
  for (const m of world.meetings) {
    for (const s of m.seats) {
      if (s.join >= to || Math.min(s.leave, m.end) < from) continue;
      const hit = matches(s);
      if (!hit) continue;
      const minutes = world.minutes(s, now).filter((x) => Date.parse(x.at) >= from && Date.parse(x.at) < to);
      const counts = countGrades(minutes.map((x) => x.grade));
      const worst = [...minutes].sort((a, b) => rank(b.grade) - rank(a.grade))[0];
      const row: FoundRow = {
        ...world.segment(m, s, now), minutes: minutes.length > 0 ? counts : noGrades(), grade: worstOf(counts), in: { id: m.id, kind: m.kind, live: world.isLive(m, now), start: new Date(m.start).toISOString(), uuid: m.uuid },
        open: Number.isNaN(asked) ? (worst?.at ?? new Date(s.join).toISOString()) : new Date(Math.max(s.join, Math.min(asked, s.leave))).toISOString(),
      };
      if (m.topic) row.in.topic = m.topic;
      if (m.number) row.in.number = m.number;
      if (hit[0]) row.matched = hit[0];
      if (hit[1]) row.device_then = hit[1];
      const cause = minutes.find((x) => x.cause)?.cause?.cause;
      if (cause) row.cause = cause;
      rows.push(row);
    }
  }
  rows.sort(Number.isNaN(asked) ? (a, b) => Date.parse(b.join ?? "") - Date.parse(a.join ?? "") : (a, b) => rank(b.grade) - rank(a.grade) || b.minutes.bad - a.minutes.bad);
  const meetings = world.meetings.filter((m) => m.start < to && m.end > from && ((kind === "text" && m.topic.toLowerCase().includes(q.toLowerCase())) || (kind === "number" && m.number.startsWith(q.replaceAll(/\D/g, "")))));
  const calls = kind === "text" || kind === "number" ? world.calls().filter((c) => Date.parse(c.start ?? "") < to && Date.parse(c.end ?? new Date(now).toISOString()) > from && `${c.caller.name} ${c.callee.name ?? ""}`.toLowerCase().includes(q.toLowerCase())).slice(0, 10) : [];
  const out: FindResult = {
    kind: kind === "uuid" ? "text" : kind, to: new Date(to).toISOString(), items: rows.slice(0, limit), more: rows.length > limit, calls,
    meetings: meetings.slice(0, 20).map((m) => ({ id: m.id, kind: m.kind, topic: m.topic, number: m.number, uuid: m.uuid, start: new Date(m.start).toISOString(), live: world.isLive(m, now) })),
  };
  if (!Number.isNaN(asked)) out.at = new Date(asked).toISOString();
  return out;
}
