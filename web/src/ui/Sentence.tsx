// The verdict: one sentence, its weightiest part in bold, after the shape of its grade.
import { Link } from "@tanstack/react-router";
import type { Piece, Verdict } from "../model/verdict.ts";
import { unbroken } from "../model/format.ts";
import { GradeShape } from "./GradeMark.tsx";

/** Without a verdict the line is there already, at its final height, and empty. */
export function Sentence({ verdict }: { verdict: Verdict | undefined }) {
  return (
    <p className="verdict">
      {verdict && <><GradeShape grade={verdict.grade} />{verdict.pieces.map((p, i) => (p.strong ? <b key={i}><Words piece={p} /></b> : <span key={i}><Words piece={p} /></span>))}</>}
    </p>
  );
}

function Words({ piece }: { piece: Piece }) {
  const text = unbroken(piece.text);
  if (piece.to) return <Link to={piece.to}>{text}</Link>;
  return piece.incident ? <Link to="/incidents/$id" params={{ id: piece.incident }}>{text}</Link> : text;
}
