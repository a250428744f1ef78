// A person over weeks, and how they fared by place, network and device: where it is worse than elsewhere is seen side by side.
import type { NamedMinutes, PersonDetail } from "../../api/types.ts";
import { isCause, shareWord, troubledMinutes } from "../../model/cause.ts";
import { capital, count, networkWord, plural } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { millis } from "../../model/time.ts";
import { CauseMark } from "../../ui/CauseMark.tsx";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { Time } from "../../ui/Time.tsx";
import "./people.css";

/** Fewer graded minutes than this say nothing about a place or a device. */
const ENOUGH = 20;

const trouble = (m: NamedMinutes["minutes"]) => (classified(m) === 0 ? undefined : (100 * (m.poor + m.bad)) / classified(m));

function Share({ minutes }: { minutes: NamedMinutes["minutes"] }) {
  const pct = trouble(minutes);
  if (pct === undefined) return <span className="t3">not graded</span>;
  if (classified(minutes) < ENOUGH) return <span className="t3" title={`${classified(minutes)} graded minutes: too few`}>too few</span>;
  return <b className={pct < 5 ? "m" : minutes.bad > 0 ? "m g-bad" : "m g-poor"}>{pct >= 9.95 || pct === 0 ? Math.round(pct) : pct.toFixed(1)} %</b>;
}

export function Weeks({ p }: { p: PersonDetail }) {
  if (p.weeks.length === 0) return null;
  return (
    <section className="panel" aria-label="Weeks">
      <div className="panel-head"><h2>Week by week</h2><span className="sub">share of poor and bad minutes</span></div>
      <ul className="named">
        {p.weeks.map((w) => <li key={w.from}><span className="nw t2"><Time at={millis(w.from)} show="day" /></span><GradeBar counts={w.minutes} what="Minutes" /><span className="r nw"><Share minutes={w.minutes} /></span><span className="r t3 f12 nw wide-only">{plural(classified(w.minutes), "minute", "minutes")}</span></li>)}
      </ul>
    </section>
  );
}

export function Groups({ p }: { p: PersonDetail }) {
  const all = p.causes.reduce((n, c) => n + c.minutes, 0);
  return (
    <div className="person-groups">
      {all > 0 && (
        <section className="panel" aria-label="Causes">
          <div className="panel-head"><h2>Causes</h2><span className="sub" title={`of ${troubledMinutes(all)}`}>poor and bad, 30 days</span></div>
          <ul className="named">{p.causes.map((c) => isCause(c.cause) && <li key={c.cause}><CauseMark cause={c.cause} /><span className="t2 f12 nw">{plural(c.people, "meeting", "meetings")}</span><b className="m r">{shareWord(c.minutes, all)}</b></li>)}</ul>
        </section>
      )}
      <Group title="Networks" items={p.networks.map((n) => ({ ...n, name: capital(networkWord(n.name)) }))} />
      <Group title="Sites" items={p.sites} />
      <Group title="Devices and versions" items={p.devices} />
    </div>
  );
}

function Group({ title, items }: { title: string; items: readonly NamedMinutes[] }) {
  if (items.length === 0) return null;
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2>{title}</h2><span className="sub">poor and bad, 30 days</span></div>
      <ul className="named">{items.slice(0, 8).map((g) => <li key={g.name}><span className={g.name ? "clip" : "clip t3"} title={g.name}>{g.name || "not told by Zoom"}</span><GradeBar counts={g.minutes} what="Minutes" /><span className="r nw"><Share minutes={g.minutes} /></span></li>)}</ul>
      {items.length > 8 && <div className="panel-foot">and {count(items.length - 8)} more</div>}
    </section>
  );
}
