// The mock world's alerts: what fires because of its incidents and beside them, silences, rules and receivers. What a page
// changes is kept until the next reset.
import type { AlertDetail, AlertLine, AlertMatcher, AlertReceiver, AlertRow, AlertRule, AlertSilence, BackTest, Rule } from "../src/api/types.ts";
import { HOSTILE, incidentDetail, incidentRows } from "./incidents.ts";
import { Maintenances } from "./maintenance.ts";
import { id } from "./random.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (at: number) => new Date(at).toISOString();

const DEFAULTS: readonly Rule[] = [
  { name: "Incident", kind: "incident", people: 3, about: "Several people are in trouble for one reason: a site, a provider, a data centre, a version." },
  { name: "PersonalIncident", kind: "incident", personal: true, severity: "info", disabled: true, about: "One person's own device, Wi-Fi or line is worse than usual for a quarter of an hour. Off at first." },
  { name: "MeetingBad", kind: "share", per: "meeting", window: "10m", share_pct: 40, people: 8, about: "A large meeting goes badly for most, and no incident says why." },
  { name: "SiteBad", kind: "share", per: "site", window: "15m", share_pct: 30, people: 10, about: "A place goes badly for many, and no incident says why." },
  { name: "PhoneQuality", kind: "phone", window: "30m", mos: 3.2, calls: 8, about: "Many calls in half an hour sound bad (MOS under 3.2)." },
  { name: "BudgetBurn", kind: "burn", per: "everything", objective_pct: 95, people: 20, burns: [{ long: "1h", short: "5m", factor: 8 }, { long: "6h", short: "30m", factor: 4 }], about: "The month's budget of poor and bad minutes is used up far too fast." },
  { name: "CertificateEnds", kind: "absence", what: "certificate", about: "Zoom stops delivering when the certificate has ended." },
  { name: "NewClientVersion", kind: "version", severity: "info", people: 3, about: "A client version that was never seen is in use by several people." },
];
const FILE: readonly Rule[] = [{ name: "Board", kind: "person", minutes: 3, severity: "critical", scope: { groups: ["board"] } }];
const RECEIVERS: readonly string[] = ["noc", "on-call"];

interface Kept { row: AlertRow; timeline: AlertLine[] }

export class Alerts {
  receivers = true;
  #acks = new Map<string, { at: string; who: string; comment: string }>();
  #silences: AlertSilence[] = [];
  #typed = new Map<string, Rule>();
  readonly #maintenance: Maintenances;
  #extra = 0;
  readonly #world: World;
  readonly #over: ReadonlySet<string>;

  constructor(world: World, over: ReadonlySet<string>) {
    this.#world = world;
    this.#over = over;
    this.#maintenance = new Maintenances(world);
    this.reset();
  }

