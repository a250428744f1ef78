// The day so far: how many participant-minutes were good, against the target and the same day a week ago, and when not.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { OverviewDay } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { total } from "../../model/grade.ts";
import { points, stepsOf, weekday } from "../../model/overview.ts";
import { okShare, pctText, shareGrade, targetWords } from "../../model/target.ts";
import { millis } from "../../model/time.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Wrong, type Reading } from "../../ui/Wrong.tsx";
import { Timeline } from "./Timeline.tsx";
import { TimelineTable } from "./TimelineTable.tsx";

export function DayPanel({ query, tz }: { query: Reading & { data?: OverviewDay | undefined }; tz: string }) {
  const day = query.data;
  const table = useSearch({ from: "/shell/overview" }).table === "1";
  const navigate = useNavigate({ from: "/overview" });
  const toggle = () => { void navigate({ search: (s) => ({ ...s, table: table ? "" : "1" }), replace: true, resetScroll: false }); };
  useKeys({ t: toggle });
  const midnight = millis(day?.from);
  const steps = useMemo(() => stepsOf(day?.timeline ?? [], midnight), [day?.timeline, midnight]);
  const before = useMemo(() => stepsOf(day?.before_timeline ?? [], millis(day?.before_from)), [day?.before_timeline, day?.before_from]);
  const share = day && okShare(day.today.minutes);
  return (
    <section className="tile day" aria-labelledby="day-title">
      <div className="day-figures">
        <h2 id="day-title">Good participant-minutes today</h2>
        <div className="big">{share !== undefined && <><b>{pctText(share)}</b> <span>%</span></>}</div>
        {day && <Compared day={day} tz={tz} />}
        <Wrong query={query} what="the day" />
      </div>
      <div className="day-chart">
        {day && steps.length === 0 && <div className="empty"><b>No minute has been graded today.</b>The line begins with the first meeting.</div>}
        {day && steps.length > 0 && (table
          ? <TimelineTable steps={steps} before={before} midnight={midnight} stepMs={day.step_seconds * 1000} />
          : <Timeline steps={steps} before={before} midnight={midnight} now={millis(day.to)} stepMs={day.step_seconds * 1000} target={day.target_pct} last={day.before_from ? weekday(millis(day.before_from), tz) : ""} />)}
        {steps.length > 0 && <button type="button" className="link f12 table-switch" aria-pressed={table} onClick={toggle}>{table ? "Show as a chart" : "Show as a table"}</button>}
      </div>
    </section>
  );
}

function Compared({ day, tz }: { day: OverviewDay; tz: string }) {
  const share = okShare(day.today.minutes);
  const last = day.before && okShare(day.before.minutes);
  const name = day.before_from ? weekday(millis(day.before_from), tz) : "week";
  return (
    <ul className="plain">
      <li>{share !== undefined && <><GradeShape grade={shareGrade(share, day.target_pct)} /> </>}{targetWords(share, day.target_pct)}</li>
      <li>{share === undefined || last === undefined ? `nothing of last ${name} to compare with` : <>{points(share - last)} against last {name}, {pctText(last)} %</>}</li>
      <li>{plural(total(day.today.minutes), "minute", "minutes")} of {plural(day.today.people, "person", "people")}</li>
      <li className="t3">{count(day.today.minutes.bad)} bad, {count(day.today.minutes.poor)} poor, {count(day.today.minutes.unclassified)} without a verdict</li>
    </ul>
  );
}
