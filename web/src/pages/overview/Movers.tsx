// What is better or worse than on the same day a week ago, with the figures that say so.
import { Link } from "@tanstack/react-router";
import type { Mover, OverviewGroups } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { dimensionWord, networkName, points, weekday } from "../../model/overview.ts";
import { okShare, pctText } from "../../model/target.ts";
import { day, millis } from "../../model/time.ts";
import { Wrong, type Reading } from "../../ui/Wrong.tsx";

export function Movers({ query }: { query: Reading & { data?: OverviewGroups | undefined } }) {
  const groups = query.data;
  const last = groups?.before_from ? weekday(millis(groups.before_from), groups.zone) : "";
  if (groups && !groups.has_before) return <None groups={groups} last={last} />;
  const most = Math.max(1, ...(groups?.movers ?? []).map((m) => Math.abs(m.change)));
  return (
    <section className="panel movers" aria-labelledby="movers-title">
      <div className="panel-head"><h2 id="movers-title">Moved most</h2>{last && <span className="sub">against last {last}, to this time of day</span>}</div>
      <Wrong query={query} what="the comparison" />
      {!groups && !query.error && <div className="list-blank" />}
      {groups?.has_before && groups.movers.length === 0 && (
        <div className="empty quiet"><b>{groups.compared === 0 ? "No group is large enough to compare." : "Nothing moved."}</b>{groups.compared === 0 ? `It takes ${groups.least_people} people and ${groups.least_minutes} minutes on both days.` : `${plural(groups.compared, "group is", "groups are")} within half a point of last ${last}.`}</div>
      )}
      {groups && groups.movers.length > 0 && <ul>{groups.movers.map((m) => <Row key={`${m.dimension} ${m.name} ${m.site?.id ?? ""}`} m={m} most={most} />)}</ul>}
      {groups?.has_before && groups.movers.length > 0 && <div className="panel-foot">Share of good and fair minutes. {plural(groups.compared, "group", "groups")} of {groups.least_people} people or more.</div>}
    </section>
  );
}

/** A week and a half day: from midnight it ends on the same weekday, whatever the clocks are changed by in between. */
const NEXT_WEEK_MS = 7.5 * 24 * 3_600_000;

/** Without a last week there is nothing to show: one line says so, and from when on there will be. */
function None({ groups, last }: { groups: OverviewGroups; last: string }) {
  const today = millis(groups.from);
  return (
    <section className="panel movers none" aria-labelledby="movers-title">
      <h2 id="movers-title">Moved most</h2>
      <p><b className="m">Nothing to compare with yet:</b> Earshot has no minutes of last {last || "week"}. What gets better or worse within a week stands here{Number.isNaN(today) ? " once a week is full" : ` from ${day(today + NEXT_WEEK_MS, groups.zone)} at the latest`}.</p>
    </section>
  );
}

function Row({ m, most }: { m: Mover; most: number }) {
  const name = m.dimension === "network" ? networkName(m.name) : m.name || "a site without a name";
  const width = `${(50 * Math.abs(m.change)) / most}%`;
  const worse = m.change < 0;
  const poor = (s: Mover["now"]) => s.minutes.bad + s.minutes.poor;
  return (
    <li className="mv">
      <span className="nm clip" title={name}>{m.site ? <Link className="link-quiet m" to="/sites/$id" params={{ id: m.site.id ?? "" }}>{name}</Link> : <span className="m">{name}</span>} <span className="t3 f12">{dimensionWord(m.dimension)}</span></span>
      <span className="r share">{pctText(okShare(m.now.minutes))} %</span>
      <span className="bar" aria-hidden="true"><i className={worse ? "down" : "up"} style={worse ? { right: "50%", width } : { left: "50%", width }} /></span>
      <span className={worse ? "r nw change down" : "r nw change up"}>{points(m.change)}<span className="sr"> points, {worse ? "worse" : "better"}</span></span>
      <span className="t3 f12 base">{count(poor(m.now))} of {count(classified(m.now.minutes))} min poor or bad, {plural(m.now.people, "person", "people")}; then {count(poor(m.before))} of {count(classified(m.before.minutes))}</span>
    </li>
  );
}
