// A stand-in for Earshot's server: the built pages, the API over an invented world, and the event stream. It is strict
// where the real one is: the same Content-Security-Policy, and nothing without a login. For development and tests only.
//
// The paths under /mock let a test make something happen: POST /mock/grade?id=…&grade=…, /mock/end?id=…, /mock/drop?ms=…
// (breaks the event stream and refuses it for that long), /mock/over?id=… (an incident ends), /mock/raise (one more alert), /mock/receivers?on=0,
// /mock/role?is=viewer, /mock/fail?path=…&status=… (status 0 ends it), /mock/empty?on=1, /mock/nothing?on=1 (not one event ever came), /mock/silent?minutes=7 (nothing for that long, and nine meetings cut off),
// /mock/first?on=1 (no week before this one), /mock/fresh (nothing was ever received), /mock/event?name=… (it arrives then),
// /mock/account?id=…&zoom_id=… (a second account), /mock/hostile?on=1
// (all words of others become hostile ones; answers how many did), /mock/reset.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Account, Call, Grade, IncidentRow, Ingest, LiveStatus, MeetingRow, RunningCalls, SiteChanges } from "../src/api/types.ts";
import { countGrades, noGrades, rank } from "../src/model/grade.ts";
import { worstFirst } from "../src/live/meetings.ts";
import { Alerts } from "./alerts.ts";
import { columnsOf } from "./columns.ts";
import { Refusal } from "./refusal.ts";
import { bundle, csv, incidentMinutes, incidentPeople, rawEvents } from "./evidence.ts";
import { incidentDetail, incidentRows } from "./incidents.ts";
import { incidentSplits } from "./splits.ts";
import { HostileWords } from "./hostile.ts";
import { find } from "./find.ts";
import { behind, devices, gear, Places } from "./places.ts";
import { overviewDay, overviewGroups, overviewNow } from "./overview.ts";
import { peers } from "./peers.ts";
import { seriesDetail, seriesOf } from "./series.ts";
import { ACCOUNT, placeOf, World } from "./world.ts";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
export const PASSWORD = "earshot";
export const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
export const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

/** The account of everything here. A test may add another, in which there is nothing. */
const ONE: Account = { id: ACCOUNT, zoom_id: "q7Rk2mVxTDyLw0PbN4sHgA" };

/** Those that run, worst first. */
function runningCalls(all: Call[]): RunningCalls {
  const items = all.filter((c) => !c.end).sort((a, z) => (a.mos ?? Infinity) - (z.mos ?? Infinity));
  return { items, total: items.length, by_grade: countGrades(items.map((c) => c.grade)) };
}

/** One page that follows; sent is what it was told of each meeting last. */
interface Stream { response: ServerResponse; meeting: string; sent: Map<string, string> }

interface State { world: World; places: Places; streams: Set<Stream>; refuseUntil: number; fails: Map<string, number>; empty: boolean; nothing: boolean; first: boolean; silentMs: number; over: Set<string>; alerts: Alerts; role: string; hostile: HostileWords | undefined; accounts: Account[]; arrived: Map<string, number> | undefined }

/** The clock of a world for tests: half past the minute before this one, for ever, so that what a test read is what its page shows. */
const still = (): (() => number) => {
  const at = Math.floor(Date.now() / 60_000) * 60_000 - 30_000;
  return () => at;
};

/** Starts the server on a port, 0 for any. Its world stands still, or goes by the clock that is given. */
export function serve(port: number, clock: () => number = still()): Promise<Server> {
  const world = new World(clock);
  const over = new Set<string>();
  const state: State = { world, places: new Places(world), streams: new Set(), refuseUntil: 0, fails: new Map(), empty: false, nothing: false, first: false, silentMs: 0, over, alerts: new Alerts(world, over), role: "admin", hostile: undefined, accounts: [ONE], arrived: undefined };
  const timer = setInterval(() => { tick(state); }, 1000);
  const server = createServer((request, response) => {
    handle(state, request, response).catch((cause: unknown) => { problem(response, 500, String(cause)); });
  });
  // A test may ask again at the very moment at which an idle connection is closed: none is, while it lasts.
  server.keepAliveTimeout = 300_000;
  server.on("close", () => { clearInterval(timer); });
  return new Promise((done) => { server.listen(port, "127.0.0.1", () => { done(server); }); });
}

/** Answers that are told in hostile words. */
const told = new WeakMap<ServerResponse, HostileWords>();
const text = (response: ServerResponse, value: unknown): string => JSON.stringify(value, told.get(response)?.replace);

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(text(response, value));
}

