// Devices and versions: who uses what, and whether those fare worse than everybody else; with intervals, and nothing of too few people.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { behindQuery, devicesQuery, gearQuery, SPANS, spanWord, type SpanWord } from "../../api/places.ts";
import { sitesQuery } from "../../api/queries.ts";
import type { DeviceGroup, Devices, Gear } from "../../api/types.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";
import { count, plural } from "../../model/format.ts";
import { classified } from "../../model/grade.ts";
import { fewWord, pctWord } from "../../model/share.ts";
import { day, millis } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import "../../ui/cards.css";
import { SpanChoice } from "../sites/SpanChoice.tsx";
import { IntervalBar } from "./IntervalBar.tsx";
import "./devices.css";

type Kind = "version" | "device" | "network" | "system" | "microphone" | "speaker" | "camera";
const KINDS: readonly [Kind, string, string][] = [
  ["version", "Client versions", "version"], ["device", "Devices", "device"], ["network", "Networks", "network"], ["system", "Systems", "system"],
  ["microphone", "Microphones", "microphone"], ["speaker", "Speakers", "speaker"], ["camera", "Cameras", "camera"],
];
const fromFacts = (kind: Kind): boolean => kind === "version" || kind === "device" || kind === "network";

export function DevicesPage() {
  useCrumbs({ label: "Devices" });
  const search = useSearch({ from: "/shell/devices" });
  const navigate = useNavigate({ from: "/devices" });
  const [kind, title, one] = KINDS.find(([k]) => k === search.by) ?? ["version", "Client versions", "version"];
  const facts = fromFacts(kind);
  const span = spanWord(search.span, "7d");
  const site = search.site ?? "";
  const account = useAccount();
  const devices = useQuery({ ...devicesQuery(span, site, account), enabled: facts });
  const gear = useQuery(gearQuery(span, site, !facts, account));
  const query = facts ? devices : gear;
  const sites = useQuery(sitesQuery());
  const groups = groupsOf(kind, devices.data, gear.data);
  const set = (part: { by?: string; span?: string; site?: string; show?: string }) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false }); };
  const most = Math.max(2, ...(groups ?? []).map((g) => (g.too_few ? 0 : (g.high ?? 0))));
  return (
    <>
      <div className="head">
        <div className="grow"><h1>Devices and versions</h1><div className="meta"><span>bad minutes of each group against everybody else</span>{query.data && <span>since <Time at={millis(query.data.from)} /></span>}{account && <span>people of the chosen account only</span>}</div></div>
        <div className="acts"><SpanChoice value={span} onChange={(s) => { set({ span: s }); }} /><CopyLink /></div>
      </div>
      <Sentence verdict={groups && verdictOf(groups, one, SPANS[span].words)} />
      <div className="filters">
        <div className="choice kinds" role="group" aria-label="Group by">{KINDS.map(([k, words]) => <button key={k} type="button" aria-pressed={k === kind} onClick={() => { set({ by: k === "version" ? "" : k, show: "" }); }}>{words}</button>)}</div>
        <label className="labelled">site <select className="field" value={site} onChange={(e) => { set({ site: e.currentTarget.value, show: "" }); }}><option value="">all</option>{(sites.data?.items ?? []).filter((s) => !s.derived || s.id === site).map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}</select></label>
      </div>
      <section className="panel devices" aria-label={title}>
        <Wrong query={query} what={title.toLowerCase()} />
        {groups?.length === 0 && <div className="empty"><b>Nobody told of {title.toLowerCase()} in the last {SPANS[span].words}.</b>Choose a longer span, or another group.</div>}
        {groups && groups.length > 0 && (
          <ScrollX label={`${title}, table`}>
            <table className="cards">
              <thead><tr><th>{title}</th><th>Bad minutes</th><th>95 % interval</th><th>The rest</th><th>Compared</th><th>Before</th><th className="r">People</th><th className="r">Minutes</th>{kind === "version" && <th>First seen</th>}</tr></thead>
              <tbody>{groups.map((g) => <Row key={g.name} g={g} most={most} version={kind === "version"} chosen={search.show === shown(g)} onShow={() => { set({ show: search.show === shown(g) ? "" : shown(g) }); }} />)}</tbody>
            </table>
          </ScrollX>
        )}
        {groups && groups.length > 0 && <div className="panel-foot"><span>Intervals take people for the units: the minutes of one person are not independent. “Worse” and “better” hold at 99 %. Under 10 people or 60 minutes nothing is compared.</span></div>}
      </section>
      {search.show && <Behind kind={kind} name={search.show === NAMELESS ? "" : search.show} span={span} site={site} account={account} />}
    </>
  );
}

/** In the address a group without a name needs one. */
const NAMELESS = "not told";
const shown = (g: DeviceGroup): string => g.name || NAMELESS;

