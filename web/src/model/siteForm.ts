// The form of one site: what stands in it, and the change that it asks the server for.
import type { Site, SiteChanges } from "../api/types.ts";

export interface SiteForm { name: string; ranges: string; zone: string; isp: string; link: string; vpn: boolean; tags: string }

export const EMPTY_SITE: SiteForm = { name: "", ranges: "", zone: "", isp: "", link: "", vpn: false, tags: "" };

/** What the list says of a site. One that nobody configured has a range, and no name yet. */
export function siteForm(s: Site): SiteForm {
  if (s.derived) return { ...EMPTY_SITE, ranges: (s.ranges ?? []).join("\n"), isp: s.isp ?? "" };
  return { name: s.name, ranges: (s.ranges ?? []).join("\n"), zone: s.zone ?? "", isp: s.isp ?? "", link: s.link_mbps ? String(s.link_mbps) : "", vpn: s.vpn ?? false, tags: (s.tags ?? []).join("; ") };
}

const lines = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

/**
 * The change that makes a site so: its ranges are given to its name, those that are no longer named belong to nobody, its details are
 * told whole. was is what it is now, undefined for a new one. A name that changed takes the ranges along.
 */
export function siteChange(form: SiteForm, was: SiteForm | undefined): Pick<SiteChanges, "ranges" | "sites"> {
  const name = form.name.trim();
  const wanted = lines(form.ranges);
  const given = wanted.map((range) => ({ range, site: name }));
  const taken = lines(was?.ranges ?? "").filter((range) => !wanted.includes(range)).map((range) => ({ range, site: "" }));
  const link = Number(form.link.trim().replace(",", "."));
  const tags = form.tags.split(/[;\n]/).map((t) => t.trim()).filter(Boolean);
  return {
    ranges: [...given, ...taken],
    sites: [{ name, zone: form.zone.trim(), isp: form.isp.trim(), vpn: form.vpn, tags, ...(Number.isFinite(link) && link !== 0 ? { link_mbps: link } : {}) }],
  };
}

/** The change after which the list has no such site. */
export const siteRemoval = (was: SiteForm): Pick<SiteChanges, "ranges"> => ({ ranges: lines(was.ranges).map((range) => ({ range, site: "" })) });

/** What the form itself can tell is wrong, by field. The server looks at all of it again. */
export function siteProblems(form: SiteForm): Partial<Record<keyof SiteForm, string>> {
  const found: Partial<Record<keyof SiteForm, string>> = {};
  if (form.name.trim() === "") found.name = "a site needs a name";
  if (lines(form.ranges).length === 0) found.ranges = "without addresses nobody would ever be there";
  const link = form.link.trim().replace(",", ".");
  if (link !== "" && !(Number(link) > 0)) found.link = "want a number of megabits per second";
  return found;
}
