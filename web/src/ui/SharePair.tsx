// How many of how many, as a bar in ink with its words: people here, and people elsewhere on the same scale.
import type { PeopleCount } from "../api/types.ts";
import { ofPeople, shareWord } from "../model/cause.ts";

export function ShareBar({ counts, ghost = false }: { counts: PeopleCount; ghost?: boolean }) {
  const share = counts.of === 0 ? 0 : counts.bad / counts.of;
  return (
    <span className="sharebar">
      <span className={ghost ? "track ghost" : "track"} aria-hidden="true"><i style={{ width: `${share > 0 ? Math.max(1, share * 100) : 0}%` }} /></span>
      <b className="m nw">{ofPeople(counts)}</b>
      <span className="t3 nw">{shareWord(counts.bad, counts.of)}</span>
    </span>
  );
}
