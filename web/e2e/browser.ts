// A headless Chromium and what every browser test needs of it: a login, a theme, a width, and no error unnoticed.
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.EARSHOT_E2E_CHROMIUM ?? "/usr/bin/chromium",
    // Tests run as root in containers, and Chromium is not to look anything up outside.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

export interface Look { width: number; height: number; theme: "light" | "dark" }

export interface Visit { context: BrowserContext; page: Page; errors: string[] }

/** A fresh browser context. Console errors, page errors and CSP violations are collected; expected ones are named by a test. */
export async function visit(browser: Browser, base: string, look: Look, expected: RegExp[] = []): Promise<Visit> {
  const context = await browser.newContext({ baseURL: base, viewport: { width: look.width, height: look.height }, colorScheme: look.theme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const errors: string[] = [];
  const note = (text: string) => { if (!expected.some((e) => e.test(text))) errors.push(text); };
  page.on("pageerror", (e) => { note(String(e)); });
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") note(`${m.text()} (${m.location().url})`); });
  return { context, page, errors };
}

/** Waits until the page has read everything that it asked for at first, and has a heading. */
export async function whole(page: Page): Promise<void> {
  await page.waitForSelector("main:not([data-reading])");
  await page.waitForFunction(() => [...document.querySelectorAll("h1")].every((h) => !["", "Reading"].includes(h.textContent.trim())));
}
