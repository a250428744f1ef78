// One site over a span: how its people fare, where in it and over what, at which hours of the week, and what went wrong there.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { SPANS, siteQuery, siteSubnetsQuery, siteWeekQuery, spanWord } from "../../api/places.ts";
import { sessionQuery } from "../../api/queries.ts";
import type { SiteDetail } from "../../api/types.ts";
import { capital, count, networkWord, plural } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { pctWord } from "../../model/share.ts";
import { fewWords, okShare, pctText, shareGrade, sizeWords, targetWords } from "../../model/target.ts";
import { millis } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Figures } from "../../ui/Figures.tsx";
import { GradeBar } from "../../ui/GradeBar.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { SiteIncidents } from "./SiteIncidents.tsx";
import { SpanChoice } from "./SpanChoice.tsx";
import { Splits, Subnets } from "./Splits.tsx";
import { WeekMap } from "./WeekMap.tsx";
import "./sites.css";

export function SitePage() {
  const { id } = useParams({ from: "/shell/sites/$id" });
  const span = spanWord(useSearch({ from: "/shell/sites/$id" }).span, "24h");
  const navigate = useNavigate({ from: "/sites/$id" });
  const admin = useQuery(sessionQuery).data?.role === "admin";
  const account = useAccount();
  const query = useQuery(siteQuery(id, span, account));
  const week = useQuery(siteWeekQuery(id, account));
  const subnets = useQuery(siteSubnetsQuery(id, span, account));
  const site = query.data;
  useCrumbs({ label: "Sites", to: "/sites" }, { label: site?.name ?? "Site" });
  if (query.error && !site) {
    return (
      <>
        <div className="head"><div className="grow"><h1>Site</h1></div></div>
        <section className="panel" aria-label="Site"><Wrong query={query} what="site" /><div className="panel-foot"><Link className="link" to="/sites">To the sites</Link></div></section>
      </>
    );
  }
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>{site?.name ?? <Untitled />}</h1>
          <div className="meta">{site && <>{site.derived && <span>nobody configured it: the public prefix stands in</span>}{site.former && <span>not in the list of sites any more</span>}{site.vpn && <span>VPN pool</span>}{site.isp && <span>{site.isp}</span>}{site.zone && <span>{site.zone}</span>}{site.tags && <span>{site.tags.join(", ")}</span>}{account && <span>people of the chosen account only</span>}</>}{!site && <>&nbsp;</>}</div>
        </div>
        <div className="acts"><SpanChoice value={span} onChange={(s) => { void navigate({ search: (old) => ({ ...old, span: s }), replace: true, resetScroll: false }); }} /><CopyLink />{admin && site && !site.former && <Link className="btn" to="/sites/$id/edit" params={{ id }}>{site.derived ? "Make it a site" : "Edit"}</Link>}</div>
      </div>
      <Sentence verdict={site && verdictOf(site, SPANS[span].words)} />
      {query.error && <section className="panel" aria-label="Site"><Wrong query={query} what="site" /></section>}
      {site && <Figures items={figuresOf(site, admin, account !== "")} />}
      <SiteIncidents site={id} account={account} />
      {site && (
        <div className="site-splits">
          <Splits title="Wired and Wi-Fi" target={site.target_pct} rows={site.networks.map((n) => ({ ...n, name: capital(networkWord(n.name)) }))} nameless="not told" note={site.vpn ? "all of it over the VPN" : ""} />
          <Splits title="Transport" target={site.target_pct} rows={site.transports} nameless="not told" note={site.fallback.pct === undefined ? "" : `${pctWord(site.fallback.pct)} not over UDP, elsewhere ${pctWord(site.fallback.elsewhere_pct)}`} />
          <Splits title="Data centre" target={site.target_pct} rows={site.data_centers} nameless="not told" note="" />
          <Splits title="ISP" target={site.target_pct} rows={site.isps} nameless="unknown" note="" />
        </div>
      )}
      <section className="panel" aria-label="Hours of the week">
        <div className="panel-head"><h2>Hours of the week</h2><span className="sub">share of poor and bad minutes, last 28 days{week.data && `, ${week.data.zone}`}</span></div>
        <Wrong query={week} what="hours of the week" />
        {week.data && site && <WeekMap week={week.data} target={site.target_pct} />}
      </section>
      <section className="panel" aria-label="Subnets">
        <div className="panel-head"><h2>Subnets</h2><span className="sub">by the address behind each join, most bad minutes first{subnets.data && <>, since <Time at={millis(subnets.data.from)} /></>}</span></div>
        <Wrong query={subnets} what="subnets" />
        {subnets.data && site && <Subnets rows={subnets.data.subnets} target={site.target_pct} />}
      </section>
      {site && (site.ranges?.length ?? 0) > 0 && (
        <section className="panel" aria-label="Ranges">
          <div className="panel-head"><h2>Ranges</h2><span className="sub">the longest prefix wins</span>{site.derived && <span className="right"><Link className="link" to="/sites/addresses">give it to a site</Link></span>}</div>
          <ul className="ranges">{site.ranges?.map((r) => <li key={r} className="mono">{r}</li>)}</ul>
        </section>
      )}
    </>
  );
}