function file(response: ServerResponse, name: string, body: string): void {
  const type = name.endsWith(".csv") ? "text/csv; charset=utf-8" : "text/html; charset=utf-8";
  response.writeHead(200, { "content-type": type, "content-disposition": `attachment; filename="earshot-${name}"`, "cache-control": "no-store" }).end(body);
}

function problem(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { "content-type": "application/problem+json", "x-request-id": "mock-1" }).end(JSON.stringify({ title: "Error", status, detail }));
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  response.setHeader("content-security-policy", CSP);
  if (url.pathname.startsWith("/mock/")) return control(state, url, response);
  if (!url.pathname.startsWith("/api/")) return page(url.pathname, response);
  const fail = [...state.fails].find(([path]) => url.pathname.startsWith(path));
  if (fail) return problem(response, fail[1], "the facts store does not answer: database is locked");
  if (url.pathname === "/api/v1/session") return session(state, request, response);
  if (state.hostile) told.set(response, state.hostile);
  if (!request.headers.cookie?.includes("earshot=1")) return problem(response, 401, "log in first");
  if (url.pathname === "/api/v1/events") return events(state, url, request, response);
  if (request.method === "POST" && url.pathname.startsWith("/api/v1/sites/")) return change(state, url, await bodyOf(request), response);
  if (/^\/api\/v1\/alert/.test(url.pathname)) return alerts(state, url, request, response);
  return api(state, url, response);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) body += String(part);
  return body;
}

function change(state: State, url: URL, body: string, response: ServerResponse): void {
  const done = url.pathname === "/api/v1/sites/import" ? state.places.import(JSON.parse(body) as Parameters<Places["import"]>[0]) : state.places.change(JSON.parse(body) as SiteChanges);
  if (done === "stale") return problem(response, 409, "The list of sites has changed since you looked. Look at the preview again, then apply.");
  json(response, done);
}

function page(path: string, response: ServerResponse): void {
  const file = normalize(join(DIST, path));
  const found = file.startsWith(DIST) && existsSync(file) && statSync(file).isFile() ? file : join(DIST, "index.html");
  response.writeHead(200, { "content-type": TYPES[extname(found)] ?? "application/octet-stream" });
  createReadStream(found).pipe(response);
}

async function session(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "DELETE") {
    response.setHeader("set-cookie", "earshot=; Max-Age=0; Path=/");
    response.writeHead(204).end();
    return;
  }
  if (request.method === "POST") {
    if ((JSON.parse(await bodyOf(request)) as { password?: string }).password !== PASSWORD) return problem(response, 401, "wrong name or password");
    response.setHeader("set-cookie", "earshot=1; HttpOnly; SameSite=Lax; Path=/");
  } else if (!request.headers.cookie?.includes("earshot=1")) {
    return problem(response, 401, "log in first");
  }
  json(response, { user: state.role, role: state.role });
}

/** Alerts, silences and rules, and what is changed about them. */
async function alerts(state: State, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await bodyOf(request);
  if (state.empty && request.method === "GET") return json(response, { items: [], next_cursor: "" });
  try {
    const found = state.alerts.answer(request.method ?? "GET", url, text === "" ? {} : JSON.parse(text), { user: state.role, role: state.role });
    if (found === undefined) problem(response, 404, "There is none of that name or id.");
    else json(response, found);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    response.writeHead(cause.status, { "content-type": "application/problem+json" }).end(JSON.stringify({ title: "Refused", status: cause.status, detail: cause.message, errors: cause.errors }));
  }
}

