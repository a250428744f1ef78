// Sites, addresses and devices against the mock server: giving networks to sites, importing a list, comparing versions.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findings } from "./axe.ts";
import { goTo } from "./browser.ts";
import { mocked } from "./mocked.ts";

const m = mocked();

const lyon = async () => (await m.api<{ items: { id: string; name: string }[] }>("sites")).items.find((s) => s.name === "Lyon")?.id as string;

describe("Places", () => {
  it("give a network to a site in one click, and it is gone from those of no site", async () => {
    await goTo(m.page, "/sites/addresses");
    const row = m.page.locator(".networks li", { hasText: "10.88.12.0/24" });
    await row.locator("input").fill("Bergen annex");
    await row.locator("text=Assign").click();
    await m.page.waitForSelector(".done >> text=10.88.12.0/24 belongs to Bergen annex now");
    await m.page.waitForFunction(() => [...document.querySelectorAll(".networks .mono")].every((x) => x.textContent !== "10.88.12.0/24"));
    await m.page.goto("/sites?q=annex");
    await m.page.waitForSelector("tbody a >> text=Bergen annex");
  });
  it("preview an import with an overlap, with lines, and apply it", async () => {
    await m.page.goto("/sites/import");
    await m.page.fill("#csv", "name,range\nLyon,10.20.4.0/22\nLyon lab,10.20.5.0/24\n");
    await m.page.check("text=keep what the file does not name");
    await m.page.click("text=Preview");
    await m.page.waitForSelector(".verdict >> text=1 new, 0 changed, 0 removed");
    await m.page.waitForSelector("section[aria-label=Overlaps] >> text=line 3 in line 2");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.click("text=Apply 1 change");
    await m.page.waitForSelector(".done >> text=1 new");
    await m.page.goto("/sites?q=lab");
    await m.page.waitForSelector("tbody a >> text=Lyon lab");
  });
  it("are made in a form, after a look at what moves and what overlaps, and taken away again", async () => {
    await goTo(m.page, "/sites");
    await m.page.click("text=New site");
    await m.page.click("button:text-is('Preview')");
    await m.page.waitForSelector(".field-error >> text=a site needs a name");
    await m.page.fill("role=textbox[name='Name']", "Lyon lab");
    await m.page.fill("role=textbox[name='Addresses']", "10.20.5.0/24\n10.99.0.0/24");
    await m.page.fill("role=textbox[name='Link']", "100");
    await m.page.click("button:text-is('Preview')");
    await m.page.waitForSelector("section[aria-label=Overlaps] >> text=10.20.4.0/22");
    await m.page.waitForSelector("section[aria-label=Changes] tr:has-text('10.99.0.0/24') >> text=new");
    assert.deepEqual(await findings(m.page), [], "axe");
    await m.page.click("button:has-text('Apply')");
    await m.page.waitForURL((u) => u.pathname === "/sites" && u.searchParams.get("q") === "Lyon lab");
    await m.page.click("tbody a >> text=Lyon lab");
    await m.page.click("a.btn:text-is('Edit')");
    await m.page.waitForFunction(() => document.querySelector("textarea")?.value === "10.20.5.0/24\n10.99.0.0/24");
    await m.page.click("text=Preview removing it");
    await m.page.waitForSelector("section[aria-label=Changes] tr:has-text('10.99.0.0/24') >> text=Lyon lab → no site");
    await m.page.click("button:text-is('Remove the site')");
    await m.page.waitForURL((u) => u.pathname === "/sites");
    await m.page.waitForFunction(() => [...document.querySelectorAll("tbody a")].length > 0 && [...document.querySelectorAll("tbody a")].every((a) => a.textContent !== "Lyon lab"));
  });
  it("are narrowed to an account: addresses of no site, and devices", async () => {
    await m.make("account?id=00000000000000ff&zoom_id=Subsidiary");
    await goTo(m.page, "/sites/addresses?account=00000000000000ff");
    await m.page.waitForSelector("text=Nobody of this account was there in the last 24 hours.");
    await m.page.selectOption("select[aria-label='Zoom account']", "");
    await m.page.waitForSelector(".networks li");
    await goTo(m.page, "/devices?account=00000000000000ff");
    await m.page.waitForSelector("text=Nobody told of client versions in the last 7 days.");
    await m.page.selectOption("select[aria-label='Zoom account']", "");
    await m.page.waitForSelector(".devices tbody tr");
  });
  it("refuse a bad file whole, with every line that is wrong", async () => {
    await m.page.goto("/sites/import");
    await m.page.fill("#csv", "name,range\nA,10.1.0.0/16\nB,10.1.0.0/16\nC,nowhere\n");
    await m.page.click("text=Preview");
    await m.page.waitForSelector(".verdict >> text=Nothing can be applied: 2 rows are wrong.");
    await m.page.waitForFunction(() => [...document.querySelectorAll("section[aria-label=Problems] tbody td.r")].map((e) => e.textContent).join() === "3,4");
    assert.equal(await m.page.locator("button >> text=/^Apply/").count(), 0);
  });
  it("show the hours of the week, with grey where there are too few minutes, and keep the span in the address", async () => {
    await goTo(m.page, `/sites/${await lyon()}`);
    await m.page.waitForFunction(() => document.querySelectorAll(".week td").length === 168 && document.querySelector(".week td.few") !== null);
    assert.match((await m.page.getAttribute(".week td.poor, .week td.bad", "title")) ?? "", /of .* minutes poor or bad/);
    await m.page.click("text=30 days");
    await m.page.waitForURL(/span=30d/);
    await m.page.waitForSelector(".verdict >> text=in the last 30 days");
  });
  it("compare versions with the rest, in grey below the least, and lead to the people behind", async () => {
    await m.page.goto("/devices");
    await m.page.waitForSelector(".verdict >> text=/6.6.2.*4.8.% of minutes bad/");
    await m.page.waitForSelector(".few-row >> text=6.4.3 (8814)");
    await m.page.click(".name >> text=6.6.2 (11223)");
    await m.page.waitForURL(/show=6.6.2/);
    await m.page.click(".behind li a >> nth=0");
    await m.page.waitForURL(/\/people\/[0-9a-f]{16}/);
  });
  it("treat hostile names of devices as text", async () => {
    await goTo(m.page, "/devices?by=microphone");
    await m.page.waitForSelector(".name >> text==HYPERLINK");
    assert.deepEqual(await findings(m.page), [], "axe");
  });
});