function verdictOf(s: SiteDetail, words: string): Verdict {
  const t = s.total;
  const share = okShare(t.minutes);
  if (share === undefined) return { grade: "unclassified", pieces: [{ text: `No verdict: nobody here had a minute with a grade in the last ${words}.` }] };
  if (fewWords(t)) return { grade: "unclassified", pieces: [{ text: `No verdict: too few in the last ${words}, ${sizeWords(t)}.` }] };
  const others = okShare(s.elsewhere);
  const compared = [fewWords(s.before) ? "" : `${pctText(okShare(s.before.minutes))} % in the ${words} before`, others === undefined ? "" : `${pctText(others)} % elsewhere`].filter(Boolean).join(", ");
  return {
    grade: shareGrade(share, s.target_pct),
    pieces: [
      { text: `${pctText(share)} % of ${count(classified(t.minutes))} minutes were good or fair`, strong: true }, { text: ` in the last ${words}, ${targetWords(share, s.target_pct)}${compared && `; ${compared}`}.` },
      { text: ` ${count(t.people_bad)} of ${plural(t.people, "person", "people")} had a bad minute.` },
    ],
  };
}

function figuresOf(s: SiteDetail, admin: boolean, narrowed: boolean) {
  // An hour is counted when its minutes are sealed; those who are there now may be more already.
  const busiest = s.people > (s.busiest?.people ?? 0) ? { people: s.people, at: undefined } : s.busiest;
  // The link carries the people of all accounts.
  const perPerson = s.link_mbps && busiest && !narrowed ? s.link_mbps / busiest.people : undefined;
  return [
    { label: "People now", value: count(s.people), note: s.people > 0 ? <GradeBar counts={s.now} what="People now" /> : "nobody is in a meeting" },
    { label: "Bad minutes", value: pctWord(s.total.bad_pct), note: `${count(s.total.minutes.bad)} of ${count(classified(s.total.minutes))}; ${count(s.total.minutes.poor)} poor` },
    { label: "Not over UDP", value: pctWord(s.fallback.pct), note: `elsewhere ${pctWord(s.fallback.elsewhere_pct)}`, title: "TCP, SSL, HTTP or a proxy: what clients resort to where UDP does not get through" },
    { label: "Busiest hour", value: busiest ? count(busiest.people) : "–", unit: busiest ? (busiest.people === 1 ? "person" : "people") : "", note: busiest && (busiest.at === undefined ? "now" : <Time at={millis(busiest.at)} />) },
    s.link_mbps
      ? { label: "Link", value: count(s.link_mbps), unit: "Mbps", note: perPerson ? `${perPerson < 9.95 ? perPerson.toFixed(1) : count(perPerson)} Mbps each at the busiest` : "" }
      : { label: "Link", value: "not known", note: s.derived ? "make it a site to say it" : !admin ? "not in the list of sites" : <Link className="link" to="/sites/$id/edit" params={{ id: s.id ?? "" }}>say its capacity</Link>, title: "The capacity of the link, in Mbps: in the form of the site, or in the column link_mbps of the sites file" },
  ];
}
