// What the browser tests run against: the mock server over the built pages, or a running Earshot.
//
//   EARSHOT_E2E_URL    address of a running Earshot; without it the mock server is started
//   EARSHOT_E2E_LOGIN  "user:password", or a one-time login link (a path or a whole address)
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { PASSWORD, serve } from "../mock/server.ts";

export interface Target { base: string; login: (page: Page) => Promise<void>; close: () => Promise<void> }

export async function target(): Promise<Target> {
  const url = process.env.EARSHOT_E2E_URL?.replace(/\/$/, "");
  if (url) return { base: url, login: (page) => logIn(page, url, process.env.EARSHOT_E2E_LOGIN ?? ""), close: () => Promise.resolve() };
  const server = await serve(0);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, login: (page) => logIn(page, base, `admin:${PASSWORD}`), close: () => stop(server) };
}

const stop = (server: Server) => new Promise<void>((done) => {
  server.close(() => { done(); });
  server.closeAllConnections();
});

async function logIn(page: Page, base: string, login: string): Promise<void> {
  if (login.startsWith("/") || login.startsWith("http")) {
    await page.goto(new URL(login, base).toString());
    return;
  }
  const colon = login.indexOf(":");
  if (colon < 1) throw new Error('EARSHOT_E2E_LOGIN: want "user:password" or a one-time login link');
  const answer = await page.request.post(`${base}/api/v1/session`, { data: { user: login.slice(0, colon), password: login.slice(colon + 1) } });
  if (!answer.ok()) throw new Error(`login at ${base}: ${answer.status()} ${await answer.text()}`);
}
