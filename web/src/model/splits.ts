// Where an incident is and where it is not, in words: each way of parting people who were present, and what the figures say about
// other causes. The counts and their order are the API's.
import type { IncidentClue, IncidentDetail, IncidentSplit, IncidentSplits } from "../api/types.ts";
import { cellWord, inSentence, isCause } from "./cause.ts";
import { count, networkWord, plural } from "./format.ts";

const BY: Record<IncidentSplit["by"], string> = {
  site: "Site", subnet: "Network", address: "Public address", isp: "ISP", network: "Network type", "data-center": "Data centre", "client-version": "Client", vpn: "VPN", transport: "Transport",
};

/** By what people are parted. */
export const byWord = (s: IncidentSplit): string => BY[s.by];

/** Who is inside. */
export function hereWord(s: IncidentSplit): string {
  const site = s.cell.site?.name;
  switch (s.by) {
    case "address": return s.name ?? "";
    case "network": return s.name ? `${networkWord(s.name)} ${site ? `in ${site}` : "here"}` : cellWord(s.cell);
    case "subnet": return s.own && site ? `${s.cell.name ?? ""}, ${site}` : s.cell.name ?? "";
    case "isp": case "data-center": case "client-version": return s.cell.name ?? "";
    default: return cellWord(s.cell);
  }
}

/** With whom they are compared. */
export function againstWord(s: IncidentSplit): string {
  if (s.by === "network" && s.name) return `${networkWord(s.name)} elsewhere`;
  switch (s.by) {
    case "site": return "other sites";
    case "isp": return "other ISPs";
    case "data-center": return "other data centres";
    case "client-version": return "other clients";
    case "vpn": return "not behind it";
    default: return "everybody else";
  }
}

/** What it says, before its figures: "Not Wi-Fi", "Maybe ISP". */
export const clueTitle = (c: IncidentClue): string => `${c.holds === "not" ? "Not" : "Maybe"} ${isCause(c.cause) ? inSentence(c.cause) : c.cause}`;

/** The incident's own row as the incident itself tells it, while the others are read or where they are not kept. */
export const ownSplit = (i: Pick<IncidentDetail, "cell" | "inside" | "elsewhere">): IncidentSplit => ({ by: traitOf(i.cell.scope), cell: i.cell, own: true, inside: i.inside, elsewhere: i.elsewhere });

function traitOf(scope: IncidentDetail["cell"]["scope"]): IncidentSplit["by"] {
  switch (scope) {
    case "subnet": case "isp": case "data-center": case "vpn": case "transport": case "client-version": return scope;
    case "subnet-wifi": case "site-wifi": return "network";
    default: return "site";
  }
}

/** Why there is nothing, or only the incident's own row, to see; "" where there is more. */
export function nothingMore(s: IncidentSplits): string {
  if (!s.from) return "The minutes of that time are not kept any more: these are the counts of when it was at its worst.";
  if (s.splits.length === 0) return "Nobody of it has a verdict for that time any more: these are the counts of when it was at its worst.";
  return s.splits.length === 1 ? `Too few people to compare: ${plural(s.people, "person was", "people were")} measured at that time, and no other group has enough of them on both sides.` : "";
}

/** What a personal incident has instead of groups. */
export function aloneWords({ elsewhere }: Pick<IncidentDetail, "elsewhere">): string {
  const others = elsewhere.of === 0 ? "" : ` Of ${plural(elsewhere.of, "other person", "other people")} at its worst moment, ${count(elsewhere.bad)} had trouble too.`;
  return `One person alone has it: there is no group to compare.${others}`;
}