function groupsOf(kind: Kind, d: Devices | undefined, g: Gear | undefined): DeviceGroup[] | undefined {
  switch (kind) {
    case "version": return d?.versions;
    case "device": return d?.devices;
    case "network": return d?.networks;
    case "system": return g?.systems;
    case "microphone": return g?.microphones;
    case "speaker": return g?.speakers;
    case "camera": return g?.cameras;
  }
}

const WORDS: Record<DeviceGroup["compared"], string> = { worse: "▲ worse", better: "▼ better", alike: "≈ alike", "too-few": "too few" };

function Row({ g, most, version, chosen, onShow }: { g: DeviceGroup; most: number; version: boolean; chosen: boolean; onShow: () => void }) {
  const few = g.too_few === true;
  return (
    <tr className={few ? "few-row" : ""} aria-current={chosen ? "true" : undefined}>
      <td className={version ? "name version" : "name"}><button type="button" className="link" aria-expanded={chosen} onClick={onShow}>{shown(g)}</button></td>
      <td className="nw" data-word="Bad minutes">{few ? <span className="few" title={fewWord(g)}>too few</span> : <b className="m">{pctWord(g.bad_pct)}</b>}</td>
      <td className="two" data-word="95 % interval">{!few && g.low !== undefined && g.high !== undefined && <IntervalBar low={g.low} high={g.high} share={g.bad_pct ?? 0} rest={g.rest_bad_pct} most={most} />}</td>
      <td className="t2 nw" data-word="The rest">{pctWord(g.rest_bad_pct)}</td>
      <td className={g.compared === "worse" ? "nw m" : "nw t2"} data-word="Compared">{WORDS[g.compared]}</td>
      <td className="t2 nw" data-word="Before">{trendWord(g)}</td>
      <td className="r" data-word="People">{count(g.people)}</td>
      <td className="r t2" data-word="Minutes">{count(classified(g.minutes))}</td>
      {version && <td className="t2 nw two" data-word="First seen">{g.first_seen ? day(millis(g.first_seen), "UTC") : <span className="t3" title="It was there with the oldest minutes that are kept">earlier than kept</span>}</td>}
    </tr>
  );
}

function trendWord(g: DeviceGroup): string {
  if (g.before_pct === undefined || g.too_few || g.bad_pct === undefined) return "–";
  const by = g.bad_pct - g.before_pct;
  return `${pctWord(g.before_pct)}${Math.abs(by) < 0.1 ? "" : by > 0 ? ", rising" : ", falling"}`;
}

function verdictOf(groups: readonly DeviceGroup[], one: string, words: string): Verdict {
  const worse = groups.filter((g) => g.compared === "worse").sort((a, b) => (b.bad_pct ?? 0) - (a.bad_pct ?? 0));
  const [first] = worse;
  if (!first) {
    const compared = groups.filter((g) => g.compared !== "too-few").length;
    return { grade: compared > 0 ? "good" : "unclassified", pieces: [{ text: compared > 0 ? `No ${one} fares worse than the rest in the last ${words}.` : `Too few people to compare in the last ${words}.` }] };
  }
  return {
    grade: "poor",
    pieces: [{ text: `${shown(first)}: ${pctWord(first.bad_pct)} of minutes bad`, strong: true }, { text: `, ${pctWord(first.rest_bad_pct)} for everybody else, ${plural(first.people, "person", "people")}.${worse.length > 1 ? ` ${plural(worse.length - 1, "more group fares", "more groups fare")} worse than the rest.` : ""}` }],
  };
}

function Behind({ kind, name, span, site, account }: { kind: Kind; name: string; span: SpanWord; site: string; account: string }) {
  const query = useQuery(behindQuery(kind, name, span, site, account));
  const found = query.data;
  return (
    <section className="panel" aria-label="Behind it">
      <div className="panel-head"><h2>Behind {name || NAMELESS}</h2><span className="sub">most bad minutes first{found && <>, since <Time at={millis(found.from)} /></>}</span></div>
      <Wrong query={query} what="people and meetings" />
      {found && (
        <div className="behind">
          <div><h3>People {found.people_of > found.people.length && <span>{found.people.length} of {count(found.people_of)}</span>}</h3><ul>{found.people.map((p) => <li key={p.person.id ?? p.person.name}><Link className="link clip" to="/people/$id" params={{ id: p.person.id ?? "" }}>{p.person.name || "Nameless person"}</Link><span className="t2 nw">{count(p.minutes.bad)} bad of {count(classified(p.minutes))} min</span></li>)}</ul></div>
          <div><h3>Meetings {found.meetings_of > found.meetings.length && <span>{found.meetings.length} of {count(found.meetings_of)}</span>}</h3><ul>{found.meetings.map((m) => <li key={m.meeting.id}><Link className="link clip" to="/meetings/$id" params={{ id: m.meeting.id }}>{m.meeting.topic || "Meeting without a topic"}</Link><span className="t2 nw">{count(m.minutes.bad)} bad of {count(classified(m.minutes))} min</span></li>)}</ul></div>
        </div>
      )}
    </section>
  );
}