function control(state: State, url: URL, response: ServerResponse): void {
  const arg = (name: string) => url.searchParams.get(name) ?? "";
  if (url.pathname === "/mock/grade") state.world.forced.set(arg("id"), arg("grade") as Grade);
  if (url.pathname === "/mock/end") state.world.ended.add(arg("id"));
  if (url.pathname === "/mock/over") state.over.add(arg("id"));
  if (url.pathname === "/mock/raise") state.alerts.raise();
  if (url.pathname === "/mock/receivers") state.alerts.receivers = arg("on") === "1";
  if (url.pathname === "/mock/role") state.role = arg("is");
  if (url.pathname === "/mock/drop") {
    state.refuseUntil = Date.now() + Number(arg("ms"));
    for (const s of state.streams) s.response.destroy();
  }
  if (url.pathname === "/mock/fail") {
    if (arg("status") === "0") state.fails.delete(arg("path"));
    else state.fails.set(arg("path"), Number(arg("status")));
  }
  if (url.pathname === "/mock/reset") {
    state.world.reset();
    state.fails.clear();
    state.over.clear();
    state.alerts.reset();
    state.role = "admin";
    state.refuseUntil = 0;
    state.empty = state.nothing = state.first = false;
    state.silentMs = 0;
    state.places = new Places(state.world);
    state.hostile = undefined;
    state.accounts = [ONE];
    state.arrived = undefined;
  }
  if (url.pathname === "/mock/hostile") {
    if (arg("on") === "1") state.hostile = new HostileWords();
    return json(response, { used: state.hostile?.used ?? 0 });
  }
  if (url.pathname === "/mock/silent") state.silentMs = Number(arg("minutes")) * 60_000;
  if (url.pathname === "/mock/nothing") state.nothing = arg("on") === "1";
  if (url.pathname === "/mock/first") state.first = arg("on") === "1";
  if (url.pathname === "/mock/account") state.accounts = [ONE, { id: arg("id"), zoom_id: arg("zoom_id") }];
  if (url.pathname === "/mock/fresh") state.arrived = new Map();
  if (url.pathname === "/mock/event") state.arrived?.set(arg("name"), (state.arrived.get(arg("name")) ?? 0) + 1);
  if (url.pathname === "/mock/empty") state.empty = arg("on") === "1";
  json(response, {});
}

function events(state: State, url: URL, request: IncomingMessage, response: ServerResponse): void {
  if (Date.now() < state.refuseUntil) return problem(response, 503, "restarting");
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 1000\n\n");
  const stream: Stream = { response, meeting: url.searchParams.get("meeting") ?? "", sent: new Map() };
  state.streams.add(stream);
  request.on("close", () => state.streams.delete(stream));
  send(response, "status", status(state, state.world.now()));
}

const send = (response: ServerResponse, type: string, value: unknown): boolean => response.write(`event: ${type}\ndata: ${text(response, value)}\n\n`);

function liveRows(state: State, now: number): MeetingRow[] {
  if (state.empty) return [];
  return state.world.meetings.filter((m) => state.world.isLive(m, now)).map((m) => state.world.row(m, now));
}

function status(state: State, now: number): LiveStatus {
  const rows = liveRows(state, now);
  const people = noGrades();
  for (const r of rows) for (const g of Object.keys(people) as Grade[]) people[g] += r.now[g];
  return {
    ...(state.nothing ? {} : { watermark: new Date(now).toISOString(), last_event: new Date(now - state.silentMs).toISOString() }), meetings: rows.length, people: rows.reduce((n, r) => n + r.people, 0), calls: state.empty ? 0 : 4, by_grade: people,
    meetings_by_grade: countGrades(rows.map((r) => r.grade)), external: rows.reduce((n, r) => n + r.unreported, 0), lag_ms: 380 + (now % 90), receiver: true,
  };
}

// Once a second, as the real server: the status, and the rows that changed since they were last sent.
function tick(state: State): void {
  if (state.streams.size === 0) return;
  const now = state.world.now();
  const rows = liveRows(state, now).map((row) => ({ row, text: JSON.stringify({ ...row, last_seen: "" }) }));
  const ended = [...state.world.ended];
  for (const { response, meeting, sent } of state.streams) {
    send(response, "status", status(state, now));
    const changed = rows.filter(({ row, text }) => sent.get(row.id) !== text);
    for (const { row, text } of changed) sent.set(row.id, text);
    if (changed.length > 0 || ended.length > 0) send(response, "meetings", { rows: changed.map((c) => c.row), ended });
    const m = state.world.meetings.find((x) => x.id === meeting);
    if (m && state.world.isLive(m, now)) {
      send(response, "meeting", { meeting, segments: m.seats.slice(0, 3).map((s) => state.world.segment(m, s, now)), minutes: m.seats.filter((s) => !s.external && s.leave > now).map((s) => ({ segment: s.segment, minutes: state.world.minutes(s, now).slice(-2) })) });
    }
  }
}

function paged<T>(items: readonly T[], url: URL): { items: T[]; next_cursor: string } {
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const limit = Number(url.searchParams.get("limit") ?? 50);
  return { items: items.slice(from, from + limit), next_cursor: from + limit < items.length ? String(from + limit) : "" };
}

