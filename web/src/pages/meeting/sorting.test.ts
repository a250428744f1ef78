import { describe, expect, it } from "vitest";
import type { Attendee } from "../../model/verdict.ts";
import { noGrades } from "../../model/grade.ts";
import { isSort, sortPeople } from "./sorting.ts";

const person = (name: string, site: string, join: string, reported = true): Attendee => ({
  key: name, name, external: false, minutes: [], count: noGrades(), reported,
  segments: [{ join, ...(site ? { site: { name: site, derived: site.includes("/") } } : {}) } as Attendee["segments"][number]],
});
// Worst first, as they come.
const people = [person("cy", "Lyon", "2026-11-12T09:02:00Z"), person("Ann", "", "2026-11-12T09:05:00Z"), person("bob 10", "Bergen", "2026-11-12T09:00:00Z"), person("Bob 9", "Lyon", ""), person("Ada", "203.0.113.0/24", "2026-11-12T09:01:00Z", false)];
const order = (sort: "worst" | "name" | "site" | "join") => sortPeople(people, sort).map((p) => p.name);

describe("sortPeople", () => {
  it("leaves the worst on top", () => { expect(order("worst")).toEqual(["cy", "Ann", "bob 10", "Bob 9", "Ada"]); });
  it("sorts names as people do, those who are not reported last", () => { expect(order("name")).toEqual(["Ann", "Bob 9", "bob 10", "cy", "Ada"]); });
  it("keeps the worst of a site on top, and those without a site behind", () => { expect(order("site")).toEqual(["bob 10", "cy", "Bob 9", "Ann", "Ada"]); });
  it("takes who was there before Earshot for the first", () => { expect(order("join")).toEqual(["Bob 9", "bob 10", "cy", "Ann", "Ada"]); });
  it("knows its own words", () => { expect([isSort("site"), isSort("size"), isSort(undefined)]).toEqual([true, false, false]); });
});
