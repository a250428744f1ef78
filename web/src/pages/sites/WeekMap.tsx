// Days by hours, in the site's own zone: the share of poor and bad minutes as number, judged by the target as colour. Grey: too few minutes. Empty: none.
import type { SiteWeek } from "../../api/types.ts";
import { pctWord } from "../../model/share.ts";
import { hourGrade, hourWords, LEAST_MINUTES, shareBounds } from "../../model/target.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS = Array.from({ length: 24 }, (_, h) => h);

export function WeekMap({ week, target }: { week: SiteWeek; target: number }) {
  const { fair, bad } = shareBounds(target);
  const over = (share: number) => `over ${Math.round(10 * (100 - share)) / 10} %`;
  return (
    <>
      <ScrollX label="Days by hours">
        <table className="week">
          <thead><tr><th><span className="sr">Day</span></th>{HOURS.map((h) => <th key={h} scope="col">{String(h).padStart(2, "0")}</th>)}</tr></thead>
          <tbody>{DAYS.map((day, d) => <tr key={day}><th scope="row">{day}</th>{HOURS.map((h) => <Cell key={h} hour={week.hours[d * 24 + h]} target={target} at={`${day} ${String(h).padStart(2, "0")}:00`} />)}</tr>)}</tbody>
        </table>
      </ScrollX>
      <div className="panel-foot"><span className="legend"><span><i className="week-key good" />good</span><span><i className="week-key fair" />fair, {over(fair)}</span><span><i className="week-key poor" />poor, {over(target)}</span><span><i className="week-key bad" />bad, {over(bad)}</span><span><i className="week-key few" />under {LEAST_MINUTES} minutes</span><span><i className="week-key none" />nobody</span></span></div>
    </>
  );
}

function Cell({ hour, target, at }: { hour: SiteWeek["hours"][number] | undefined; target: number; at: string }) {
  if (!hour || hour.minutes === 0) return <td className="none"><span className="sr">nobody</span></td>;
  const { grade, pct } = hourGrade(hour, target);
  const words = `${at}: ${hourWords(hour)}`;
  if (grade === "unclassified") return <td className="few" title={`${words}; too few to judge`}><span className="sr">too few</span></td>;
  return <td className={grade} title={`${words}: ${grade}`}>{pct < 0.5 ? <><span aria-hidden="true">·</span><span className="sr">{pctWord(pct)}</span></> : <>{Math.round(pct)}<span className="sr"> %</span></>}</td>;
}