function api(state: State, url: URL, response: ServerResponse): void {
  const { world } = state;
  const now = world.now();
  const [kind = "", key = "", part = ""] = url.pathname.slice("/api/v1/".length).split("/");
  const q = (url.searchParams.get("q") ?? "").toLowerCase();
  const none = () => { problem(response, 404, `there is no ${kind.replace(/s$/, "")} ${key}`); };
  if (part.endsWith(".csv") || part === "bundle.html" || kind.endsWith(".csv")) return file(response, part || kind, part === "bundle.html" ? bundle(url.searchParams.get("redact") !== "false") : csv(world, kind, key, now));
  if (kind === "meetings" && key === "") return json(response, paged(state.empty ? [] : meetingList(world, url, now), url));
  if (kind === "meetings") {
    const m = world.meetings.find((x) => x.id === key);
    if (!m) return none();
    if (part !== "minutes") return json(response, world.detail(m, now));
    const heat = world.heat(m, now);
    return json(response, url.pathname.endsWith("/columns") ? columnsOf(heat) : heat);
  }
  if (kind === "segments") {
    const found = world.find(key);
    if (found && part === "raw-events") return json(response, rawEvents(found.seat, now, url.searchParams.get("from") ?? "", url.searchParams.get("to") ?? ""));
    if (found && part === "peers") return json(response, peers(world, found.meeting, found.seat, now));
    return found ? json(response, part === "series" ? world.series(found.meeting, found.seat, now) : world.segmentDetail(found.meeting, found.seat, now)) : none();
  }
  if (kind === "persons" && key === "") return json(response, paged(world.people().filter((p) => p.name.toLowerCase().includes(q) || p.email?.includes(q)), url));
  if (kind === "persons") {
    const p = world.people().find((x) => x.id === key);
    return p ? json(response, world.person(p, now)) : none();
  }
  if (kind === "calls" && key === "") return json(response, paged(state.empty ? [] : world.calls().filter((c) => `${c.caller.name} ${c.callee.name ?? ""} ${c.zoom_id}`.toLowerCase().includes(q)), url));
  if (kind === "calls" && key === "running") return json(response, runningCalls(state.empty ? [] : world.calls()));
  if (kind === "calls") {
    const c = world.calls().find((x) => x.id === key);
    return c ? json(response, world.call(c, now)) : none();
  }
  if (kind === "incidents" && key === "") return json(response, paged(state.empty ? [] : incidentList(state, url, now), url));
  if (kind === "incidents") {
    const found = incidentDetail(world, key, state.over, now);
    if (found && part === "minutes") return json(response, incidentMinutes(world, found, now));
    if (found && part === "splits") return json(response, incidentSplits(found));
    if (found && part === "people") return json(response, incidentPeople(world, found, now));
    return found ? json(response, found) : none();
  }
  if (kind === "overview" && overview(state, key, url, now, response)) return;
  if (kind === "sites.csv") return void response.writeHead(200, { "content-type": "text/csv; charset=utf-8", "content-disposition": 'attachment; filename="earshot-sites.csv"' }).end(state.places.csv());
  if (kind === "sites" && key === "") return json(response, { items: ["", ACCOUNT].includes(url.searchParams.get("account") ?? "") ? state.places.sites(now) : [], next_cursor: "" });
  if (kind === "sites" && key === "typed") return json(response, state.places.typed());
  if (kind === "sites") {
    const found = part === "week" ? state.places.week(key, now) : part === "subnets" ? state.places.subnets(key, now) : state.places.detail(key, url, now);
    return found ? json(response, found) : none();
  }
  const theirs = ["", ACCOUNT].includes(url.searchParams.get("account") ?? "");
  if (kind === "addresses") return json(response, theirs ? state.places.addresses(now) : { ...state.places.addresses(now), people: 0, everyone: 0, networks: [] });
  if (kind === "devices") return json(response, key === "gear" ? gear(now) : key === "behind" ? behind(world, now) : theirs ? devices(url, now) : { ...devices(url, now), versions: [], devices: [], networks: [] });
  if (kind === "search") return json(response, { items: world.search(q, now), next_cursor: "" });
  if (kind === "series") {
    const found = seriesDetail(world, key, now);
    return found ? json(response, found) : none();
  }
  if (kind === "find") return json(response, find(world, url, now));
  if (kind === "accounts") return json(response, { items: state.accounts, next_cursor: "" });
  if (kind === "exports") return json(response, { items: state.arrived ? [] : world.exports(now) });
  if (kind === "ingest") return json(response, state.arrived ? fresh(world.ingest(now), state.arrived, now) : world.ingest(now));
  none();
}

function overview(state: State, part: string, url: URL, now: number, response: ServerResponse): boolean {
  const zone = url.searchParams.get("tz") ?? "UTC";
  const { world, empty, nothing, first } = state;
  if (part === "now") {
    const told = overviewNow(world, now, empty || state.silentMs > 0, nothing);
    json(response, state.silentMs > 0 ? { ...told, last_event: new Date(now - state.silentMs).toISOString(), cut_off: 9 } : told);
  }
  else if (part === "day") json(response, overviewDay(world, now, zone, empty, first));
  else if (part === "groups") json(response, overviewGroups(world, now, zone, empty, first));
  else return false;
  return true;
}

