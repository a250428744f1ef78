import { describe, expect, it } from "vitest";
import type { Site } from "../api/types.ts";
import { EMPTY_SITE, siteChange, siteForm, siteProblems, siteRemoval } from "./siteForm.ts";

const lyon = { name: "Lyon", ranges: ["10.20.4.0/22", "2001:db8:4::/48"], zone: "Europe/Paris", isp: "Arvel Fibre", link_mbps: 500, tags: ["plant", "west"] } as Site;

describe("siteChange", () => {
  it("asks for nothing new when nothing was touched", () => {
    const form = siteForm(lyon);
    expect(siteChange(form, form)).toEqual({
      ranges: [{ range: "10.20.4.0/22", site: "Lyon" }, { range: "2001:db8:4::/48", site: "Lyon" }],
      sites: [{ name: "Lyon", zone: "Europe/Paris", isp: "Arvel Fibre", vpn: false, tags: ["plant", "west"], link_mbps: 500 }],
    });
  });
  it("gives what was added and takes what was left out, each range once", () => {
    const was = siteForm(lyon);
    const change = siteChange({ ...was, ranges: "10.20.4.0/22, 10.21.0.0/24\n10.20.4.0/22" }, was);
    expect(change.ranges).toEqual([{ range: "10.20.4.0/22", site: "Lyon" }, { range: "10.21.0.0/24", site: "Lyon" }, { range: "2001:db8:4::/48", site: "" }]);
  });
  it("takes all ranges along to another name", () => {
    const was = siteForm(lyon);
    expect(siteChange({ ...was, name: " Lyon plant " }, was).ranges?.map((r) => r.site)).toEqual(["Lyon plant", "Lyon plant"]);
  });
});

describe("siteForm", () => {
  it("begins a network that nobody configured without its makeshift name", () => {
    expect(siteForm({ ...lyon, derived: true, name: "203.0.113.0/24", ranges: ["203.0.113.0/24"] })).toEqual({ ...EMPTY_SITE, ranges: "203.0.113.0/24", isp: "Arvel Fibre" });
  });
});

describe("siteRemoval", () => {
  it("takes every range away", () => {
    expect(siteRemoval(siteForm(lyon))).toEqual({ ranges: [{ range: "10.20.4.0/22", site: "" }, { range: "2001:db8:4::/48", site: "" }] });
  });
});

describe("siteProblems", () => {
  it("says what is missing and what is no number", () => {
    expect(siteProblems({ ...EMPTY_SITE, link: "fast" })).toEqual({ name: "a site needs a name", ranges: "without addresses nobody would ever be there", link: "want a number of megabits per second" });
    expect(siteProblems({ ...siteForm(lyon), link: "0,5" })).toEqual({});
  });
});
