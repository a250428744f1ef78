// Maintenance: when nobody is told, of what; what takes place now, what comes, and what is over. It is made and changed here, with
// what it would have kept back; what is of the file is shown only.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { deleteMaintenance, maintenanceQuery } from "../../api/alerts.ts";
import type { AlertMaintenance } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { count } from "../../model/format.ts";
import { byStanding, coversWords, maintenanceForm, maintenanceVerdict, newMaintenance, standingOf, standingWord, weeklyHere, weeklyWords } from "../../model/maintenance.ts";
import { originWord } from "../../model/rule.ts";
import { ago, millis, zoneLabel } from "../../model/time.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { ianaZone, useZone } from "../../shell/zone.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { ADMINS_ONLY, useChange, useMayChange } from "./change.ts";
import { MaintenanceForm } from "./MaintenanceForm.tsx";
import { Parts } from "./Parts.tsx";
import { SpanTime } from "./SpanTime.tsx";
import "../incidents/incidents.css";
import "./alerts.css";

const NONE: readonly AlertMaintenance[] = [];

export function MaintenancePage() {
  useCrumbs({ label: "Alerts", to: "/alerts" }, { label: "Maintenance" });
  const { edit = "", fresh = "" } = useSearch({ from: "/shell/alerts/maintenance" });
  const zone = useZone();
  const now = useNow();
  const may = useMayChange();
  const query = useQuery(maintenanceQuery);
  const all = query.data ?? NONE;
  const edited = all.find((m) => m.name === edit && m.origin === "typed");
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Maintenance</h1><div className="meta"><span>while it takes place nothing is raised that it covers; what still holds at its end is raised then</span></div></div>
        <div className="acts"><Parts /><CopyLink />{may && <Link className="btn primary" to="/alerts/maintenance" search={{ fresh: "1" }}>New maintenance</Link>}</div>
      </div>
      <Sentence verdict={query.data && maintenanceVerdict(query.data)} />
      {!may && <p className="t3 f12 admins">{ADMINS_ONLY}</p>}
      {fresh !== "" && may && <MaintenanceForm key="fresh" start={newMaintenance(now, ianaZone(zone))} />}
      {edited && may && <MaintenanceForm key={edited.name} saved={edited} start={maintenanceForm(edited, now, ianaZone(zone))} />}
      {edit !== "" && query.data && !edited && <p className="t2 admins">There is no maintenance {edit} that could be changed here.</p>}
      <section className="panel maintenance" aria-label="Maintenance">
        <Wrong query={query} what="maintenance" />
        {query.data && all.length === 0 && (
          <div className="empty"><b>There is no maintenance.</b>Works that are known before, once or every week, are named here or in the file of <span className="mono">alerts.rules</span>: nobody is woken by them. What fires already is kept quiet by a <Link className="link" to="/alerts/silences">silence</Link>.</div>
        )}
        {byStanding(all).map(({ standing, rows }) => (
          <section key={standing} aria-label={standingWord(standing)}>
            <h2 className="section">{standingWord(standing)} <span className="t3">{count(rows.length)}</span></h2>
            <ul>{rows.map((m) => <Row key={`${m.origin} ${m.name}`} m={m} />)}</ul>
          </section>
        ))}
      </section>
    </>
  );
}

function Row({ m }: { m: AlertMaintenance }) {
  const may = useMayChange();
  const remove = useChange(() => deleteMaintenance(m.name));
  const standing = standingOf(m);
  return (
    <li className={standing === "over" ? "works over" : "works"} data-name={m.name}>
      <span className="st"><span className={`chip state s-${standing === "running" ? "open" : standing === "coming" ? "no-data" : "closed"}`}><i aria-hidden="true" />{standing === "running" ? "takes place" : standing}</span></span>
      <span className="what">
        <b className="m">{m.name}</b>
        <span className="t2 f12">{coversWords(m)}</span>
        <span className="t3 f12">{originWord(m.origin)}{m.who && `, ${m.who}`}</span>
        {remove.error && <span className="field-error" role="alert">It was not removed. {remove.error.message}</span>}
      </span>
      <When m={m} />
      <span className="do">
        {may && m.origin === "typed" && <Link className="btn" to="/alerts/maintenance" search={{ edit: m.name }} aria-label={`Change: ${m.name}`}>Change</Link>}
        {may && m.origin === "typed" && <button type="button" className="btn" disabled={remove.isPending} aria-label={`Remove: ${m.name}`} onClick={() => { remove.mutate(undefined); }}>{remove.isPending ? "Removing …" : "Remove"}</button>}
        {m.origin === "file" && <span className="t3 f12">changed in the file</span>}
      </span>
    </li>
  );
}

/** What takes place every week by the viewer's clock, and how it was typed where that is another. */
function When({ m }: { m: AlertMaintenance }) {
  const zone = useZone();
  const now = useNow();
  const next = m.next?.[0];
  const span = next ?? m.last;
  const here = weeklyHere(m, zone);
  const typed = weeklyWords(m);
  const [from, to] = [millis(span?.from), millis(span?.to)];
  return (
    <span className="when">
      {here ? <b className="m">{here} <span className="t3">{zoneLabel(zone, from)}</span></b> : span && <b className="m"><SpanTime span={span} /></b>}
      {typed && !typed.startsWith(`${here},`) && <span className="t3 f12">{typed}</span>}
      {span && <span className="t3 f12">{!next ? <>ended {ago(to, now)}</> : m.running ? <>until <Time at={to} />, {ago(to, now)}</> : here ? <>next <Time at={from} />, {ago(from, now)}</> : ago(from, now)}</span>}
    </span>
  );
}
