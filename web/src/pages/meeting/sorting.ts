// In which order the people of a meeting stand.
import type { Attendee } from "../../model/verdict.ts";
import { millis } from "../../model/time.ts";

export const SORTS = ["worst", "name", "site", "join"] as const;
export type Sort = (typeof SORTS)[number];

export const SORT_WORDS: Record<Sort, string> = { worst: "bad minutes, then poor", name: "name", site: "site, then bad minutes", join: "time of joining" };

export const isSort = (text: string | undefined): text is Sort => SORTS.some((s) => s === text);

const names = new Intl.Collator("en", { sensitivity: "base", numeric: true });

/** The people in an order. They come worst first, and people of equal standing keep that. Whom Zoom does not report about stay last. */
export function sortPeople(people: readonly Attendee[], sort: Sort): readonly Attendee[] {
  if (sort === "worst") return people;
  const last = (p: Attendee) => Number(!p.reported);
  const key = { name: (p: Attendee) => p.name, site: (p: Attendee) => siteOf(p) };
  return people.toSorted((a, b) => {
    const reported = last(a) - last(b);
    if (reported !== 0) return reported;
    // Who was there before Earshot heard of the meeting came first.
    if (sort === "join") return (millis(a.segments[0]?.join) || 0) - (millis(b.segments[0]?.join) || 0);
    const [x, y] = [key[sort](a), key[sort](b)];
    // Without a site: behind those that have one.
    return Number(x === "") - Number(y === "") || names.compare(x, y);
  });
}

/** The name of the site of the newest join; "" for none, and for a prefix that nobody named. */
export function siteOf(p: Attendee): string {
  const site = p.segments.at(-1)?.site;
  return site && !site.derived ? site.name : "";
}
