// `npm run perf` (or `make perf`): how fast the pages are, in headless Chromium, against the targets they are built for.
// Times of the wall clock move with whatever else the machine does; the processor's times beside them move less.
//
//   EARSHOT_PERF_URL    a running Earshot, for the first page load (else the perf server's copy of the built pages)
//   EARSHOT_PERF_LOGIN  "user:password" for it
//   EARSHOT_PERF_ONLY   load, meeting or live: only that part
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from "playwright-core";
import { farm, HALL, type Farm } from "./server.ts";

const SIZE = { meetings: 2000, people: 20_000, news: 300, hallPeople: 300, hallMinutes: 120 };
const TIMES = 5;
const STREAM_S = 20;
const SETTLE_MS = 4000;
/** A new window builds its address bar, a page of its own with a processor's third of a second: a person's is long there. */
const WINDOW_MS = 2000;

interface Line { what: string; value: number; unit: string; limit?: number; note?: string }
const lines: Line[] = [];

function tell(line: Line): void {
  lines.push(line);
  const verdict = line.limit === undefined ? "" : line.value <= line.limit ? `  ok (at most ${line.limit} ${line.unit})` : `  MISSED (at most ${line.limit} ${line.unit})`;
  console.log(`${line.what.padEnd(58)} ${String(Math.round(line.value * 10) / 10).padStart(9)} ${line.unit}${verdict}${line.note ? `  ${line.note}` : ""}`);
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
const wait = (ms: number) => new Promise<void>((done) => { setTimeout(done, ms); });

/** What the page notes of itself: long tasks, and when a selector first matched. */
function watch(selector: string): void {
  const w = window as unknown as Notes;
  w.seen = NaN;
  w.longTasks = [];
  w.turns = [];
  new PerformanceObserver((list) => { for (const e of list.getEntries()) w.longTasks.push([e.startTime, e.duration]); }).observe({ type: "longtask", buffered: true });
  const look = () => {
    // A row that is in the page is not seen before it is painted: the frame after next.
    if (Number.isNaN(w.seen) && document.querySelector(selector)) {
      w.seen = Infinity;
      requestAnimationFrame(() => { setTimeout(() => { w.seen = performance.now(); }, 0); });
    }
    const turn = /Turn (\d+)/.exec(document.querySelector(".lr.row a[title^='Turn ']")?.textContent ?? "");
    if (turn && w.turns.at(-1)?.[0] !== Number(turn[1])) w.turns.push([Number(turn[1]), Date.now()]);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}
interface Notes { seen: number; longTasks: [number, number][]; turns: [number, number][] }
const notes = (page: Page): Promise<Notes> => page.evaluate(() => { const w = window as unknown as Notes; return { seen: w.seen, longTasks: w.longTasks, turns: w.turns }; });

/** Processor time of the page's main thread so far, in seconds: all of it, and that of scripts. */
async function cpu(cdp: CDPSession): Promise<{ task: number; script: number; heapMB: number }> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((m) => m.name === name)?.value ?? NaN;
  return { task: of("TaskDuration"), script: of("ScriptDuration"), heapMB: of("JSHeapUsedSize") / 1e6 };
}

interface Opened { context: BrowserContext; page: Page; cdp: CDPSession }

async function open(browser: Browser, base: string, seen: string, login = ""): Promise<Opened> {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1440, height: 900 } });
  if (login !== "") {
    const colon = login.indexOf(":");
    const answer = await context.request.post("/api/v1/session", { data: { user: login.slice(0, colon), password: login.slice(colon + 1) } });
    if (!answer.ok()) throw new Error(`login at ${base}: ${answer.status()}`);
  }
  const page = await context.newPage();
  // The runner names functions through a helper that pages do not have.
  await page.addInitScript("globalThis.__name = (f) => f;");
  await page.addInitScript(watch, seen);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  await wait(WINDOW_MS);
  return { context, page, cdp };
}

/** Until the rows are painted, and the main thread has had no long task for a while. The later of the two, from 0. */
async function interactive(page: Page): Promise<number> {
  await page.waitForFunction(() => Number.isFinite((window as unknown as Notes).seen), undefined, { timeout: 60_000 });
  await wait(1500);
  const { seen, longTasks } = await notes(page);
  return Math.max(seen, ...longTasks.map(([at, took]) => at + took).filter((end) => end < seen + 1500));
}

async function firstLoad(browser: Browser, base: string, login: string, name: string): Promise<void> {
  const times: number[] = [];
  const paints: number[] = [];
  const busy: number[] = [];
  let script = 0;
  let all = 0;
  for (let i = 0; i < TIMES; i++) {
    // A fresh context has an empty cache.
    const { context, page, cdp } = await open(browser, base, "main h1", login);
    await cdp.send("Network.enable");
    const kinds = new Map<string, string>();
    script = 0;
    all = 0;
    cdp.on("Network.responseReceived", (e) => { kinds.set(e.requestId, e.type); });
    cdp.on("Network.loadingFinished", (e) => { all += e.encodedDataLength; if (kinds.get(e.requestId) === "Script") script += e.encodedDataLength; });
    await page.goto("/");
    times.push(await interactive(page));
    paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN));
    busy.push((await cpu(cdp)).task * 1000);
    await context.close();
  }
  tell({ what: `first load of ${name}, until it answers`, value: median(times), unit: "ms", limit: 1000, note: `median of ${TIMES}, ${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))}` });
  tell({ what: "  first paint", value: median(paints), unit: "ms" });
  tell({ what: "  main thread's processor time", value: median(busy), unit: "ms" });
  tell({ what: "  scripts as sent", value: script / 1000, unit: "kB", limit: 300 });
  tell({ what: "  everything as sent", value: all / 1000, unit: "kB" });
}

