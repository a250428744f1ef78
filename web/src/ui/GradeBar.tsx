// How people or minutes spread over the grades: one bar, worst first, and the same in words for those who do not see it.
import type { GradeCount } from "../api/types.ts";
import { count } from "../model/format.ts";
import { total, WORST_FIRST } from "../model/grade.ts";

export const gradeWords = (c: GradeCount): string =>
  total(c) === 0 ? "none" : WORST_FIRST.filter((g) => c[g] > 0).map((g) => `${count(c[g])} ${g}`).join(", ");

export function GradeBar({ counts, what }: { counts: GradeCount; what: string }) {
  return (
    <div className="gradebar" role="img" aria-label={`${what}: ${gradeWords(counts)}`} title={gradeWords(counts)}>
      {WORST_FIRST.filter((g) => counts[g] > 0).map((g) => <i key={g} className={g === "unclassified" ? "hatch" : `fill-${g}`} style={{ flexGrow: counts[g] }} />)}
    </div>
  );
}
