// What somebody should look at, worst first, and what to do about it.
import type { Grade, Notice } from "../../api/types.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";

const SHAPE: Record<Notice["severity"], Grade> = { error: "bad", warning: "fair", info: "unclassified" };

export function Notices({ notices }: { notices: readonly Notice[] }) {
  return (
    <section className="panel" aria-label="To look at">
      <div className="panel-head"><h2>To look at</h2></div>
      <ul className="notices">
        {notices.map((n, k) => (
          <li key={k}><GradeShape grade={SHAPE[n.severity]} /><div><span className="sr">{n.severity}: </span><span className="m">{n.text}</span>{n.hint && <div className="t2">{n.hint}</div>}</div></li>
        ))}
      </ul>
    </section>
  );
}
