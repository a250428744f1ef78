// The list of sites and everything measured about places and devices: invented, but added up consistently. Edits change it, so that
// a test can give a range to a site, import a file, and see what comes of it.
import type {
  Addresses, Behind, DeviceGroup, Devices, Gear, GradeCount, Measured, Site, SiteChanges, SiteDetail, SiteEntry, SitePlan, SiteSubnets, SiteWeek, Split, TypedSites,
} from "../src/api/types.ts";
import { classified, countGrades, noGrades } from "../src/model/grade.ts";
import { hash, id } from "./random.ts";
import { PLACES, placeOf, type World } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Row { site: string; line: number; typed: boolean }
interface About { zone: string; isp: string; link_mbps: number; vpn: boolean; tags: string[] }

const NOTHING: About = { zone: "", isp: "", link_mbps: 0, vpn: false, tags: [] };
const FEWEST = { people: 10, minutes: 60 };

/** How bad a place is, percent. */
const badness = (name: string): number => ({ Lyon: 7.4, Gdynia: 3.1, "VPN pool Rotterdam": 1.9 })[name] ?? 0.3 + hash(`bad ${name}`) * 0.9;

export function measure(people: number, minutes: number, badPct: number): Measured {
  const bad = Math.round((minutes * badPct) / 100);
  const poor = Math.round(bad * 1.4);
  const fair = Math.round(minutes * 0.06);
  const grades: GradeCount = { ...noGrades(), bad, poor, fair, good: Math.max(0, minutes - bad - poor - fair), unclassified: Math.round(minutes * 0.04) };
  const of = classified(grades);
  const m: Measured = { minutes: grades, people, people_bad: Math.min(people, Math.ceil((people * badPct) / 20)), meetings: Math.ceil(people / 3) };
  if (of > 0) {
    m.bad_pct = Math.round((10_000 * bad) / of) / 100;
    m.ok_pct = Math.round((10_000 * (grades.good + grades.fair)) / of) / 100;
  }
  if (people < FEWEST.people || of < FEWEST.minutes) m.too_few = true;
  return m;
}

