// The frame of every page against the mock server: search, keys, theme, zone, login, small screens, the content policy.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PASSWORD } from "../mock/server.ts";
import { findings } from "./axe.ts";
import { arrive, goTo } from "./browser.ts";
import { mocked } from "./mocked.ts";

// 401 is what a wrong password is answered with.
const m = mocked(undefined, [/401/]);

describe("shell", () => {
  it("searches from anywhere by keyboard", async () => {
    await goTo(m.page, "/sites");
    await m.page.keyboard.press("/");
    await m.page.keyboard.insertText("ines");
    await m.page.waitForSelector("[data-combobox-selected] >> text=Ines Okafor-Brandt");
    await m.page.waitForSelector("text=People >> visible=true");
    await m.page.keyboard.press("Enter");
    await m.page.waitForURL(/\/people\/[0-9a-f]{16}/);
  });
  it("moves through the answers one by one, and says which", async () => {
    await goTo(m.page, "/sites");
    await m.page.keyboard.press("/");
    await m.page.keyboard.insertText("in");
    // Where the choice stands among the answers, when the field names the same one.
    const at = (place: number) => m.page.waitForFunction((k) => {
      const all = [...document.querySelectorAll("[role=option]")];
      const field = document.activeElement;
      const chosen = all.findIndex((o) => o.hasAttribute("data-combobox-selected"));
      return field?.getAttribute("role") === "combobox" && field.getAttribute("aria-expanded") === "true" && all.length > 2 && chosen === k && (k === 0 || field.getAttribute("aria-activedescendant") === all[k]?.id);
    }, place);
    await at(0);
    await m.page.keyboard.press("ArrowDown");
    await at(1);
    await m.page.keyboard.press("ArrowDown");
    await at(2);
    await m.page.keyboard.press("ArrowUp");
    await at(1);
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("Escape");
    await m.page.waitForFunction(() => document.querySelector<HTMLInputElement>(".search input")?.value === "" && document.activeElement === document.body);
  });
  it("keeps what is typed into the search while its answers are on their way", async () => {
    let go = () => {};
    const gate = new Promise<void>((done) => { go = done; });
    await m.page.route(/\/SearchAnswers-[^/]*\.js$/, async (route) => { await gate; await route.continue(); });
    await goTo(m.page, "/sites");
    await m.page.keyboard.press("/");
    await m.page.keyboard.insertText("es");
    await m.page.keyboard.press("Home");
    await m.page.keyboard.insertText("in");
    await m.page.waitForFunction(() => document.querySelector<HTMLInputElement>(".search input")?.value === "ines");
    go();
    await m.page.waitForSelector("[data-combobox-selected] >> text=Ines Okafor-Brandt");
    // Where the caret was, it is.
    await m.page.keyboard.insertText("X");
    await m.page.waitForFunction(() => document.querySelector<HTMLInputElement>(".search input")?.value === "inXes");
    await m.page.unroute(/\/SearchAnswers-[^/]*\.js$/);
  });
  it("goes to pages by g and a letter, and lists the shortcuts", async () => {
    await goTo(m.page, "/live");
    await m.page.keyboard.press("g");
    await m.page.keyboard.press("h");
    await arrive(m.page, "**/ingest");
    await m.page.keyboard.press("?");
    await m.page.waitForSelector("role=dialog >> text=Shortcuts");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.keyboard.press("Escape");
    await m.page.waitForSelector("role=dialog", { state: "detached" });
  });
  it("changes theme and zone, and remembers both", async () => {
    await goTo(m.page, "/sites");
    await m.page.click("button[aria-label*='switch to dark']");
    await m.page.waitForSelector("html[data-theme=dark]");
    await m.page.click("button[aria-label*='switch to light']");
    await m.page.waitForSelector("html[data-theme=light]");
    const light = await m.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await m.page.reload();
    await m.page.waitForFunction((colour) => document.documentElement.dataset.theme === "light" && getComputedStyle(document.body).backgroundColor === colour, light);
    await m.page.selectOption(".tool.zone", { value: "UTC" });
    await m.page.waitForFunction(() => localStorage.getItem("earshot-zone") === "UTC");
    await m.page.reload();
    await m.page.waitForFunction(() => document.querySelector<HTMLSelectElement>(".tool.zone")?.value === "UTC");
  });
  it("logs in and out", async () => {
    await goTo(m.page, "/live");
    await m.page.click("text=Log out");
    await m.page.waitForURL("**/login");
    await m.page.fill("input[name=password]", "wrong");
    await m.page.click("button[type=submit]");
    await m.page.waitForSelector("text=wrong name or password");
    await m.page.fill("input[name=password]", PASSWORD);
    await m.page.click("button[type=submit]");
    await m.page.waitForURL("**/overview");
    await m.page.waitForSelector(".overview .verdict b");
  });
  it("never leads to another site after the login", async () => {
    for (const next of ["//evil.example/", "/\\evil.example", "https://evil.example/"]) {
      await m.page.goto(`/login?next=${encodeURIComponent(next)}`);
      await m.page.fill("input[name=password]", PASSWORD);
      await m.page.click("button[type=submit]");
      await m.page.waitForURL(`${m.base}/overview`);
    }
  });
  it("has its pages in reach on a small screen", async () => {
    await m.page.setViewportSize({ width: 390, height: 844 });
    await goTo(m.page, "/live");
    await m.page.click(".tabbar >> text=More");
    await m.page.click(".nav.open >> text=Ingest health");
    await m.page.waitForURL("**/ingest");
    await m.page.waitForSelector(".nav.open", { state: "detached" });
  });
  it("loads nothing from elsewhere and breaks no rule of the Content-Security-Policy", async () => {
    const foreign: string[] = [];
    m.page.on("request", (r) => { if (!r.url().startsWith(m.base)) foreign.push(r.url()); });
    for (const path of ["/overview", "/wall", "/live", "/meetings", "/ingest", "/phone"]) await goTo(m.page, path);
    assert.deepEqual(foreign, []);
  });
});
