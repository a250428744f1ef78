// The figures that decide, each with its base.
import type { MeetingDetail } from "../../api/types.ts";
import { count, plural, unbroken } from "../../model/format.ts";
import { classified, noGrades } from "../../model/grade.ts";
import { clock, millis } from "../../model/time.ts";
import type { Attendee, worstMinute } from "../../model/verdict.ts";
import { useZone } from "../../shell/zone.ts";
import type { Zone } from "../../model/time.ts";
import { Figures, type Figure } from "../../ui/Figures.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";
import { dropWords } from "./happenings.ts";

interface Props { meeting: MeetingDetail | undefined; people: readonly Attendee[]; worst: ReturnType<typeof worstMinute>; ready: boolean }

export function MeetingFigures({ meeting, people, worst, ready }: Props) {
  const zone = useZone();
  const reported = people.filter((p) => p.reported);
  const sum = reported.reduce((t, p) => ({ good: t.good + p.count.good, fair: t.fair + p.count.fair, poor: t.poor + p.count.poor, bad: t.bad + p.count.bad, unclassified: t.unclassified + p.count.unclassified }), noGrades());
  const graded = classified(sum);
  const hit = reported.filter((p) => p.count.bad > 0);
  const missing = people.length - reported.length;
  const all = ready && meeting !== undefined;
  // Until both answers are there, the figures stand empty at their final size.
  const when = (value: React.ReactNode) => (all ? value : "\u00a0");
  return (
    <Figures items={[
      overall(meeting, all),
      { label: "Good minutes", value: when(graded === 0 ? "–" : ((100 * sum.good) / graded).toFixed(1)), unit: all && graded > 0 ? "%" : "", note: when(`of ${count(graded)} graded`) },
      { label: "People affected", value: when(<span className={hit.length > 0 ? "g-bad" : ""}>{count(hit.length)}</span>), unit: all ? `of ${count(reported.length)}` : "", note: when("with bad minutes") },
      { label: "Worst minute", value: when(worst ? clock(worst.at, zone) : "–"), unit: worst ? `${count(worst.people)} ${worst.grade}` : "", note: when(worst ? `at once, of ${count(worst.present)}` : "nobody bad or poor") },
      { label: "Bad minutes", value: when(count(sum.bad)), note: when(`+ ${count(sum.poor)} poor`) },
      drops(meeting, all, zone),
      { label: "Unclassified", value: when(<span className="g-unclassified">{count(sum.unclassified)}</span>), unit: all ? "min" : "", note: when("muted, or too little") },
      { label: "Not reported", value: when(<span className="g-unclassified">{count(missing)}</span>), unit: all ? (missing === 1 ? "person" : "people") : "", note: when(missing === 0 ? "Zoom reports about all" : "external, mostly"), title: "Zoom sends no quality reports about them: others’ accounts, mostly." },
    ]} />
  );
}

/** The meeting as a whole: the worst grade that a tenth of its minutes have or exceed. */
function overall(meeting: MeetingDetail | undefined, ready: boolean): Figure {
  const o = meeting?.overall;
  if (!ready || !o) return { label: "Overall", value: "\u00a0", note: "\u00a0" };
  const ok = o.ok_pct === undefined ? "nothing is graded" : `${o.ok_pct === 100 ? "100" : o.ok_pct.toFixed(1)} % good or fair`;
  const why = o.reason && `${unbroken(o.reason.text)}, in ${plural(o.decided ?? 0, "minute", "minutes")}`;
  return { label: "Overall", value: <GradeMark grade={o.grade} />, note: ok, title: ["The worst grade that at least a tenth of all graded minutes have or exceed.", why && `Decided mostly by ${why}.`].filter(Boolean).join(" ") };
}

const KINDS = { rejoined: "came back", disconnected: "disconnected", silent: "fell silent" } as const;

/** Who fell out, and how: the kinds are Earshot's own, from Zoom's words and from what stopped. */
function drops(meeting: MeetingDetail | undefined, ready: boolean, zone: Zone): Figure {
  const all = meeting?.drops ?? [];
  if (!ready) return { label: "Drops", value: "\u00a0", note: "\u00a0" };
  const kinds = (["rejoined", "disconnected", "silent"] as const).map((k) => [all.filter((d) => d.kind === k).length, KINDS[k]] as const).filter(([n]) => n > 0);
  return {
    label: "Drops", value: count(all.length), note: kinds.length === 0 ? "nobody fell out" : kinds.length === 1 ? kinds[0]?.[1] : kinds.map(([n, word]) => `${n} ${word}`).join(", "),
    title: all.map((d) => `${clock(millis(d.at), zone)}  ${d.person.name || "somebody"} ${dropWords(d)}`).join("\n"),
  };
}
