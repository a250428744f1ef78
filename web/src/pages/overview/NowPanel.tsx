// How many people are bad right now, how that went in the last half hour, and where they are.
import { Link } from "@tanstack/react-router";
import type { OverviewNow } from "../../api/types.ts";
import { count, plural, unbroken } from "../../model/format.ts";
import { looseWords } from "../../model/overview.ts";
import { stoppedFor } from "../../model/stopped.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { CrowdStrip } from "../../ui/CrowdStrip.tsx";
import type { Reading } from "../../ui/Wrong.tsx";

export function NowPanel({ query }: { query: Reading & { data?: OverviewNow | undefined } }) {
  const now = query.data;
  return (
    <section className="tile" aria-labelledby="now-title">
      <h2 id="now-title">Bad right now</h2>
      <div className="big">{now && !now.cut_off && <><b className={now.by_grade.bad > 0 ? "g-bad" : ""}>{count(now.by_grade.bad)}</b> <span>of {plural(now.people, "person", "people")}</span></>}</div>
      <Trend now={now} />
      <ul className="plain">
        <li>{now?.cut_off ? `Not known: ${plural(now.cut_off, "meeting was", "meetings were")} running when Zoom fell silent.` : now ? <>{count(now.meetings_by_grade.bad)} of {plural(now.meetings, "meeting", "meetings")}, {now.calls_scored === 0 ? `${plural(now.calls, "phone call", "phone calls")} without a score yet` : `${count(now.calls_bad)} of ${plural(now.calls, "phone call", "phone calls")}`}</> : "\u00a0"}</li>
        <li>{now && !now.cut_off && <Where now={now} />} <Link className="link" to="/live" search={now && now.by_grade.bad > 0 ? { grade: "bad" } : {}}>Open live</Link></li>
      </ul>
    </section>
  );
}

/** People by grade in each of the last 30 minutes. */
export function Trend({ now, height = 40 }: { now: OverviewNow | undefined; height?: number }) {
  const zone = useZone();
  const strip = now?.strip ?? [];
  const troubled = strip.map((m) => m.bad + m.poor + m.fair);
  const peak = strip.reduce((best, m) => (m.bad > (best?.bad ?? 0) ? m : best), strip[0]);
  const first = strip[0];
  const words = peak && peak.bad > 0 ? `peak ${count(peak.bad)} bad at ${clock(millis(peak.at), zone)}` : "nobody bad";
  return (
    <div className="trend">
      <CrowdStrip minutes={strip} height={height} full={Math.max(4, ...troubled)} label={`People by grade in the last 30 minutes, ${words}`} />
      <div className="trend-axis" aria-hidden="true"><span>{first ? clock(millis(first.at), zone) : "\u00a0"}</span><span>{first ? words : ""}</span><span>now</span></div>
    </div>
  );
}

function Where({ now }: { now: OverviewNow }) {
  // A single person's home is no place to be told of.
  const shown = now.sites.filter((s) => !s.site.derived || s.bad > 2).slice(0, 3);
  const rest = now.by_grade.bad - shown.reduce((n, s) => n + s.bad, 0);
  if (now.by_grade.bad === 0) return <span>{now.people === 0 ? (stoppedFor(now) > 0 ? "Nobody is known to be in a meeting." : "Nobody is in a meeting.") : now.by_grade.poor > 0 ? `${plural(now.by_grade.poor, "person", "people")} poor.` : "All are well."}</span>;
  const loose = looseWords(now.groups);
  return (
    <>
      <span>{shown.map((s) => `${count(s.bad)} at ${s.site.name}`).join(", ")}{rest > 0 && `${shown.length > 0 ? ", " : ""}${count(rest)} elsewhere`}.</span>
      {loose && <span> On their own: {unbroken(loose)}.</span>}
    </>
  );
}
