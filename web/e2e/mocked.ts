// A page against the mock server, which does what a test asks for. Each test gets a fresh browser context, logged in; a
// console error that nobody expected fails it.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach } from "node:test";
import type { APIResponse, Browser, Page } from "playwright-core";
import { PASSWORD, serve } from "../mock/server.ts";
import { launch, visit, type Look, type Visit } from "./browser.ts";

export interface Mocked { page: Page; make: (what: string) => Promise<APIResponse>; api: <T>(path: string) => Promise<T> }

/** Call it once in a test file; what it returns is filled before each test. Expected console errors are named. */
export function mocked(look: Look = { width: 1440, height: 900, theme: "dark" }, expected: RegExp[] = []): Mocked {
  const m = {} as Mocked;
  let browser: Browser;
  let server: Server;
  let v: Visit;
  before(async () => {
    server = await serve(0);
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
    v = await visit(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, look, expected);
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