async function meeting(browser: Browser, base: string): Promise<void> {
  for (const warm of [false, true]) {
    const times: number[] = [];
    const busy: number[] = [];
    const longest: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const { context, page, cdp } = await open(browser, base, ".heat-rows li");
      let began = 0;
      let before = 0;
      if (warm) {
        // From a page that is open already, as by a click: the parts of the page are read as well.
        await page.goto("/incidents");
        await page.waitForSelector("main h1");
        await wait(1000);
        before = (await cpu(cdp)).task;
        began = await page.evaluate((id) => { const at = performance.now(); history.pushState({}, "", `/meetings/${id}`); dispatchEvent(new PopStateEvent("popstate")); return at; }, HALL);
      } else {
        await page.goto(`/meetings/${HALL}`);
      }
      times.push((await interactive(page)) - began);
      busy.push(((await cpu(cdp)).task - before) * 1000);
      longest.push(Math.max(0, ...(await notes(page)).longTasks.filter(([at]) => at >= began).map(([, took]) => took)));
      if (warm && i === TIMES - 1) await answersKeys(page);
      await context.close();
    }
    tell({ what: `meeting of ${SIZE.hallPeople} x ${SIZE.hallMinutes} min, ${warm ? "from an open page" : "with the first load"}, until it answers`, value: median(times), unit: "ms", limit: 500, note: `${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))}` });
    tell({ what: "  main thread's processor time", value: median(busy), unit: "ms" });
    tell({ what: "  longest task", value: median(longest), unit: "ms", limit: 100 });
  }
}

/** How long a key takes until what it changed is painted. */
async function answersKeys(page: Page): Promise<void> {
  const times: number[] = [];
  for (const key of ["ArrowRight", "j", "ArrowLeft", "j", "w", "n", "ArrowRight", "k"]) {
    times.push(await page.evaluate((k) => new Promise<number>((done) => {
      const at = performance.now();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true }));
      requestAnimationFrame(() => { setTimeout(() => { done(performance.now() - at); }, 0); });
    }), key));
    await wait(200);
  }
  tell({ what: "  a key until it is painted (j, k, arrows, n, w), the slowest", value: Math.max(...times), unit: "ms", note: `median ${Math.round(median(times))}` });
}

async function live(browser: Browser, f: Farm, base: string): Promise<void> {
  const { context, page, cdp } = await open(browser, base, ".lr.row");
  await page.goto("/live");
  tell({ what: `Live with ${SIZE.meetings} meetings, ${SIZE.people} people, until it answers`, value: await interactive(page), unit: "ms" });
  for (const held of [false, true]) {
    // With the pointer in the list the order is held, which has to be worked out, too.
    await page.mouse.move(held ? 700 : 5, held ? 500 : 5);
    f.flow(true);
    await wait(SETTLE_MS);
    const before = await cpu(cdp);
    const from = await page.evaluate(() => performance.now());
    const began = Date.now();
    await wait(STREAM_S * 1000);
    const after = await cpu(cdp);
    const took = (Date.now() - began) / 1000;
    const { longTasks, turns } = await notes(page);
    f.flow(false);
    // What a later change overtook was seen when that one was.
    const delays = [...f.sent].filter(([, at]) => at >= began && at < began + (STREAM_S - 3) * 1000).map(([turn, at]) => (turns.find(([t]) => t >= turn)?.[1] ?? Infinity) - at);
    tell({ what: `${SIZE.news} changed meetings a second${held ? ", order held" : ""}: scripting`, value: (100 * (after.script - before.script)) / took, unit: "% of a core", limit: 20 });
    tell({ what: "  main thread in all (layout and painting with it)", value: (100 * (after.task - before.task)) / took, unit: "% of a core" });
    tell({ what: "  longest task", value: Math.max(0, ...longTasks.filter(([at]) => at > from).map(([, t]) => t)), unit: "ms", limit: 100, note: `${longTasks.filter(([at]) => at > from).length} over 50 ms` });
    tell({ what: "  a change until it is seen, the slowest", value: Math.max(...delays), unit: "ms", limit: 2000, note: `median ${Math.round(median(delays))}, of ${delays.length}` });
    tell({ what: "  heap", value: after.heapMB, unit: "MB" });
    await wait(1500);
  }
  await context.close();
}

const only = process.env.EARSHOT_PERF_ONLY ?? "";
const f = await farm(SIZE);
const base = `http://127.0.0.1:${f.port}`;
const browser = await chromium.launch({
  executablePath: process.env.EARSHOT_E2E_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  if (only === "" || only === "load") {
    const url = process.env.EARSHOT_PERF_URL?.replace(/\/$/, "");
    await (url ? firstLoad(browser, url, process.env.EARSHOT_PERF_LOGIN ?? "", "Earshot's server") : firstLoad(browser, base, "", "the built pages"));
  }
  if (only === "" || only === "meeting") await meeting(browser, base);
  if (only === "" || only === "live") await live(browser, f, base);
} finally {
  await browser.close();
  f.server.close();
  f.server.closeAllConnections();
}
const missed = lines.filter((l) => l.limit !== undefined && !(l.value <= l.limit));
console.log(missed.length === 0 ? "All targets are met." : `${missed.length} of ${lines.filter((l) => l.limit !== undefined).length} targets are missed.`);
process.exitCode = missed.length === 0 ? 0 : 1;
