import { describe, expect, it } from "vitest";
import type { IncidentSplit, IncidentSplits } from "../api/types.ts";
import { againstWord, aloneWords, byWord, clueTitle, hereWord, nothingMore, ownSplit } from "./splits.ts";

const lyon = { id: "0000000000000051", name: "Lyon" };
const split = (part: Partial<IncidentSplit>): IncidentSplit => ({ by: "site", cell: { scope: "site", site: lyon }, inside: { bad: 41, of: 44 }, elsewhere: { bad: 7, of: 1240 }, ...part });
const words = (s: IncidentSplit) => [byWord(s), hereWord(s), againstWord(s)];

describe("a split", () => {
  it("says by what, who and against whom", () => {
    expect(words(split({}))).toEqual(["Site", "Lyon", "other sites"]);
    expect(words(split({ by: "address", name: "198.51.100.24" }))).toEqual(["Public address", "198.51.100.24", "everybody else"]);
    expect(words(split({ by: "isp", cell: { scope: "isp", name: "Arvel Fibre" } }))).toEqual(["ISP", "Arvel Fibre", "other ISPs"]);
    expect(words(split({ by: "network", name: "Wired" }))).toEqual(["Network type", "wired in Lyon", "wired elsewhere"]);
    expect(words(split({ by: "network", name: "Wifi", cell: { scope: "isp", name: "Arvel Fibre" } }))).toEqual(["Network type", "Wi-Fi here", "Wi-Fi elsewhere"]);
    expect(words(split({ by: "data-center", cell: { scope: "data-center", name: "EU" } }))).toEqual(["Data centre", "EU", "other data centres"]);
    expect(words(split({ by: "client-version", cell: { scope: "client-version", name: "6.6.11" } }))).toEqual(["Client", "6.6.11", "other clients"]);
    expect(words(split({ by: "vpn", cell: { scope: "vpn", name: "VPN pool" } }))).toEqual(["VPN", "VPN pool", "not behind it"]);
    expect(words(split({ by: "subnet", cell: { scope: "subnet", name: "10.20.4.0/24", site: lyon } }))).toEqual(["Network", "10.20.4.0/24", "everybody else"]);
  });
  it("names the incident's own cell as its page does", () => {
    expect(words(split({ by: "network", own: true, cell: { scope: "site-wifi", site: lyon } }))).toEqual(["Network type", "Wi-Fi of Lyon", "everybody else"]);
    expect(hereWord(split({ by: "subnet", own: true, cell: { scope: "subnet", name: "10.20.4.0/24", site: lyon } }))).toBe("10.20.4.0/24, Lyon");
    expect(ownSplit({ cell: { scope: "subnet-wifi", name: "10.20.4.0/24", site: lyon }, inside: { bad: 1, of: 2 }, elsewhere: { bad: 0, of: 9 } }).by).toBe("network");
    expect(hereWord(ownSplit({ cell: { scope: "isp", name: "Arvel" }, inside: { bad: 1, of: 2 }, elsewhere: { bad: 0, of: 9 } }))).toBe("Arvel");
  });
});

describe("a clue", () => {
  it("says whether it holds", () => {
    const clue = (cause: "isp" | "zoom-edge" | "local-network", holds: "not" | "maybe") => clueTitle({ cause, holds, text: "", count: { bad: 0, of: 0 } });
    expect([clue("isp", "not"), clue("zoom-edge", "not"), clue("local-network", "maybe")]).toEqual(["Not ISP", "Not Zoom data centre", "Maybe local network"]);
  });
});

describe("nothingMore", () => {
  const of = (splits: IncidentSplit[], from = "2026-11-21T09:41:00Z"): IncidentSplits => ({ people: 9, splits, clues: [], ...(from ? { from, to: from } : {}) });
  it("says why there is nothing to compare", () => {
    expect(nothingMore(of([], ""))).toMatch(/not kept any more/);
    expect(nothingMore(of([]))).toMatch(/Nobody of it/);
    expect(nothingMore(of([split({})]))).toBe("Too few people to compare: 9 people were measured at that time, and no other group has enough of them on both sides.");
    expect(nothingMore(of([split({}), split({ by: "isp" })]))).toBe("");
  });
});

describe("aloneWords", () => {
  it("tells how others fared, where there were any", () => {
    expect(aloneWords({ elsewhere: { bad: 48, of: 1283 } })).toBe("One person alone has it: there is no group to compare. Of 1,283 other people at its worst moment, 48 had trouble too.");
    expect(aloneWords({ elsewhere: { bad: 0, of: 0 } })).toBe("One person alone has it: there is no group to compare.");
  });
});
