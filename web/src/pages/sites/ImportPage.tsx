// A CSV of sites: first what it would change, what overlaps and what is wrong, all together; then, when nothing is wrong, applying it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { importSites } from "../../api/places.ts";
import { sessionQuery } from "../../api/queries.ts";
import { plural } from "../../model/format.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { PlanView } from "./PlanView.tsx";
import "./sites.css";

const MOST = 3_500_000;

export function ImportPage() {
  useCrumbs({ label: "Sites", to: "/sites" }, { label: "Import" });
  const session = useQuery(sessionQuery);
  const client = useQueryClient();
  const [csv, setCSV] = useState("");
  const [keep, setKeep] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  const preview = useMutation({ mutationFn: (body: { csv: string; keep: boolean }) => importSites({ ...body, apply: false }) });
  const apply = useMutation({
    mutationFn: () => importSites({ csv, keep, apply: true, ...(preview.data ? { revision: preview.data.revision } : {}) }),
    onSuccess: async () => {
      preview.reset();
      setCSV("");
      await Promise.all([client.invalidateQueries({ queryKey: ["sites"] }), client.invalidateQueries({ queryKey: ["addresses"] }), client.invalidateQueries({ queryKey: ["typed"] })]);
    },
  });
  const forget = () => { preview.reset(); apply.reset(); };
  const plan = preview.data;
  const changes = plan ? plan.new + plan.changed + plan.removed : 0;
  if (session.data && session.data.role !== "admin") return <section className="panel" aria-label="Import"><div className="empty"><b>Only admins import sites.</b>Ask one, or <Link className="link" to="/sites">look at the list</Link>.</div></section>;
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Import sites</h1><div className="meta"><span>name,range,zone,isp,link_mbps,vpn,tags</span><span>one row for each range; name and range are needed</span></div></div>
        <div className="acts"><a className="btn" href="/api/v1/sites.csv" download>Export the present list</a></div>
      </div>
      <section className="panel" aria-label="CSV">
        <form className="import" onSubmit={(e) => { e.preventDefault(); apply.reset(); preview.mutate({ csv, keep }); }}>
          <label className="labelled file">file <input type="file" accept=".csv,text/csv,text/plain" onChange={(e) => {
            const file = e.currentTarget.files?.[0];
            forget();
            setTooLarge(file !== undefined && file.size > MOST);
            if (file && file.size <= MOST) void file.text().then(setCSV);
          }} /></label>
          <label className="sr" htmlFor="csv">CSV text</label>
          <textarea id="csv" className="field mono" rows={8} spellCheck={false} placeholder={"name,range,zone\nLyon,10.20.4.0/22,Europe/Paris"} value={csv} onChange={(e) => { forget(); setCSV(e.currentTarget.value); }} />
          {tooLarge && <p role="alert" className="give-wrong">The file is larger than 3.5 MB: that is no list of sites. Choose another.</p>}
          <div className="import-acts">
            <label><input type="checkbox" checked={keep} onChange={(e) => { forget(); setKeep(e.currentTarget.checked); }} /> keep what the file does not name</label>
            <button type="submit" className={plan ? "btn" : "btn primary"} disabled={csv.trim() === "" || preview.isPending}>Preview</button>
            {plan && plan.problems.length === 0 && <button type="button" className="btn primary" disabled={changes === 0 || apply.isPending} onClick={() => { apply.mutate(); }}>{changes === 0 ? "Nothing to apply" : `Apply ${plural(changes, "change", "changes")}`}</button>}
          </div>
        </form>
      </section>
      <div role="status">
        {preview.isPending && <p className="t2">Reading the file…</p>}
        {apply.data?.applied && <p className="done">Applied: {apply.data.new} new, {apply.data.changed} changed, {apply.data.removed} removed. The last 7 days are being computed again. <Link className="link" to="/sites">To the sites</Link></p>}
      </div>
      {(preview.error ?? apply.error) && <p role="alert" className="give-wrong">{(preview.error ?? apply.error)?.message}</p>}
      {plan && <PlanView plan={plan} />}
    </>
  );
}
