// A headless Chromium and what every browser test needs of it: a login, a theme, a width, no error unnoticed, and a way to wait
// for a page instead of for a while.
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

/** No test is about speed: a wait fails when what it waits for does not come, not when the machine is busy. */
const PATIENCE_MS = 90_000;
/** So many frames one after the other have to show a page whole: what has been read may be the reason to read more. */
const QUIET_FRAMES = 5;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.EARSHOT_E2E_CHROMIUM ?? "/usr/bin/chromium",
    // Tests run as root in containers, and Chromium is not to look anything up outside.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

export interface Look { width: number; height: number; theme: "light" | "dark" }

export interface Visit { context: BrowserContext; page: Page; errors: string[] }

/**
 * A fresh browser context. Console errors, page errors and CSP violations are collected; expected ones are named by a test.
 * EARSHOT_E2E_SLOWDOWN=6 makes the browser's processor so many times slower, to find tests that count on a fast one.
 */
export async function visit(browser: Browser, base: string, look: Look, expected: RegExp[] = []): Promise<Visit> {
  const context = await browser.newContext({ baseURL: base, viewport: { width: look.width, height: look.height }, colorScheme: look.theme, reducedMotion: "reduce", timezoneId: "UTC" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const slowdown = Number(process.env.EARSHOT_E2E_SLOWDOWN ?? 1);
  if (slowdown > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  const errors: string[] = [];
  const note = (text: string) => { if (!expected.some((e) => e.test(text))) errors.push(text); };
  page.on("pageerror", (e) => { note(String(e)); });
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") note(`${m.text()} (${m.location().url})`); });
  return { context, page, errors };
}

/** Waits until the page that the address names is drawn, has read everything that it asks for at first, and has its heading and letters. */
export async function whole(page: Page): Promise<void> {
  await page.waitForFunction((frames) => {
    const w = window as unknown as { quiet?: number };
    const headings = [...document.querySelectorAll("h1")];
    const ready = document.querySelector("main:not([data-reading])") !== null && document.querySelector("main [aria-busy=true]") === null && headings.length > 0 && headings.every((h) => !["", "Reading"].includes(h.textContent.trim())) && document.fonts.status === "loaded";
    w.quiet = ready ? (w.quiet ?? 0) + 1 : 0;
    if (w.quiet < frames) return false;
    w.quiet = 0;
    return true;
  }, QUIET_FRAMES);
}

/** Goes to an address and waits for the whole page. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await whole(page);
}

/** Waits for an address, then for its whole page: the address changes before the page does. */
export async function arrive(page: Page, at: Parameters<Page["waitForURL"]>[0]): Promise<void> {
  await page.waitForURL(at);
  await whole(page);
}