/** Ingest health of a receiver that has a secret and has got only these events. */
function fresh(i: Ingest, arrived: ReadonlyMap<string, number>, now: number): Ingest {
  const { last_event: _event, last_challenge: _challenge, ...rest } = i;
  const at = new Date(now).toISOString();
  const challenged = arrived.has("endpoint.url_validation");
  const total = [...arrived.values()].reduce((n, x) => n + x, 0);
  return {
    ...rest, received: total, accepted: total, duplicate: 0, bad_signature: 0, quarantined: 0, challenges: challenged ? 1 : 0, drift: [], notices: [], input: [], ...(challenged ? { last_challenge: at } : {}),
    subscriptions: [{ name: "", secrets: 1, accepted: total, refused: 0, ...(challenged ? { last_challenge: at } : {}) }],
    events: [...arrived].map(([name, count]) => ({ name, count, last: at })),
  };
}

function incidentList(state: State, url: URL, now: number) {
  const get = (name: string) => url.searchParams.get(name) ?? "";
  const states = get("state") === "" ? ["open", "quiet", "closed", "no-data"] : get("state").split(",");
  const causes = get("cause") === "" ? undefined : get("cause").split(",");
  const from = Date.parse(get("from")) || 0;
  const touches = (id: string) => {
    const d = get("person") || get("meeting") ? incidentDetail(state.world, id, state.over, now) : undefined;
    return !d || (d.people.some((p) => p.id === get("person")) || d.meetings.some((m) => m.id === get("meeting")));
  };
  const all = incidentRows(state.world, state.over, now);
  const cell = all.find((r) => r.id === get("cell_of"))?.cell;
  const inSpan = (r: IncidentRow) => (!r.end || Date.parse(r.end) >= from) && !(Date.parse(r.start ?? "") >= Date.parse(get("to")));
  return all.filter((r) => (!cell || JSON.stringify(r.cell) === JSON.stringify(cell)) && inSpan(r) && states.includes(r.state) && (!causes || causes.includes(r.cause)) && touches(r.id)).sort((a, b) => Date.parse(b.start ?? "") - Date.parse(a.start ?? ""));
}

function meetingList(world: World, url: URL, now: number): MeetingRow[] {
  const live = url.searchParams.get("state") !== "past";
  const q = (url.searchParams.get("q") ?? "").toLowerCase();
  const grade = url.searchParams.get("grade") ?? "";
  const sort = url.searchParams.get("sort") ?? "worst";
  const get = (name: string) => url.searchParams.get(name) ?? "";
  const wanted = (m: World["meetings"][number]) =>
    (get("host") === "" || m.host.toLowerCase().includes(get("host").toLowerCase())) && (get("kind") === "" || m.kind === get("kind")) && (get("account") === "" || get("account") === ACCOUNT)
    && (get("series") === "" || seriesOf(m) === get("series")) && (get("person") === "" || world.people().some((p) => p.id === get("person") && m.seats.some((x) => x.person === p.name)))
    && (get("site") === "" || m.seats.some((x) => !x.external && world.siteId(placeOf(x.person)?.name ?? "") === get("site")))
    && (get("cause") === "" || m.seats.some((x) => world.minutes(x, now).some((y) => y.cause && get("cause").split(",").includes(y.cause.cause))));
  const rows = world.meetings.filter((m) => world.isLive(m, now) === live && `${m.topic} ${m.host} ${m.number}`.toLowerCase().includes(q) && wanted(m)).map((m) => world.row(m, now)).filter((r) => grade === "" || r.grade === grade);
  const start = (r: MeetingRow) => Date.parse(r.start ?? "");
  const by: Record<string, (a: MeetingRow, b: MeetingRow) => number> = {
    worst: live ? worstFirst : (a, b) => rank(b.grade) - rank(a.grade) || b.minutes.bad - a.minutes.bad || b.minutes.poor - a.minutes.poor, start: (a, b) => start(b) - start(a),
    topic: (a, b) => (a.topic ?? "").localeCompare(b.topic ?? ""), people: (a, b) => b.people - a.people,
  };
  return rows.sort(by[sort] ?? worstFirst);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.env.PORT ?? 5199);
  await serve(port, () => Date.now());
  console.log(`mock server on http://127.0.0.1:${port}, password "${PASSWORD}"`);
}
