// Phone calls among what Live shows.
import type { Call } from "../api/types.ts";
import type { LiveFilter } from "./meetings.ts";

/** The kind in the filter that stands for phone calls; meetings have kinds of their own. */
export const CALL_KIND = "call";

/** Whether a call passes the filter. Text is looked for in names, numbers and extensions. */
export function callPasses(c: Call, f: LiveFilter): boolean {
  if (f.grades.length > 0 && !f.grades.includes(c.grade)) return false;
  if (f.kind !== "" && f.kind !== CALL_KIND) return false;
  const hay = [c.caller, c.callee].flatMap((p) => [p.name, p.number, p.extension]).join(" ").toLowerCase();
  return f.q.toLowerCase().split(/\s+/).every((word) => hay.includes(word));
}
