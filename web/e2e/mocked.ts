// A page against the mock server, which does what a test asks for, and whose world stands still: what a test read is what its
// page shows. Each test gets a fresh browser context, logged in; a console error that nobody expected fails it.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach } from "node:test";
import type { APIResponse, Browser, Page } from "playwright-core";
import type { MeetingRow } from "../src/api/types.ts";
import { PASSWORD, serve } from "../mock/server.ts";
import { launch, visit, type Look, type Visit } from "./browser.ts";

export interface Mocked {
  page: Page;
  /** The server's address. */
  base: string;
  make: (what: string) => Promise<APIResponse>;
  api: <T>(path: string) => Promise<T>;
}

/** What Chromium logs when a server refuses, restarts or is gone: the pages say it in words. */
export const OUTAGE = /50[03]|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION/;

/** Call it once in a test file; what it returns is filled before each test. Expected console errors are named. */
export function mocked(look: Look = { width: 1440, height: 900, theme: "dark" }, expected: RegExp[] = []): Mocked {
  const m = {} as Mocked;
  let browser: Browser;
  let server: Server;
  let v: Visit;
  before(async () => {
    server = await serve(0);
    m.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    await new Promise<void>((done) => {
      server.close(() => { done(); });
      server.closeAllConnections();
    });
  });
  beforeEach(async () => {
    v = await visit(browser, m.base, look, expected);
    m.page = v.page;
    m.make = (what) => m.page.request.post(`/mock/${what}`);
    m.api = async <T>(path: string) => (await (await m.page.request.get(`/api/v1/${path}`)).json()) as T;
    await m.make("reset");
    await m.page.request.post("/api/v1/session", { data: { user: "admin", password: PASSWORD } });
  });
  afterEach(async () => {
    const errors = [...v.errors];
    await v.context.close();
    assert.deepEqual(errors, [], "console");
  });
  return m;
}

/** The meetings that run in the mock's world. */
export const running = async (m: Mocked): Promise<MeetingRow[]> => (await m.api<{ items: MeetingRow[] }>("meetings?state=live&limit=500")).items;

/** Its largest meeting, in which people suffer of every cause. */
export async function review(m: Mocked): Promise<MeetingRow> {
  const found = (await running(m)).find((r) => r.topic === "Q4 supply review" && r.people > 20);
  assert.ok(found);
  return found;
}
