// The share of poor and bad minutes, meeting by meeting, oldest first: one bar a meeting, a dash where nothing was graded.
import { Link } from "@tanstack/react-router";
import type { SeriesDetail } from "../../api/types.ts";
import { millis, utcText } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

export function Trend({ meetings }: { meetings: SeriesDetail["meetings"] }) {
  const rows = meetings.toReversed();
  const top = Math.max(10, ...rows.map((m) => m.trouble_pct ?? 0));
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return null;
  return (
    <section className="panel" aria-label="Share of poor and bad minutes">
      <div className="panel-head"><h2>Poor and bad minutes, meeting by meeting</h2><span className="sub">share of those graded, up to {Math.round(top)} %</span></div>
      <ol className="trend">
        {rows.map((m) => {
          const words = m.trouble_pct === undefined ? "nothing graded" : `${m.trouble_pct} % poor or bad`;
          return (
            <li key={m.id}>
              <Link to="/meetings/$id" params={{ id: m.id }} title={`${utcText(millis(m.start))}: ${words}`} aria-label={`${utcText(millis(m.start))}: ${words}`}>
                {m.trouble_pct === undefined ? <i className="none" /> : <i className={m.trouble_pct === 0 ? "zero" : `fill-${m.minutes.bad >= m.minutes.poor ? "bad" : "poor"}`} style={{ height: `${Math.max(3, (100 * m.trouble_pct) / top)}%` }} />}
              </Link>
            </li>
          );
        })}
      </ol>
      <div className="trend-ends t3 f12"><Time at={millis(first.start)} show="day" />{rows.length > 1 && <Time at={millis(last.start)} show="day" />}</div>
    </section>
  );
}
