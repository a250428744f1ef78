// Networks that belong to no site, most people first; an admin gives one to a site with one click, after seeing what it overlaps.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { SPANS, addressesQuery, changeSites, spanWord } from "../../api/places.ts";
import { sessionQuery } from "../../api/queries.ts";
import type { AddressRange } from "../../api/types.ts";
import { count, plural } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import "./sites.css";

/** More networks than this fold. */
const FIRST = 25;
/** A private network behind so many public ones is that of home routers. */
const HOMES = 3;

/** What may be a site first: most people first, as they came, and home routers' networks last. */
function likeliest(networks: readonly AddressRange[]): AddressRange[] {
  const home = (n: AddressRange) => !n.public && (n.behind_of ?? 0) >= HOMES;
  return [...networks.filter((n) => !home(n)), ...networks.filter(home)];
}

export function AddressesPage() {
  useCrumbs({ label: "Sites", to: "/sites" }, { label: "Addresses of no site" });
  const search = useSearch({ from: "/shell/sites/addresses" });
  const span = spanWord(search.span, "24h");
  const navigate = useNavigate({ from: "/sites/addresses" });
  const account = useAccount();
  const query = useQuery(addressesQuery(span, account));
  const admin = useQuery(sessionQuery).data?.role === "admin";
  const [done, setDone] = useState("");
  const found = query.data;
  const networks = useMemo(() => likeliest(found?.networks ?? []), [found]);
  const folds = networks.length > FIRST + 5;
  const shown = folds && search.show !== "all" ? networks.slice(0, FIRST) : networks;
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Addresses of no site</h1><div className="meta"><span>looked up in the list of sites that is in force now</span>{found && <span>since <Time at={millis(found.from)} /></span>}{account && <span>people of the chosen account only</span>}</div></div>
        <div className="acts">
          <div className="choice" role="group" aria-label="Span">{(["24h", "7d"] as const).map((s) => <button key={s} type="button" aria-pressed={span === s} onClick={() => { void navigate({ search: (old) => ({ ...old, span: s }), replace: true }); }}>{s === "24h" ? "24 hours" : "7 days"}</button>)}</div>
          <CopyLink />
        </div>
      </div>
      <p className="verdict">{found && (found.everyone === 0 ? <b>Nobody was there.</b> : found.people === 0 ? <b>Everybody’s address belongs to a site.</b> : <><b>{count(found.people)} of {plural(found.everyone, "person", "people")}</b> came from networks that belong to no site.</>)}</p>
      <p className="done" role="status">{done}</p>
      <section className="panel" aria-label="Networks">
        <Wrong query={query} what="addresses" />
        {found?.everyone === 0 && account !== "" && <div className="empty"><b>Nobody of this account was there in the last {SPANS[span].words}.</b>Choose all accounts at the top to see the others’.</div>}
        {found?.networks.length === 0 && (found.everyone > 0 || account === "") && <div className="empty"><b>Nothing to give to a site.</b>Homes and hotels will appear here, too: leave those; their public network stands in.</div>}
        {found && found.networks.length > 0 && (
          <>
            <datalist id="site-names">{found.sites.map((s) => <option key={s.name} value={s.name} />)}</datalist>
            <ul className="networks">{shown.map((n) => <Network key={n.range} n={n} admin={admin} onDone={setDone} />)}</ul>
            {folds && <div className="panel-foot"><button type="button" className="link" onClick={() => { void navigate({ search: (old) => ({ ...old, show: search.show === "all" ? "" : "all" }), replace: true, resetScroll: false }); }}>{search.show === "all" ? "Fewer" : `All ${plural(networks.length, "network", "networks")}`}</button></div>}
            <div className="panel-foot"><span>A private network behind many public ones is what home routers use: give it to nobody. Such networks stand last.</span>{!admin && <span>Only admins give networks to sites.</span>}</div>
          </>
        )}
      </section>
    </>
  );
}

function Network({ n, admin, onDone }: { n: AddressRange; admin: boolean; onDone: (what: string) => void }) {
  const [site, setSite] = useState("");
  const client = useQueryClient();
  const assign = useMutation({
    mutationFn: () => changeSites({ apply: true, ranges: [{ range: n.range, site: site.trim() }] }),
    onSuccess: async (plan) => {
      if (!plan.applied) return;
      onDone(`${n.range} belongs to ${site.trim()} now; the last 7 days are being computed again.`);
      await Promise.all([client.invalidateQueries({ queryKey: ["addresses"] }), client.invalidateQueries({ queryKey: ["sites"] }), client.invalidateQueries({ queryKey: ["typed"] })]);
    },
  });
  const wrong = assign.error?.message ?? assign.data?.problems.map((p) => p.text).join("; ");
  return (
    <li>
      <span className="net"><span className="mono m">{n.range}</span> <span className="chip">{n.public ? "public" : "private"}</span> <span className="t3 f12">{n.public ? n.isp : behindWord(n)}</span></span>
      <span className="who r nw"><b>{count(n.people)}</b> <span className="t3 f12">{n.people === 1 ? "person" : "people"}, {plural(n.joins, "join", "joins")}{n.wifi > 0 && `, ${Math.round((100 * n.wifi) / n.joins)} % Wi-Fi`}</span></span>
      {admin && (
        <form className="give" onSubmit={(e) => { e.preventDefault(); assign.mutate(); }}>
          <input className="field" list="site-names" aria-label={`Site for ${n.range}`} placeholder="a site, or a new name" value={site} maxLength={120} required onChange={(e) => { setSite(e.currentTarget.value); }} />
          <button type="submit" className="btn" disabled={assign.isPending || site.trim() === ""}>Assign</button>
        </form>
      )}
      {wrong && <span className="give-wrong" role="alert">{wrong}</span>}
    </li>
  );
}

function behindWord(n: AddressRange): string {
  if (!n.behind_of || !n.behind) return "no public address told";
  return n.behind_of === 1 ? `behind ${n.behind[0] ?? ""}` : `behind ${count(n.behind_of)} public networks, ${n.behind[0] ?? ""} most`;
}
