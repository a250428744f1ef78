// Where an incident is, and where it is not: people here against people elsewhere, one row for each way of parting them, most telling
// first; then which other causes the figures speak against. Who is called depends on it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { incidentSplitsQuery } from "../../api/queries.ts";
import type { IncidentClue, IncidentDetail, IncidentSplit, IncidentSplits } from "../../api/types.ts";
import { inSentence, isCause, wayWord } from "../../model/cause.ts";
import { capital, metricWord } from "../../model/format.ts";
import { stateHint } from "../../model/incident.ts";
import { againstWord, aloneWords, byWord, clueTitle, hereWord, nothingMore, ownSplit } from "../../model/splits.ts";
import { clock, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseIcon } from "../../ui/CauseMark.tsx";
import { ShareBar } from "../../ui/SharePair.tsx";
import { Wrong } from "../../ui/Wrong.tsx";

export function Where({ i }: { i: IncidentDetail }) {
  return (
    <section className="panel" aria-label="Where it is, and where it is not">
      {i.personal ? <Alone i={i} /> : <Compared i={i} />}
      <Facts i={i} />
    </section>
  );
}

/** One person's trouble has no groups. */
function Alone({ i }: { i: IncidentDetail }) {
  return (
    <>
      <div className="panel-head"><h2>Where it is, and where it is not</h2></div>
      <div className="panel-body t2">{aloneWords(i)}</div>
    </>
  );
}

function Compared({ i }: { i: IncidentDetail }) {
  const query = useQuery(incidentSplitsQuery(i.id, i.state === "open"));
  const found = query.data;
  const rows = found && found.splits.length > 0 ? found.splits : [ownSplit(i)];
  const note = found ? nothingMore(found) : "";
  return (
    <>
      <div className="panel-head"><h2>Where it is, and where it is not</h2><span className="sub">people bad or poor, <Window of={found} /></span></div>
      <Wrong query={query} what="comparison" />
      <table className="splits">
        <thead><tr><th scope="col">Split by</th><th scope="col">Here</th><th scope="col" className="r">Bad or poor</th><th scope="col">Against</th><th scope="col" className="r">Bad or poor</th></tr></thead>
        <tbody>{rows.map((s) => <Row key={`${s.by} ${s.name ?? ""} ${s.own ?? ""}`} s={s} />)}</tbody>
      </table>
      {!found && !query.error && <div className="splits-blank" />}
      {note && <div className="panel-body t2">{note}</div>}
      {found && found.clues.length > 0 && <ul className="clues" aria-label="What the figures say of other causes">{found.clues.map((c) => <ClueItem key={c.cause} c={c} />)}</ul>}
    </>
  );
}

/** The time that is compared. */
function Window({ of }: { of: IncidentSplits | undefined }) {
  const zone = useZone();
  if (!of?.from || !of.to || of.splits.length === 0) return <>at the worst moment</>;
  return <>{clock(millis(of.from), zone)}–{clock(millis(of.to), zone)}{of.splits.length > 1 && ", most telling first"}</>;
}

function Row({ s }: { s: IncidentSplit }) {
  const here = hereWord(s);
  const { site } = s.cell;
  return (
    <tr className={s.own ? "here" : undefined}>
      <th scope="row">{byWord(s)}</th>
      <td className={s.own ? "m in" : "in"}>
        {s.by === "site" && site ? <Link className="link" to="/sites/$id" params={{ id: site.id ?? "" }}>{here}</Link> : here}
        {s.own && s.by !== "site" && site && <> <Link className="link f12" to="/sites/$id" params={{ id: site.id ?? "" }}>site</Link></>}
      </td>
      <td className="bar"><ShareBar counts={s.inside} /></td>
      <td className="t2 out">{againstWord(s)}</td>
      <td className="bar"><ShareBar counts={s.elsewhere} ghost /></td>
    </tr>
  );
}

function ClueItem({ c }: { c: IncidentClue }) {
  return (
    <li className={c.holds}>
      <b>{isCause(c.cause) && <CauseIcon cause={c.cause} />}{clueTitle(c)}</b>
      <span className="t2">{capital(c.text)}.</span>
    </li>
  );
}

function Facts({ i }: { i: IncidentDetail }) {
  const rows: [string, React.ReactNode][] = [
    ["Which way", wayWord(i.direction)],
    ...(i.metric ? [["Decided most by", metricWord(i.metric)] as [string, React.ReactNode]] : []),
    ["State", stateHint(i.state)],
    ...(i.cause === "unknown" && i.candidates && i.candidates.length > 0 ? [["May be", i.candidates.filter(isCause).map(inSentence).join(" or ")] as [string, React.ReactNode]] : []),
  ];
  return <dl className="facts-line">{rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>;
}
