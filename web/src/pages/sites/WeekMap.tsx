// Days by hours, in the site's own zone: the share of bad minutes as colour and number. Grey: too few minutes. Empty: none.
import type { SiteWeek } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { pctWord, shareGrade } from "../../model/share.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS = Array.from({ length: 24 }, (_, h) => h);

export function WeekMap({ week }: { week: SiteWeek }) {
  return (
    <>
      <ScrollX label="Days by hours">
        <table className="week">
          <thead><tr><th><span className="sr">Day</span></th>{HOURS.map((h) => <th key={h} scope="col">{String(h).padStart(2, "0")}</th>)}</tr></thead>
          <tbody>{DAYS.map((day, d) => <tr key={day}><th scope="row">{day}</th>{HOURS.map((h) => <Cell key={h} hour={week.hours[d * 24 + h]} at={`${day} ${String(h).padStart(2, "0")}:00`} />)}</tr>)}</tbody>
        </table>
      </ScrollX>
      <div className="panel-foot"><span className="legend"><span><i className="week-key good" />under 2 %</span><span><i className="week-key fair" />from 2 %</span><span><i className="week-key poor" />from 5 %</span><span><i className="week-key bad" />from 10 %</span><span><i className="week-key few" />under 60 minutes</span><span><i className="week-key none" />nobody</span></span></div>
    </>
  );
}

function Cell({ hour, at }: { hour: SiteWeek["hours"][number] | undefined; at: string }) {
  if (!hour || hour.minutes === 0) return <td className="none"><span className="sr">nobody</span></td>;
  const words = `${at}: ${count(hour.bad)} of ${count(hour.minutes)} minutes bad, up to ${plural(hour.people, "person", "people")}`;
  if (hour.bad_pct === undefined) return <td className="few" title={`${words}; too few to tell`}><span className="sr">too few</span></td>;
  return <td className={shareGrade(hour.bad_pct)} title={words}>{hour.bad_pct < 0.5 ? <><span aria-hidden="true">·</span><span className="sr">{pctWord(hour.bad_pct)}</span></> : <>{Math.round(hour.bad_pct)}<span className="sr"> %</span></>}</td>;
}
