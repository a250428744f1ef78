// Serves the built pages as Earshot does (compressed once, the same Content-Security-Policy) with the large company behind
// the API. What it sends is made beforehand, so that the page and not the server is measured.
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { columnsOf } from "../mock/columns.ts";
import { id } from "../mock/random.ts";
import { CSP, TYPES } from "../mock/server.ts";
import { Company, hall } from "./world.ts";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

/** The large meeting's id. */
export const HALL = id("hall");

export interface Size { meetings: number; people: number; /** Meetings with news in a second. */ news: number; hallPeople: number; hallMinutes: number }

/** What a page is told: when each turn was written to its stream, wall clock. */
export interface Farm { server: Server; port: number; sent: Map<number, number>; flow: (on: boolean) => void }

interface Body { plain: Buffer; gzip: Buffer | undefined; type: string }

const whole = (value: unknown): Body => {
  const plain = Buffer.from(JSON.stringify(value));
  // Level 1: Earshot compresses answers of the API while it writes them.
  return { plain, gzip: gzipSync(plain, { level: 1 }), type: "application/json" };
};

function built(): Map<string, Body> {
  const files = new Map<string, Body>();
  for (const name of readdirSync(DIST, { recursive: true, encoding: "utf8" })) {
    const type = TYPES[extname(name)];
    if (!type) continue;
    const plain = readFileSync(DIST + name);
    files.set(`/${name}`, { plain, gzip: extname(name) === ".woff2" ? undefined : gzipSync(plain, { level: 9 }), type });
  }
  return files;
}

export async function farm(size: Size): Promise<Farm> {
  const company = new Company(Date.now(), size.meetings, size.people);
  const big = hall(HALL, Date.now(), size.hallPeople, size.hallMinutes);
  const files = built();
  const answers = new Map<string, Body>([
    ["/api/v1/session", whole({ user: "admin", role: "admin" })],
    [`/api/v1/meetings/${HALL}`, whole(big.detail)], [`/api/v1/meetings/${HALL}/minutes/columns`, whole(columnsOf(big.minutes))],
  ]);
  const streams = new Set<ServerResponse>();
  const sent = new Map<number, number>();
  let flowing = false;
  let turn = 0;
  const send = (to: ServerResponse, type: string, value: unknown) => to.write(`event: ${type}\ndata: ${JSON.stringify(value)}\n\n`);
  const timer = setInterval(() => {
    if (flowing) {
      const rows = company.tick(size.news);
      turn++;
      // The worst place of the list is the first row's, whatever its turn says.
      rows[0] = { ...(rows[0] as (typeof rows)[number]), topic: `Turn ${turn}`, grade: "bad", now: { good: 0, fair: 0, poor: 0, bad: 99, unclassified: 0 }, people: 99 };
      for (const s of streams) send(s, "meetings", { rows, ended: [] });
      sent.set(turn, Date.now());
    }
    for (const s of streams) send(s, "status", company.status());
  }, 1000);
  const list = (url: URL): unknown => {
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const limit = Number(url.searchParams.get("limit") ?? 50);
    return { items: company.rows.slice(from, from + limit), next_cursor: from + limit < company.rows.length ? String(from + limit) : "" };
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-security-policy", CSP);
    if (url.pathname === "/api/v1/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write("retry: 1000\n\n");
      streams.add(response);
      request.on("close", () => { streams.delete(response); });
      send(response, "status", company.status());
      return;
    }
    const empty = { items: [], next_cursor: "" };
    const body = url.pathname === "/api/v1/meetings" ? whole(list(url)) : (answers.get(url.pathname) ?? files.get(url.pathname) ?? (url.pathname.startsWith("/api/") ? whole(empty) : files.get("/index.html")));
    if (!body) { response.writeHead(404).end(); return; }
    response.setHeader("content-type", body.type);
    response.setHeader("cache-control", "no-cache");
    if (body.gzip && request.headers["accept-encoding"]?.includes("gzip")) response.writeHead(200, { "content-encoding": "gzip" }).end(body.gzip);
    else response.writeHead(200).end(body.plain);
  });
  server.on("close", () => { clearInterval(timer); });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  const address = server.address();
  return { server, port: typeof address === "object" && address ? address.port : 0, sent, flow: (on) => { flowing = on; } };
}
