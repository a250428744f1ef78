// The figures that decide, each with its base.
import type { MeetingDetail } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { classified, noGrades } from "../../model/grade.ts";
import { clock, span } from "../../model/time.ts";
import type { Attendee, worstMinute } from "../../model/verdict.ts";
import { useZone } from "../../shell/zone.ts";
import { Figures } from "../../ui/Figures.tsx";
import { drops } from "./drops.ts";

interface Props { meeting: MeetingDetail | undefined; people: readonly Attendee[]; worst: ReturnType<typeof worstMinute>; ready: boolean }

export function MeetingFigures({ meeting, people, worst, ready }: Props) {
  const zone = useZone();
  const reported = people.filter((p) => p.reported);
  const sum = reported.reduce((t, p) => ({ good: t.good + p.count.good, fair: t.fair + p.count.fair, poor: t.poor + p.count.poor, bad: t.bad + p.count.bad, unclassified: t.unclassified + p.count.unclassified }), noGrades());
  const graded = classified(sum);
  const hit = reported.filter((p) => p.count.bad > 0);
  const fell = drops(people);
  const first = fell[0];
  // Until both answers are there, the figures stand empty at their final size.
  const when = (value: React.ReactNode) => (ready && meeting ? value : "\u00a0");
  return (
    <Figures items={[
      { label: "Good minutes", value: when(graded === 0 ? "–" : ((100 * sum.good) / graded).toFixed(1)), unit: ready && graded > 0 ? "%" : "", note: when(`of ${count(graded)} graded`) },
      { label: "People affected", value: when(<span className={hit.length > 0 ? "g-bad" : ""}>{count(hit.length)}</span>), unit: ready ? `of ${count(reported.length)}` : "", note: when("with bad minutes") },
      { label: "Worst minute", value: when(worst ? clock(worst.at, zone) : "–"), unit: worst ? `${count(worst.people)} ${worst.grade}` : "", note: when(worst ? `at once, of ${count(worst.present)} reported` : "nobody bad or poor") },
      { label: "Bad minutes", value: when(count(sum.bad)), note: when(`+ ${count(sum.poor)} poor`) },
      { label: "Drops", value: when(count(fell.length)), note: when(first ? `${first.name} ${clock(first.at, zone)}, ${span(first.away)}` : "back within 5 min"), title: fell.map((d) => `${d.name} ${clock(d.at, zone)}, ${span(d.away)}`).join("\n") },
      { label: "Unclassified", value: when(<span className="g-unclassified">{count(sum.unclassified)}</span>), unit: ready ? "min" : "", note: when("muted, or too little") },
      { label: "Not reported by Zoom", value: when(<span className="g-unclassified">{count(people.length - reported.length)}</span>), unit: ready ? plural(people.length - reported.length, "person", "people").split(" ")[1] ?? "" : "", note: when("external, mostly") },
    ]} />
  );
}
