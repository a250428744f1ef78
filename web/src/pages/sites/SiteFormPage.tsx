// One site as a form: a new one, or one that is changed or removed. First which addresses move and what overlaps, then applying it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { changeSites } from "../../api/places.ts";
import { sessionQuery, sitesQuery } from "../../api/queries.ts";
import type { Site, SiteChanges } from "../../api/types.ts";
import { plural } from "../../model/format.ts";
import { EMPTY_SITE, siteChange, siteForm, siteProblems, siteRemoval, type SiteForm } from "../../model/siteForm.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { Labelled } from "../../ui/Labelled.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { PlanView } from "./PlanView.tsx";
import "./sites.css";

export function NewSitePage() {
  useCrumbs({ label: "Sites", to: "/sites" }, { label: "New site" });
  return (
    <>
      <div className="head"><div className="grow"><h1>New site</h1><div className="meta"><span>a name and the addresses of a place</span><span>for many at once, <Link className="link" to="/sites/import">import a CSV</Link></span></div></div></div>
      <Edit site={undefined} />
    </>
  );
}

export function EditSitePage() {
  const { id } = useParams({ from: "/shell/sites/$id/edit" });
  const query = useQuery({ ...sitesQuery(), refetchInterval: false });
  const site = query.data?.items.find((s) => s.id === id);
  useCrumbs({ label: "Sites", to: "/sites" }, { label: site?.name ?? "Site", to: `/sites/${id}` }, { label: "Edit" });
  return (
    <>
      <div className="head"><div className="grow"><h1>{site ? `Edit ${site.name}` : "Edit a site"}</h1><div className="meta"><span>the longest prefix wins; nothing changes before you have seen what would</span></div></div></div>
      <Wrong query={query} what="sites" />
      {site && <Edit key={id} site={site} />}
      {query.data && !site && <section className="panel" aria-label="Site"><div className="empty"><b>There is no such site in the list.</b>It may have been removed since. <Link className="link" to="/sites">To the sites</Link></div></section>}
    </>
  );
}

type Change = Pick<SiteChanges, "ranges" | "sites">;

function Edit({ site }: { site: Site | undefined }) {
  const session = useQuery(sessionQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  // As it was when the form was opened: what others change meanwhile is found when the preview is applied.
  const [was] = useState(() => (site ? siteForm(site) : undefined));
  const [form, setForm] = useState(was ?? EMPTY_SITE);
  const [tried, setTried] = useState(false);
  const preview = useMutation({ mutationFn: (change: Change) => changeSites({ ...change, apply: false }) });
  const apply = useMutation({
    mutationFn: () => changeSites({ ...preview.variables, apply: true, ...(preview.data ? { revision: preview.data.revision } : {}) }),
    onSuccess: async (plan) => {
      if (!plan.applied) return;
      await Promise.all([client.invalidateQueries({ queryKey: ["sites"] }), client.invalidateQueries({ queryKey: ["addresses"] }), client.invalidateQueries({ queryKey: ["typed"] })]);
      await navigate({ to: "/sites", search: preview.variables?.sites ? { q: form.name.trim() } : {} });
    },
  });
  if (session.data && session.data.role !== "admin") return <section className="panel" aria-label="Site"><div className="empty"><b>Only admins change sites.</b>Ask one, or <Link className="link" to="/sites">look at the list</Link>.</div></section>;
  const problems = siteProblems(form);
  const set = (part: Partial<SiteForm>) => { setForm({ ...form, ...part }); preview.reset(); apply.reset(); };
  const look = (change: Change) => { apply.reset(); preview.mutate(change); };
  const submit = () => { setTried(true); if (Object.keys(problems).length === 0) look(siteChange(form, site?.derived ? undefined : was)); };
  const plan = preview.data;
  const changes = plan ? plan.new + plan.changed + plan.removed : 0;
  const removing = preview.variables?.sites === undefined;
  const error = preview.error ?? apply.error;
  return (
    <>
      <section className="panel" aria-label="Site">
        <form className="site-form" aria-label="Site" noValidate onSubmit={(e) => { e.preventDefault(); submit(); }}>
          <Fields form={form} problems={tried ? problems : {}} onChange={set} />
          <div className="import-acts">
            <button type="submit" className={plan ? "btn" : "btn primary"} disabled={preview.isPending}>Preview</button>
            {plan && plan.problems.length === 0 && <button type="button" className="btn primary" disabled={changes === 0 || apply.isPending} onClick={() => { apply.mutate(); }}>{changes === 0 ? "Nothing to apply" : removing ? "Remove the site" : `Apply ${plural(changes, "change", "changes")}`}</button>}
            <Link className="btn quiet" to="/sites">Cancel</Link>
            {was && !site?.derived && <button type="button" className="btn quiet right" disabled={preview.isPending} onClick={() => { look(siteRemoval(was)); }}>Preview removing it</button>}
          </div>
        </form>
      </section>
      {error && <p role="alert" className="give-wrong">{error.message}</p>}
      <div role="status">{plan && <PlanView plan={plan} />}</div>
    </>
  );
}

function Fields({ form, problems, onChange }: { form: SiteForm; problems: Partial<Record<keyof SiteForm, string>>; onChange: (part: Partial<SiteForm>) => void }) {
  return (
    <div className="site-fields">
      <Labelled label="Name" error={problems.name}>{(p) => <input {...p} className="field" maxLength={120} value={form.name} onChange={(e) => { onChange({ name: e.currentTarget.value }); }} />}</Labelled>
      <Labelled label="ISP" hint="as you want it to be called">{(p) => <input {...p} className="field" maxLength={200} value={form.isp} onChange={(e) => { onChange({ isp: e.currentTarget.value }); }} />}</Labelled>
      <Labelled label="Addresses" wide error={problems.ranges} hint="one range a line: 10.20.4.0/22, 2001:db8:4::/48 or 192.0.2.7">{(p) => <textarea {...p} className="field mono" rows={5} spellCheck={false} value={form.ranges} onChange={(e) => { onChange({ ranges: e.currentTarget.value }); }} />}</Labelled>
      <Labelled label="Time zone" hint="its midnight and hours of the week: Europe/Paris">{(p) => <input {...p} className="field" list="zones" maxLength={64} value={form.zone} onChange={(e) => { onChange({ zone: e.currentTarget.value }); }} />}</Labelled>
      <datalist id="zones">{Intl.supportedValuesOf("timeZone").map((z) => <option key={z} value={z} />)}</datalist>
      <Labelled label="Link" unit="Mbps" error={problems.link} hint="its way to the internet">{(p) => <input {...p} className="field short" inputMode="decimal" maxLength={12} value={form.link} onChange={(e) => { onChange({ link: e.currentTarget.value }); }} />}</Labelled>
      <Labelled label="Tags" hint="between semicolons">{(p) => <input {...p} className="field" maxLength={500} value={form.tags} onChange={(e) => { onChange({ tags: e.currentTarget.value }); }} />}</Labelled>
      <label className="switch"><input type="checkbox" checked={form.vpn} onChange={(e) => { onChange({ vpn: e.currentTarget.checked }); }} /> a pool of VPN addresses</label>
    </div>
  );
}
