// The mock world's maintenance: one of the file that is over, one of the file every night, and what a page makes. Spans of every
// week are by UTC here: what another clock does is the server's business.
import type { AlertMaintenance, AlertRow, AlertRule, AlertSpan, Maintenance, MaintenancePreview } from "../src/api/types.ts";
import { HOSTILE } from "./incidents.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const iso = (at: number) => new Date(at).toISOString();
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

export class Maintenances {
  readonly #world: World;
  #typed = new Map<string, Maintenance>();

  constructor(world: World) {
    this.#world = world;
  }

  reset(): void { this.#typed.clear(); }

  answer(method: string, key: string, body: unknown, who: string, rules: readonly AlertRule[], alerts: readonly AlertRow[]): unknown {
    const now = this.#world.now();
    if (method === "GET") return { items: [...this.#file().map((m): AlertMaintenance => ({ ...m, ...times(m, now), origin: "file" })), ...[...this.#typed.values()].map((m): AlertMaintenance => ({ ...m, ...times(m, now), origin: "typed", who, changed: iso(now) }))] };
    if (method === "DELETE") return this.#typed.delete(key) ? { ok: true } : undefined;
    const m = body as Maintenance;
    check(m);
    if (method === "POST") return preview(m, now, rules, alerts);
    if (this.#file().some((f) => f.name === m.name)) throw new Refusal(422, "validation failed", [{ message: "want another name: the file of alerts.rules has maintenance of this one, and is where it is changed", location: "body.name" }]);
    this.#typed.set(m.name, m);
    return { ok: true };
  }

  #file(): Maintenance[] {
    const at = this.#world.began;
    return [
      { name: "carrier works", from: iso(at - 3 * DAY), to: iso(at - 3 * DAY + 4 * HOUR), scope: { sites: [HOSTILE] } },
      { name: "nightly backups", days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], start: "01:00", end: "03:30", zone: "UTC", rules: ["BudgetBurn", "SiteBad"] },
    ];
  }
}

function check(m: Maintenance): void {
  const errors: { message: string; location: string }[] = [];
  const add = (when: boolean, key: string, want: string) => { if (when) errors.push({ message: `want ${want}`, location: `body.${key}` }); };
  if (m.from || m.to) {
    add(!(Date.parse(m.from ?? "") < Date.parse(m.to ?? "")), "to", "a time after from");
  } else {
    add(!CLOCK.test(m.start ?? ""), "start", "a time of day such as 22:00");
    add(!CLOCK.test(m.end ?? ""), "end", "a time of day such as 04:00");
    add(!["", "UTC", ...Intl.supportedValuesOf("timeZone")].includes(m.zone ?? ""), "zone", "an IANA zone such as Europe/Paris");
  }
  if (errors.length > 0) throw new Refusal(422, "validation failed", errors);
}

function spans(m: Maintenance, from: number, to: number): AlertSpan[] {
  if (m.from && m.to) return Date.parse(m.from) < to && Date.parse(m.to) > from ? [{ from: m.from, to: m.to }] : [];
  const ms = (text = "") => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * 60_000;
  const found: AlertSpan[] = [];
  for (let day = Math.floor(from / DAY) * DAY - DAY; day < to; day += DAY) {
    const weekday = WEEKDAYS[new Date(day).getUTCDay()];
    const [begin, end] = [day + ms(m.start), day + ms(m.end) + (ms(m.end) <= ms(m.start) ? DAY : 0)];
    if (weekday && (!m.days?.length || m.days.includes(weekday)) && begin < to && end > from) found.push({ from: iso(begin), to: iso(end) });
  }
  return found;
}

function times(m: Maintenance, now: number): Pick<AlertMaintenance, "running" | "next" | "last"> {
  const next = spans(m, now, now + 60 * DAY).slice(0, 5);
  const last = spans(m, now - 30 * DAY, now).filter((s) => Date.parse(s.to) <= now).at(-1);
  return { next, ...(next[0] && Date.parse(next[0].from) <= now ? { running: true } : {}), ...(last ? { last } : {}) };
}

function preview(m: Maintenance, now: number, rules: readonly AlertRule[], alerts: readonly AlertRow[]): MaintenancePreview {
  const on = rules.filter((r) => !r.disabled);
  const sites = m.scope?.sites ?? [];
  const reached = on.filter((r) => (!m.rules?.length || m.rules.includes(r.name)) && (sites.length === 0 || r.kind === "incident" || r.per === "site"));
  const covered = alerts.filter((a) => !a.explained && reached.some((r) => r.name === a.rule) && (sites.length === 0 || sites.includes(a.labels.site ?? "")));
  const past = spans(m, now - 30 * DAY, now);
  const of = (a: AlertRow) => past.find((s) => s.from <= a.raised && a.raised < s.to);
  const held = covered.filter((a) => of(a));
  const known = new Set(alerts.flatMap((a) => a.labels.site ?? []));
  return {
    ...times(m, now), rules: reached.map((r) => r.name), rules_on: on.length, unknown: [...(m.rules ?? []).filter((w) => !rules.some((r) => r.name === w)), ...sites.filter((w) => !known.has(w))],
    from: iso(now - 30 * DAY), to: iso(now), spans: past.length, covered: covered.length, held: held.length, late: held.filter((a) => !a.ended || a.ended > (of(a)?.to ?? "")).length, newest: held.slice(0, 20),
  };
}
