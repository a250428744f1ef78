// How many meetings and people are in which grade now. The figures choose what the list shows.
import type { Grade, GradeCount } from "../../api/types.ts";
import { useStatus } from "../../live/follow.ts";
import type { Live } from "../../live/meetings.ts";
import { count, plural } from "../../model/format.ts";
import { countGrades, noGrades, WORST_FIRST } from "../../model/grade.ts";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { GradeShape } from "../../ui/GradeMark.tsx";

interface Props { live: Live | undefined; stale: boolean; chosen: readonly Grade[]; onGrade: (grade: Grade) => void }

export function LiveSummary({ live, stale, chosen, onGrade }: Props) {
  const status = useStatus();
  const rows = live ? [...live.rows.values()].filter((r) => !live.ended.has(r.id)) : [];
  const meetings = live ? countGrades(rows.map((r) => r.grade)) : status?.meetings_by_grade;
  const people = status?.by_grade ?? rows.reduce<GradeCount>((sum, r) => add(sum, r.now), noGrades());
  const n = status?.people ?? rows.reduce((sum, r) => sum + r.people, 0);
  const external = status?.external ?? rows.reduce((sum, r) => sum + r.unreported, 0);
  // External people are part of the whole, and nothing is known about them.
  const shown = { ...people, unclassified: people.unclassified + external };
  return (
    <section className={stale ? "panel summary stale-data" : "panel summary"} aria-label="Now, by grade">
      <div className="nums">
        {WORST_FIRST.map((g) => (
          <button type="button" key={g} aria-pressed={chosen.includes(g)} onClick={() => { onGrade(g); }} title={`Show only ${g} meetings`}>
            <GradeShape grade={g} /> <b className={g === "good" || g === "unclassified" || !meetings?.[g] ? "" : `g-${g}`}>{meetings ? count(meetings[g]) : "–"}</b> {g === "bad" ? `${meetings?.bad === 1 ? "meeting" : "meetings"} with someone bad` : g}
          </button>
        ))}
      </div>
      <div className="crowd">
        <div className="words">
          <span>{live || status ? plural(n, "person", "people") : "\u00a0"}</span>
          <span><b className={people.bad > 0 ? "m g-bad" : "m"}>{count(people.bad)} bad</b> · {count(people.poor)} poor · {count(external)} external</span>
        </div>
        <GradeBar counts={shown} what="People by grade, external ones as unclassified" />
      </div>
    </section>
  );
}

const add = (a: GradeCount, b: GradeCount): GradeCount => ({ good: a.good + b.good, fair: a.fair + b.fair, poor: a.poor + b.poor, bad: a.bad + b.bad, unclassified: a.unclassified + b.unclassified });
