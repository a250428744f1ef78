import { describe, expect, it } from "vitest";
import type { AlertRule, Rule } from "../api/types.ts";
import { fieldNames, formOf, newForm, plainRule, problemsByField, RULE_KINDS, ruleOf, ruleWords } from "./rule.ts";

const RULES: Rule[] = [
  { name: "Incident", kind: "incident", people: 3, causes: ["isp", "wifi"], clear_on: "quiet", about: "why", scope: { sites: ["Lyon", "Oslo"], subnets: ["10.0.0.0/8"] } },
  { name: "Alone", kind: "incident", personal: true, severity: "info", disabled: true },
  { name: "Board", kind: "person", minutes: 3, window: "10m", scope: { groups: ["board"] }, cooldown: "1h30m" },
  { name: "Site", kind: "share", per: "site", share_pct: 12.5, people: 10, window: "15m", clear_pct: 8, clear_after: "90s" },
  { name: "Drops", kind: "drops", per: "data-center", share_pct: 40 },
  { name: "Phone", kind: "phone", mos: 3.2, calls: 8, window: "30m" },
  { name: "Burn", kind: "burn", per: "everything", objective_pct: 95, burns: [{ long: "1h", short: "5m", factor: 14.4 }] },
  { name: "Clock", kind: "absence", what: "clock", threshold: 30, for: "5m" },
  { name: "Version", kind: "version", people: 3 },
  { name: "Expr", kind: "promql", expr: "up == 0", for: "1m" },
];

describe("a rule as a form", () => {
  it.each(RULES.map((r) => [r.name, r] as const))("comes back as it was: %s", (_, rule) => {
    expect(ruleOf(formOf(rule))).toEqual({ rule, problems: new Map() });
  });
  it("sends nothing of where a rule comes from", () => {
    const row: AlertRule = { ...(RULES[3] as Rule), origin: "typed", who: "ann", hides: true, replayable: true };
    expect(plainRule(row, true)).toEqual({ ...RULES[3], disabled: true });
  });
  it("says which field holds no number and no time, before anybody is asked", () => {
    const form = formOf(RULES[3] as Rule);
    const { problems } = ruleOf({ ...form, text: { ...form.text, share_pct: "many", window: "ten", people: "" } });
    expect([...problems.keys()].sort()).toEqual(["share_pct", "window"]);
    expect(ruleOf({ ...newForm("burn", "B"), burns: [{ long: "1h", short: "", factor: "x" }] }).problems.has("burns")).toBe(true);
  });
  it.each(RULE_KINDS)("starts with what can be sent: %s", (kind) => {
    expect(ruleOf(newForm(kind, "New")).problems).toEqual(new Map());
  });
});

describe("the server's problems", () => {
  it("stand at their fields, whatever list they are in", () => {
    const found = problemsByField([
      { location: "body.share_pct", message: "want more than 0" }, { location: "body.rules[1].window", message: "want less" }, { location: "body.scope.sites", message: "want a site" },
      { location: "body.scope", message: "want nothing" }, { location: "body.elsewhere", message: "odd" }, {},
    ], fieldNames("share"));
    expect(Object.fromEntries(found)).toEqual({ share_pct: "want more than 0", window: "want less", "scope.sites": "want a site", scope: "want nothing", "": "elsewhere: odd" });
  });
  it("of one entry of a list stand at the list", () => {
    expect(problemsByField([{ location: "body.causes[0]", message: "want a cause" }], fieldNames("incident")).get("causes")).toBe("want a cause");
    expect(problemsByField([{ location: "body.burns[1].long", message: "want 1h to 30d" }], fieldNames("burn")).get("burns")).toBe("want 1h to 30d");
  });
});

describe("a rule in words", () => {
  it("says what raises it and whom it is for", () => {
    expect(ruleWords(RULES[0] as Rule)).toBe("an incident by isp or wifi, at least 3 people; only Lyon, Oslo, 10.0.0.0/8");
    expect(ruleWords(RULES[4] as Rule)).toBe("40 % of people of a data centre fell out");
    expect(ruleWords(RULES[6] as Rule)).toBe("budget of 5 % poor and bad minutes used up too fast: 14.4× in 1h");
    expect(ruleWords({ name: "NoEvents", kind: "absence", what: "no-events" } as Rule)).toBe("5 minutes without an event while meetings run");
    expect(ruleWords({ name: "Ends", kind: "absence", what: "certificate", threshold: 30, for: "1h" } as Rule)).toBe("under 30 days until a certificate ends, for 1h");
  });
});