  reset(): void {
    this.receivers = true;
    this.#acks.clear();
    this.#typed.clear();
    this.#maintenance.reset();
    this.#extra = 0;
    const at = this.#world.began;
    this.#silences = [
      { id: "s-gdynia", state: "active", matchers: [{ name: "alertname", value: "Incident" }, { name: "site", value: "Gdynia" }], starts: iso(at - 30 * MINUTE), ends: iso(this.#world.now() + 3 * 60 * MINUTE), by: "n.crowhurst", comment: "New access points until noon, ticket 88213" },
      { id: "s-old", state: "expired", matchers: [{ name: "cause", value: "isp|vpn", regex: true }], starts: iso(at - 2 * DAY), ends: iso(at - DAY), by: "admin", comment: HOSTILE },
    ];
  }

  /** One more that fires, worse than all others. */
  raise(): void { this.#extra++; }

  #all(now: number): Kept[] {
    const began = this.#world.began;
    const found: Kept[] = [];
    const keep = (row: Omit<AlertRow, "labels" | "updated" | "state" | "subject_kind"> & Partial<AlertRow>, extra: AlertLine[] = []) => {
      const labels = { alertname: row.rule, alert: row.id, severity: row.severity, kind: row.kind, ...row.labels };
      const ack = this.#acks.get(row.id);
      const whole: AlertRow = { subject_kind: "incident", state: row.ended ? "resolved" : "firing", updated: iso(now), ...row, labels, ...(ack ? { ack } : {}) };
      const by = row.ended ? [] : this.#silences.filter((s) => s.state === "active" && matches(s.matchers, labels)).map((s) => s.id);
      if (by.length > 0) whole.silenced_by = by;
      const told: AlertLine[] = by.length > 0 || row.explained || !this.receivers ? [] : [{ at: iso(Date.parse(row.raised) + 2300), what: "notified", who: "noc", text: "slack[0]" }];
      if (told.length > 0 && row.severity === "critical") told.push({ at: iso(Date.parse(row.raised) + 2900), what: "refused", who: "on-call", text: "pagerduty[0]: unexpected status code 503: try again later" });
      const end: AlertLine[] = row.ended ? [{ at: row.ended, what: "cleared" }] : [];
      found.push({ row: { ...whole, ...(told.length > 0 ? { told: ["noc"] } : {}) }, timeline: [{ at: row.raised, what: "raised", text: row.severity }, ...told, ...extra, ...(ack ? [{ at: ack.at, what: "acknowledged" as const, who: ack.who, text: ack.comment }] : []), ...end] });
    };
    for (const i of incidentRows(this.#world, this.#over, now)) {
      if (i.cell.scope === "person" || i.state === "no-data" || i.state === "merged") continue;
      const evidence = incidentDetail(this.#world, i.id, this.#over, now)?.evidence;
      const site = i.cell.site?.name;
      const severity = i.severity === "critical" ? "critical" : i.severity === "major" ? "warning" : "info";
      keep({
        id: id(`alert ${i.id}`), rule: "Incident", kind: "incident", severity, title: i.sentence, ...(evidence ? { evidence } : {}), raised: i.opened ?? i.start ?? iso(began), ...(i.start ? { began: i.start } : {}), ...(i.end ? { ended: i.end } : {}), incident: i.id, subject: i.id,
        cause: i.cause, inside: i.inside, elsewhere: i.elsewhere, affected: i.affected, minutes: i.minutes, labels: { role: "cause", incident: i.id, cause: i.cause, scope: i.cell.scope, ...(site ? { site } : {}), ...(i.cell.name ? { subject: i.cell.name } : {}) },
      }, i.affected > 20 && i.opened ? [{ at: iso(Date.parse(i.opened) + 2 * MINUTE), what: "grew", text: `${i.affected} people` }] : []);
    }
    const lyon = incidentRows(this.#world, this.#over, now).find((i) => i.severity === "critical");
    const meeting = this.#world.meetings.find((m) => this.#world.isLive(m, now));
    if (meeting && lyon) keep({ id: id("alert meeting"), rule: "MeetingBad", kind: "share", severity: "warning", title: `Meeting ${HOSTILE}: 44 % of participant-minutes are bad, 9 of 19 people, since 09:44 UTC`, evidence: "71 bad participant-minutes; the rule begins at 40 %.", raised: iso(began - 20 * MINUTE), began: iso(began - 24 * MINUTE), subject_kind: "meeting", subject: meeting.id, incident: lyon.id, explained: true, inhibited: true, affected: 9, minutes: 71, inside: { bad: 9, of: 19 }, labels: { role: "symptom", incident: lyon.id } });
    keep({ id: id("alert certificate"), rule: "CertificateEnds", kind: "absence", severity: "warning", title: "A certificate ends in 9 days: earshot.example.com", raised: iso(began - 5 * 60 * MINUTE), subject_kind: "health", labels: { subject: "certificate/earshot.example.com" } });
    keep({ id: id("alert old version"), rule: "NewClientVersion", kind: "version", severity: "info", title: "Zoom client 6.6.11 is new here, with 4 people", raised: iso(began - 3 * DAY), ended: iso(began - 3 * DAY + 40 * MINUTE), subject_kind: "client-version", affected: 4, labels: { subject: "6.6.11" } });
    for (let k = 0; k < this.#extra; k++) keep({ id: id(`alert raised ${k}`), rule: "BudgetBurn", kind: "burn", severity: "critical", title: "All meetings: the budget of poor and bad minutes is used up 9.2 times too fast", evidence: "840 poor or bad participant-minutes of 4000 people in the last 1h; the rule begins at 8 times.", raised: iso(now), subject_kind: "everything", affected: 4000, minutes: 840, labels: {} });
    return found;
  }

  /** Answers below /api/v1/alert…; undefined when there is no such address. */
  answer(method: string, url: URL, body: unknown, who: { user: string; role: string }): unknown {
    const now = this.#world.now();
    const [kind = "", key = "", part = ""] = url.pathname.slice("/api/v1/".length).split("/").map(decodeURIComponent);
    const reads = method === "GET" || kind === "alert-backtests" || part === "preview" || key === "preview";
    if (!reads && who.role !== "admin") throw new Refusal(403, "Only admins change this; with EARSHOT_API_TOKEN alerts can be silenced and acknowledged.");
    if (kind === "alert-maintenance") return this.#maintenance.answer(method, key, body, who.user, this.#rules(), this.#all(now).map((k) => k.row));
    switch (`${method} ${kind}`) {
      case "GET alerts": return key === "" ? this.#list(url, now) : this.#one(key, now);
      case "POST alerts": return this.#ack(key, (body as { comment?: string }).comment ?? "", who.user, now);
      case "GET alert-rules": return { items: this.#rules() };
      case "PUT alert-rules": return this.#put(body as Rule);
      case "DELETE alert-rules": return this.#typed.delete(key) ? { ok: true } : undefined;
      case "POST alert-backtests": return backTests(body as { rules: Rule[]; days: number }, now);
      case "GET alert-silences": return { items: this.#silences.toSorted((a, b) => Number(b.state === "active") - Number(a.state === "active")) };
      case "POST alert-silences": return key === "preview" ? { items: this.#matching((body as { matchers: AlertMatcher[] }).matchers, now) } : this.#silence(body as { matchers: AlertMatcher[]; duration_minutes: number; comment: string }, who.user, now);
      case "DELETE alert-silences": return this.#end(key, now);
      case "GET alert-receivers": return { items: this.receivers ? receivers(now) : [] };
      case "POST alert-receivers": return { items: key === "noc" ? [{ integration: "slack[0]", ok: true, took_ms: 182 }] : [{ integration: "pagerduty[0]", ok: false, error: "unexpected status code 503: try again later", took_ms: 912 }] };
      default: return undefined;
    }
  }

  #list(url: URL, now: number): unknown {
    const get = (name: string) => url.searchParams.get(name) ?? "";
    const rows = this.#all(now).map((k) => k.row);
    const touches = (r: AlertRow): boolean => {
      const incident = r.incident ? incidentDetail(this.#world, r.incident, this.#over, now) : undefined;
      const about = (wanted: string, of: readonly { id?: string }[] = []) => wanted === "" || r.subject === wanted || of.some((x) => x.id === wanted);
      return about(get("meeting"), incident?.meetings) && about(get("person"), incident?.people);
    };
    const items = get("state") === "past" ? rows.filter((r) => touches(r) && (!get("from") || r.raised >= get("from")) && (!get("rule") || r.rule === get("rule")) && (!get("incident") || r.incident === get("incident"))) : rows.filter((r) => r.state === "firing");
    return { items: items.toSorted((a, b) => (a.raised < b.raised ? 1 : -1)), next_cursor: "" };
  }

  #one(key: string, now: number): AlertDetail | undefined {
    const found = this.#all(now).find((k) => k.row.id === key);
    return found && { ...found.row, timeline: found.timeline.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) };
  }

  #ack(key: string, comment: string, who: string, now: number): unknown {
    if (!this.#one(key, now)) return undefined;
    this.#acks.set(key, { at: iso(now), who, comment });
    return { ok: true };
  }

  #matching(matchers: AlertMatcher[], now: number): AlertRow[] {
    return this.#all(now).map((k) => k.row).filter((r) => r.state === "firing" && matches(matchers, r.labels));
  }

  #silence(s: { matchers: AlertMatcher[]; duration_minutes: number; comment: string }, by: string, now: number): unknown {
    matches(s.matchers, {});
    const made: AlertSilence = { id: `s-${this.#silences.length}`, state: "active", matchers: s.matchers, starts: iso(now), ends: iso(now + s.duration_minutes * MINUTE), by, comment: s.comment };
    this.#silences.push(made);
    return { id: made.id };
  }

  #end(key: string, now: number): unknown {
    const found = this.#silences.find((s) => s.id === key);
    if (!found) return undefined;
    Object.assign(found, { state: "expired", ends: iso(now) });
    return { ok: true };
  }

  #rules(): AlertRule[] {
    const under = [...DEFAULTS.map((r) => ({ ...r, origin: "default" as const })), ...FILE.map((r) => ({ ...r, origin: "file" as const }))];
    const rows = under.map((r): AlertRule => { const t = this.#typed.get(r.name); return t ? { ...t, origin: "typed", who: "admin", changed: iso(this.#world.now()), hides: true, replayable: replayable(t) } : { ...r, replayable: replayable(r) }; });
    const own = [...this.#typed.values()].filter((t) => !under.some((r) => r.name === t.name)).map((t): AlertRule => ({ ...t, origin: "typed", who: "admin", changed: iso(this.#world.now()), replayable: replayable(t) }));
    const raised = this.#all(this.#world.now()).map((k) => k.row);
    return [...rows, ...own].map((r) => {
      const of = raised.filter((x) => x.rule === r.name).map((x) => x.raised).sort();
      const last = of.at(-1);
      return last ? { ...r, last_fired: last, fired_times: of.length } : r;
    });
  }

  #put(rule: Rule): unknown {
    check(rule, "body.");
    this.#typed.set(rule.name, rule);
    return { ok: true };
  }
}

const replayable = (r: Rule) => r.kind !== "absence" && r.kind !== "promql";

// A part of what the server checks: enough to see where a page says it.
function check(r: Rule, prefix: string): void {
  const errors: { message: string; location: string }[] = [];
  const add = (when: boolean, key: string, want: string) => { if (when) errors.push({ message: `want ${want}`, location: prefix + key }); };
  add(!/^[A-Za-z][\w-]{0,63}$/.test(r.name), "name", "a letter, then at most 63 letters, digits, - and _");
  if (r.kind === "share" || r.kind === "drops") {
    add(!r.share_pct || r.share_pct > 100, "share_pct", "more than 0 and at most 100");
    add(r.clear_pct !== undefined && r.clear_pct >= (r.share_pct ?? 0), "clear_pct", "less than share_pct");
    add(/^[4-9]\dm$|h|d/.test(r.window ?? ""), "window", "at most 30m; for longer spans use kind burn");
  }
  if (r.kind === "person") add(Object.keys(r.scope ?? {}).length === 0, "scope", "whom it is about: persons, groups, sites or series; everybody's trouble is what incidents are for");
  if (r.kind === "promql") add(true, "kind", "another kind: no PromQL engine runs in this Earshot yet");
  if (errors.length > 0) throw new Refusal(422, "validation failed", errors);
}

function matches(matchers: readonly AlertMatcher[], labels: Record<string, string>): boolean {
  return matchers.every((m) => {
    const value = labels[m.name] ?? "";
    if (!m.regex) return (value === m.value) !== (m.not === true);
    try {
      return new RegExp(`^(?:${m.value})$`).test(value) !== (m.not === true);
    } catch {
      throw new Refusal(422, `The value of ${m.name} is no regular expression: ${m.value}`);
    }
  });
}

function receivers(now: number): AlertReceiver[] {
  return RECEIVERS.map((name) => (name === "noc"
    ? { name, integrations: [{ name: "slack[0]", last_ok: iso(now - 6 * MINUTE) }] }
    : { name, integrations: [{ name: "pagerduty[0]", last_ok: iso(now - DAY), failing_since: iso(now - 12 * MINUTE), failures: 7, error: "unexpected status code 503: try again later" }] }));
}

// The higher the bar of a rule, the less often it fires: enough to compare two.
function backTests({ rules, days }: { rules: Rule[]; days: number }, now: number): { items: BackTest[] } {
  return {
    items: rules.map((r, k) => {
      check(r, rules.length > 1 ? `body.rules[${k}].` : "body.");
      const fired = Math.max(0, Math.round((days / 30) * (34 - (r.share_pct ?? 20) / 2 - (r.people ?? 0) / 2)));
      const at = (n: number) => now - ((n * 2477) % (days * 24)) * 60 * MINUTE;
      const all = [...Array(fired).keys()].map((n) => ({ title: n % 5 === 0 ? "Gdynia" : n % 11 === 0 ? HOSTILE : "Lyon", severity: r.severity ?? "warning", from: iso(at(n)), to: iso(at(n) + (6 + (n % 9)) * MINUTE), affected: 8 + (n % 30) } as const)).sort((a, b) => (a.from < b.from ? 1 : -1));
      const tally = <T>(key: (f: (typeof all)[number]) => T) => [...all.reduce((m, f) => m.set(key(f), (m.get(key(f)) ?? 0) + 1), new Map<T, number>())];
      const sites = tally((f) => (f.title === HOSTILE ? "" : f.title)).sort((a, b) => b[1] - a[1]);
      const where = sites.filter(([s]) => s !== "").map(([s, n]) => `, ${n} in ${s}`).join("");
      return {
        rule: r.name, from: iso(now - days * DAY), to: iso(now), fired, sentence: fired === 0 ? `would not have fired in the last ${days} days` : `would have fired ${fired} times in the last ${days} days${where}`,
        by_site: sites.map(([site, n]) => ({ site, fired: n })), by_day: tally((f) => Math.floor(Date.parse(f.from) / DAY) * DAY).map(([day, n]) => ({ day: iso(day), fired: n })), firings: all.slice(0, 200), took_ms: 412.5, caveats: ["The people of a window are those of its busiest minute."],
      };
    }),
  };
}