/** The list of sites in force. */
export class Places {
  readonly #file = new Map<string, Row>();
  readonly #about = new Map<string, About>();
  #rows: Map<string, Row>;
  #revision = 1;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    PLACES.forEach((p, i) => {
      this.#file.set(p.range, { site: p.name, line: i + 2, typed: false });
      this.#about.set(p.name, { zone: p.zone, isp: p.isp, link_mbps: p.mbps, vpn: p.vpn ?? false, tags: [] });
    });
    this.#rows = new Map(this.#file);
  }

  #names(): string[] { return [...new Set([...this.#rows.values()].map((r) => r.site))]; }

  sites(now: number): Site[] {
    const live = this.#world.meetings.filter((m) => this.#world.isLive(m, now));
    const of = (name: string | undefined) => live.flatMap((m) => m.seats.filter((s) => !s.external && s.leave > now && placeOf(s.person)?.name === name));
    const row = (name: string, place: string | undefined): Site => {
      const here = of(place);
      const people = new Set(here.map((s) => s.person)).size;
      return {
        id: id(`site ${name}`), name, people, target_pct: 95, now: countGrades(here.flatMap((s) => this.#world.minutes(s, now).slice(-1).map((x) => x.grade))),
        today: measure(people * 3, people * 3 * 74, badness(name)), week: measure(people * 4, people * 4 * 410, badness(name) * 0.7),
      };
    };
    const listed = this.#names().map((name): Site => {
      const about = this.#about.get(name) ?? NOTHING;
      const site: Site = { ...row(name, PLACES.some((p) => p.name === name) ? name : "nobody"), ranges: [...this.#rows].filter(([, r]) => r.site === name).map(([range]) => range) };
      if (about.zone) site.zone = about.zone;
      if (about.isp) site.isp = about.isp;
      if (about.link_mbps) site.link_mbps = about.link_mbps;
      if (about.vpn) site.vpn = true;
      if (about.tags.length > 0) site.tags = about.tags;
      return site;
    });
    const home = [...this.#rows].some(([range]) => range === "203.0.113.0/24") ? [] : [{ ...row("203.0.113.0/24", undefined), derived: true, ranges: ["203.0.113.0/24"], isp: "Kabelnetz" }];
    return [...listed, ...home];
  }

  detail(siteID: string, url: URL, now: number): SiteDetail | undefined {
    const site = this.sites(now).find((s) => s.id === siteID);
    if (!site) return undefined;
    const [from, to] = spanOf(url, now, DAY);
    const days = (to - from) / DAY;
    const people = Math.max(2, Math.round(site.people * (2 + days / 8)));
    const minutes = Math.round(people * days * 60);
    const bad = badness(site.name);
    const { today: _, week: __, ...base } = site;
    const split = (name: string, share: number, times: number): Split => {
      const s: Split = { name, ...measure(Math.ceil(people * share), Math.round(minutes * share), bad * times), elsewhere_minutes: 40_000, elsewhere_bad_pct: 0.8, elsewhere_ok_pct: 98.1 };
      return s;
    };
    return {
      ...base, from: iso(from), to: iso(to), total: measure(people, minutes, bad), before: measure(people, minutes, bad * 0.4), elsewhere: measure(400, 60_000, 0.9).minutes,
      networks: [split("Wifi", 0.55, 1.5), split("Wired", 0.41, 0.4), split("", 0.04, 0)], isps: [split(site.isp ?? "", 0.9, 1.05), split("Mobilnet", 0.1, 0.5)],
      data_centers: [split("Frankfurt", 0.8, 1.1), split("Amsterdam", 0.2, 0.6)], transports: [split("UDP", 0.93, 0.9), split("TCP", 0.05, 2.1), split("SSL+Proxy", 0.02, 3)],
      fallback: { minutes: Math.round(minutes * 0.07), of: minutes, pct: 7, elsewhere_pct: 1.2 }, busiest: { at: iso(from + 3 * HOUR), people: Math.ceil(people * 0.7) },
    };
  }

  week(siteID: string, now: number): SiteWeek | undefined {
    const site = this.sites(now).find((s) => s.id === siteID);
    if (!site) return undefined;
    const hours = Array.from({ length: 168 }, (_, i) => {
      const day = Math.floor(i / 24);
      const hour = i % 24;
      const work = day < 5 && hour >= 7 && hour < 19;
      const minutes = site.people === 0 ? 0 : work ? 900 : day < 5 && hour > 4 ? 40 : 0;
      const pct = badness(site.name) * (hour === 10 || hour === 14 ? 2.2 : 0.7);
      const bad = Math.round((minutes * pct) / 100);
      return { minutes, bad, poor: bad, people: work ? site.people : 1, ...(minutes >= FEWEST.minutes ? { bad_pct: Math.round((10_000 * bad) / minutes) / 100 } : {}) };
    });
    return { from: iso(now - 28 * DAY), to: iso(now), zone: site.zone ?? "UTC", hours };
  }

  subnets(siteID: string, now: number): SiteSubnets | undefined {
    const site = this.sites(now).find((s) => s.id === siteID);
    if (!site) return undefined;
    const base = site.ranges?.[0]?.split(".").slice(0, 2).join(".") ?? "10.0";
    const net = (third: number, people: number, times: number, wifi: number) => ({ range: `${base}.${third}.0/24`, ...measure(people, people * 70, badness(site.name) * times), wifi: Math.round(people * 70 * wifi) });
    return { from: iso(now - DAY), to: iso(now), subnets: [net(5, 24, 1.6, 1), net(4, 18, 0.7, 0), net(6, 4, 0, 0.5)] };
  }

  addresses(now: number): Addresses {
    const all: Addresses["networks"] = [
      { range: "203.0.113.0/24", public: true, isp: "Kabelnetz", people: 17, joins: 61, wifi: 44, last_seen: iso(now - 60_000) },
      { range: "192.168.1.0/24", public: false, people: 13, joins: 40, wifi: 31, behind: ["203.0.113.0/24", "198.51.100.0/24"], behind_of: 9, last_seen: iso(now - 60_000) },
      { range: "10.88.12.0/24", public: false, people: 11, joins: 38, wifi: 2, behind: ["192.0.2.0/24"], behind_of: 1, last_seen: iso(now - 120_000) },
      { range: "2001:db8:77::/48", public: true, people: 3, joins: 4, wifi: 0, last_seen: iso(now - 900_000) },
    ];
    const networks = all.filter((n) => !this.#rows.has(n.range));
    return { from: iso(now - DAY), to: iso(now), people: networks.reduce((n, x) => Math.max(n, x.people), 0) + 4, everyone: 214, networks, sites: this.#names().sort().map((name) => ({ name })) };
  }

  typed(): TypedSites {
    const overruled = [...this.#file].filter(([range, r]) => this.#rows.get(range)?.site !== r.site)
      .map(([range, r]) => ({ line: r.line, range, site: r.site, ...(this.#rows.has(range) ? { typed: this.#rows.get(range)?.site ?? "" } : {}), who: "admin", at: iso(this.#world.now()) }));
    return { revision: String(this.#revision), file: true, ranges: this.#rows.size, typed: [...this.#rows.values()].filter((r) => r.typed).length, overruled };
  }

  csv(): string {
    return ["name,range,zone,isp,link_mbps,vpn,tags", ...[...this.#rows].map(([range, r]) => {
      const a = this.#about.get(r.site) ?? NOTHING;
      return [r.site, range, a.zone, a.isp, a.link_mbps || "", a.vpn ? "yes" : "", a.tags.join(";")].join(",");
    }), ""].join("\n");
  }

  change(c: SiteChanges): SitePlan | "stale" {
    const wanted = new Map(this.#rows);
    const problems: SitePlan["problems"] = [];
    const said = new Map<string, number>();
    (c.ranges ?? []).forEach((r, i) => {
      if (!isRange(r.range)) problems.push({ line: i + 1, text: `range "${r.range}": want addresses such as 10.20.4.0/22, 2001:db8:4::/48 or 192.0.2.7` });
      else if (r.site === "") wanted.delete(r.range);
      else wanted.set(r.range, { site: r.site, line: i + 1, typed: true });
      said.set(r.range, i + 1);
    });
    const plan = this.#plan(wanted, said, problems);
    for (const s of c.sites ?? []) plan.entries.push({ kind: "changed", site: s.name, was: s.name, fields: [{ name: "zone", was: this.#about.get(s.name)?.zone ?? "", is: s.zone ?? "" }] });
    plan.changed += c.sites?.length ?? 0;
    return this.#finish(plan, wanted, c, () => {
      for (const s of c.sites ?? []) this.#about.set(s.name, { zone: s.zone ?? "", isp: s.isp ?? "", link_mbps: s.link_mbps ?? 0, vpn: s.vpn ?? false, tags: s.tags ?? [] });
    });
  }

  import(c: { csv: string; keep?: boolean; apply: boolean; revision?: string }): SitePlan | "stale" {
    const wanted = new Map(c.keep ? this.#rows : []);
    const problems: SitePlan["problems"] = [];
    const said = new Map<string, number>();
    const [head = "", ...lines] = c.csv.trim().split(/\r?\n/);
    if (!head.startsWith("name,range")) problems.push({ line: 1, text: 'there is no column "name"; want a header row such as name,range,zone,isp,link_mbps,vpn,tags' });
    else lines.forEach((text, i) => {
      const [site = "", range = ""] = text.split(",");
      const line = i + 2;
      const before = said.get(range);
      if (!isRange(range)) problems.push({ line, text: `range "${range}": want addresses such as 10.20.4.0/22, 2001:db8:4::/48 or 192.0.2.7` });
      else if (before !== undefined) problems.push({ line, text: `range ${range} is given to "${site}", but line ${before} gives it to "${wanted.get(range)?.site ?? ""}"; want one site for it` });
      else {
        said.set(range, line);
        wanted.set(range, { site, line, typed: true });
      }
    });
    return this.#finish(this.#plan(problems.length > 0 ? new Map([...this.#rows, ...wanted]) : wanted, said, problems), wanted, c, () => undefined);
  }

  #plan(wanted: Map<string, Row>, said: Map<string, number>, problems: SitePlan["problems"]): SitePlan {
    const entries: SiteEntry[] = [];
    for (const [range, was] of this.#rows) if (!wanted.has(range)) entries.push({ kind: "removed", range, was: was.site });
    for (const [range, is] of wanted) {
      const was = this.#rows.get(range);
      if (!was) entries.push({ kind: "new", range, site: is.site, line: said.get(range) ?? 0 });
      else if (was.site !== is.site) entries.push({ kind: "changed", range, site: is.site, was: was.site, line: said.get(range) ?? 0 });
    }
    const overlaps = [...wanted].flatMap(([inner, a]) => [...wanted].filter(([outer, b]) => within(inner, outer) && a.site !== b.site && (said.has(inner) || said.has(outer)))
      .map(([outer, b]) => ({ inner, inner_site: a.site, inner_line: said.get(inner) ?? 0, outer, outer_site: b.site, outer_line: said.get(outer) ?? 0 })));
    const of = (kind: string) => entries.filter((e) => e.kind === kind).length;
    return {
      revision: String(this.#revision), applied: false, problems, entries, new: of("new"), changed: of("changed"), removed: of("removed"),
      same: [...said.keys()].filter((r) => this.#rows.get(r)?.site === wanted.get(r)?.site).length, overlaps, overlaid: overlaps.length,
    };
  }

  #finish(plan: SitePlan, wanted: Map<string, Row>, c: { apply: boolean; revision?: string }, also: () => void): SitePlan | "stale" {
    if (c.revision && c.revision !== plan.revision) return "stale";
    if (!c.apply || plan.problems.length > 0) return plan;
    this.#rows = wanted;
    also();
    this.#revision++;
    return { ...plan, applied: true, revision: String(this.#revision) };
  }
}

const isRange = (text: string): boolean => /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+)\/\d{1,3}$/.test(text);

function bits(range: string): [number, number] | undefined {
  const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(range);
  if (!m) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, n = 0] = m.slice(1).map(Number);
  return [((a * 256 + b) * 256 + c) * 256 + d, n];
}

function within(inner: string, outer: string): boolean {
  const i = bits(inner);
  const o = bits(outer);
  return i !== undefined && o !== undefined && i[1] > o[1] && Math.floor(i[0] / 2 ** (32 - o[1])) === Math.floor(o[0] / 2 ** (32 - o[1]));
}

const iso = (at: number): string => new Date(at).toISOString();

function spanOf(url: URL, now: number, last: number): [number, number] {
  const at = (name: string) => Date.parse(url.searchParams.get(name) ?? "");
  const to = at("to") || now;
  return [at("from") || to - last, to];
}

const group = (name: string, people: number, pct: number, compared: DeviceGroup["compared"], more: Partial<DeviceGroup> = {}): DeviceGroup => {
  const g: DeviceGroup = { name, ...measure(people, people * 212, pct), rest_people: 380 - people, rest_bad_pct: 1.1, compared };
  if (!g.too_few) Object.assign(g, { low: Math.max(0, pct * 0.6), high: pct * 1.5, before_pct: pct * 0.9 });
  return { ...g, ...more };
};

export function devices(url: URL, now: number): Devices {
  const [from, to] = spanOf(url, now, 7 * DAY);
  return {
    from: iso(from), to: iso(to), total: measure(380, 80_000, 1.3),
    versions: [
      group("6.6.2 (11223)", 34, 4.8, "worse", { first_seen: iso(now - 2 * DAY), before_pct: 5.1 }), group("6.6.0 (10021)", 212, 1.0, "alike", { first_seen: iso(now - 19 * DAY) }),
      group("6.5.12 (9981)", 121, 0.9, "better"), group("6.4.3 (8814)", 6, 3.3, "too-few"), group("", 12, 0.8, "alike"),
    ],
    devices: [group("Windows", 240, 1.5, "worse"), group("Mac", 110, 0.9, "alike"), group("iOS", 21, 0.7, "alike"), group("Linux", 4, 9, "too-few")],
    networks: [group("Wifi", 210, 1.9, "worse"), group("Wired", 150, 0.5, "better"), group("Cellular", 9, 6, "too-few")],
  };
}

export function gear(now: number): Gear {
  return {
    from: iso(now - DAY), to: iso(now), total: measure(380, 80_000, 1.3),
    systems: [group("Windows 11 23H2", 160, 1.3, "alike"), group("macOS 15.1", 90, 0.8, "alike"), group("", 8, 0, "too-few")],
    microphones: [group("Jabra Evolve2 65", 88, 0.9, "alike"), group("MacBook Pro Microphone", 54, 2.9, "worse"), group("=HYPERLINK(\"http://evil\")", 3, 0, "too-few")],
    speakers: [group("Jabra Evolve2 65", 88, 0.9, "alike")], cameras: [group("Integrated Webcam", 201, 1.4, "alike")],
  };
}

export function behind(world: World, now: number): Behind {
  const people = world.people().slice(0, 12);
  return {
    from: iso(now - DAY), to: iso(now), people_of: 34, meetings_of: 12,
    people: people.map((p, i) => ({ person: { id: p.id, name: p.name }, minutes: measure(1, 60, 20 - i).minutes, bad_pct: 20 - i })),
    meetings: world.meetings.slice(0, 6).map((m, i) => ({ meeting: { id: m.id, topic: m.topic, start: iso(m.start) }, minutes: measure(3, 90, 10 - i).minutes, people: 3, bad_pct: 10 - i })),
  };
}
