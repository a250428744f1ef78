// The verdict: one sentence, its weightiest part in bold, after the shape of its grade.
import type { Verdict } from "../model/verdict.ts";
import { unbroken } from "../model/format.ts";
import { GradeShape } from "./GradeMark.tsx";

/** Without a verdict the line is there already, at its final height, and empty. */
export function Sentence({ verdict }: { verdict: Verdict | undefined }) {
  return (
    <p className="verdict">
      {verdict && <><GradeShape grade={verdict.grade} />{verdict.pieces.map((p, i) => (p.strong ? <b key={i}>{unbroken(p.text)}</b> : <span key={i}>{unbroken(p.text)}</span>))}</>}
    </p>
  );
}
