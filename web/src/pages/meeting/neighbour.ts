import type { Attendee } from "../../model/verdict.ts";

/** The person so many rows below the chosen one, at most the last; the first when nobody in the rows is chosen. */
export function neighbour(people: readonly Attendee[], chosen: string | undefined, by: number): Attendee | undefined {
  const i = people.findIndex((p) => p.key === chosen);
  return i < 0 ? people[0] : people[Math.max(0, Math.min(people.length - 1, i + by))];
}
