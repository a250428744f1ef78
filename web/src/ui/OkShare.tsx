// A share of good and fair minutes in a cell, judged by the target: good is quiet, anything less has its mark and colour, and too few are said to be.
import { count } from "../model/format.ts";
import { total } from "../model/grade.ts";
import { fewWords, okShare, pctText, shareBounds, shareGrade, sizeWords, type Sum } from "../model/target.ts";
import { gradeWords } from "./GradeBar.tsx";
import { GradeShape } from "./GradeMark.tsx";

interface Props { sum: Sum | undefined; target: number; people?: boolean; strong?: boolean }

export function OkShare({ sum, target, people = false, strong = false }: Props) {
  if (!sum || total(sum.minutes) === 0) return <span className="t3">·</span>;
  const share = okShare(sum.minutes);
  if (share === undefined) return <span className="t3 f12">no verdict</span>;
  const few = fewWords(sum);
  if (few) return <span className="t3 f12 nw" title={`${sizeWords(sum)}: ${gradeWords(sum.minutes)}`}>{few}</span>;
  const grade = shareGrade(share, target);
  return (
    <span className="okshare" title={`${sizeWords(sum)}: ${gradeWords(sum.minutes)}`}>
      {grade !== "good" && <GradeShape grade={grade} />}<span className={[grade === "good" ? "" : `g-${grade}`, strong ? "b" : "m"].join(" ")}>{pctText(share)}</span>{grade !== "good" && <span className="sr"> {grade}</span>}{people && <span className="t3 f11 ppl">{count(sum.people)}</span>}
    </span>
  );
}

/** What the marks mean, for the head of a table. */
export function TargetLegend({ target }: { target: number }) {
  const { fair, bad } = shareBounds(target);
  return <><span><GradeShape grade="fair" />under {fair}</span><span><GradeShape grade="poor" />under {target}</span><span><GradeShape grade="bad" />under {bad}</span></>;
}
