// A share of bad minutes in a cell: its grade's mark and the percent, or in grey that there are too few.
import type { Measured } from "../../api/types.ts";
import { fewWord, pctWord, shareGrade } from "../../model/share.ts";
import { gradeWords } from "../../ui/GradeBar.tsx";
import { GradeShape } from "../../ui/GradeMark.tsx";

export function Share({ m }: { m: Measured }) {
  if (m.bad_pct === undefined) return <span className="t3">–</span>;
  if (m.too_few) return <span className="few" title={`${fewWord(m)}; ${pctWord(m.bad_pct)} of them bad`}>too few</span>;
  const grade = shareGrade(m.bad_pct);
  return <span className="nw" title={`minutes: ${gradeWords(m.minutes)}`}><GradeShape grade={grade} /> <b className={grade === "good" ? "m" : `m g-${grade}`}>{pctWord(m.bad_pct)}</b></span>;
}
